"""Briefs on the desk: those that wait for release, and issuing another."""

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _t
from django.views.decorators.http import require_POST

from agreements.days import known_moment, shown_day
from agreements.facts import Facts
from agreements.loading import load
from agreements.models import Agreement
from agreements.permissions import Can
from civil.clock import civil_date, today
from desk.gate import staff_page
from reports.briefs import content, issue, layout, screen
from reports.briefs.editions import EDITIONS, INTERNAL, PUBLIC
from reports.models import Brief

PAGE_SIZE = 50


@staff_page(Can.READ_INTERNAL)
def brief_list(request: HttpRequest) -> HttpResponse:
    """Which briefs wait for release, and which were issued?"""
    found = Brief.objects.without_files().select_related("agreement", "issued_by", "released_by")
    page = Paginator(found.released(), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "waiting": list(found.waiting()),
        "page": page,
        "untagged": found.filter(is_tagged=False).count(),
        "agreements": Agreement.objects.order_by("reference").only("pk", "reference", "title"),
        "today": today(),
        "may_issue": request.user.has_perm(Can.EDIT),
        "may_release": request.user.has_perm(Can.PUBLISH),
        "nav": "desk",
    }
    return render(request, "desk/brief_list.html", context)


@staff_page(Can.EDIT)
@require_POST
def brief_issue(request: HttpRequest) -> HttpResponse:
    """Issue a brief; it is released at once by those who may publish."""
    data = request.POST
    agreement = get_object_or_404(Agreement, reference=data.get("agreement", ""))
    edition = data.get("edition", PUBLIC)
    language, paper = data.get("language", "en"), data.get("paper", "letter")
    if edition not in EDITIONS or language not in content.LANGUAGES or paper not in layout.PAPERS:
        raise BadRequest(_t("Choose edition, language and paper from the form."))
    if edition == PUBLIC and agreement.publication_at(timezone.now()) != "published":
        messages.error(
            request, _t("Publish the record first: a public brief shows what is public.")
        )
        return redirect("desk:brief-list")
    wish = issue.Wish(on=today(), edition=edition, language=language, paper=paper)
    may_release = request.user.has_perm(Can.PUBLISH)
    brief = issue.issue(agreement.pk, wish, by=request.user, is_released=may_release)
    if not brief.is_tagged:
        messages.warning(request, _untagged())
    text = _t("Issued: %(name)s, code %(code)s.")
    messages.success(request, text % {"name": brief.file_name, "code": brief.shown_code})
    return redirect("desk:brief-list")


def _untagged() -> str:
    """Say that the fallback printed a brief."""
    return _t(
        "This brief was printed without tags: people who listen to it cannot use it. The log says "
        "why; issue it again once that is mended."
    )


@staff_page(Can.PUBLISH)
@require_POST
def brief_release(request: HttpRequest, pk: int) -> HttpResponse:
    """Release a brief that waits."""
    brief = get_object_or_404(Brief.objects.without_files(), pk=pk)
    if issue.release(brief, by=request.user):
        messages.success(request, _t("Released: %(name)s.") % {"name": brief.file_name})
    else:
        messages.info(request, _t("It had been released already."))
    return redirect("desk:brief-list")


@staff_page(Can.READ_INTERNAL)
def brief_preview(request: HttpRequest, slug: str) -> HttpResponse:
    """The internal edition as it would be issued, as a PDF; of another day where one is named."""
    wish, facts = _asked(request, slug)
    printed = issue.draft(facts, wish)
    name = issue.file_name(slug, wish)
    return HttpResponse(
        printed.data,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"'},
    )


@staff_page(Can.READ_INTERNAL)
def brief_page(request: HttpRequest, slug: str) -> HttpResponse:
    """What is to be decided, by when and by whom, and what of it is internal?"""
    wish, facts = _asked(request, slug)
    with translation.override(wish.language):
        part = issue.compose(facts, wish, issue.previous_of(facts, wish))
    known = f"&known={civil_date(wish.known).isoformat()}" if wish.known else ""
    context = screen.context(part) | {
        "slug": slug,
        "query": f"?on={wish.on.isoformat()}{known}",
        "nav": "desk",
    }
    return render(request, "desk/brief_page.html", context)


def _asked(request: HttpRequest, slug: str) -> tuple[issue.Wish, Facts]:
    """Return which brief an address asks for, and the facts that it is made from."""
    agreement = get_object_or_404(Agreement, slug=slug)
    language = request.GET.get("language", "en")
    paper = request.GET.get("paper", "letter")
    if language not in content.LANGUAGES or paper not in layout.PAPERS:
        raise BadRequest(_t("In the address, language= is en or es and paper= letter or a4."))
    wish = issue.Wish(
        on=shown_day(request),
        known=known_moment(request),
        edition=INTERNAL,
        language=language,
        paper=paper,
    )
    facts = load(agreement.pk, wish.known)
    if facts is None:
        raise Http404
    return wish, facts
