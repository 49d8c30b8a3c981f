"""The same content by other means: WeasyPrint, Typst, and ReportLab's canvas without layout."""

import datetime as dt
import html
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import font_source_sans_pro
import typst
from django.template import Context, Engine
from django.utils import translation
from pypdf import PdfReader
from reportlab.pdfgen.canvas import Canvas
from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration

from reports.briefs import accessible, layout, lines, setting
from reports.briefs.drawings import timeline_picture
from reports.briefs.parts import Brief, Section, Text
from reports.briefs.svg import svg
from reports.briefs.tagging import PlainCanvas
from reports.briefs.text import REGULAR, register_fonts
from reports.extracts import files
from reports.extracts.parts import Column, Report, Table, day, number, said

Maker = Callable[[], bytes]
ON = dt.date(2018, 6, 15)
MOMENT = dt.datetime(2018, 6, 16, 3, 59, 59, tzinfo=dt.UTC)
FONTS = Path(font_source_sans_pro.font_directory)
STYLE = f"""
@font-face {{ font-family: S; src: url("file://{FONTS}/SourceSansPro-Regular.ttf") }}
@font-face {{ font-family: S; font-weight: 600;
  src: url("file://{FONTS}/SourceSansPro-Semibold.ttf") }}
@page {{ size: letter; margin: 38pt }}
body {{ font: 8.5pt/1.25 S }} h1 {{ font-size: 18pt }} h2 {{ font-size: 11pt }}
h1, h2, th, strong {{ font-weight: 600 }} table {{ width: 100%; border-collapse: collapse }}
td, th {{ text-align: left; border-bottom: .5pt solid #ccc; vertical-align: top }}
"""


# ── The brief ──────────────────────────────────────────────────────────────────


def forget() -> None:
    """Let go what is kept of texts: in a round each brief is a new one, words come again."""
    for kept in (lines.keep, setting.runs):
        kept.cache_clear()


def brief_makers(part: Brief) -> dict[str, Maker]:
    """Return who prints the brief, each called once in a round."""

    def tagged() -> bytes:
        forget()  # as for a brief whose texts were never measured before
        with translation.override("en"):
            return layout.write(part, paper="letter", created_at=MOMENT).data

    def untagged() -> bytes:
        was = accessible.TaggedCanvas
        accessible.TaggedCanvas = Untagged  # type: ignore[misc]
        try:
            return tagged()
        finally:
            accessible.TaggedCanvas = was  # type: ignore[misc]

    page, source, lines = brief_html(part), brief_typst(part), _lines(tagged())
    fonts = FontConfiguration()
    return {
        "tagged": tagged,
        "untagged": untagged,
        "raw canvas": lambda: raw(lines),
        "typst": lambda: by_typst(source),
        "weasyprint": lambda: by_weasyprint(page, fonts),
    }


class Untagged(PlainCanvas):
    """The canvas without tags, with header and footer."""

    def __init__(self, output: Any, *, facts: Any, furnish: Any, **options: Any) -> None:
        super().__init__(output, **options)
        self.furnish = furnish

    def showPage(self) -> None:  # noqa: N802
        """Furnish the page, of two, and end it."""
        self.furnish(self, self._pageNumber, 2)
        super().showPage()


def _lines(data: bytes) -> list[list[str]]:
    return [page.extract_text().splitlines() for page in PdfReader(BytesIO(data)).pages]


def raw(pages: list[list[str]]) -> bytes:
    """Draw the lines of a brief one below the other: no layout, no tags."""
    register_fonts()
    output = BytesIO()
    canvas = Canvas(output, pageCompression=1, invariant=1)
    for page in pages:
        for place, line in enumerate(page):
            canvas.setFont(REGULAR, 7)
            canvas.drawString(38, 780 - place * 7, line)
        canvas.showPage()
    canvas.save()
    return output.getvalue()


def sections(part: Brief) -> list[Section]:
    """Return the sections of a brief in its order."""
    found = [part.shared, part.money, part.concerns, part.options, part.council, part.terms]
    found += [part.conflicts, part.evidence, part.answered, part.events, part.sources, part.stamp]
    return found


def brief_html(part: Brief) -> str:
    """Return the brief as a page for WeasyPrint, from the templates of the portal."""
    drawing = timeline_picture(part.timeline, 530)
    words = {
        "part": part,
        "style": STYLE,
        "picture": svg(drawing, part.timeline.title, part.timeline.description),
        "sections": sections(part),
    }
    engine = Engine.get_default()
    template = engine.from_string(
        "{% load papers %}<html lang='en'><title>{{ part.label }}</title>"
        "<style>{{ style|safe }}</style><h1>{{ part.title|phrases }}</h1>"
        "<p>{{ part.parties|phrases }}</p><h2>{{ part.question.text|phrases }}</h2>"
        "{% for label, text in part.question.answers %}<p><b>{{ label }}</b> {{ text|phrases }}"
        "</p>{% endfor %}<p>{{ part.status|phrases }}</p><table><tr>{% for f in part.key_facts %}"
        "<td>{{ f.label }}<br>{{ f.value|phrases }}<br>{{ f.note|phrases }}</td>{% endfor %}"
        "</table>{{ picture }}{% for p in sections %}"
        '{% include "reports/_section.html" with part=p id=forloop.counter %}{% endfor %}'
        "{% for item in part.sources.items %}<a id='source-{{ forloop.counter }}'></a>{% endfor %}"
        "</html>"
    )
    return template.render(Context(words))


def by_weasyprint(page: str, fonts: FontConfiguration) -> bytes:
    """Print a page as PDF/UA-1."""
    data: bytes = HTML(string=page).write_pdf(pdf_variant="pdf/ua-1", font_config=fonts)
    return data


def plain(text: Text) -> str:
    """Return a text without looks."""
    return "".join(phrase.text for phrase in text)


def _typst_cells(part: Section) -> Iterator[str]:
    for head in part.heads:
        yield f"[*{_escaped(head)}*]"
    for row in part.rows:
        for cell in row:
            yield f"[{_escaped(plain(cell))}]"


def _escaped(text: str) -> str:
    return "".join(f"\\{char}" if char in '\\#$*_`@<>[]~/"=-+' else char for char in text)


def brief_typst(part: Brief) -> bytes:
    """Return the brief as a source for Typst."""
    found = [
        f'#set document(title: "{part.label}")',
        '#set page("us-letter", margin: 38pt)',
        '#set text(font: "Source Sans Pro", size: 8.5pt, lang: "en")',
        "#set table(stroke: none)",
        f"= {_escaped(plain(part.title))}",
        _escaped(plain(part.parties)),
        f"== {_escaped(plain(part.question.text))}",
    ]
    found += [f"*{_escaped(a)}* {_escaped(plain(b))}\n" for a, b in part.question.answers]
    found.append(_escaped(plain(part.status)))
    facts = [f"[{_escaped(f.label + ': ' + plain(f.value))}]" for f in part.key_facts]
    found.append(f"#table(columns: {len(facts)}, {', '.join(facts)})")
    for section in sections(part):
        found.append(f"== {_escaped(section.title)}")
        found += [_escaped(plain(text)) + "\n" for text in section.lead]
        if section.rows:
            cells = ", ".join(_typst_cells(section))
            found.append(f"#table(columns: {len(section.heads)}, {cells})")
        found += [f"- {_escaped(plain(item))}" for item in section.items]
        found += ["", *(_escaped(plain(text)) for text in section.closing)]
    return "\n\n".join(found).encode()


def by_typst(source: bytes) -> bytes:
    """Compile a source as PDF/UA-1."""
    made = typst.compile(source, font_paths=[str(FONTS)], pdf_standards=["ua-1"])
    return bytes(made)


# ── The report ─────────────────────────────────────────────────────────────────


def report_of(rows: int) -> Report:
    """Return a report with so many rows."""
    columns = (
        Column("due_on", "Day", 1.2),
        Column("number", "No.", 0.6),
        Column("agreement", "Agreement", 2),
        Column("recipient", "Recipient", 2),
    )
    first = dt.date(2018, 1, 1)
    data = tuple(
        (
            day(first + dt.timedelta(days=n)),
            number(n),
            said(f"Agreement {n} on the sharing of data"),
            said(f"Department of the city no. {n % 97}"),
        )
        for n in range(rows)
    )
    table = Table("dates", "By date", columns, data, "")
    return Report(
        "deadlines", "All deadlines", "A long report.", "public edition", ON, "As of June 15, 2018",
        "en-US", (table,), "https://register.example.org/reports/deadlines/",
    )  # fmt: skip


def report_maker(name: str, rows: int) -> Maker:
    """Return who prints a report with so many rows."""
    with translation.override("en"):
        report = report_of(rows)
    texts = [[plain(cell.text) for cell in row] for row in report.tables[0].rows]
    heads = [column.label for column in report.tables[0].columns]
    if name == "tagged":
        return lambda: files.written(report, "pdf").data
    if name == "weasyprint":
        page = "".join(
            f"<tr><th scope=row>{html.escape(r[0])}</th>"
            + "".join(f"<td>{html.escape(c)}</td>" for c in r[1:])
            for r in texts
        )
        head = "".join(f"<th scope=col>{h}</th>" for h in heads)
        whole = f"<html lang=en><title>All</title><style>{STYLE}</style><h1>All deadlines</h1>"
        whole += f"<table><thead><tr>{head}</thead>{page}</table></html>"
        return lambda: by_weasyprint(whole, FontConfiguration())
    cells = ", ".join(f"[{_escaped(c)}]" for r in texts for c in r)
    header = ", ".join(f"[*{h}*]" for h in heads)
    source = (
        '#set document(title: "All")\n#set text(font: "Source Sans Pro", size: 8.8pt, lang: "en")\n'
        f"= All deadlines\n#table(columns: 4, stroke: none, table.header({header}), {cells})"
    )
    return lambda: by_typst(source.encode())
