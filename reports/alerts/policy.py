"""When an alert is due, and when it may be sent: pure functions of facts, rules and a moment.

Alerts come from windows, never from "exactly N days before": after any gap only the tightest
threshold that was missed is due, and it is marked late (DOMAIN.md, rule 11). A lead is a number of
days before a deadline; below zero it counts days after it, for reminders of what is overdue.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from agreements.models import Deadline
from reports.models import Audience, Cadence

LEADS = (180, 90, 60, 30, 14, 7, 1, 0)
"""Days before a deadline at which to tell, unless a department or an agreement says otherwise."""

OVERDUE_EVERY = 7
"""Days between reminders of what is overdue."""

CHORES = frozenset({Deadline.Kind.PAYMENT, Deadline.Kind.CONFIRMATION})
"""Kinds that are the office's own business: the public is not told of them unasked."""

MOST_DAYS_AHEAD = 3650

DIGEST_HOUR = dt.time(7)
"""When a daily or weekly mail goes out, in the city's time."""

MONDAY, SATURDAY = 0, 5


@dataclass(frozen=True)
class Leads:
    """Leads by kind of deadline; a kind without any is not told."""

    by_kind: Mapping[str, tuple[int, ...]]
    overdue_every: int = OVERDUE_EVERY


@dataclass(frozen=True)
class Rule:
    """Leads instead of the defaults, for an agreement or a department; ``kind`` "" means all."""

    kind: str
    leads: tuple[int, ...]
    is_of_agreement: bool


def default_leads(audience: str) -> dict[str, tuple[int, ...]]:
    """Return the register's own leads for an audience."""
    silent = CHORES if audience == Audience.PUBLIC else frozenset()
    return {kind: () if kind in silent else LEADS for kind in Deadline.Kind.values}


def leads_for(audience: str, rules: Iterable[Rule] = (), chosen: Collection[int] = ()) -> Leads:
    """Return the leads of a reader: their own choice, else the rules, else the defaults.

    An agreement's rule goes before its department's, one for a kind before one for all kinds.
    A choice of leads is for every kind of which the audience is told.
    """
    found = default_leads(audience)
    for rule in sorted(rules, key=lambda r: (r.is_of_agreement, r.kind != "")):
        for kind in [rule.kind] if rule.kind else found:
            found[kind] = rule.leads
    if chosen:
        found = {kind: tuple(chosen) if leads else () for kind, leads in found.items()}
    ordered = {k: tuple(sorted(set(v), reverse=True)) for k, v in found.items()}
    return Leads(ordered)


def lead_due(
    due_on: dt.date,
    on: dt.date,
    leads: Collection[int] = LEADS,
    overdue_every: int = OVERDUE_EVERY,
) -> int | None:
    """Return the tightest lead whose threshold is reached on a day; None before the first.

    A threshold is ``due_on - lead`` days, inclusive. After the day itself a new one is reached
    every ``overdue_every`` days, if that is not 0; between these all days belong to the last one.
    """
    left = (due_on - on).days
    found = min((lead for lead in leads if lead >= left), default=None)
    if found is not None and overdue_every and left <= -overdue_every:
        return -(-left // overdue_every) * overdue_every
    return found


def is_late(due_on: dt.date, lead: int, on: dt.date) -> bool:
    """Whether a day is past the threshold of a lead."""
    return (due_on - on).days < lead


def is_due(
    due_on: dt.date,
    on: dt.date,
    told: Collection[int],
    leads: Collection[int] = LEADS,
    overdue_every: int = OVERDUE_EVERY,
) -> int | None:
    """Return the lead at which to tell on a day, given the leads that were told before.

    None where nothing is due: before the first threshold, or where this threshold or a tighter
    one was told already, so that a clock that steps back repeats nothing.
    """
    lead = lead_due(due_on, on, leads, overdue_every)
    if lead is None or any(before <= lead for before in told):
        return None
    return lead


# ── Escalation ────────────────────────────────────────────────────────────────


ESCALATE_AFTER = ((60, 7), (14, 3), (7, 2))
"""From so many days before the deadline on: days after which nobody's word is missed."""


def escalate_after(lead: int) -> int:
    """Return the days after which an alert that nobody acknowledged goes to the next in rank.

    Seven days where there is time; three within sixty days, two within fourteen, one in the last
    week and when it is overdue.
    """
    return next((days for least, days in ESCALATE_AFTER if lead >= least), 1)


def is_escalated(lead: int, sent_on: dt.date | None, on: dt.date, *, refused: bool) -> bool:
    """Whether an alert that nobody acknowledged goes to the next in rank on a day.

    One that was refused for good does so at once.
    """
    if refused:
        return True
    return sent_on is not None and (on - sent_on).days >= escalate_after(lead)


# ── When mail may be sent ─────────────────────────────────────────────────────


@dataclass(frozen=True)
class Hours:
    """Hours in which staff get mail, in the city's time, and whether on working days only.

    Equal hours mean all day. ``opens`` is inclusive, ``closes`` exclusive.
    """

    opens: dt.time = dt.time(0)
    closes: dt.time = dt.time(0)
    working_days_only: bool = False

    def is_open(self, now: dt.datetime, is_working_day: Callable[[dt.date], bool]) -> bool:
        """Whether staff may get mail at a moment of the city's time."""
        if self.working_days_only and not is_working_day(now.date()):
            return False
        return self.opens == self.closes or self.opens <= now.time() < self.closes

    def next_open_day(self, now: dt.datetime, is_working_day: Callable[[dt.date], bool]) -> dt.date:
        """Return the first day, today included, on which these hours open after a moment."""
        day = now.date()
        while day < dt.date.max:
            begins_later = day > now.date() or now.time() < self.opens
            if begins_later and (not self.working_days_only or is_working_day(day)):
                return day
            day += dt.timedelta(days=1)
        return day


@dataclass(frozen=True)
class Waiting:
    """What decides when a planned alert may leave."""

    audience: str
    cadence: str
    due_on: dt.date
    planned_at: dt.datetime  # in the city's time


def may_send(
    waiting: Waiting,
    now: dt.datetime,
    *,
    hours: Hours,
    is_working_day: Callable[[dt.date], bool],
) -> bool:
    """Whether an alert may leave at a moment of the city's time.

    Staff get mail in their hours; a reader of a daily or weekly mail when its hour has come since
    the alert was planned. What would then arrive only after its day leaves at once.
    """
    today = now.date()
    ahead = waiting.due_on >= today
    if waiting.cadence != Cadence.AT_ONCE and not digest_is_due(
        waiting.cadence, waiting.planned_at, now
    ):
        return ahead and next_digest_day(waiting.cadence, now) > waiting.due_on
    if waiting.audience == Audience.STAFF and not hours.is_open(now, is_working_day):
        return ahead and hours.next_open_day(now, is_working_day) > waiting.due_on
    return True


def digest_is_due(cadence: str, planned_at: dt.datetime, now: dt.datetime) -> bool:
    """Whether the hour of a daily or weekly mail has come since an alert was planned.

    It is a window: after an outage the mail leaves at the first run.
    """
    last = _last_digest(cadence, now)
    return last is not None and planned_at.replace(tzinfo=None) <= last


def _last_digest(cadence: str, now: dt.datetime) -> dt.datetime | None:
    """The latest digest hour at or before a moment; without zone, as clocks show it."""
    day = now.date()
    if now.time() < DIGEST_HOUR:
        day -= dt.timedelta(days=1)
    if cadence == Cadence.WEEKLY:
        day -= dt.timedelta(days=(day.weekday() - MONDAY) % 7)
    return dt.datetime.combine(day, DIGEST_HOUR)


def next_digest_day(cadence: str, now: dt.datetime) -> dt.date:
    """Return the day of the next daily or weekly mail after a moment."""
    day = now.date()
    if now.time() >= DIGEST_HOUR:
        day += dt.timedelta(days=1)
    if cadence == Cadence.WEEKLY:
        day += dt.timedelta(days=(MONDAY - day.weekday()) % 7)
    return day
