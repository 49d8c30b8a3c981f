"""The day and the state of knowledge that a visitor asks for, from the address and nothing else."""

import datetime as dt

from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.utils.translation import gettext as _t

from civil.clock import end_of_day, today


def shown_day(request: HttpRequest) -> dt.date:
    """Return the day of ``?on=``, today without one. Raises ``BadRequest`` for what is no day."""
    return _day(request, "on") or today()


def known_moment(request: HttpRequest) -> dt.datetime | None:
    """Return the end of the city day of ``?known=``, None for what is known now."""
    day = _day(request, "known")
    return end_of_day(day) if day else None


def _day(request: HttpRequest, name: str) -> dt.date | None:
    text = request.GET.get(name, "")
    if not text:
        return None
    try:
        if len(text) != len("2018-06-15"):
            raise ValueError
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise BadRequest(
            _t("%(name)s= in the address is no day: write it as 2018-06-15.") % {"name": name}
        ) from error
