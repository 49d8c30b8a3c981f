"""Headers that no library sets."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from agreements.days import known_moment, shown_day

Next = Callable[[HttpRequest], HttpResponse]


def same_origin_resources(get_response: Next) -> Next:
    """Let no other site embed what this one serves (Cross-Origin-Resource-Policy)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response

    return middleware


def days_are_days(get_response: Next) -> Next:
    """Answer 400 where ``?on=`` or ``?known=`` is no day, on pages that show no other day too."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path.startswith("/admin/"):  # whose filters have names of their own
            shown_day(request)
            known_moment(request)
        return get_response(request)

    return middleware


def kept_by_no_cache(get_response: Next) -> Next:
    """Keep whatever somebody sees while signed in out of every cache, public pages too."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        # the key is asked first: it does not open the session, so that a visitor's page stays one
        # that all visitors share
        if request.session.session_key and request.user.is_authenticated:
            response.headers["Cache-Control"] = "private, no-store"
        return response

    return middleware
