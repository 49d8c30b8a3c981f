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
from reports.extracts.dossier.cells import Row, columns_of, marks, none_recorded, own, span
from reports.extracts.parts import Table, day, many, number, partial, plain, said, yes


def timeline(view: AgreementView) -> Table:
    """Return what is dated."""
    rows = tuple((*_entry(e), own(e.detail) if e.detail else plain(""), marks(e.refs))
                 for e in view.timeline)  # fmt: skip
    columns = columns_of(
        ("when", _t("Day"), 1.3),
        ("kind", _t("Kind"), 1),
        ("what", _t("What happened"), 3),
        ("detail", _t("More"), 1.8),
        ("sources", _t("Sources"), 0.8),
    )
    return Table("timeline", _t("Timeline"), columns, rows, none_recorded())


def _entry(entry: EntryView) -> Row:
    is_ours = entry.kind in {"decision", "notice"}
    text = said(capfirst(entry.text)) if is_ours else own(entry.text)
    return span(entry.when, entry.until), said(capfirst(entry.label)), text


def evidence(view: AgreementView) -> Table:
    """Return the evidence."""
    rows = tuple(
        (own(e.text), own(e.detail) if e.detail else plain(""), span(e.when, e.until),
         said(capfirst(e.label)), marks(e.refs))
        for e in view.evidence
    )  # fmt: skip
    columns = columns_of(
        ("statement", _t("Statement"), 3),
        ("figure", _t("Figure"), 1),
        ("period", _t("Period"), 1.4),
        ("kind", _t("Kind"), 0.9),
        ("sources", _t("Sources"), 0.8),
    )
    return Table("evidence", _t("Evidence"), columns, rows, none_recorded())


def conflicts(view: AgreementView) -> Table:
    """Return each value that sources give where they disagree."""
    rows = tuple(
        (
            said(conflict.label),
            said(claim.shown),
            yes(claim.is_followed),
            own(claim.why) if claim.why else plain(""),
            many(claim.quotations, " / ") if claim.quotations else plain(""),
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
    rows = tuple((own(g.title, url=g.address), said(g.address)) for g in view.guides)
    columns = columns_of(("guide", _t("Guide"), 1.4), ("address", _t("Address"), 2))
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
            own(s.note) if s.note else plain(""),
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
    named = {(r._meta.label, r.pk): r for r in records_of(then)}
    rows: list[Row] = []
    for citation in then.citations:
        record = named.get(citation.target)
        source = citation.source
        number_of = numbers.get((source.title, source.address))
        if record is None or number_of is None:
            continue
        if not is_internal and not is_public(citation.target_model, citation.field):
            continue
        fact = capfirst(field_label(record, citation.field)) if citation.field else _t("all of it")
        rows.append(
            (
                own(called(record)),
                said(fact),
                number(number_of),
                plain(citation.locator),
                own(citation.quotation) if citation.quotation else plain(""),
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
