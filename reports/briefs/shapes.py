"""The few shapes that pictures are made of, and how they print; `svg` shows the same on pages.

ReportLab's own shapes check every attribute and are drawn one call at a time, which took a
quarter of the time of a brief. Lengths are points from the lower left corner; a color that is
None is not drawn.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from reportlab.lib.colors import Color
from reportlab.platypus.flowables import Flowable

from reports.briefs.text import REGULAR, color_operator, printable

_ROUND = 0.5523  # how far the handles of four curves lie out that look like a circle


class Line(NamedTuple):
    """A line; `dashes` are lengths of strokes and gaps."""

    x1: float
    y1: float
    x2: float
    y2: float
    stroke: Color
    line_width: float
    dashes: tuple[float, ...] = ()


class Rect(NamedTuple):
    """A rectangle, from its lower left corner."""

    x: float
    y: float
    width: float
    height: float
    fill: Color | None
    stroke: Color | None = None
    line_width: float = 0.5
    dashes: tuple[float, ...] = ()


class Circle(NamedTuple):
    """A circle around a point."""

    x: float
    y: float
    radius: float
    fill: Color
    stroke: Color
    line_width: float


class Polygon(NamedTuple):
    """A closed shape through its corners."""

    points: tuple[tuple[float, float], ...]
    fill: Color
    stroke: Color
    line_width: float


class Words(NamedTuple):
    """A line of text from a point of its base line."""

    x: float
    y: float
    text: str
    fill: Color
    font: str = REGULAR
    size: float = 8.0


Shape = Line | Rect | Circle | Polygon | Words


class Picture(Flowable):
    """Shapes on a ground of a given size, drawn one upon the other in their order."""

    def __init__(self, width: float, height: float, shapes: Sequence[Shape]) -> None:
        super().__init__()
        self.width, self.height = width, height
        self.shapes = shapes

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Return its own size."""
        return self.width, self.height

    def draw(self) -> None:
        """Draw the shapes."""
        code = ["q"]
        for shape in self.shapes:
            if isinstance(shape, Words):
                text = f"{printable(shape.text, shape.font)} "  # the space parts it from the next
                at = f"1 0 0 1 {shape.x:.2f} {shape.y:.2f} Tm"
                code += [self.canv.text_begins(), color_operator(shape.fill, "rg"), at]
                code += [self.canv.showing(shape.font, shape.size, text), "ET"]
            else:
                code += _drawn(shape)
        self.canv.addLiteral("\n".join([*code, "Q"]))


def _drawn(shape: Line | Rect | Circle | Polygon) -> Iterator[str]:
    """Yield the operators of a shape (ISO 32000-1, 8.5)."""
    fill = None if isinstance(shape, Line) else shape.fill
    if fill:
        yield color_operator(fill, "rg")
    if shape.stroke:
        dashes = shape.dashes if isinstance(shape, Line | Rect) else ()
        yield color_operator(shape.stroke, "RG")
        yield f"{shape.line_width:.2f} w [{' '.join(map(str, dashes))}] 0 d"
    if isinstance(shape, Line):
        yield f"{shape.x1:.2f} {shape.y1:.2f} m {shape.x2:.2f} {shape.y2:.2f} l"
    elif isinstance(shape, Rect):
        yield f"{shape.x:.2f} {shape.y:.2f} {shape.width:.2f} {shape.height:.2f} re"
    elif isinstance(shape, Polygon):
        (x, y), *others = shape.points
        yield f"{x:.2f} {y:.2f} m " + " ".join(f"{x:.2f} {y:.2f} l" for x, y in others) + " h"
    else:
        yield _circle(shape)
    yield "B" if fill and shape.stroke else "f" if fill else "S"


def _circle(shape: Circle) -> str:
    """Return the path of a circle as four curves."""
    ends = ((1, 0), (0, 1), (-1, 0), (0, -1), (1, 0))
    path = [f"{shape.x + shape.radius:.2f} {shape.y:.2f} m"]
    for (a, b), (c, d) in pairwise(ends):
        corners = ((a + c * _ROUND, b + d * _ROUND), (c + a * _ROUND, d + b * _ROUND), (c, d))
        points = ((shape.x + u * shape.radius, shape.y + v * shape.radius) for u, v in corners)
        path.append(" ".join(f"{x:.2f} {y:.2f}" for x, y in points) + " c")
    return " ".join([*path, "h"])
