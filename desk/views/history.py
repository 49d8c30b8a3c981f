"""The memory: who changed what, when, why; two moments side by side; a revision brought back."""

import datetime as dt
from typing import Any

from django import forms
from django.apps import apps
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.encoding import force_str
from django.utils.text import capfirst
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from agreements.claims import field_label
from agreements.differences import differences
from agreements.models import Agreement, Part
from agreements.paging import keyset_page
from agreements.permissions import Can
from civil.clock import end_of_day, start_of_day
from desk.editing import Follows, preview
from desk.fields import MomentTyped, show_moment
from desk.gate import staff_page
from desk.history import (
    Narrowed,
    RecordChange,
    changes,
    lines,
    names_of_records,
    scope_of,
    whole_register,
)
from revisions.diff import columns_of, fact_names
from revisions.models import Change, TrackedModel
from revisions.restore import find_revision, latest_revision, restore, restored_record
from revisions.snapshot import snapshot

PAGE_SIZE = 25
ORDER = ("-at", "-pk")
KINDS = [("", _("Any")), ("+", _("entered")), ("~", _("changed")), ("-", _("deleted"))]


def _field_choices(wanted: list[Any]) -> list[Any]:
    groups: list[Any] = [("", _("Any"))]
    for model in wanted:
        label, name = model._meta.label, capfirst(force_str(model._meta.verbose_name))
        facts = [
            (f"{label}.{fact}", capfirst(field_label(model(), fact)))
            for fact in fact_names(model)
            if fact != "agreement"
        ]
        groups.append((name, [(label, _t("%(what)s, any field") % {"what": name}), *facts]))
    return groups


class NarrowForm(forms.Form):
    """What the history is narrowed to."""

    by: Any = forms.ModelChoiceField(
        label=_("Person"), queryset=None, required=False, empty_label=_("Anybody")
    )
    since = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    kind = forms.ChoiceField(label=_("What was done"), choices=KINDS, required=False)
    field = forms.ChoiceField(label=_("Record and field"), required=False)

    def __init__(self, *args: Any, wanted: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people: Any = self.fields["by"]
        people.queryset = (
            get_user_model()
            ._default_manager.filter(pk__in=Change.objects.values("by"))
            .order_by("name", "email")
        )
        choice: Any = self.fields["field"]
        choice.choices = _field_choices(wanted)

    def narrowed(self) -> Narrowed:
        """Return what a valid form asks for; days are civil days, both inclusive."""
        data = self.cleaned_data
        model: Any = None
        columns: tuple[str, ...] = ()
        if data["field"]:
            app, name, *fact = data["field"].split(".")
            model = apps.get_model(app, name)
            columns = columns_of(model, fact[0]) if fact else ()
        return Narrowed(
            by=data["by"].pk if data["by"] else None,
            since=start_of_day(data["since"]) if data["since"] else None,
            until=end_of_day(data["until"]) if data["until"] else None,
            kind=data["kind"],
            model=model,
            columns=columns,
        )


@staff_page(Can.READ_INTERNAL)
def history_list(request: HttpRequest) -> HttpResponse:
    """Who changed what, when, why, in the whole register?"""
    return _page(request, whole_register(), {"title": _t("History of the register")})


@staff_page(Can.READ_INTERNAL)
def history_record(request: HttpRequest, label: str, pk: int) -> HttpResponse:
    """Who changed what of one record, when, why?"""
    model = find_model(label)
    latest = latest_revision(model, pk)
    if latest is None:
        raise Http404
    record = latest.instance
    name = names_of_records([record])[model, pk]
    context = {
        "title": _t("History: %(record)s") % {"record": name},
        "label": label,
        "pk": pk,
        "record": record,
        "is_deleted": latest.history_type == "-",
        "latest": latest.history_id,
        "may_restore": request.user.has_perm(Can.PUBLISH),
        "agreement_id": getattr(record, "agreement_id", None),
    }
    return _page(request, scope_of(model, pk), context)


def _page(request: HttpRequest, wanted: Any, context: dict[str, Any]) -> HttpResponse:
    form = NarrowForm(request.GET, wanted=list(wanted))
    context |= {"form": form, "nav": "desk", "lines": []}
    if not form.is_valid():
        return render(request, "desk/history.html", context, status=400)
    found = changes(wanted, form.narrowed())
    page = keyset_page(found, ORDER, request.GET.get("after", ""), PAGE_SIZE)
    context |= {
        "lines": lines(page.rows, wanted),
        "next_url": _address(request, after=page.next) if page.next else "",
        "first_url": _address(request, after=None) if request.GET.get("after") else "",
        "is_narrowed": any(form.cleaned_data.values()),
    }
    return render(request, "desk/history.html", context)


def _address(request: HttpRequest, **changed: str | None) -> str:
    query = request.GET.copy()
    for name, value in changed.items():
        query.pop(name, None)
        if value is not None:
            query[name] = value
    return f"?{query.urlencode()}"


def find_model(label: str) -> Any:
    """Return a tracked model by its label in an address; ``Http404`` for anything else."""
    try:
        model = apps.get_model(label)
    except (LookupError, ValueError) as error:
        raise Http404 from error
    if not issubclass(model, TrackedModel) or label != model._meta.label:
        raise Http404
    return model


# ── Two moments ────────────────────────────────────────────────────────────────


class MomentsForm(forms.Form):
    """Two moments: days, of which the end counts, or minutes of a day."""

    first = MomentTyped(label=_("As known on"))
    second = MomentTyped(label=_("and on"))


@staff_page(Can.READ_INTERNAL)
def history_compare(request: HttpRequest, label: str, pk: int) -> HttpResponse:
    """What differs between what the register knew of a record at two moments?"""
    model = find_model(label)
    latest = latest_revision(model, pk)
    if latest is None:
        raise Http404
    name = names_of_records([latest.instance])[model, pk]
    form = MomentsForm(request.GET or None)
    context = {"form": form, "label": label, "pk": pk, "name": name, "nav": "desk"}
    if form.is_bound and form.is_valid():
        first, second = sorted([form.cleaned_data["first"], form.cleaned_data["second"]])
        found = _between(scope_of(model, pk), first, second)
        context |= {"records": found, "first": show_moment(first), "second": show_moment(second)}
        context["sentence"] = _how_many(len(found))
    status = 400 if form.is_bound and not form.is_valid() else 200
    return render(request, "desk/history_compare.html", context, status=status)


def _how_many(count: int) -> str:
    if not count:
        return _t("Nothing differs between these two moments.")
    text = ngettext("%(n)s record differs.", "%(n)s records differ.", count)
    return text % {"n": count}


def _between(wanted: Any, first: dt.datetime, second: dt.datetime) -> list[RecordChange]:
    """Return what differs of each wanted record between two moments."""
    before: dict[Any, Any] = {
        (m, r.pk): r for m, rows in snapshot(wanted, first).items() for r in rows
    }
    after: dict[Any, Any] = {
        (m, r.pk): r for m, rows in snapshot(wanted, second).items() for r in rows
    }
    names = names_of_records([*before.values(), *after.values()])
    found = []
    for key in dict.fromkeys([*before, *after]):
        was, now = before.get(key), after.get(key)
        rows = tuple(differences(was, now, names))
        if rows:
            kind = "+" if was is None else "-" if now is None else "~"
            found.append(RecordChange(key[0]._meta.label, key[1], 0, names[key], kind, rows))
    return found


# ── Bringing a revision back ───────────────────────────────────────────────────


class RestoreForm(forms.Form):
    """Why a revision is brought back; ``latest`` is the one that was seen as the latest."""

    reason = forms.CharField(
        label=_("Reason"), max_length=500, help_text=_("Shown in the history.")
    )
    latest = forms.IntegerField(widget=forms.HiddenInput)


@staff_page(Can.PUBLISH)
def history_restore(request: HttpRequest, label: str, pk: int, revision: int) -> HttpResponse:
    """What follows if this revision is brought back?"""
    model = find_model(label)
    wanted, latest = find_revision(model, pk, revision), latest_revision(model, pk)
    if wanted is None or latest is None:
        raise Http404
    form = RestoreForm(request.POST or None, initial={"latest": latest.history_id})
    refused = ""
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["latest"] != latest.history_id:
            refused = _t("Somebody changed this record since you opened this page. Look again.")
            form = RestoreForm(
                initial={"latest": latest.history_id, "reason": form.cleaned_data["reason"]}
            )
        else:
            try:
                restore(wanted, by=request.user, reason=form.cleaned_data["reason"])
            except ValidationError as error:
                refused = _sentence(error, model)
            else:
                messages.success(request, _t("Restored. It stands as a new change."))
                return redirect(reverse("desk:history-record", args=[label, pk]))
    context = _preview(model, wanted, latest) | {
        "form": form,
        "label": label,
        "pk": pk,
        "revision": wanted,
        "nav": "desk",
    }
    context["refused"] = refused or context["refused"]
    context["follows"] = [] if context["refused"] else _follows(request, wanted)
    status = 409 if refused else 400 if form.errors else 200
    return render(request, "desk/history_restore.html", context, status=status)


def _preview(model: type[models.Model], wanted: Any, latest: Any) -> dict[str, Any]:
    now = None if latest.history_type == "-" else latest.instance
    try:
        then = restored_record(wanted)
    except ValidationError as error:
        names = names_of_records([latest.instance])
        refused = " ".join(error.messages)
        return {"rows": [], "refused": refused, "name": names[model, latest.id], "is_back": False}
    names = names_of_records([*([now] if now else []), then])
    rows = list(differences(now, then, names))
    same = "" if rows else _t("The record already stands like this: nothing to restore.")
    return {
        "rows": rows,
        "refused": same,
        "name": names[model, latest.id],
        "is_back": now is None,
        "is_part": isinstance(then, Part),
        "is_agreement": isinstance(then, Agreement),
    }


def _follows(request: HttpRequest, wanted: Any) -> list[Follows]:
    """What would move, and what the public would read, were this revision brought back."""
    record = wanted.instance
    owner = record.pk if isinstance(record, Agreement) else getattr(record, "agreement_id", None)
    try:
        return preview(lambda: restore(wanted, by=request.user, reason="Preview"), owner, record)
    except ValidationError:
        return []  # the restore itself will say why


def _sentence(error: ValidationError, model: Any) -> str:
    """Say why a record was refused, field by field."""
    if not hasattr(error, "error_dict"):
        return " ".join(error.messages)
    said = []
    for name, said_of in error.message_dict.items():
        text = " ".join(said_of)
        if name != "__all__":
            text = f"{capfirst(force_str(model._meta.get_field(name).verbose_name))}: {text}"
        said.append(text)
    return " ".join(said)
