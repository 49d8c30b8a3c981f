"""When an alert is due, without a database: windows, gaps, and clocks that step back."""

import datetime as dt
from collections.abc import Collection
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reports.alerts.policy import LEADS, is_due, is_late, lead_due

DUE = dt.date(2018, 8, 31)


def before(days: int) -> dt.date:
    return DUE - dt.timedelta(days=days)


# ── In a table ────────────────────────────────────────────────────────────────


def test_the_leads_are_those_of_the_city() -> None:
    assert LEADS == (180, 90, 60, 30, 14, 7, 1, 0)


# days before the deadline, the lead whose window it is, late?
WINDOWS = [
    (10_000, None, None),
    (181, None, None),
    (180, 180, False),
    (179, 180, True),
    (91, 180, True),
    (90, 90, False),
    (89, 90, True),
    (61, 90, True),
    (60, 60, False),
    (31, 60, True),
    (30, 30, False),
    (15, 30, True),
    (14, 14, False),
    (8, 14, True),
    (7, 7, False),
    (2, 7, True),
    (1, 1, False),
    (0, 0, False),
    (-1, 0, True),
    (-6, 0, True),
    (-7, -7, False),  # overdue: once a week
    (-8, -7, True),
    (-14, -14, False),
    (-400, -399, True),
]


@pytest.mark.parametrize(("days", "lead", "late"), WINDOWS)
def test_each_day_belongs_to_the_tightest_lead_reached(
    days: int, lead: int | None, late: bool | None
) -> None:
    assert lead_due(DUE, before(days)) == lead
    if lead is not None:
        assert is_late(DUE, lead, before(days)) is late


# leads told before, days before the deadline, the lead to tell now
TOLD = [
    ((), 181, None),
    ((), 180, 180),
    ((), 100, 180),
    ((180,), 100, None),
    ((180,), 90, 90),
    ((180,), 75, 90),
    ((180, 90), 75, None),
    ((180,), 20, 30),  # the tightest that was missed, not 90 and 60 as well
    ((180, 90, 60, 30), 20, None),
    ((30,), 95, None),  # the clock stepped back
    ((0,), 5, None),
    ((1,), 0, 0),
    ((1,), -3, 0),
    (LEADS, -3, None),
    ((0,), -3, None),
    ((0,), -7, -7),
    ((0, -7), -13, None),
    ((0, -7), -30, -28),
    ((0, -28), -21, None),
]


@pytest.mark.parametrize(("told", "days", "lead"), TOLD)
def test_what_was_told_is_not_told_again(
    told: tuple[int, ...], days: int, lead: int | None
) -> None:
    assert is_due(DUE, before(days), told) == lead


@pytest.mark.parametrize("due_on", [dt.date.min, dt.date.max, dt.date(2016, 2, 29)])
@pytest.mark.parametrize("on", [dt.date.min, dt.date.max, dt.date(2016, 2, 29)])
def test_the_ends_of_the_calendar_break_nothing(due_on: dt.date, on: dt.date) -> None:
    lead = is_due(due_on, on, ())
    weeks = (on - due_on).days // 7
    assert lead == (None if on < due_on else -7 * weeks)


def test_leads_may_be_any_and_in_any_order() -> None:
    assert is_due(DUE, before(5), (), (3, 10, 7)) == 7
    assert is_due(DUE, before(5), (), ()) is None
    assert is_due(DUE, before(-1), (), (3,)) == 3
    assert is_due(DUE, before(-90), (), (3,), overdue_every=0) == 3
    assert is_due(DUE, before(-90), (), ()) is None, "a kind that is not told is not overdue"


# ── For all days ──────────────────────────────────────────────────────────────

days = st.dates(dt.date(1900, 1, 1), dt.date(2199, 12, 31))
leads = st.sets(st.integers(0, 400), min_size=1, max_size=8)
gaps = st.lists(st.integers(0, 40), min_size=1, max_size=80)


def reached_by(due_on: dt.date, on: dt.date, wanted: Collection[int]) -> set[int]:
    """Every threshold reached by a day, the weekly ones of what is overdue included."""
    left = (due_on - on).days
    return {lead for lead in wanted if lead >= left} | {-n for n in range(7, -left + 1, 7)}


def run(due_on: dt.date, first: dt.date, steps: list[int], wanted: Collection[int]) -> list:
    """Every telling of a scheduler that runs after the given gaps: day and lead."""
    told: list[tuple[dt.date, int]] = []
    on = first
    for step in steps:
        on += dt.timedelta(days=step)
        lead = is_due(due_on, on, [lead for _, lead in told], wanted)
        if lead is not None:
            told.append((on, lead))
    return told


@given(days, leads, st.integers(0, 500))
def test_a_daily_run_tells_each_lead_once_on_its_very_day(
    due_on: dt.date, wanted: set[int], start: int
) -> None:
    first = due_on - dt.timedelta(days=max(wanted) + start + 1)
    steps = max(wanted) + start + 60
    last = first + dt.timedelta(days=steps)
    told = run(due_on, first, [1] * steps, wanted)
    ahead = [(due_on - dt.timedelta(days=lead), lead) for lead in sorted(wanted, reverse=True)]
    weekly = [(due_on + dt.timedelta(days=7 * n), -7 * n) for n in range(1, 9)]
    assert told[: len(ahead)] == ahead
    assert told[len(ahead) :] == [(on, lead) for on, lead in weekly if on <= last]
    assert not any(is_late(due_on, lead, on) for on, lead in told)


@given(days, leads, gaps, st.integers(-30, 500))
@example(DUE, set(LEADS), [0, 17], 99)  # no run between May 24 and June 10
def test_whatever_the_gaps_each_lead_is_told_at_most_once_and_the_tightest_in_time(
    due_on: dt.date, wanted: set[int], steps: list[int], start: int
) -> None:
    first = due_on - dt.timedelta(days=start)
    told = run(due_on, first, steps, wanted)
    found = [lead for _, lead in told]
    assert found == sorted(set(found), reverse=True)
    runs = {first + dt.timedelta(days=sum(steps[: n + 1])) for n in range(len(steps))}
    for on in runs:
        reached = reached_by(due_on, on, wanted)
        if reached:  # by the end of the run, nothing that is reached is left untold
            done = [lead for day, lead in told if day <= on]
            assert done
            assert min(done) == min(reached)


@given(days, leads, gaps, st.integers(-30, 500))
def test_late_is_what_is_told_after_its_day_and_nothing_else(
    due_on: dt.date, wanted: set[int], steps: list[int], start: int
) -> None:
    for on, lead in run(due_on, due_on - dt.timedelta(days=start), steps, wanted):
        threshold = due_on - dt.timedelta(days=lead)
        assert on >= threshold
        assert is_late(due_on, lead, on) == (on > threshold)


@given(days, leads, st.lists(st.integers(-5, 40), min_size=1, max_size=60), st.integers(0, 500))
def test_a_clock_that_steps_back_repeats_nothing_and_loses_nothing(
    due_on: dt.date, wanted: set[int], steps: list[int], start: int
) -> None:
    first = due_on - dt.timedelta(days=start)
    told = run(due_on, first, steps, wanted)
    found = [lead for _, lead in told]
    assert len(found) == len(set(found))
    assert all(later < earlier for earlier, later in pairwise(found))
    last = max(first + dt.timedelta(days=sum(steps[: n + 1])) for n in range(len(steps)))
    reached = reached_by(due_on, last, wanted)
    assert min(found, default=None) == min(reached, default=None)


@given(days, days, leads, st.sets(st.integers(0, 400)))
def test_a_lead_that_is_due_was_not_told_nor_any_tighter(
    due_on: dt.date, on: dt.date, wanted: set[int], told: set[int]
) -> None:
    lead = is_due(due_on, on, told, wanted)
    if lead is None:
        return
    assert lead in reached_by(due_on, on, wanted)
    assert not any(earlier <= lead for earlier in told)
    assert lead >= (due_on - on).days
    assert lead == min(reached_by(due_on, on, wanted))


@given(days, days, leads)
def test_a_day_closer_never_means_a_wider_lead(
    due_on: dt.date, on: dt.date, wanted: set[int]
) -> None:
    today, tomorrow = lead_due(due_on, on, wanted), lead_due(due_on, on + dt.timedelta(1), wanted)
    if today is not None:
        assert tomorrow is not None
        assert tomorrow <= today
