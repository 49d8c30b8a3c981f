"""Reports and dossiers with what is internal, for those who may read it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from agreements.days import known_moment, shown_day
from agreements.loading import load
from agreements.models import Agreement
from agreements.permissions import Can
from desk.gate import staff_page
from reports.briefs.editions import INTERNAL
from reports.extracts import asked, dossier
from reports.extracts.catalogue import KINDS
from reports.extracts.parts import Report
from reports.extracts.records import Request


@staff_page(Can.READ_INTERNAL)
def report_list(request: HttpRequest) -> HttpResponse:
    """Which reports of the whole register are there?"""
    return render(request, "desk/report_list.html", {"kinds": KINDS.values(), "nav": "desk"})


@staff_page(Can.READ_INTERNAL)
def report_page(request: HttpRequest, name: str) -> HttpResponse:
    """A report of all records, published or not, as a page."""
    context = asked.context(request, _report(request, name))
    up = reverse("desk:internal-report-list")
    return render(request, "desk/report_page.html", context | {"up": up, "nav": "desk"})


@staff_page(Can.READ_INTERNAL)
def report_file(request: HttpRequest, name: str, form: str) -> HttpResponse:
    """A report of all records, as a file."""
    return asked.response(request, _report(request, name), form)


@staff_page(Can.READ_INTERNAL)
def dossier_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything that is recorded of an agreement, with what is withheld, as a page."""
    context = asked.context(request, _dossier(request, slug))
    up = reverse("desk:agreement-detail", args=[slug])
    return render(request, "desk/report_page.html", context | {"up": up, "nav": "desk"})


@staff_page(Can.READ_INTERNAL)
def dossier_file(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """Everything that is recorded of an agreement, as a file."""
    return asked.response(request, _dossier(request, slug), form)


def _report(request: HttpRequest, name: str) -> Report:
    kind, wanted = asked.wanted(request, name, INTERNAL)
    return kind.build(wanted)


def _dossier(request: HttpRequest, slug: str) -> Report:
    agreement = get_object_or_404(Agreement, slug=slug)
    known = known_moment(request)
    facts = load(agreement.pk, known)
    if facts is None:
        raise Http404
    return dossier.build(Request(shown_day(request), INTERNAL, known=known), facts)
