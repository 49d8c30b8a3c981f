"""The records that agreements share: parties, systems, elements, sources, holidays."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _t
from django.views.decorators.http import require_POST

from agreements.permissions import Can
from desk.fields import NamedChoice, everything, name_of
from desk.forms import BY_NAME, form_for
from desk.gate import staff_page
from desk.kinds import SHARED
from desk.views.saving import delete_record, edit, form_of, gone, model_of, small


@staff_page(Can.READ_INTERNAL)
def shared_list(request: HttpRequest, kind: str) -> HttpResponse:
    """The parties, systems, elements, sources, citations or holidays of the register."""
    model = model_of(SHARED, kind)
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
    model = model_of(SHARED, kind)
    record = model()
    return _edit_shared(request, record, kind)


@staff_page(Can.EDIT)
def shared_update(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Change a record that agreements share."""
    model = model_of(SHARED, kind)
    record = model._default_manager.filter(pk=small(pk)).first()
    return _edit_shared(request, record, kind) if record else gone(request, model, pk)


def _edit_shared(request: HttpRequest, record: Any, kind: str) -> HttpResponse:
    form = form_of(request, form_for(type(record)), record)
    back = reverse("desk:shared-list", args=[kind])
    delete = reverse("desk:shared-delete", args=[kind, record.pk]) if record.pk else ""
    name = record._meta.verbose_name
    title = _t("Change: %(what)s") if record.pk else _t("Add: %(what)s")
    return edit(
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
    record = get_object_or_404(model_of(SHARED, kind), pk=small(pk))
    return delete_record(request, record, reverse("desk:shared-list", args=[kind]))


@staff_page(Can.READ_INTERNAL)
def names(request: HttpRequest, kind: str) -> HttpResponse:
    """Names that hold what is typed, as options of a field's list."""
    model = next((m for m in BY_NAME if m._meta.model_name == kind), None)
    if model is None:
        raise Http404
    typed = "".join(request.GET.dict().values())  # the field sends itself, under its own name
    found = NamedChoice(model).suggestions(typed)
    return render(request, "desk/_names.html", {"names": found})
