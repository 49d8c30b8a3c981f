"""Paragraphs and headings: text in lines, drawn and tagged. Lengths are points."""

from copy import copy
from functools import cached_property
from typing import Any
from urllib.parse import quote

from reportlab.platypus.flowables import Flowable

from reports.briefs.lines import Break, Stretch, measured
from reports.briefs.pdffile import language_entry, pdf_text
from reports.briefs.tagging import Element, PlainCanvas
from reports.briefs.text import BODY, HEADINGS, Content, Style, color_operator

CAP_HEIGHT = 0.66  # of the font size, in Source Sans
ROOM_AFTER_HEADING = 40.0  # what has to fit below a heading, or it moves to the next page
UNBOUNDED = 10_000_000.0


class Span:
    """A stretch of text as it is set in a style, and its element if it has one of its own."""

    __slots__ = ("color", "element", "font", "rise", "size", "spoken", "stretch", "tint", "url")

    def __init__(self, stretch: Stretch, style: Style) -> None:
        run, actual = stretch.run, stretch.actual
        self.stretch = stretch
        self.spoken = actual or stretch.text
        self.font = stretch.font
        self.size, self.rise = style.size * stretch.size, style.size * stretch.rise
        self.color = run.color or style.color
        self.tint = run.tint
        self.url = run.url
        attributes = f"/ActualText{pdf_text(actual)}" if actual else ""
        attributes += language_entry(run.lang) if run.lang else ""
        role = run.role or ("Span" if attributes else "")
        self.element = Element(role, attributes) if role else None

    def width(self, text: str) -> float:
        """Return the width of a part of it, in points."""
        size = self.size / self.stretch.size
        return self.stretch.width(text) * size


def part_of(flowable: Any) -> Any:
    """Return a copy to become a part of the flowable, without ReportLab's mark for a late one."""
    part = copy(flowable)
    vars(part).pop("_postponed", None)
    return part


class Paragraph(Flowable):
    """A block of text. `lang` is given where it differs from the document's language."""

    def __init__(
        self,
        content: Content,
        style: Style = BODY,
        *,
        lang: str = "",
        role: str = "P",
        attributes: str = "",
    ) -> None:
        super().__init__()
        self.style = style
        self.spaceBefore, self.spaceAfter = style.before, style.after
        self.text = measured(content, style.font)
        self.element = Element(role, attributes + (language_entry(lang) if lang else ""))
        self.lines: list[Break] = []
        self.width = -1.0
        self.is_part = False

    @cached_property
    def spans(self) -> list[Span]:
        """The stretches of the text as they are drawn; made when they are."""
        return [Span(stretch, self.style) for stretch in self.text.stretches]

    def broken(self, room: float) -> list[Break]:
        """Return the lines in a column so wide, in units of the size of the type."""
        return self.text.breaks(room)

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Return the size in a column so wide; a part keeps the lines it was given."""
        if not self.is_part and width != self.width:
            self.lines = self.broken(width / self.style.size)
        self.width, self.height = width, len(self.lines) * self.style.leading
        return width, self.height

    def split(self, width: float, height: float) -> list["Paragraph"]:
        """Return what fits and the rest, two lines each at least, or nothing."""
        self.wrap(width, height)
        count = min(int(height // self.style.leading), len(self.lines) - 2)
        if count < 2:
            return []
        _ = self.spans  # both parts share their elements
        upper, lower = part_of(self), part_of(self)
        upper.lines, lower.lines = self.lines[:count], self.lines[count:]
        upper.is_part = lower.is_part = True
        return [upper, lower]

    def draw(self) -> None:
        """Draw the lines into the place that was found for them."""
        self.paint(self.canv, 0, self.height, self.width)

    def paint(self, canv: PlainCanvas, left: float, top: float, width: float) -> None:
        """Draw the lines below `top`, each stretch tagged as what it is."""
        canv.once(self)
        outer = canv.enter(self.element)
        style = self.style
        has_shapes = any(span.url or span.tint for span in self.spans)
        shapes = []  # links and badges
        code = [canv.text_begins()]
        owner = color = None
        rise = 0.0
        y = top - (style.leading + CAP_HEIGHT * style.size) / 2
        for line in self.lines:
            x = left
            if style.align != "left":
                x += (width - line.width * style.size) / (2 if style.align == "center" else 1)
            code.append(f"1 0 0 1 {x:.2f} {y:.2f} Tm")
            for place, text in self.text.parts(line):
                span = self.spans[place]
                if owner is not (span.element or self.element):
                    if owner:
                        code.append(canv.closing())
                    owner = span.element or self.element
                    code.append(canv.opening(owner))
                if color is not span.color:
                    color = span.color
                    code.append(color_operator(color, "rg"))
                if rise != span.rise:
                    rise = span.rise
                    code.append(f"{rise:.2f} Ts")
                show = canv.spelling if span.stretch.actual else canv.showing
                code.append(show(span.font, span.size, text))
                if has_shapes:
                    length = span.width(text)
                    if span.url or span.tint:
                        gap = span.width(" ") if text[-1] in " \xa0" else 0
                        shapes.append((span, x, y, length - gap))
                    x += length
            y -= style.leading
        if owner:
            code += [canv.closing(), "0 Ts ET" if rise else "ET"]
            if shapes:
                _draw_shapes(canv, shapes)
            canv.addLiteral("\n".join(code))
        canv.leave(outer)


def _draw_shapes(canv: PlainCanvas, shapes: list[tuple[Span, float, float, float]]) -> None:
    """Draw what lies below links and badges, and make the links work."""
    with canv.artifact():
        canv.setLineWidth(0.4)
        for span, x, y, width in shapes:
            if span.tint:
                canv.setStrokeColor(span.color)
                canv.setFillColor(span.tint)
                height = span.size * 1.35
                canv.roundRect(x, y - span.size / 3, width, height, height / 2, fill=1)
            else:
                path = f"{x:.2f} {y - 1.5:.2f} m {x + width:.2f} {y - 1.5:.2f} l S"
                canv.addLiteral(f"{color_operator(span.color, 'RG')} {path}")
    for span, x, y, width in shapes:
        if span.url and span.element:
            url = quote(span.url, safe="%/:?#[]@!$&'()*+,;=~")
            canv.link(span.element, url, span.spoken, (x, y - 3, x + width, y + span.size))


class Heading(Paragraph):
    """A heading of level 1 to 3, which is also entered into the outline.

    The first is of level 1 and no level is skipped on the way down (ISO 14289-1, 7.4.2).
    """

    def __init__(self, level: int, content: Content, *, lang: str = "") -> None:
        super().__init__(content, HEADINGS[level], lang=lang, role=f"H{level}")
        self.level = level

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Return the size; one that fits nowhere, if nothing could follow on the page."""
        super().wrap(width, height)
        fits = height >= self.height + ROOM_AFTER_HEADING
        return width, self.height if fits else UNBOUNDED

    def split(self, width: float, height: float) -> list[Paragraph]:
        """Return nothing: a heading stays whole."""
        return []

    def paint(self, canv: PlainCanvas, left: float, top: float, width: float) -> None:
        """Draw the heading and enter it into the outline."""
        canv.heading(self.level, "".join(span.spoken for span in self.spans), top)
        super().paint(canv, left, top, width)
