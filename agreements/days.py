"""The day and the state of knowledge that a visitor asks for, from the address and nothing else."""

import datetime as dt

from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.utils.translation import gettext as _t

from civil.clock import end_of_day, today
from civil.typed import parse_day


def shown_day(request: HttpRequest) -> dt.date:
    """Return the day of ``?on=``, today without one. Raises ``BadRequest`` for what is no day."""
    return _day(request, "on") or today()


def known_moment(request: HttpRequest) -> dt.datetime | None:
    """Return the moment of ``?known=``, of a day its end in the city; None for what is known now.

    Raises ``BadRequest`` for what is neither.
    """
    text = request.GET.get("known", "")
    if "T" not in text:
        day = _day(request, "known")
        return end_of_day(day) if day else None
    try:
        moment = dt.datetime.fromisoformat(text.replace(" ", "+"))  # a plus sign, not quoted
    except ValueError as error:
        raise BadRequest(_no_moment()) from error
    if moment.tzinfo is None or not 1 < moment.year < dt.MAXYEAR:
        raise BadRequest(_no_moment())
    return moment


def _no_moment() -> str:
    return _t(
        "known= in the address is no day or moment: write it as 2018-06-15 or "
        "2018-06-15T12:00:00-04:00."
    )


def _day(request: HttpRequest, name: str) -> dt.date | None:
    text = request.GET.get(name, "")
    if not text:
        return None
    try:
        return parse_day(text)
    except ValueError as error:
        raise BadRequest(
            _t("%(name)s= in the address is no day: write it as 2018-06-15.") % {"name": name}
        ) from error
