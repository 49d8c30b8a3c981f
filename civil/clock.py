"""What day it is in the city, and where a civil day begins and ends.

Nothing else in the project asks the clock for a day. The zone is
``settings.PACTWATCH_TIME_ZONE``, a name of the IANA time zone database such as
``America/New_York``.
"""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.timezone import is_naive
from django.utils.translation import gettext as _

from civil.months import OutOfCalendarError


def today() -> date:
    """Return the city's civil date now, or ``settings.PACTWATCH_TODAY`` where that is set.

    ``PACTWATCH_TODAY`` is a date or None; it moves civil days only, moments stay real.
    """
    fixed: date | None = settings.PACTWATCH_TODAY
    if fixed is not None:
        return fixed
    return datetime.now(_zone()).date()


def civil_date(moment: datetime) -> date:
    """Return the day on which `moment` falls in the city.

    Raises ValueError if `moment` bears no time zone, and OutOfCalendarError (a ValueError) if
    the day lies outside the years 1 to 9999.
    """
    if is_naive(moment):
        raise ValueError(_("A moment needs a time zone before its civil day can be told."))
    try:
        return moment.astimezone(_zone()).date()
    except OverflowError as error:
        raise OutOfCalendarError from error


def start_of_day(day: date) -> datetime:
    """Return the first moment of `day` in the city: 00:00, or later where a clock change skips it.

    The moment is aware and in UTC, so that comparing and subtracting moments is exact across
    clock changes. Where midnight comes twice it is the first of the two. A day that the zone
    skipped whole starts where the day after it starts. See `_moment` for the calendar's ends.
    """
    return _moment(day, time.min.replace(fold=0))


def end_of_day(day: date) -> datetime:
    """Return the last microsecond of `day` in the city, inclusive; aware and in UTC.

    Where 23:59 comes twice it is the second of the two. A day that the zone skipped whole ends
    where the day before it ends, hence before it starts. See `_moment` for the calendar's ends.
    """
    return _moment(day, time.max.replace(fold=1))


def _moment(day: date, clock: time) -> datetime:
    """Return the moment when the city's clocks show `clock` on `day`, in UTC.

    `fold` decides what a clock change leaves open (PEP 495): 0 takes the first of two equal
    readings, and for a skipped midnight the change itself; 1 takes the second, and for a skipped
    last hour the microsecond before the change. This is exact for every change that starts or
    ends at midnight or spares it: all in the time zone database but Toronto's of 1919.

    The last hours of 9999-12-31 west of Greenwich, and the first of 0001-01-01 east of it, have
    no UTC moment that Python or a database can hold: they give the last or first one there is,
    which still falls on that day.
    """
    try:
        return datetime.combine(day, clock, tzinfo=_zone()).astimezone(UTC)
    except OverflowError:
        first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
        return first if day.year == 1 else last


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.PACTWATCH_TIME_ZONE)
