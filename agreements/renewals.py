"""Votes and decisions on a term's end: what counts, and whether it is final.

Pure rules. What writes is in :mod:`agreements.renewing`, :mod:`agreements.deciding`,
:mod:`agreements.executing` and :mod:`agreements.closing`.

Source of the rules: DOMAIN.md, rules 6 and 7.
"""

import datetime as dt

from agreements.facts import Facts
from agreements.models import Decision, NoticeGiven, Participation, Term, Vote
from agreements.notice import NoticeDate, notice_date
from agreements.periods import next_day
from civil.months import OutOfCalendarError


def votes_needed(facts: Facts) -> int | None:
    """Return how many deciding parties must be for renewing; None where the rule is not recorded.

    The rule counts votes *for renewing*: all, k of n, or one.
    """
    agreement = facts.agreement
    if agreement.decision_rule == agreement.DecisionRule.ALL:
        return len(facts.parties_as(Participation.Role.DECIDER)) or None
    if agreement.decision_rule == agreement.DecisionRule.ONE:
        return 1
    return agreement.votes_needed


def can_still_renew(facts: Facts, term: Term) -> bool:
    """Whether renewing can still meet the rule, by the votes cast on a term's end.

    Parties that have not cast a vote may still be for it; an announced intention is no vote, and
    a vote whose content is not recorded may have been for it. Where fewer deciding parties are
    recorded than are needed, others must exist, and may be for it.
    """
    needed = votes_needed(facts)
    deciders = {p.pk for p in facts.parties_as(Participation.Role.DECIDER)}
    if needed is None or len(deciders) < needed:
        return True
    against = {Vote.Value.NO, Vote.Value.ABSTAINED, Vote.Value.RECUSED}
    lost = {v.party_id for v in facts.votes_of(term) if v.value in against}
    return len(deciders - lost) >= needed


def is_authorized(facts: Facts, notice: NoticeGiven) -> bool:
    """Whether notice was given by an authorized officer.

    An officer of a party that decides on the day of the notice counts as one, unless a source
    disputes it. Where nobody is recorded as deciding then, an officer of any party in the
    agreement does. What becomes of the party afterwards does not matter.
    """
    day = notice.counts_from()
    taking_part = [p for p in facts.participations if day is None or p.takes_part_on(day)]
    deciders = {p.party_id for p in taking_part if p.role == Participation.Role.DECIDER}
    parties = deciders or {p.party_id for p in taking_part}
    return notice.given_by_id in parties and not notice.authority_disputed


def ending_notice(facts: Facts, term: Term) -> NoticeGiven | None:
    """Return the first authorized notice of non-renewal or termination, or None.

    It decides the end, whether or not the decision behind it is recorded; a standing decision
    that renews, from the notice on, undoes it. Of a term that renews by itself it does not count
    where it came too late: it would be for the law department to say so (see :func:`late_notice`).
    """
    given = [
        (day, n.pk, n)
        for n in facts.notices_of(term.pk)
        if (day := n.counts_from()) and is_authorized(facts, n) and not _too_late(facts, term, day)
    ]
    renewed = [
        facts.decision_day(d) or dt.date.max
        for d in facts.decisions_of(term)
        if d.outcome in Decision.RENEWING
    ]
    if not given or any(day >= min(given)[0] for day in renewed):
        return None
    return min(given, key=lambda g: g[:2])[2]


def late_notice(facts: Facts, term: Term) -> NoticeGiven | None:
    """Return authorized notice that came too late to stop a term from renewing by itself."""
    for notice in facts.notices_of(term.pk):
        day = notice.counts_from()
        if day and is_authorized(facts, notice) and _too_late(facts, term, day):
            return notice
    return None


def _too_late(facts: Facts, term: Term, day: dt.date) -> bool:
    last = notice_of(facts, term) if term.renewal_kind == Term.RenewalKind.AUTOMATIC else None
    return last is not None and day > last.due_on


def is_final(facts: Facts, decision: Decision, on: dt.date) -> bool:
    """Whether a decision on a term's end is final on a day.

    "Do not renew" is final when renewing can no longer meet the rule, when notice was given by
    an authorized officer, or when the term ends (unless it renews by itself). Other outcomes are
    final when they count. ``facts`` are those of that day; see :func:`final_from`.
    """
    if decision.outcome != Decision.Outcome.DO_NOT_RENEW:
        return True
    term = decision.term
    renews_itself = term.renewal_kind == Term.RenewalKind.AUTOMATIC
    if term.last_day is not None and term.last_day <= on and not renews_itself:
        return True
    if not can_still_renew(facts, term):
        return True
    return any(is_authorized(facts, n) for n in facts.notices_of(term.pk))


def notice_of(facts: Facts, term: Term) -> NoticeDate | None:
    """Return the last day to give notice of a term's end, with what is read cautiously in it.

    None where no rule is recorded, where the end is not an exact day, or where the rule leads
    before the calendar begins.
    """
    rule = term.notice_rule
    if rule is None or term.ends_on is None or not term.ends_on.is_exact:
        return None
    try:
        return notice_date(rule, term.ends_on.first, facts.holidays)
    except OutOfCalendarError:
        return None


def ending_decision(facts: Facts, term: Term) -> Decision | None:
    """Return the standing decision that ends the agreement with a term, the latest if several.

    A decision to renew that counts later undoes it only by superseding it.
    """
    ending = [d for d in facts.decisions_of(term) if d.ends_it]
    return ending[-1] if ending else None


def final_from(facts: Facts, decision: Decision) -> dt.date | None:
    """Return the first day on which a decision counts and is final; None if never.

    What is final stays so. ``facts`` are all facts, whatever their date.
    """
    since = facts.decision_day(decision)
    if since is None:
        return None
    days = [since]
    days += [d for n in facts.notices_of(decision.term_id) if (d := n.counts_from())]
    days += [d for v in facts.votes_of(decision.term) if (d := v.counts_from())]
    days += [p.withdrew_on.last for p in facts.participations if p.withdrew_on]
    if decision.term.last_day is not None:
        days.append(decision.term.last_day)
    for day in sorted({max(day, since) for day in days}):
        if is_final(facts.on(day), decision, day):
            return day
    return None


def end_decided(facts: Facts, term: Term) -> tuple[dt.date, str] | None:
    """Return the day from which a term's end is decided for good, and the outcome; None if never.

    By the first standing decision to become final, or by authorized notice.
    ``facts`` are all facts, whatever their date.
    """
    found = [
        (day, d.outcome)
        for d in facts.decisions_of(term)
        if d.ends_it and (day := final_from(facts, d))
    ]
    notice = ending_notice(facts, term)
    if notice is not None and (given := notice.counts_from()):
        found.append((given, Decision.Outcome.DO_NOT_RENEW))
    return min(found, default=None)


def over_from(decision: Decision) -> dt.date | None:
    """Return the first day on which the agreement is no longer in force by an ending decision.

    The day after the term's end; for a termination the day on which it takes effect, if that is
    earlier, or if the term goes on past its end. None where no such day can be told.
    """
    term = decision.term
    after = next_day(term.last_day) if term.last_day else None
    if decision.outcome == Decision.Outcome.TERMINATE and decision.takes_effect_on:
        effective = decision.takes_effect_on.last
        return effective if after is None or term.provides_holdover else min(effective, after)
    return after
