"""The pages that show the register. Each answers its question in its first line."""

import datetime as dt
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import BadRequest
from django.db.models import DateField, QuerySet, Value, prefetch_related_objects
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from agreements import loading
from agreements.documents import handed_out
from agreements.filters import AgreementFilter
from agreements.models import Agreement, Deadline, Participation
from agreements.public import AgreementView, agreement_view, public_facts
from agreements.public.build import TONES
from agreements.public.history import latest_changes, public_history
from agreements.public.known import published_then, rows_then
from agreements.public.pages import party_page, party_roles, record_parts, system_page, what_it_does
from agreements.public.rows import DeadlineRow, agreement_rows, deadline_rows
from agreements.status import Code
from civil.clock import civil_date, end_of_day
from civil.display import show_date
from portal.days import known_moment, shown_day
from portal.exports import export
from portal.paging import keyset_page
from portal.records import find_view, told_when_withdrawn
from reports.briefs.charts import ledger, ribbon
from reports.tables import FORMATS

YEAR = 366
WORDS = {
    Code.IN_FORCE: _("A recorded term covers the day."),
    Code.ENDING: _("In force, and its end is decided."),
    Code.RENEWING: _("In force; it renews by itself, and the day to give notice is past."),
    Code.SUSPENDED: _("A decision has stopped it for a time."),
    Code.HOLDOVER: _("Past its end, where its text lets it go on."),
    Code.NOT_RENEWED: _("It ended, as was decided."),
    Code.TERMINATED: _("It was ended before its time."),
    Code.LAPSED: _("It ended, nobody decided, and no source says that it went on."),
    Code.UNKNOWN: _("No recorded term covers the day, but a source says that it went on."),
    Code.REPLACED: _("Another agreement holds instead."),
    Code.UPCOMING: _("Its first term has not begun."),
}
"""What each status means, for the page about the data."""
LATELY = 5
PAGE_SIZE = 50
COUNT_CAP = 1000
SORTS = {
    "next": ("next_key", "pk"),
    "-next": ("-next_key", "pk"),
    "name": ("title", "pk"),
    "-name": ("-title", "pk"),
    "status": ("status_key", "pk"),
    "-status": ("-status_key", "pk"),
}


def home(request: HttpRequest) -> HttpResponse:
    """What comes up next, and how can I be heard?"""
    on = shown_day(request)
    deadlines = Deadline.objects.for_public().within(YEAR, on).order_by("due_on", "pk")
    overdue = Deadline.objects.for_public().open(on).filter(due_on__lt=on).order_by("due_on", "pk")
    rows = deadline_rows([*overdue[:PAGE_SIZE], *deadlines[:COUNT_CAP]], on)
    ahead = [r for r in rows if r.deadline.due_on >= on]
    context = {
        "sentence": _what_comes(ahead, on),
        "ribbon": ribbon(on, [(r.deadline.due_on, r.is_sensitive) for r in ahead]),
        "ahead": ahead,
        "overdue": [r for r in rows if r.deadline.due_on < on],
        "changes": latest_changes(LATELY, end_of_day(on)),
        "nav": "home",
    }
    return render(request, "portal/home.html", context)


def _what_comes(rows: list[DeadlineRow], on: dt.date) -> str:
    """Say the next thing in a sentence: the next deadline, and the next end."""
    if not rows:
        return _t("Nothing recorded comes up in the next twelve months.")
    ends = [r for r in rows if r.deadline.kind == Deadline.Kind.EXPIRY]
    first = rows[0].deadline
    said = _t("Next deadline: %(day)s (%(what)s).") % {
        "what": first.label.lower(),
        "day": show_date(first.due_on),
    }
    if ends:
        day = ends[0].deadline.due_on
        together = sum(1 for r in ends if r.deadline.due_on == day)
        text = ngettext(
            "%(n)s agreement ends on %(day)s.", "%(n)s agreements end on %(day)s.", together
        )
        said += " " + text % {"n": together, "day": show_date(day)}
    return said


def agreement_list(request: HttpRequest) -> HttpResponseBase:
    """Which agreements are there?"""
    on, known = shown_day(request), known_moment(request)
    query = AgreementFilter(
        request.GET, queryset=_listed(on, known), request=request, on=on, known=known
    )
    form = query.form
    if not form.is_valid() or query.refuse_what_is_not_known():
        return render(
            request,
            "portal/agreement_list.html",
            {"form": form, "rows": [], "nav": "agreements", "chips": [], "has_known": True},
            status=400,
        )
    found: QuerySet = query.qs
    keys = _order(request, known)
    make_rows = partial(rows_then, on=on, known=known) if known else partial(agreement_rows, on=on)
    form_of_file = request.GET.get("format", "")
    if form_of_file in FORMATS:
        return export(form_of_file, found.order_by(*keys), make_rows, on)
    if form_of_file:
        raise BadRequest(_t("format= in the address is csv, xlsx or json."))
    count = found.order_by()[: COUNT_CAP + 1].count()
    page = keyset_page(found, keys, request.GET.get("after", ""), PAGE_SIZE)
    sort = request.GET.get("sort", "name" if known else "next")
    context = {
        "form": form,
        "rows": make_rows(page.rows),
        "count": f"{COUNT_CAP:,}+" if count > COUNT_CAP else f"{count:,}",
        "sentence": _how_many(count),
        "chips": _chips(request, form),
        "sort": sort,
        "next_url": _address(request, after=page.next) if page.next else "",
        "first_url": _address(request, after=None) if request.GET.get("after") else "",
        "sort_urls": {
            name: _address(request, sort=_other_way(name, sort), after=None)
            for name in (("name", "status") if known else ("name", "status", "next"))
        },
        "files": [(f, _address(request, format=f, after=None)) for f in FORMATS],
        "follow_url": "" if known else _follow(request),
        "has_known": True,
        "nav": "agreements",
    }
    return render(request, "portal/agreement_list.html", context)


def _follow(request: HttpRequest) -> str:
    """Where this list, as it is filtered, can be followed."""
    given = {n: v for n in sorted(AgreementFilter.base_filters) if (v := request.GET.get(n))}
    return "/follow/" + (f"?{urlencode(given)}" if given else "")


def _listed(on: dt.date, known: dt.datetime | None) -> QuerySet:
    """The published agreements, with what the list is sorted by."""
    if known is not None:
        found = published_then(known).with_status(on, known=known)
        return found.annotate(status_key=Coalesce("status", Value("")))
    far = Value(dt.date.max, output_field=DateField())
    found = Agreement.objects.published().with_status(on).with_next_deadline(on)
    return found.annotate(
        next_key=Coalesce("next_due_on", far), status_key=Coalesce("status", Value(""))
    )


def _order(request: HttpRequest, known: dt.datetime | None) -> tuple[str, ...]:
    """The keys of the chosen order. Raises ``BadRequest`` for one that there is not."""
    sort = request.GET.get("sort", "name" if known else "next")
    if sort not in SORTS:
        raise BadRequest(_t("The list cannot be sorted by that: choose a column's heading."))
    if known is None:
        return SORTS[sort]
    if sort.removeprefix("-") == "next":
        raise BadRequest(
            _t("What was known on another day is sorted by name or status: choose a heading.")
        )
    return tuple(key.replace("title", "title_then") for key in SORTS[sort])


def _other_way(name: str, sort: str) -> str:
    return f"-{name}" if sort == name else name


def _how_many(count: int) -> str:
    if count > COUNT_CAP:
        return _t("More than %(n)s published agreements.") % {"n": f"{COUNT_CAP:,}"}
    return ngettext("%(n)s published agreement.", "%(n)s published agreements.", count) % {
        "n": count
    }


def _address(request: HttpRequest, **changed: str | None) -> str:
    """Return this page's address with some parameters changed; None drops one."""
    query = request.GET.copy()
    for name, value in changed.items():
        query.pop(name, None)
        if value is not None:
            query[name] = value
    return f"?{query.urlencode()}"


def _chips(request: HttpRequest, form: Any) -> list[dict[str, str]]:
    """The filters in use, each with the address of the list without it."""
    chips = []
    for name, value in form.cleaned_data.items():
        if value in (None, "", []):
            continue
        choices = dict(getattr(form.fields[name], "choices", ()) if isinstance(value, str) else ())
        chips.append(
            {
                "label": f"{form.fields[name].label}: {choices.get(value, value)}",
                "url": _address(request, **{name: None, "after": None}),
            }
        )
    return chips


@told_when_withdrawn
def agreement_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """What is this, where does it stand, what is shared?"""
    on, known = shown_day(request), known_moment(request)
    view, facts = find_view(slug, on, known)
    context = record_parts(view) | {
        "ledger": ledger(view),
        "brief_url": _paper_url("agreement-brief", view),
        "brief_page_url": _paper_url("brief-page", view),
        "dossier_url": _paper_url("dossier", view),
        "permanent_url": f"{settings.BASE_URL}{view.url}{_query(view)}",
        "history": public_history(facts),
        "nav": "agreements",
    }
    return render(request, "portal/agreement_detail.html", context)


def _paper_url(name: str, view: AgreementView) -> str:
    """Return where a paper made from exactly this view is."""
    return reverse(f"portal:{name}", args=[view.slug]) + _query(view)


def _query(view: AgreementView) -> str:
    """Return the day and knowledge of a view, as they stand in an address."""
    asked = {"on": view.on.isoformat()}
    if view.known is not None:
        day = civil_date(view.known)
        is_whole_day = end_of_day(day) == view.known
        asked["known"] = day.isoformat() if is_whole_day else view.known.isoformat()
    return f"?{urlencode(asked)}"


@told_when_withdrawn
def document_file(request: HttpRequest, slug: str, pk: int) -> HttpResponseBase:
    """A public document, as a download."""
    _, facts = find_view(slug, shown_day(request), None)
    public = public_facts(facts, timezone.now()).documents
    document = next((d for d in public if d.pk == pk), None)
    if document is None:
        raise Http404
    return handed_out(request, document)


def party_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """What does this body give and get?"""
    on = shown_day(request)
    party = party_page(slug)
    if party is None:
        raise Http404
    roles = party_roles(party.id, on)
    rows = agreement_rows(Agreement.objects.with_status(on).filter(pk__in=roles), on)
    sections = [
        {"title": title, "role": role, "rows": [r for r in rows if role in roles[r.id]]}
        for role, title in (
            (Participation.Role.PROVIDER, _t("What it gives")),
            (Participation.Role.RECIPIENT, _t("What it gets")),
            (Participation.Role.DECIDER, _t("What it decides")),
        )
    ]
    deadlines = (
        Deadline.objects.for_public()
        .within(YEAR, on)
        .filter(agreement__participation__party=party.id)
        .distinct()
        .order_by("due_on", "pk")
    )
    context = {
        "party": party,
        "sections": sections,
        "deadlines": deadline_rows(deadlines, on),
        "sentence": what_it_does(*(len(section["rows"]) for section in sections)),
        "nav": "agreements",
    }
    return render(request, "portal/party_detail.html", context)


def system_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """What leaves this system?"""
    on = shown_day(request)
    system = system_page(slug)
    if system is None:
        raise Http404
    ids = Agreement.objects.published().filter(system=system.id).values_list("pk", flat=True)
    found = sorted(loading.load_many(ids).values(), key=lambda f: f.agreement.reference)
    prefetch_related_objects([f.agreement for f in found], "deadlines")
    now = timezone.now()
    views = [agreement_view(public_facts(f, now), on) for f in found]
    context = {
        "system": system,
        "with_elements": [(view, ledger(view)) for view in views if view.elements],
        "without_elements": [view for view in views if not view.elements],
        "count": len(views),
        "shared_count": len({e.name for view in views for e in view.shared}),
        "nav": "agreements",
    }
    return render(request, "portal/system_detail.html", context)


def about(request: HttpRequest) -> HttpResponse:
    """How do I read this?"""
    words = [(code.label, TONES[code], WORDS[code]) for code in WORDS]
    return render(request, "portal/about.html", {"nav": "about", "words": words})


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say what is wrong with an address."""
    message = str(exception) if isinstance(exception, BadRequest) else ""
    return render(request, "400.html", {"message": message}, status=400)
