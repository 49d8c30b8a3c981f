"""The door of the desk: who may open a page, and what somebody else is told."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _t
from django.views.decorators.cache import cache_control

View = Callable[..., HttpResponseBase]


def staff_page(permission: str) -> Callable[[View], View]:
    """Let those in who have a permission (a name of ``permissions.Can``).

    Somebody who has not signed in is sent to sign in and comes back; somebody else gets 403 with
    a sentence. No page behind the door is kept in any cache.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        @cache_control(private=True, no_store=True)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not request.user.has_perm(permission):
                raise PermissionDenied(
                    _t("Your role does not include this page. A records officer can change it.")
                )
            return view(request, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return decorate
