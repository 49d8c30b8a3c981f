"""What every editing page does: show a form, show what follows, save once that was seen."""

import datetime as dt
import secrets
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models
from django.db.models import ProtectedError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _t

from agreements.models import Agreement
from desk.editing import EditedMeanwhileError, digest_of, merge, preview, save, version_of
from desk.forms import RecordForm, say, suggestions_of
from desk.gate import typed_in
from desk.sourcing import CITABLE
from revisions import change

FIRST_REASON = "Entered"


def model_of(kinds: dict[str, type[models.Model]], kind: str) -> Any:
    """Return the model of a name in addresses. Raises ``Http404``."""
    if kind not in kinds:
        raise Http404
    return kinds[kind]


def small(pk: int) -> int:
    """Return an id that a database can hold. Raises ``Http404``."""
    if pk >= 2**63:
        raise Http404
    return pk


def is_public(record: models.Model) -> bool:
    """Whether the public reads this record, or the agreement that it is a part of."""
    agreement = record if isinstance(record, Agreement) else getattr(record, "agreement", None)
    is_saved = agreement is not None and agreement.pk
    return bool(is_saved and agreement.publication_at(timezone.now()) == "published")  # type: ignore[union-attr]


def form_of(request: HttpRequest, form_class: type[RecordForm], record: Any) -> RecordForm:
    """Return a record's form; a reason is required where the public reads the record."""
    return form_class(
        request.POST or None,
        request.FILES or None,
        instance=record,
        initial={"version": version_of(record)},
        reason_required=is_public(record),
    )


def edit(
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
        try:
            if saved := _saved_or_shown(request, form, write, context):
                messages.success(request, _t("Saved."))
                return redirect(done(saved))
            if context.get("was_sent_before"):
                return redirect(back)
        except EditedMeanwhileError:
            context |= _told_of_the_other(form)
        except ValidationError as error:
            form.add_error(None, say(error))
        except IntegrityError:
            text = _t("This does not go with what else is recorded. Nothing was saved.")
            form.add_error(None, text)
        except ValueError as error:
            form.add_error(None, str(error))
    if form.instance.pk is None:
        context["once"] = secrets.token_urlsafe(16)
    context["suggestions"] = suggestions_of(form)
    context["nav"] = "desk"
    is_refused = request.method == "POST" and not context.get("follows")
    return render(request, "desk/record_form.html", context, status=422 if is_refused else 200)


def _saved_or_shown(
    request: HttpRequest, form: RecordForm, write: Callable[[], Any], context: dict[str, Any]
) -> Any:
    """Save and return the record; or put what follows into the page's context, once, and wait."""
    record = form.instance
    is_new = record.pk is None
    owner = None if isinstance(record, Agreement) and is_new else _owner(record)
    version = form.cleaned_data["version"] or 0

    def tried() -> Any:
        with change(by=request.user, reason="Preview"):
            return write()

    if version_of(record) != version:
        version = _unless_these_fields(form)
    follows = preview(tried, owner, record if record.pk else None)
    if is_new:
        record.pk, record._state.adding = None, True  # noqa: SLF001 - the preview undid it
    typed = digest_of(form)
    if follows and request.POST.get("confirmed") != typed:
        context |= {"follows": follows, "typed": typed}
        return None
    if is_new and was_sent_before(request):
        context["was_sent_before"] = True
        return None
    reason = form.cleaned_data["reason"].strip() or FIRST_REASON
    return save(write, by=request.user, reason=reason, record=record, version=version)


def was_sent_before(request: HttpRequest) -> bool:
    """Whether this very form was sent before, as by a second click: it enters one record."""
    token = request.POST.get("once", "")[:64]
    return bool(token) and not cache.add(f"desk-once:{token}", True, 3600)


def _owner(record: models.Model) -> int | None:
    return record.pk if isinstance(record, Agreement) else getattr(record, "agreement_id", None)


def _unless_these_fields(form: RecordForm) -> int:
    """Return the record's present version, where what was saved meanwhile is not in this form.

    Raises ``EditedMeanwhileError`` where it is.
    """
    if merge(form) != []:
        raise EditedMeanwhileError
    return version_of(form.instance)


def _told_of_the_other(form: RecordForm) -> dict[str, Any]:
    """Say who saved meanwhile and what; what was typed here is kept, the rest is as they saved."""
    history = type(form.instance).history
    last = history.filter(id=form.instance.pk).select_related("history_user").first()
    theirs = (merge(form) or []) if last and last.history_type != "-" else []
    form.data = form.data.copy()  # type: ignore[attr-defined]
    form.data["version"] = version_of(form.instance)  # type: ignore[index]
    when: dt.datetime | None = last.history_date if last else None
    return {
        "theirs": theirs,
        "meanwhile_by": str(last.history_user) if last else "",
        "meanwhile_at": when,
    }


def gone(request: HttpRequest, model: Any, pk: int) -> HttpResponse:
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


def delete_record(request: HttpRequest, record: Any, back: str) -> HttpResponse:
    """Delete for a reason, once what follows was seen; or say what still uses the record."""
    reason = request.POST.get("reason", "").strip()[:500]
    if not reason:
        messages.error(request, _t("Nothing was deleted: say why."))
        return redirect(back)

    def delete() -> None:
        with change(by=request.user, reason=reason):
            type(record)._base_manager.get(pk=record.pk).delete()

    try:
        follows = preview(delete, _owner(record), record)
        if follows and request.POST.get("confirmed") != "delete":
            context = {"record": record, "follows": follows, "reason": reason, "back": back}
            return render(request, "desk/delete.html", context | {"nav": "desk"})
        delete()
        messages.success(request, _t("Deleted. The history keeps it."))
    except ProtectedError as error:
        names = "; ".join(str(row) for row in list(error.protected_objects)[:5])
        messages.error(
            request, _t("Nothing was deleted: it is still used by %(names)s.") % {"names": names}
        )
    except ValidationError as error:
        messages.error(request, say(error))
    return redirect(back)
