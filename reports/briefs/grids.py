"""Tables, lists, columns and panels: rows of cells that split over pages and stay one element.

They are laid out here and not by ReportLab's `Table`, which copies all that is left on every
page. Lengths are points.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from reportlab.lib.colors import Color
from reportlab.platypus.flowables import Flowable

from reports.briefs.paragraphs import UNBOUNDED, Heading, Paragraph, part_of
from reports.briefs.pdffile import pdf_text
from reports.briefs.tagging import Element, PlainCanvas
from reports.briefs.text import (
    ACCENT,
    BODY,
    COLUMN_HEAD,
    HAIRLINE,
    TINTS,
    Content,
    Style,
    clean,
    color_operator,
)

TALL_ROW = 144.0  # a table row less high moves to the next page as a whole


class Cell:
    """Flowables one below the other, and their element, None where they need no common one."""

    __slots__ = ("element", "flowables", "places")

    def __init__(self, flowables: list[Any], element: Element | None = None) -> None:
        self.flowables = flowables
        self.element = element
        self.places: list[tuple[Any, float, float]] = []  # flowable, offset of its top, height

    def wrap(self, canv: PlainCanvas, width: float) -> float:
        """Find the places and return the height of all."""
        if len(self.flowables) == 1 and isinstance(paragraph := self.flowables[0], Paragraph):
            _, height = paragraph.wrap(width, UNBOUNDED)  # most cells of tables: quickly
            self.places = [(paragraph, 0.0, height)]
            return height
        self.places = []
        end = gap = 0.0
        for flowable in self.flowables:
            height = flowable.wrapOn(canv, width, UNBOUNDED)[1]
            if self.places:
                end += max(gap, flowable.getSpaceBefore())
            self.places.append((flowable, end, height))
            end, gap = end + height, flowable.getSpaceAfter()
        return end

    def split(self, canv: PlainCanvas, width: float, room: float) -> tuple["Cell", "Cell"]:
        """Return what fits into a room so high and the rest, as cells of the same element."""
        upper: list[Any] = []
        lower: list[Any] = []
        for flowable, offset, height in self.places:
            if not lower and offset + height <= room:
                upper.append(flowable)
                continue
            parts = []
            if not lower and offset < room:
                parts = flowable.splitOn(canv, width, room - offset)
            upper += parts[:1]
            lower += parts[1:] or [flowable]
        while upper and isinstance(upper[-1], Heading):
            lower.insert(0, upper.pop())
        return Cell(upper, self.element), Cell(lower, self.element)

    def draw(self, canv: PlainCanvas, left: float, top: float, width: float) -> None:
        """Draw the flowables below `top`; an empty cell is entered into the tree as well."""
        outer = canv.enter(self.element)
        for flowable, offset, height in self.places:
            if isinstance(flowable, Paragraph):
                flowable.paint(canv, left, top - offset, width)
            else:
                flowable.drawOn(canv, left, top - offset - height)
        canv.leave(outer)


class Row:
    """Cells side by side, and their element."""

    __slots__ = ("cells", "element", "height")

    def __init__(self, cells: list[Cell], element: Element | None = None) -> None:
        self.cells = cells
        self.element = element
        self.height = 0.0


class Grid(Flowable):
    """Rows of cells; the parts on several pages share their elements.

    Rows are laid out when a page asks for them and let go with it, so that time and memory stay
    in proportion to what is printed. `shares` are the column widths in proportion, `padding` is
    that of a cell: left, top, right, bottom.
    """

    gap = 0.0
    padding = (0.0, 0.0, 0.0, 0.0)
    is_flush = False  # whether the last column does without padding at its right
    tall_row = 0.0  # rows from this height on may be cut

    def __init__(
        self, source: Sequence[Any], shares: Sequence[float], element: Element | None
    ) -> None:
        super().__init__()
        self.source = source
        self.shares = shares
        self.element = element
        self.header: Row | None = None
        self.is_first = True
        self.rows: list[Row] = []  # laid out
        self.next = 0  # the place in the source of the row to lay out next
        self.laid = -1.0  # the width for which rows are laid out
        self.widths: list[float] = []  # of the columns
        self.insides: list[float] = []  # of their cells without padding
        self.spaceAfter = 8.0

    def make_row(self, values: Any) -> Row:
        """Return the row for one entry of the source."""
        raise NotImplementedError

    def column_widths(self, width: float) -> list[float]:
        """Return the widths of the columns, the gaps between them left out."""
        room = width - self.gap * (len(self.shares) - 1)
        return [room * share / sum(self.shares) for share in self.shares]

    def decorate(self, lefts: list[float], tops: list[float]) -> None:
        """Draw rules and backgrounds; the lists end with the right and the lower edge."""

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Return the size; rows are only counted until they are higher than the room."""
        if width != self.laid:
            self.laid = width
            self.widths = self.column_widths(width)
            left, _, right, _ = self.padding
            self.insides = [column - left - right for column in self.widths]
            self.insides[-1] += right if self.is_flush else 0
            for row in self._all_rows():
                self._lay_out(row)
        used = sum(row.height for row in self._all_rows())
        while used <= height and self.next < len(self.source):
            row = self._lay_out(self.make_row(self.source[self.next]))
            self.rows.append(row)
            self.next += 1
            used += row.height
        self.width, self.height = width, used
        return width, used

    def _all_rows(self) -> list[Row]:
        return [self.header, *self.rows] if self.header else self.rows

    def _lay_out(self, row: Row) -> Row:
        cells = zip(row.cells, self.insides, strict=True)
        highest = max(cell.wrap(self.canv, width) for cell, width in cells)
        row.height = highest + self.padding[1] + self.padding[3]
        return row

    def split(self, width: float, height: float) -> list["Grid"]:
        """Return the rows that fit and the rest, a tall row being cut; nothing if none fits."""
        self.wrap(width, height)
        room = height - (self.header.height if self.header else 0)
        count = 0
        while count < len(self.rows) and self.rows[count].height <= room:
            room -= self.rows[count].height
            count += 1
        upper, lower = part_of(self), part_of(self)
        upper.source, upper.next = (), 0
        upper.rows, lower.rows = self.rows[:count], self.rows[count:]
        lower.is_first = False
        if lower.rows and lower.rows[0].height >= self.tall_row:
            halves = self._cut(lower.rows[0], room)
            upper.rows += halves[:1]
            lower.rows[:1] = halves[1:] or lower.rows[:1]
        return [upper, lower] if upper.rows else []

    def _cut(self, row: Row, room: float) -> list[Row]:
        room -= self.padding[1] + self.padding[3]
        cells = zip(row.cells, self.insides, strict=True)
        pairs = [cell.split(self.canv, width, room) for cell, width in cells]
        if not any(upper.flowables for upper, _ in pairs):
            return []
        return [self._lay_out(Row(list(cells), row.element)) for cells in zip(*pairs, strict=True)]

    def draw(self) -> None:
        """Draw all rows; a header that was drawn on a page before is an artifact."""
        self.canv.once(self)
        lefts, tops = [0.0], [self.height]
        for width in self.widths:
            lefts.append(lefts[-1] + width + self.gap)
        rows = self._all_rows()
        for row in rows:
            tops.append(tops[-1] - row.height)
        with self.canv.artifact():
            self.decorate(lefts, tops)
        outer = self.canv.enter(self.element)
        for row, top in zip(rows, tops, strict=False):
            if row is self.header and not self.is_first:
                with self.canv.artifact("/Type/Pagination"):
                    self._draw_row(row, lefts, top)
            else:
                self._draw_row(row, lefts, top)
        self.canv.leave(outer)

    def _draw_row(self, row: Row, lefts: list[float], top: float) -> None:
        indent, above, _, _ = self.padding
        outer = self.canv.enter(row.element)
        for cell, left, width in zip(row.cells, lefts, self.insides, strict=False):
            cell.draw(self.canv, left + indent, top - above, width)
        self.canv.leave(outer)


class Table(Grid):
    """A table whose header row is repeated on each page, from the second on as an artifact.

    Cells are values, lists of values and runs, or of flowables. `shares` are the column
    widths in proportion; `align` has left, right or center for each column. With `row_headers`
    the first cell of a row is its header; `summary` is for those who listen. A table that
    `continues` another is one with it. Raises `ValueError` if a row has too many or few cells.
    """

    padding = (0.0, 3.0, 8.0, 3.5)
    is_flush = True
    tall_row = TALL_ROW

    def __init__(
        self,
        header: Sequence[Content],
        rows: Sequence[Sequence[Content]],
        shares: Sequence[float],
        *,
        align: Sequence[str] = (),
        style: Style = BODY,
        row_headers: bool = True,
        summary: str = "",
        continues: "Table | None" = None,
    ) -> None:
        for number, row in enumerate((header, *rows)):
            if len(row) != len(shares):
                message = f"row {number} has {len(row)} cells instead of {len(shares)}"
                raise ValueError(message)
        entry = f"/A<</O/Table/Summary{pdf_text(clean(summary))}>>" if summary else ""
        super().__init__(rows, shares, continues.element if continues else Element("Table", entry))
        self.is_first = continues is None
        sides = align or ["left"] * len(shares)
        self.styles = [_aligned(style, side) for side in sides]
        self.row_headers = row_headers
        heads = [_aligned(COLUMN_HEAD, side) for side in sides]
        cells = [_cell(c, s, "TH", "Column") for c, s in zip(header, heads, strict=True)]
        self.header = Row(cells, Element("TR"))

    def make_row(self, values: Sequence[Content]) -> Row:
        """Return a row of data cells, with a header cell in front."""
        cells = [_cell(c, s, "TD") for c, s in zip(values, self.styles, strict=True)]
        if self.row_headers:
            cells[0] = _cell(values[0], self.styles[0], "TH", "Row")
        return Row(cells, Element("TR"))

    def decorate(self, lefts: list[float], tops: list[float]) -> None:
        """Draw a rule below each row."""
        hairlines(self.canv, [(lefts[0], y, lefts[-1]) for y in tops[1:]])


class List(Grid):
    """A list with bullets or numbers; items are what cells of a table are."""

    padding = (0.0, 0.0, 0.0, 2.0)

    def __init__(
        self, items: Sequence[Content], *, numbered: bool = False, style: Style = BODY
    ) -> None:
        labels = [f"{n}." if numbered else "•" for n in range(1, len(items) + 1)]
        kind = "Decimal" if numbered else "Disc"
        element = Element("L", f"/A<</O/List/ListNumbering/{kind}>>")
        super().__init__(list(zip(labels, items, strict=True)), (1, 1), element)
        self.style = style
        self.indent = style.size * (0.6 + 0.6 * max(map(len, labels), default=0))

    def column_widths(self, width: float) -> list[float]:
        """Return the widths of label and body."""
        return [self.indent, width - self.indent]

    def make_row(self, values: tuple[str, Content]) -> Row:
        """Return an item with its label."""
        label, body = values
        cells = [_cell(label, self.style, "Lbl"), _cell(body, self.style, "LBody")]
        return Row(cells, Element("LI"))


class Columns(Grid):
    """Flowables side by side, read column after column, over pages as well.

    For a reader no table but one division for each column. `ruled` draws a rule above each.
    """

    def __init__(
        self,
        columns: Sequence[Sequence[Any]],
        shares: Sequence[float] = (),
        *,
        gap: float = 16,
        ruled: bool = False,
    ) -> None:
        super().__init__([columns], shares or [1] * len(columns), None)
        self.gap = gap
        self.ruled = ruled
        self.padding = (0, 5 if ruled else 0, 0, 0)

    def make_row(self, values: Sequence[Sequence[Any]]) -> Row:
        """Return the one row there is."""
        return Row([Cell(list(column), Element("Div")) for column in values])

    def decorate(self, lefts: list[float], tops: list[float]) -> None:
        """Draw the rules."""
        if self.ruled and self.is_first:
            edges = zip(lefts, self.widths, strict=False)
            hairlines(self.canv, [(left, tops[0], left + width) for left, width in edges])


class Panel(Grid):
    """Flowables on a tint with a bar at its left, for what is to be decided.

    The colour is one of those in `TINTS`.
    """

    padding = (12.0, 8.0, 12.0, 9.0)

    def __init__(self, content: Sequence[Any], color: Color = ACCENT) -> None:
        super().__init__([content], [1], None)
        self.color = color

    def make_row(self, values: Sequence[Any]) -> Row:
        """Return the one row there is."""
        return Row([Cell(list(values))])

    def decorate(self, lefts: list[float], tops: list[float]) -> None:
        """Draw the tint and the bar."""
        for color, width in ((TINTS[self.color], lefts[-1]), (self.color, 3)):
            self.canv.setFillColor(color)
            self.canv.rect(0, 0, width, tops[0], stroke=0, fill=1)


def _aligned(style: Style, side: str) -> Style:
    return style if style.align == side else replace(style, align=side)


def _cell(content: Content, style: Style, role: str, scope: str = "") -> Cell:
    """Return a cell of flowables, or of a paragraph whose element is the cell itself."""
    entry = f"/A<</O/Table/Scope/{scope}>>" if scope else ""
    if isinstance(content, list | tuple) and content and isinstance(content[0], Flowable):
        return Cell(list(content), Element(role, entry))
    if isinstance(content, Flowable):
        return Cell([content], Element(role, entry))
    paragraph = Paragraph(content, style, role=role, attributes=entry)
    return Cell([paragraph], paragraph.element)


def hairlines(canv: PlainCanvas, lines: list[tuple[float, float, float]]) -> None:
    """Draw thin level lines, each from x at y to another x."""
    paths = [f"{x1:.2f} {y:.2f} m {x2:.2f} {y:.2f} l" for x1, y, x2 in lines]
    canv.addLiteral("\n".join(["q 0.5 w", color_operator(HAIRLINE, "RG"), *paths, "S Q"]))
