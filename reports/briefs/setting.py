"""Sections of a brief set in type: phrases become runs, sections flowables. Lengths are points."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

from reportlab.lib.colors import Color
from reportlab.platypus.flowables import Flowable

from reports.briefs.accessible import Columns, Figure, Heading, List, Paragraph, Table, is_link
from reports.briefs.drawings import bars_picture
from reports.briefs.grids import TALL_ROW, Cell, Row
from reports.briefs.lines import Break, Measured, measured
from reports.briefs.paragraphs import UNBOUNDED
from reports.briefs.parts import Phrase, Section, Text, numbers
from reports.briefs.tagging import Element, PlainCanvas
from reports.briefs.text import ACCENT, ALARM, CALM, INK, SEMIBOLD, SOFT, WARNING, Run, Style, sup

ROOM_AFTER_TITLE = 11.0
GUTTER = 16.0
BARS_WIDTH = 64.0
LONGEST_WORD = 10.0  # sizes of its type: some twenty letters; for a longer one is no room made
BETWEEN = 8.0  # room between two columns of a table

COLORS = {"calm": CALM, "warning": WARNING, "alarm": ALARM, "neutral": ACCENT, "accent": ACCENT}


class Type(NamedTuple):
    """The type of a page: running text, notes, heads of columns, titles of sections.

    `pad` is the room above and below the text in a row of a table.
    """

    text: Style
    note: Style
    head: Style
    title: Style
    pad: tuple[float, float]

    @property
    def leading(self) -> float:
        """From line to line of the text."""
        return self.text.leading

    @property
    def surface(self) -> float:
        """What a letter of the text takes, in proportion."""
        return self.text.size * self.text.leading


def type_of(size: float, leading: float, title: float) -> Type:
    """Return a set of styles from the size of the text and of the titles."""
    note = max(size - 0.6, 7.0)
    return Type(
        Style(size=size, leading=leading, after=leading * 0.2),
        Style(size=note, leading=note * leading / size, after=leading * 0.2),
        Style(SEMIBOLD, size - 0.6, leading, SOFT, after=0),
        Style(SEMIBOLD, title, title + 3, INK, before=title * 0.65, after=1.5),
        (leading * 0.12, leading * 0.17),
    )


class Title(Heading):
    """A heading in a style of its own."""

    def __init__(self, level: int, content: Any, style: Style) -> None:
        Paragraph.__init__(self, content, style, role=f"H{level}")
        self.level = level

    def is_one_line(self, width: float) -> bool:
        """Tell whether it takes a single line in a column so wide."""
        return self.text.width * self.style.size <= width

    def broken(self, room: float) -> list[Break]:
        """Return lines of about the same length."""
        return _even_lines(self.text, room, 1.0)

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Return the size; one that fits nowhere, if no line could follow on the page."""
        Paragraph.wrap(self, width, height)
        fits = height >= self.height + ROOM_AFTER_TITLE
        return width, self.height if fits else UNBOUNDED


def _even_lines(text: Measured, room: float, least: float) -> list[Break]:
    """Return as few lines as there can be, the last one that long, as a share of the longest."""
    lines = text.breaks(room)
    if len(lines) < 2:
        return lines
    for share in (0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6):
        if lines[-1].width >= least * max(line.width for line in lines):
            break
        narrower = text.breaks(room * share)
        if len(narrower) > len(lines):
            break
        lines = narrower
    return lines


class Even(Paragraph):
    """A paragraph whose last line is not much shorter than the others."""

    def broken(self, room: float) -> list[Break]:
        """Return lines of which the last is at least a third as long as the longest."""
        return _even_lines(self.text, room, 0.35)


class Rows(Table):
    """A table whose rows stand as close as its type asks."""

    def __init__(self, part: Section, kind: Type, shares: Sequence[float]) -> None:
        rows = [
            [_cell_content(cell, SOFT if place in part.faded else None) for cell in row]
            for place, row in enumerate(part.rows)
        ]
        heads = [[Paragraph(head, kind.head)] for head in part.heads]
        if part.bars:
            heads.append([Paragraph(part.bars_head, kind.head)])
            rows = [[*row, self._picture(part, at, kind)] for at, row in enumerate(rows)]
        super().__init__(heads, rows, shares, style=kind.text, summary=part.summary)
        above, below = kind.pad
        self.padding = (0.0, above, BETWEEN, below)
        self.spaceAfter = kind.text.leading * 0.5
        self.part, self.kind = part, kind

    @staticmethod
    def _picture(part: Section, place: int, kind: Type) -> Any:
        """Return the bars of a row; the row that says how many are left out has none."""
        if place >= len(part.bars):
            return ""
        bars = part.bars[place]
        figure = Figure(bars_picture(bars, BARS_WIDTH, kind.text.leading), bars.description)
        figure.spaceAfter = 0
        return [figure]

    def column_widths(self, width: float) -> list[float]:
        """Return the widths of the columns."""
        return _column_widths(self.part, _texts(self.part), self.kind, self.shares, width)


def _texts(part: Section) -> list[list[Measured]]:
    return [[measured(_cell_content(cell, None)) for cell in row] for row in part.rows]


def _column_widths(
    part: Section,
    texts: list[list[Measured]],
    kind: Type,
    shares: Sequence[float],
    width: float,
) -> list[float]:
    """Return the widths; a column with too little for its words gets what others spare.

    `texts` are the cells, row by row.
    """
    widths = [width * share / sum(shares) for share in shares]
    needs = _needs(part, texts, kind)
    for place, need in enumerate(needs):
        while widths[place] < need:
            spare = [has - wanted for has, wanted in zip(widths, needs, strict=True)]
            giver = spare.index(max(spare))
            if spare[giver] <= 0:
                break
            given = min(spare[giver], need - widths[place])
            widths[giver] -= given
            widths[place] += given
    return widths


def _needs(part: Section, texts: list[list[Measured]], kind: Type) -> list[float]:
    """Return how wide columns have to be for their usual words to stay whole."""
    heads = (*part.heads, part.bars_head) if part.bars else part.heads
    needs = [measured(head, kind.head.font).longest_word * kind.head.size for head in heads]
    for row in texts:
        for place, text in enumerate(row):
            if text.longest_word <= LONGEST_WORD:
                needs[place] = max(needs[place], text.longest_word * kind.text.size)
    return [need + BETWEEN for need in needs[:-1]] + needs[-1:]


def least_width(part: Section, kind: Type) -> float:
    """Return how wide a table has to be for the usual words in it to stay whole."""
    return sum(_needs(part, _texts(part), kind))


class Items(List):
    """A list whose items stay whole."""

    tall_row = TALL_ROW
    padding = (0.0, 0.0, 0.0, 1.3)

    def __init__(self, items: Sequence[Any], *, style: Style, mark: str = "bullet") -> None:
        super().__init__(items, numbered=mark == "number", style=style)
        self.mark = mark
        self.indent = style.size * (0.55 + 0.5 * len(str(len(items))))
        if mark == "bullet":
            self.indent = style.size * 0.9
        if mark == "none":
            self.shares = (1,)

    def column_widths(self, width: float) -> list[float]:
        """Return the widths of label and body, or that of the body alone."""
        return [width] if self.mark == "none" else super().column_widths(width)

    def make_row(self, values: tuple[str, Any]) -> Row:
        """Return an item; its label is part of it unless there is to be none."""
        row = super().make_row(values)
        return Row(row.cells[1:], row.element) if self.mark == "none" else row


class Parts(Columns):
    """Parts of one flowable side by side, which stay one element and need no division."""

    def make_row(self, values: Sequence[Sequence[Any]]) -> Row:
        """Return the one row there is."""
        return Row([Cell(list(column)) for column in values])


class RunIn(Paragraph):
    """A numbered list set as running text, each number before its item; tagged as a list."""

    def __init__(self, items: Sequence[Sequence[Run]], style: Style) -> None:
        contents = [
            [Run(f"{number}\xa0", SEMIBOLD, role="Lbl")]
            + [replace(run, role=run.role or "Span") for run in item]
            + [Run(" ", role="Span")]
            for number, item in enumerate(items, 1)
        ]
        attributes = "/A<</O/List/ListNumbering/Decimal>>"
        super().__init__(
            [run for c in contents for run in c], style, role="L", attributes=attributes
        )
        counts = [len(measured(content, style.font).stretches) for content in contents]
        self.items = [(Element("LI"), Element("LBody"), count) for count in counts]

    def paint(self, canv: PlainCanvas, left: float, top: float, width: float) -> None:
        """Enter the items into the tree, then draw the lines, which hold what is in the items."""
        outer = canv.enter(self.element)
        spans = iter(self.spans)
        for item, body, count in self.items:
            label, *parts = (span.element for span in islice(spans, count) if span.element)
            before = canv.enter(item)
            canv.attach(label)
            canv.enter(body)
            for part in parts:
                canv.attach(part)
            canv.leave(before)
        canv.leave(outer)
        super().paint(canv, left, top, width)


def _cell_content(text: Text, color: Color | None) -> Any:
    """Return a cell's text as runs, or as it is where it has no look: most cells of a report."""
    if len(text) == 1 and color is None:
        (phrase,) = text
        if not (phrase.refs or phrase.lang or phrase.tone or phrase.url):
            return phrase.text
    return runs(text, color)


@lru_cache(maxsize=1 << 12)
def runs(text: Text, color: Color | None = None) -> tuple[Run, ...]:
    """Return a text as runs: its marks raised, its links as links where a link may lead there.

    An address that is none is printed behind what bears it. Remembered: a text is set in many
    sizes of type.
    """
    found: list[Run] = []
    for phrase in text:
        found.append(_run(phrase, color))
        if phrase.url and not is_link(phrase.url):
            found.append(Run(f" ({phrase.url})", color=color or SOFT))
        if phrase.refs:
            mark = sup("\xa0" + numbers(phrase.refs, ",\xa0"))
            found.append(replace(mark, color=color or SOFT))
    return tuple(found)


def _run(phrase: Phrase, color: Color | None) -> Run:
    font = SEMIBOLD if phrase.tone == "strong" else ""
    tint = color or (SOFT if phrase.tone == "soft" else None)
    if phrase.url and is_link(phrase.url):
        return Run(phrase.text, font, ACCENT, role="Link", url=phrase.url, lang=phrase.lang)
    return Run(phrase.text, font, tint, role="Span" if phrase.lang else "", lang=phrase.lang)


def paragraph(text: Text, style: Style) -> Paragraph:
    """Return a text as a paragraph."""
    return Paragraph(runs(text), style)


def section(
    part: Section,
    kind: Type,
    *,
    level: int = 2,
    shares: Sequence[float] = (),
    mark: str = "bullet",
) -> list[Flowable]:
    """Return a section in its order: title, lead, table, list, closing words."""
    found: list[Flowable] = [Title(level, part.title, kind.title)]
    found += [paragraph(text, kind.text) for text in part.lead]
    style = kind.note if mark in {"number", "run-in"} else kind.text
    if part.rows:
        found.append(Rows(part, kind, shares or _even(part)))
    if part.items:
        entries = [runs(i) for i in part.items]
        is_run_in = mark == "run-in"
        found.append(RunIn(entries, style) if is_run_in else Items(entries, mark=mark, style=style))
        found[-1].spaceAfter = kind.text.after
    found += [paragraph(text, style) for text in part.closing]
    return found


def _even(part: Section) -> list[float]:
    return [1.0] * (len(part.heads) + bool(part.bars))


def lowest(part: Section, kind: Type, width: float, *choices: tuple[float, ...]) -> list[Flowable]:
    """Return a section with those shares of its columns that make it lowest."""
    if not part.rows:
        return section(part, kind)
    heads = [measured(head, kind.head.font) for head in part.heads]
    texts = _texts(part)

    def lines(shares: Sequence[float]) -> int:
        widths = _column_widths(part, texts, kind, shares, width)
        rooms = [*(inside - BETWEEN for inside in widths[:-1]), widths[-1]]
        units = [room / kind.text.size for room in rooms]
        found = _row_lines(heads, [room / kind.head.size for room in rooms])
        return found + sum(_row_lines(row, units) for row in texts)

    return section(part, kind, shares=min(choices, key=lines))


def _row_lines(row: list[Measured], units: list[float]) -> int:
    """Return how many lines the highest cell of a row has; a picture at its end has one."""
    return max(text.line_count(room) for text, room in zip(row, units, strict=False))


def without_scheme(address: str) -> str:
    """Return a web address as it is printed."""
    return address.partition("://")[2] or address
