"""Business days: Monday to Friday, except the holidays that the caller passes.

Holidays are the city's own dated rows, so that an upgrade of a library moves no old deadline.
Every function raises OutOfCalendarError (a ValueError) where the answer would lie outside the
years 1 to 9999.
"""

from datetime import date

from civil.months import add_days

SATURDAY = 5


def is_business_day(day: date, holidays: frozenset[date]) -> bool:
    """Tell whether `day` is Monday to Friday and no holiday."""
    return day.weekday() < SATURDAY and day not in holidays


def roll_back(day: date, holidays: frozenset[date]) -> date:
    """Return `day` if it is a business day, else the nearest business day before it."""
    while not is_business_day(day, holidays):
        day = add_days(day, -1)
    return day


def roll_forward(day: date, holidays: frozenset[date]) -> date:
    """Return `day` if it is a business day, else the nearest business day after it."""
    while not is_business_day(day, holidays):
        day = add_days(day, 1)
    return day


def add_business_days(day: date, n: int, holidays: frozenset[date]) -> date:
    """Return the `n`-th business day after `day`, or the `-n`-th before it if `n` is negative.

    `day` itself is never counted, be it a business day or not: one business day after a
    Saturday is Monday, and so is one after the Friday before. With `n` 0 it is `day` itself,
    even where that is no business day.
    """
    add_days(day, n)  # a count that leaves the calendar in plain days is refused before counting
    step = 1 if n > 0 else -1
    left = abs(n)
    while left:
        day = add_days(day, step)
        if is_business_day(day, holidays):
            left -= 1
    return day
