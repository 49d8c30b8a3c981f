from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civil.business import add_business_days, is_business_day, roll_back, roll_forward
from civil.months import OutOfCalendarError

LABOR_DAY = date(2018, 9, 3)
CHRISTMAS, BOXING_DAY = date(2018, 12, 25), date(2018, 12, 26)
HOLIDAYS = frozenset({LABOR_DAY, CHRISTMAS, BOXING_DAY})

DAYS = st.dates(min_value=date(2018, 1, 1), max_value=date(2019, 12, 31))
COUNTS = st.integers(-60, 60)
HOLIDAY_SETS = st.frozensets(DAYS, max_size=60)


def day_of(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2018-08-31", True),  # Friday
        ("2018-09-01", False),  # Saturday
        ("2018-09-02", False),  # Sunday
        ("2018-09-03", False),  # Labor Day
        ("2018-09-04", True),
    ],
)
def test_weekends_and_holidays_are_no_business_days(day, expected):
    assert is_business_day(day_of(day), HOLIDAYS) is expected


@pytest.mark.parametrize(
    ("day", "back", "forward"),
    [
        ("2018-08-31", "2018-08-31", "2018-08-31"),
        ("2018-09-01", "2018-08-31", "2018-09-04"),
        ("2018-09-03", "2018-08-31", "2018-09-04"),
        ("2018-12-25", "2018-12-24", "2018-12-27"),
        ("2018-12-26", "2018-12-24", "2018-12-27"),
        ("0001-01-01", "0001-01-01", "0001-01-01"),  # a Monday
        ("9999-12-31", "9999-12-31", "9999-12-31"),  # a Friday
    ],
)
def test_rolling_stays_on_a_business_day_and_else_moves_to_the_nearest(day, back, forward):
    assert roll_back(day_of(day), HOLIDAYS) == day_of(back)
    assert roll_forward(day_of(day), HOLIDAYS) == day_of(forward)


@pytest.mark.parametrize(
    ("day", "n", "expected"),
    [
        ("2018-08-31", 1, "2018-09-04"),  # over a weekend and Labor Day
        ("2018-09-04", -1, "2018-08-31"),
        ("2018-09-01", 1, "2018-09-04"),  # a Saturday is not counted itself
        ("2018-09-01", -1, "2018-08-31"),
        ("2018-09-01", 0, "2018-09-01"),  # none to count: the day itself, though a Saturday
        ("2018-08-31", -10, "2018-08-17"),
        ("2018-12-21", 3, "2018-12-28"),
        ("9999-12-30", 1, "9999-12-31"),
        ("0001-01-02", -1, "0001-01-01"),
    ],
)
def test_business_days_are_counted(day, n, expected):
    assert add_business_days(day_of(day), n, HOLIDAYS) == day_of(expected)


@pytest.mark.parametrize("n", [1, 10**30])
def test_counting_outside_the_calendar_is_a_clear_error(n):
    for day, count in ((date.max, n), (date.min, -n), (date(9999, 12, 30), 2)):
        with pytest.raises(OutOfCalendarError):
            add_business_days(day, count, HOLIDAYS)


def test_rolling_outside_the_calendar_is_a_clear_error():
    with pytest.raises(OutOfCalendarError):
        roll_forward(date.max, frozenset({date.max}))
    with pytest.raises(OutOfCalendarError):
        roll_back(date.min, frozenset({date.min}))


@given(day=DAYS, holidays=HOLIDAY_SETS)
def test_rolling_finds_the_nearest_business_day(day, holidays):
    back, forward = roll_back(day, holidays), roll_forward(day, holidays)
    assert back <= day <= forward
    assert is_business_day(back, holidays)
    assert is_business_day(forward, holidays)
    between = [back + timedelta(days=n) for n in range(1, (forward - back).days)]
    assert not any(is_business_day(skipped, holidays) for skipped in between)


@given(day=DAYS, n=st.integers(1, 60), holidays=HOLIDAY_SETS)
def test_the_nth_business_day_after_has_n_of_them_up_to_it(day, n, holidays):
    later = add_business_days(day, n, holidays)
    passed = [day + timedelta(days=k) for k in range(1, (later - day).days + 1)]
    assert sum(is_business_day(each, holidays) for each in passed) == n
    assert is_business_day(later, holidays)


@given(day=DAYS, n=COUNTS, holidays=HOLIDAY_SETS)
def test_business_days_there_and_back_is_the_same_business_day(day, n, holidays):
    day = roll_back(day, holidays)
    assert add_business_days(add_business_days(day, n, holidays), -n, holidays) == day


@given(day=DAYS, n=st.integers(1, 60), holidays=HOLIDAY_SETS)
def test_there_and_back_from_a_day_off_is_the_business_day_before(day, n, holidays):
    there = add_business_days(day, n, holidays)
    assert add_business_days(there, -n, holidays) == roll_back(day, holidays)


@given(day=DAYS, n=COUNTS, m=COUNTS, holidays=HOLIDAY_SETS)
def test_counting_in_two_steps_is_counting_once(day, n, m, holidays):
    day = roll_forward(day, holidays)
    in_two = add_business_days(add_business_days(day, n, holidays), m, holidays)
    assert in_two == add_business_days(day, n + m, holidays)
