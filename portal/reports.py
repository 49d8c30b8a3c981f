"""Reports for readers: each as a page and as files, from the same content."""

from typing import Any

from django.core.cache import cache
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _t

from agreements.models import Agreement
from civil.clock import today
from portal.days import known_moment, shown_day
from portal.records import find_view, told_when_withdrawn
from reports.briefs.editions import PUBLIC
from reports.extracts import asked, dossier
from reports.extracts.catalogue import KINDS, Kind
from reports.extracts.parts import Report
from reports.extracts.records import Request
from revisions.models import Change

MOST_AGREEMENTS = 2_000
"""With more, going through all takes seconds: such a report is of today, made once and kept."""

KEPT_SECONDS = 600
"""How long a report of a large register is kept, unless a record changes before."""

SWEEPING = {"fees", "recipients", "completeness", "disclosure"}
"""Reports that go through every agreement."""


def report_list(request: HttpRequest) -> HttpResponse:
    """Which reports are there?"""
    return render(request, "portal/report_list.html", {"kinds": KINDS.values(), "nav": "reports"})


def report_page(request: HttpRequest, name: str) -> HttpResponse:
    """A report of the whole register, as a page."""
    report = _report(request, name)
    return render(request, "portal/report_page.html", _context(request, report))


def _context(request: HttpRequest, report: Report) -> dict[str, Any]:
    nav = "agreements" if report.subject else "reports"
    return asked.context(request, report) | {"nav": nav}


def report_file(request: HttpRequest, name: str, form: str) -> HttpResponse:
    """A report of the whole register, as a file."""
    return asked.response(request, _report(request, name), form)


@told_when_withdrawn
def dossier_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything that is recorded of an agreement, as a page."""
    report = _dossier(request, slug)
    return render(request, "portal/report_page.html", _context(request, report))


@told_when_withdrawn
def dossier_file(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """Everything that is recorded of an agreement, as a file."""
    return asked.response(request, _dossier(request, slug), form)


def _report(request: HttpRequest, name: str) -> Report:
    kind, wanted = asked.wanted(request, name, PUBLIC)
    if name in SWEEPING and Agreement.objects.published()[MOST_AGREEMENTS:].exists():
        return _of_a_large_register(kind, Request(wanted.on))
    return kind.build(wanted)


def _of_a_large_register(kind: Kind, wanted: Request) -> Report:
    """Return the report of today, made once after each change; other days only the command makes.

    Raises ``BadRequest`` for another day.
    """
    if wanted.on != today():
        raise BadRequest(
            _t(
                "This register is large: its page shows this report for today only. "
                "Its office sends the report of another day as a file."
            )
        )
    latest = Change.objects.order_by("-pk").values_list("pk", flat=True).first()
    turn = int(timezone.now().timestamp()) // KEPT_SECONDS  # an embargo may end without a change
    key = f"report:{kind.name}:{wanted.on}:{get_language()}:{latest}:{turn}"
    found: Report | None = cache.get(key)
    if found is None:
        found = kind.build(wanted)
        cache.set(key, found, KEPT_SECONDS)
    return found


def _dossier(request: HttpRequest, slug: str) -> Report:
    on = shown_day(request)
    known = known_moment(request)
    _view, facts = find_view(slug, on, known)
    return dossier.build(Request(on=on, known=known), facts)
