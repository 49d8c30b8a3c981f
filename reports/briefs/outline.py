"""The outline of a file, by which a reader jumps to a heading (ISO 32000-1, 12.3.3).

ReportLab formats some twenty dictionaries for each entry; ready-made bytes take no time to speak
of.
"""

from collections.abc import Sequence
from typing import NamedTuple

from reports.briefs.pdffile import pdf_text


class Entry(NamedTuple):
    """A heading: `depth` is 0 for the outermost, `top` is on its page, in points."""

    depth: int
    title: str
    page: int
    top: float


def outline(entries: Sequence[Entry], first: int, pages: Sequence[int]) -> list[bytes]:
    """Return the objects of an open outline, the root being number `first`, then each entry.

    `pages` are the object numbers of the pages. An entry stands below the last one before it that
    is less deep.
    """
    parents: list[int] = []
    kids: list[list[int]] = [[] for _ in range(len(entries) + 1)]
    path: list[int] = []  # places of the entries that the next may stand below
    for place, entry in enumerate(entries, 1):
        while path and entries[path[-1] - 1].depth >= entry.depth:
            path.pop()
        parents.append(path[-1] if path else 0)
        kids[parents[-1]].append(place)
        path.append(place)
    counts = [0] * len(kids)
    for place in range(len(entries), 0, -1):
        counts[parents[place - 1]] += counts[place] + 1
    bodies = [f"<</Type/Outlines{_below(kids[0], counts[0], first)}>>"]
    for place, entry in enumerate(entries, 1):
        parent = parents[place - 1]
        siblings = kids[parent]
        at = siblings.index(place)
        links = f"/Parent {first + parent} 0 R"
        links += f"/Prev {first + siblings[at - 1]} 0 R" if at else ""
        links += f"/Next {first + siblings[at + 1]} 0 R" if at + 1 < len(siblings) else ""
        links += f"/Dest[{pages[entry.page]} 0 R/XYZ null {entry.top:.2f} null]"
        below = _below(kids[place], counts[place], first)
        bodies.append(f"<</Title{pdf_text(entry.title)}{links}{below}>>")
    return [body.encode("ascii") for body in bodies]


def _below(kids: list[int], count: int, first: int) -> str:
    if not kids:
        return ""
    return f"/First {first + kids[0]} 0 R/Last {first + kids[-1]} 0 R/Count {count}"
