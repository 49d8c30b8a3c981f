"""Entering and changing records: an agreement by sections, its parts, and what parts share."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import ProtectedError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _t
from django.views.decorators.http import require_POST

from agreements.claims import fact_value, field_label, show_value
from agreements.confirming import confirm, last_word
from agreements.documents import handed_out
from agreements.facts import load
from agreements.models import (
    Agreement,
    Document,
    Participation,
    Payment,
    SharedElement,
    Term,
)
from agreements.permissions import Can
from agreements.public import agreement_view
from agreements.sentences import money
from civil.clock import today
from civil.display import show_date, show_partial
from civil.partial import PartialDate
from desk.editing import EditedMeanwhileError, merge, preview, save, version_of
from desk.fields import NamedChoice, everything, name_of
from desk.forms import BY_NAME, RecordForm, form_for, say, suggestions_of
from desk.gate import staff_page, typed_in
from desk.kinds import OF_AGREEMENT, SECTIONS, SHARED
from desk.sourcing import CITABLE
from revisions import change

FIRST_REASON = "Entered"


@staff_page(Can.READ_INTERNAL)
def agreement_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything recorded about an agreement, each part with the way to change it."""
    agreement = get_object_or_404(Agreement, slug=slug)
    sections = [
        {"key": key, "title": title, "rows": _rows(agreement, names)}
        for key, (title, names) in SECTIONS.items()
    ]
    parts = [
        {
            "key": key,
            "title": capfirst(model._meta.verbose_name_plural),
            "rows": [_line(row) for row in model._default_manager.filter(agreement=agreement)],
        }
        for key, model in OF_AGREEMENT.items()
    ]
    facts = load(agreement.pk)
    context = {
        "agreement": agreement,
        "state": agreement.publication_at(timezone.now()),
        "view": agreement_view(facts, today(), "staff") if facts else None,
        "word": last_word(agreement),
        "sections": sections,
        "parts": parts,
        "may_edit": request.user.has_perm(Can.EDIT),
        "may_publish": request.user.has_perm(Can.PUBLISH),
        "nav": "desk",
    }
    return render(request, "desk/agreement_detail.html", context)


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


def _rows(record: models.Model, names: tuple[str, ...]) -> list[tuple[str, str]]:
    rows = []
    for name in names:
        value = fact_value(record, name)
        rows.append((capfirst(field_label(record, name)), show_value(record, name, value)))
    return rows


def _line(row: Any) -> dict[str, Any]:
    return {
        "pk": row.pk,
        "text": money(row.amount, row.currency) if isinstance(row, Payment) else str(row),
        "when": _when(row),
        "renewal": row.pk if isinstance(row, Term) and not row.is_proposed else None,
        "is_internal": row.is_internal,
        "file_name": getattr(row, "file_name", ""),
        "embargoed_until": row.embargoed_until,
    }


def _when(row: Any) -> str:
    """The dates of a part, as far as they are recorded."""
    if isinstance(row, Term):
        ends = show_partial(row.ends_on) if row.end_kind != Term.EndKind.NONE else _t("no end")
        said = f"{show_partial(row.starts_on)} – {ends}"
        return said if not row.is_proposed else _t("%(days)s, proposed") % {"days": said}
    dates = [*row.dated_by, "due_on", "confirmed_on", "reported_on", "removed_on"]
    found = next((date for name in dates if (date := getattr(row, name, None))), None)
    if found is None:
        return ""
    return show_partial(found) if isinstance(found, PartialDate) else show_date(found)


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

    return _edit(
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
    form = _form(request, form_for(Agreement, [*names]), agreement)
    return _edit(
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
    model = _model(OF_AGREEMENT, kind)
    record = model(agreement=agreement)
    if kind == "terms":
        record.number = agreement.term_set.count() + 1
    return _edit_part(request, record, kind, _t("Add: %(what)s"))


@staff_page(Can.EDIT)
def part_update(request: HttpRequest, slug: str, kind: str, pk: int) -> HttpResponse:
    """Change a part of an agreement."""
    model = _model(OF_AGREEMENT, kind)
    record = model._default_manager.filter(pk=_small(pk), agreement__slug=slug).first()
    if record is None:
        return _gone(request, model, pk)
    return _edit_part(request, record, kind, _t("Change: %(what)s"))


def _edit_part(request: HttpRequest, record: Any, kind: str, title: str) -> HttpResponse:
    form = _form(request, form_for(type(record)), record)
    back = reverse("desk:agreement-detail", args=[record.agreement.slug])
    slug = record.agreement.slug
    delete = reverse("desk:part-delete", args=[slug, kind, record.pk]) if record.pk else ""
    what = f"{record.agreement.reference}, {record._meta.verbose_name}"
    return _edit(
        request,
        form,
        form.save,
        title=title % {"what": what},
        back=f"{back}#{kind}",
        done=lambda made: f"{back}#{kind}",
        delete=delete,
    )


@staff_page(Can.READ_INTERNAL)
def document_file(request: HttpRequest, slug: str, pk: int) -> HttpResponseBase:
    """The file of a document, original or redacted."""
    found = Document.objects.select_related("agreement")
    return handed_out(request, get_object_or_404(found, pk=_small(pk), agreement__slug=slug))


@staff_page(Can.EDIT)
@require_POST
def part_delete(request: HttpRequest, slug: str, kind: str, pk: int) -> HttpResponse:
    """Delete a part that was entered by mistake; its history stays."""
    record = get_object_or_404(_model(OF_AGREEMENT, kind), pk=_small(pk), agreement__slug=slug)
    back = reverse("desk:agreement-detail", args=[slug]) + f"#{kind}"
    return _delete(request, record, back)


@staff_page(Can.READ_INTERNAL)
def shared_list(request: HttpRequest, kind: str) -> HttpResponse:
    """The parties, systems, elements, sources, citations or holidays of the register."""
    model = _model(SHARED, kind)
    rows = everything(model)
    words = request.GET.get("q", "").replace("\0", "")[:200]
    named = [(row.pk, name_of(row)) for row in rows[:5000]]
    found = [(pk, name) for pk, name in named if words.casefold() in name.casefold()][:500]
    context = {
        "kind": kind,
        "title": capfirst(model._meta.verbose_name_plural),
        "rows": found,
        "q": words,
        "may_edit": request.user.has_perm(Can.EDIT),
        "nav": "desk",
    }
    return render(request, "desk/shared_list.html", context)


@staff_page(Can.EDIT)
def shared_create(request: HttpRequest, kind: str) -> HttpResponse:
    """Enter a record that agreements share."""
    model = _model(SHARED, kind)
    record = model()
    return _edit_shared(request, record, kind)


@staff_page(Can.EDIT)
def shared_update(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Change a record that agreements share."""
    model = _model(SHARED, kind)
    record = model._default_manager.filter(pk=_small(pk)).first()
    return _edit_shared(request, record, kind) if record else _gone(request, model, pk)


def _edit_shared(request: HttpRequest, record: Any, kind: str) -> HttpResponse:
    form = _form(request, form_for(type(record)), record)
    back = reverse("desk:shared-list", args=[kind])
    delete = reverse("desk:shared-delete", args=[kind, record.pk]) if record.pk else ""
    name = record._meta.verbose_name
    title = _t("Change: %(what)s") if record.pk else _t("Add: %(what)s")
    return _edit(
        request,
        form,
        form.save,
        title=title % {"what": name},
        back=back,
        done=lambda made: back,
        delete=delete,
    )


@staff_page(Can.EDIT)
@require_POST
def shared_delete(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Delete a shared record that nothing uses; its history stays."""
    record = get_object_or_404(_model(SHARED, kind), pk=_small(pk))
    return _delete(request, record, reverse("desk:shared-list", args=[kind]))


@staff_page(Can.READ_INTERNAL)
def names(request: HttpRequest, kind: str) -> HttpResponse:
    """Names that hold what is typed, as options of a field's list."""
    model = next((m for m in BY_NAME if m._meta.model_name == kind), None)
    if model is None:
        raise Http404
    typed = "".join(request.GET.dict().values())  # the field sends itself, under its own name
    found = NamedChoice(model).suggestions(typed)
    return render(request, "desk/_names.html", {"names": found})


# ── What all of these do ───────────────────────────────────────────────────────


def _model(kinds: dict[str, type[models.Model]], kind: str) -> Any:
    if kind not in kinds:
        raise Http404
    return kinds[kind]


def _small(pk: int) -> int:
    if pk >= 2**63:
        raise Http404
    return pk


def _is_public(record: models.Model) -> bool:
    agreement = record if isinstance(record, Agreement) else getattr(record, "agreement", None)
    is_saved = agreement is not None and agreement.pk
    return bool(is_saved and agreement.publication_at(timezone.now()) == "published")  # type: ignore[union-attr]


def _form(request: HttpRequest, form_class: type[RecordForm], record: Any) -> RecordForm:
    return form_class(
        request.POST or None,
        request.FILES or None,
        instance=record,
        initial={"version": version_of(record)},
        reason_required=_is_public(record),
    )


def _edit(
    request: HttpRequest,
    form: RecordForm,
    write: Callable[[], Any],
    *,
    title: str,
    back: str,
    done: Callable[[Any], str],
    delete: str = "",
) -> HttpResponse:
    """Show a form; on POST check it, show what follows, and save once that was seen."""
    context: dict[str, Any] = {"form": form, "title": title, "back": back, "delete": delete}
    label = form.instance._meta.label
    if form.instance.pk and label in CITABLE:
        context["sources"] = reverse("desk:record-sources", args=[label, form.instance.pk])
    if request.method == "POST" and form.is_valid():
        record = form.instance
        is_new = record.pk is None
        owner = None if isinstance(record, Agreement) and is_new else _owner(record)
        reason = form.cleaned_data["reason"].strip() or FIRST_REASON
        version = form.cleaned_data["version"] or 0
        try:
            if version_of(record) != version:
                raise EditedMeanwhileError
            follows = preview(write, owner, request.user)
            if is_new:
                record.pk, record._state.adding = None, True  # noqa: SLF001 - the preview undid it
            if follows and "confirmed" not in request.POST:
                context["follows"] = follows
            else:
                made = save(write, by=request.user, reason=reason, record=record, version=version)
                messages.success(request, _t("Saved."))
                return redirect(done(made))
        except EditedMeanwhileError:
            context |= _told_of_the_other(form)
        except ValidationError as error:
            form.add_error(None, say(error))
        except ValueError as error:
            form.add_error(None, str(error))
    context["suggestions"] = suggestions_of(form)
    context["nav"] = "desk"
    is_refused = request.method == "POST" and not context.get("follows")
    return render(request, "desk/record_form.html", context, status=422 if is_refused else 200)


def _owner(record: models.Model) -> int | None:
    return record.pk if isinstance(record, Agreement) else getattr(record, "agreement_id", None)


def _told_of_the_other(form: RecordForm) -> dict[str, Any]:
    """Say who saved meanwhile and what; what was typed here is kept, the rest is as they saved."""
    history = type(form.instance).history
    last = history.filter(id=form.instance.pk).select_related("history_user").first()
    theirs = merge(form) if last and last.history_type != "-" else []
    form.data = form.data.copy()  # type: ignore[attr-defined]
    form.data["version"] = version_of(form.instance)  # type: ignore[index]
    when: dt.datetime | None = last.history_date if last else None
    return {
        "theirs": theirs,
        "meanwhile_by": str(last.history_user) if last else "",
        "meanwhile_at": when,
    }


def _gone(request: HttpRequest, model: Any, pk: int) -> HttpResponse:
    """Say who deleted a record meanwhile, and show what was typed. 404 for what never was."""
    last = model.history.filter(id=pk, history_type="-").select_related("history_user").first()
    if last is None:
        raise Http404
    context = {
        "last": last,
        "typed": typed_in(request),
        "what": str(last.instance),
        "history": reverse("desk:history-record", args=[model._meta.label, pk]),
        "nav": "desk",
    }
    return render(request, "desk/gone.html", context, status=410)


def _delete(request: HttpRequest, record: Any, back: str) -> HttpResponse:
    reason = request.POST.get("reason", "").strip()[:500]
    if not reason:
        messages.error(request, _t("Nothing was deleted: say why."))
        return redirect(back)
    try:
        with change(by=request.user, reason=reason):
            record.delete()
        messages.success(request, _t("Deleted. The history keeps it."))
    except ProtectedError as error:
        names = "; ".join(str(row) for row in list(error.protected_objects)[:5])
        messages.error(
            request, _t("Nothing was deleted: it is still used by %(names)s.") % {"names": names}
        )
    except ValidationError as error:
        messages.error(request, say(error))
    return redirect(back)
