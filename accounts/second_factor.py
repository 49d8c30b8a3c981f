"""Who may vote or publish shows a second factor; until it is set up, other rooms stay closed."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _t

from accounts.people import has_second_factor


def needs_one(user: Any) -> bool:
    """Whether somebody may do what needs a second factor."""
    return any(user.has_perm(name) for name in settings.SECOND_FACTOR_PERMISSIONS)


def is_demanded_of(user: Any) -> bool:
    """Whether a second factor is demanded of somebody in this register."""
    return settings.SECOND_FACTOR_DEMANDED and needs_one(user)


class SecondFactorMiddleware:
    """Sends somebody without the second factor that they need to set one up.

    Public pages and a person's own account pages stay open.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Redirect before the view runs, whatever the method."""
        match = request.resolver_match
        rooms = match.app_names[:1] if match else []
        if not set(rooms) & settings.SECOND_FACTOR_ROOMS:
            return None
        if not request.user.is_authenticated or not is_demanded_of(request.user):
            return None
        if has_second_factor(request.user):
            return None
        messages.warning(
            request, _t("You may vote or publish: set up a second factor first, then go on.")
        )
        return redirect("mfa_index")
