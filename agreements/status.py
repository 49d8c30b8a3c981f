"""The derived status of an agreement: a pure function of its facts and a day.

Source of the rule: DOMAIN.md, rule 3. Nobody edits a status; it is stored only as spans of days,
beside the deadlines, so that lists can filter by any day.
"""

import datetime as dt
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from agreements.facts import Facts
from agreements.models import Access, Decision, Evidence, Term
from agreements.periods import next_day, periods
from agreements.querysets import IN_FORCE
from agreements.renewals import (
    ending_decision,
    ending_notice,
    final_from,
    late_notice,
    notice_of,
    over_from,
)
from civil.display import show_date, show_partial
from civil.partial import PartialDate

ONE_DAY = dt.timedelta(days=1)


class Code(models.TextChoices):
    """The statuses, each with the words of its badge."""

    DRAFT = "draft", _("Draft")
    UPCOMING = "upcoming", _("Upcoming")
    IN_FORCE = "in_force", _("In force")
    ENDING = "ending", _("Ending")
    RENEWING = "renewing", _("Renewing")
    SUSPENDED = "suspended", _("Suspended")
    HOLDOVER = "holdover", _("Holdover")
    NOT_RENEWED = "not_renewed", _("Not renewed")
    LAPSED = "lapsed", _("Lapsed")
    TERMINATED = "terminated", _("Terminated")
    REPLACED = "replaced", _("Replaced")
    UNKNOWN = "unknown", _("Unknown")


@dataclass(frozen=True)
class Status:
    """A status on a day, the term that it rests on, and why.

    ``term`` is the term that covers the day, else the one that ended last before it; None where
    the status is unknown or no term has begun.
    """

    code: str
    term: Term | None
    reasons: tuple[str, ...]
    is_past_end: bool = False  # in force by renewing itself, the next term not yet recorded
    begins_on: PartialDate | None = None  # upcoming: the first day of its first term

    @property
    def in_force(self) -> bool:
        """Whether the agreement counts as in force."""
        return self.code in IN_FORCE

    @property
    def label(self) -> str:
        """The word on the badge."""
        return str(Code(self.code).label)


@dataclass(frozen=True)
class Span:
    """A status over days, both inclusive; None is open."""

    status: str
    from_on: dt.date | None
    to_on: dt.date | None


def status_on(facts: Facts, on: dt.date) -> Status:
    """Return an agreement's status on a day.

    ``facts`` are all facts, whatever their date; those dated after the day do not count.
    """
    then = facts.on(on)
    replaced = then.agreement.replaced_on
    if then.agreement.replaced_by_id and replaced and replaced.last <= on:
        return Status(
            Code.REPLACED,
            None,
            (_t("Another agreement holds since %(day)s.") % {"day": show_partial(replaced)},),
        )
    begun = [
        p
        for p in periods(facts)
        if p.term.is_executed_on(on) and (p.first is None or p.first <= on)
    ]
    if not begun:
        return _before(facts, then, on)
    current = begun[-1]
    if current.last is None or on <= current.last:
        return _within(facts, then, current.term, on)
    return _after(facts, then, current.term, on)


def spans(facts: Facts) -> list[Span]:
    """Return the status on every day, as spans without gap or overlap, earliest first.

    The status can change only on the boundaries that the facts name, so it is asked on each.
    """
    days = sorted(_boundaries(facts))
    first_code = status_on(facts, days[0] - ONE_DAY if days else dt.date(2000, 1, 1)).code
    found = [Span(first_code, None, None)]
    for day in days:
        code = status_on(facts, day).code
        last = found[-1]
        if code != last.status:
            found[-1] = Span(last.status, last.from_on, day - ONE_DAY)
            found.append(Span(code, day, None))
    return found


def _boundaries(facts: Facts) -> set[dt.date]:
    """Every day on which a status may begin; the day after an end included."""
    begins: list[dt.date | None] = []
    ends: list[dt.date | None] = []  # last days: the status may change on the day after
    for term in facts.every_term:
        notice = notice_of(facts, term)
        begins += [term.first_day, term.effective_day, term.counts_from(), term.last_day]
        ends += [term.last_day, notice.due_on if notice else None]
    for decision in facts.decisions:
        begins += [facts.decision_day(decision), _last(decision.takes_effect_on)]
    for part in (*facts.notices, *facts.votes, *facts.participations, *facts.evidence):
        begins.append(part.counts_from())
    begins += [_last(p.withdrew_on) for p in facts.participations]
    for evidence in facts.evidence:
        begins.append(evidence.period_from.first if evidence.period_from else None)
        ends.append(_last(evidence.period_to))
    begins.append(_last(facts.agreement.replaced_on))
    begins += [final_from(facts, d) for d in facts.decisions]
    for period in periods(facts):
        begins.append(period.first)
        ends.append(period.last)
    days = {d for d in begins if d} | {day for d in ends if d and (day := next_day(d))}
    return {d for d in days if d > dt.date.min}


def _last(date: PartialDate | None) -> dt.date | None:
    return date.last if date else None


def _within(facts: Facts, then: Facts, term: Term, on: dt.date) -> Status:
    """Status on a day that an executed term covers."""
    reasons = [_covered_by(term)]
    ending = ending_decision(then, term)
    if ending is not None and (over := over_from(ending)) is not None and over <= on:
        return _terminated(term, over)
    if _is_suspended(then, term, on):
        return Status(Code.SUSPENDED, term, (*reasons, _t("A decision suspends it.")))
    if ending is not None and _is_final(facts, ending, on):
        return Status(Code.ENDING, term, (*reasons, _decided(then, ending)))
    if given := ending_notice(then, term):
        text = _t("Notice of %(purpose)s was given on %(day)s.")
        day = show_partial(given.sent_on or given.received_on)
        reasons.append(text % {"purpose": given.get_purpose_display(), "day": day})
        return Status(Code.ENDING, term, tuple(reasons))
    if ending is not None:
        reasons.append(
            _t("A decision not to renew is recorded, but renewing can still meet the rule.")
        )
    if term.renewal_kind == Term.RenewalKind.AUTOMATIC:
        notice = notice_of(then, term)
        if notice is not None and notice.due_on < on:
            reasons.append(
                _t("It renews by itself: the last day to give notice was %(day)s.")
                % {"day": show_date(notice.due_on)}
            )
            if late := late_notice(then, term):
                text = _t(
                    "Notice was given on %(day)s, after that day; whether it still counts is for "
                    "the law department."
                )
                day = show_partial(late.sent_on or late.received_on)
                reasons.append(text % {"day": day})
            return Status(Code.RENEWING, term, tuple(reasons))
    return Status(Code.IN_FORCE, term, tuple(reasons))


def _terminated(term: Term, over: dt.date) -> Status:
    if over == dt.date.min:
        return Status(Code.TERMINATED, term, (_t("Terminated before it began."),))
    reason = _t("Terminated; %(day)s was its last day.") % {"day": show_date(over - ONE_DAY)}
    return Status(Code.TERMINATED, term, (reason,))


def _is_final(facts: Facts, decision: Decision, on: dt.date) -> bool:
    since = final_from(facts, decision)
    return since is not None and since <= on


def _after(facts: Facts, then: Facts, term: Term, on: dt.date) -> Status:
    """Status on a day after the last term that has ended, with none that covers it."""
    last_day = show_partial(term.ends_on) if term.ends_on else ""
    ending = ending_decision(then, term)
    if ending is not None and _is_final(facts, ending, on):
        over = over_from(ending)
        reason = _t("The term ended on %(day)s.") % {"day": last_day}
        if ending.outcome == Decision.Outcome.DO_NOT_RENEW:
            return Status(Code.NOT_RENEWED, term, (reason, _decided(then, ending)))
        if over is not None and on < over:
            return Status(Code.ENDING, term, (reason, _decided(then, ending)))
        return Status(Code.TERMINATED, term, (reason, _decided(then, ending)))
    if given := ending_notice(then, term):
        reason = _t("The term ended on %(day)s, after notice of %(purpose)s.")
        what = {"day": last_day, "purpose": given.get_purpose_display()}
        return Status(Code.NOT_RENEWED, term, (reason % what,))
    if term.renewal_kind == Term.RenewalKind.AUTOMATIC:
        reason = _t(
            "The term ended on %(day)s and renewed by itself; the next is not yet recorded."
        )
        return Status(Code.IN_FORCE, term, (reason % {"day": last_day},), is_past_end=True)
    if term.provides_holdover:
        reason = _t("The term ended on %(day)s; its text lets it go on until renewed or ended.")
        return Status(Code.HOLDOVER, term, (reason % {"day": last_day},))
    continued = then.continued_past(term.last_day, on) if term.last_day else then.continuations(on)
    if continued:
        return _unknown(then, continued)
    reason = _t(
        "The term ended on %(day)s; no decision is recorded, and no source says that it went on."
    )
    if any(d.outcome in Decision.RENEWING for d in then.decisions_of(term)):
        reason = _t(
            "The term ended on %(day)s; a renewal was decided, but no executed term is recorded."
        )
    return Status(Code.LAPSED, term, (reason % {"day": last_day},))


def _before(facts: Facts, then: Facts, on: dt.date) -> Status:
    """Status on a day before any executed term has begun.

    A source that says that it went on counts before the first recorded term only where it says
    since when.
    """
    executed = [t for t in facts.every_term if t.is_executed_on(on)]
    continued = [e for e in then.continuations(on) if e.period_from or not facts.every_term]
    if continued:
        return _unknown(then, continued)
    if executed:
        first = executed[0]
        if first.starts_on:
            reason = _t("Its first term begins %(day)s.") % {"day": show_partial(first.starts_on)}
        else:
            reason = _t("Its first term has not begun.")
        return Status(Code.UPCOMING, None, (reason,), begins_on=first.starts_on)
    if facts.every_term:
        return Status(Code.DRAFT, None, (_t("Its first term is proposed, not executed."),))
    if any(e.kind == Evidence.Kind.CONTINUATION for e in then.evidence):
        reason = _t("No term is recorded; what sources say of it does not reach this day.")
        return Status(Code.UNKNOWN, None, (reason,))
    return Status(Code.DRAFT, None, (_t("No term is recorded."),))


def _is_suspended(then: Facts, term: Term, on: dt.date) -> bool:
    """Whether the last standing decision in effect suspends the agreement."""
    in_effect = [
        d
        for d in then.decisions_of(term)
        if d.takes_effect_on is None or d.takes_effect_on.last <= on
    ]
    suspending = [d for d in in_effect if not d.ends_it]
    return bool(suspending) and suspending[-1].outcome == Decision.Outcome.SUSPEND


def _unknown(then: Facts, continued: list[Evidence]) -> Status:
    said = [_t("No recorded term covers this day.")]
    for evidence in continued:
        sources = dict.fromkeys(
            c.source.publisher or c.source.title for c in then.citations_of(evidence)
        )
        said.append(
            f"{evidence.statement} ({'; '.join(sources)})" if sources else evidence.statement
        )
    return Status(Code.UNKNOWN, None, tuple(said))


def _covered_by(term: Term) -> str:
    start = show_partial(term.starts_on) if term.starts_on else _t("not recorded")
    if term.ends_on:
        return _t("Term %(number)s, from %(start)s to %(end)s, covers this day.") % {
            "number": term.number,
            "start": start,
            "end": show_partial(term.ends_on),
        }
    if term.end_kind == Term.EndKind.NONE:
        text = _t("Term %(number)s, from %(start)s, has no end by its terms.")
    else:
        text = _t("Term %(number)s, from %(start)s, covers this day; its end is not recorded.")
    return text % {"number": term.number, "start": start}


def _decided(then: Facts, decision: Decision) -> str:
    """Say what was decided and since when it counts."""
    day = then.decision_day(decision)
    what = {
        "outcome": decision.get_outcome_display(),
        "day": show_date(day) if day else _t("not recorded"),
    }
    if decision.decided_on:
        return _t("Decided on %(day)s: %(outcome)s.") % what
    return _t("Decided: %(outcome)s; the day is not recorded, it counts from %(day)s.") % what


def access_on(facts: Facts, on: dt.date) -> Access | None:
    """Return what is recorded of access on a day: the latest entry that is a fact by then."""
    entries = [a for entry in facts.access if (a := entry.on(on)) is not None]
    return max(entries, key=lambda a: (a.counts_from() or dt.date.min, a.pk), default=None)
