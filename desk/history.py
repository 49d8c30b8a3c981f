"""The history as the desk shows it: one line a change, opening to its differences.

A page of lines takes a constant number of queries: the changes, their revisions with those before
them, and the names of what they point to.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Concat
from django.utils.encoding import force_str
from django.utils.text import capfirst
from django.utils.translation import gettext as _t

from agreements.differences import Difference, differences
from agreements.facts import PARTS
from agreements.models import Agreement
from revisions.models import Change, TrackedModel
from revisions.snapshot import RevisionRow, all_revisions
from sources.models import Citation

Names = dict[tuple[type, Any], str]
Wanted = Mapping[type[models.Model], Q]


def tracked_models() -> list[type[models.Model]]:
    """Return every tracked model, by what it is called."""
    found = [m for m in apps.get_models() if issubclass(m, TrackedModel)]
    return sorted(found, key=lambda m: force_str(m._meta.verbose_name))


def whole_register() -> dict[type[models.Model], Q]:
    """Every record of every tracked model."""
    return {model: Q() for model in tracked_models()}


def scope_of(model: type[models.Model], pk: int) -> dict[type[models.Model], Q]:
    """One record; an agreement with its parts, and what sources say of any of these."""
    if model is not Agreement:
        cited = Q(target_model=model._meta.label, target_id=pk)
        return {model: Q(id=pk)} | ({} if model is Citation else {Citation: cited})
    wanted: dict[type[models.Model], Q] = {Agreement: Q(id=pk)}
    cited = Q(target_model=Agreement._meta.label, target_id=pk)
    for part in PARTS.values():
        wanted[part] = Q(agreement_id=pk)
        own = part.history.model.objects.filter(agreement_id=pk).values("id")
        cited |= Q(target_model=part._meta.label, target_id__in=own)
    return wanted | {Citation: cited}


@dataclass(frozen=True)
class Narrowed:
    """What the lines are narrowed to; None or empty where they are not."""

    by: int | None = None
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    kind: str = ""  # "+" created, "~" changed, "-" deleted
    model: type[models.Model] | None = None
    columns: tuple[str, ...] = ()


def changes(wanted: Wanted, narrowed: Narrowed) -> QuerySet[Change]:
    """Return the changes that touched the wanted records, as narrowed."""
    found = Change.objects.select_related("by")
    if narrowed.by is not None:
        found = found.filter(by=narrowed.by)
    if narrowed.since is not None:
        found = found.filter(at__gte=narrowed.since)
    if narrowed.until is not None:
        found = found.filter(at__lte=narrowed.until)
    everything = all(not q for q in wanted.values()) and len(wanted) == len(tracked_models())
    if everything and not (narrowed.kind or narrowed.model):
        return found
    touched = Q(pk=None)
    for model, q in wanted.items():
        if narrowed.model in (None, model):
            touched |= Q(Exists(_revisions(model, q, narrowed)))
    return found.filter(touched)


def _revisions(model: Any, q: Q, narrowed: Narrowed) -> QuerySet:
    rows = model.history.model.objects.filter(q, change=OuterRef("pk"))
    if narrowed.kind:
        rows = rows.filter(history_type=narrowed.kind)
    if narrowed.columns:
        comma = Value(",", output_field=TextField())
        rows = rows.annotate(among=Concat(comma, F("changed"), comma, output_field=TextField()))
        among = Q()
        for column in narrowed.columns:
            among |= Q(among__contains=f",{column},")
        rows = rows.filter(among)
    return rows


@dataclass(frozen=True)
class RecordChange:
    """What a change did to one record: created, changed or deleted it, and how."""

    label: str  # the model, as addresses have it
    id: int
    revision: int
    name: str
    kind: str
    differences: tuple[Difference, ...]
    is_latest: bool = False

    @property
    def what(self) -> str:
        """Say in a few words what was done."""
        if self.kind == "+":
            return _t("entered")
        if self.kind == "-":
            return _t("deleted")
        return ", ".join(d.label for d in self.differences)


@dataclass(frozen=True)
class Line:
    """One change: who, when, why, and what it did to which records."""

    change: Change
    records: tuple[RecordChange, ...] = field(default=())

    @property
    def what(self) -> str:
        """Say in a line what was changed; many records are counted."""
        shown = [f"{r.name}: {r.what}" for r in self.records[:MOST_NAMED]]
        more = len(self.records) - MOST_NAMED
        if more > 0:
            shown.append(_t("and %(n)s more") % {"n": more})
        return "; ".join(shown)


MOST_NAMED = 3


def lines(found: Iterable[Change], wanted: Wanted) -> list[Line]:
    """Return changes as lines, in their order, with what they did to the wanted records."""
    found = list(found)
    ids = [c.pk for c in found]
    rows = all_revisions(_with_predecessors(wanted, ids))
    names = names_of(rows)
    by_change: dict[int, list[RecordChange]] = {pk: [] for pk in ids}
    before: dict[tuple[type, int], RevisionRow] = {}
    for row in rows:
        key = row.model, row.record.pk
        if row.change_id in by_change:
            by_change[row.change_id].append(_record_change(row, before.get(key), names))
        before[key] = row
    return [Line(c, tuple(by_change[c.pk])) for c in found]


def _with_predecessors(wanted: Wanted, ids: list[int]) -> dict[type[models.Model], Q]:
    """Match the wanted records' revisions of some changes, and the ones that these followed."""
    narrowed: dict[type[models.Model], Q] = {}
    for model, q in wanted.items():
        rows = model.history.model.objects  # type: ignore[attr-defined]
        followed = rows.filter(
            id=OuterRef("id"), history_date=OuterRef("superseded_at"), change__in=ids
        )
        narrowed[model] = q & (Q(change_id__in=ids) | Q(Exists(followed)))
    return narrowed


def _record_change(row: RevisionRow, last: RevisionRow | None, names: Names) -> RecordChange:
    was = last.record if last is not None and last.kind != "-" else None
    now = None if row.kind == "-" else row.record
    return RecordChange(
        label=row.model._meta.label,
        id=row.record.pk,
        revision=row.id,
        name=names[row.model, row.record.pk],
        kind=row.kind,
        differences=tuple(differences(was, now, names)),
    )


# ── Names ──────────────────────────────────────────────────────────────────────


def names_of(rows: Iterable[RevisionRow]) -> Names:
    """Return what the records of some revisions, and all they point to, are called."""
    return names_of_records([row.record for row in rows])


def names_of_records(records: list[Any]) -> Names:
    """Return what some records, and all they point to, are called, in at most three queries.

    What is gone is called as its last revision has it. The given records bear the name of the
    last of them in the list.
    """
    pools: dict[type, dict[Any, Any]] = {}
    user = get_user_model()
    near = _latest(_pointed_at(records, pools), pools)
    _latest(_pointed_at(near, pools), pools)
    people = {
        getattr(r, f.attname)
        for r in [*records, *near]
        for f in _relations(r)
        if f.related_model is user
    }
    pools[user] = user._default_manager.in_bulk(people - {None}) if people - {None} else {}
    for record in [*near, *records]:
        for relation in _relations(record):
            related = pools.get(relation.related_model, {}).get(getattr(record, relation.attname))
            if related is not None:
                relation.set_cached_value(record, related)
    names: Names = {}
    for pool in pools.values():
        names |= {(type(r), r.pk): _called(r) for r in pool.values()}
    names |= {(type(r), r.pk): _titled(r, names) for r in records}
    return names


def _relations(record: models.Model) -> list[models.ForeignKey]:
    return [f for f in record._meta.concrete_fields if isinstance(f, models.ForeignKey)]


def _pointed_at(records: Iterable[Any], pools: dict[type, dict[Any, Any]]) -> dict[Any, set[int]]:
    wanted: dict[Any, set[int]] = {}
    for record in records:
        pairs = [(f.related_model, getattr(record, f.attname)) for f in _relations(record)]
        if isinstance(record, Citation):
            pairs.append((_model(record.target_model), record.target_id))
        for model, pk in pairs:
            is_tracked = isinstance(model, type) and issubclass(model, TrackedModel)
            if is_tracked and pk is not None and pk not in pools.get(model, {}):
                wanted.setdefault(model, set()).add(pk)
    return wanted


def _model(label: str) -> Any:
    try:
        return apps.get_model(label)
    except (LookupError, ValueError):
        return None


def _latest(wanted: dict[Any, set[int]], pools: dict[type, dict[Any, Any]]) -> list[Any]:
    """Read the last revision of each wanted record into the pools, in one query."""
    found = all_revisions(
        {model: Q(id__in=ids, superseded_at=None) for model, ids in wanted.items()}
    )
    for row in found:
        pools.setdefault(row.model, {})[row.record.pk] = row.record
    return [row.record for row in found]


def _called(record: models.Model) -> str:
    """What a record is called; its relations are attached, or it says its kind alone."""
    loose = [
        f
        for f in _relations(record)
        if getattr(record, f.attname) is not None and not f.is_cached(record)
    ]
    if isinstance(record, Agreement):
        return record.label
    if loose and any(f.name in {"party", "element", "user"} for f in loose):
        return capfirst(force_str(record._meta.verbose_name))
    return force_str(record)


def _titled(record: models.Model, names: Names) -> str:
    """A record by its kind and name, after the agreement that it belongs to."""
    if isinstance(record, Citation):
        about = names.get((_model(record.target_model), record.target_id), "")
        return _t("Source on %(what)s") % {"what": about or record.target_model}
    called = _called(record)
    kind = capfirst(force_str(record._meta.verbose_name))
    if not called.casefold().startswith(kind.casefold()):
        called = f"{kind}: {called}"
    owner = names.get((Agreement, getattr(record, "agreement_id", None)))
    return f"{owner}, {called[:1].lower()}{called[1:]}" if owner else called
