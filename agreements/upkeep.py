"""What follows from a change: deadlines, status spans, search text.

Registered with ``revisions``; runs once at the end of every change, before it is committed.
"""

import datetime as dt
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.db import models, transaction

from agreements.deadlines import Row, derive
from agreements.documents import texts_of
from agreements.facts import PARTS, Facts
from agreements.loading import load_many
from agreements.models import (
    Agreement,
    Deadline,
    Holiday,
    SearchText,
    StatusSpan,
    Term,
)
from agreements.models.derived import Audience
from agreements.status import Span, spans
from parties.models import Alias, Element, Party, System
from revisions import OpenChange, register

_TICK = dt.timedelta(microseconds=1)
BATCH = 500


def touched_agreements(change: OpenChange) -> set[int]:
    """Return the ids of the agreements whose derived rows a change may move."""
    ids: set[int] = set(change.touched.get(Agreement, ()))
    for part in PARTS.values():
        ids |= {row.agreement_id for row in change.rows(part)}  # type: ignore[attr-defined]
    if Holiday in change.touched:
        ids |= set(Term.objects.exclude(notice_length=None).values_list("agreement_id", flat=True))
    parties = set(change.touched.get(Party, ()))
    parties |= {row.party_id for row in change.rows(Alias)}  # type: ignore[attr-defined]
    for found in (
        Agreement.objects.filter(participation__party__in=parties) if parties else None,
        _agreements_with(change, "sharedelement__element__in", Element),
        _agreements_with(change, "system__in", System),
    ):
        if found is not None:
            ids |= set(found.values_list("pk", flat=True))
    return ids


def _agreements_with(change: OpenChange, lookup: str, model: type) -> Any:
    ids = change.touched.get(model)
    return Agreement.objects.filter(**{lookup: ids}) if ids else None


@register("derive")
def derive_touched(change: OpenChange) -> None:
    """Bring deadlines, status spans and search text of the touched agreements up to date."""
    ids = sorted(touched_agreements(change))
    for start in range(0, len(ids), BATCH):
        rebuild(ids[start : start + BATCH], change.at)


@dataclass(frozen=True)
class Difference:
    """A derived row that a rebuild would change: stored as, should be."""

    reference: str
    what: str
    stored: str
    derived: str


def rebuild(ids: Iterable[int], at: dt.datetime, *, check_only: bool = False) -> list[Difference]:
    """Make the derived rows of some agreements equal to what their facts say.

    Returns what differed. ``at`` is the moment from which changed status spans are known. With
    ``check_only`` nothing is written.
    """
    ids = sorted(ids)
    if not check_only:  # two changes at once: the second derives from what both wrote
        list(Agreement.objects.select_for_update().filter(pk__in=ids).order_by("pk").values("pk"))
    facts_by_id = load_many(ids)
    stored_deadlines = _by_agreement(Deadline.objects.filter(agreement__in=ids))
    stored_spans = _by_agreement(StatusSpan.objects.filter(agreement__in=ids, known_to=None))
    stored_texts = _by_agreement(SearchText.objects.filter(agreement__in=ids))
    file_texts = texts_of(d for facts in facts_by_id.values() for d in facts.documents)
    differences: list[Difference] = []
    for pk, facts in facts_by_id.items():
        public = facts.published(at)
        both = facts, public
        differences += _sync_deadlines(both, stored_deadlines.get(pk, []), check_only)
        differences += _sync_spans(both, stored_spans.get(pk, []), at, check_only)
        wanted = search_texts(facts, file_texts)
        wanted["public"] = search_texts(public, file_texts)["public"]
        differences += _sync_texts(facts, wanted, stored_texts.get(pk, []), check_only)
    return differences


def end_embargoes(at: dt.datetime) -> int:
    """Derive again what was told apart for staff and public and is so no longer.

    Returns how many rows came to differ. To be run often: an embargo ends at its moment, and the
    stored rows follow at the next run.
    """
    apart = Deadline.objects.exclude(audience=Audience.ALL).values("agreement")
    spans_apart = StatusSpan.objects.filter(known_to=None).exclude(audience=Audience.ALL)
    ids = Agreement.objects.filter(
        models.Q(pk__in=apart) | models.Q(pk__in=spans_apart.values("agreement"))
    ).values_list("pk", flat=True)
    with transaction.atomic():
        return len(rebuild(ids, at))


def _by_agreement(rows: Iterable) -> dict[int, list]:
    found: dict[int, list] = {}
    for row in rows:
        found.setdefault(row.agreement_id, []).append(row)
    return found


Both = tuple[Facts, Facts]
"""All facts of an agreement, and those that are published: the same object where all are."""


def _for_each(both: Both, derive_from: Callable[[Facts], list[Any]]) -> list[tuple[str, Any]]:
    """Derive rows from all facts and from the published ones; those that are alike are for all."""
    everything, public = both
    staff_rows = derive_from(everything)
    if public is everything:
        return [(Audience.ALL, row) for row in staff_rows]
    public_rows = derive_from(public)
    found = [(Audience.ALL if r in public_rows else Audience.STAFF, r) for r in staff_rows]
    return found + [(Audience.PUBLIC, r) for r in public_rows if r not in staff_rows]


def _sync_deadlines(both: Both, stored: list[Deadline], check_only: bool) -> list[Difference]:
    names = ("due_on", "arises_on", "settled_on", "basis")
    derived = {(*row.key, audience): row for audience, row in _for_each(both, derive)}
    keyed = {(d.kind, d.source_model, d.source_id, d.occurrence, d.audience): d for d in stored}
    gone = [d for key, d in keyed.items() if key not in derived]
    fresh = [(key[-1], row) for key, row in derived.items() if key not in keyed]
    moved = [
        (keyed[key], row)
        for key, row in derived.items()
        if key in keyed and any(getattr(keyed[key], n) != getattr(row, n) for n in names)
    ]
    agreement = both[0].agreement
    reference = agreement.reference
    differences = [Difference(reference, "deadline", _said(d), "nothing") for d in gone]
    differences += [Difference(reference, "deadline", "nothing", _said(r)) for _, r in fresh]
    differences += [Difference(reference, "deadline", _said(d), _said(r)) for d, r in moved]
    if check_only or not differences:
        return differences
    Deadline.objects.filter(pk__in=[d.pk for d in gone]).delete()
    for deadline, row in moved:
        for name in names:
            setattr(deadline, name, getattr(row, name))
    Deadline.objects.bulk_update([d for d, _ in moved], names)
    Deadline.objects.bulk_create(
        Deadline(
            agreement=agreement,
            audience=audience,
            kind=row.kind,
            source_model=row.source_model,
            source_id=row.source_id,
            occurrence=row.occurrence,
            **{name: getattr(row, name) for name in names},
        )
        for audience, row in fresh
    )
    return differences


def _said(row: Row | Deadline) -> str:
    settled = f", settled {row.settled_on}" if row.settled_on else ""
    source = f"{row.source_model} {row.source_id}"
    return f"{row.kind} due {row.due_on}, arises {row.arises_on}{settled} ({source}) {row.basis}"


def _sync_spans(
    both: Both, stored: list[StatusSpan], at: dt.datetime, check_only: bool
) -> list[Difference]:
    """Bring the spans up to date; where staff and public see others, each has all of its own."""
    derived = _for_each(both, lambda facts: [spans(facts)])
    wanted = dict(derived)
    was: dict[str, list[Span]] = {}
    for row in sorted(stored, key=_first_day):
        was.setdefault(row.audience, []).append(Span(row.status, row.from_on, row.to_on))
    if was == wanted:
        return []
    agreement = both[0].agreement
    audiences = sorted({*was, *wanted})
    differences = [
        Difference(agreement.reference, "status", _told(was.get(a, [])), _told(wanted.get(a, [])))
        for a in audiences
        if was.get(a) != wanted.get(a)
    ]
    if not check_only:
        moment = max([at, *(s.known_from + _TICK for s in stored)])
        StatusSpan.objects.filter(pk__in=[s.pk for s in stored]).update(known_to=moment)
        StatusSpan.objects.bulk_create(
            StatusSpan(
                agreement=agreement,
                audience=audience,
                status=span.status,
                from_on=span.from_on,
                to_on=span.to_on,
                known_from=moment,
            )
            for audience, found in wanted.items()
            for span in found
        )
    return differences


def _first_day(span: StatusSpan) -> dt.date:
    return span.from_on or dt.date.min


def _told(spans_: list[Span]) -> str:
    return (
        "; ".join(f"{s.status} {s.from_on or '…'} to {s.to_on or '…'}" for s in spans_) or "nothing"
    )


def _sync_texts(
    facts: Facts, derived: dict[str, str], stored: list[SearchText], check_only: bool
) -> list[Difference]:
    keyed = {t.audience: t for t in stored}
    differences = []
    for audience, text in derived.items():
        was = keyed.get(audience)
        if was is not None and was.text == text:
            continue
        differences.append(
            Difference(
                facts.agreement.reference,
                f"search text ({audience})",
                f"{len(was.text)} characters" if was else "nothing",
                f"{len(text)} characters",
            )
        )
        if not check_only:
            SearchText.objects.update_or_create(
                agreement=facts.agreement, audience=audience, defaults={"text": text}
            )
    return differences


# ── Search text ────────────────────────────────────────────────────────────────

Texts = dict[str, str]


def fold(text: str) -> str:
    """Return text as it is searched: lower case, without accents, single spaces."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


def search_texts(facts: Facts, file_texts: Mapping[str, str] = MappingProxyType({})) -> Texts:
    """Return what a search looks through, by audience. The public's holds no internal field.

    ``file_texts`` holds the text of kept files, by their hash.
    """
    agreement = facts.agreement
    words = [
        agreement.reference,
        agreement.title,
        agreement.short_title,
        agreement.purpose,
        agreement.legal_basis,
        *(p.party.name for p in facts.participations),
        *(p.party.short_name for p in facts.participations),
        *(a.name for a in facts.aliases),
        *(s.element.name for s in facts.shared_elements),
        *(e.title for e in facts.events),
        *(c.title for c in facts.concerns),
        *(i.title for i in facts.incidents),
        *(d.title for d in facts.documents),
        *(file_texts.get(d.sha256, "") for d in facts.documents),
    ]
    if agreement.system:
        words += [agreement.system.name, agreement.system.short_name]
    numbers = [agreement.contract_number, agreement.law_department_number]
    public = fold(" ".join(dict.fromkeys(w for w in words + numbers if w)))
    staff = fold(f"{public} {agreement.internal_note}")
    return {"public": public, "staff": staff}
