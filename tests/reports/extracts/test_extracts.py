"""Extracts: the same content as PDF, page, CSV and XLSX; accessible, literal, reproducible."""

import csv
import datetime as dt
import hashlib
import re
import zipfile
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

from agreements.loading import load
from agreements.models import Agreement, Incident, Payment
from civil.clock import end_of_day
from civil.partial import PartialDate
from reports.briefs.accessible import clean
from reports.briefs.parts import Section, Text, numbers
from reports.extracts import dossier, files, spreadsheets
from reports.extracts.catalogue import KINDS
from reports.extracts.parts import Column, Report, Table, day, number, said
from reports.extracts.records import Request
from sources.models import Citation
from tests.factories import facts_of, make_agreement, save, writing
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
        assert len(held) == len(rows) + 1
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


def test_what_the_type_lacks_is_said_so() -> None:
    for text, is_said in (("اتفاق", True), ("Straße", False)):
        table = Table(
            "t", "T", (Column("a", "A"), Column("b", "B")), ((said(text), said("b")),), ""
        )
        report = replace(long_report("en", 0), tables=(table,))
        found = " ".join(read(in_form(report, "pdf")).text.split())
        assert ("stands for a character that this type lacks" in found) is is_said


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


def test_a_workbook_bears_the_day_that_it_shows_and_no_clock(
    every: dict[tuple[str, str], Report],
) -> None:
    data = in_form(every["fees", "en"], "xlsx")
    told = openpyxl.load_workbook(BytesIO(data)).properties
    assert told.created == told.modified == dt.datetime(2018, 6, 15, 23, 59, 59)  # noqa: DTZ001
    with zipfile.ZipFile(BytesIO(data)) as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}


# What they say


def rows_of(report: Report, key: str) -> list[list[Any]]:
    table = next(t for t in report.tables if t.key == key)
    return [[cell.value for cell in row] for row in table.rows]


def test_dossier_holds_every_term_element_vote_source_and_change(
    every: dict[tuple[str, str], Report],
) -> None:
    report = every["dossier", "en"]
    assert [row[0] for row in rows_of(report, "terms")] == ["1", "2", "3"]
    assert len(rows_of(report, "elements")) == 10
    assert len(rows_of(report, "votes")) == 3
    assert len(rows_of(report, "sources")) == 16
    assert rows_of(report, "history")
    assert report.file_stem == "pars-ice-dossier-2018-06-15-en"


def test_dossier_says_of_each_fact_that_it_is_not_recorded(pars: Any) -> None:
    save(pars, retention="", legal_basis="Code")
    found = dict(rows_of(dossier.build(Request(ON), facts_of(pars)), "facts"))
    assert found["Legal basis"] == "Code"
    assert found["Retention and destruction"] is None


def test_dossier_holds_access_citations_documents_and_incidents(pars: Any) -> None:
    with writing():
        Incident.objects.create(
            agreement=pars,
            kind=Incident.Kind.BREACH,
            standing=Incident.Standing.ALLEGED,
            title="zqincident",
            occurred_on=PartialDate.parse("2018-03"),
        )
        Payment.objects.create(
            agreement=pars,
            term=pars.term_set.get(number=3),
            amount="987",
            currency="USD",
            due_on=PartialDate.parse("2018-01-31"),
        )
    citation = Citation.objects.filter(target_model="agreements.Term", field="ends_on").first()
    save(citation, quotation="until zqaugust", locator="p. 3")
    report = dossier.build(Request(ON), facts_of(pars))
    assert rows_of(report, "incidents")[0][:3] == ["zqincident", "Breach, alleged", "2018-03"]
    assert rows_of(report, "access")[0][0] == "On"
    cited = rows_of(report, "citations")
    assert len(cited) > 100
    assert {row[2] for row in cited} == {int(row[0]) for row in rows_of(report, "sources")}
    assert ["p. 3", "until zqaugust"] in [row[3:] for row in cited]
    assert "987" not in str(report.tables)
    assert "987" in str(dossier.build(Request(ON, "internal"), facts_of(pars)).tables)


def test_internal_dossier_tells_who_changed_what_from_the_beginning(db: None) -> None:
    draft = make_agreement(reference="DRAFT-1", title="First")
    save(draft, title="Second")
    facts = facts_of(draft)
    assert rows_of(dossier.build(Request(ON), facts), "history") == []
    changes = rows_of(dossier.build(Request(ON, "internal"), facts), "history")
    by, reason, field, before, after = changes[0][1:]
    assert (by, reason) == ("records@example.test", "A test writes")
    assert (field, before, after) == ("DRAFT-1: Name", "First", "Second")
    (entered,) = [row for row in changes if row[3] == "DRAFT-1"]
    assert entered[4] is None
    assert "Name: First" in entered[5]


def test_internal_dossier_tells_what_each_citation_was_for(pars: Any) -> None:
    rows = rows_of(dossier.build(Request(ON, "internal"), facts_of(pars)), "history")
    cited = [row for row in rows if row[3].startswith("Citation: ")]
    assert len(cited) > 100
    assert "Target" not in str(cited)
    assert "another record" not in str(cited)
    assert any("Term 1" in row[3] and "Source: " in row[5] for row in cited)


def test_dossier_as_known_says_so_in_head_address_and_name(pars: Any) -> None:
    known = end_of_day(dt.date(2010, 6, 30))
    facts = load(pars.pk, known)
    assert facts is not None
    report = dossier.build(Request(dt.date(2010, 7, 1), known=known), facts)
    assert report.as_of == "As of July 1, 2010 · as known on June 30, 2010"
    assert report.address.endswith("?on=2010-07-01&known=2010-06-30")
    assert report.file_stem == "pars-ice-dossier-2010-07-01-known-2010-06-30-en"


def test_internal_dossier_alone_shows_what_is_withheld(pars: Any) -> None:
    save(pars, internal_note="zqcanary")
    public = dossier.build(Request(ON), facts_of(pars))
    internal = dossier.build(Request(ON, "internal"), facts_of(pars))
    assert internal.address.endswith("/desk/agreements/pars-ice/dossier/?on=2018-06-15")
    assert b"zqcanary" not in in_form(public, "csv")
    assert "zqcanary" in str(rows_of(internal, "withheld"))
    for form in ("pdf", "html", "csv"):
        assert b"zqcanary" not in in_form(public, form)


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
        (("nonsense",), "invalid choice"),
    ):
        with pytest.raises(CommandError, match=sentence):
            write(*words, *output)
    assert list(tmp_path.iterdir()) == []
    write("dossier", "PARS-ICE", "--edition", "internal", *output)
