"""What sources say of a record, and which of them the register follows."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.views.decorators.http import require_POST

from agreements.models import Agreement, Part
from agreements.permissions import Can
from desk.editing import preview
from desk.forms import say, suggestions_of
from desk.gate import staff_page
from desk.sourcing import CITABLE, CitationForm, fact_columns, facts_of, hold_what_it_says
from desk.views.saving import is_public
from revisions import change
from sources.models import Citation


@staff_page(Can.READ_INTERNAL)
def record_sources(request: HttpRequest, label: str, pk: int) -> HttpResponse:
    """What do sources say of this record, fact by fact?"""
    record = _record(label, pk)
    context = {
        "record": record,
        "label": label,
        "facts": list(facts_of(record)),
        "may_edit": request.user.has_perm(Can.EDIT),
        "back": _back(record),
        "nav": "desk",
    }
    return render(request, "desk/record_sources.html", context)


@staff_page(Can.EDIT)
def citation_create(request: HttpRequest, label: str, pk: int, fact: str) -> HttpResponse:
    """Enter what a source says of one fact."""
    record = _record(label, pk)
    if fact not in fact_columns(type(record)):
        raise Http404
    form = CitationForm(
        request.POST or None, record=record, fact=fact, reason_required=is_public(record)
    )
    back = _page(record) + f"#{fact}"
    if request.method == "POST" and form.is_valid():
        try:
            form.save(request.user)
            messages.success(request, _t("Saved."))
            return redirect(back)
        except ValidationError as error:
            form.add_error(None, say(error))
    context = {
        "form": form,
        "title": _t("What a source says of “%(record)s”") % {"record": record},
        "back": back,
        "suggestions": suggestions_of(form),
        "new_source": reverse("desk:shared-create", args=["sources"]),
        "nav": "desk",
    }
    is_refused = request.method == "POST"
    return render(request, "desk/record_form.html", context, status=422 if is_refused else 200)


@staff_page(Can.EDIT)
@require_POST
def citation_follow(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the record hold what this source says."""
    citation = get_object_or_404(Citation.objects.filter(target_model__in=CITABLE), pk=pk)
    record = _record(citation.target_model, citation.target_id)
    why, back = request.POST.get("why", "").strip()[:400], _page(record) + f"#{citation.field}"

    def write(reason: str) -> Any:
        with change(by=request.user, reason=reason):
            return hold_what_it_says(citation, why)

    try:
        owner = (
            record.pk if isinstance(record, Agreement) else getattr(record, "agreement_id", None)
        )
        follows = preview(lambda: write("Preview"), owner, record)
        if follows and "confirmed" not in request.POST:
            context = {"citation": citation, "follows": follows, "why": why, "back": back}
            return render(request, "desk/citation_follow.html", context | {"nav": "desk"})
        write(why)
        messages.success(request, _t("Saved."))
    except ValidationError as error:
        messages.error(request, say(error))
    return redirect(back)


@staff_page(Can.EDIT)
@require_POST
def citation_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back a citation that was entered by mistake; its history stays."""
    citation = get_object_or_404(Citation.objects.filter(target_model__in=CITABLE), pk=pk)
    record = _record(citation.target_model, citation.target_id)
    reason = request.POST.get("why", "").strip()[:400]
    if reason:
        with change(by=request.user, reason=reason):
            citation.delete()
        messages.success(request, _t("Deleted. The history keeps it."))
    else:
        messages.error(request, _t("Nothing was deleted: say why."))
    return redirect(_page(record) + f"#{citation.field}")


def _record(label: str, pk: int) -> Any:
    model = CITABLE.get(label)
    if model is None or pk >= 2**63:
        raise Http404
    return get_object_or_404(model._default_manager, pk=pk)


def _page(record: Any) -> str:
    return reverse("desk:record-sources", args=[record._meta.label, record.pk])


def _back(record: Any) -> str:
    """Where the record itself is shown."""
    if isinstance(record, Agreement):
        return reverse("desk:agreement-detail", args=[record.slug])
    if isinstance(record, Part):
        return reverse("desk:agreement-detail", args=[record.agreement.slug])
    kind = {"Party": "parties", "System": "systems", "Element": "elements"}[type(record).__name__]
    return reverse("desk:shared-update", args=[kind, record.pk])
