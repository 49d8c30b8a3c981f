"""Dates as people read them, in the reader's language."""

import datetime as dt

from django.utils.formats import date_format
from django.utils.translation import gettext as _t

from civil.partial import PartialDate


def show_date(day: dt.date) -> str:
    """Return a day in full: "August 31, 2018", "31 de agosto de 2018"."""
    return date_format(day, "DATE_FORMAT")


def show_short(day: dt.date) -> str:
    """Return a day without its year: "August 31", "31 de agosto"."""
    return date_format(day, "MONTH_DAY_FORMAT")


def show_partial(date: PartialDate | None) -> str:
    """Return a date with the precision at which it is known; "Not recorded" for None."""
    if date is None:
        return _t("Not recorded")
    if date.precision == "day":
        return show_date(date.first)
    if date.precision == "month":
        return date_format(date.first, "YEAR_MONTH_FORMAT")
    if date.precision == "year":
        return str(date.first.year)
    first, last = map(PartialDate.parse, date.edtf.split("/"))
    return _t("between %(first)s and %(last)s") % {
        "first": show_partial(first),
        "last": show_partial(last),
    }
