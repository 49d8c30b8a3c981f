"""Publishing and withdrawing records, and the log of both."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from agreements.facts import PARTS
from agreements.loading import load
from agreements.models import Agreement
from agreements.permissions import Can
from agreements.public import agreement_view
from agreements.public.history import public_history
from agreements.public.pages import record_parts
from agreements.publication import publication_log, publish, withdraw
from civil.clock import today
from desk.fields import InstantTyped
from desk.forms import say
from desk.gate import staff_page
from reports.briefs.charts import ledger
from revisions import change


class PublishForm(forms.Form):
    """When a record becomes public, and why."""

    at = InstantTyped(
        label=_("Public from"),
        required=False,
        help_text=_("Empty: now. Else a day, or with a time in the city: July 27, 2018, 9:00."),
    )
    reason = forms.CharField(label=_("Reason of this change"), max_length=500)


class WithdrawForm(forms.Form):
    """Which office withdraws a record, and what the public is told."""

    office = forms.CharField(label=_("Office"), max_length=200)
    public_reason = forms.CharField(
        label=_("Reason for the public"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Stands at the record's address from now on."),
    )


@staff_page(Can.PUBLISH)
def publication(request: HttpRequest, slug: str) -> HttpResponse:
    """What would the public see? Publish the record, or withdraw it."""
    agreement = get_object_or_404(Agreement, slug=slug)
    return _page(request, agreement, PublishForm(), WithdrawForm())


def _page(
    request: HttpRequest, agreement: Agreement, publishing: Any, withdrawing: Any, status: int = 200
) -> HttpResponse:
    now = timezone.now()
    context = {
        "agreement": agreement,
        "state": agreement.publication_at(now),
        "publishing": publishing,
        "withdrawing": withdrawing,
        "withheld": sorted(
            (part._meta.verbose_name, str(part), part.withheld_ground, part.embargoed_until)
            for part in agreement_parts(agreement)
            if part.is_hidden_at(now)
        ),
        "log": publication_log(agreement.pk),
        "nav": "desk",
    }
    return render(request, "desk/publication.html", context, status=status)


@staff_page(Can.READ_INTERNAL)
def preview(request: HttpRequest, slug: str) -> HttpResponse:
    """What would the public see of this record, were it public now?"""
    agreement = get_object_or_404(Agreement, slug=slug)
    facts = load(agreement.pk)
    if facts is None:
        raise Http404
    view = agreement_view(facts.published(timezone.now()), today())
    context = record_parts(view) | {
        "ledger": ledger(view),
        "history": public_history(facts) if agreement.published_at else [],
        "state": agreement.publication_at(timezone.now()),
        "nav": "desk",
    }
    return render(request, "desk/publication_preview.html", context)


def agreement_parts(agreement: Agreement) -> list[Any]:
    """Return every part of an agreement."""
    return [row for model in PARTS.values() for row in model.objects.filter(agreement=agreement)]


@staff_page(Can.PUBLISH)
@require_POST
def agreement_publish(request: HttpRequest, slug: str) -> HttpResponse:
    """Publish a record now, or from a moment on."""
    agreement = get_object_or_404(Agreement, slug=slug)
    form = PublishForm(request.POST)
    if form.is_valid():
        try:
            with change(by=request.user, reason=form.cleaned_data["reason"]):
                publish(agreement, form.cleaned_data["at"])
        except ValidationError as error:
            form.add_error(None, say(error))
    if form.errors:
        agreement.refresh_from_db()
        return _page(request, agreement, form, WithdrawForm(), 422)
    agreement.refresh_from_db()
    later = agreement.published_at
    if later is not None and later > timezone.now():
        moment = date_format(timezone.localtime(later), "DATETIME_FORMAT")
        messages.success(request, _t("It becomes public on %(moment)s.") % {"moment": moment})
    else:
        messages.success(request, _t("Published."))
    return redirect("desk:publication", slug)


@staff_page(Can.PUBLISH)
@require_POST
def agreement_withdraw(request: HttpRequest, slug: str) -> HttpResponse:
    """Withdraw a record: its address answers with day, office and reason."""
    agreement = get_object_or_404(Agreement, slug=slug)
    form = WithdrawForm(request.POST)
    if form.is_valid():
        why = form.cleaned_data["public_reason"]
        try:
            with change(by=request.user, reason=why[:500]):
                withdraw(agreement, office=form.cleaned_data["office"], reason=why)
        except ValidationError as error:
            form.add_error(None, say(error))
    if form.errors:
        agreement.refresh_from_db()
        return _page(request, agreement, PublishForm(), form, 422)
    messages.success(request, _t("Withdrawn."))
    return redirect("desk:publication", slug)


@staff_page(Can.READ_INTERNAL)
def log(request: HttpRequest) -> HttpResponse:
    """What was published and withdrawn, when, by whom and why."""
    return render(request, "desk/publication_log.html", {"log": publication_log(), "nav": "desk"})
