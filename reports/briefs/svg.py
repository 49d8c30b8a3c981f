"""A picture as SVG for pages: the shapes that are printed, from the same drawing code.

Colors become classes (`c-ink`, `s-soft`), so that a page may show them on dark paper, and a
Content-Security-Policy without inline styles lets them through. Lengths are points; ReportLab
counts upwards, SVG downwards.
"""

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from reportlab.lib.colors import Color, white

from reports.briefs.drawings import BARS, DAY, text_width
from reports.briefs.shapes import Circle, Line, Picture, Polygon, Rect, Shape, Words
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


def svg(picture: Picture, title: str, description: str = "") -> SafeString:
    """Return a picture as an SVG element with its title and description.

    Raises `KeyError` for a color without name.
    """
    shapes = "".join(_shape(shape, picture.height) for shape in picture.shapes)
    return format_html(
        '<svg class="chart" role="img" viewBox="0 0 {} {}"><title>{}</title>{}{}</svg>',
        _n(picture.width),
        _n(picture.height),
        title,
        format_html("<desc>{}</desc>", description) if description else "",
        mark_safe(shapes),  # noqa: S308 - every text in it is escaped
    )


def _shape(shape: Shape, height: float) -> str:
    if isinstance(shape, Words):
        weight = ' font-weight="600"' if shape.font == SEMIBOLD else ""
        length = text_width(shape.text, shape.font, shape.size)
        at = _numbers({"x": shape.x, "y": height - shape.y, "textLength": length})
        at += ' lengthAdjust="spacingAndGlyphs"'  # other fonts than the paper's must fit as well
        return f'<text {at}{weight} class="c-{_name(shape.fill)}">{escape(shape.text)}</text>'
    look = _look(shape)
    if isinstance(shape, Line):
        ends = {"x1": shape.x1, "y1": height - shape.y1, "x2": shape.x2, "y2": height - shape.y2}
        return f"<line {_numbers(ends)}{look}/>"
    if isinstance(shape, Rect):
        box = {"x": shape.x, "y": height - shape.y - shape.height}
        return f"<rect {_numbers(box | {'width': shape.width, 'height': shape.height})}{look}/>"
    if isinstance(shape, Circle):
        center = {"cx": shape.x, "cy": height - shape.y, "r": shape.radius}
        return f"<circle {_numbers(center)}{look}/>"
    points = " ".join(f"{_n(x)},{_n(height - y)}" for x, y in shape.points)
    return f'<polygon points="{points}"{look}/>'


def _look(shape: Line | Rect | Circle | Polygon) -> str:
    fill = None if isinstance(shape, Line) else shape.fill
    classes = f"c-{_name(fill)}" if fill else "c-none"
    if not shape.stroke:
        return f' class="{classes}"'
    look = f' class="{classes} s-{_name(shape.stroke)}" stroke-width="{_n(shape.line_width)}"'
    if isinstance(shape, Line | Rect) and shape.dashes:
        look += f' stroke-dasharray="{" ".join(map(_n, shape.dashes))}"'
    return look


def _name(color: Color) -> str:
    return NAMES[color.hexval()]


def _numbers(values: dict[str, float]) -> str:
    return " ".join(f'{name}="{_n(value)}"' for name, value in values.items())


def _n(value: float) -> str:
    """Return a number in short, never with a decimal comma."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
