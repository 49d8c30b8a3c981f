"""Entering and changing an agreement, by sections, and its parts."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.views.decorators.http import require_POST

from agreements.models import Agreement, Participation, SharedElement
from agreements.permissions import Can
from desk.forms import form_for
from desk.gate import staff_page
from desk.kinds import BY_RENEWAL, OF_AGREEMENT, SECTIONS
from desk.views.saving import delete_record, edit, form_of, gone, model_of, small


@staff_page(Can.EDIT)
def agreement_create(request: HttpRequest) -> HttpResponse:
    """A new agreement, empty or after the pattern of another one."""
    form_class = form_for(Agreement, [*SECTIONS["identity"][1]])
    pattern = Agreement.objects.filter(slug=request.GET.get("from", "")).first()
    initial = {}
    if pattern is not None:
        keep = ("title", "kind", "system", "original_location")
        initial = {name: getattr(pattern, f"{name}_id", getattr(pattern, name)) for name in keep}
    form = form_class(request.POST or None, instance=Agreement(), initial=initial)

    def write() -> Agreement:
        made = form.save()
        if pattern is not None:
            _copy_parts(pattern, made)
        return made

    return edit(
        request,
        form,
        write,
        title=_t("New agreement"),
        back=reverse("desk:overview"),
        done=lambda made: reverse("desk:agreement-detail", args=[made.slug]),
    )


def _copy_parts(pattern: Agreement, made: Agreement) -> None:
    """Take over parties and shared elements, and the texts; no date, fee or decision."""
    for key in ("purpose", "handling", "rule", "care"):
        for name in SECTIONS[key][1]:
            if name != "maximum_ends_on":
                setattr(made, name, getattr(pattern, name))
    made.save()
    for part in Participation.objects.filter(agreement=pattern):
        Participation(agreement=made, party=part.party, role=part.role).save()
    for shared in SharedElement.objects.filter(agreement=pattern, removed_on_last=None):
        SharedElement(agreement=made, element=shared.element, conditions=shared.conditions).save()


@staff_page(Can.EDIT)
def agreement_update(request: HttpRequest, slug: str, section: str) -> HttpResponse:
    """Change one section of an agreement."""
    agreement = get_object_or_404(Agreement, slug=slug)
    if section not in SECTIONS:
        raise Http404
    title, names = SECTIONS[section]
    form = form_of(request, form_for(Agreement, [*names]), agreement)
    return edit(
        request,
        form,
        form.save,
        title=f"{agreement.reference}: {title}",
        back=reverse("desk:agreement-detail", args=[slug]),
        done=lambda made: reverse("desk:agreement-detail", args=[made.slug]) + f"#{section}",
    )


@staff_page(Can.EDIT)
def part_create(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Enter a part of an agreement."""
    agreement = get_object_or_404(Agreement, slug=slug)
    model = model_of(OF_AGREEMENT, kind)
    if kind in BY_RENEWAL:
        return _to_renewal(request, agreement)
    record = model(agreement=agreement)
    if kind == "terms":
        record.number = agreement.term_set.count() + 1
    return _edit_part(request, record, kind, _t("Add: %(what)s"))


def _to_renewal(request: HttpRequest, agreement: Agreement) -> HttpResponse:
    """Go to the last term's renewal: votes and decisions are entered there, with its rules."""
    term = agreement.term_set.filter(is_proposed=False).order_by("number").last()
    if term is None:
        messages.info(request, _t("Add the term first: votes and decisions are about its end."))
        return redirect("desk:agreement-detail", agreement.slug)
    messages.info(request, _t("Votes and decisions on a term’s end are entered here."))
    return redirect("desk:renewal-detail", term.pk)


@staff_page(Can.EDIT)
def part_update(request: HttpRequest, slug: str, kind: str, pk: int) -> HttpResponse:
    """Change a part of an agreement."""
    model = model_of(OF_AGREEMENT, kind)
    record = model._default_manager.filter(pk=small(pk), agreement__slug=slug).first()
    if record is None:
        return gone(request, model, pk)
    return _edit_part(request, record, kind, _t("Change: %(what)s"))


def _edit_part(request: HttpRequest, record: Any, kind: str, title: str) -> HttpResponse:
    form = form_of(request, form_for(type(record)), record)
    back = reverse("desk:agreement-detail", args=[record.agreement.slug])
    slug = record.agreement.slug
    delete = reverse("desk:part-delete", args=[slug, kind, record.pk]) if record.pk else ""
    what = f"{record.agreement.reference}, {record._meta.verbose_name}"
    return edit(
        request,
        form,
        form.save,
        title=title % {"what": what},
        back=f"{back}#{kind}",
        done=lambda made: f"{back}#{kind}",
        delete=delete,
    )


@staff_page(Can.EDIT)
@require_POST
def part_delete(request: HttpRequest, slug: str, kind: str, pk: int) -> HttpResponse:
    """Delete a part that was entered by mistake; its history stays."""
    record = get_object_or_404(model_of(OF_AGREEMENT, kind), pk=small(pk), agreement__slug=slug)
    back = reverse("desk:agreement-detail", args=[slug]) + f"#{kind}"
    return delete_record(request, record, back)
