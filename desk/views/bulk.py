"""One change to many agreements: chosen, previewed, made for one reason."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from agreements.bulk import FIELDS, MOST, REVIEW, Refused, change_many, review_days, what_follows
from agreements.models import Agreement
from agreements.permissions import Can
from civil.display import show_date
from desk.editing import digest_of
from desk.fields import DayTyped
from desk.gate import staff_page
from parties.models import Party


class ManyForm(forms.Form):
    """What to set for all chosen agreements; only fields that are marked are changed."""

    change_responsible_officer = forms.BooleanField(required=False, label=_("Change"))
    responsible_officer: Any = forms.ModelChoiceField(
        label=_("Responsible officer"), queryset=None, required=False, empty_label=_("nobody")
    )
    change_deputy = forms.BooleanField(required=False, label=_("Change"))
    deputy: Any = forms.ModelChoiceField(
        label=_("Deputy"), queryset=None, required=False, empty_label=_("nobody")
    )
    change_department = forms.BooleanField(required=False, label=_("Change"))
    department = forms.ModelChoiceField(
        label=_("Department"), queryset=Party.objects.all(), required=False, empty_label=_("none")
    )
    change_review_due_on = forms.BooleanField(required=False, label=_("Change"))
    review_due_on = DayTyped(label=_("Review due on"), required=False)
    change_review_interval_months = forms.BooleanField(required=False, label=_("Change"))
    review_interval_months = forms.IntegerField(
        label=_("Months between reviews"), required=False, min_value=1, max_value=1200
    )
    reason = forms.CharField(
        label=_("Reason of this change"), max_length=500, help_text=_("Shown in the history.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = get_user_model()._default_manager.filter(is_active=True)
        for name in ("responsible_officer", "deputy"):
            choice: Any = self.fields[name]
            choice.queryset = people.order_by("name", "email")

    def clean(self) -> dict[str, Any]:
        """At least one field is marked."""
        data = super().clean() or {}
        if not any(data.get(f"change_{name}") for name in FIELDS):
            raise forms.ValidationError(_("Mark what to change."))
        return data

    def values(self) -> dict[str, Any]:
        """Return the marked fields with their new values."""
        data = self.cleaned_data
        return {name: data[name] for name in FIELDS if data[f"change_{name}"]}

    def pairs(self) -> list[tuple[Any, Any]]:
        """Each mark with its field, for the page."""
        return [(self[f"change_{name}"], self[name]) for name in FIELDS]


def _ids(request: HttpRequest) -> list[int]:
    """The chosen agreements' ids; what is no id is left out."""
    given = (request.POST if request.method == "POST" else request.GET).getlist("id")
    found = [int(t) for t in given if t.isascii() and t.isdecimal() and len(t) <= 18]
    return list(dict.fromkeys(found))


@staff_page(Can.EDIT)
def change_agreements(request: HttpRequest) -> HttpResponse:
    """What is to change for the chosen agreements, and what follows?"""
    ids = _ids(request)
    found = list(Agreement.objects.filter(pk__in=ids[: MOST + 1]).order_by("reference"))
    context: dict[str, Any] = {"found": found, "nav": "desk", "refused": ""}
    if not found or len(ids) > MOST:
        text = _t("Choose at least one agreement in the list, and at most %(n)s.") % {"n": MOST}
        context |= {"refused": text, "found": []}
        return render(request, "desk/list_change.html", context, status=400)
    if request.method != "POST":
        return render(request, "desk/list_change.html", context | {"form": ManyForm()})
    form = ManyForm(request.POST)
    context["form"] = form
    if not form.is_valid():
        return render(request, "desk/list_change.html", context, status=400)
    try:
        typed = digest_of(form)
        if request.POST.get("step") == "save" and request.POST.get("confirmed") == typed:
            changed = change_many(
                ids, form.values(), by=request.user, reason=form.cleaned_data["reason"]
            )
            messages.success(request, _done(len(changed)))
            return redirect("desk:agreement-list")
        changed, moved = what_follows(ids, form.values(), by=request.user)
    except Refused as error:
        context["refused"] = " ".join(error.messages)
        return render(request, "desk/list_change.html", context, status=409)
    context |= {"changed": _shown(changed, found, form), "moved": moved}
    context |= {"is_preview": True, "typed": typed}
    return render(request, "desk/list_change.html", context)


def _done(count: int) -> str:
    text = ngettext("%(n)s agreement was changed.", "%(n)s agreements were changed.", count)
    return text % {"n": count}


def _shown(changed: list[Agreement], found: list[Agreement], form: ManyForm) -> list[Any]:
    """Each agreement that changes, with its fields before and after."""
    people = get_user_model()._default_manager.in_bulk(
        {pk for a in found for pk in (a.responsible_officer_id, a.deputy_id) if pk}
    )
    departments = Party.objects.in_bulk({a.department_id for a in found if a.department_id})
    pools: dict[str, Any] = {
        "responsible_officer": people,
        "deputy": people,
        "department": departments,
    }
    before = {a.pk: a for a in found}
    days = review_days(found)
    rows = []
    for agreement in changed:
        was = before[agreement.pk]
        for name, value in form.values().items():
            if name == REVIEW:
                old = days.get(agreement.pk)
                if old != value:
                    shown = [show_date(day) if day else None for day in (old, value)]
                    rows.append((was, form.fields[name].label, *shown))
                continue
            held = getattr(was, f"{name}_id" if name in pools else name)
            old = pools[name].get(held) if name in pools else held
            if old != value:
                rows.append((was, form.fields[name].label, old, value))
    return rows
