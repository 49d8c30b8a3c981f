"""Paragraphs and headings: text broken into lines, drawn and tagged.

Lines are broken here and not by ReportLab's `Paragraph`: that one reads markup, drops the space
at a line break, so that a reader joins two words, and takes seconds for a very long word.
Lengths are points.
"""

import re
from collections.abc import Iterator
from copy import copy
from functools import cache, lru_cache
from itertools import groupby
from typing import Any, NamedTuple
from urllib.parse import quote

from reportlab.lib.colors import Color
from reportlab.platypus.flowables import Flowable

from reports.briefs.pdffile import language_entry, pdf_text
from reports.briefs.tagging import Element, PlainCanvas
from reports.briefs.text import (
    BODY,
    HEADINGS,
    PLACEHOLDER,
    REGULAR,
    Content,
    Run,
    Style,
    clean,
    font_widths,
)

CAP_HEIGHT = 0.66  # of the font size, in Source Sans
RAISED = 0.75, 0.33  # size and rise of a reference mark, of the font size
BADGE = 0.88  # size of a status word
ROOM_AFTER_HEADING = 40.0  # what has to fit below a heading, or it moves to the next page
UNBOUNDED = 10_000_000.0

_WORDS_AND_SPACES = re.compile(" |[^ ]+")
_BREAK_AFTER = "/-–—_.,;:?&=@+)"


PLAIN = Run("")
"""A run without a look: what a bare value is set as."""

LONGEST_KEPT = 30
"""Words up to this length are measured once: a page is set in several types, most in common."""


@lru_cache(maxsize=1 << 14)
def _units(font: str, text: str) -> float:
    """Return the width of a word in thousandths of the font's size."""
    return sum(map(font_widths(font).__getitem__, text))


class Span:
    """A run as it is set in a style. `actual` is what placeholders stand for."""

    __slots__ = (
        "color",
        "element",
        "font",
        "rise",
        "size",
        "spoken",
        "text",
        "tint",
        "url",
        "widths",
    )

    def __init__(self, run: Run, text: str, style: Style, actual: str = "") -> None:
        self.text = text
        self.spoken = actual or text
        self.font = run.font or style.font
        self.widths = font_widths(self.font)
        if not text.isascii() and not self.widths.keys() >= set(text):
            self.font, self.widths = REGULAR, font_widths(REGULAR)
        self.size, self.rise = style.size * (BADGE if run.tint else 1), 0.0
        if run.raised:
            self.size, self.rise = (style.size * share for share in RAISED)
        self.color = run.color or style.color
        self.tint = run.tint
        self.url = run.url
        attributes = f"/ActualText{pdf_text(actual)}" if actual else ""
        attributes += language_entry(run.lang) if run.lang else ""
        role = run.role or ("Span" if attributes else "")
        self.element = Element(role, attributes) if role else None

    def width(self, text: str) -> float:
        """Return the width of text in the span's font, which has all its characters."""
        if len(text) > LONGEST_KEPT:
            return sum(map(self.widths.__getitem__, text)) * self.size / 1000
        return _units(self.font, text) * self.size / 1000


Piece = tuple[Span, str, float]  # part of a span that stands on one line, and its width


class Line(NamedTuple):
    """The pieces of a line; `width` leaves out the space at its end."""

    pieces: list[Piece]
    width: float


def as_spans(content: Content, style: Style) -> list[Span]:
    """Return the content set in a style; each stretch that the font lacks is a span by itself."""
    spans: list[Span] = []
    covered = font_widths(REGULAR)
    for part in content if isinstance(content, list | tuple) else (content,):
        run = part if isinstance(part, Run) else PLAIN
        text = clean(run.text if run is part else part)
        if text.isascii() or covered.keys() >= set(text):
            spans.append(Span(run, text, style))
            continue
        for has_glyphs, group in groupby(text, covered.__contains__):
            stretch = "".join(group)
            if has_glyphs:
                spans.append(Span(run, stretch, style))
            else:
                spans.append(Span(run, PLACEHOLDER * len(stretch), style, actual=stretch))
    return [span for span in spans if span.text]


def break_lines(spans: list[Span], width: float) -> list[Line]:
    """Return the spans in lines at most so wide.

    The space at a break stays at the end of its line, or a reader would join two words. A word
    wider than a line is cut, after a sign like `/` where there is one.
    """
    if len(spans) == 1 and (lines := _break_one_span(spans[0], width)) is not None:
        return lines
    lines = []
    line: list[Piece] = []
    used = 0.0
    for pieces, length, gap in _words(spans):
        if line and used + length > width:
            lines.append(_joined(line))
            line, used = [], 0.0
        if length > width:
            *full, line = _chopped(pieces, width)
            lines += map(_joined, full)
            used = sum(piece[2] for piece in line)
        else:
            line += pieces
            used += length
        if gap:
            line.append(gap)
            used += gap[2]
    return [*lines, _joined(line)] if line else lines


def _break_one_span(span: Span, width: float) -> list[Line] | None:
    """Return the lines of the usual paragraph quickly, or None if a word is too wide."""
    text = span.text.strip(" ")
    length = span.width(text)
    if length <= width:
        return [Line([(span, text, length)], length)] if text else []
    space = span.width(" ")
    words = text.split(" ")
    lines = []
    start, used = 0, -space
    for at, word in enumerate(words):
        length = span.width(word)
        if length > width:
            return None
        if used + space + length > width:
            lines.append(Line([(span, " ".join(words[start:at]) + " ", used + space)], used))
            start, used = at, -space
        used += space + length
    return [*lines, Line([(span, " ".join(words[start:]), used)], used)]


def _words(spans: list[Span]) -> Iterator[tuple[list[Piece], float, Piece | None]]:
    """Yield each word, which may go across spans, its width, and the space after it."""
    word: list[Piece] = []
    length = 0.0
    for span in spans:
        for part in _WORDS_AND_SPACES.findall(span.text):
            width = span.width(part)
            if part != " ":
                word.append((span, part, width))
                length += width
            elif word:
                yield word, length, (span, part, width)
                word, length = [], 0.0
    if word:
        yield word, length, None


def _chopped(word: list[Piece], width: float) -> list[list[Piece]]:
    """Return a word too wide for a line in parts that fit; each has a character at least."""
    parts: list[list[Piece]] = [[]]
    room = width
    for span, text, _ in word:
        start = 0
        for at, char in enumerate(text):
            advance = span.width(char)
            if advance > room and (parts[-1] or at > start):
                cut = 1 + max(text.rfind(sign, start, at) for sign in _BREAK_AFTER)
                cut = cut if cut > (start + at) // 2 else at
                if cut > start:
                    parts[-1].append((span, text[start:cut], span.width(text[start:cut])))
                parts.append([])
                room, start = width - span.width(text[cut:at]), cut
            room -= advance
        parts[-1].append((span, text[start:], span.width(text[start:])))
    return parts


def _joined(pieces: list[Piece]) -> Line:
    """Return a line on which neighbouring pieces of the same span are one."""
    joined: list[Piece] = []
    for span, group in groupby(pieces, lambda piece: piece[0]):
        same = list(group)
        joined.append((span, "".join(p[1] for p in same), sum(p[2] for p in same)))
    gap = pieces[-1][2] if pieces[-1][1] == " " else 0
    return Line(joined, sum(piece[2] for piece in joined) - gap)


@cache
def _fill(color: Color) -> str:
    return f"{color.red:.3f} {color.green:.3f} {color.blue:.3f} rg"


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
        self.spans = as_spans(content, style)
        self.element = Element(role, attributes + (language_entry(lang) if lang else ""))
        self.lines: list[Line] = []
        self.width = -1.0
        self.is_part = False

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Return the size in a column so wide; a part keeps the lines it was given."""
        if not self.is_part and width != self.width:
            self.lines = break_lines(self.spans, width)
        self.width, self.height = width, len(self.lines) * self.style.leading
        return width, self.height

    def split(self, width: float, height: float) -> list["Paragraph"]:
        """Return what fits and the rest, two lines each at least, or nothing."""
        self.wrap(width, height)
        count = min(int(height // self.style.leading), len(self.lines) - 2)
        if count < 2:
            return []
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
        shapes = []  # links and badges
        code = ["BT"]
        owner = color = None
        rise = 0.0
        y = top - (style.leading + CAP_HEIGHT * style.size) / 2
        for line in self.lines:
            x = left
            if style.align != "left":
                x += (width - line.width) / (2 if style.align == "center" else 1)
            code.append(f"1 0 0 1 {x:.2f} {y:.2f} Tm")
            for span, text, length in line.pieces:
                if owner is not (span.element or self.element):
                    code.append(canv.closing() if owner else "")
                    owner = span.element or self.element
                    code.append(canv.opening(owner))
                if color is not span.color:
                    color = span.color
                    code.append(_fill(color))
                if rise != span.rise:
                    rise = span.rise
                    code.append(f"{rise:.2f} Ts")
                code.append(canv.showing(span.font, span.size, text))
                if span.url or span.tint:
                    gap = span.width(" ") if text[-1] in " \xa0" else 0
                    shapes.append((span, x, y, length - gap))
                x += length
            y -= style.leading
        if owner:
            code += [canv.closing(), "0 Ts" if rise else "", "ET"]
            if shapes:
                _draw_shapes(canv, shapes)
            canv.addLiteral("\n".join(code))
        canv.leave(outer)


def _draw_shapes(canv: PlainCanvas, shapes: list[tuple[Span, float, float, float]]) -> None:
    """Draw what lies below links and badges, and make the links work."""
    with canv.artifact():
        canv.setLineWidth(0.4)
        for span, x, y, width in shapes:
            canv.setStrokeColor(span.color)
            if span.tint:
                canv.setFillColor(span.tint)
                height = span.size * 1.35
                canv.roundRect(x, y - span.size / 3, width, height, height / 2, fill=1)
            else:
                canv.line(x, y - 1.5, x + width, y - 1.5)
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

    def draw(self) -> None:
        """Draw the heading and enter it into the outline."""
        self.canv.heading(self.level, "".join(span.spoken for span in self.spans), self.height)
        super().draw()
