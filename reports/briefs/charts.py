"""Pictures as geometry: where each mark lies, as a share of the width. Pages and PDF draw from it.

Positions are fractions from 0 (left) to 1 (right); ``percent`` writes one for an SVG attribute.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.text import capfirst
from django.utils.translation import gettext as _t

from agreements.public import AgreementView, ElementView, EntryView
from agreements.public.views import TermView
from civil.display import show_date, show_partial
from civil.months import add_months
from civil.partial import PartialDate

MOST_DRAWN = 8
"""Marks drawn on top of each other; the label of the pile carries the count."""

PILE_DAYS = 5
"""Deadlines closer than this are drawn as one pile."""


def percent(fraction: float) -> str:
    """Return a position for an SVG attribute, never with a decimal comma."""
    return f"{fraction * 100:.2f}%"


@dataclass(frozen=True)
class Axis:
    """Days from a first to a last one, laid out from 0 to 1."""

    first: dt.date
    last: dt.date

    def at(self, day: dt.date) -> float:
        """Return where a day begins; days outside lie on the edge."""
        span = max((self.last - self.first).days, 1)
        return min(max((day - self.first).days / span, 0.0), 1.0)

    def years(self, most: int = 7) -> list[tuple[str, float]]:
        """Return years to label with where they begin: at most so many, evenly spaced."""
        years = range(self.first.year, self.last.year + 1)
        step = -(-len(years) // most)
        return [
            (str(year), self.at(dt.date(year, 1, 1)))
            for year in years[::step]
            if dt.date(year, 1, 1) >= self.first and self.at(dt.date(year, 1, 1)) < 1
        ]


@dataclass(frozen=True)
class Bar:
    """A stretch of a row. ``is_unsure``: not certain, or still to come."""

    start: float
    end: float
    is_unsure: bool

    @property
    def x1(self) -> str:
        """Where it begins, for SVG."""
        return percent(self.start)

    @property
    def x2(self) -> str:
        """Where it ends, for SVG."""
        return percent(self.end)


@dataclass(frozen=True)
class BarRow:
    """The bars of one element as a picture of its own: what it shows, and on which day."""

    bars: tuple[Bar, ...]
    day_at: float
    is_sensitive: bool
    description: str


@dataclass(frozen=True)
class LedgerRow:
    """A shared element and the stretches during which it was shared."""

    element: ElementView
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Ledger:
    """Shared elements over the years, with the day that is shown."""

    years: tuple[tuple[str, str], ...]
    first_year: int
    last_year: int
    day: str
    rows: tuple[LedgerRow, ...]
    day_at: float = 0.0


def ledger(view: AgreementView) -> Ledger:
    """Lay out the shared elements of an agreement over whole years, up to the day or its end."""
    starts = [e.from_on for e in view.elements if e.from_on]
    starts += [t.starts_on.first for t in view.terms if t.starts_on]
    first = min([*starts, view.on]).replace(month=1, day=1)
    end = view.term.ends_on.last if view.term and view.term.ends_on else view.on
    last_year = min(max(view.on, end).year + 1, dt.MAXYEAR)
    axis = Axis(first, dt.date(last_year, 1, 1))
    planned_end = end if view.in_force and view.term and view.term.ends_on else view.on
    return Ledger(
        years=tuple((year, percent(at)) for year, at in axis.years()),
        first_year=first.year,
        last_year=last_year - 1,
        day=percent(axis.at(view.on)),
        rows=tuple(LedgerRow(e, _bars(e, axis, view.on, planned_end)) for e in view.elements),
        day_at=axis.at(view.on),
    )


def _bars(element: ElementView, axis: Axis, on: dt.date, planned_end: dt.date) -> tuple[Bar, ...]:
    """A partly known beginning or end, and days still to come, are unsure."""
    bars: list[Bar] = []
    begun = element.from_on or axis.first
    earliest = element.earliest_on or begun
    sure_until = until = element.until_on or on
    if element.removed_on and element.until_on:
        sure_until = element.removed_on.first
    if earliest < begun:
        bars.append(Bar(axis.at(earliest), axis.at(begun), True))
    bars.append(Bar(axis.at(begun), axis.at(max(sure_until, begun)), False))
    if until > sure_until:
        bars.append(Bar(axis.at(sure_until), axis.at(until), True))
    if element.until_on is None and planned_end > on:
        bars.append(Bar(axis.at(on), axis.at(planned_end), True))
    return tuple(bars)


@dataclass(frozen=True)
class Mark:
    """A deadline in the ribbon, the ``level``-th of its pile from below."""

    x: str
    y: int
    is_sensitive: bool


@dataclass(frozen=True)
class Pile:
    """The label of several deadlines that lie close together."""

    x: str
    y: int
    is_at_end: bool
    day: dt.date
    count: int


@dataclass(frozen=True)
class Ribbon:
    """The deadlines of twelve months."""

    months: tuple[tuple[dt.date, str, bool], ...]
    marks: tuple[Mark, ...]
    piles: tuple[Pile, ...]


def ribbon(on: dt.date, deadlines: Sequence[tuple[dt.date, bool]]) -> Ribbon:
    """Lay out deadlines (day, whether sensitive data is shared) over twelve months from a day."""
    last = add_months(on, 12) if on.year < dt.MAXYEAR else dt.date.max
    axis = Axis(on, last)
    groups: list[list[tuple[dt.date, bool]]] = []
    for day, sensitive in sorted(deadlines):
        if not on <= day <= last:
            continue
        if groups and (day - groups[-1][0][0]).days < PILE_DAYS:
            groups[-1].append((day, sensitive))
        else:
            groups.append([(day, sensitive)])
    marks, piles = [], []
    for group in groups:
        x = min(max(axis.at(group[0][0]) - 0.006, 0), 0.988)
        drawn = sorted(group, key=lambda d: not d[1])[:MOST_DRAWN]
        marks += [Mark(percent(x), 101 - 12 * i, s) for i, (_, s) in enumerate(drawn)]
        if len(group) > 1:
            at_end = x > 0.6
            label = x - 0.008 if at_end else x + 0.02
            y = 101 - 12 * (len(drawn) - 1) + 8
            piles.append(Pile(percent(label), y, at_end, group[0][0], len(group)))
    months = []
    month = on.replace(day=1)
    while month <= last:
        if month >= on:
            months.append((month, percent(axis.at(month)), month.month not in {1, 4, 7, 10}))
        if month.year == dt.MAXYEAR and month.month == 12:
            break
        month = add_months(month, 1)
    return Ribbon(tuple(months), tuple(marks), tuple(piles))


# ── The timeline of one agreement ──────────────────────────────────────────────

YEARS_AHEAD, YEARS_BACK = 30, 60
"""What lies further from the day that is shown is drawn at the edge."""

SHORT_LABEL = 36
"""Characters of a text of the record that may stand in a picture."""


@dataclass(frozen=True)
class Span:
    """A stretch of the timeline: a term (past, current, ahead, unsure) or a gap between two."""

    start: float
    end: float
    kind: str


@dataclass(frozen=True)
class Moment:
    """A day on the timeline; without a label it is only a tick.

    Kinds: day (the one that is shown), deadline, end, begin, decision, resolution, amendment,
    notice, other.
    """

    at: float
    kind: str
    label: str = ""

    @property
    def is_ahead(self) -> bool:
        """Whether its label stands below the terms, with the day and what is due, or above."""
        return self.kind in {"day", "deadline"}


@dataclass(frozen=True)
class Timeline:
    """Terms and dated facts to scale; the moments are in the order of their importance.

    ``is_cut``: something lies so far from the day that it stands at the edge.
    """

    title: str
    description: str
    years: tuple[tuple[str, float], ...]
    spans: tuple[Span, ...]
    moments: tuple[Moment, ...]
    is_cut: bool = False


def timeline(view: AgreementView) -> Timeline:
    """Lay out terms, decisions, deadlines and all else that is dated, over whole years."""
    axis = _timeline_axis(view)
    first, last = axis.first.year, (axis.last - dt.timedelta(days=1)).year
    title = _t("Timeline, %(first)s to %(last)s") % {"first": first, "last": last}
    return Timeline(
        title=title,
        description=f"{title}. {_described(view)}",
        years=tuple(axis.years(12)),
        spans=tuple(s for t in view.terms for s in _spans(t, _end_of(view, t), axis, view.on)),
        moments=tuple(_moments(view, axis)),
        is_cut=any(not axis.first <= day <= axis.last for day in _timeline_days(view)),
    )


def _timeline_days(view: AgreementView) -> list[dt.date]:
    days = [view.on, *(d.due_on for d in view.open_deadlines)]
    days += [t.starts_on.first for t in view.terms if t.starts_on]
    days += [t.ends_on.last for t in view.terms if t.ends_on]
    return days + [e.when.first for e in view.timeline if e.when]


def _timeline_axis(view: AgreementView) -> Axis:
    days = _timeline_days(view)
    first = max(min(days).year, view.on.year - YEARS_BACK, 1)
    last = min(max(days).year, view.on.year + YEARS_AHEAD, dt.MAXYEAR - 1)
    return Axis(dt.date(min(first, last), 1, 1), dt.date(last + 1, 1, 1))


def _end_of(view: AgreementView, term: TermView) -> PartialDate | None:
    """Return when a term ended or is to end: a decision may have ended it before its last day."""
    return view.last_day if term.is_current else term.ends_on


def _spans(term: TermView, ends_on: PartialDate | None, axis: Axis, on: dt.date) -> list[Span]:
    """Return a term as an unsure beginning, what has passed and what is ahead, then its gap."""
    begun = term.starts_on.last if term.starts_on else axis.first
    end = _day_after(ends_on.last) if ends_on else axis.last
    passed = min(max(on, begun), end)
    parts = [
        (term.starts_on.first if term.starts_on else begun, begun, "unsure"),
        (begun, passed, "current" if term.is_current else "past"),
        (passed, end, "ahead"),
    ]
    if term.gap_after:
        parts.append((term.gap_after[0], _day_after(term.gap_after[1]), "gap"))
    spans = [Span(axis.at(start), axis.at(end), kind) for start, end, kind in parts]
    return [span for span in spans if span.start < span.end]


def _day_after(day: dt.date) -> dt.date:
    return day + dt.timedelta(days=1) if day < dt.date.max else day


def _moments(view: AgreementView, axis: Axis) -> list[Moment]:
    """Return the moments, the most important first; one label for what falls on the same day."""
    found = [Moment(axis.at(view.on), "day", _t("As of %(day)s") % {"day": show_date(view.on)})]
    upcoming = sorted(view.open_deadlines, key=lambda d: (d.due_on < view.on, d.due_on))
    for deadline in upcoming:
        kind = "end" if deadline.kind == "expiry" else "deadline"
        is_past = kind == "end" and deadline.due_on < view.on
        what = _t("End of term") if is_past else deadline.label
        words = {"what": what, "day": show_date(deadline.due_on)}
        found.append(Moment(axis.at(deadline.due_on), kind, _t("%(what)s: %(day)s") % words))
    if view.ended_on and view.term:
        ended = _t("Ended: %(day)s") % {"day": show_partial(_end_of(view, view.term))}
        found.append(Moment(axis.at(view.ended_on), "end", ended))
    ranks = {"decision": 0, "resolution": 1, "notice": 2, "amendment": 3}
    entries = sorted(view.timeline, key=lambda e: ranks.get(e.kind, 9))
    taken: set[dt.date] = set()
    for entry in entries:
        if entry.when is None:
            continue
        named = entry.kind in ranks and entry.when.is_exact and entry.when.last not in taken
        taken.add(entry.when.last)
        kind = entry.kind if named else "other"
        found.append(Moment(axis.at(entry.when.last), kind, _short(entry) if named else ""))
    if view.terms and view.terms[0].starts_on:
        begin = view.terms[0].starts_on
        label = _t("From %(day)s") % {"day": show_partial(begin)}
        found.append(Moment(axis.at(begin.first), "begin", label))
    return found


def _short(entry: EntryView) -> str:
    """Return what an entry says up to its first colon, or its kind where that is too long."""
    if entry.kind == "decision":
        return _t("Decision: %(what)s") % {"what": entry.text}
    text = entry.text.partition(":")[0]
    return text if len(text) <= SHORT_LABEL else capfirst(entry.label)


def _described(view: AgreementView) -> str:
    """Say in sentences what the picture shows; the dated entries stand in the list."""
    said = []
    for term in view.terms:
        ends_on = _end_of(view, term)
        days = {"first": show_partial(term.starts_on), "last": show_partial(ends_on)}
        text = _t("Term: %(first)s to %(last)s.")
        if ends_on is None and term.end_kind == "none":
            text = _t("Term: from %(first)s, no end by its terms.")
        said.append(text % days)
        if term.gap_after:
            first, last = map(show_date, term.gap_after)
            text = _t("No term recorded: %(first)s to %(last)s.")
            said.append(text % {"first": first, "last": last})
    if not view.terms:
        said.append(_t("No term has begun.") if view.begins_on else _t("No term is recorded."))
    said.append(_t("Day that is shown: %(day)s.") % {"day": show_date(view.on)})
    said += [f"{d.label}: {show_date(d.due_on)}." for d in view.open_deadlines]
    said.append(_t("All dated entries stand in the list “Timeline.”"))
    return " ".join(said)
