"""What the page of a renewal shows: one frozen object, gathered from an agreement's facts."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _t

from agreements.ballot import (
    CAST,
    Standing,
    digest_of,
    flag_of,
    late_by,
    shared_next,
    standing,
)
from agreements.claims import Claim, claims
from agreements.explain import explain
from agreements.facts import Facts
from agreements.models import Concern, Deadline, Decision, NoticeGiven, Proposal, Term, Vote
from agreements.nextterm import NextTerm, next_recorded, next_term
from agreements.options import Option, fee_sentence, options
from agreements.permissions import Can, mandates_of
from agreements.renewals import final_from
from agreements.renewing import is_followed, text_proposal
from agreements.sentences import (
    access_sentence,
    days_left,
    fee,
    is_access_alarm,
    money,
    status_sentence,
)
from agreements.status import Status, access_on, status_on
from civil.display import show_date, show_partial
from civil.partial import PartialDate
from parties.models import Party


@dataclass(frozen=True)
class DeadlineRow:
    """One open deadline in words."""

    label: str
    due_on: dt.date
    explanation: str
    left: str
    is_past: bool


@dataclass(frozen=True)
class BallotRow:
    """A deciding party, its vote, and why the vote is flagged."""

    party: Party
    vote: Vote | None
    flag: str
    announced: Vote | None


@dataclass(frozen=True)
class DecisionRow:
    """A decision, whether it stands, and what is to be said of it."""

    decision: Decision
    stands: bool
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class ConcernRow:
    """A concern and whether its answer is overdue."""

    concern: Concern
    is_overdue: bool


@dataclass(frozen=True)
class Instalment:
    """One payment of the license fee, the amount as people read it."""

    pk: int
    due_on: PartialDate | None
    received_on: Any
    said: str


@dataclass(frozen=True)
class RenewalPage:
    """A term's end, as of a day, for a reader."""

    term: Term
    agreement: Any
    on: dt.date
    status: Status
    sentence: str
    access: str
    access_alarm: bool
    standing: Standing
    where: tuple[str, ...]
    deadlines: tuple[DeadlineRow, ...]
    reviews: tuple[Any, ...]
    open_review: Any
    concerns: tuple[ConcernRow, ...]
    evidence: tuple[Any, ...]
    hearings: tuple[Any, ...]
    fee: str
    fee_claims: tuple[Claim, ...]
    payments: tuple[Instalment, ...]
    options: tuple[Option, ...]
    ballot: tuple[BallotRow, ...]
    notices: tuple[tuple[NoticeGiven, str], ...]
    proposal: Proposal | None
    proposed: tuple[tuple[str, str, str], ...]
    left_out: tuple[str, ...]
    decisions: tuple[DecisionRow, ...]
    proposed_term: Term | None
    obligations: tuple[Any, ...]
    may_edit: bool
    may_vote: bool
    is_open: bool


def renewal_page(facts: Facts, term: Term, on: dt.date, user: Any) -> RenewalPage:
    """Gather what a reader sees of a term's end. ``facts`` are all facts, ``on`` is today."""
    then = facts.on(on)
    status = status_on(facts, on)
    about = text_proposal(facts, term)
    proposal = about if about is not None and about.is_open else None
    found = standing(then, term)
    access = access_on(facts, on)
    duties = {d.pk for d in then.decisions_of(term)}
    given = {n.pk for n in then.notices_of(term.pk)}
    following = next_recorded(facts, term)
    return RenewalPage(
        term=term,
        agreement=facts.agreement,
        on=on,
        status=status,
        sentence=status_sentence(then, status),
        access=access_sentence(access, status),
        access_alarm=is_access_alarm(access, status),
        standing=found,
        where=tuple(_where(facts, then, term, on, proposal, following)),
        deadlines=tuple(_deadlines(facts, on)),
        reviews=tuple(r for r in facts.reviews if r.term_id == term.pk),
        open_review=next(
            (r for r in facts.reviews if r.term_id == term.pk and not r.completed_on), None
        ),
        concerns=tuple(_concerns(then, on)),
        evidence=then.evidence,
        hearings=tuple(e for e in then.events if e.kind == "hearing"),
        fee=fee_sentence(term),
        fee_claims=tuple(c for c in claims(facts, term, "license_fee") if c.citations),
        payments=tuple(
            Instalment(p.pk, p.due_on, p.received_on, money(p.amount, p.currency))
            for p in facts.payments
            if p.term_id == term.pk
        ),
        options=() if is_followed(facts, term) else tuple(options(facts, term, on)),
        ballot=tuple(_ballot(then, term, found, digest_of(facts, term, about))),
        notices=tuple(
            (n, late_by(facts, term, day) if (day := n.counts_from()) else "")
            for n in then.notices_of(term.pk)
        ),
        proposal=proposal,
        proposed=tuple(_compared(facts, term, proposal)) if proposal is not None else (),
        left_out=_left_out(facts, term, proposal),
        decisions=tuple(_decisions(facts, term, on)),
        proposed_term=following if following is not None and following.is_proposed else None,
        obligations=tuple(
            o for o in then.obligations if o.decision_id in duties or o.notice_id in given
        ),
        may_edit=user.has_perm(Can.EDIT),
        may_vote=_may_vote(user, found),
        is_open=not term.is_proposed and not is_followed(facts, term),
    )


def _may_vote(user: Any, found: Standing) -> bool:
    held = mandates_of(user).values_list("party", flat=True)
    return bool({p.pk for p in found.deciders} & set(held))


def _where(
    facts: Facts,
    then: Facts,
    term: Term,
    on: dt.date,
    proposal: Proposal | None,
    following: Term | None,
) -> list[str]:
    """Say where the decision stands: decided, final or not, proposed, or open."""
    said = []
    stands = then.decisions_of(term)
    for decision in stands:
        said.append(_t("Decided: %(outcome)s.") % {"outcome": decision.get_outcome_display()})
        since = final_from(facts, decision)
        if decision.outcome == Decision.Outcome.DO_NOT_RENEW and (since is None or since > on):
            said.append(
                _t("It is not final: renewing can still meet the rule, and no notice was given.")
            )
    if following is not None and following.is_proposed:
        said.append(
            _t("Term %(number)s is proposed and waits for its execution.")
            % {"number": following.number}
        )
    if proposal is not None:
        said.append(
            _t("Proposed on %(day)s by %(person)s: %(outcome)s. Somebody else settles it.")
            % {
                "day": show_date(proposal.proposed_on),
                "person": proposal.worded_by,
                "outcome": proposal.get_outcome_display(),
            }
        )
    if not stands and proposal is None:
        said.append(_t("No decision is recorded and none is proposed."))
    return said


def _deadlines(facts: Facts, on: dt.date) -> list[DeadlineRow]:
    rows = Deadline.objects.for_staff().open(on).filter(agreement=facts.agreement.pk)
    return [
        DeadlineRow(
            label=row.get_kind_display(),
            due_on=row.due_on,
            explanation=explain(row, on),
            left=days_left(row.due_on, on),
            is_past=row.due_on < on,
        )
        for row in rows.order_by("due_on", "id")
    ]


def _concerns(then: Facts, on: dt.date) -> list[ConcernRow]:
    rows = [
        ConcernRow(c, not c.is_answered and c.answer_due_on is not None and c.answer_due_on < on)
        for c in then.concerns
    ]
    return sorted(rows, key=lambda r: (not r.is_overdue, r.concern.is_answered))


def _ballot(then: Facts, term: Term, found: Standing, digest: str) -> list[BallotRow]:
    votes = then.votes_of(term)
    rows = []
    for party in found.deciders:
        cast = next((v for v in votes if v.party_id == party.pk and v.value in CAST), None)
        said = [v for v in votes if v.party_id == party.pk and v.value not in CAST]
        flag = flag_of(cast, digest) if cast is not None else ""
        rows.append(BallotRow(party, cast, flag, said[-1] if said else None))
    return rows


def _fee(following: NextTerm | Term) -> str:
    if following.license_fee is None:
        return _t("Not recorded")
    return fee(following.license_fee, following.currency, following.fee_per_months)


def _day(day: dt.date | None) -> str:
    return show_date(day) if day else _t("Not recorded")


def _compared(facts: Facts, term: Term, proposal: Proposal) -> list[tuple[str, str, str]]:
    """What the term holds beside what the next would: label, now, proposed."""
    if not proposal.renews:
        return []
    following = next_term(facts, term, proposal)
    return [
        (_t("First day"), show_partial(term.starts_on), _day(following.starts_on)),
        (_t("Last day"), show_partial(term.ends_on), _day(following.ends_on)),
        (_t("License fee"), _fee(term), _fee(following)),
        (
            _t("Elements shared"),
            str(len(shared_next(facts, term))),
            str(len(shared_next(facts, term, proposal))),
        ),
    ]


def _left_out(facts: Facts, term: Term, proposal: Proposal | None) -> tuple[str, ...]:
    drops = set(proposal.drops) if proposal is not None else set()
    return tuple(str(s.element) for s in facts.shared_elements if s.pk in drops)


def _decisions(facts: Facts, term: Term, on: dt.date) -> list[DecisionRow]:
    """Every decision on the end, those that stand first, each with what is to be said of it."""
    stands = {d.pk for d in facts.on(on).decisions_of(term)}
    rows = []
    for decision in facts.decisions:
        day = facts.decision_day(decision)
        if decision.term_id != term.pk or (day is not None and day > on):
            continue
        remarks = [late_by(facts, term, day)] if day else []
        if decision.pk not in stands:
            remarks.append(_t("Superseded by a later decision, which is recorded beside it."))
        since = final_from(facts, decision)
        if decision.pk in stands and since is not None and since <= on:
            remarks.append(_t("Final since %(day)s.") % {"day": show_date(since)})
        rows.append(DecisionRow(decision, decision.pk in stands, tuple(r for r in remarks if r)))
    return sorted(rows, key=lambda r: (not r.stands, -r.decision.pk))
