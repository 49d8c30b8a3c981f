"""Pictures of a brief, drawn by ReportLab from the geometry that pages use too.

Lengths are points. Each becomes a figure with a description; see `accessible.Figure`.
"""

from functools import lru_cache
from itertools import groupby

import segno
from reportlab.graphics.shapes import Circle, Drawing, Line, Polygon, Rect, String
from reportlab.lib.colors import Color, HexColor, white
from reportlab.platypus.flowables import Flowable

from reports.briefs.charts import BarRow, Moment, Span, Timeline
from reports.briefs.labels import Label, place_labels
from reports.briefs.paragraphs import as_spans, break_lines
from reports.briefs.text import (
    ACCENT,
    HAIRLINE,
    INK,
    REGULAR,
    SEMIBOLD,
    SOFT,
    TINTS,
    WARNING,
    Style,
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


def timeline_drawing(timeline: Timeline, width: float, caption: str = "") -> Drawing:
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
    drawing = Drawing(width, base + BAR + 5 + above * ROW)
    for label in labels:
        drawing.add(_leader(label, width, base))
    _draw_years(drawing, timeline, width, base)
    for span in timeline.spans:
        _draw_span(drawing, span, width, base)
    for moment in reversed(timeline.moments):
        _draw_moment(drawing, moment, moment.at * width, base)
    for label in labels:
        drawing.add(_text(label, width, base))
    for row, x, text in words:
        y = base - YEARS - row * ROW + 2.5
        drawing.add(String(x, y, text, fontName=REGULAR, fontSize=CAPTION, fillColor=SOFT))
    return drawing


def _caption(labels: list[Label], caption: str, width: float) -> list[tuple[int, float, str]]:
    """Return the lines of a caption with row and place: beside the labels, or below them all."""
    taken = [label for label in labels if label.moment.is_ahead]
    left = min((min(n.left, n.moment.at) for n in taken), default=1.0) * width
    right = max((max(n.right, n.moment.at) for n in taken), default=0.0) * width
    room, x = max((left, 0.0), (width - right, right + CAPTION_GAP))
    first = 1
    if room < LEAST_CAPTION * width:
        room, x, first = width + CAPTION_GAP, 0.0, max(n.row for n in taken) + 1
    spans = as_spans(caption, Style(size=CAPTION))
    lines = break_lines(spans, room - CAPTION_GAP)
    texts = ["".join(piece[1] for piece in line.pieces).strip() for line in lines]
    return [(first + number, x, text) for number, text in enumerate(texts)]


def _row_bottom(label: Label, base: float) -> float:
    """Return the base line of a label."""
    if label.moment.is_ahead:
        return base - YEARS - label.row * ROW + 2.5
    return base + BAR + 5 + (label.row - 1) * ROW + 2.5


def _leader(label: Label, width: float, base: float) -> Line:
    x, middle = label.moment.at * width, base + BAR / 2
    end = _row_bottom(label, base) + (-1.5 if label.moment.is_ahead else SIZE - 1.5)
    color = DAY if label.moment.kind == "day" else SOFT
    return Line(x, middle, x, end, strokeColor=color, strokeWidth=0.6)


def _text(label: Label, width: float, base: float) -> String:
    colors = {"day": DAY, "deadline": WARNING, "end": INK, "decision": INK}
    return String(
        label.left * width,
        _row_bottom(label, base),
        label.moment.label,
        fontName=SEMIBOLD if label.moment.kind in colors else REGULAR,
        fontSize=SIZE,
        fillColor=colors.get(label.moment.kind, INK),
    )


def _draw_years(drawing: Drawing, timeline: Timeline, width: float, base: float) -> None:
    drawing.add(Line(0, base, width, base, strokeColor=HAIRLINE, strokeWidth=0.5))
    for year, at in timeline.years:
        x = at * width
        size = text_width(year)
        if x + size > width:
            continue
        drawing.add(Rect(x + 1, base - 10, size + 3, 8.5, fillColor=white, strokeColor=None))
        drawing.add(Line(x, base, x, base - 9, strokeColor=HAIRLINE, strokeWidth=0.5))
        drawing.add(
            String(x + 2.5, base - 8.5, year, fontName=REGULAR, fontSize=SIZE, fillColor=SOFT)
        )


def _draw_span(drawing: Drawing, span: Span, width: float, base: float) -> None:
    start, end, middle = span.start * width, span.end * width, base + BAR / 2
    if span.kind == "gap":
        dashes = {"strokeDashArray": [2, 2], "strokeColor": SOFT, "strokeWidth": 0.8}
        drawing.add(Line(start, middle, end, middle, **dashes))
        return
    fills: dict[str, Color] = {"past": BARS, "current": ACCENT}
    drawing.add(
        Rect(
            start,
            base,
            end - start,
            BAR,
            fillColor=fills.get(span.kind, TINTS[ACCENT]),
            strokeColor=None if span.kind in fills else ACCENT if span.kind == "ahead" else BARS,
            strokeWidth=0.6,
            strokeDashArray=[2, 2] if span.kind == "unsure" else None,
        )
    )


def _draw_moment(drawing: Drawing, moment: Moment, x: float, base: float) -> None:
    middle, top = base + BAR / 2, base + BAR
    if moment.kind == "day":
        drawing.add(Line(x, base - 3, x, top + 4, strokeColor=DAY, strokeWidth=1.6))
    elif moment.kind == "decision":
        corners = [x - 4.2, middle, x, middle + 4.2, x + 4.2, middle, x, middle - 4.2]
        drawing.add(Polygon(corners, fillColor=INK, strokeColor=white, strokeWidth=0.8))
    elif moment.kind == "end":
        drawing.add(Line(x, base - 2, x, top + 2, strokeColor=INK, strokeWidth=1.4))
    elif moment.kind == "other":
        drawing.add(Line(x, top, x, top + 3.5, strokeColor=SOFT, strokeWidth=0.5))
    elif moment.kind != "begin":
        color = WARNING if moment.kind == "deadline" else ACCENT
        drawing.add(Circle(x, middle, 3, fillColor=white, strokeColor=color, strokeWidth=1.4))


def bars_drawing(row: BarRow, width: float, height: float) -> Drawing:
    """Draw the stretches during which an element was shared, with the day that is shown."""
    drawing = Drawing(width, height)
    middle, thick = height / 2, 3.6
    color = DAY if row.is_sensitive else BARS
    drawing.add(Line(0, middle, width, middle, strokeColor=HAIRLINE, strokeWidth=0.5))
    for bar in row.bars:
        start, end = bar.start * width, bar.end * width
        drawing.add(
            Rect(
                start,
                middle - thick / 2,
                max(end - start, 0.6),
                thick,
                fillColor=white if bar.is_unsure else color,
                strokeColor=color,
                strokeWidth=0.5,
                strokeDashArray=[1.5, 1.5] if bar.is_unsure else None,
            )
        )
    x = row.day_at * width
    drawing.add(Line(x, 1, x, height - 1, strokeColor=INK, strokeWidth=0.8))
    return drawing


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
        """Draw the dark modules as one shape, in which none parts from its neighbor."""
        path = self.canv.beginPath()
        for left, bottom, width, height in qr_boxes(self.text, self.side):
            path.rect(left, bottom, width, height * 1.01)
        self.canv.setFillColor(INK)
        self.canv.drawPath(path, stroke=0, fill=1, fillMode=1)


@lru_cache(maxsize=16)
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
