"""Dates known only in part: to the year, to the month, or to lie between two days.

Written in the Extended Date/Time Format (EDTF, ISO 8601-2): ``2008``, ``2010-07``,
``2010-07-16``, or two of these with a slash between them. A span here says "on some day from the
first to the last, both inclusive", not "all the time from the first to the last".
"""

import re
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, datetime
from typing import Literal, Self

from django.utils.translation import gettext as _

from civil.months import last_of_month

Precision = Literal["day", "month", "year", "span"]

# [0-9] and not \d, which would take the digits of every script.
EDTF_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date known as its first and its last possible day, both inclusive; exact if equal.

    There is no order among partial dates, on purpose: 2010 is neither before nor after July
    2010. A rule says which end counts for it, `first` or `last`, and compares days.

    Raises ValueError if an end is no plain date, or `first` comes after `last`.
    """

    first: date
    last: date

    def __post_init__(self) -> None:
        for day in (self.first, self.last):
            if not isinstance(day, date) or isinstance(day, datetime):
                raise ValueError(
                    _("A partly known date needs two plain dates, its first and last possible day.")
                )
        if self.first > self.last:
            raise ValueError(
                _("The last day, %(last)s, comes before the first, %(first)s: write it first.")
                % {"first": self.first.isoformat(), "last": self.last.isoformat()}
            )

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read EDTF: a year, a month, a day, or a span of two of them.

        A span runs from the first possible day of its left side to the last of its right side:
        ``2008/2009`` is 2008-01-01 to 2009-12-31. Raises ValueError, with what to type instead,
        for anything else; spaces around the text are not removed.
        """
        left, slash, right = text.partition("/")
        first, last = _possible_days(left)
        if slash:
            last = _possible_days(right)[1]
        return cls(first, last)

    @classmethod
    def exact(cls, day: date) -> Self:
        """Return the partial date that is known to be `day`."""
        return cls(day, day)

    @classmethod
    def coerce(cls, value: "PartialDate | date | str | None") -> "PartialDate | None":
        """Return `value` as a partial date; None and the empty text stand for not recorded.

        A date is taken as exact and a text read as EDTF. Raises ValueError for a text that is
        none, for a datetime (take its civil day first) and for every other type.
        """
        if value is None or value == "":
            return None
        if isinstance(value, PartialDate):
            return value
        if isinstance(value, str):
            return cls.parse(value)
        if isinstance(value, datetime):
            raise ValueError(_("This is a moment, not a date: leave out the time of day."))
        if isinstance(value, date):
            return cls.exact(value)
        raise ValueError(_("A date is written as text.") + " " + _how_to_write())

    @property
    def is_exact(self) -> bool:
        """Tell whether the day itself is known; only then may an alert come from it."""
        return self.first == self.last

    @property
    def precision(self) -> Precision:
        """Say what is known: the day, a whole month, a whole year, or some other span."""
        if self.is_exact:
            return "day"
        if self._is_of_whole_months and _month(self.first) == _month(self.last):
            return "month"
        if self._is_of_whole_years and self.first.year == self.last.year:
            return "year"
        return "span"

    @property
    def edtf(self) -> str:
        """The date in EDTF, as short as it can be said; `parse` reads it back to an equal one."""
        first, last = self.first.isoformat(), self.last.isoformat()
        if self._is_of_whole_years:
            first, last = first[:4], last[:4]
        elif self._is_of_whole_months:
            first, last = first[:7], last[:7]
        return first if first == last else f"{first}/{last}"

    def __str__(self) -> str:
        return self.edtf

    @property
    def _is_of_whole_months(self) -> bool:
        return self.first.day == 1 and self.last == last_of_month(self.last)

    @property
    def _is_of_whole_years(self) -> bool:
        return self._is_of_whole_months and self.first.month == 1 and self.last.month == 12


def _month(day: date) -> tuple[int, int]:
    return day.year, day.month


def _possible_days(text: str) -> tuple[date, date]:
    """Return the first and last day that a year, month or day in EDTF may mean.

    A text that does not have the form is not repeated in the error: it may hold anything.
    """
    match = EDTF_DATE.fullmatch(text)
    if match is None:
        raise ValueError(_("This is not a date that can be read.") + " " + _how_to_write())
    year = int(match[1])
    month = int(match[2]) if match[2] else None
    day = int(match[3]) if match[3] else None
    if not MINYEAR <= year <= MAXYEAR:
        raise ValueError(_("%(text)s: there is no such year. Write 0001 to 9999.") % {"text": text})
    if month is None:
        return date(year, 1, 1), date(year, 12, 31)
    if not 1 <= month <= 12:
        raise ValueError(_("%(text)s: there is no such month. Write 01 to 12.") % {"text": text})
    first = date(year, month, 1)
    last = last_of_month(first)
    if day is None:
        return first, last
    if not 1 <= day <= last.day:
        raise ValueError(
            _("%(text)s: there is no such day. Write 01 to %(last)s for that month.")
            % {"text": text, "last": last.day}
        )
    return first.replace(day=day), first.replace(day=day)


def _how_to_write() -> str:
    return _(
        "Write a year, month or day as 2008, 2010-07 or 2010-07-16, "
        "or the first and last possible one as 2018-01-01/2018-08-03."
    )
