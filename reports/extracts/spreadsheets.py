"""Extracts as CSV and XLSX, from the tables that are printed.

A CSV file holds all tables in one rectangle: where there are several, the first column names the
table, and the columns are those of all, no two with the same head. A workbook has a sheet for
each, behind one that says what it is. Each row of an internal edition says so. Texts that a
spreadsheet would take for a formula begin with an apostrophe; numbers and days stay values. The
same content gives the same bytes.
"""

import csv
import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal
from io import BytesIO, StringIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import tablib
from django.utils.translation import gettext as _t

from reports.extracts.parts import Report, Table, Value
from reports.tables import CONTROLS, LONGEST_CELL, quoted

LONGEST_SHEET = 31  # characters that a workbook allows in the name of a sheet
_MOMENT = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(<)")
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
        for values in _dicts(table):
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
    """Return a value as CSV holds it: days in ISO 8601, numbers with a point, texts quoted."""
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, str):
        return quoted(value)
    return "" if value is None else str(value)


def xlsx_bytes(report: Report) -> bytes:
    """Return the extract as a workbook: what it is, then a sheet for each table."""
    book = tablib.Databook()
    taken: set[str] = set()
    about = tablib.Dataset(title=_sheet_name(_t("About this report"), taken))
    about.headers = [_held(report.title), ""]
    for label, value in (
        (_t("Edition"), report.edition),
        (_t("Day"), report.as_of),
        (_t("In a sentence"), report.sentence),
        (_t("This report as a page"), report.address),
        *((_t("Note"), note) for note in report.notes),
    ):
        about.append([_held(label), _held(value)])
    book.add_sheet(about)
    for table in report.tables:
        sheet = tablib.Dataset(title=_sheet_name(table.title, taken))
        sheet.headers = [_held(column.label) for column in table.columns]
        for row in table.rows:
            sheet.append([_held(cell.value) for cell in row])
        book.add_sheet(sheet)
    return _without_clock(book.export("xlsx"), report)


def _without_clock(data: bytes, report: Report) -> bytes:
    """Return a workbook whose times are the end of the day that is shown, not that of making."""
    moment = f"{(report.known or report.on).isoformat()}T23:59:59Z".encode("ascii")
    output = BytesIO()
    with ZipFile(BytesIO(data)) as made, ZipFile(output, "w", ZIP_DEFLATED) as kept:
        for name in sorted(made.namelist()):
            part = made.read(name)
            if name == "docProps/core.xml":
                part = _MOMENT.sub(rb"\g<1>" + moment + rb"\g<2>", part)
            kept.writestr(ZipInfo(name, (1980, 1, 1, 0, 0, 0)), part, ZIP_DEFLATED)
    return output.getvalue()


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


def _held(value: Value) -> int | float | str | dt.date:
    """Return a value as a workbook holds it."""
    if isinstance(value, str):
        return quoted(value).translate(CONTROLS)[:LONGEST_CELL]
    if isinstance(value, Decimal):
        return float(value)
    return "" if value is None else value
