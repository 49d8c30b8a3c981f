"""Deadlines: a pure derivation from one agreement's facts.

Rows do not depend on today; ``on=`` is a filter (DOMAIN.md, rules 4 and 5). Only exact dates make
deadlines: a date known to the month or year never produces an alert.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import models

from agreements.facts import Facts
from agreements.models import Concern, Deadline, Decision, Obligation, Term
from agreements.periods import next_day, periods
from agreements.renewals import (
    end_decided,
    ending_notice,
    final_from,
    notice_of,
    over_from,
)
from civil.months import OutOfCalendarError, add_days, add_months
from civil.partial import PartialDate

Kind = Deadline.Kind


@dataclass(frozen=True)
class Row:
    """One derived deadline. Its natural key is kind, source model, source id and occurrence."""

    kind: str
    source_model: str
    source_id: int
    due_on: dt.date
    arises_on: dt.date | None = None
    settled_on: dt.date | None = None
    occurrence: int = 1
    basis: dict[str, Any] = field(default_factory=dict, hash=False)

    @property
    def key(self) -> tuple[str, str, int, int]:
        """The natural key."""
        return self.kind, self.source_model, self.source_id, self.occurrence


def is_open(row: "Row | Deadline", on: dt.date) -> bool:
    """Whether a deadline stands and is not settled on a day.

    The query twin is ``DeadlineQuerySet.open``. An end that is decided settles on its own last
    day, and still stands all that day.
    """
    if row.arises_on is not None and row.arises_on > on:
        return False
    if row.settled_on is None or row.settled_on > on:
        return True
    return row.kind == Kind.EXPIRY and row.settled_on == on == row.due_on


def derive(facts: Facts) -> list[Row]:
    """Return every deadline of an agreement, by day, from all facts whatever their date."""
    rows: list[Row] = []
    for term in facts.every_term:
        rows += _of_term(facts, term)
    rows += _of_reviews(facts)
    rows += _of_duties(facts)
    return sorted(rows, key=lambda r: (r.due_on, r.kind, r.source_id, r.occurrence))


def _row(kind: str, source: models.Model, due_on: dt.date, **more: Any) -> Row:
    return Row(kind, source._meta.label, source.pk, due_on, **more)


def _of_term(facts: Facts, term: Term) -> Iterator[Row]:
    """Signature of a proposed term; decide by, notice and expiry of an executed one.

    A later recorded term settles them, and so does the agreement that replaces this one.
    """
    moot = _first(_next_term_day(facts, term), _replaced_day(facts))
    if term.is_proposed or term.executed_on:
        yield from _signature(facts, term, moot)
    if term.is_proposed or term.ends_on is None or not term.ends_on.is_exact:
        return
    end = term.ends_on.first
    arises = term.executed_on.last if term.executed_on else term.counts_from()
    basis: dict[str, Any] = {"term": term.number, "end": end.isoformat()}
    decided = end_decided(facts, term)
    after = next_day(end)
    if decided is None and after is not None and facts.continued_past(end, after):
        basis |= {"went_on": True}
    if term.renewal_kind != Term.RenewalKind.NONE:
        settled = _first(moot, _decided_day(facts, term))
        yield from _before_the_end(facts, term, end, basis, arises_on=arises, settled_on=settled)
    if decided is not None:
        basis |= {"decided_from": decided[0].isoformat(), "outcome": decided[1]}
    elif term.renewal_kind == Term.RenewalKind.AUTOMATIC:
        basis |= {"automatic": True}
    settled = _first(moot, _over_day(facts, term, end))
    yield _row(Kind.EXPIRY, term, end, arises_on=arises, settled_on=settled, basis=basis)


def _before_the_end(
    facts: Facts, term: Term, end: dt.date, basis: dict[str, Any], **days: dt.date | None
) -> Iterator[Row]:
    """The last day to give notice, where a rule is recorded; and the day by which to decide."""
    notice = notice_of(facts, term)
    if notice is not None:
        given = [n.counts_from() for n in facts.notices_of(term.pk)]
        rule = {
            "length": term.notice_length,
            "unit": term.notice_unit,
            "day_kind": term.notice_day_kind,
            "counted_from": term.notice_counted_from,
            "counting": term.notice_counting,
            "cautious": list(notice.cautious),
        }
        settled = _first(days["settled_on"], *given)
        yield _row(
            Kind.NOTICE,
            term,
            notice.due_on,
            arises_on=days["arises_on"],
            settled_on=settled,
            basis=basis | rule,
        )
    lead = facts.agreement.decide_days
    count = settings.PACTWATCH_DECIDE_DAYS if lead is None else lead
    before = {"days": count, "notice": notice.due_on.isoformat() if notice else None}
    with suppress(OutOfCalendarError):
        due = add_days(notice.due_on if notice else end, -count)
        yield _row(Kind.DECIDE_BY, term, due, basis=basis | before, **days)


def _decided_day(facts: Facts, term: Term) -> dt.date | None:
    """The first day on which something counts as decided on a term's end, undone later or not."""
    days = [
        facts.decision_day(d)
        for d in facts.decisions
        if d.term_id == term.pk and d.outcome != Decision.Outcome.SUSPEND
    ]
    notice = ending_notice(facts, term)
    return _first(*days, notice.counts_from() if notice else None)


def _over_day(facts: Facts, term: Term, end: dt.date) -> dt.date | None:
    """The day on which an end settles by itself: the last day in force, once that is decided."""
    ending = [d for d in facts.decisions_of(term) if d.ends_it and final_from(facts, d)]
    found = []
    for decision in ending:
        over = over_from(decision)
        last = end if over is None or over > end else over - dt.timedelta(days=1)
        found.append(max(last, facts.decision_day(decision) or last))
    notice = ending_notice(facts, term)
    if notice is not None:
        found.append(max(end, notice.counts_from() or end))
    if not found and term.renewal_kind == Term.RenewalKind.AUTOMATIC:
        return end
    return _first(*found)


def _replaced_day(facts: Facts) -> dt.date | None:
    replaced = facts.agreement.replaced_on
    return replaced.last if facts.agreement.replaced_by_id and replaced else None


def _signature(facts: Facts, term: Term, moot: dt.date | None) -> Iterator[Row]:
    """A proposed term is to be signed by its own date, else before its first day."""
    executed = term.executed_on.last if term.executed_on else None
    due = term.signature_due_on
    was_proposed = term.is_proposed or term.proposed_by_id is not None
    if due is None and term.starts_on and term.starts_on.is_exact and was_proposed:
        with suppress(OutOfCalendarError):
            due = add_days(term.starts_on.first, -1)
    if due is not None:
        arises = facts.decision_day(term.proposed_by) if term.proposed_by else None
        yield _row(
            Kind.SIGNATURE,
            term,
            due,
            arises_on=arises,
            settled_on=_first(executed, moot),
            basis={
                "term": term.number,
                "start": term.starts_on.first.isoformat() if term.starts_on else None,
                "own_date": term.signature_due_on is not None,
            },
        )


def _next_term_day(facts: Facts, term: Term) -> dt.date | None:
    """The day on which a later recorded term settles the rows of this one.

    The day of its execution; where that is not recorded, the day of the decision that it follows
    from, else its first day.
    """
    days = []
    for period in periods(facts):
        later = period.term
        if later.number > term.number:
            decided = facts.decision_day(later.proposed_by) if later.proposed_by else None
            executed = later.executed_on.last if later.executed_on else decided
            days.append(executed or period.first or period.last)
    return _first(*days)


def _of_reviews(facts: Facts) -> Iterator[Row]:
    """Reviews with a day of their own, and those that the interval asks for."""
    for review in facts.reviews:
        if review.due_on:
            done = review.completed_on.last if review.completed_on else None
            yield _row(
                Kind.REVIEW, review, review.due_on, settled_on=done, basis={"own_date": True}
            )
    months = facts.agreement.review_interval_months
    first = next((t for t in facts.every_term if not t.is_proposed), None)
    if not months or first is None or not first.starts_on or not first.starts_on.is_exact:
        return
    since = first.effective_day or first.starts_on.first
    ended = _final_end(facts)
    done_on = sorted((r.completed_on for r in facts.reviews if r.completed_on), key=_last)
    for occurrence, completed in enumerate([*done_on, None], start=1):
        try:
            due = add_months(since, months)
        except OutOfCalendarError:
            return
        yield _row(
            Kind.REVIEW,
            facts.agreement,
            due,
            occurrence=occurrence,
            arises_on=since,
            settled_on=_first(_day(completed), ended),
            basis={"months": months, "since": since.isoformat(), "first": occurrence == 1},
        )
        if completed is not None and not completed.is_exact:
            return
        if completed is not None:
            since = completed.first


def _last(date: PartialDate) -> dt.date:
    return date.last


def _final_end(facts: Facts) -> dt.date | None:
    """The last day of an agreement whose last term's end is decided, or None."""
    executed = [t for t in facts.every_term if not t.is_proposed]
    if not executed or end_decided(facts, executed[-1]) is None:
        return None
    return _over_day(facts, executed[-1], executed[-1].last_day or dt.date.max)


def _of_duties(facts: Facts) -> Iterator[Row]:
    """Obligations, confirmations, payments, answers to concerns, and notice of incidents."""
    for duty in facts.obligations:
        if duty.due_on:
            is_confirmation = duty.kind == Obligation.Kind.CONFIRMATION
            yield _row(
                Kind.CONFIRMATION if is_confirmation else Kind.OBLIGATION,
                duty,
                duty.due_on,
                arises_on=duty.arises_on,
                settled_on=_first(_day(duty.done_on), facts.undone_on(duty)),
                basis={"what": duty.kind, "text": duty.description},
            )
    for payment in facts.payments:
        if payment.due_on and payment.due_on.is_exact:
            yield _row(
                Kind.PAYMENT,
                payment,
                payment.due_on.first,
                settled_on=_day(payment.received_on),
                basis={"amount": str(payment.amount), "currency": payment.currency},
            )
    for concern in facts.concerns:
        if concern.answer_due_on:
            yield _row(
                Kind.ANSWER,
                concern,
                concern.answer_due_on,
                arises_on=concern.counts_from(),
                settled_on=_answered_day(concern),
                basis={"concern": concern.title},
            )

    for incident in facts.incidents:
        if incident.notify_due_on:
            yield _row(
                Kind.OBLIGATION,
                incident,
                incident.notify_due_on,
                arises_on=incident.counts_from(),
                settled_on=_day(incident.notified_on),
                basis={"incident": incident.title, "notify": str(incident.notify or "")},
            )


def _answered_day(concern: Concern) -> dt.date | None:
    """The day of the answer; for one whose day is not recorded, the day of the concern."""
    if concern.answered_on:
        return concern.answered_on.last
    return (concern.counts_from() or concern.answer_due_on) if concern.is_answered else None


def _day(date: PartialDate | None) -> dt.date | None:
    return date.last if date else None


def _first(*days: dt.date | None) -> dt.date | None:
    return min((day for day in days if day is not None), default=None)
