"""Pictures of a brief, for pages as well as for paper.

Lengths are points. Each becomes a figure with a description; see `accessible.Figure`.
"""

from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby

import segno
from reportlab.lib.colors import Color, HexColor, white
from reportlab.platypus.flowables import Flowable

from reports.briefs.charts import BarRow, Moment, Span, Timeline
from reports.briefs.labels import Label, place_labels
from reports.briefs.lines import measured
from reports.briefs.shapes import Circle, Line, Picture, Polygon, Rect, Shape, Words
from reports.briefs.text import (
    ACCENT,
    HAIRLINE,
    INK,
    REGULAR,
    SEMIBOLD,
    SOFT,
    TINTS,
    WARNING,
    clean,
    font_widths,
)

BARS, DAY = HexColor("#7d9db3"), HexColor("#b4532a")
SIZE = 8.0  # of labels
ROW = 11.0  # height of a row of labels
BAR = 9.0  # height of the terms
CAPTION = 7.8
CAPTION_GAP = 14.0
LEAST_CAPTION = 0.45  # of the width; with less room the caption stands below the labels
YEARS = 13.0  # height of the row of years


def text_width(text: str, font: str = REGULAR, size: float = SIZE) -> float:
    """Return how wide a label is drawn; a character that the font lacks is as wide as an em."""
    widths = font_widths(font)
    return sum(widths.get(char, 1000.0) for char in clean(text)) * size / 1000


def timeline_picture(timeline: Timeline, width: float, caption: str = "") -> Picture:
    """Draw a timeline: facts of the past above the terms; the shown day and what comes, below.

    The caption stands below as well, in the room that the labels leave.
    """

    def share(text: str) -> float:
        return text_width(text, SEMIBOLD) / width

    labels = place_labels(timeline.moments, share, gap=3.5 / width)
    above = max((label.row for label in labels if not label.moment.is_ahead), default=0)
    below = max((label.row for label in labels if label.moment.is_ahead), default=0)
    words = _caption(labels, caption, width)
    below = max(below, *(row for row, *_ in words), 0)
    base = below * ROW + YEARS + 2
    shapes: list[Shape] = [_leader(label, width, base) for label in labels]
    shapes += _years(timeline, width, base)
    shapes += [_span(span, width, base) for span in timeline.spans]
    for moment in reversed(timeline.moments):
        shapes += _moment(moment, moment.at * width, base)
    shapes += [_text(label, width, base) for label in labels]
    for row, x, text in words:
        shapes.append(Words(x, base - YEARS - row * ROW + 2.5, text, SOFT, size=CAPTION))
    return Picture(width, base + BAR + 5 + above * ROW, shapes)


def _caption(labels: list[Label], caption: str, width: float) -> list[tuple[int, float, str]]:
    """Return the lines of a caption with row and place: beside the labels, or below them all."""
    taken = [label for label in labels if label.moment.is_ahead]
    left = min((min(n.left, n.moment.at) for n in taken), default=1.0) * width
    right = max((max(n.right, n.moment.at) for n in taken), default=0.0) * width
    room, x = max((left, 0.0), (width - right, right + CAPTION_GAP))
    first = 1
    if room < LEAST_CAPTION * width:
        room, x, first = width + CAPTION_GAP, 0.0, max(n.row for n in taken) + 1
    words = measured(caption)
    lines = words.breaks((room - CAPTION_GAP) / CAPTION)
    texts = [words.text[line.start : line.end].strip() for line in lines]
    return [(first + number, x, text) for number, text in enumerate(texts)]


def _row_bottom(label: Label, base: float) -> float:
    """Return the base line of a label."""
    if label.moment.is_ahead:
        return base - YEARS - label.row * ROW + 2.5
    return base + BAR + 5 + (label.row - 1) * ROW + 2.5


def _leader(label: Label, width: float, base: float) -> Line:
    x, middle = label.moment.at * width, base + BAR / 2
    end = _row_bottom(label, base) + (-1.5 if label.moment.is_ahead else SIZE - 1.5)
    return Line(x, middle, x, end, DAY if label.moment.kind == "day" else SOFT, 0.6)


def _text(label: Label, width: float, base: float) -> Words:
    colors = {"day": DAY, "deadline": WARNING, "end": INK, "decision": INK}
    kind = label.moment.kind
    color, font = colors.get(kind, INK), SEMIBOLD if kind in colors else REGULAR
    x, y = label.left * width, _row_bottom(label, base)
    return Words(x, y, label.moment.label, color, font, SIZE)


def _years(timeline: Timeline, width: float, base: float) -> Iterator[Shape]:
    yield Line(0, base, width, base, HAIRLINE, 0.5)
    for year, at in timeline.years:
        x, size = at * width, text_width(year)
        if x + size <= width:
            yield Rect(x + 1, base - 10, size + 3, 8.5, white)
            yield Line(x, base, x, base - 9, HAIRLINE, 0.5)
            yield Words(x + 2.5, base - 8.5, year, SOFT, size=SIZE)


def _span(span: Span, width: float, base: float) -> Shape:
    start, end, middle = span.start * width, span.end * width, base + BAR / 2
    if span.kind == "gap":
        return Line(start, middle, end, middle, SOFT, 0.8, (2, 2))
    fills: dict[str, Color] = {"past": BARS, "current": ACCENT}
    stroke = None if span.kind in fills else ACCENT if span.kind == "ahead" else BARS
    dashes = (2, 2) if span.kind == "unsure" else ()
    fill = fills.get(span.kind, TINTS[ACCENT])
    return Rect(start, base, end - start, BAR, fill, stroke, 0.6, dashes)


def _moment(moment: Moment, x: float, base: float) -> Iterator[Shape]:
    middle, top = base + BAR / 2, base + BAR
    if moment.kind == "day":
        yield Line(x, base - 3, x, top + 4, DAY, 1.6)
    elif moment.kind == "decision":
        corners = ((x - 4.2, middle), (x, middle + 4.2), (x + 4.2, middle), (x, middle - 4.2))
        yield Polygon(corners, INK, white, 0.8)
    elif moment.kind == "end":
        yield Line(x, base - 2, x, top + 2, INK, 1.4)
    elif moment.kind == "other":
        yield Line(x, top, x, top + 3.5, SOFT, 0.5)
    elif moment.kind != "begin":
        yield Circle(x, middle, 3, white, WARNING if moment.kind == "deadline" else ACCENT, 1.4)


def bars_picture(row: BarRow, width: float, height: float) -> Picture:
    """Draw the stretches during which an element was shared, with the day that is shown."""
    middle, thick = height / 2, 3.6
    color = DAY if row.is_sensitive else BARS
    shapes: list[Shape] = [Line(0, middle, width, middle, HAIRLINE, 0.5)]
    for bar in row.bars:
        start, end = bar.start * width, bar.end * width
        fill, dashes = (white, (1.5, 1.5)) if bar.is_unsure else (color, ())
        size = max(end - start, 0.6), thick
        shapes.append(Rect(start, middle - thick / 2, *size, fill, color, 0.5, dashes))
    x = row.day_at * width
    shapes.append(Line(x, 1, x, height - 1, INK, 0.8))
    return Picture(width, height, shapes)


class QrCode(Flowable):
    """A QR code (ISO/IEC 18004), error correction M, without its quiet zone."""

    def __init__(self, text: str, side: float) -> None:
        super().__init__()
        self.text = text
        self.side = side

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Return the size."""
        return self.side, self.side

    def draw(self) -> None:
        """Draw the dark modules as one shape."""
        self.canv.setFillColor(INK)
        self.canv.addLiteral(_qr_shape(self.text, self.side))


@lru_cache(maxsize=16)
def _qr_shape(text: str, side: float) -> str:
    """Return the operators that fill the dark modules; none parts from its neighbor."""
    boxes = [f"{x:.3f} {y:.3f} {w:.3f} {h * 1.01:.3f} re" for x, y, w, h in qr_boxes(text, side)]
    return "\n".join(["n", *boxes, "f"])


def qr_boxes(text: str, side: float) -> list[tuple[float, float, float, float]]:
    """Return the runs of dark modules of a code: left, bottom, width, height."""
    matrix = segno.make(text, error="m", micro=False).matrix
    unit = side / len(matrix)
    boxes = []
    for row, modules in enumerate(matrix):
        at = 0
        for is_dark, group in groupby(modules):
            count = len(list(group))
            if is_dark:
                boxes.append((at * unit, side - (row + 1) * unit, count * unit, unit))
            at += count
    return boxes
