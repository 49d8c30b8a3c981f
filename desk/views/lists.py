"""The staff's list of agreements: all of them, in the columns and the order that one chooses."""

import datetime as dt
from itertools import islice
from typing import Any

import django_filters as filters
from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import CharField, DateField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from agreements.days import known_moment, shown_day
from agreements.filters import AgreementFilter
from agreements.models import Agreement, SavedView
from agreements.paging import keyset_page
from agreements.permissions import Can
from desk.columns import COLUMNS, StaffRow, chosen, staff_rows
from desk.gate import staff_page
from parties.models import Party, System
from reports.tables import FORMATS, file_response
from revisions.known import rows_known

PAGE_SIZE = 50
AT_ONCE = 500
COUNT_CAP = 1000
SORTS = {
    "next": "next_key",
    "name": "title",
    "reference": "reference",
    "status": "status_key",
    "officer": "officer_key",
    "department": "department_key",
}
KEPT = {"after", "format", "csrfmiddlewaretoken"}
"""Parameters that no saved view holds."""


class StaffFilter(AgreementFilter):
    """The filters of the public list, over all records, and those that staff have besides."""

    party = filters.ModelChoiceFilter(
        label=_("Party"),
        queryset=Party.objects.all(),
        to_field_name="slug",
        method="with_party",
        empty_label=_("Any party"),
    )
    system = filters.ModelChoiceFilter(
        label=_("System"),
        queryset=System.objects.all(),
        to_field_name="slug",
        method="with_own",
        empty_label=_("Any system"),
    )
    publication = filters.ChoiceFilter(
        label=_("Publication"),
        choices=[
            ("published", _("published")),
            ("embargoed", _("public at a moment to come")),
            ("withdrawn", _("withdrawn")),
            ("draft", _("not published")),
        ],
        method="with_publication",
        empty_label=_("Any"),
    )
    officer = filters.ModelChoiceFilter(
        label=_("Responsible officer"),
        queryset=get_user_model()._default_manager.order_by("name", "email"),
        method="with_officer",
        empty_label=_("Anybody"),
        null_label=_("nobody"),
    )

    def with_publication(self, found: Any, name: str, value: str) -> Any:
        """Keep those that are in a state of ``Agreement.publication_at``."""
        now = self.known or timezone.now()
        is_withdrawn = Q(withdrawn_at__lte=now)
        state = {
            "published": Q(published_at__lte=now) & ~is_withdrawn,
            "embargoed": Q(published_at__gt=now),
            "withdrawn": Q(published_at__lte=now) & is_withdrawn,
            "draft": Q(published_at=None),
        }[value]
        return found.filter(Exists(self._rows(Agreement).filter(state, id=OuterRef("pk"))))

    def with_officer(self, found: Any, name: str, value: Any) -> Any:
        """Keep those that a person is responsible for, or that nobody is."""
        wanted = {"responsible_officer": None if value == "null" else value}
        return found.filter(Exists(self._rows(Agreement).filter(id=OuterRef("pk"), **wanted)))


@staff_page(Can.READ_INTERNAL)
def agreement_list(request: HttpRequest) -> HttpResponseBase:
    """Which agreements are there, published or not?"""
    on, known = shown_day(request), known_moment(request)
    query = StaffFilter(
        request.GET, queryset=_listed(on, known), request=request, on=on, known=known,
        audience="staff",
    )  # fmt: skip
    columns = chosen(request.GET.getlist("column"))
    context = {
        "form": query.form,
        "columns": columns,
        "all_columns": [(c, c in columns) for c in COLUMNS.values()],
        "views": _views(request),
        "has_known": True,
        "nav": "desk",
        "kept": [(n, v) for n, vs in request.GET.lists() if n not in KEPT for v in vs],
        "may_edit": request.user.has_perm(Can.EDIT) and known is None,
    }
    if not query.form.is_valid() or query.refuse_what_is_not_known():
        return render(request, "desk/list.html", context | {"rows": []}, status=400)
    found: QuerySet = query.qs
    keys = _order(request, known)
    file = request.GET.get("format", "")
    if file in FORMATS:
        heads = [(c.key, str(c.label)) for c in columns]
        values = (
            [c.value(row) for c in columns]
            for batch in _batches(found.order_by(*keys))
            for row in staff_rows(batch, on, known)
        )
        return file_response(file, f"agreements-desk-{on.isoformat()}", heads, values)
    if file:
        raise BadRequest(_t("format= in the address is csv, xlsx or json."))
    page = keyset_page(found, keys, request.GET.get("after", ""), PAGE_SIZE)
    rows = staff_rows(page.rows, on, known)
    context |= {
        "rows": [(row, [(c.key, c.value(row)) for c in columns]) for row in rows],
        "sentence": _how_many(found.order_by()[: COUNT_CAP + 1].count()),
        "heads": [(c, *_sorted_by(request, c.sort, known)) for c in columns],
        "next_url": _address(request, after=page.next) if page.next else "",
        "first_url": _address(request, after=None) if request.GET.get("after") else "",
        "files": [(f, _address(request, format=f, after=None)) for f in FORMATS],
    }
    return render(request, "desk/list.html", context)


def _listed(on: dt.date, known: dt.datetime | None) -> QuerySet:
    far = Value(dt.date.max, output_field=DateField())
    empty = Value("", output_field=CharField())
    found = Agreement.objects.with_status(on, "staff", known).with_next_deadline(on, "staff")
    if known is not None:
        found = found.filter(Exists(rows_known(Agreement, known).filter(id=OuterRef("pk"))))
    return found.annotate(
        next_key=Coalesce("next_due_on", far),
        status_key=Coalesce("status", empty),
        officer_key=Coalesce("responsible_officer__name", empty),
        department_key=Coalesce("department__name", empty),
    )


def _sort(request: HttpRequest, known: dt.datetime | None) -> str:
    return request.GET.get("sort", "reference" if known else "next")


def _order(request: HttpRequest, known: dt.datetime | None) -> tuple[str, ...]:
    sort = _sort(request, known)
    name = sort.removeprefix("-")
    if name not in SORTS:
        raise BadRequest(_t("The list cannot be sorted by that: choose a column's heading."))
    return f"{'-' if sort.startswith('-') else ''}{SORTS[name]}", "pk"


def _sorted_by(request: HttpRequest, name: str, known: dt.datetime | None) -> tuple[str, str]:
    """Where a heading leads, and how the list is sorted by it now; empty where it cannot be."""
    if not name:
        return "", ""
    sort = _sort(request, known)
    now = {name: "ascending", f"-{name}": "descending"}.get(sort, "")
    other = f"-{name}" if sort == name else name
    return _address(request, sort=other, after=None), now


def _batches(found: QuerySet) -> Any:
    rows = found.iterator(chunk_size=AT_ONCE)
    while batch := list(islice(rows, AT_ONCE)):
        yield batch


def _how_many(count: int) -> str:
    if count > COUNT_CAP:
        return _t("More than %(n)s agreements.") % {"n": f"{COUNT_CAP:,}"}
    return ngettext("%(n)s agreement.", "%(n)s agreements.", count) % {"n": count}


def _address(request: HttpRequest, **changed: str | None) -> str:
    query = request.GET.copy()
    for name, value in changed.items():
        query.pop(name, None)
        if value is not None:
            query[name] = value
    return f"?{query.urlencode()}"


# ── Saved views ────────────────────────────────────────────────────────────────


class SavedViewForm(forms.ModelForm):
    """A view's name, and whether all staff are offered it."""

    class Meta:
        model = SavedView
        fields = ("name", "is_shared")


def _views(request: HttpRequest) -> list[dict[str, Any]]:
    """Own views and shared ones, with their addresses; the one that is shown is marked."""
    now = _kept(request.GET)
    found = SavedView.objects.filter(Q(owner=request.user.pk) | Q(is_shared=True))
    return [
        {
            "view": view,
            "url": f"?{view.query}",
            "is_shown": view.query == now,
            "is_own": view.owner_id == request.user.pk,
        }
        for view in found.select_related("owner")
    ]


def _kept(query: QueryDict) -> str:
    """Return what a view holds of a list's address: known parameters, none of them empty."""
    kept = QueryDict(mutable=True)
    known = {*StaffFilter.base_filters, "column", "sort", "on", "known"}
    for name in sorted(known & set(query)):
        values = [value for value in query.getlist(name) if value]
        if values:
            kept.setlist(name, values)
    return kept.urlencode()


@staff_page(Can.READ_INTERNAL)
def view_save(request: HttpRequest) -> HttpResponse:
    """Keep this list under a name?"""
    kept = _kept(
        QueryDict(request.POST.get("query", "")) if request.method == "POST" else request.GET
    )
    own = SavedView(owner=request.user, query=kept)  # type: ignore[misc]
    form = SavedViewForm(request.POST or None, instance=own)
    if request.method == "POST":
        if len(kept) > 2000:
            raise BadRequest(_t("This list has too many filters to be kept."))
        if form.is_valid() and _is_free(form):
            form.save()
            return redirect(f"{reverse('desk:agreement-list')}?{kept}")
    status = 400 if form.errors else 200
    context = {"form": form, "query": kept, "nav": "desk"}
    return render(request, "desk/list_view.html", context, status=status)


def _is_free(form: SavedViewForm) -> bool:
    """Whether its owner has no view of that name yet; says so on the form."""
    try:
        form.instance.validate_constraints()
    except ValidationError as error:
        form.add_error("name", error.messages)
        return False
    return True


@staff_page(Can.READ_INTERNAL)
def view_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget a view of one's own?"""
    view = SavedView.objects.filter(Q(owner=request.user.pk) | Q(is_shared=True), pk=pk).first()
    if view is None:
        raise Http404
    if view.owner_id != request.user.pk:
        raise PermissionDenied(_t("This view is somebody else's: only its owner may delete it."))
    if request.method == "POST":
        with transaction.atomic():
            view.delete()
        return redirect("desk:agreement-list")
    return render(request, "desk/list_view_delete.html", {"view_": view, "nav": "desk"})


__all__ = ["StaffRow", "agreement_list", "view_delete", "view_save"]
