"""Views of many records at once: the rows of lists, with a constant number of queries."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch, Q, QuerySet, prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _t

from agreements import sentences
from agreements.models import Agreement, Deadline, Part, Participation, SharedElement, Term
from agreements.public.build import TONES, deadline_view
from agreements.public.views import DeadlineView
from agreements.status import Code
from parties.models import Element
from sources.models import Citation

DECIDED = {Deadline.Kind.DECIDE_BY, Deadline.Kind.NOTICE, Deadline.Kind.EXPIRY}
"""Deadlines on which the deciding parties decide something."""


@dataclass(frozen=True)
class AgreementRow:
    """An agreement as a line of a list."""

    id: int
    reference: str
    title: str
    url: str
    gives: tuple[str, ...]
    gets: tuple[str, ...]
    status: str
    status_label: str
    tone: str
    next: DeadlineView | None
    fee: str


@dataclass(frozen=True)
class DeadlineRow:
    """A deadline as a line of a list."""

    deadline: DeadlineView
    title: str
    url: str
    detail: str
    deciders: tuple[str, ...]
    is_sensitive: bool


def agreement_rows(
    agreements: Iterable[Agreement], on: dt.date, audience: str = "public"
) -> list[AgreementRow]:
    """Return the lines of a list, in its order; ``agreements`` carry their status on that day.

    Parts that the public may not see count for the audience ``staff`` alone.
    """
    found = list(agreements)
    prefetch_related_objects(
        found,
        Prefetch("participation_set", _seen(Participation, audience).select_related("party")),
        Prefetch(
            "term_set", _seen(Term, audience).select_related("proposed_by").order_by("number")
        ),
    )
    nearest: dict[int, Deadline] = {}
    ahead = Deadline.objects.open(on).filter(
        agreement__in=found, due_on__gte=on, audience__in=["all", audience]
    )
    for deadline in ahead.order_by("due_on", "pk"):
        nearest.setdefault(deadline.agreement_id, deadline)
    covering = {a.pk: term for a in found if (term := _term_of(a, on)) is not None}
    claimed = set(
        Citation.objects.filter(
            target_model=Term._meta.label,
            target_id__in=[t.pk for t in covering.values()],
            field="license_fee",
        ).values_list("target_id", flat=True)
    )
    return [_row(a, nearest.get(a.pk), on, _fee(covering.get(a.pk), claimed)) for a in found]


def _term_of(agreement: Agreement, on: dt.date) -> Term | None:
    """The term that covers a day, else the last that began by then; none where that is unknown."""
    begun = [t for t in agreement.term_set.all() if t.has_begun(on)]
    covering = [t for t in begun if t.covers(on)]
    if covering or agreement.status == Code.UNKNOWN:  # type: ignore[attr-defined]
        return covering[-1] if covering else None
    return begun[-1] if begun else None


def _seen(part: type[Part], audience: str) -> QuerySet:
    """The parts that an audience may see now."""
    rows = part._base_manager.all()
    if audience != "public":
        return rows
    under_embargo = Q(embargoed_until__gt=timezone.now())
    return rows.filter(is_internal=False).exclude(under_embargo)


def _fee(term: Term | None, claimed: set[int]) -> str:
    """The license fee that a term follows, or that sources disagree on it; else empty."""
    if term is None:
        return ""
    if term.license_fee is not None:
        return sentences.fee(term.license_fee, term.currency, term.fee_per_months)
    return _t("Sources disagree") if term.pk in claimed else ""


def _row(agreement: Agreement, nearest: Deadline | None, on: dt.date, fee: str) -> AgreementRow:
    status = agreement.status or Code.DRAFT  # type: ignore[attr-defined]
    return AgreementRow(
        id=agreement.pk,
        reference=agreement.reference,
        title=agreement.title,
        url=agreement.get_absolute_url(),
        gives=_names(agreement, Participation.Role.PROVIDER, on),
        gets=_names(agreement, Participation.Role.RECIPIENT, on),
        status=status,
        status_label=str(Code(status).label),
        tone=TONES[status],
        next=deadline_view(nearest, on) if nearest else None,
        fee=fee,
    )


def _names(agreement: Agreement, role: str, on: dt.date) -> tuple[str, ...]:
    return tuple(
        p.party.short_name or p.party.name
        for p in agreement.participation_set.all()
        if p.role == role and p.on(on) is not None and p.takes_part_on(on)
    )


def deadline_rows(deadlines: Iterable[Deadline], on: dt.date) -> list[DeadlineRow]:
    """Return deadlines as lines: with who decides and whether anything sensitive is shared."""
    found = list(deadlines)
    ids = {d.agreement_id for d in found}
    agreements = Agreement.objects.prefetch_related(
        Prefetch("participation_set", _seen(Participation, "public").select_related("party"))
    ).in_bulk(ids)
    sensitive: dict[int, int] = defaultdict(int)
    shared = _seen(SharedElement, "public").filter(
        agreement__in=ids, element__sensitivity=Element.Sensitivity.SPECIAL
    )
    for entry in shared:
        if entry.on(on) is not None and not (entry.removed_day and entry.removed_day <= on):
            sensitive[entry.agreement_id] += 1
    rows = []
    for deadline in found:
        agreement = agreements[deadline.agreement_id]
        view = deadline_view(deadline, on)
        rows.append(
            DeadlineRow(
                deadline=view,
                title=agreement.title,
                url=agreement.get_absolute_url(),
                detail=view.explanation,
                deciders=_names(agreement, Participation.Role.DECIDER, on)
                if deadline.kind in DECIDED
                else (),
                is_sensitive=sensitive[agreement.pk] > 0,
            )
        )
    return rows
