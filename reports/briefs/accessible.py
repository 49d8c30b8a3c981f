"""Accessible PDF: PDF/UA-1 (ISO 14289-1) and PDF/A-2a (ISO 19005-2) in one file.

    build([Heading(1, "Title"), Paragraph(["See ", link("the page", url), "."])], output,
          title="Title", language="en-US")

A story is made of the flowables offered here and of ReportLab's `Spacer`, `PageBreak`,
`CondPageBreak` and `KeepTogether`. It holds values and runs, never markup. What a reader needs
to hear is tagged, all else is an artifact. Lengths are points.
"""

import datetime as dt
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from io import BytesIO
from typing import Any, BinaryIO, NamedTuple

from reportlab import Version
from reportlab.lib.pagesizes import A4, LETTER
from reportlab.platypus.doctemplate import BaseDocTemplate, PageTemplate
from reportlab.platypus.flowables import Flowable
from reportlab.platypus.frames import Frame

from reports.briefs.grids import Columns, List, Panel, Table, hairlines
from reports.briefs.lines import measured
from reports.briefs.paragraphs import UNBOUNDED, Heading, Paragraph
from reports.briefs.pdffile import Facts, language_entry, pdf_text
from reports.briefs.tagging import Element, PlainCanvas, TaggedCanvas
from reports.briefs.text import (
    INK,
    SMALL,
    Content,
    badge,
    clean,
    emphasis,
    foreign,
    is_link,
    link,
    register_fonts,
    strong,
    sup,
    unsupported_characters,
)

__all__ = [
    "Built",
    "Columns",
    "Figure",
    "Heading",
    "List",
    "Page",
    "Panel",
    "Paragraph",
    "Rule",
    "Table",
    "badge",
    "build",
    "clean",
    "emphasis",
    "foreign",
    "is_link",
    "link",
    "running_footer",
    "running_header",
    "strong",
    "sup",
    "unsupported_characters",
]

logger = logging.getLogger(__name__)

PAGE_SIZES = {"letter": LETTER, "a4": A4}
MARGINS = (46.0, 64.0, 46.0, 54.0)  # left, top, right, bottom


class Figure(Flowable):
    """A picture with its description: a ReportLab drawing, or any flowable of its own size.

    One wider than its column is scaled down. The fourteen fonts that no file embeds are replaced;
    drawings that name the module's own fonts measure right. Raises `ValueError` without `alt`.
    """

    def __init__(self, picture: Any, alt: str) -> None:
        super().__init__()
        if not clean(alt).strip():
            message = "a figure needs a description"
            raise ValueError(message)
        self.picture = picture
        self.spaceAfter = 6.0
        self.element = Element("Figure", f"/Alt{pdf_text(clean(alt))}")

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Return the size at which it is drawn."""
        natural = self.picture.wrapOn(self.canv, width, height)
        self.scale = min(1.0, width / natural[0])
        self.width, self.height = (side * self.scale for side in natural)
        return self.width, self.height

    def draw(self) -> None:
        """Draw the picture; all text in it belongs to the figure."""
        self.canv.once(self)
        with self.canv.figure(self.element, self.width, self.height):
            if self.scale < 1:
                self.canv.scale(self.scale, self.scale)
            self.picture.drawOn(self.canv, 0, 0)


class Rule(Flowable):
    """A hairline across the column."""

    def __init__(self, before: float = 4, after: float = 6) -> None:
        super().__init__()
        self.spaceBefore, self.spaceAfter = before, after

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Return the size."""
        self.width = width
        return width, 0.5

    def draw(self) -> None:
        """Draw the line."""
        with self.canv.artifact():
            hairlines(self.canv, [(0, 0, self.width)])


@dataclass(frozen=True, slots=True)
class Page:
    """What a header or footer is told: the page and the edges of its text."""

    number: int
    count: int
    left: float
    right: float
    top: float
    bottom: float


Furniture = Callable[[PlainCanvas, Page], None]
Words = Callable[[Page], Content] | Content


def running_header(left: Words, right: Words = "") -> Furniture:
    """Return a header: two texts over a rule. A text may be a function of the page."""

    def draw(canvas: PlainCanvas, page: Page) -> None:
        _at_both_ends(canvas, page, page.top + 26, left, right)
        canvas.setStrokeColor(INK)
        canvas.setLineWidth(1.2)
        canvas.line(page.left, page.top + 10, page.right, page.top + 10)

    return draw


def running_footer(left: Words, right: Words = "") -> Furniture:
    """Return a footer: two texts below a hairline. A text may be a function of the page."""

    def draw(canvas: PlainCanvas, page: Page) -> None:
        _at_both_ends(canvas, page, page.bottom - 14, left, right)
        hairlines(canvas, [(page.left, page.bottom - 10, page.right)])

    return draw


def _at_both_ends(canvas: PlainCanvas, page: Page, top: float, left: Words, right: Words) -> None:
    width = page.right - page.left
    first, last = (words(page) if callable(words) else words for words in (left, right))
    room = width / SMALL.size - measured(first).width - 1
    while isinstance(last, str) and len(last) > 1 and measured(last).width > room:
        last = last[:-2].rstrip() + "…"  # an address that links and codes have in full
    for content, side in ((first, "left"), (last, "right")):
        paragraph = Paragraph(content, replace(SMALL, align=side))
        paragraph.wrap(width, UNBOUNDED)
        paragraph.paint(canvas, page.left, top, width)


class Built(NamedTuple):
    """What was made: the number of pages, and whether they are tagged."""

    pages: int
    tagged: bool


def build(
    story: Sequence[Flowable],
    output: BinaryIO,
    *,
    title: str,
    language: str,
    author: str = "",
    subject: str = "",
    page_size: str = "letter",
    margins: tuple[float, float, float, float] = MARGINS,
    created_at: dt.datetime | None = None,
    header: Furniture | None = None,
    footer: Furniture | None = None,
) -> Built:
    """Write the story as a PDF; the same arguments give the same bytes.

    `language` is the document's, such as `en-US`; `page_size` is letter or a4; `margins` are
    left, top, right, bottom; `created_at` is aware and goes into the metadata. Header and footer
    draw into the margins, as artifacts.

    If tagging fails for whatever reason, that is logged as an error and the story is printed
    untagged. Raises `ValueError` for a story, title or language that no valid file could have,
    ReportLab's `LayoutError` if something is larger than a page.
    """
    if not story or not clean(title).strip():
        message = "a PDF needs a story and a title"
        raise ValueError(message)
    if created_at and created_at.tzinfo is None:
        message = "created_at needs a time zone"
        raise ValueError(message)
    language_entry(language)
    register_fonts()
    facts = Facts(clean(title), language, clean(author), clean(subject), created_at)
    paper = _Paper(PAGE_SIZES[page_size], margins, header, footer, facts)
    try:
        maker = partial(TaggedCanvas, facts=facts, furnish=paper.furnish)
        data, pages = paper.print(story, maker)
        tagged = True
    except Exception:
        logger.exception("Tagging failed with ReportLab %s; the PDF is printed untagged.", Version)
        _, pages = paper.print(story, PlainCanvas)
        data, pages = paper.print(story, PlainCanvas, count=pages)
        tagged = False
    output.write(data)
    return Built(pages, tagged)


class _Paper(NamedTuple):
    """The pages that a story is set on."""

    size: tuple[float, float]
    margins: tuple[float, float, float, float]
    header: Furniture | None
    footer: Furniture | None
    facts: Facts

    def print(
        self, story: Sequence[Flowable], maker: Callable[..., PlainCanvas], count: int = 0
    ) -> tuple[bytes, int]:
        """Return the file and its number of pages; with that number given, furnish at once."""
        left, top, right, bottom = self.margins
        width, height = self.size[0] - left - right, self.size[1] - top - bottom
        buffer = BytesIO()
        document = BaseDocTemplate(
            buffer,
            pagesize=self.size,
            title=self.facts.title,
            author=self.facts.author,
            subject=self.facts.subject,
            lang=self.facts.language,
            displayDocTitle=True,
        )
        template = PageTemplate(
            frames=[Frame(left, bottom, width, height, 0, 0, 0, 0)],
            onPage=lambda canvas, doc: count and self.furnish(canvas, doc.page, count),
            pagesize=self.size,
        )
        document.addPageTemplates(template)
        for flowable in story:  # a failed build leaves ReportLab's mark for a late flowable
            vars(flowable).pop("_postponed", None)
        document.build(list(story), canvasmaker=maker)
        return buffer.getvalue(), document.page

    def furnish(self, canvas: PlainCanvas, number: int, count: int) -> None:
        """Draw header and footer of one page (ISO 14289-1, 7.8)."""
        (left, top, right, bottom), (width, height) = self.margins, self.size
        page = Page(number, count, left, width - right, height - top, bottom)
        for kind, draw in (("Header", self.header), ("Footer", self.footer)):
            if draw:
                with canvas.artifact(f"/Type/Pagination/Subtype/{kind}"):
                    canvas.saveState()
                    draw(canvas, page)
                    canvas.restoreState()
