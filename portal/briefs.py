"""Briefs for readers: as a page, as a file, and whether a paper is still true."""

import datetime as dt

from django.conf import settings
from django.core.exceptions import BadRequest
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _t
from django.views.decorators.cache import cache_control

from agreements.permissions import Can
from civil.clock import civil_date, today
from portal.days import known_moment, shown_day
from portal.records import Withdrawn, find_view, told_when_withdrawn
from reports.briefs import issue, screen
from reports.briefs.check import changed_since, is_redacted
from reports.briefs.layout import PAPERS
from reports.models import Brief

LONGEST_CODE = 60


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE


@told_when_withdrawn
def brief_pdf(request: HttpRequest, slug: str) -> HttpResponse:
    """The council brief of an agreement, as a PDF."""
    wish = _wish(request)
    _view, facts = find_view(slug, wish.on, wish.known)
    printed = issue.draft(facts, wish)
    return pdf_response(printed.data, issue.file_name(slug, wish))


def pdf_response(data: bytes, name: str) -> HttpResponse:
    """Return a PDF that a browser shows, and saves under its name."""
    return HttpResponse(
        data,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"'},
    )


def _wish(request: HttpRequest) -> issue.Wish:
    paper = request.GET.get("paper", "letter")
    if paper not in PAPERS:
        raise BadRequest(_t("paper= in the address is letter or a4."))
    return issue.Wish(
        on=shown_day(request),
        known=known_moment(request),
        language=_language(),
        paper=paper,
    )


@told_when_withdrawn
def brief_page(request: HttpRequest, slug: str) -> HttpResponse:
    """What is to be decided, by when and by whom?"""
    wish = _wish(request)
    view, facts = find_view(slug, wish.on, wish.known)
    part = issue.compose(facts, wish, issue.previous_of(facts, wish))
    context = screen.context(part) | {
        "view": view,
        "pdf_url": reverse("portal:agreement-brief", args=[view.slug]),
        "query": _query(wish),
        "nav": "agreements",
    }
    return render(request, "portal/brief_page.html", context)


def _query(wish: issue.Wish) -> str:
    known = f"&known={civil_date(wish.known).isoformat()}" if wish.known else ""
    return f"?on={wish.on.isoformat()}{known}"


# ── Issued briefs ──────────────────────────────────────────────────────────────


def brief_find(request: HttpRequest) -> HttpResponse:
    """Is the paper in my hand still true?"""
    typed = request.GET.get("code", "")
    code = issue.read_code(typed[:LONGEST_CODE])
    found = _issued(request, code) if code else None
    if found is not None:
        return redirect("portal:brief-check", code=found.code)
    context = {"typed": typed[:LONGEST_CODE], "nav": "briefs"}
    return render(request, "portal/brief_find.html", context, status=404 if typed else 200)


@cache_control(no_store=True)
@told_when_withdrawn
def brief_check(request: HttpRequest, code: str) -> HttpResponse:
    """Is the paper in my hand still true?"""
    brief = _issued(request, code)
    if brief is None:
        raise Http404
    _refuse_withdrawn(brief)
    on = shown_day(request)
    found = changed_since(brief, on)
    if found is None:
        raise Http404
    newer, redacted = _newer(brief), is_redacted(brief)
    context = {
        "brief": brief,
        "differences": found,
        "is_current": not found,
        "is_redacted": redacted,
        "offers_file": not redacted or _reads_internal(request),
        "checked_on": max(on, brief.on),
        "newer": newer,
        "nav": "briefs",
    }
    return render(request, "portal/brief_check.html", context)


@cache_control(no_store=True)
@told_when_withdrawn
def brief_file(request: HttpRequest, code: str, name: str) -> HttpResponse:
    """The file of an issued brief, byte for byte."""
    brief = _issued(request, code)
    if brief is None or name != brief.file_name:
        raise Http404
    _refuse_withdrawn(brief)
    if is_redacted(brief) and not _reads_internal(request):
        context = {"brief": brief, "nav": "briefs"}
        return render(request, "portal/brief_redacted.html", context, status=410)
    try:
        data = issue.file_of(brief)
    except issue.DamagedFileError:
        return render(request, "portal/brief_damaged.html", {"nav": "briefs"}, status=503)
    return pdf_response(data, name)


def _issued(request: HttpRequest, code: str) -> Brief | None:
    """Return a brief that this visitor may see.

    A brief that is not released, or internal, is none for those who may not read what is internal.
    """
    brief: Brief | None = (
        Brief.objects.filter(code=issue.read_code(code)).select_related("agreement").first()
    )
    if brief is None:
        return None
    is_open = brief.released_at is not None and brief.edition == Brief.Edition.PUBLIC
    return brief if is_open or _reads_internal(request) else None


def _reads_internal(request: HttpRequest) -> bool:
    return request.user.is_authenticated and request.user.has_perm(Can.READ_INTERNAL)


def _refuse_withdrawn(brief: Brief) -> None:
    """Raise ``Withdrawn`` for a public brief on a record that was withdrawn.

    Raise ``Http404`` where the record is not public for another reason.
    """
    if brief.edition == Brief.Edition.INTERNAL:
        return
    state = brief.agreement.publication_at(timezone.now())
    if state == "withdrawn":
        raise Withdrawn(brief.agreement)
    if state != "published":
        raise Http404


def _newer(brief: Brief) -> Brief | None:
    """Return the latest released brief on the record after this one, in its edition.

    One of the same day is newer if it takes this one as the last before it, or was issued later
    in the same language and on the same paper.
    """
    later = Q(on__gt=brief.on)
    alike = Q(language=brief.language, paper=brief.paper, issued_at__gt=brief.issued_at)
    same_day = Q(on=brief.on) & (Q(previous=brief) | alike)
    found: Brief | None = (
        Brief.objects.released()
        .without_files()
        .filter(agreement=brief.agreement_id, edition=brief.edition)
        .filter(later | same_day)
        .order_by("-on", "-issued_at")
        .first()
    )
    return found


def issued_on(agreement_id: int, on: dt.date | None = None) -> list[Brief]:
    """Return the public briefs on a record up to a day, latest first."""
    day = on or today()
    found = Brief.objects.public().without_files().filter(agreement=agreement_id, on__lte=day)
    return list(found.order_by("-on", "language", "paper", "-pk"))
