"""The dossier on what vouches for the record: timeline, evidence, sources."""

from django.conf import settings
from django.utils.text import capfirst
from django.utils.translation import gettext as _t

from agreements.claims import field_label
from agreements.facts import Facts
from agreements.public import AgreementView, EntryView
from agreements.public.allowed import is_public
from agreements.public.history import called
from agreements.public.references import records_of
from reports.extracts.dossier.cells import (
    Row,
    columns_of,
    marks,
    none_recorded,
    own,
    own_or_none,
    span,
    titled,
)
from reports.extracts.parts import Cell, Table, day, number, partial, plain, said, yes


def timeline(then: Facts, view: AgreementView) -> Table:
    """Return what is dated; a count of people or signatures stands beside what it was of."""
    counts = {(e.kind, e.title, e.occurred_on): e.count for e in then.events}
    rows = tuple(
        (*_entry(e), _detail(e), _count(counts.get((e.kind, e.text, e.when))), marks(e.refs))
        for e in view.timeline
    )
    columns = columns_of(
        ("when", _t("Day"), 1.3),
        ("kind", _t("Kind"), 1),
        ("what", _t("What happened"), 3),
        ("detail", _t("More"), 1.8),
        ("count", _t("Count"), 0.7),
        ("sources", _t("Sources"), 0.8),
    )
    return Table("timeline", _t("Timeline"), columns, rows, none_recorded())


def _entry(entry: EntryView) -> Row:
    is_ours = entry.kind in {"decision", "notice"}
    text = said(capfirst(entry.text)) if is_ours else own(entry.text)
    return span(entry.when, entry.until), said(capfirst(entry.label)), text


def _detail(entry: EntryView) -> Cell:
    """Return what more is said: of an event its effect, in the reader's language."""
    is_own = entry.kind in {"amendment", "decision", "notice"}
    return own_or_none(entry.detail) if is_own else plain(entry.detail)


def _count(value: int | None) -> Cell:
    return plain("") if value is None else number(value)


def evidence(then: Facts, view: AgreementView) -> Table:
    """Return the evidence."""
    rows = tuple(
        (
            own(e.text),
            own_or_none(e.detail),
            span(e.when, e.until),
            partial(record.reported_on),
            said(capfirst(e.label)),
            marks(e.refs),
        )
        for record, e in zip(then.evidence, view.evidence, strict=True)
    )
    columns = columns_of(
        ("statement", _t("Statement"), 3),
        ("figure", _t("Figure"), 1),
        ("period", _t("Period"), 1.4),
        ("reported_on", _t("Reported on"), 1.1),
        ("kind", _t("Kind"), 0.9),
        ("sources", _t("Sources"), 0.8),
    )
    return Table("evidence", _t("Evidence"), columns, rows, none_recorded())


def conflicts(view: AgreementView) -> Table:
    """Return each value that sources give where they disagree."""
    rows = tuple(
        (
            said(conflict.label),
            own(claim.shown) if claim.is_quoted else said(claim.shown),
            yes(claim.is_followed),
            own_or_none(claim.why),
            own_or_none(" / ".join(claim.quotations)),
            marks(claim.refs),
        )
        for conflict in view.conflicts
        for claim in conflict.claims
    )
    columns = columns_of(
        ("fact", _t("Fact"), 1.6),
        ("value", _t("Value"), 1.6),
        ("followed", _t("Followed"), 0.8),
        ("why", _t("Why"), 1.4),
        ("quotation", _t("Quotation"), 1.6),
        ("sources", _t("Sources"), 0.8),
    )
    return Table("conflicts", _t("Where sources disagree"), columns, rows, none_recorded())


def guides(view: AgreementView) -> Table:
    """Return the guides for residents."""
    rows = tuple(
        (own(g.title, url=g.address), said(g.language), said(g.address), marks(g.refs))
        for g in view.guides
    )
    columns = columns_of(
        ("guide", _t("Guide"), 1.4),
        ("language", _t("Language"), 0.7),
        ("address", _t("Address"), 2),
        ("sources", _t("Sources"), 0.8),
    )
    return Table("guides", _t("Guides for residents"), columns, rows, none_recorded())


def sources(view: AgreementView) -> Table:
    """Return the numbered sources."""
    rows = tuple(
        (
            said(str(s.number)),
            own(s.title, url=s.address),
            own(s.publisher),
            partial(s.published_on),
            said(s.address),
            day(s.retrieved_on) if s.retrieved_on else plain(""),
            plain(s.language),
            plain(s.archive_address),
            own_or_none(s.note),
        )
        for s in view.sources
    )
    columns = columns_of(
        ("number", _t("No."), 0.4),
        ("title", _t("Title"), 1.8),
        ("publisher", _t("Publisher"), 1.2),
        ("published_on", _t("Published on"), 1),
        ("address", _t("Address"), 2),
        ("retrieved_on", _t("Read on"), 0.9),
        ("language", _t("Language"), 0.7),
        ("archived", _t("Archived copy"), 1.4),
        ("note", _t("Note"), 1),
    )
    return Table("sources", _t("Sources"), columns, rows, _t("No source is recorded."))


def documents(view: AgreementView) -> Table:
    """Return the kept documents that may be downloaded, with their checksums."""
    rows = tuple(
        (
            own(d.title, url=f"{settings.BASE_URL}{d.url}"),
            partial(d.dated_on),
            said(d.file_name),
            yes(d.is_redacted),
            number(d.size),
            said(d.sha256),
            marks(d.refs),
        )
        for d in view.documents
    )
    columns = columns_of(
        ("document", _t("Document"), 1.6),
        ("dated_on", _t("Dated"), 1),
        ("file", _t("File"), 1.2),
        ("redacted", _t("Redacted"), 0.7),
        ("bytes", _t("Bytes"), 0.7),
        ("sha256", "SHA-256", 2),
        ("sources", _t("Sources"), 0.7),
    )
    return Table("documents", _t("Documents"), columns, rows, none_recorded())


def citations(then: Facts, view: AgreementView, *, is_internal: bool) -> Table:
    """Return each citation: what it vouches for, its source, the place in it, the quotation."""
    numbers = {(s.title, s.address): s.number for s in view.sources}
    records = {(r._meta.label, r.pk): r for r in records_of(then)}
    rows: list[Row] = []
    for citation in then.citations:
        record = records.get(citation.target)
        source = citation.source
        number_of = numbers.get((source.title, source.address))
        if record is None or number_of is None:
            continue
        if not is_internal and not is_public(citation.target_model, citation.field):
            continue
        fact = capfirst(field_label(record, citation.field)) if citation.field else _t("all of it")
        rows.append(
            (
                titled(called(record)),
                said(fact),
                number(number_of),
                plain(citation.locator),
                own_or_none(citation.quotation),
            )
        )
    rows.sort(key=lambda row: tuple(str(cell.value) for cell in row[:2]))
    columns = columns_of(
        ("cited_for", _t("What it vouches for"), 2),
        ("fact", _t("Fact"), 1.2),
        ("source", _t("Source"), 0.6),
        ("place", _t("Place in the source"), 1),
        ("quotation", _t("Quotation"), 2.4),
    )
    return Table("citations", _t("Citations"), columns, tuple(rows), none_recorded())
