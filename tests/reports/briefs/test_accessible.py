import datetime as dt
import logging
import os
import subprocess
import sys
from collections import deque
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pikepdf
import pypdf
import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st
from reportlab.graphics.shapes import Circle, Drawing, Group, Line, Rect, String
from reportlab.lib.colors import HexColor
from reportlab.pdfbase import pdfdoc
from reportlab.platypus import KeepTogether, PageBreak, Spacer
from reportlab.platypus import Paragraph as MarkupParagraph

from reports.briefs.accessible import (
    Built,
    Columns,
    Figure,
    Heading,
    List,
    Panel,
    Paragraph,
    Rule,
    Table,
    badge,
    build,
    clean,
    emphasis,
    foreign,
    is_link,
    link,
    running_footer,
    running_header,
    strong,
    sup,
    unsupported_characters,
)
from reports.briefs.lines import measured
from reports.briefs.tagging import TaggedCanvas
from reports.briefs.text import ALARM, CALM, LABEL, LEAD, STATUS, VALUE, WARNING
from tests.reports.structure import Node, artifacts, read
from tests.reports.vera import failed_rules

MADE_AT = dt.datetime(2018, 6, 15, 9, 30, tzinfo=dt.UTC)
PAGE_URL = "https://pactwatch.example/agreements/pars-ice/?on=2018-06-15#votes"
LONG = (
    "Contacts short of a conviction can lead to deportation. The share of people passed on who "
    "were never convicted was more than half of all, and nobody told Council before the term ended."
)
NASTY = [
    "<Parks> and <agency@x.gov>",
    "a < b & c > d, &amp; stays &amp; and &#65; too",
    '<b>never closed, <img src="/etc/passwd"/>, <a href="javascript:alert(1)">x</a>',
    "</para> <para> <br/> <super>1</super>",
    r"back\slash (brackets) ) ( \) \101 % # / [ ] { }",
    "null\x00byte, tab\tand\nline\r\nends, \ud800 half, \ufffe none, joined\u200bspace",
    "e\u0301 composed, no\xa0break, “quotes”, – — … ✓ €",
    "مدينة and 市 and 👍🏽 between",
]
WORDS = {
    "en-US": ("Options", "Do not renew", "Renewal with changes", "page", "of", "Since", "Whose"),
    "es-US": ("Opciones", "No renovar", "Renovación con cambios", "página", "de", "Desde", "Quién"),
}


def printed(story: list, **options: object) -> tuple[bytes, Built]:
    output = BytesIO()
    built = build(story, output, **{"title": "A title", "language": "en-US"} | options)
    return output.getvalue(), built


def tree_of(story: list, **options: object) -> Node:
    data, built = printed(story, **options)
    assert built.tagged
    return read(data)


def timeline() -> Drawing:
    drawing = Drawing(700, 70)
    drawing.add(Line(10, 30, 690, 30, strokeColor=HexColor("#1a1f26")))
    for x, label in ((10, "signed"), (200, "renewed; مدينة"), (690, "ends")):
        mark = Circle(x, 30, 4, fillColor=HexColor("#ffffff"), strokeColor=HexColor("#0b4f79"))
        anchor = "end" if x == 690 else "start"
        drawing.add(Group(mark, String(x, 42, label, fontSize=9, textAnchor=anchor)))
    return drawing


def qr_code(text: str) -> Drawing:
    code = segno.make(text, error="m")
    side = code.symbol_size(border=0)[0]
    drawing = Drawing(72, 72)
    unit = 72 / side
    for y, row in enumerate(code.matrix):
        for x, is_dark in enumerate(row):
            if is_dark:
                drawing.add(
                    Rect(
                        x * unit,
                        72 - (y + 1) * unit,
                        unit,
                        unit,
                        fillColor=HexColor("#000000"),
                        strokeWidth=0,
                        strokeColor=None,
                    )
                )
    return drawing


def sample(language: str, page_size: str = "letter") -> tuple[bytes, list[tuple[str, str]]]:
    """A brief with every building block, and what a reader has to be told, in order."""
    options, refuse, change, page, of, since, whose = WORDS[language]
    other = "es-US" if language == "en-US" else "en-US"
    facts = (("Ends", "Aug 31, 2018"), ("Decide by", "Jul 2, 2018"), ("Fee", "$5,600"))
    rows = [
        [["Country of origin ", sup(3)], "people arrested", "2008"],
        ["Names of victims, of witnesses", [Paragraph("third"), Paragraph("persons")], None],
        [strong("Arrest"), ["charge, ", emphasis("bail")], 2008],
    ]
    long_rows = [[f"Element {n}", f"Body {n} " + "with a long name " * 6, n] for n in range(40)]
    story = [
        Heading(1, "PARS–ICE: federal access to arrest records"),
        Panel([Paragraph(["To decide: ", strong(LONG)], LEAD), Paragraph("No clause.")]),
        Paragraph(
            [badge("In force", CALM), " ", badge("Open", WARNING), badge("!", ALARM), " 77 days."],
            STATUS,
        ),
        Columns([[Paragraph(k, LABEL), Paragraph(v, VALUE)] for k, v in facts], ruled=True),
        Figure(timeline(), "Timeline: signed, renewed, ends (2018)"),
        Columns(
            [
                [Heading(2, since), Table(["Element", whose, since], rows, [3, 2, 2])],
                [
                    Heading(2, "Money"),
                    Paragraph(["See ", link(f"the page of {LONG}", PAGE_URL), ". ", LONG]),
                    Heading(3, options),
                    List([refuse, ["a ", strong("b"), " c"], [Paragraph(change), Paragraph("x")]]),
                ],
            ],
            [3, 2],
            ruled=True,
        ),
        Rule(),
        List(["first", LONG], numbered=True),
        Paragraph(["Otherwise: ", foreign("otra lengua", other), "."]),
        Paragraph("The whole in another language.", lang=other),
        *[Paragraph(text) for text in NASTY],
        KeepTogether(
            [Heading(2, options), Paragraph(["x", sup("1"), link("mail", "mailto:a@b.c")])]
        ),
        Table(
            ["A", "B", "C"], long_rows, [2, 5, 1], align=["left", "left", "right"], summary="All"
        ),
        Figure(qr_code(PAGE_URL), "QR code: the page of this agreement"),
    ]
    expected = [
        ("H1", "PARS–ICE: federal access to arrest records"),
        ("P", f"To decide: {LONG}"),
        ("P", "No clause."),
        ("P", "In force Open ! 77 days."),
        *[("P", text) for pair in facts for text in pair],
        ("Figure", "signed renewed; ■■■■■ ends"),
        ("H2", since),
        *[("TH", text) for text in ("Element", whose, since)],
        ("TH", "Country of origin 3"), ("TD", "people arrested"), ("TD", "2008"),
        ("TH", "Names of victims, of witnesses"), ("P", "third"), ("P", "persons"), ("TD", ""),
        ("TH", "Arrest"), ("TD", "charge, bail"), ("TD", "2008"),
        ("H2", "Money"),
        ("P", f"See the page of {LONG}. {LONG}"),
        ("H3", options),
        ("Lbl", "•"), ("LBody", refuse), ("Lbl", "•"), ("LBody", "a b c"),
        ("Lbl", "•"), ("P", change), ("P", "x"),
        ("Lbl", "1."), ("LBody", "first"), ("Lbl", "2."), ("LBody", LONG),
        ("P", "Otherwise: otra lengua."),
        ("P", "The whole in another language."),
        *[("P", " ".join(clean(text).split())) for text in NASTY],
        ("H2", options),
        ("P", "x1mail"),
        *[("TH", text) for text in "ABC"],
        *[
            (role, " ".join(str(text).split()))
            for row in long_rows
            for role, text in zip(("TH", "TD", "TD"), row, strict=True)
        ],
        ("Figure", ""),
    ]  # fmt: skip
    data, built = printed(
        story,
        title="PARS–ICE: access & <records>",
        language=language,
        author="City Clerk",
        subject="A brief",
        page_size=page_size,
        created_at=MADE_AT,
        header=running_header("Council brief · public edition", lambda p: f"known on {p.number}"),
        footer=running_footer(lambda p: f"{page} {p.number} {of} {p.count}", "code 7QK4"),
    )
    assert built.tagged
    return data, expected


def long_report(rows: int) -> list:
    data = [[f"Agreement {n}", f"Party {n % 9}", f"August {1 + n % 31}, 2018"] for n in range(rows)]
    return [Heading(1, "Report"), Table(["Agreement", "Party", "Ends"], data, [3, 2, 2])]


# The standards


def without_language(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.Lang


def without_title_display(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.ViewerPreferences


def _elements(pdf: pikepdf.Pdf, role: str) -> list:
    found, queue = [], [pdf.Root.StructTreeRoot.K]
    while queue:
        element = queue.pop(0)
        kids = element.get("/K", [])
        kids = list(kids) if isinstance(kids, pikepdf.Array) else [kids]
        queue += [k for k in kids if isinstance(k, pikepdf.Dictionary) and "/S" in k]
        found += [element] if f"/{role}" == element.S else []
    return found


def without_description(pdf: pikepdf.Pdf) -> None:
    del _elements(pdf, "Figure")[0].Alt


def without_scope(pdf: pikepdf.Pdf) -> None:
    for header in _elements(pdf, "TH"):
        del header.A


def with_skipped_heading(pdf: pikepdf.Pdf) -> None:
    for heading in _elements(pdf, "H2"):
        heading.S = pikepdf.Name("/H3")


def without_link_name(pdf: pikepdf.Pdf) -> None:
    for page in pdf.pages:
        for annotation in page.get("/Annots", []):
            del annotation.Contents


def without_marks(pdf: pikepdf.Pdf) -> None:
    page = pdf.pages[0]
    content = page.Contents.read_bytes().replace(b"/Artifact BMC", b"").replace(b"EMC", b"")
    page.Contents = pdf.make_stream(content)


MUTATIONS = {
    without_language: "7.2",
    without_title_display: "7.1",
    without_description: "7.3",
    without_scope: "7.5",
    with_skipped_heading: "7.4.2",
    without_link_name: "7.18",
    without_marks: "7.1",
}


def mutated(data: bytes, change: Callable[[pikepdf.Pdf], None], path: Path) -> Path:
    with pikepdf.open(BytesIO(data)) as pdf:
        change(pdf)
        pdf.save(path)
    return path


def test_veraPDF_finds_nothing_in_ours_and_each_fault_in_mutated_copies(tmp_path: Path) -> None:  # noqa: N802
    english = sample("en-US")[0]
    files = {
        "english.pdf": english,
        "spanish.pdf": sample("es-US", "a4")[0],
        "small.pdf": printed([Paragraph("Nothing is recorded.")])[0],
        "report.pdf": printed(long_report(600))[0],
    }
    paths = [tmp_path / name for name in files]
    for path in paths:
        path.write_bytes(files[path.name])
    ours = [(profile, path) for path in paths for profile in ("ua1", "2a")]
    faulty = {
        ("ua1", mutated(english, change, tmp_path / f"{change.__name__}.pdf")): clause
        for change, clause in MUTATIONS.items()
    }
    verdicts = failed_rules([*ours, *faulty])
    assert {check: verdicts[check] for check in ours} == {check: {} for check in ours}
    for check, clause in faulty.items():
        assert any(rule.startswith(clause) for rule in verdicts[check]), (check, verdicts[check])


def test_file_says_what_it_is() -> None:
    data, _ = sample("es-US", "a4")
    with pikepdf.open(BytesIO(data)) as pdf:
        assert pdf.check_pdf_syntax() == []
        assert pdf.Root.Lang == "es-US"
        assert pdf.Root.MarkInfo.Marked
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        assert [float(x) for x in pdf.pages[0].MediaBox][2:] == pytest.approx(
            [595.28, 841.89], 0.01
        )
        info = pdf.open_metadata()
        assert info["dc:title"] == "PARS–ICE: access & <records>" == str(pdf.docinfo["/Title"])
        assert (info["pdfaid:part"], info["pdfaid:conformance"]) == ("2", "A")
        assert info["pdfuaid:part"] == "1"
        assert info["xmp:CreateDate"] == "2018-06-15T09:30:00+00:00"
        assert pdf.docinfo["/CreationDate"] == "D:20180615093000Z"


@pytest.mark.parametrize("language", WORDS)
def test_reader_is_told_the_source_in_order_with_no_words_joined(language: str) -> None:
    data, expected = sample(language)
    assert read(data).blocks() == expected


def test_headings_are_bookmarks() -> None:
    story = [Heading(1, "One"), Heading(2, "Two"), Heading(3, "Three"), Heading(2, "Four مدينة")]
    outline = pypdf.PdfReader(BytesIO(printed(story)[0])).outline
    one, (two, (three,), four) = outline
    assert [entry.title for entry in (one, two, three, four)] == [
        "One", "Two", "Three", "Four مدينة",
    ]  # fmt: skip


def test_bookmarks_lead_to_their_headings() -> None:
    story = [Heading(1, "One"), Columns([[Heading(2, "A")], [Heading(2, "B")]]), PageBreak()]
    story += [Spacer(1, 200), Heading(2, "C"), Paragraph("text")]
    data, _ = printed(story)
    reader = pypdf.PdfReader(BytesIO(data))
    one, (a, b, c) = reader.outline
    assert [reader.get_destination_page_number(entry) for entry in (one, a, b, c)] == [0, 0, 0, 1]
    assert one.top > a.top == b.top
    assert c.top == pytest.approx(reader.pages[1].mediabox.height - 64 - 200 - 12)
    with pikepdf.open(BytesIO(data)) as pdf:
        root = pdf.Root.Outlines
        assert root.Count == 4
        assert root.First.Count == 3
        assert root.First == root.Last


def test_bytes_of_a_string_are_written_so_that_they_are_read_again() -> None:
    letters = "".join(map(chr, [*range(0x21, 0x7F), *range(0xA1, 0x180), *range(0x386, 0x3CF)]))
    text = clean(letters + " " + letters[::-1])  # more than one subset of the font
    assert tree_of([Paragraph(text)]).text == text


def test_header_and_footer_are_artifacts_that_know_the_number_of_pages() -> None:
    story = [Paragraph("one"), PageBreak(), Paragraph("two"), Spacer(1, 9), PageBreak(), Rule()]
    data, built = printed(
        story,
        header=running_header("left", "right"),
        footer=running_footer(lambda p: f"{p.number} of {p.count}"),
    )
    assert built == Built(3, tagged=True)
    assert read(data).blocks() == [("P", "one"), ("P", "two")]
    assert [artifacts(data, n).split("\n")[:3] for n in range(3)] == [
        ["left", "right", f"{n} of 3"] for n in (1, 2, 3)
    ]


def test_brief_of_some_pages_is_small() -> None:
    data, _ = sample("en-US")
    assert len(pypdf.PdfReader(BytesIO(data)).pages) == 4
    assert len(data) <= 60_000


# Text


def test_text_of_data_appears_literally() -> None:
    tree = tree_of([Table(["A", "B"], [[text, [strong(text), text]] for text in NASTY], [1, 1])])
    for text, head, cell in zip(NASTY, tree.all("TH")[2:], tree.all("TD"), strict=True):
        shown = clean(text).replace("\xa0", " ")  # the font has one glyph for both
        assert head.text == shown
        assert cell.text == shown * 2


def test_clean_text_keeps_what_is_visible() -> None:
    assert clean(None) == ""
    assert clean(5600) == "5600"
    assert clean("a \t\n b\u2028c") == "a b c"
    assert clean("no\xa0break\u202f%") == "no\xa0break\xa0%"
    assert clean("e\u0301") == "é"
    assert clean("\x00\ud800") == "\ufffd\ufffd"
    assert clean("soft\xadhyphen, \u202eback") == "softhyphen, back"


def test_characters_the_font_lacks_are_named_and_kept_for_readers() -> None:
    assert unsupported_characters("Plain – “text” ✓ é ñ Ω Ж") == set()
    assert unsupported_characters("עברית 市 👍") == {*"עברית", "市", "👍"}
    tree = tree_of([Paragraph(["to ", strong("市 and 👍x"), emphasis(" Ж")])])
    assert tree.text == "to 市 and 👍x Ж"
    assert [span.kids for span in tree.all("Span")] == [["■"], ["■"]]


def test_letters_without_a_glyph_are_shown_as_a_letter_and_its_marks() -> None:
    text = "Skolt ǩǯ, Irish ḃḋḟṗṫ, Livonian ȯȭȱḑ, Latgalian ȳ"
    assert unsupported_characters(text) == set()
    tree = tree_of([Paragraph(text)])
    assert tree.text == text
    assert next(span.kids for span in tree.all("Span")) == ["k\u030cʒ\u030c"]
    assert unsupported_characters("ǥ עברית") >= {"ǥ", "ע"}


@pytest.mark.parametrize("width", [40, 90, 173, 260])
def test_words_stay_apart_at_line_breaks(width: float) -> None:
    runs = [LONG, " ", strong(LONG), " ", link(LONG, PAGE_URL), sup(2), ", ", foreign(LONG, "es")]
    source = "".join(str(getattr(run, "text", run)) for run in runs)
    assert tree_of([Columns([[Paragraph(runs)], []], [width, 520 - width], gap=0)]).text == source


@given(
    parts=st.lists(st.text(max_size=60) | st.text("ab /-", max_size=300), max_size=4),
    width=st.floats(2.5, 32),
)
def test_lines_hold_the_whole_text_and_fit(parts: list[str], width: float) -> None:
    text = measured([strong(part) if at % 2 else part for at, part in enumerate(parts)])
    lines = text.breaks(width)
    assert text.line_count(width) == len(lines)
    shown = ["".join(part for _, part in text.parts(line)) for line in lines]
    assert shown == [text.text[line.start : line.end] for line in lines]
    assert "".join(shown).split() == text.text.split()
    for line, words in zip(lines, shown, strict=True):
        assert line.width <= width + 0.001 or len(words.strip()) == 1
        widths = (text.stretches[place].width(part) for place, part in text.parts(line))
        space = text.stretches[next(iter(deque(text.parts(line), 1)))[0]].width(" ")
        assert line.width == pytest.approx(sum(widths) - space * words.endswith(" "))


@given(
    st.lists(st.text("ab /-", max_size=40), min_size=1, max_size=6),
    st.floats(2, 30),
    st.floats(1.01, 1.6),
)
def test_larger_type_takes_no_fewer_lines(parts: list[str], room: float, larger: float) -> None:
    text = measured(parts)
    assert len(text.breaks(room)) <= len(text.breaks(room / larger)) or "/" in text.text


def test_very_long_words_are_cut_to_fit() -> None:
    address = "https://example.org/" + "part/" * 400
    for word in ("x" * 200_000, "W" * 5_000, address):
        text = measured(["See ", word])
        lines = text.breaks(20)
        assert max(line.width for line in lines) <= 20
        shown = [text.text[line.start : line.end] for line in lines]
        assert "".join(shown) == f"See {word}"
    assert all(line.endswith("/") for line in shown[1:-1])
    tree = tree_of([Table(["A", "B"], [["x" * 5_000, "W" * 5_000]], [1, 9])])
    assert tree.all("TD")[0].text == "W" * 5_000
    assert len(tree.all("TD")[0].pages) > 1


@pytest.mark.parametrize(
    "url",
    [
        "", "javascript:alert(1)", " https://x.org", "https://x.org/a b", "file:///etc/passwd",
        "JavaScript://x.org/%0aalert(1)", "data:text/html,x", "//x.org", "https://", "/a", "#a",
        "https://x.org/\n", "http:\\\\x.org", "document:x", "pdf:x",
    ],
)  # fmt: skip
def test_links_elsewhere_are_refused(url: str) -> None:
    assert not is_link(url)
    with pytest.raises(ValueError, match="not a web or mail address"):
        link("label", url)


@pytest.mark.parametrize(
    ("url", "written"),
    [
        (PAGE_URL, PAGE_URL),
        ("mailto:clerk@sf.gov", "mailto:clerk@sf.gov"),
        ("HTTP://x.org/(a)", "HTTP://x.org/(a)"),
        ("https://x.org/ñ?q=a%20b", "https://x.org/%C3%B1?q=a%20b"),
    ],
)
def test_links_lead_to_the_web_and_to_mail(url: str, written: str) -> None:
    (element,) = tree_of([Paragraph(["See ", link("here", url)])]).all("Link")
    assert (element.text, element.links) == ("here", [written])


def test_language_of_a_part_is_told() -> None:
    story = [Paragraph(["A ", foreign("uno", "es-US")]), Paragraph("dos", lang="es-MX")]
    first, second = tree_of(story).all("P")
    assert (first.lang, first.all("Span")[0].lang, second.lang) == ("", "es-US", "es-MX")
    with pytest.raises(ValueError, match="not a language tag"):
        Paragraph("x", lang="es_US")


# Tables, lists, columns, figures


def test_table_of_thousands_of_rows_is_one_table_over_many_pages() -> None:
    data, built = printed(long_report(3_000))
    assert built.tagged
    tree = read(data)
    (table,) = tree.all("Table")
    assert table.pages == set(range(built.pages))
    assert len(table.all("TR")) == 3_001
    heads = table.all("TH")
    assert [head.text for head in heads if head.scope == "Column"] == ["Agreement", "Party", "Ends"]
    assert [head.text for head in heads if head.scope == "Row"] == [
        f"Agreement {n}" for n in range(3_000)
    ]
    assert artifacts(data, 1).split() == ["Agreement", "Party", "Ends"]
    assert all(len(row.all("TR", "TH", "TD")) == 3 for row in table.all("TR"))


def test_tables_that_continue_another_are_one_table() -> None:
    first = Table(["A", "B"], [["1", "2"]], [1, 1])
    second = Table(["A", "B"], [["3", "4"]], [1, 1], continues=first)
    (table,) = tree_of([first, second]).all("Table")
    assert [row.text for row in table.all("TR")] == ["AB", "12", "34"]


def test_row_higher_than_a_page_is_cut_and_stays_one_row() -> None:
    long = [[Paragraph(f"{n}. {LONG}") for n in range(60)], LONG * 40, "x"]
    tree = tree_of([Table(["A", "B", "C"], [long, ["1", "2", "3"]], [2, 2, 1], row_headers=False)])
    first = tree.all("TR")[1].all("TD")
    assert [len(cell.pages) > 2 for cell in first] == [True, True, False]
    assert [p.text for p in first[0].all("P")] == [f"{n}. {LONG}" for n in range(60)]
    assert [cell.text for cell in first[1:]] == [LONG * 40, "x"]


def test_table_refuses_a_row_of_another_length() -> None:
    with pytest.raises(ValueError, match="row 2 has 1 cells instead of 2"):
        Table(["A", "B"], [["1", "2"], ["3"]], [1, 1])


def test_columns_are_read_one_after_the_other_over_pages() -> None:
    texts = [[f"{column}{n} {LONG}" for n in range(40)] for column in "LR"]
    tree = tree_of(
        [Columns([[Heading(1, "T"), *map(Paragraph, texts[0])], [*map(Paragraph, texts[1])]])]
    )
    left, right = tree.all("Div")
    assert [p.text for p in left.all("P")] == texts[0]
    assert [p.text for p in right.all("P")] == texts[1]
    assert left.pages == right.pages
    assert len(left.pages) > 1


def test_lists_go_over_pages_and_number_their_items() -> None:
    (items,) = tree_of([List([f"{n} {LONG}" for n in range(90)], numbered=True)]).all("L")
    assert len(items.pages) > 1
    assert [label.text for label in items.all("Lbl")] == [f"{n}." for n in range(1, 91)]
    assert [body.text for body in items.all("LBody")] == [f"{n} {LONG}" for n in range(90)]


def test_heading_is_not_left_alone_at_the_foot_of_a_page() -> None:
    for height in range(500, 680, 12):
        tree = tree_of([Heading(1, "One"), Spacer(1, height), Heading(2, "Two"), Paragraph(LONG)])
        assert tree.all("H2")[0].pages == {min(tree.all("P")[0].pages)}


def test_figure_needs_a_description() -> None:
    with pytest.raises(ValueError, match="needs a description"):
        Figure(Drawing(10, 10), " \n")


def test_figure_has_its_description_and_box() -> None:
    data, _ = printed([Figure(timeline(), "Signed (2008) – ends")])
    assert read(data).all("Figure")[0].alt == "Signed (2008) – ends"
    with pikepdf.open(BytesIO(data)) as pdf:
        left, bottom, right, top = map(float, _elements(pdf, "Figure")[0].A.BBox)
    assert (left, top, right) == (46, 792 - 64, 612 - 46)
    assert top - bottom == pytest.approx(70 * 520 / 700, abs=0.02)


# Determinism, refusals, and a ReportLab that changed


@pytest.mark.processes
def test_same_bytes_in_processes_with_different_hash_seeds() -> None:
    program = (
        "import sys, hashlib; from tests.reports.briefs.test_accessible import sample;"
        "print(hashlib.sha256(sample('es-US')[0]).hexdigest())"
    )
    running = [
        subprocess.Popen(  # noqa: S603
            [sys.executable, "-c", program],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(Path.cwd())},
            stdout=subprocess.PIPE,
        )
        for seed in ("1", "2", "77")
    ]
    assert len({process.communicate()[0] for process in running}) == 1
    assert all(process.returncode == 0 for process in running)


def test_same_story_can_be_printed_again() -> None:
    story = [Heading(1, "Report"), Paragraph(LONG * 40), *long_report(200)[1:]]
    assert printed(story) == printed(story)


@pytest.mark.parametrize(
    "options",
    [
        {"title": " "},
        {"language": "English"},
        {"language": ""},
        {"created_at": dt.datetime(2018, 6, 15)},  # noqa: DTZ001
    ],
)
def test_what_no_valid_file_could_say_is_refused(options: dict) -> None:
    with pytest.raises(ValueError, match=r"title|language|time zone"):
        printed([Paragraph("x")], **options)
    with pytest.raises(ValueError, match="story"):
        printed([])


def lose_tree(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = [key for key in pdfdoc.PDFCatalog.__NoDefault__ if key != "StructTreeRoot"]
    monkeypatch.setattr(pdfdoc.PDFCatalog, "__NoDefault__", keys)


def lose_method(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(TaggedCanvas, "_objects")


@pytest.mark.parametrize("change", [lose_tree, lose_method])
def test_changed_reportlab_prints_untagged_and_says_so(
    change: Callable, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    story = [Heading(1, "One"), Heading(2, "Two"), Paragraph([link("here", PAGE_URL), sup(1)])]
    change(monkeypatch)
    footer = running_footer(lambda p: f"{p.number} of {p.count}")
    with caplog.at_level(logging.ERROR):
        data, built = printed([*story, PageBreak(), *long_report(300)[1:]], footer=footer)
    assert "printed untagged" in caplog.text
    assert not built.tagged
    pages = pypdf.PdfReader(BytesIO(data)).pages
    assert len(pages) == built.pages > 5
    texts = [page.extract_text() for page in pages]
    assert "here" in texts[0]
    assert "Agreement 299" in texts[-1]
    assert all(f"{n} of {built.pages}" in text for n, text in enumerate(texts, 1))


def same_twice() -> list:
    paragraph = Paragraph("not recorded")
    return [paragraph, Columns([[paragraph], []])]


@pytest.mark.parametrize(
    ("story", "reason"),
    [
        (lambda: [MarkupParagraph("<b>untagged</b>")], "text without a tag"),
        (lambda: [Heading(1, "a"), Heading(3, "b")], "heading of level 3 after level 1"),
        (lambda: [Heading(2, "a")], "heading of level 2 after level 0"),
        (same_twice, "the same Paragraph stands in two places"),
    ],
)
def test_story_that_cannot_be_tagged_is_printed_and_reported(
    story: Callable, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        data, built = printed(story())
    assert not built.tagged
    assert reason in caplog.text
    assert pypdf.PdfReader(BytesIO(data)).pages[0].extract_text()
