"""A list as a file: CSV, XLSX or JSON of exactly the rows and columns that are shown.

Texts that a spreadsheet would take for a formula begin with an apostrophe (OWASP, CSV injection),
those that read like its error values stay texts. Days are ISO 8601 in CSV and JSON, real dates in a
workbook, but for those before 1900, which no workbook can hold. Amounts keep their cents.
"""

import csv
import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font

from civil.clock import today

_MOMENT = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(<)")
FORMATS = ("csv", "xlsx", "json")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
FIRST_YEAR = 1900  # a workbook counts its days from here
LONGEST_CELL = 32_767  # characters that a workbook allows in a cell
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CONTROLS = {code: "\ufffd" for code in range(32) if chr(code) not in "\t\n\r"}

Value = str | int | Decimal | dt.date | Sequence[str] | None
Columns = Sequence[tuple[str, str]]
"""Keys, which JSON names, and labels, which CSV and workbooks have as their first row."""


def quoted(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def file_response(
    form: str, name: str, columns: Columns, rows: Iterable[Sequence[Value]]
) -> HttpResponseBase:
    """Return a list as a download; CSV and JSON are written as the rows come.

    Raises ``KeyError`` for a format that is none of :data:`FORMATS`.
    """
    headers = {"Content-Disposition": f'attachment; filename="{name}.{form}"'}
    if form == "xlsx":
        return HttpResponse(xlsx(columns, rows), content_type=XLSX, headers=headers)
    write, kind = {
        "csv": (csv_lines, "text/csv; charset=utf-8"),
        "json": (json_lines, "application/json"),
    }[form]
    return StreamingHttpResponse(write(columns, rows), content_type=kind, headers=headers)


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        """Return the line."""
        return text


def csv_lines(columns: Columns, rows: Iterable[Sequence[Value]]) -> Iterator[bytes]:
    """Give a list as CSV (RFC 4180), UTF-8 with a byte order mark for spreadsheets."""
    writer = csv.writer(_Echo())
    yield b"\xef\xbb\xbf"
    yield writer.writerow([quoted(label) for _, label in columns]).encode()
    for row in rows:
        yield writer.writerow([quoted(_text(v)) for v in row]).encode()


def json_lines(columns: Columns, rows: Iterable[Sequence[Value]]) -> Iterator[bytes]:
    """Give a list as a JSON array of objects, a line each."""
    keys = [key for key, _ in columns]
    before = "[\n"
    for row in rows:
        entry = {key: _plain(value) for key, value in zip(keys, row, strict=True)}
        yield (before + json.dumps(entry, ensure_ascii=False)).encode()
        before = ",\n"
    yield b"[]\n" if before == "[\n" else b"\n]\n"


def xlsx(columns: Columns, rows: Iterable[Sequence[Value]]) -> bytes:
    """Return a list as a workbook of one sheet."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append([cell_of(sheet, label, Font(bold=True)) for _, label in columns])
    for row in rows:
        sheet.append([cell_of(sheet, value) for value in row])
    output = BytesIO()
    book.save(output)
    return without_clock(output.getvalue(), today().isoformat())


def without_clock(data: bytes, day: str) -> bytes:
    """Return a workbook whose times are the end of a day, not that of making: the same bytes."""
    moment = f"{day}T23:59:59Z".encode("ascii")
    output = BytesIO()
    with ZipFile(BytesIO(data)) as made, ZipFile(output, "w", ZIP_DEFLATED) as kept:
        for name in sorted(made.namelist()):
            part = made.read(name)
            if name == "docProps/core.xml":
                part = _MOMENT.sub(rb"\g<1>" + moment + rb"\g<2>", part)
            kept.writestr(ZipInfo(name, (1980, 1, 1, 0, 0, 0)), part, ZIP_DEFLATED)
    return output.getvalue()


def cell_of(sheet: Any, value: Value, font: Font | None = None) -> WriteOnlyCell:
    """Return a value as a workbook holds it; a text is a text, whatever it reads like."""
    if isinstance(value, dt.date) and value.year < FIRST_YEAR:
        value = value.isoformat()
    if isinstance(value, dt.datetime):
        value = value.replace(tzinfo=None)  # a workbook's times have no zone: the city's
    if isinstance(value, str | list | tuple):
        value = quoted(_text(value)).translate(CONTROLS)[:LONGEST_CELL]
    cell = WriteOnlyCell(sheet, float(value) if isinstance(value, Decimal) else value)
    if isinstance(value, str):
        cell.data_type = "s"
    if font:
        cell.font = font
    if isinstance(value, str) and "\n" in value:
        cell.alignment = Alignment(wrap_text=True)
    return cell


def _text(value: Value) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return "; ".join(str(v) for v in value)
    return "" if value is None else str(value)


def _plain(value: Value) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [str(v) for v in value]
    return str(value) if isinstance(value, Decimal) else value or None
