"""The public history of a record: one line a change, with what it changed field by field.

It begins at the first publication and shows allow-listed fields only.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, replace
from typing import Any

from django.db import models
from django.db.models import Exists, Min, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.encoding import force_str
from django.utils.translation import gettext as _t

from agreements.claims import fact_value, field_label, show_value
from agreements.facts import PARTS, Facts, without_hidden_removal
from agreements.models import Agreement, Part, Participation, SharedElement
from agreements.public.allowed import PUBLIC_FIELDS, is_public, public_columns
from revisions.models import Change
from revisions.snapshot import RevisionRow, all_revisions, snapshot
from sources.models import Citation

SEARCHED_AT_ONCE = 25
MOST_SEARCHED = 500


@dataclass(frozen=True)
class FieldChange:
    """A field of a record before and after; an empty text where nothing was recorded."""

    record: str
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class ChangeView:
    """One change: when, why, and what it changed."""

    id: int
    at: dt.datetime
    reason: str
    fields: tuple[FieldChange, ...]
    citations: int


def public_history(facts: Facts) -> list[ChangeView]:
    """Return the changes of a record since its first publication, latest first, in one query.

    The change that published it shows all that it then made public, whatever stood in drafts.
    With ``facts`` as known at a moment, the changes up to then. ``facts`` are all facts; what is
    hidden from the public now is hidden in all of the history.
    """
    rows = all_revisions(revisions_of(facts))
    now = timezone.now()
    hidden = facts.hidden(now) | _hidden_rows(rows, now)
    partly = {row.change_id for row in rows if _key(row) in hidden}
    rows = [_without_hidden(row, hidden) for row in rows if _key(row) not in hidden]
    if facts.known is not None:
        rows = [r for r in rows if r.at <= facts.known]
    published = next(
        (r for r in rows if isinstance(r.record, Agreement) and r.record.published_at), None
    )
    if published is None:
        return []
    names = record_names(facts, rows)
    before: dict[tuple[type, int], models.Model] = {}
    fields: dict[int, list[FieldChange]] = defaultdict(list)
    cited: dict[int, int] = defaultdict(int)
    changes: dict[int, RevisionRow] = {}
    baseline: dict[tuple[type, int], RevisionRow] = {}
    for row in rows:
        key = row.model, row.record.pk
        if row.change_id == published.change_id or row.at < published.at:
            baseline[key] = row
            continue
        if row.model is Citation:
            cited[row.change_id] += row.kind == "+" and _is_public_citation(row.record)
        else:
            was = before.get(key) or _baseline(baseline.get(key))
            fields[row.change_id] += _field_changes(row, was, names)
        before[key] = row.record
        changes[row.change_id] = row
    for row in baseline.values():
        if row.kind != "-" and row.model is not Citation:
            fields[published.change_id] += _field_changes(row, None, names)
        elif row.kind != "-":
            cited[published.change_id] += _is_public_citation(row.record)
    changes[published.change_id] = published
    views = [
        ChangeView(pk, row.at, _reason(row, partly), tuple(fields[pk]), cited[pk])
        for pk, row in changes.items()
        if fields[pk] or cited[pk]
    ]
    return sorted(views, key=lambda c: (c.at, c.id), reverse=True)


def _without_hidden(row: RevisionRow, hidden: set[tuple[str, int]]) -> RevisionRow:
    """A revision without what hidden amendments took away, naming nothing hidden."""
    record: Any = row.record
    if isinstance(record, SharedElement):
        record = without_hidden_removal(record, hidden)
    named = [
        field.attname
        for field in record._meta.concrete_fields
        if field.is_relation
        and (field.related_model._meta.label, getattr(record, field.attname)) in hidden
    ]
    if named:
        record = copy(record)
        for name in named:
            setattr(record, name, None)
    return replace(row, record=record)


def _key(row: RevisionRow) -> tuple[str, int]:
    """The record that a revision is about; for a citation, the one that it cites for."""
    if isinstance(row.record, Citation):
        return row.record.target
    return row.model._meta.label, row.record.pk


def _hidden_rows(rows: list[RevisionRow], now: dt.datetime) -> set[tuple[str, int]]:
    """Records whose last revision, be it that of their deletion, is hidden from the public."""
    latest = {_key(row): row.record for row in rows if isinstance(row.record, Part)}
    return {key for key, record in latest.items() if record.is_hidden_at(now)}


def _reason(row: RevisionRow, partly: set[int]) -> str:
    """The reason of a change; withheld while part of what the change did is."""
    return _t("The reason is not public yet.") if row.change_id in partly else row.reason


def revisions_of(facts: Facts) -> dict[type[models.Model], Q]:
    """Match the records whose revisions make the history of an agreement."""
    own = facts.agreement.pk
    wanted: dict[type[models.Model], Q] = {Agreement: Q(id=own)}
    wanted |= {part: Q(agreement_id=own) for part in PARTS.values()}
    wanted[Citation] = Q(id__in=[c.pk for c in facts.citations])
    return wanted


def _baseline(row: RevisionRow | None) -> models.Model | None:
    return row.record if row is not None and row.kind != "-" else None


def _is_public_citation(citation: Any) -> bool:
    return is_public(citation.target_model, citation.field)


@dataclass(frozen=True)
class LatestChange:
    """A change to published records, as the home page tells it."""

    at: dt.datetime
    reason: str
    agreements: tuple[tuple[str, str], ...]  # short name, address


def latest_changes(most: int, until: dt.datetime) -> list[LatestChange]:
    """Return the latest changes to public facts of published agreements, latest first.

    Changes that touched no public fact do not count; the search stops after some hundred.
    """
    found: list[LatestChange] = []
    changes = _touching_public().filter(at__lte=until).order_by("-at", "-pk")
    for start in range(0, MOST_SEARCHED, SEARCHED_AT_ONCE):
        batch = list(changes[start : start + SEARCHED_AT_ONCE])
        found += _told(batch)
        if len(found) >= most or len(batch) < SEARCHED_AT_ONCE:
            break
    return found[:most]


def _touching_public() -> QuerySet[Change]:
    """Changes that touched a record of a published agreement."""
    public = Agreement.objects.published().values("pk")
    touched = Q()
    for part in (Agreement, *PARTS.values()):
        owner = "id__in" if part is Agreement else "agreement_id__in"
        revisions = part.history.model.objects.filter(change=OuterRef("pk"), **{owner: public})  # type: ignore[attr-defined]
        touched |= Q(Exists(revisions))
    return Change.objects.filter(touched)


def _told(changes: list[Change]) -> list[LatestChange]:
    """Those of some changes that touched public facts, with the agreements that they touched."""
    of_changes = Q(change_id__in=[c.pk for c in changes])
    wanted: dict[type[models.Model], Q] = {Agreement: of_changes}
    wanted |= dict.fromkeys(PARTS.values(), of_changes)
    touched: dict[int, dict[int, None]] = {c.pk: {} for c in changes}
    rows = all_revisions(wanted)
    now = timezone.now()
    hidden = _hidden_rows(rows, now) | _hidden_of(rows, now)
    partly = {row.change_id for row in rows if _key(row) in hidden}
    for row in rows:
        if _key(row) not in hidden and row.changed & public_columns(row.model):
            owner = row.record.pk if row.model is Agreement else row.record.agreement_id  # type: ignore[attr-defined]
            touched[row.change_id][owner] = None
    ids = {pk for owners in touched.values() for pk in owners}
    agreements = Agreement.objects.published().in_bulk(ids)
    published = _first_published(ids)
    found = []
    for change in changes:
        named = [agreements[pk] for pk in touched[change.pk] if pk in agreements]
        links = tuple(
            (a.label, a.get_absolute_url()) for a in named if change.at >= published[a.pk]
        )
        if links:
            reason = _t("The reason is not public yet.") if change.pk in partly else change.reason
            found.append(LatestChange(change.at, reason, links))
    return found


def _hidden_of(rows: list[RevisionRow], now: dt.datetime) -> set[tuple[str, int]]:
    """Those of the records of some revisions that are hidden as they stand now."""
    wanted: dict[type[models.Model], Q] = {}
    for row in rows:
        if isinstance(row.record, Part):
            wanted[row.model] = wanted.get(row.model, Q(id=None)) | Q(id=row.record.pk)
    concealed = Q(is_internal=True) | Q(embargoed_until__gt=now)
    found = snapshot({model: q & concealed for model, q in wanted.items()})
    return {(r._meta.label, r.pk) for records in found.values() for r in records}


def _first_published(ids: set[int]) -> dict[int, dt.datetime]:
    """When each agreement was first published, by its revisions."""
    revisions = Agreement.history.model.objects
    first = revisions.filter(id__in=ids, published_at__isnull=False).order_by().values("id")
    return dict(first.annotate(at=Min("history_date")).values_list("id", "at"))


def _field_changes(
    row: RevisionRow, was: models.Model | None, names: dict[tuple[type, int], str]
) -> Iterator[FieldChange]:
    now = None if row.kind == "-" else row.record
    record = row.record
    title = names.get((row.model, record.pk), "")
    for name in PUBLIC_FIELDS.get(row.model, ()):
        before = _shown(was, name, names) if was is not None else ""
        after = _shown(now, name, names) if now is not None else ""
        if before != after:
            yield FieldChange(title, field_label(record, name), before, after)


def _shown(record: models.Model, name: str, names: dict[tuple[type, int], str]) -> str:
    value = fact_value(record, name)
    if value is None:
        return ""
    if name not in getattr(record, "partial_dates", ()) and name not in getattr(
        record, "composite_facts", {}
    ):
        field = record._meta.get_field(name)
        if isinstance(field, models.ForeignKey):
            return names.get((field.related_model, value), _t("another record"))
        if isinstance(field, models.BooleanField):
            return _t("yes") if value else ""
    return show_value(record, name, value)


def record_names(facts: Facts, rows: list[RevisionRow]) -> dict[tuple[type, int], str]:
    """What each record is called: by its text now, else as it stood in its last revision."""
    named: dict[tuple[type, int], str] = {}
    parts = [part for name in (*PARTS, "undone") for part in getattr(facts, name)]
    for part in parts:
        for field in part._meta.concrete_fields:
            if isinstance(field, models.ForeignKey) and field.is_cached(part):
                related = getattr(part, field.name)
                if related is not None:
                    named[type(related), related.pk] = force_str(related)
    for part in parts:  # after what others call it: what is hidden must not change a name
        named[type(part), part.pk] = called(part)
    named[Agreement, facts.agreement.pk] = facts.agreement.reference
    if facts.agreement.system:
        system = facts.agreement.system
        named[type(system), system.pk] = force_str(system)
    for row in rows:
        if isinstance(row.record, Part):
            named.setdefault((row.model, row.record.pk), force_str(row.model._meta.verbose_name))
    return named


def called(record: models.Model) -> str:
    """Name a record by its kind and its text."""
    if isinstance(record, Participation):
        return force_str(record)
    kind = force_str(record._meta.verbose_name)
    text = force_str(record)
    if text.casefold().startswith(kind.casefold()):
        return text
    return f"{kind[:1].upper()}{kind[1:]}: {text}"
