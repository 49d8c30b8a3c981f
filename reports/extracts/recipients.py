"""Who gets what: recipients by categories of elements, as shared on a day."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.utils.translation import gettext as _t
from django.utils.translation import ngettext

from reports.briefs.parts import Phrase, soft
from reports.extracts.parts import Cell, Column, Report, Table, number, said
from reports.extracts.records import Request, names, records, register_language, report, url


@dataclass
class Entry:
    """What one recipient gets in one category: names of elements, and the sensitive ones."""

    elements: set[str] = field(default_factory=set)
    sensitive: set[str] = field(default_factory=set)


Matrix = dict[tuple[str, str], dict[str, Entry]]
"""What parties get, by their name and address: two may share a name."""


def build(request: Request) -> Report:
    """Return the matrix and, behind it, a line for each element."""
    matrix: Matrix = defaultdict(lambda: defaultdict(Entry))
    labels: dict[str, str] = {}
    rows: list[tuple[Cell, ...]] = []
    lang = register_language()
    for record in records(request):
        view = record.view
        for party, name in zip(view.recipients, names(view.recipients), strict=True):
            for element in view.shared:
                labels[element.category] = element.category_label
                entry = matrix[name, party.slug][element.category]
                entry.elements.add(element.name)
                if element.is_sensitive:
                    entry.sensitive.add(element.name)
                rows.append(
                    (
                        said(name, lang=lang),
                        said(element.category_label),
                        said(element.name, lang=lang),
                        said(element.sensitivity_label if element.sensitivity else ""),
                        said(element.data_subjects, lang=lang),
                        said(view.reference, url=url(view)),
                    )
                )
    text = ngettext("%(n)s recipient gets data.", "%(n)s recipients get data.", len(matrix))
    categories = _t("Recorded categories: %(n)s.") % {"n": len(labels.keys() - {""})}
    sentence = f"{text % {'n': len(matrix)}} {categories}"
    tables = [_matrix(matrix, labels), _lines(sorted(rows, key=lambda r: str(r[0].value)))]
    notes = (
        _t(
            "Recipients whose elements are not recorded do not stand here; “sensitive” counts the "
            "special categories and what is of high sensitivity."
        ),
    )
    return report(request, "recipients", _t("Who gets what"), sentence, tables, notes=notes)


def _matrix(matrix: Matrix, labels: dict[str, str]) -> Table:
    categories = sorted(labels, key=lambda c: labels[c])
    columns = (
        Column("recipient", _t("Recipient"), 2.4),
        *(Column(c.lower() or "none", labels[c] or _t("Not recorded"), 1) for c in categories),
        Column("sensitive", _t("Sensitive, in all"), 1),
    )
    rows = []
    for party in sorted(matrix):
        cells = [said(party[0], lang=register_language())]
        cells += [_count(matrix[party].get(c)) for c in categories]
        cells.append(number(sum(len(entry.sensitive) for entry in matrix[party].values())))
        rows.append(tuple(cells))
    none = _t("No shared element is recorded.")
    title = _t("Recipients by category")
    return Table("matrix", title, columns, tuple(rows), none)


def _count(entry: Entry | None) -> Cell:
    """Return how many elements, and in words how many of them are sensitive."""
    if entry is None:
        return Cell((soft("–"),), 0)
    count, sensitive = len(entry.elements), len(entry.sensitive)
    words = ngettext("%(n)s sensitive", "%(n)s sensitive", sensitive) % {"n": sensitive}
    text = (Phrase(str(count)), soft(f" ({words})")) if sensitive else (Phrase(str(count)),)
    return Cell(text, count)


def _lines(rows: list[tuple[Cell, ...]]) -> Table:
    columns = (
        Column("recipient", _t("Recipient"), 2),
        Column("category", _t("Category"), 1.3),
        Column("element", _t("Element"), 2),
        Column("sensitivity", _t("Sensitivity"), 1.1),
        Column("whose", _t("Whose"), 1.4),
        Column("agreement", _t("Agreement"), 1.2),
    )
    none = _t("No shared element is recorded.")
    return Table("elements", _t("Each element"), columns, tuple(rows), none)
