"""The desk itself: what needs me."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _t

from agreements.ballot import CAST
from agreements.facts import PARTS
from agreements.models import (
    Agreement,
    Deadline,
    Decision,
    Participation,
    Proposal,
    Term,
    Vote,
)
from agreements.permissions import Can, mandates_of
from agreements.public import DeadlineView, deadline_view
from civil.clock import today
from desk.gate import staff_page
from desk.views.alerts import SHOWN
from reports.alerts import watchdog
from reports.models import Alert

AHEAD = 180
MOST = 50


@dataclass(frozen=True)
class Work:
    """One deadline that needs somebody."""

    deadline: DeadlineView
    reference: str
    title: str
    url: str
    is_overdue: bool


@dataclass(frozen=True)
class Gap:
    """A record that something is missing from."""

    reference: str
    url: str
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Embargo:
    """Something that becomes public at a moment."""

    until: dt.datetime
    agreement: Agreement
    what: str


@staff_page(Can.READ_INTERNAL)
def desk(request: HttpRequest) -> HttpResponse:
    """What needs me, by deadline?"""
    on = today()
    everything = request.GET.get("all") == "1"
    user = None if everything else request.user
    work = _work(user, on)
    context = {
        "overdue": [w for w in work if w.is_overdue],
        "ahead": [w for w in work if not w.is_overdue],
        "everything": everything,
        "votes": _votes_to_cast(request.user, on),
        "proposals": _to_settle(request.user, everything),
        "unseen": _unseen(user),
        "wrong": watchdog.sentences(),
        "embargoes": _embargoes(user),
        "gaps": _gaps(user, on),
        "unreachable": _unreachable(on),
        "drafts": _in_care(user).filter(published_at=None).order_by("-pk")[:MOST],
        "may_edit": request.user.has_perm(Can.EDIT),
        "may_manage": request.user.has_perm(Can.MANAGE_PEOPLE),
        "nav": "desk",
    }
    return render(request, "desk/overview.html", context)


def _in_care(user: Any) -> QuerySet[Agreement]:
    """The records that a person looks after, and those that nobody does; all without a person."""
    if user is None:
        return Agreement.objects.all()
    mine = Q(responsible_officer=user.pk) | Q(deputy=user.pk)
    return Agreement.objects.filter(mine | Q(responsible_officer=None, deputy=None))


def _work(user: Any, on: dt.date) -> list[Work]:
    """Open deadlines, overdue or near; those of a person's own records where one is given."""
    last = dt.date.fromordinal(min(on.toordinal() + AHEAD, dt.date.max.toordinal()))
    rows = Deadline.objects.for_staff().open(on).filter(due_on__lte=last)
    if user is not None:
        mine = Q(agreement__responsible_officer=user.pk) | Q(agreement__deputy=user.pk)
        parties = mandates_of(user, on).values("party")
        decides = Participation.objects.filter(
            agreement=OuterRef("agreement"), role="decider", party__in=parties
        )
        rows = rows.filter(mine | Q(Exists(decides)))
    rows = rows.select_related("agreement").order_by("due_on", "pk")[: MOST * 2]
    return [
        Work(
            deadline=deadline_view(row, on),
            reference=row.agreement.reference,
            title=row.agreement.title,
            url=reverse("desk:agreement-detail", args=[row.agreement.slug]),
            is_overdue=row.due_on < on,
        )
        for row in rows
    ]


def _votes_to_cast(user: Any, on: dt.date) -> list[Term]:
    """Terms on whose end a person's party is to vote and has not, the nearest end first.

    Those with an open proposal, and those that end soon with nothing decided.
    """
    parties = [m.party_id for m in mandates_of(user, on)]
    decided = Decision.objects.filter(
        Q(decided_on_last__lte=on) | Q(decided_on_last=None, announced_on_last__lte=on),
        term=OuterRef("pk"),
    ).exclude(outcome=Decision.Outcome.SUSPEND)
    cast = Vote.objects.filter(term=OuterRef("pk"), party__in=parties, value__in=CAST)
    near = dt.date.fromordinal(min(on.toordinal() + AHEAD, dt.date.max.toordinal()))
    is_soon = Q(ends_on_last__range=(on, near)) & ~Exists(decided)
    return list(
        Term.objects.filter(
            Q(Exists(_open_proposals().filter(term=OuterRef("pk")))) | is_soon,
            ~Exists(cast),
            agreement__participation__party__in=parties,
            agreement__participation__role="decider",
            is_proposed=False,
        )
        .select_related("agreement")
        .distinct()
        .order_by("ends_on_last")[:MOST]
    )


def _open_proposals() -> QuerySet[Proposal]:
    return Proposal.objects.filter(withdrawn_on=None, decision=None)


def _to_settle(user: Any, everything: bool) -> list[Proposal]:
    """Proposed decisions that wait for somebody else than who worded them."""
    found = _open_proposals().exclude(worded_by=user.pk).select_related("term__agreement")
    if not everything:
        mine = Q(term__agreement__responsible_officer=user.pk) | Q(term__agreement__deputy=user.pk)
        found = found.filter(mine)
    return list(found.order_by("proposed_on", "pk")[:MOST])


def _unseen(user: Any) -> list[Alert]:
    """Alerts that nobody has said to have seen, the nearest deadline first."""
    found = Alert.objects.filter(SHOWN["unseen"])
    if user is not None:
        mine = Agreement.objects.filter(Q(responsible_officer=user.pk) | Q(deputy=user.pk))
        found = found.filter(agreement_id__in=mine.values("pk"))
    return list(found.order_by("due_on", "pk")[:MOST])


def _embargoes(user: Any) -> list[Embargo]:
    """What the public will see from a moment to come, the next first: records and parts of them."""
    now = timezone.now()
    in_care = _in_care(user)
    found = [
        Embargo(record.published_at, record, record.title)
        for record in in_care.filter(published_at__gt=now)[:MOST]
        if record.published_at is not None
    ]
    for model in PARTS.values():
        parts = model.objects.filter(embargoed_until__gt=now, agreement__in=in_care)
        found += [
            Embargo(p.embargoed_until, p.agreement, str(p))
            for p in parts.select_related("agreement")[:MOST]
            if p.embargoed_until is not None
        ]
    return sorted(found, key=lambda row: row.until)


def _unreachable(on: dt.date) -> list[Agreement]:
    """Agreements in force that nobody can be told about: an error, never silence."""
    return list(
        Agreement.objects.in_force(on, "staff")
        .exclude(responsible_officer__is_active=True)
        .exclude(deputy__is_active=True)
        .filter(department_address="")
        .distinct()[:MOST]
    )


def _gaps(user: Any, on: dt.date) -> list[Gap]:
    """Records in force, or said to be, that lack what the desk wants to know."""
    has_recipient = Exists(
        Participation.objects.filter(agreement=OuterRef("pk"), role=Participation.Role.RECIPIENT)
    )
    ends_unknown = Exists(
        Term.objects.filter(
            agreement=OuterRef("pk"), is_proposed=False, end_kind=Term.EndKind.NOT_RECORDED
        )
    )
    has_term = Exists(Term.objects.filter(agreement=OuterRef("pk")))
    standing: Any = Agreement.objects.with_status(on, "staff")
    found = (
        standing.filter(pk__in=_in_care(user))
        .exclude(status__in=["not_renewed", "terminated", "replaced"])
        .annotate(has_recipient=has_recipient, ends_unknown=ends_unknown, has_term=has_term)
        .distinct()
    )
    gaps = []
    for agreement in found.order_by("reference")[: MOST * 2]:
        checks = {
            _t("who receives the data"): not agreement.has_recipient,
            _t("a term"): not agreement.has_term,
            _t("the last day of a term"): agreement.ends_unknown,
            _t("legal basis"): not agreement.legal_basis,
            _t("purpose"): not agreement.purpose,
        }
        missing = tuple(name for name, lacks in checks.items() if lacks)
        if missing:
            url = reverse("desk:agreement-detail", args=[agreement.slug])
            gaps.append(Gap(agreement.reference, url, missing))
    return gaps[:MOST]
