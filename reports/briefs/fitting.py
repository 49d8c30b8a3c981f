"""Finding the largest type in which a page holds its matter. Lengths are points."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, cast

from reportlab.platypus.flowables import Flowable

from reports.briefs.grids import Cell
from reports.briefs.setting import Type
from reports.briefs.tagging import PlainCanvas

TOO_MUCH = 1.05
"""How much more than a page may hold is tried: columns are balanced, and room is estimated."""

NOWHERE = cast("PlainCanvas", None)  # what is only measured asks for no canvas


def height_of(story: list[Flowable], width: float) -> float:
    """Return how high flowables are, one below the other, with the room between them."""
    return Cell(story).wrap(NOWHERE, width)


class Attempt(NamedTuple):
    """A page in one type: what it needs as a share of its room, and what of it is always so."""

    story: list[Flowable] | None
    fill: float
    fixed: float = 0.0

    def fill_of(self, growth: float) -> float:
        """Return what it would need if all that is not fixed grew so much."""
        return self.fixed + (self.fill - self.fixed) * growth


def likely(kinds: Sequence[Type], area: float, letters: int, *, once: float, each: float) -> int:
    """Return the place of the largest type in which so many letters should fit into an area.

    `once` and `each` letter are what such a page takes, in surfaces of a letter.
    """
    surface = area / (once + each * letters)
    return next((n for n, kind in enumerate(kinds) if kind.surface <= surface), len(kinds) - 1)


def largest(
    kinds: Sequence[Type], attempt: Callable[[Type], Attempt], first: int
) -> list[Flowable] | None:
    """Return what an attempt makes with the largest type with which it succeeds, None if none.

    The types come the largest first; if one succeeds, so do those behind it. The one at the place
    `first` is tried first. Each attempt tells which others are in vain, and which to try next:
    larger type needs more room at least as its lines stand apart, and about as the surface of its
    letters.
    """
    found = None
    low, high = 0, len(kinds)
    place = first
    while low < high:
        kind = kinds[place]
        tried = attempt(kind)
        if tried.story is not None:
            found, high = tried.story, place
            while low < high and tried.fill_of(kinds[low].leading / kind.leading) > 1:
                low += 1
        else:
            low = place + 1
            while low < high and tried.fill_of(kinds[low].surface / kind.surface) > TOO_MUCH:
                low += 1
        expected = (
            n for n in range(low, high) if tried.fill_of(kinds[n].surface / kind.surface) <= 1
        )
        place = next(expected, high - 1)
    return found
