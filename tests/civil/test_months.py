from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civil.months import OutOfCalendarError, add_days, add_months, last_of_month

MONTHS = st.integers(-200, 200)
DAYS = st.dates(min_value=date(100, 1, 1), max_value=date(9900, 12, 31))


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2018-08-31", 0, "2018-08-31"),
        ("2018-08-31", 1, "2018-09-30"),
        ("2018-08-31", 12, "2019-08-31"),
        ("2018-08-31", -6, "2018-02-28"),
        ("2020-08-31", -6, "2020-02-29"),
        ("2000-08-31", -6, "2000-02-29"),
        ("1900-08-31", -6, "1900-02-28"),
        ("2020-02-29", 12, "2021-02-28"),
        ("2020-02-29", -12, "2019-02-28"),
        ("2020-02-29", 48, "2024-02-29"),
        ("2018-01-31", 1, "2018-02-28"),
        ("2018-12-31", 1, "2019-01-31"),
        ("2018-01-15", -1, "2017-12-15"),
        ("2018-01-15", -13, "2016-12-15"),
        ("0001-01-31", 1, "0001-02-28"),
        ("0001-02-28", -1, "0001-01-28"),
        ("9999-11-30", 1, "9999-12-30"),
        ("9999-12-31", -1, "9999-11-30"),
        ("0001-01-01", 119_987, "9999-12-01"),
    ],
)
def test_months_are_clipped_to_month_ends(day, months, expected):
    assert add_months(date.fromisoformat(day), months) == date.fromisoformat(expected)


@pytest.mark.parametrize(
    ("day", "months"),
    [(date(9999, 12, 1), 1), (date(1, 1, 31), -1), (date(2018, 1, 1), 10**30)],
)
def test_months_outside_the_calendar_are_a_clear_error(day, months):
    with pytest.raises(OutOfCalendarError, match="0001-01-01 to 9999-12-31"):
        add_months(day, months)


@pytest.mark.parametrize(
    ("day", "n", "expected"),
    [
        ("2018-08-31", 1, "2018-09-01"),
        ("2018-08-31", -30, "2018-08-01"),
        ("2020-02-28", 1, "2020-02-29"),
        ("2018-12-31", 1, "2019-01-01"),
        ("9999-12-30", 1, "9999-12-31"),
        ("0001-01-02", -1, "0001-01-01"),
    ],
)
def test_days_are_added(day, n, expected):
    assert add_days(date.fromisoformat(day), n) == date.fromisoformat(expected)


@pytest.mark.parametrize(
    ("day", "n"), [(date.max, 1), (date.min, -1), (date(2018, 1, 1), 10**30), (date.max, -(10**9))]
)
def test_days_outside_the_calendar_are_a_clear_error(day, n):
    with pytest.raises(OutOfCalendarError, match="0001-01-01 to 9999-12-31"):
        add_days(day, n)


def test_out_of_calendar_is_a_value_error():
    assert issubclass(OutOfCalendarError, ValueError)


@pytest.mark.parametrize(
    ("day", "last"),
    [
        ("2018-02-01", 28),
        ("2020-02-29", 29),
        ("2018-04-15", 30),
        ("0001-01-01", 31),
        ("9999-12-31", 31),
    ],
)
def test_last_of_month(day, last):
    day = date.fromisoformat(day)
    assert last_of_month(day) == day.replace(day=last)


@given(day=DAYS, other=DAYS, months=MONTHS)
def test_a_later_day_never_gives_an_earlier_result(day, other, months):
    earlier, later = sorted([day, other])
    assert add_months(earlier, months) <= add_months(later, months)


@given(day=DAYS, months=MONTHS, more=st.integers(1, 50))
def test_more_months_give_a_later_day(day, months, more):
    assert add_months(day, months) < add_months(day, months + more)


@given(day=DAYS, months=MONTHS)
def test_there_and_back_loses_only_what_was_clipped(day, months):
    there = add_months(day, months)
    assert add_months(there, -months) == day.replace(day=there.day)
    assert there.day == min(day.day, last_of_month(there).day)


@given(day=DAYS, n=st.integers(-10_000, 10_000))
def test_days_there_and_back_is_the_same_day(day, n):
    assert add_days(add_days(day, n), -n) == day
    assert add_days(day, n) - day == timedelta(days=n)
