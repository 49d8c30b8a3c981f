"""Saving a form: what follows is shown first, and the second of two people is told."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _t

from agreements.claims import fact_value, field_label, show_value
from agreements.explain import is_end_decided
from agreements.models import Agreement, Deadline, StatusSpan
from agreements.status import Code
from civil.clock import today
from civil.display import show_date
from revisions import change


class EditedMeanwhileError(Exception):
    """Somebody else changed the record since the form was opened."""


@dataclass(frozen=True)
class Follows:
    """One thing that follows from a change, before and after; empty where there is nothing."""

    what: str
    before: str
    after: str
    is_public: bool


@dataclass(frozen=True)
class Theirs:
    """A field that two people changed: as it was saved meanwhile, and as it was typed here."""

    label: str
    saved: str
    typed: str


def version_of(record: models.Model) -> int:
    """Return the id of a record's last revision; 0 for a new record."""
    if record.pk is None:
        return 0
    latest = type(record).history.filter(id=record.pk, superseded_at=None)  # type: ignore[attr-defined]
    return latest.values_list("history_id", flat=True).first() or 0


def preview(write: Callable[[], Any], agreement: int | None, by: Any) -> list[Follows]:
    """Return what a write would move, and undo it.

    Deadlines, the status today, and so the alerts that hang on them. Raises what the write raises.
    """
    with transaction.atomic():
        before = _state(agreement)
        with change(by=by, reason="Preview"):
            written = write()
        after = _state(agreement or _agreement_of(written))
        transaction.set_rollback(True)
    keys = sorted({*before, *after}, key=str)
    return [
        Follows(what, *_said(before.get((what, public)), after.get((what, public))), public)
        for what, public in keys
        if before.get((what, public)) != after.get((what, public))
    ]


def save(
    write: Callable[[], Any], *, by: Any, reason: str, record: models.Model, version: int
) -> Any:
    """Save in one change. Raises ``EditedMeanwhileError`` where the record has moved on."""
    agreement = getattr(record, "agreement_id", None)
    with change(by=by, reason=reason):
        if agreement is not None:  # held until the end, so that two saves come one by one
            list(Agreement.objects.select_for_update().filter(pk=agreement).values_list("pk"))
        if version_of(record) != version:
            raise EditedMeanwhileError
        return write()


def differences(form: Any) -> list[Theirs]:
    """Return the fields in which a form differs from the record as it is saved now."""
    model = type(form.instance)
    now = model._base_manager.get(pk=form.instance.pk)
    found = []
    for name in form.fields:
        if name in {"reason", "version"} or name not in form.cleaned_data:
            continue
        saved, typed = fact_value(now, name), fact_value(form.instance, name)
        if saved != typed:
            found.append(
                Theirs(
                    field_label(now, name),
                    show_value(now, name, saved),
                    show_value(form.instance, name, typed),
                )
            )
    return found


def _agreement_of(written: Any) -> int | None:
    if isinstance(written, Agreement):
        return written.pk
    return getattr(written, "agreement_id", None)


State = dict[tuple[str, bool], str]


def _state(agreement: int | None) -> State:
    """What a reader would notice: open deadlines and the status today, for staff and public."""
    if agreement is None:
        return {}
    on = today()
    state: State = {}
    for is_public, audience in ((False, "staff"), (True, "public")):
        if is_public and not Agreement.objects.published().filter(pk=agreement).exists():
            continue
        rows = Deadline.objects.open(on).filter(agreement=agreement, audience__in=["all", audience])
        for row in rows:
            name = str(Deadline.Kind(row.kind).label)
            name += f" ({row.occurrence})" if row.occurrence > 1 else ""
            said = show_date(row.due_on)
            if is_end_decided(row, on):
                said = _t("%(day)s, as decided") % {"day": said}
            place = name, is_public
            state[place] = "; ".join(filter(None, (state.get(place), said)))
        span = _span(agreement, audience, on)
        state[str(_t("Status today")), is_public] = str(Code(span).label) if span else ""
    return state


def _span(agreement: int, audience: str, on: dt.date) -> str | None:
    spans = StatusSpan.objects.filter(
        models.Q(from_on=None) | models.Q(from_on__lte=on),
        models.Q(to_on=None) | models.Q(to_on__gte=on),
        agreement=agreement,
        known_to=None,
        audience__in=["all", audience],
    )
    return spans.values_list("status", flat=True).first()


def _said(before: str | None, after: str | None) -> tuple[str, str]:
    return before or "", after or ""
