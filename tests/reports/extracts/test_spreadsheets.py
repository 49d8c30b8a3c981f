"""Extracts as CSV and XLSX: values stay values, texts stay texts, no table is lost."""

import csv
import datetime as dt
import zipfile
from dataclasses import replace
from io import BytesIO, StringIO

import openpyxl
import pytest

from reports.extracts import spreadsheets
from reports.extracts.parts import Cell, Column, Report, Table, day, moment, number, said
from tests.reports.extracts.test_extracts import ON, in_form, long_report


def test_data_files_hold_days_and_numbers_as_values() -> None:
    columns = (Column("a", "Day"), Column("b", "Count"), Column("c", "Text"))
    table = Table("t", "T", columns, ((day(ON), number(7), said("word")),), "")
    report = replace(long_report("en", 0), tables=(table,))
    assert in_form(report, "csv").decode("utf-8-sig") == "Day,Count,Text\r\n2018-06-15,7,word\r\n"
    sheet = openpyxl.load_workbook(BytesIO(in_form(report, "xlsx"))).worksheets[1]
    assert [cell.value for cell in sheet[2]] == [dt.datetime.combine(ON, dt.time.min), 7, "word"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(start: str) -> None:
    evil = f"{start}HYPERLINK(1)"
    columns = (Column("a", evil), Column("b", "B"))
    table = Table("t", evil, columns, ((said(evil), number(-5)),), "")
    report = replace(long_report("en", 0), tables=(table, table))
    rows = list(csv.reader(StringIO(in_form(report, "csv").decode("utf-8-sig"), newline="")))
    assert rows[0][1] == rows[1][0] == rows[1][1] == f"'{evil}"
    assert rows[1][2] == "-5"
    book = openpyxl.load_workbook(BytesIO(in_form(report, "xlsx")))
    assert len(book.sheetnames) == 3
    assert all(c.data_type != "f" for sheet in book for row in sheet.rows for c in row)
    for sheet in book.worksheets[1:]:
        assert sheet["B2"].value == -5
        assert str(sheet["A2"].value).startswith("'")


def test_several_tables_share_one_rectangle_that_names_them() -> None:
    one = Table("a", "First", (Column("x", "X"),), ((said("1"),),), "")
    two = Table("b", "Second", (Column("y", "Y"), Column("x", "X")), ((said("2"), said("3")),), "")
    report = replace(long_report("en", 0), tables=(one, two))
    rows = list(csv.reader(StringIO(spreadsheets.csv_bytes(report).decode("utf-8-sig"))))
    assert rows == [["Table", "X", "Y"], ["First", "1", ""], ["Second", "3", "2"]]


def test_columns_are_shared_where_key_and_head_are_the_same_and_else_stand_apart() -> None:
    one = Table("a", "First", (Column("x", "Day"), Column("n", "N")), ((said("1"), said("2")),), "")
    two = Table(
        "b", "Second", (Column("y", "Day"), Column("n", "Count")), ((said("3"), said("4")),), ""
    )
    report = replace(long_report("en", 0), tables=(one, two), is_internal=True)
    rows = list(csv.DictReader(StringIO(spreadsheets.csv_bytes(report).decode("utf-8-sig"))))
    assert rows == [
        {"Edition": report.edition, "Table": "First", "Day": "1", "N": "2",
         "Day (Second)": "", "Count": ""},
        {"Edition": report.edition, "Table": "Second", "Day": "", "N": "",
         "Day (Second)": "3", "Count": "4"},
    ]  # fmt: skip


def test_a_workbook_bears_the_day_that_it_shows_and_no_clock() -> None:
    data = in_form(long_report("en", 1), "xlsx")
    told = openpyxl.load_workbook(BytesIO(data)).properties
    assert told.created == told.modified == dt.datetime(2018, 6, 15, 23, 59, 59)  # noqa: DTZ001
    with zipfile.ZipFile(BytesIO(data)) as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def of_cells(*cells: Cell) -> Report:
    columns = tuple(Column(f"c{n}", f"C{n}") for n in range(len(cells)))
    return replace(long_report("en", 0), tables=(Table("t", "T", columns, (cells,), ""),))


def test_a_day_before_1900_is_a_text_that_every_spreadsheet_shows() -> None:
    report = of_cells(day(dt.date(1850, 5, 5)), day(dt.date(1900, 1, 1)))
    old, first = openpyxl.load_workbook(BytesIO(in_form(report, "xlsx"))).worksheets[1][2]
    assert (old.data_type, old.value) == ("s", "1850-05-05")
    assert first.value.date() == dt.date(1900, 1, 1)


def test_a_text_that_reads_like_an_error_stays_a_text() -> None:
    report = of_cells(said("#N/A"), said("#DIV/0!"))
    cells = openpyxl.load_workbook(BytesIO(in_form(report, "xlsx"))).worksheets[1][2]
    assert [(c.data_type, c.value) for c in cells] == [("s", "#N/A"), ("s", "#DIV/0!")]


def test_a_moment_is_one_in_data_files_and_in_the_citys_time() -> None:
    report = of_cells(moment(dt.datetime(2018, 6, 15, 14, 30, 5, 7, tzinfo=dt.UTC)))
    assert in_form(report, "csv").decode("utf-8-sig") == "C0\r\n2018-06-15T10:30:05-04:00\r\n"
    (cell,) = openpyxl.load_workbook(BytesIO(in_form(report, "xlsx"))).worksheets[1][2]
    assert cell.value == dt.datetime(2018, 6, 15, 10, 30, 5)  # noqa: DTZ001


def test_a_table_without_rows_is_named_all_the_same() -> None:
    one = Table("a", "First", (Column("x", "X"),), (), "None recorded.")
    two = Table("b", "Second", (Column("y", "Y"),), ((said("2"),),), "")
    report = replace(long_report("en", 0), tables=(one, two))
    rows = list(csv.reader(StringIO(spreadsheets.csv_bytes(report).decode("utf-8-sig"))))
    assert rows == [["Table", "X", "Y"], ["First", "", ""], ["Second", "", "2"]]
