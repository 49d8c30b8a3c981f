"""Reading one agreement at the desk, on any day and as known at any moment."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _t
from django.views.decorators.http import require_POST

from agreements.claims import fact_value, field_label, show_value
from agreements.confirming import confirm, last_word
from agreements.days import known_moment, shown_day
from agreements.documents import handed_out
from agreements.facts import PARTS, Facts
from agreements.loading import load
from agreements.models import Agreement, Decision, Document, Obligation, Payment, Term
from agreements.permissions import Can
from agreements.public import agreement_view
from agreements.sentences import money
from civil.clock import today
from civil.display import show_date, show_partial
from civil.partial import PartialDate
from desk.forms import say
from desk.gate import staff_page
from desk.kinds import OF_AGREEMENT, SECTIONS
from desk.views.saving import small


@staff_page(Can.READ_INTERNAL)
def agreement_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything recorded about an agreement, each part with the way to change it.

    On another day, or as known at a moment, it is for reading alone: what is dated later is left
    out, and so are the ways to change it.
    """
    agreement = get_object_or_404(Agreement, slug=slug)
    on, known = shown_day(request), known_moment(request)
    facts = load(agreement.pk, known)
    if facts is None:
        raise Http404
    is_then = known is not None or on != today()
    shown = facts.on(on) if is_then else facts
    context = {
        "agreement": facts.agreement,
        "slug": slug,
        "state": facts.agreement.publication_at(known or timezone.now()),
        "view": agreement_view(facts, on, "staff"),
        "word": None if is_then else last_word(agreement),
        "sections": [
            {"key": key, "title": title, "rows": _rows(facts.agreement, names)}
            for key, (title, names) in SECTIONS.items()
        ],
        "parts": [_part(shown, key, model, facts) for key, model in OF_AGREEMENT.items()],
        "is_then": is_then,
        "as_shown": _address(request) if is_then else "",
        "has_known": True,
        "may_edit": request.user.has_perm(Can.EDIT) and not is_then,
        "may_publish": request.user.has_perm(Can.PUBLISH) and not is_then,
        "nav": "desk",
    }
    return render(request, "desk/agreement_detail.html", context)


def _address(request: HttpRequest) -> str:
    """The day and knowledge that are shown, as another address takes them."""
    given = {name: request.GET[name] for name in ("on", "known") if request.GET.get(name)}
    return "?" + urlencode(given)


def _rows(record: models.Model, names: tuple[str, ...]) -> list[tuple[str, str]]:
    rows = []
    for name in names:
        value = fact_value(record, name)
        rows.append((capfirst(field_label(record, name)), show_value(record, name, value)))
    return rows


def _part(shown: Facts, key: str, model: type[models.Model], facts: Facts) -> dict[str, Any]:
    """One kind of part of an agreement: its name and what is recorded, the earliest first."""
    name = next(name for name, part in PARTS.items() if part is model)
    standing = {d.pk for d in facts.standing_decisions(shown.day)}
    undone = {o.pk for o in facts.obligations if facts.undone_on(o)}
    rows = [_line(row, standing, undone) for row in sorted(getattr(shown, name), key=_day_of)]
    return {"key": key, "title": capfirst(model._meta.verbose_name_plural), "rows": rows}


def _line(row: Any, standing: set[int], undone: set[int]) -> dict[str, Any]:
    is_undone = isinstance(row, Decision) and row.pk not in standing
    return {
        "pk": row.pk,
        "text": _text(row),
        "when": _when(row),
        "renewal": row.pk if isinstance(row, Term) and not row.is_proposed else None,
        "is_internal": row.is_internal,
        "is_superseded": is_undone or (isinstance(row, Obligation) and row.pk in undone),
        "file_name": getattr(row, "file_name", ""),
        "embargoed_until": row.embargoed_until,
    }


def _text(row: Any) -> str:
    if isinstance(row, Payment):
        return money(row.amount, row.currency)
    if isinstance(row, Decision):
        return _t("%(outcome)s (term %(number)s)") % {"outcome": row, "number": row.term.number}
    return str(row)


def _dates_of(row: Any) -> list[PartialDate | dt.date]:
    """The recorded dates of a part, the one that it is listed by first."""
    names = [*row.dated_by, "due_on", "confirmed_on", "reported_on", "removed_on"]
    return [date for name in names if (date := getattr(row, name, None))]


def _day_of(row: Any) -> tuple[dt.date, int]:
    """Order by day; what has none comes last, as it was entered."""
    date = next(iter(_dates_of(row)), dt.date.max)
    return (date.first if isinstance(date, PartialDate) else date), row.pk


def _when(row: Any) -> str:
    """The dates of a part, as far as they are recorded."""
    if isinstance(row, Term):
        ends = show_partial(row.ends_on) if row.end_kind != Term.EndKind.NONE else _t("no end")
        said = f"{show_partial(row.starts_on)} – {ends}"
        return said if not row.is_proposed else _t("%(days)s, proposed") % {"days": said}
    if isinstance(row, Decision) and not row.decided_on and row.announced_on:
        return _t("announced %(day)s") % {"day": show_partial(row.announced_on)}
    for date in _dates_of(row):
        return show_partial(date) if isinstance(date, PartialDate) else show_date(date)
    return ""


@staff_page(Can.EDIT)
@require_POST
def agreement_confirm(request: HttpRequest, slug: str) -> HttpResponse:
    """I have looked: what this record says is still true."""
    agreement = get_object_or_404(Agreement, slug=slug)
    note = request.POST.get("note", "").strip()[:500]
    try:
        confirm(agreement, by=request.user, on=today(), note=note)
        messages.success(request, _t("Confirmed. The next time is in three months."))
    except ValidationError as error:
        messages.error(request, say(error))
    return redirect(reverse("desk:agreement-detail", args=[slug]) + "#confirm")


@staff_page(Can.READ_INTERNAL)
def document_file(request: HttpRequest, slug: str, pk: int) -> HttpResponseBase:
    """The file of a document, original or redacted."""
    found = Document.objects.select_related("agreement")
    return handed_out(request, get_object_or_404(found, pk=small(pk), agreement__slug=slug))
