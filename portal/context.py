"""What the frame of every page needs."""

from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.urls import translate_url
from django.utils import timezone
from django.utils.translation import get_language

from civil.clock import civil_date, today
from portal.days import known_moment, shown_day

DESK_DAYS = {"agreement-detail", "agreement-list", "brief-preview"}
"""The pages of the desk that show another day than today."""


def _shows_other_days(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is None or match.namespace != "desk" or match.url_name in DESK_DAYS


def register(request: HttpRequest) -> dict[str, Any]:
    """Return the day that is shown, and where the other language and other days are."""
    on, known = today(), None
    if _shows_other_days(request):
        with suppress(BadRequest):
            on = shown_day(request)
        with suppress(BadRequest):
            known = known_moment(request)
    other = "en" if get_language() == "es" else "es"
    here, there = request.get_full_path(), translate_url(request.get_full_path(), other)
    return {
        "on": on,
        "known": known,
        "register_today": today(),
        "real_today": civil_date(timezone.now()),
        "is_another_day": on != today(),
        "is_example": settings.PACTWATCH_EXAMPLE and settings.PACTWATCH_TODAY is not None,
        "other_language": other,
        "other_url": there if there != here else "",
    }
