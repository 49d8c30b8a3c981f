"""Arithmetic on civil dates: months are clipped to month ends, nothing leaves the calendar."""

from calendar import monthrange
from datetime import MAXYEAR, MINYEAR, date, timedelta

from django.utils.translation import gettext as _


class OutOfCalendarError(ValueError):
    """A date before 0001-01-01 or after 9999-12-31 was asked for."""

    def __init__(self) -> None:
        super().__init__(
            _("This leads outside the calendar: dates run from 0001-01-01 to 9999-12-31.")
        )


def add_months(day: date, months: int) -> date:
    """Return the same day of the month, `months` later (earlier if negative).

    A day that the month lacks is clipped to the month's last: 31 August less 6 months is 28 or
    29 February. So going there and back need not return to `day`. A later day never gives an
    earlier result, nor do more months.

    Raises OutOfCalendarError (a ValueError) outside the years 1 to 9999.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not MINYEAR <= year <= MAXYEAR:
        raise OutOfCalendarError
    first = date(year, month + 1, 1)
    return first.replace(day=min(day.day, last_of_month(first).day))


def add_days(day: date, n: int) -> date:
    """Return the day `n` calendar days after `day` (before, if `n` is negative).

    Raises OutOfCalendarError (a ValueError) outside the years 1 to 9999.
    """
    try:
        return day + timedelta(days=n)
    except OverflowError as error:
        raise OutOfCalendarError from error


def last_of_month(day: date) -> date:
    """Return the last day of the month in which `day` lies."""
    return day.replace(day=monthrange(day.year, day.month)[1])
