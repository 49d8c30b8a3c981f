"""The dossier on what changed: since publication for the public, else from the beginning."""

from collections.abc import Iterable

from django.apps import apps
from django.utils.encoding import force_str
from django.utils.text import capfirst
from django.utils.translation import gettext as _t

from agreements.differences import Names, differences
from agreements.facts import Facts
from agreements.public.history import public_history, record_names, revisions_of
from civil.clock import civil_date
from reports.extracts.dossier.cells import Row, columns_of, own, titled
from reports.extracts.parts import Cell, Table, day, moment, plain, said
from revisions.snapshot import RevisionRow, all_revisions
from sources.models import Citation, Source


def public(facts: Facts) -> Table:
    """Return the public history: one row for each field that a change touched."""
    rows = []
    for change in public_history(facts):
        on = day(civil_date(change.at))
        for field in change.fields:
            what = titled(field.record, f": {field.label}") if field.record else said(field.label)
            rows.append((on, own(change.reason), what, plain(field.before), plain(field.after)))
        if not change.fields:
            rows.append((on, own(change.reason), said(_t("Citations")), plain(""), plain("")))
    columns = columns_of(
        ("changed_on", _t("Day"), 1),
        ("reason", _t("Reason"), 1.7),
        ("field", _t("What changed"), 1.8),
        ("before", _t("Before"), 1.3),
        ("after", _t("After"), 1.6),
    )
    return Table("history", _t("History"), columns, tuple(rows), _t("Nothing since publication."))


def whole(facts: Facts) -> Table:
    """Return every change: who made it, when and why, and what it did to which record.

    What was entered or deleted stands in one row with all its fields, what was changed in a row
    for each field.
    """
    found = all_revisions(revisions_of(facts))
    if facts.known is not None:
        found = [row for row in found if row.at <= facts.known]
    names = record_names(facts, found)
    names |= {(Source, c.source_id): c.source.title for c in facts.citations}
    last: dict[tuple[type, int], RevisionRow] = {}
    rows: list[Row] = []
    for row in found:
        key = row.model, row.record.pk
        was = last.get(key)
        before = was.record if was and was.kind != "-" else None
        after = None if row.kind == "-" else row.record
        name = _name(row, names)
        changed = [d for d in differences(before, after, names) if d.name not in SHOWN_BY_NAME]
        if before is not None and after is not None:
            rows += [_row(row, titled(name, f": {d.label}"), d.before, d.after) for d in changed]
        elif after is not None:
            entered = _together((d.label, d.after) for d in changed)
            rows.append(_row(row, titled(name), "", entered))
        else:
            deleted = _together((d.label, d.before) for d in changed)
            rows.append(_row(row, titled(name), deleted, ""))
        last[key] = row
    columns = columns_of(
        ("changed_at", _t("When"), 0.8),
        ("changed_by", _t("By whom"), 0.9),
        ("reason", _t("Reason"), 1.3),
        ("field", _t("What changed"), 1.4),
        ("before", _t("Before"), 1.1),
        ("after", _t("After"), 2.3),
    )
    return Table("history", _t("History"), columns, tuple(reversed(rows)), _t("No change."))


SHOWN_BY_NAME = {"target_model", "target_id"}
"""Fields of a citation that its name says in words."""


def _name(row: RevisionRow, names: Names) -> str:
    """Name a record; a citation by what it is for."""
    record = row.record
    kind = force_str(row.model._meta.verbose_name)
    if not isinstance(record, Citation):
        return capfirst(names.get((row.model, record.pk), kind))
    model = apps.get_model(record.target_model)
    target = names.get((model, record.target_id), force_str(model._meta.verbose_name))
    return f"{capfirst(kind)}: {target}"


def _together(pairs: Iterable[tuple[str, str]]) -> str:
    return "; ".join(f"{label}: {value}" for label, value in pairs if value)


def _row(row: RevisionRow, what: Cell, before: str, after: str) -> Row:
    return (
        moment(row.at),
        said(row.by),
        own(row.reason),
        what,
        plain(before),
        plain(after),
    )
