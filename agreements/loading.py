"""Read the facts of agreements: four queries, whatever the size of a record or their number."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Q

from agreements.facts import PARTS, Facts
from agreements.models import (
    Agreement,
    Holiday,
    Term,
)
from parties.models import Alias, Element, Party, System
from revisions.snapshot import all_revisions, snapshot
from sources.models import Citation, Source


def load(agreement_id: int, known: dt.datetime | None = None) -> Facts | None:
    """Load one agreement's facts, or None where the register knows (or knew) no such record."""
    return load_many([agreement_id], known).get(agreement_id)


def hidden_now(ids: Iterable[int], moment: dt.datetime) -> set[tuple[str, int]]:
    """Return the parts of some agreements that the public may not see, as they stand now.

    One that was deleted while it was hidden stays hidden.
    """
    concealed = Q(is_internal=True) | Q(embargoed_until__gt=moment)
    own = Q(agreement_id__in=list(ids))
    wanted: dict[type[models.Model], Q] = dict.fromkeys(PARTS.values(), own & concealed)
    deleted = Q(history_type="-", superseded_at=None)
    rows = [row for found in snapshot(wanted).values() for row in found]
    rows += [r.record for r in all_revisions({m: q & deleted for m, q in wanted.items()})]
    return {(row._meta.label, row.pk) for row in rows}


def load_many(ids: Iterable[int], known: dt.datetime | None = None) -> dict[int, Facts]:
    """Load the facts of several agreements, in four queries."""
    ids = list(ids)
    found = snapshot(
        {Agreement: Q(id__in=ids)} | {m: Q(agreement_id__in=ids) for m in PARTS.values()}, known
    )
    found |= snapshot(
        {
            Party: Q(id__in=_wanted(found, Party)),
            Element: Q(id__in=_wanted(found, Element)),
        },
        known,
    )
    needs_holidays = any(t.notice_length is not None for t in found[Term])
    more = snapshot(
        {
            Party: Q(id__in=_wanted(found, Party)),
            System: Q(id__in=_wanted(found, System)),
            Alias: Q(party_id__in=[p.pk for p in found[Party]]),
            Holiday: Q() if needs_holidays else Q(id=None),
            Citation: _about(found),
        },
        known,
    )
    known_parties = {p.pk for p in found[Party]}
    found[Party] += [p for p in more.pop(Party) if p.pk not in known_parties]
    found |= more
    values = _cited_values(found[Citation])
    last = snapshot(
        {Source: Q(id__in=_wanted(found, Source))}
        | {model: Q(id__in=ids) for model, ids in values.items()},
        known,
    )
    found[Source] = last.pop(Source)
    cited_records = {(m, r.pk): r for m, records in last.items() for r in records}
    _attach(found)
    return _assembled(found, known, cited_records)


def _relations(record: models.Model) -> Iterable[models.ForeignKey]:
    return (f for f in record._meta.concrete_fields if isinstance(f, models.ForeignKey))


def _wanted(found: dict[type, list[Any]], model: type[models.Model]) -> set[int]:
    """Ids of ``model`` that the records found so far point to."""
    return {
        pk
        for records in found.values()
        if records
        for relation in _relations(records[0])
        if relation.related_model is model
        for record in records
        if (pk := getattr(record, relation.attname)) is not None
    }


def _about(found: dict[Any, list[Any]]) -> Q:
    """Match the citations of everything found so far."""
    q = Q(id=None)
    for model, records in found.items():
        if records:
            q |= Q(target_model=model._meta.label, target_id__in=[r.pk for r in records])
    return q


def _cited_values(citations: Iterable[Citation]) -> dict[type[models.Model], set[int]]:
    """Ids of the parties, systems and elements that citations give as the value of a relation."""
    values: dict[type[models.Model], set[int]] = defaultdict(set)
    for citation in citations:
        model = relation_of(citation.target_model, citation.field)
        if model in {Party, System, Element} and isinstance(citation.value, int):
            values[model].add(citation.value)
    return values


@cache
def relation_of(label: str, name: str) -> type[models.Model] | None:
    """Return the model that a fact points to; None for a fact that is no relation, or no fact."""
    try:
        column = apps.get_model(label)._meta.get_field(name)
    except (LookupError, ValueError, FieldDoesNotExist):
        return None
    return column.related_model if isinstance(column, models.ForeignKey) else None


def _attach(found: dict[type, list[Any]]) -> None:
    """Set each relation whose record was found, so that following it asks no database."""
    pools = {model: {r.pk: r for r in records} for model, records in found.items()}
    for records in found.values():
        for relation in _relations(records[0]) if records else ():
            pool = pools.get(relation.related_model, {})
            for record in records:
                related = pool.get(getattr(record, relation.attname))
                if related is not None:
                    relation.set_cached_value(record, related)


def _assembled(
    found: dict[type, list[Any]],
    known: dt.datetime | None,
    cited_records: Mapping[tuple[type, int], models.Model],
) -> dict[int, Facts]:
    """Give each agreement its own parts, aliases and citations."""
    parts: dict[int, dict[str, list[Any]]] = {
        a.pk: {name: [] for name in PARTS} for a in found[Agreement]
    }
    for name, model in PARTS.items():
        for record in found[model]:
            parts[record.agreement_id][name].append(record)
    aliases: dict[int, list[Alias]] = defaultdict(list)
    for alias in found[Alias]:
        aliases[alias.party_id].append(alias)
    cited: dict[tuple[str, int], list[Citation]] = defaultdict(list)
    for citation in found[Citation]:
        cited[citation.target].append(citation)
    holidays = frozenset(h.on for h in found[Holiday])
    common = {"holidays": holidays, "known": known, "cited_records": cited_records}
    return {a.pk: _facts(a, parts[a.pk], aliases, cited, **common) for a in found[Agreement]}


def _facts(
    agreement: Agreement,
    own: dict[str, list[Any]],
    aliases: dict[int, list[Alias]],
    cited: dict[tuple[str, int], list[Citation]],
    **more: Any,
) -> Facts:
    own["terms"].sort(key=lambda t: t.number)
    parties = {p.party_id for p in own["participations"]}
    targets = {(agreement._meta.label, agreement.pk)} | {
        (r._meta.label, r.pk) for rows in own.values() for r in rows
    }
    targets |= {(Party._meta.label, pk) for pk in parties}
    targets |= {(Element._meta.label, s.element_id) for s in own["shared_elements"]}
    citations = [c for target in targets for c in cited.get(target, ())]
    superseded = {d.supersedes_id for d in own["decisions"]} - {None}
    undone = [t for t in own["terms"] if t.is_proposed and t.proposed_by_id in superseded]
    own["terms"] = [t for t in own["terms"] if t not in undone]
    parts: dict[str, Any] = {name: tuple(rows) for name, rows in own.items()}
    return Facts(
        agreement=agreement,
        aliases=tuple(a for pk in sorted(parties) for a in aliases.get(pk, ())),
        citations=tuple(sorted(citations, key=lambda c: c.pk)),
        undone=tuple(undone),
        **parts,
        **more,
    )
