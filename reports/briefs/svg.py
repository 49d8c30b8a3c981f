"""A drawing as SVG for pages: the shapes that ReportLab prints, from the same drawing code.

Colors become classes (`c-ink`, `s-soft`), so that a page may show them on dark paper, and a
Content-Security-Policy without inline styles lets them through. Lengths are points; ReportLab
counts upwards, SVG downwards.
"""

from collections.abc import Iterator
from typing import Any

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from reportlab.graphics.shapes import Circle, Drawing, Line, Polygon, Rect, String
from reportlab.lib.colors import Color, white

from reports.briefs.drawings import BARS, DAY, text_width
from reports.briefs.text import ACCENT, HAIRLINE, INK, SEMIBOLD, SOFT, TINTS, WARNING

NAMES = {
    INK.hexval(): "ink",
    SOFT.hexval(): "soft",
    HAIRLINE.hexval(): "line",
    ACCENT.hexval(): "accent",
    TINTS[ACCENT].hexval(): "tint",
    WARNING.hexval(): "warning",
    BARS.hexval(): "bars",
    DAY.hexval(): "day",
    white.hexval(): "paper",
}


def svg(drawing: Drawing, title: str, description: str = "") -> SafeString:
    """Return a drawing as an SVG element with its title and description.

    Raises `KeyError` for a color without name, `TypeError` for a shape that is none of the five
    that drawings here are made of.
    """
    shapes = mark_safe("".join(_shapes(drawing)))  # noqa: S308 - every text in it is escaped
    return format_html(
        '<svg class="chart" role="img" viewBox="0 0 {} {}"><title>{}</title>{}{}</svg>',
        _n(drawing.width),
        _n(drawing.height),
        title,
        format_html("<desc>{}</desc>", description) if description else "",
        shapes,
    )


def _shapes(drawing: Drawing) -> Iterator[str]:
    for shape in drawing.contents:
        yield _shape(shape, drawing.height)


def _shape(shape: Any, height: float) -> str:
    look = _look(shape)
    if isinstance(shape, Line):
        ends = {"x1": shape.x1, "y1": height - shape.y1, "x2": shape.x2, "y2": height - shape.y2}
        return f"<line {_numbers(ends)}{look}/>"
    if isinstance(shape, Rect):
        box = {"x": shape.x, "y": height - shape.y - shape.height}
        return f"<rect {_numbers(box | {'width': shape.width, 'height': shape.height})}{look}/>"
    if isinstance(shape, Circle):
        return (
            f"<circle {_numbers({'cx': shape.cx, 'cy': height - shape.cy, 'r': shape.r})}{look}/>"
        )
    if isinstance(shape, Polygon):
        pairs = zip(shape.points[::2], shape.points[1::2], strict=True)
        return (
            f'<polygon points="{" ".join(f"{_n(x)},{_n(height - y)}" for x, y in pairs)}"{look}/>'
        )
    if isinstance(shape, String):
        weight = ' font-weight="600"' if shape.fontName == SEMIBOLD else ""
        length = text_width(shape.text, shape.fontName, shape.fontSize)
        at = _numbers({"x": shape.x, "y": height - shape.y, "textLength": length})
        at += ' lengthAdjust="spacingAndGlyphs"'  # other fonts than the paper's must fit as well
        return f"<text {at}{weight}{look}>{escape(shape.text)}</text>"
    message = f"no SVG for {type(shape).__name__}"
    raise TypeError(message)


def _look(shape: Any) -> str:
    fill = getattr(shape, "fillColor", None)
    stroke = None if isinstance(shape, String) else getattr(shape, "strokeColor", None)
    classes = [f"c-{_name(fill)}" if fill else "c-none"]
    classes += [f"s-{_name(stroke)}"] if stroke else []
    look = f' class="{" ".join(classes)}"'
    if stroke:
        look += f' stroke-width="{_n(shape.strokeWidth)}"'
        if shape.strokeDashArray:
            look += f' stroke-dasharray="{" ".join(map(_n, shape.strokeDashArray))}"'
    return look


def _name(color: Color) -> str:
    return NAMES[color.hexval()]


def _numbers(values: dict[str, float]) -> str:
    return " ".join(f'{name}="{_n(value)}"' for name, value in values.items())


def _n(value: float) -> str:
    """Return a number in short, never with a decimal comma."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
