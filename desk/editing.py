"""Saving a form: what follows is shown first, and the second of two people is told."""

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import models, transaction
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _t

from agreements.claims import fact_value, field_label, is_fact, show_value
from agreements.explain import is_end_decided
from agreements.facts import PARTS
from agreements.loading import load
from agreements.models import Agreement, Deadline, Part, StatusSpan
from agreements.public.allowed import PUBLIC_FIELDS
from agreements.status import Code
from civil.clock import today
from civil.display import show_date
from reports.alerts.readers import leads_of
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
    """A field that somebody else changed: as it was saved meanwhile, and as it was typed here.

    ``typed`` is empty where it was not touched here.
    """

    label: str
    saved: str
    typed: str


def version_of(record: models.Model) -> int:
    """Return the id of a record's last revision; 0 for a new record."""
    if record.pk is None:
        return 0
    latest = type(record).history.filter(id=record.pk, superseded_at=None)  # type: ignore[attr-defined]
    return latest.values_list("history_id", flat=True).first() or 0


def preview(
    write: Callable[[], Any], agreement: int | None, record: models.Model | None = None
) -> list[Follows]:
    """Return what a change would move, and undo it; ``write`` makes it and returns a record.

    Deadlines and the next reminder, the status today, and what the public will read: of the whole
    agreement, or of a record that agreements share. Raises what the write raises.
    """
    with transaction.atomic():
        before = _state(agreement) | _read(record)
        written = write()
        made = written if isinstance(written, models.Model) else None
        after = _state(agreement or _agreement_of(written)) | _read(made or record)
        transaction.set_rollback(True)
    keys = sorted({*before, *after})
    return [
        Follows(key.what, before.get(key, ""), after.get(key, ""), key.is_public)
        for key in keys
        if before.get(key, "") != after.get(key, "")
    ]


def digest_of(form: Any) -> str:
    """Return what tells one filled-in form from another: only what was shown is saved by it."""
    own = {"csrfmiddlewaretoken", "confirmed", "kept", "once", "step", "version"}
    said = sorted((name, values) for name, values in form.data.lists() if name not in own)
    file = getattr(getattr(form, "instance", None), "sha256", "")
    return hashlib.sha256(json.dumps([said, file]).encode()).hexdigest()[:32]


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


def merge(form: Any) -> list[Theirs] | None:
    """Take over into a form what somebody else saved since it was opened; return what that was.

    None where it cannot be told what the record was when the form was opened.

    A field that was not touched here takes their value. In one that both changed, what was typed
    here stands, beside theirs.
    """
    model = type(form.instance)
    saved = model._base_manager.get(pk=form.instance.pk)
    opened = model.history.filter(id=saved.pk, history_id=form.cleaned_data["version"]).first()
    if opened is None:
        return None
    base, fresh = opened.instance, type(form)(instance=saved)
    form.data = form.data.copy()
    found = []
    for name in form.fields:
        if name not in form.cleaned_data or not is_fact(saved, name):
            continue
        was, now, typed = (fact_value(r, name) for r in (base, saved, form.instance))
        if now == was:
            continue
        is_untouched = typed == was
        if is_untouched:
            _put(form, fresh[name])
        found.append(
            Theirs(
                field_label(saved, name),
                show_value(saved, name, now),
                "" if is_untouched else show_value(form.instance, name, typed),
            )
        )
    return found


def _put(form: Any, bound: Any) -> None:
    """Put a field's first value into a form that was sent, as a browser would send it."""
    value = bound.field.prepare_value(bound.value())
    if value in (None, False):
        form.data.pop(bound.html_name, None)
    else:
        form.data[bound.html_name] = "on" if value is True else value


def _agreement_of(written: Any) -> int | None:
    if isinstance(written, Agreement):
        return written.pk
    return getattr(written, "agreement_id", None)


class Key(NamedTuple):
    """What a reader would notice: deadlines and status first, then what the public reads."""

    place: str
    what: str
    is_public: bool


State = dict[Key, str]


def _state(agreement: int | None) -> State:
    """What a reader of an agreement would notice, staff and public."""
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
            place = Key("", name, is_public)
            state[place] = "; ".join(filter(None, (state.get(place), said)))
        span = _span(agreement, audience, on)
        if not is_public:
            state[Key("", str(_t("Next reminder")), False)] = _next_reminder(agreement, on)
        state[Key("", str(_t("Status today")), is_public)] = str(Code(span).label) if span else ""
    return state | _public_reading(agreement)


def _public_reading(agreement: int) -> State:
    """Every allow-listed fact that the public reads of an agreement now."""
    facts, now = load(agreement), timezone.now()
    if facts is None or facts.agreement.publication_at(now) != "published":
        return {}
    shown = facts.published(now)
    parts = [part for name in PARTS for part in getattr(shown, name)]
    return _facts_of(shown.agreement) | {k: v for p in parts for k, v in _facts_of(p).items()}


def _read(record: models.Model | None) -> State:
    """What the public may read of a record that agreements share, as it is stored."""
    if record is None or isinstance(record, Agreement | Part):
        return {}
    stored = type(record)._base_manager.filter(pk=record.pk).first()
    return _facts_of(stored) if stored is not None else {}


def _facts_of(record: models.Model) -> State:
    """The allow-listed facts of one record that are recorded."""
    model = type(record)
    found: State = {}
    for name in PUBLIC_FIELDS.get(model, ()):
        value = fact_value(record, name)
        if value not in (None, ""):
            label = capfirst(field_label(record, name))
            what = label
            if isinstance(record, Part):
                what = f"{capfirst(str(model._meta.verbose_name))}: {label}"
            place = f"{model._meta.label} {record.pk:012} {name}"
            found[Key(place, what, True)] = show_value(record, name, value)
    return found


def _next_reminder(agreement: int, on: dt.date) -> str:
    """The first day from today on which staff are reminded of an open deadline; empty if none."""
    leads = leads_of(Agreement.objects.get(pk=agreement), "staff").by_kind
    rows = Deadline.objects.open(on).filter(agreement=agreement, audience__in=["all", "staff"])
    days = [row.due_on.toordinal() - lead for row in rows for lead in leads.get(row.kind, ())]
    first = min((day for day in days if day >= on.toordinal()), default=None)
    return show_date(dt.date.fromordinal(first)) if first else ""


def _span(agreement: int, audience: str, on: dt.date) -> str | None:
    spans = StatusSpan.objects.filter(
        models.Q(from_on=None) | models.Q(from_on__lte=on),
        models.Q(to_on=None) | models.Q(to_on__gte=on),
        agreement=agreement,
        known_to=None,
        audience__in=["all", audience],
    )
    return spans.values_list("status", flat=True).first()
