"""The alert engine, for staff: the log, what waits for a word, failures, and the days to come."""

import datetime as dt
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _t
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from agreements.models import Deadline
from agreements.permissions import Can
from civil.clock import today
from desk.gate import staff_page
from reports.alerts import outbox, planning, tokens, watchdog
from reports.models import Alert, Suppression

MOST = 200
SHOWN = {
    "unseen": Q(state__in=["sent", "failed"], audience="staff", rank__isnull=False, seen_at=None),
    "failed": Q(state="failed") | Q(state="planned", attempts__was_sent=False),
    "waiting": Q(state="planned"),
    "sent": Q(state="sent"),
}


@staff_page(Can.READ_INTERNAL)
def log(request: HttpRequest) -> HttpResponse:
    """What was told to whom, what failed, and what still waits for somebody's word?"""
    show = request.GET.get("show", "")
    if show and show not in SHOWN:
        raise BadRequest(_t("The log has no such part: choose one of its links."))
    found: QuerySet[Alert] = Alert.objects.order_by("-planned_at", "-pk")
    if show:
        found = found.filter(SHOWN[show]).distinct()
    rows = list(found.select_related("seen_by").prefetch_related("attempts")[:MOST])
    context = {
        "rows": rows,
        "show": show,
        "wrong": watchdog.sentences(),
        "unseen": Alert.objects.filter(SHOWN["unseen"]).count(),
        "may_edit": request.user.has_perm(Can.EDIT),
        "nav": "desk",
    }
    return render(request, "desk/alerts.html", context)


@staff_page(Can.READ_INTERNAL)
def preview(request: HttpRequest) -> HttpResponse:
    """What would be sent on a day, were nothing else to happen until then?"""
    on = _day(request.GET.get("day", ""))
    rows = outbox.due(on)
    passed_on = [row | {"what": Deadline.Kind(row["kind"]).label} for row in planning.escalated(on)]
    context = {"rows": rows[:MOST], "count": len(rows), "day": on, "nav": "desk"}
    context |= {"passed_on": passed_on[:MOST]}
    return render(request, "desk/alerts_preview.html", context)


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text) if text else today()
    except ValueError as error:
        raise BadRequest(_t("This is no day: write it as 2018-06-15.")) from error


@staff_page(Can.READ_INTERNAL)
@require_POST
def acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    """I have seen this alert: for who was told, or looks after the records."""
    alert, user = _alert(pk), request.user
    if not user.has_perm(Can.EDIT) and alert.recipient != getattr(user, "email", ""):
        raise PermissionDenied(_t("This alert was not sent to you: its reader acknowledges it."))
    outbox.acknowledge([alert], user)
    return redirect("desk:alert-log")


@staff_page(Can.EDIT)
@require_POST
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Try this alert again at the next run."""
    outbox.retry([_alert(pk)])
    return redirect("desk:alert-log")


def _alert(pk: int) -> Alert:
    found = Alert.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@staff_page(Can.READ_INTERNAL)
def suppressed(request: HttpRequest) -> HttpResponse:
    """Which addresses outside the city get no mail any more, and why?"""
    context = {"rows": Suppression.objects.all()[:MOST], "nav": "desk"}
    return render(request, "desk/alerts_suppressed.html", context)


@staff_page(Can.EDIT)
@require_POST
def allow(request: HttpRequest, pk: int) -> HttpResponse:
    """Let this address have mail again, should it ask for it."""
    Suppression.objects.filter(pk=pk).delete()
    return redirect("desk:alert-suppressed")


@never_cache
def seen(request: HttpRequest, token: str) -> HttpResponse:
    """Confirm from a mail that a person saw it; without signing in, by POST only.

    A scanner that opens every link changes nothing: it gets the page with the button.
    """
    mail_key = tokens.mail_of(token)
    if mail_key is None:
        raise Http404
    alerts = list(Alert.objects.filter(mail_key=mail_key))
    if request.method == "POST":
        user: Any = request.user if request.user.is_authenticated else None
        outbox.acknowledge(alerts, user)
        alerts = list(Alert.objects.filter(mail_key=mail_key))
    is_seen = all(alert.seen_at for alert in alerts if alert.state != Alert.State.CANCELLED)
    context = {"alerts": alerts, "is_seen": is_seen}
    return render(request, "desk/alerts_seen.html", context)
