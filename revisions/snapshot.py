"""Read many kinds of tracked records in one query: as they are, as known at a moment, or all.

Records of one agreement lie in some twenty tables. Each table's rows are packed as JSON arrays,
in the order of the model's columns, and united; Python unpacks them into model instances with no
relation attached, so nothing read here can follow a live relation by accident.
"""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import CharField, F, JSONField, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Coalesce, JSONArray, NullIf
from django.utils import timezone

Wanted = Mapping[type[models.Model], Q]


@dataclass(frozen=True)
class RevisionRow:
    """One revision: the record as it then stood, and who changed it when and why."""

    model: type[models.Model]
    record: models.Model
    kind: str  # "+" created, "~" changed, "-" deleted
    at: dt.datetime
    by: str
    reason: str
    change_id: int
    changed: frozenset[str]
    id: int = 0  # the revision's own


def snapshot(wanted: Wanted, known: dt.datetime | None = None) -> dict[type, list[Any]]:
    """Return the wanted records of each model, ordered by primary key, in one query.

    Conditions name ``id``, never ``pk``: a revision has a primary key of its own.
    With ``known``, the records as the register knew them at that moment (inclusive).
    """
    found: dict[type, list[Any]] = {model: [] for model in wanted}
    labels = {model._meta.label: model for model in wanted}
    for label, packed in _united([_rows(model, q, known) for model, q in wanted.items()]):
        model = labels[label]
        found[model].append(_unpack(model, packed))
    for rows in found.values():
        rows.sort(key=lambda row: row.pk)
    return found


def all_revisions(wanted: Wanted, since: dt.datetime | None = None) -> list[RevisionRow]:
    """Return every revision of the wanted records, oldest first, in one query.

    ``since`` drops revisions that were superseded at or before that moment.
    """
    labels = {model._meta.label: model for model in wanted}
    parts = []
    for model, q in wanted.items():
        rows = model.history.filter(q)  # type: ignore[attr-defined]
        if since is not None:
            rows = rows.filter(Q(superseded_at=None) | Q(superseded_at__gt=since))
        parts.append(
            _packed(model, rows).values_list(
                "label",
                "packed",
                "history_type",
                "history_date",
                _by(),
                "history_change_reason",
                "change_id",
                "changed",
                "history_id",
            )
        )
    revisions = []
    for label, packed, kind, at, by, reason, change_id, changed, history_id in _united(parts):
        model = labels[label]
        columns = frozenset(changed.split(","))
        record = _unpack(model, packed)
        row = RevisionRow(model, record, kind, at, by, reason, change_id, columns, history_id)
        revisions.append((history_id, row))
    revisions.sort(key=lambda pair: (pair[1].at, pair[1].change_id, pair[0]))
    return [revision for _, revision in revisions]


def _by() -> Coalesce:
    """Name who changed it, or give the address of one without a name."""
    name = NullIf("history_user__name", Value(""))
    return Coalesce(name, "history_user__email", output_field=TextField())


def _rows(model: Any, q: Q, known: dt.datetime | None) -> QuerySet:
    if known is None:
        rows = model._base_manager.filter(q)
    else:
        rows = model.history.exclude(history_type="-").filter(
            q, Q(superseded_at=None) | Q(superseded_at__gt=known), history_date__lte=known
        )
    return _packed(model, rows).values_list("label", "packed")


def _packed(model: Any, rows: QuerySet) -> QuerySet:
    columns = [
        Cast(f.attname, TextField()) if isinstance(f, JSONField) else F(f.attname)
        for f in model._meta.concrete_fields
    ]
    return rows.order_by().annotate(
        label=Value(model._meta.label, output_field=CharField()), packed=JSONArray(*columns)
    )


def _united(parts: list[QuerySet]) -> QuerySet | list:
    return parts[0].union(*parts[1:], all=True) if parts else []


def _unpack(model: type[models.Model], packed: list[Any]) -> models.Model:
    fields = model._meta.concrete_fields
    return model.from_db(
        "default",
        [f.attname for f in fields],
        [_value(f, v) for f, v in zip(fields, packed, strict=True)],
    )


def _value(field: models.Field, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(field, JSONField):
        return json.loads(value)
    if isinstance(field, models.DecimalField):
        return Decimal(str(value)).quantize(Decimal(1).scaleb(-field.decimal_places))
    if isinstance(field, models.DateTimeField):
        moment = dt.datetime.fromisoformat(value)
        return moment if timezone.is_aware(moment) else moment.replace(tzinfo=dt.UTC)
    return field.to_python(value)
