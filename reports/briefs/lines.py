"""Text measured once and broken into lines, whatever the size in which it is set.

A page is tried in several sizes of type before one is chosen, and most of its texts come again in
each. So a text is measured in units of the size of its type, and what was measured is kept. Lines
are broken here and not by ReportLab's `Paragraph`: that one reads markup, drops the space at a
line break, so that a reader joins two words, and takes seconds for a very long word.
"""

from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property, lru_cache
from itertools import accumulate, groupby
from typing import NamedTuple

from reports.briefs.text import REGULAR, Content, Run, clean, font_widths, spelled

RAISED = 0.75, 0.33  # size and rise of a reference mark, of the font size
BADGE = 0.88  # size of a status word
LONGEST_KEPT = 30  # words up to this length are measured once
ROUNDING = 1e-9  # what sums of widths may differ by, depending on where one begins to add

_BREAK_AFTER = "/-–—_.,;:?&=@+)"
PLAIN = Run("")
"""A run without a look: what a bare value is set as."""


class Stretch(NamedTuple):
    """What one font shows of a run: `size` and `rise` in units; `actual` is what it stands for."""

    run: Run
    text: str
    font: str
    size: float
    rise: float
    actual: str

    def width(self, text: str) -> float:
        """Return the width of a part of it, in units."""
        if len(text) > LONGEST_KEPT:
            return sum(map(font_widths(self.font).__getitem__, text)) * self.size / 1000
        return _thousandths(self.font, text) * self.size / 1000


@lru_cache(maxsize=1 << 14)
def _thousandths(font: str, text: str) -> float:
    return sum(map(font_widths(font).__getitem__, text))


class Break(NamedTuple):
    """A line: where it begins and ends in the text, and its width but for the space at its end."""

    start: int
    end: int
    width: float


class _Words(NamedTuple):
    """Where the words of a text begin and end: in the text, and if all stood on one line."""

    starts: list[int]
    ends: list[int]
    lefts: list[float]
    rights: list[float]


class Measured:
    """A text in its stretches, without the white space at its beginning. Widths are in units."""

    def __init__(self, stretches: list[Stretch]) -> None:
        self.stretches = stretches
        self.text = "".join(stretch.text for stretch in stretches)
        last = stretches[-1] if stretches else None
        self.width = sum(stretch.width(stretch.text) for stretch in stretches)
        if last and self.text[-1] == " ":
            self.width -= last.width(" ")

    @cached_property
    def words(self) -> _Words:
        """The words; one may go across stretches."""
        starts, ends, lefts, rights = found = _Words([], [], [], [])
        at, x = 0, 0.0
        for stretch in self.stretches:
            space, goes_on = stretch.width(" "), bool(ends) and ends[-1] == at
            for word in stretch.text.split(" "):
                if word:
                    if goes_on:
                        del ends[-1], rights[-1]
                    else:
                        starts.append(at)
                        lefts.append(x)
                    at += len(word)
                    x += stretch.width(word)
                    ends.append(at)
                    rights.append(x)
                goes_on = False
                at += 1
                x += space
            at -= 1  # no space stands behind the last
            x -= space
        return found

    @cached_property
    def longest_word(self) -> float:
        """The width of the widest word."""
        words = self.words
        return max((r - left for left, r in zip(words.lefts, words.rights, strict=True)), default=0)

    def breaks(self, room: float) -> list[Break]:
        """Return the lines at most so wide.

        The space at a break stays at the end of its line, or a reader would join two words. A word
        wider than a line is cut, after a sign like `/` where there is one.
        """
        room += ROUNDING
        if self.width <= room:
            return [Break(0, len(self.text), self.width)] if self.text else []
        starts, ends, lefts, rights = self.words
        found = []
        word, start, left = 0, 0, 0.0
        while word < len(ends):
            after = bisect_right(rights, left + room, word)
            if after == word:
                end, right = self._cut(start, ends[word], left, room)
                found.append(Break(start, end, right - left))
                start, left = end, right
                continue
            end = ends[after - 1]
            end += self.text[end : end + 1] == " "
            found.append(Break(start, end, rights[after - 1] - left))
            word = after
            if word < len(ends):
                start, left = starts[word], lefts[word]
        return found

    def line_count(self, room: float) -> int:
        """Return how many lines `breaks` would return."""
        if self.width <= room + ROUNDING:
            return 1 if self.text else 0
        _, ends, lefts, rights = self.words
        word = count = 0
        while word < len(ends):
            after = bisect_right(rights, lefts[word] + room + ROUNDING, word)
            if after == word:  # a word that has to be cut
                return len(self.breaks(room))
            word, count = after, count + 1
        return count

    def _cut(self, start: int, end: int, left: float, room: float) -> tuple[int, float]:
        """Return where to cut a word, from a place on, and where that is: a character is left."""
        edges = list(accumulate(self._advances(start, end, room), initial=0.0))
        fits = max(bisect_right(edges, room) - 1, 1)
        after_sign = 1 + max(self.text.rfind(sign, start, start + fits) for sign in _BREAK_AFTER)
        if after_sign > start + fits // 2:
            fits = after_sign - start
        return start + fits, left + edges[fits]

    def _advances(self, start: int, end: int, room: float) -> Iterator[float]:
        """Yield the widths of characters, from a place on until they are wider than the room."""
        used = 0.0
        at = 0
        for stretch in self.stretches:
            for char in stretch.text[max(start - at, 0) : max(end - at, 0)]:
                yield (advance := stretch.width(char))
                used += advance
                if used > room:
                    return
            at += len(stretch.text)

    def parts(self, line: Break) -> Iterator[tuple[int, str]]:
        """Yield what stands on a line: the place of its stretch, and the text."""
        if len(self.stretches) == 1:  # most texts: quickly
            yield 0, self.text[line.start : line.end]
            return
        at = 0
        for place, stretch in enumerate(self.stretches):
            size = len(stretch.text)
            if at < line.end and at + size > line.start:
                yield place, stretch.text[max(line.start - at, 0) : line.end - at]
            at += size


def measured(content: Content, font: str = REGULAR) -> Measured:
    """Return a value, a run, or several of them, measured; what has no font of its own is in it."""
    parts = content if isinstance(content, list | tuple) else (content,)
    return keep(tuple([p if isinstance(p, Run | str) else clean(p) for p in parts]), font)


@lru_cache(maxsize=1 << 10)
def keep(parts: tuple[Run | str, ...], font: str) -> Measured:
    """Return the parts measured; what was asked for of late is kept."""
    found: list[Stretch] = []
    for part in parts:
        run, text = (part, str(part.text)) if isinstance(part, Run) else (PLAIN, clean(part))
        if not found or found[-1].text[-1] == " ":
            text = text.lstrip(" ")
        if text:
            found += _stretches(run, text, font)
    return Measured(found)


def _stretches(run: Run, text: str, font: str) -> Iterator[Stretch]:
    """Yield a run in one font where it has all characters, else what it lacks apart."""
    size, rise = RAISED if run.raised else (BADGE if run.tint else 1.0, 0.0)
    covered = font_widths(REGULAR).keys()
    if text.isascii() or covered >= set(text):
        own = run.font or font
        if not text.isascii() and not font_widths(own).keys() >= set(text):
            own = REGULAR
        yield Stretch(run, text, own, size, rise, "")
        return
    for has_glyphs, group in groupby(text, covered.__contains__):
        stretch = "".join(group)
        if has_glyphs:
            yield from _stretches(run, stretch, font)
        else:
            shown = "".join(map(spelled, stretch))
            yield Stretch(run, shown, REGULAR, size, rise, stretch)
