"""Who is reminded, of what, how long before: one's own watches, rules of leads, webhooks."""

import base64
import secrets
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _t
from django.views.decorators.http import require_POST

from agreements.models import Agreement
from agreements.permissions import Can
from desk.gate import staff_page
from desk.views.saving import small
from desk.wish_forms import RuleForm, WatchForm, WebhookForm
from reports.alerts import readers
from reports.alerts.following import described
from reports.models import LeadRule, Watch, Webhook

BATCH = 500


@staff_page(Can.READ_INTERNAL)
def wishes(request: HttpRequest) -> HttpResponse:
    """Of what am I reminded, and when is anybody?"""
    related = Watch.objects.select_related("agreement", "party", "system")
    hooks = list(Webhook.objects.prefetch_related("watches__agreement"))
    context = {
        "watches": [(w, described(w)) for w in related.filter(user=request.user.pk)],
        "rules": LeadRule.objects.select_related("agreement", "department", "set_by"),
        "hooks": [(h, [described(w) for w in h.watches.all()]) for h in hooks],
        "may_edit": request.user.has_perm(Can.EDIT),
        "may_publish": request.user.has_perm(Can.PUBLISH),
        "nav": "desk",
    }
    return render(request, "desk/wishes.html", context)


@staff_page(Can.READ_INTERNAL)
def watch_create(request: HttpRequest) -> HttpResponse:
    """Watch an agreement, a party, a system or everything."""
    form = WatchForm(request.POST or None, initial={"agreement": request.GET.get("agreement", "")})
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            watch = Watch.objects.create(user_id=request.user.pk, **form.cleaned_data)
            readers.expand_watch(watch)
        messages.success(
            request, _t("You will be reminded: %(about)s.") % {"about": described(watch)}
        )
        return redirect("desk:wish-list")
    return _form(request, form, _t("Be reminded"))


@staff_page(Can.READ_INTERNAL)
@require_POST
def watch_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Watch this no longer."""
    get_object_or_404(Watch, pk=small(pk), user=request.user.pk).delete()
    messages.success(request, _t("Removed."))
    return redirect("desk:wish-list")


@staff_page(Can.EDIT)
def rule_create(request: HttpRequest) -> HttpResponse:
    """Remind of an agreement, or of a department's, at other days than the register does."""
    form = RuleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            rule = LeadRule.objects.create(set_by_id=request.user.pk, **form.cleaned_data)
            _expand(rule)
        messages.success(request, _t("Saved."))
        return redirect("desk:wish-list")
    return _form(request, form, _t("Remind at other days"))


@staff_page(Can.EDIT)
@require_POST
def rule_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Remind as the register does again."""
    with transaction.atomic():
        rule = get_object_or_404(LeadRule, pk=small(pk))
        rule.delete()
        _expand(rule)
    messages.success(request, _t("Removed."))
    return redirect("desk:wish-list")


@staff_page(Can.PUBLISH)
def webhook_create(request: HttpRequest) -> HttpResponse:
    """Let a program be told; its secret is shown this once."""
    form = WebhookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
        with transaction.atomic():
            own = {name: data.pop(name) for name in ("name", "url", "audience")}
            hook = Webhook.objects.create(secret=secret, **own)
            readers.expand_watch(Watch.objects.create(webhook=hook, **data))
        context = {"hook": hook, "secret": secret, "nav": "desk"}
        return render(request, "desk/webhook_made.html", context, status=201)
    return _form(request, form, _t("Tell a program"))


@staff_page(Can.PUBLISH)
@require_POST
def webhook_switch(request: HttpRequest, pk: int) -> HttpResponse:
    """Switch a webhook off, or on again."""
    hook = get_object_or_404(Webhook, pk=small(pk))
    hook.is_active, hook.stopped_because = not hook.is_active, ""
    hook.save(update_fields=["is_active", "stopped_because"])
    messages.success(request, _t("Switched on.") if hook.is_active else _t("Switched off."))
    return redirect("desk:wish-list")


@staff_page(Can.PUBLISH)
@require_POST
def webhook_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget a webhook and its secret."""
    get_object_or_404(Webhook, pk=small(pk)).delete()
    messages.success(request, _t("Removed."))
    return redirect("desk:wish-list")


def _expand(rule: LeadRule) -> None:
    """Write the readers anew of the agreements that a rule is about."""
    found: Any = Agreement.objects.order_by("pk")
    about = {"pk": rule.agreement_id} if rule.agreement_id else {"department": rule.department_id}
    ids: Iterable[int] = found.filter(**about).values_list("pk", flat=True)
    wanted = list(ids)
    for start in range(0, len(wanted), BATCH):
        readers.expand(wanted[start : start + BATCH])


def _form(request: HttpRequest, form: Any, title: str) -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "back": "/desk/alerts/wishes/",
        "suggestions": form.suggestions(),
        "nav": "desk",
    }
    return render(request, "desk/record_form.html", context, status=422 if form.errors else 200)
