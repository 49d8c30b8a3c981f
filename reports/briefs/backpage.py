"""Page two of a brief: the record behind page one, its sources, and what it was made from.

Tables and the timeline stand in a wide column, evidence and sources in a narrow one beside it.
Lengths are points.
"""

from functools import partial

from django.utils.translation import gettext as _t
from reportlab.platypus.flowables import Flowable, KeepTogether, Spacer

from reports.briefs.accessible import Columns, Figure, Paragraph, is_link, link
from reports.briefs.drawings import QrCode
from reports.briefs.fitting import NOWHERE, TOO_MUCH, Attempt, height_of, largest, likely
from reports.briefs.frontpage import SHARED
from reports.briefs.grids import Cell
from reports.briefs.parts import Brief, Phrase, compose, letters, strong
from reports.briefs.setting import (
    GUTTER,
    Parts,
    Title,
    Type,
    lowest,
    paragraph,
    section,
    type_of,
    without_scheme,
)
from reports.briefs.text import note_on_placeholders

TYPES = (
    type_of(9.4, 12, 11.5),
    type_of(9, 11.4, 11),
    type_of(8.6, 10.8, 10.5),
    type_of(8.3, 10.3, 10),
    type_of(8, 9.8, 10),
    type_of(7.8, 9.4, 9.5),
    type_of(7.6, 9.1, 9),
    type_of(7.4, 8.8, 9),
)
"""The type of page two, the largest first."""

RUNNING_ON = TYPES[2]
"""The type where one page is not enough."""

SIDES = {"number": (190.0, 178.0, 166.0), "run-in": (178.0, 166.0, 152.0)}
"""Widths of the narrow column, by how the sources are set."""

ONCE, EACH = 470, 0.8
"""What the page takes, see `likely`: measured on briefs, within a tenth."""

TIGHT = 0.975
"""Where a page fuller than this does not fit, smaller type is tried before other columns."""

MOST_ROOM = 200.0
"""Room above the stamp up to which it stands at the foot of the page."""

MOVED: tuple[tuple[str, ...], ...] = ((), ("answered",), ("evidence",), ("evidence", "answered"))
"""What may stand in the wide column instead of the narrow one."""

TERMS = ((165, 105, 190, 68), (100, 88, 132, 66))
CONFLICTS = ((125, 205, 198), (110, 165, 115), (100, 180, 110), (100, 150, 110), (85, 170, 110))
WITHHELD = (1, 2.4)
INCIDENTS = (2, 1, 1)
QR_SIDE = 54.0

Block = list[Flowable]


def back_page(
    brief: Brief, width: float, height: float, *, paper: str, in_full: bool
) -> list[Flowable]:
    """Return page two in the largest type that allows one page, else as many as it takes.

    Where even the smallest does not, the sources become running text. With `in_full` the lists
    that page one cuts stand here as well.
    """

    def attempt(mark: str, kind: Type) -> Attempt:
        parts = _parts(brief, kind, mark)
        found = Attempt(None, 0.0)
        most = TOO_MUCH if kind is TYPES[-1] else TIGHT
        for side in SIDES[mark]:
            widths = (width - GUTTER - side, side)
            found = _page(brief, kind, parts, widths, height - 1, paper)
            if found.story or found.fill > most:
                break
        return found

    page = None
    if not in_full:
        first = likely(TYPES, width * height, _letters(brief), once=ONCE, each=EACH)
        page = largest(TYPES, partial(attempt, "number"), first)
        page = page or largest(TYPES, partial(attempt, "run-in"), first)
    return page or _pages(brief, width, height, paper=paper, in_full=in_full)


def _letters(brief: Brief) -> int:
    parts = [brief.terms, brief.conflicts, brief.evidence, brief.answered, brief.events]
    parts += [brief.sources, brief.stamp]
    parts += filter(None, (brief.changes, brief.withheld, brief.incidents))
    return letters(text for part in parts for text in part.texts())


def _parts(brief: Brief, kind: Type, mark: str) -> dict[str, Block]:
    """Return the parts of the page that are the same in columns of any width."""
    return {
        "events": section(brief.events, kind, mark="none"),
        "evidence": section(brief.evidence, kind),
        "answered": section(brief.answered, kind),
        "sources": section(brief.sources, kind, mark=mark),
    }


def _page(
    brief: Brief,
    kind: Type,
    parts: dict[str, Block],
    widths: tuple[float, float],
    height: float,
    paper: str,
) -> Attempt:
    """Return both columns if they fit on a page, the stamp at its foot."""
    wide, narrow = widths
    tables = _tables(brief, kind, wide)
    stamp = _stamp(brief, kind, narrow, paper)
    area = height_of([*tables, *parts["events"]], wide) * wide
    findings = [*parts["evidence"], *parts["answered"]]
    area += height_of([*findings, *parts["sources"], *stamp], narrow) * narrow
    fill = area / ((wide + narrow) * height)
    if fill > TOO_MUCH:
        return Attempt(None, fill)
    for in_two in (False, True):
        timeline = _in_two(brief, kind, wide) if in_two else parts["events"]
        if height_of([*tables, *timeline], wide) > height:
            continue
        for moved in MOVED:
            there = [flowable for name in moved for flowable in parts[name]]
            here = [
                f for name in ("evidence", "answered") if name not in moved for f in parts[name]
            ]
            left, rest = [*tables, *there, *timeline], Spacer(1, 0)
            right = [*here, *parts["sources"], rest, *stamp]
            room = height - height_of(right, narrow)
            if room >= 0 and height_of(left, wide) <= height:
                rest.height = room if room <= MOST_ROOM else 0
                return Attempt([Columns([left, right], widths, gap=GUTTER)], fill)
    return Attempt(None, fill)


def _pages(
    brief: Brief, width: float, height: float, *, paper: str, in_full: bool
) -> list[Flowable]:
    """Return as many pages as it takes: what fills pages in their full width, then two columns."""
    kind, side = RUNNING_ON, SIDES["number"][0]
    wide = width - GUTTER - side
    first: Block = []
    if in_full:
        first += section(brief.in_full, kind)
        first += section(brief.shared, kind, shares=SHARED[0]) + section(brief.money, kind)
        first += section(brief.concerns, kind) + section(brief.council, kind)
    left, events = _tables(brief, kind, wide), section(brief.events, kind, mark="none")
    if in_full or height_of(left, wide) > height:
        first += _tables(brief, kind, width)
    right = [
        *section(brief.evidence, kind),
        *section(brief.answered, kind),
        *section(brief.sources, kind, mark="number"),
    ]
    if first:
        columns = Columns([events, right], (wide, side), gap=GUTTER)
        return [*first, columns, KeepTogether(_stamp(brief, kind, width, paper))]
    right += _stamp(brief, kind, side, paper)
    return [Columns([[*left, *events], right], (wide, side), gap=GUTTER)]


def _tables(brief: Brief, kind: Type, width: float) -> Block:
    changes = section(brief.changes, kind) if brief.changes else []
    withheld = section(brief.withheld, kind, shares=WITHHELD) if brief.withheld else []
    incidents = section(brief.incidents, kind, shares=INCIDENTS) if brief.incidents else []
    return [
        *lowest(brief.terms, kind, width, *TERMS),
        *changes,
        *incidents,
        *lowest(brief.conflicts, kind, width, *CONFLICTS),
        *withheld,
    ]


def _in_two(brief: Brief, kind: Type, width: float) -> Block:
    """Return the timeline with its list in two columns of about the same height."""
    title, *rest = section(brief.events, kind, mark="none")
    column = (width - GUTTER) / 2
    cell = Cell(rest)
    height = cell.wrap(NOWHERE, column) / 2
    while True:
        left, right = cell.split(NOWHERE, column, height)
        if Cell(right.flowables).wrap(NOWHERE, column) <= height:
            return [title, Parts([left.flowables, right.flowables], gap=GUTTER)]
        height += 4


def _stamp(brief: Brief, kind: Type, width: float, paper: str) -> list[Flowable]:
    """Return what the brief was made from, with the address of the record as a QR code."""
    name = {"letter": _t("Letter"), "a4": _t("A4")}[paper]
    (made_from,) = brief.stamp.lead
    lead = compose(
        _t("%(stamp)s. %(label)s %(paper)s."),
        stamp=made_from,
        label=strong(_t("Paper:")),
        paper=name,
    )
    if brief.code:
        lead = (
            *lead,
            Phrase(" "),
            *compose("%(label)s\xa0%(code)s.", label=strong(_t("Code:")), code=brief.code),
        )
    else:
        lead = (*lead, Phrase(" " + _t("Not issued: it bears no code.")))
    shown = without_scheme(brief.address)
    if brief.code:  # it stands above, and in the code
        shown = shown.replace(brief.code.replace("-", "") + "/", "")
    address = link(shown, brief.address) if is_link(brief.address) else shown
    code = _t("QR code: %(address)s") % {"address": brief.address}
    text = [paragraph(lead, kind.text), Paragraph([address], kind.text)]
    if note := note_on_placeholders(brief.whole_text):
        text.append(Paragraph(note, kind.text))
    picture = Figure(QrCode(brief.address, QR_SIDE), code)
    return [
        Title(2, brief.stamp.title, kind.title),
        Columns([text, [picture]], (width - QR_SIDE - 10, QR_SIDE), gap=10),
    ]
