"""Extracts as CSV and XLSX, from the tables that are printed.

A CSV file holds all tables in one rectangle: where there are several, the first column names the
table, and the columns are those of all, no two with the same head. A table without rows has one
with its name alone, so that it can be told from one that was left out. Programs read such files,
so nothing else stands there: the day and the edition are in the file's name (each row of an
internal edition says so as well), the notes on the page and in the workbook.

A workbook has a sheet for each table, behind one that says what it is; what its cells hold is as
in the files of lists (`reports.tables`). The same content gives the same bytes.
"""

import csv
import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO, StringIO

from django.utils.translation import gettext as _t
from openpyxl import Workbook
from openpyxl.styles import Font

from reports.extracts.parts import Report, Table, Value
from reports.tables import cell_of, quoted, without_clock

LONGEST_SHEET = 31  # characters that a workbook allows in the name of a sheet
_FORBIDDEN = str.maketrans("", "", "[]:*?/\\'")


def csv_bytes(report: Report) -> bytes:
    """Return the extract as CSV (RFC 4180) in UTF-8 with a byte order mark, for spreadsheets."""
    buffer = StringIO(newline="")
    writer = csv.writer(buffer)
    heads = _all_heads(report)
    first = [_t("Edition")] if report.is_internal else []
    first += [_t("Table")] if len(report.tables) > 1 else []
    writer.writerow([quoted(head) for head in [*first, *heads.values()]])
    for table in report.tables:
        lead = [report.edition] if report.is_internal else []
        lead += [quoted(table.title)] if len(report.tables) > 1 else []
        rows: Iterable[dict[Head, Value]] = _dicts(table)
        if not table.rows and len(report.tables) > 1:
            rows = [{}]
        for values in rows:
            writer.writerow([*lead, *(_written(values.get(column)) for column in heads)])
    return buffer.getvalue().encode("utf-8-sig")


Head = tuple[str, str]  # key and label: tables may share a column if both are the same


def _all_heads(report: Report) -> dict[Head, str]:
    """Return the columns of all tables with a head for each; one that recurs names its table."""
    found: dict[Head, str] = {}
    taken: set[str] = set()
    for table in report.tables:
        for column in table.columns:
            place = column.key, column.label
            if place in found:
                continue
            head = column.label if column.label not in taken else f"{column.label} ({table.title})"
            found[place] = head if head not in taken else f"{head} {column.key}"
            taken.add(found[place])
    return found


def _dicts(table: Table) -> Iterator[dict[Head, Value]]:
    for row in table.rows:
        yield {(c.key, c.label): cell.value for c, cell in zip(table.columns, row, strict=True)}


def _written(value: Value) -> str:
    """Return a value as CSV holds it: days and moments in ISO 8601, texts quoted."""
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, str):
        return quoted(value)
    return "" if value is None else str(value)


def xlsx_bytes(report: Report) -> bytes:
    """Return the extract as a workbook: what it is, then a sheet for each table."""
    book = Workbook(write_only=True)
    taken: set[str] = set()
    about: tuple[tuple[str, str], ...] = (
        (_t("Edition"), report.edition),
        (_t("Day"), report.as_of),
        (_t("In a sentence"), report.sentence),
        (_t("This report as a page"), report.address),
        *((_t("Note"), note) for note in report.notes),
    )
    _sheet(book, _sheet_name(_t("About this report"), taken), [report.title, ""], about)
    for table in report.tables:
        heads = [column.label for column in table.columns]
        rows = ([cell.value for cell in row] for row in table.rows)
        _sheet(book, _sheet_name(table.title, taken), heads, rows)
    output = BytesIO()
    book.save(output)
    return without_clock(output.getvalue(), (report.known or report.on).isoformat())


def _sheet(
    book: Workbook, name: str, heads: Sequence[Value], rows: Iterable[Sequence[Value]]
) -> None:
    """Add a sheet whose first row, in bold, stays in view."""
    sheet = book.create_sheet(name)
    sheet.freeze_panes = "A2"
    bold = Font(bold=True)
    sheet.append([cell_of(sheet, head, bold) for head in heads])
    for row in rows:
        sheet.append([cell_of(sheet, value) for value in row])


def _sheet_name(title: str, taken: set[str]) -> str:
    """Return a name for a sheet that is allowed and that no other has."""
    name = title.translate(_FORBIDDEN)[:LONGEST_SHEET].strip() or "1"
    number = 2
    while name.casefold() in taken:
        suffix = f" {number}"
        name = name[: LONGEST_SHEET - len(suffix)] + suffix
        number += 1
    taken.add(name.casefold())
    return name
