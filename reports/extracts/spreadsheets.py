"""Extracts as CSV and XLSX, from the tables that are printed.

A CSV file holds all tables in one rectangle: where there are several, the first column names the
table, and the columns are those of all. A workbook has a sheet for each. Texts that a
spreadsheet would take for a formula begin with an apostrophe; numbers and days stay values.
"""

import csv
import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from io import BytesIO, StringIO

import tablib
from django.utils.translation import gettext as _t

from reports.extracts.parts import Report, Table, Value

FORMULA = ("=", "+", "-", "@", "\t", "\r")
LONGEST_SHEET = 31  # characters that a workbook allows in the name of a sheet
LONGEST_CELL = 32_767  # characters that a workbook allows in a cell
_FORBIDDEN = str.maketrans("", "", "[]:*?/\\'")
_CONTROLS = {code: "\ufffd" for code in range(32) if chr(code) not in "\t\n\r"}


def quoted(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(FORMULA) else text


def csv_bytes(report: Report) -> bytes:
    """Return the extract as CSV (RFC 4180) in UTF-8 with a byte order mark, for spreadsheets."""
    buffer = StringIO(newline="")
    writer = csv.writer(buffer)
    keys, labels = _all_columns(report)
    several = len(report.tables) > 1
    writer.writerow([quoted(head) for head in ([_t("Table")] if several else []) + labels])
    for table in report.tables:
        for values in _dicts(table):
            row = [_written(values.get(key)) for key in keys]
            writer.writerow([quoted(table.title), *row] if several else row)
    return buffer.getvalue().encode("utf-8-sig")


def _all_columns(report: Report) -> tuple[list[str], list[str]]:
    """Return keys and labels of the columns of all tables, in the order in which they come."""
    found: dict[str, str] = {}
    for table in report.tables:
        for column in table.columns:
            found.setdefault(column.key, column.label)
    return list(found), list(found.values())


def _dicts(table: Table) -> Iterator[dict[str, Value]]:
    for row in table.rows:
        yield {c.key: cell.value for c, cell in zip(table.columns, row, strict=True)}


def _written(value: Value) -> str:
    """Return a value as CSV holds it: days in ISO 8601, numbers with a point, texts quoted."""
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, str):
        return quoted(value)
    return "" if value is None else str(value)


def xlsx_bytes(report: Report) -> bytes:
    """Return the extract as a workbook with a sheet for each table."""
    book = tablib.Databook()
    taken: set[str] = set()
    for table in report.tables:
        sheet = tablib.Dataset(title=_sheet_name(table.title, taken))
        sheet.headers = [_held(column.label) for column in table.columns]
        for row in table.rows:
            sheet.append([_held(cell.value) for cell in row])
        book.add_sheet(sheet)
    output = BytesIO()
    output.write(book.export("xlsx"))
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
        return quoted(value).translate(_CONTROLS)[:LONGEST_CELL]
    if isinstance(value, Decimal):
        return float(value)
    return "" if value is None else value
