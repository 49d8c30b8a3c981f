"""Where the labels of a timeline go, so that none overlaps another. Pages and PDF use it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reports.briefs.charts import Moment


@dataclass(frozen=True)
class Label:
    """The place of a moment's label: row 1 is next to the terms, text begins at `left`."""

    moment: Moment
    row: int
    left: float
    right: float


def place_labels(
    moments: Sequence[Moment], width_of: Callable[[str], float], *, rows: int = 3, gap: float
) -> list[Label]:
    """Return where labels go, so that none overlaps another or a line that leads to one.

    Widths and `gap` are shares of the picture's. Those that find no place are left out, the less
    important first.
    """
    labels: list[Label] = []
    for is_ahead in (False, True):
        group = [m for m in moments if m.label and m.is_ahead == is_ahead]
        from_right = sorted(group, key=lambda m: -m.at)
        tries: list[list[Label]] = [
            _placed(order, width_of, gap, places)
            for order in (group, from_right, from_right[::-1])
            for places in _places(rows)
        ]
        tries.sort(key=_merit, reverse=True)
        labels += tries[0]
    return labels


def _merit(labels: list[Label]) -> tuple[int, int]:
    """Return how good a placing is: many labels, in near rows."""
    return len(labels), -sum(label.row for label in labels)


def _places(rows: int) -> list[list[tuple[int, bool]]]:
    """Return orders in which to try rows and sides: near rows first, or one side first."""
    numbers = range(1, rows + 1)
    return [
        [(row, is_right) for row in numbers for is_right in (True, False)],
        [(row, is_right) for is_right in (True, False) for row in numbers],
        [(row, is_right) for is_right in (False, True) for row in numbers],
    ]


def _placed(
    moments: Sequence[Moment],
    width_of: Callable[[str], float],
    gap: float,
    places: list[tuple[int, bool]],
) -> list[Label]:
    placed: list[Label] = []
    for moment in moments:
        width = width_of(moment.label)
        for row, is_right in places:
            left = moment.at + gap if is_right else moment.at - gap - width
            label = Label(moment, row, left, left + width)
            if left >= 0 and label.right <= 1 and not _collides(label, placed, gap):
                placed.append(label)
                break
    return placed


def _collides(label: Label, others: list[Label], gap: float) -> bool:
    """Whether a label overlaps another, or the line to one crosses the text of the other."""
    for other in others:
        if label.row == other.row:
            if label.left < other.right + 2 * gap and other.left < label.right + 2 * gap:
                return True
            continue
        near, far = sorted((label, other), key=lambda one: one.row)
        if near.left - gap / 2 < far.moment.at < near.right + gap / 2:
            return True
    return False
