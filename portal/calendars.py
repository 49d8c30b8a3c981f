"""Calendars and feeds to subscribe to: of an agreement, a party, a system, a filter, everything."""

import datetime as dt

from django.core.exceptions import BadRequest
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _t

from agreements.filters import AgreementFilter
from agreements.models import Agreement, Participation
from agreements.public.history import latest_changes
from agreements.public.pages import party_page, system_page
from civil.clock import end_of_day, today
from portal.records import public_agreement, told_when_withdrawn
from reports.calendars import atom, ics

MOST_CHANGES = 50


def _answer(
    request: HttpRequest,
    found: QuerySet[Agreement],
    name: str,
    form: str,
    withdrawn: Q | None = None,
) -> HttpResponse:
    """Write a calendar or a feed of the deadlines of some published agreements.

    A calendar cancels the entries of those that were withdrawn meanwhile, without a word of them.
    """
    ids = found.values("pk")
    language = get_language() or "en"
    if form == "ics":
        if withdrawn is not None:
            was_public = Q(published_at__lte=timezone.now(), withdrawn_at__isnull=False)
            gone = Agreement.objects.filter(was_public & withdrawn)
            ids = Agreement.objects.filter(Q(pk__in=ids) | Q(pk__in=gone.values("pk"))).values("pk")
        text, kind = ics.calendar(ids, name, today()), "text/calendar; charset=utf-8"
    else:
        address = request.get_full_path()
        text, kind = atom.deadlines(ids, name, address, today()), "application/atom+xml"
    response = HttpResponse(text, content_type=kind, headers={"Content-Language": language})
    response["Cache-Control"] = "public, max-age=900"
    return response


@told_when_withdrawn
def of_agreement(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """When is something due under this agreement?"""
    agreement = public_agreement(slug)
    return _answer(request, Agreement.objects.filter(pk=agreement.pk), agreement.title, form)


def of_party(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """When is something due under this party's agreements?"""
    party = party_page(slug)
    if party is None:
        raise Http404
    own = Participation.objects.filter(party=party.id).values("agreement")
    about = Q(pk__in=own)
    return _answer(request, Agreement.objects.published().filter(about), party.name, form, about)


def of_system(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """When is something due under the agreements about this system?"""
    system = system_page(slug)
    if system is None:
        raise Http404
    about = Q(system=system.id)
    return _answer(request, Agreement.objects.published().filter(about), system.name, form, about)


def of_list(request: HttpRequest, form: str) -> HttpResponse:
    """When is something due under exactly this list, or under everything?"""
    on: dt.date = today()
    published = Agreement.objects.published().with_status(on)
    listed = AgreementFilter(request.GET, queryset=published, request=request, on=on)
    if not listed.is_valid():
        raise BadRequest(_t("A filter in the address could not be understood."))
    return _answer(request, listed.qs, _t("All agreements"), form, Q())


def changes(request: HttpRequest) -> HttpResponse:
    """What changed lately in the published record?"""
    found = latest_changes(MOST_CHANGES, end_of_day(today()))
    text = atom.changes(found, request.get_full_path())
    return HttpResponse(text, content_type="application/atom+xml")
