"""The dossier on what changed: since publication for the public, else from the beginning."""

from django.utils import formats
from django.utils.encoding import force_str
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext as _t

from agreements.differences import Difference, differences
from agreements.facts import Facts
from agreements.public.history import public_history, record_names, revisions_of
from civil.clock import civil_date
from reports.extracts.dossier.cells import Row, columns_of, own
from reports.extracts.parts import Table, day, plain, said
from revisions.snapshot import RevisionRow, all_revisions


def public(facts: Facts) -> Table:
    """Return the public history: one row for each field that a change touched."""
    rows = []
    for change in public_history(facts):
        on = day(civil_date(change.at))
        for field in change.fields:
            label = f"{field.record}: {field.label}" if field.record else field.label
            rows.append(
                (on, own(change.reason), said(label), plain(field.before), plain(field.after))
            )
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
    """Return every change: who made it, when and why, and each field that it touched."""
    found = all_revisions(revisions_of(facts))
    if facts.known is not None:
        found = [row for row in found if row.at <= facts.known]
    names = record_names(facts, found)
    last: dict[tuple[type, int], RevisionRow] = {}
    rows: list[Row] = []
    for row in found:
        key = row.model, row.record.pk
        was = last.get(key)
        before = was.record if was and was.kind != "-" else None
        after = None if row.kind == "-" else row.record
        name = capfirst(names.get(key, force_str(row.model._meta.verbose_name)))
        rows += [_change(row, name, one) for one in differences(before, after, names)]
        last[key] = row
    columns = columns_of(
        ("changed_at", _t("When"), 1),
        ("changed_by", _t("By whom"), 1),
        ("reason", _t("Reason"), 1.4),
        ("field", _t("What changed"), 1.6),
        ("before", _t("Before"), 1.2),
        ("after", _t("After"), 1.4),
    )
    return Table("history", _t("History"), columns, tuple(reversed(rows)), _t("No change."))


def _change(row: RevisionRow, name: str, one: Difference) -> Row:
    return (
        said(formats.date_format(localtime(row.at), "DATETIME_FORMAT")),
        said(row.by),
        own(row.reason),
        said(f"{name}: {one.label}"),
        plain(one.before),
        plain(one.after),
    )
