"""Extracts: the same content as PDF, page, CSV and XLSX; accessible, literal, reproducible."""

import csv
import datetime as dt
import hashlib
import re
from dataclasses import replace
from html import unescape
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import openpyxl
import pikepdf
import pypdf
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import translation

from agreements.models import Agreement
from reports.briefs.accessible import clean
from reports.briefs.parts import Section, Text, numbers
from reports.extracts import dossier, files
from reports.extracts.catalogue import KINDS
from reports.extracts.parts import Column, Report, Table, day, number, said
from reports.extracts.records import Request
from tests.factories import facts_of, save
from tests.reports.briefs.test_accessible import MUTATIONS, mutated, without_description
from tests.reports.briefs.test_brief import NASTY
from tests.reports.structure import read
from tests.reports.vera import failed_rules

pytestmark = pytest.mark.pdf

ON = dt.date(2018, 6, 15)
LANGUAGES = ("en", "es")


def built(name: str, language: str = "en", request: Request | None = None) -> Report:
    request = request or Request(ON)
    with translation.override(language):
        if name == "dossier":
            return dossier.build(request, facts_of(Agreement.objects.get(reference="PARS-ICE")))
        return KINDS[name].build(request)


def in_form(report: Report, form: str, paper: str = "letter") -> bytes:
    with translation.override(report.language[:2]):
        return files.written(report, form, paper=paper).data


NAMES = (*KINDS, "dossier")


@pytest.fixture(scope="module")
def every(example: None, django_db_blocker: Any) -> dict[tuple[str, str], Report]:
    """Every extract of the example, in both languages."""
    with django_db_blocker.unblock():
        return {(name, lang): built(name, lang) for name in NAMES for lang in LANGUAGES}


def long_report(language: str, rows: int = 8_200) -> Report:
    """A report of more than 150 pages."""
    columns = (
        Column("due_on", "Day", 1.2),
        Column("n", "No.", 0.6),
        Column("what", "What", 2),
        Column("who", "Who", 2),
    )
    first = dt.date(2018, 1, 1)
    with translation.override(language):
        data = tuple(
            (
                day(first + dt.timedelta(days=n)),
                number(n),
                said(f"Agreement {n}, an extract of it"),
                said("Water"),
            )
            for n in range(rows)
        )
    table = Table("dates", "By date", columns, data, "None.")
    more = {"en": "en-US", "es": "es-US"}[language]
    return Report(
        "deadlines", "A long report", "Very long.", "public edition", ON, "As of", more, (table,),
        "https://register.example.org/reports/deadlines/",
    )  # fmt: skip


def rows_of(report: Report, key: str) -> list[list[Any]]:
    table = next(t for t in report.tables if t.key == key)
    return [[cell.value for cell in row] for row in table.rows]


# The standards


def told(part: Section) -> list[tuple[str, str]]:
    def flat(text: Text) -> str:
        words = "".join(
            p.text + ("\xa0" + numbers(p.refs, ",\xa0") if p.refs else "") for p in text
        )
        return " ".join(clean(words).split())

    found = [("P", flat(text)) for text in part.lead]
    found += [("P", " ".join(head.split())) for head in part.heads]
    for head, *cells in part.rows:
        found += [("TH", flat(head)), *(("TD", flat(cell)) for cell in cells)]
    return found


def assert_tells(data: bytes, report: Report) -> None:
    """The structure's text is the content's text, block by block, in order."""
    blocks = read(data).blocks()
    expected = [("H1", clean(report.title)), ("P", clean(report.sentence))]
    for table in report.tables:
        part = table.section()
        expected += [("H2", clean(part.title)), *told(part)]
    expected += [("P", note) for note in report.notes]
    assert blocks[: len(expected)] == expected
    assert len(blocks) == len(expected) + 1  # the address


def test_veraPDF_finds_nothing_in_any_report_and_each_fault_in_copies(  # noqa: N802
    every: dict[tuple[str, str], Report], tmp_path: Path
) -> None:
    reports = dict(every)
    reports |= {("long", language): long_report(language) for language in LANGUAGES}
    checks = []
    for number_, ((name, language), report) in enumerate(reports.items()):
        path = tmp_path / f"{name}-{language}.pdf"
        path.write_bytes(in_form(report, "pdf", ("letter", "a4")[number_ % 2]))
        checks += [(profile, path) for profile in ("ua1", "2a")]
        if name == "long":
            assert len(pypdf.PdfReader(path).pages) >= 150
            assert path.stat().st_size < 2_000_000
    data = in_form(every["dossier", "en"], "pdf")
    faulty = {
        ("ua1", mutated(data, change, tmp_path / f"{change.__name__}.pdf")): clause
        for change, clause in MUTATIONS.items()
        if change is not without_description  # no report has a figure
    }
    verdicts = failed_rules([*checks, *faulty])
    assert {check: verdicts[check] for check in checks} == {check: {} for check in checks}
    for check, clause in faulty.items():
        assert any(rule.startswith(clause) for rule in verdicts[check]), (check, verdicts[check])


def test_every_report_tells_its_content_in_order(every: dict[tuple[str, str], Report]) -> None:
    for report in every.values():
        assert_tells(in_form(report, "pdf"), report)


def test_long_report_tells_all_rows_in_order_in_one_table() -> None:
    report = long_report("es")
    data = in_form(report, "pdf")
    assert_tells(data, report)
    (table,) = read(data).all("Table")
    assert len(table.pages) >= 150


@pytest.mark.parametrize("above", range(33, 42))
def test_a_title_stands_on_the_page_of_its_first_row(above: int) -> None:
    columns = (Column("a", "A"), Column("b", "B"))
    filling = Table("a", "Filling", columns, ((said("row"), number(1)),) * above, "")
    tall = (said("word " * 70), said("word"))
    report = replace(
        long_report("en", 0), tables=(filling, Table("b", "Tall", columns, (tall,) * 3, ""))
    )
    tree = read(in_form(report, "pdf"))
    title, table = tree.all("H2")[1], tree.all("Table")[1]
    assert title.pages == table.all("TR")[0].pages == table.all("TR")[1].pages


def test_structure_is_sound_whatever_tools_there_are(every: dict[tuple[str, str], Report]) -> None:
    for (_, language), report in every.items():
        with pikepdf.open(BytesIO(in_form(report, "pdf"))) as pdf:
            assert pdf.Root.MarkInfo.Marked
            assert str(pdf.Root.Lang) == {"en": "en-US", "es": "es-US"}[language]
            assert pdf.Root.ViewerPreferences.DisplayDocTitle
            assert pdf.check_pdf_syntax() == []


# One content, four formats


def test_all_formats_hold_every_row(every: dict[tuple[str, str], Report]) -> None:
    for report in every.values():
        rows = [row for table in report.tables for row in table.rows]
        held = list(csv.reader(StringIO(in_form(report, "csv").decode("utf-8-sig"))))
        empty = [table for table in report.tables if not table.rows]
        assert len(held) == len(rows) + len(empty) + 1
        assert len({len(row) for row in held}) == 1
        assert len(set(held[0])) == len(held[0]), "no two columns have the same head"
        book = openpyxl.load_workbook(BytesIO(in_form(report, "xlsx")))
        about, *sheets = book.worksheets
        assert [row[1].value for row in about.rows][1:4] == [
            report.edition, report.as_of, report.sentence
        ]  # fmt: skip
        for sheet, table in zip(sheets, report.tables, strict=True):
            assert sheet.max_row == len(table.rows) + 1
        page = in_form(report, "html").decode()
        assert f'<html lang="{report.language}">' in page
        assert page.count("<tr") == len(rows) + sum(1 for t in report.tables if t.rows)
        text = " ".join(unescape(re.sub(r"<[^>]+>", "", page)).split())
        for row in rows:
            for cell in row:
                for phrase in cell.text:
                    assert " ".join(phrase.text.split()) in text


def test_what_the_type_lacks_is_said_so() -> None:
    for text, is_said in (("اتفاق", True), ("Straße", False)):
        table = Table(
            "t", "T", (Column("a", "A"), Column("b", "B")), ((said(text), said("b")),), ""
        )
        report = replace(long_report("en", 0), tables=(table,))
        found = " ".join(read(in_form(report, "pdf")).text.split())
        assert ("stands for a character that this type lacks" in found) is is_said


@pytest.mark.parametrize("text", [*NASTY, "x" * 5_000, "ĄČĐĘĞĦĨĶŁŃŒŖŠŢŲŴŶŽ þæðøåßĳ"])
def test_every_value_appears_literally(text: str) -> None:
    table = Table("t", "T", (Column("a", "A"), Column("b", "B")), ((said(text), said(text)),), "")
    report = replace(long_report("en", 0), title=f"On {text}"[:80], tables=(table,))
    tree = read(in_form(report, "pdf"))
    words = " ".join(clean(text).split())
    assert [" ".join(cell.text.split()) for cell in tree.all("TD")] == [words]
    page = in_form(report, "html").decode()
    cell = page.partition("<td>")[2].partition("</td>")[0]
    assert unescape(cell) == text
    assert "<" not in cell


def test_same_content_gives_the_same_bytes(every: dict[tuple[str, str], Report]) -> None:
    for report in every.values():
        for form in ("pdf", "html", "csv", "xlsx"):
            first, again = in_form(report, form), in_form(report, form)
            assert hashlib.sha256(first).digest() == hashlib.sha256(again).digest()


# The command


def write(*words: str) -> str:
    out = StringIO()
    call_command("write_report", *words, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize("form", ["pdf", "html", "csv", "xlsx"])
def test_write_report_writes_each_format(pars: Any, form: str, tmp_path: Path) -> None:
    for words in (("deadlines",), ("dossier", "pars-ice")):
        path = tmp_path / f"report.{form}"
        said_ = write(*words, "--on", "2018-06-15", "--format", form, "--output", str(path))
        assert said_ == f"{path}: {words[0]} as of 2018-06-15\n"
        assert path.read_bytes() == in_form(built(words[0]), form)


def test_write_report_says_what_is_wrong(pars: Any, tmp_path: Path) -> None:
    output = ("--output", str(tmp_path / "x.pdf"))
    save(pars, published_at=None)
    for words, sentence in (
        (("dossier",), "say which agreement"),
        (("dossier", "NOPE"), "no agreement NOPE"),
        (("dossier", "PARS-ICE"), "add --edition internal"),
        (("deadlines", "--months", "0"), "from 1 to 1200"),
        (("fees", "PARS-ICE"), "about the whole register: leave out PARS-ICE, or write its do"),
        (("nonsense",), "invalid choice"),
    ):
        with pytest.raises(CommandError, match=sentence):
            write(*words, *output)
    assert list(tmp_path.iterdir()) == []
    write("dossier", "PARS-ICE", "--edition", "internal", *output)
