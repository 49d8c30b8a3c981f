"""The door of the desk: who may open a page, and what somebody else is told."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render, resolve_url
from django.utils.translation import gettext as _t
from django.views.decorators.cache import cache_control

View = Callable[..., HttpResponseBase]


def staff_page(permission: str) -> Callable[[View], View]:
    """Let those in who have a permission (a name of ``permissions.Can``).

    Somebody who has not signed in is sent to sign in and comes back; what they had typed is kept
    on a page until then. Somebody else gets 403 with a sentence. No page behind the door is kept
    in any cache.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        @cache_control(private=True, no_store=True)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                if request.method == "POST":
                    return kept(request)
                return redirect_to_login(request.get_full_path())
            if not request.user.has_perm(permission):
                raise PermissionDenied(
                    _t("Your role does not include this page. A records officer can change it.")
                )
            return view(request, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return decorate


FROM_ELSEWHERE = ("Origin checking failed", "Referer checking failed")
"""How Django's reasons begin where a form was sent from another site."""


def kept(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Keep what somebody typed whose session ended: sign in elsewhere, then send it again.

    Also the answer to a token that no longer fits (``CSRF_FAILURE_VIEW``), as it is after signing
    in again. Nothing is saved until the person sends it with a token of their own. What another
    site sent is not kept, and no password ever is.
    """
    if reason.startswith(FROM_ELSEWHERE):
        told = _t("This was sent from another site, so nothing was done.")
        return render(request, "403.html", {"exception": told}, status=403)
    files = [(name, str(file)) for name, file in request.FILES.items()]
    context = {
        "typed": _typed(request),
        "shown": typed_in(request),
        "files": files,
        "sign_in_url": resolve_url(settings.LOGIN_URL),
    }
    response = render(request, "desk/kept.html", context, status=403)
    response["Cache-Control"] = "private, no-store"
    return response


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    """What was sent, but for the token and passwords."""
    return [
        (name, value)
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken" and "password" not in name
        for value in values
    ]


def typed_in(request: HttpRequest) -> list[tuple[str, str]]:
    """Return what a person typed in a form that was sent: names as people read them, values."""
    hidden = {"version", "confirmed", "kept", "once", "seen"}
    return [
        (name.replace("_", " ").capitalize(), value)
        for name, value in _typed(request)
        if value and name not in hidden
    ]
