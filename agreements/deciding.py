"""Decisions: proposed, reworded, withdrawn, settled by another; or entered from a source.

Source of the rules: DOMAIN.md, rules 6 and 7. Every function opens its own change, refuses
without permission (``PermissionDenied``) and says what is wrong (``ValidationError``).
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _t

from agreements.ballot import digest_of, standing
from agreements.closing import enter, open_close_out, open_suspension
from agreements.facts import Facts
from agreements.models import Agreement, Decision, Proposal, Term, Vote
from agreements.nextterm import CARRIED_OVER, FEE, next_recorded, start_of_next
from agreements.permissions import Can, require
from agreements.renewals import can_still_renew
from agreements.renewing import (
    cite,
    complete_reviews,
    is_followed,
    locked,
    open_proposal,
    refuse_future,
    refuse_over,
)
from civil.clock import today
from civil.display import show_date, show_partial
from civil.partial import PartialDate
from revisions import change
from sources.models import Source

Outcome = Decision.Outcome
SAID = ("rationale", "conditions", "internal_note", "withheld_ground")
WORDED = ("outcome", "ends_on", "takes_effect_on", "drops", *FEE, *SAID)
"""What a proposal says, and may be reworded in."""


# ── Proposals ──────────────────────────────────────────────────────────────────


def propose(term: Term, *, by: Any, **said: Any) -> Proposal:
    """Propose a decision on a term's end. Where one stands, this one would supersede it."""
    require(by, Can.EDIT)
    with change(by=by, reason="Decision proposed"):
        term, facts = locked(term.pk)
        if open_proposal(term) is not None:
            raise ValidationError(
                _t("A decision is proposed already: settle, change or withdraw that one first.")
            )
        proposal = Proposal(term=term, proposed_on=today(), proposed_by=by, worded_by=by, **said)
        _check(facts, term, proposal)
        proposal.supersedes = superseded_by(facts, term, proposal.outcome)
        proposal.save()
    return proposal


def reword(proposal: Proposal, *, by: Any, **said: Any) -> Proposal:
    """Change what is proposed. Votes cast on the earlier text are flagged from then on."""
    require(by, Can.EDIT)
    with change(by=by, reason="Proposal changed"):
        term, facts = locked(proposal.term_id)
        proposal = _still_open(proposal)
        for name, value in said.items():
            if name not in WORDED:
                raise TypeError(f"{name} is nothing that a proposal says")
            setattr(proposal, name, value)
        proposal.worded_by = by
        _check(facts, term, proposal)
        proposal.supersedes = superseded_by(facts, term, proposal.outcome)
        proposal.save()
    return proposal


def withdraw(proposal: Proposal, *, by: Any, reason: str) -> Proposal:
    """Withdraw a proposal that is open; it stays in the history."""
    require(by, Can.EDIT)
    with change(by=by, reason=reason or "Proposal withdrawn"):
        locked(proposal.term_id)
        proposal = _still_open(proposal)
        proposal.withdrawn_on = max(today(), proposal.proposed_on)
        proposal.save()
    return proposal


def _still_open(proposal: Proposal) -> Proposal:
    now = Proposal.objects.get(pk=proposal.pk)
    if not now.is_open:
        raise ValidationError(
            _t("This proposal was settled or withdrawn meanwhile. Reload the page to see how.")
        )
    return now


def superseded_by(facts: Facts, term: Term, outcome: str) -> Decision | None:
    """Return the standing decision that a new one on a term's end would undo.

    A suspension stands beside a decision on the end; only one that renews lifts it.
    """
    standing = facts.decisions_of(term)
    on_the_end = [d for d in standing if d.outcome != Outcome.SUSPEND]
    if outcome == Outcome.SUSPEND:
        return None
    if on_the_end:
        return on_the_end[-1]
    return standing[-1] if standing and outcome in Decision.RENEWING else None


def _check(facts: Facts, term: Term, said: Proposal) -> None:
    """Refuse a proposal that could not be carried out; say what to change."""
    refuse_over(facts, term)
    undone = superseded_by(facts, term, said.outcome)
    if said.outcome in Decision.RENEWING:
        _check_renewing(facts, term, said, undone)
    elif said.outcome == Outcome.DO_NOT_RENEW and term.ends_on is None:
        raise ValidationError(
            _t(
                "This term has no recorded last day, so there is no end to let pass. Record the "
                "last day, or propose to terminate."
            )
        )
    elif said.outcome == Outcome.TERMINATE and said.takes_effect_on is None:
        raise ValidationError(
            _t("Give the day on which the termination takes effect: the first day without it.")
        )
    elif said.outcome == Outcome.SUSPEND and any(
        d.outcome == Outcome.SUSPEND for d in facts.decisions_of(term)
    ):
        raise ValidationError(_t("A suspension stands already. A decision that renews lifts it."))
    _check_effect(term, said)
    said.full_clean(exclude=["supersedes"], validate_constraints=False)
    if (said.license_fee is None) != (not said.currency):
        raise ValidationError(
            _t("Give the license fee with its currency, such as USD, or neither.")
        )


def _check_effect(term: Term, said: Proposal) -> None:
    """Refuse an effect on a day on which there is nothing to end or suspend."""
    effect, first, last = said.takes_effect_on, term.first_day, term.last_day
    if effect is None:
        return
    if first is not None and effect < first:
        raise ValidationError(
            _t("The term begins on %(day)s: give that day or a later one for the effect.")
            % {"day": show_date(first)}
        )
    goes_on = term.provides_holdover or term.renewal_kind == Term.RenewalKind.AUTOMATIC
    if last is not None and effect > last and not goes_on:
        raise ValidationError(
            _t("The term ends on %(day)s: give that day or an earlier one for the effect.")
            % {"day": show_date(last)}
        )


def _check_renewing(facts: Facts, term: Term, said: Proposal, undone: Decision | None) -> None:
    start = start_of_next(term)
    if start is None:
        raise ValidationError(
            _t("Record the exact last day of this term first: the next begins on the day after.")
        )
    later = next_recorded(facts, term)
    if later is not None and (undone is None or later.proposed_by_id != undone.pk):
        raise ValidationError(
            _t("Term %(number)s is proposed already. Execute it, or supersede its decision.")
            % {"number": later.number}
        )
    if said.ends_on is not None and said.ends_on < start:
        raise ValidationError(
            _t("The next term begins on %(start)s: its last day is that day or later.")
            % {"start": show_date(start)}
        )
    maximum = facts.agreement.maximum_ends_on
    if said.outcome == Outcome.EXTEND and said.ends_on is None:
        raise ValidationError(_t("Give the day to which it is extended."))
    if said.outcome == Outcome.EXTEND and maximum and said.ends_on > maximum:  # type: ignore[operator]
        raise ValidationError(
            _t(
                "It cannot be extended beyond %(day)s, the recorded maximum. Choose an earlier "
                "day, or propose to renew with changes."
            )
            % {"day": show_date(maximum)}
        )


# ── Settled ────────────────────────────────────────────────────────────────────


def settle(proposal: Proposal, *, by: Any, withheld: Mapping[str, Any] | None = None) -> Decision:
    """Take the proposed decision, today, and do what follows from it.

    Refused to whoever worded the proposal, unless others' votes carry it; and, for a decision that
    renews, while the votes on this very text do not meet the recorded rule. ``withheld`` holds
    fields of the decision that keep it from the public for a time.
    """
    require(by, Can.EDIT)
    with change(by=by, reason=f"Decided: {proposal}"):
        term, facts = locked(proposal.term_id)
        proposal = _still_open(proposal)
        _check(facts, term, proposal)
        digest = digest_of(facts, term, proposal)
        if proposal.renews:
            _refuse_unmet(facts.on(today()), term, digest)
        _refuse_alone(facts.on(today()), proposal, term, by, digest)
        decision = enter(
            Decision,
            agreement_id=term.agreement_id,
            term=term,
            outcome=proposal.outcome,
            decided_on=today(),
            takes_effect_on=proposal.takes_effect_on,
            supersedes=proposal.supersedes,
            **{name: getattr(proposal, name) for name in SAID},
            **(withheld or {}),
        )
        proposal.decision = decision
        proposal.save()
        follow(facts, decision, today(), proposal)
    return decision


def bound_votes(then: Facts, term: Term, digest: str) -> list[Vote]:
    """Return the votes that stand for this text: cast here on it, or recorded otherwise."""
    return [v for v in then.votes_of(term) if v.how != Vote.How.HERE or v.digest == digest]


def _refuse_unmet(then: Facts, term: Term, digest: str) -> None:
    """Refuse a renewal that the votes on its text do not carry."""
    found = standing(then, term)
    if found.needed is None:
        return
    bound = {v.party_id for v in bound_votes(then, term, digest) if v.value == Vote.Value.YES}
    stale = [p for p in found.in_favor if p.pk not in bound]
    if len(found.in_favor) - len(stale) >= found.needed:
        return
    if stale and found.is_met:
        raise ValidationError(
            _t("The text changed since these voted: %(parties)s. Ask them to vote on it again.")
            % {"parties": ", ".join(str(p) for p in stale)}
        )
    raise ValidationError(found.sentence)


def _refuse_alone(then: Facts, proposal: Proposal, term: Term, by: Any, digest: str) -> None:
    """Refuse that somebody settles alone what they proposed alone (DOMAIN, rule 7)."""
    if proposal.worded_by_id != by.pk:
        return
    decisive = {Vote.Value.YES} if proposal.renews else {Vote.Value.NO}
    others = {
        v.cast_by_id
        for v in bound_votes(then, term, digest)
        if v.how == Vote.How.HERE and v.value in decisive
    } - {by.pk}
    carried = standing(then, term).is_met if proposal.renews else not can_still_renew(then, term)
    if others and carried:
        return
    raise ValidationError(
        _t(
            "You worded this proposal, so somebody else settles it. Ask another editor or a "
            "records officer."
        )
    )


def follow(facts: Facts, decision: Decision, since: dt.date, proposal: Proposal | None) -> None:
    """Do what follows from a decision, inside its change: undo the old, open what is next."""
    if decision.supersedes is not None and not decision.is_hidden_at(timezone.now()):
        take_back_terms(decision.agreement)
    if decision.outcome in Decision.RENEWING:
        if proposal is not None:
            _propose_term(facts, decision, proposal)
    elif decision.ends_it:
        open_close_out(decision, since)
    else:
        open_suspension(decision, since)
    if decision.outcome != Outcome.SUSPEND:
        complete_reviews(facts, decision.term)


def take_back_terms(agreement: Agreement) -> None:
    """Delete the proposed terms of superseded decisions; they stay in the history.

    Where the superseding decision is kept from the public for a time, this waits for its end: a
    term that vanished would betray it. Until then no rule counts such a term (``Facts.undone``).
    """
    undone = Term.objects.filter(
        agreement=agreement, is_proposed=True, proposed_by__superseded_by__isnull=False
    )
    for term in undone:
        try:
            term.delete()
        except ProtectedError as error:
            raise ValidationError(
                _t(
                    "Term %(number)s, which the earlier decision proposed, has payments, votes or "
                    "other records of its own. Remove these first."
                )
                % {"number": term.number}
            ) from error


def _propose_term(facts: Facts, decision: Decision, said: Proposal) -> Term:
    """Enter the next term as proposed: from the day after the old end, in force when executed."""
    term = decision.term
    take_back_terms(decision.agreement)
    return enter(
        Term,
        agreement_id=term.agreement_id,
        number=term.number + 1,
        starts_on=start_of_next(term),
        ends_on=said.ends_on,
        end_kind=Term.EndKind.FIXED if said.ends_on else Term.EndKind.NOT_RECORDED,
        is_proposed=True,
        proposed_by=decision,
        **{name: getattr(said, name) for name in FEE},
        **{name: getattr(term, name) for name in CARRIED_OVER},
    )


# ── From a source; announced ───────────────────────────────────────────────────


def enter_decision(
    term: Term,
    *,
    by: Any,
    source: Source,
    outcome: str,
    cited: Mapping[str, str] | None = None,
    next_term: Mapping[str, Any] | None = None,
    **said: Any,
) -> Decision:
    """Enter a decision that a source reports, with its citation instead of a workflow.

    ``said`` holds the decision's own fields. For one that renews, ``next_term`` holds what the
    source says of it: ``ends_on`` and the fee; what it does not say stays not recorded.
    """
    require(by, Can.EDIT)
    refuse_future(said.get("decided_on"), said.get("announced_on"))
    if not said.get("decided_on") and not said.get("announced_on"):
        raise ValidationError(
            _t("Give the day of the decision or of its announcement, as the source does.")
        )
    with change(by=by, reason="Decision entered from a source"):
        term, facts = locked(term.pk)
        effect = PartialDate.coerce(said.get("takes_effect_on"))
        words = Proposal(
            term=term,
            outcome=outcome,
            proposed_on=today(),
            proposed_by=by,
            worded_by=by,
            takes_effect_on=effect.last if effect else None,
            **(next_term or {}),
        )
        if outcome not in Decision.RENEWING or not is_followed(facts, term):
            _check(facts, term, words)
        if open_proposal(term) is not None:
            raise ValidationError(
                _t("A decision is proposed here: withdraw it before entering one from a source.")
            )
        decision = enter(
            Decision,
            agreement_id=term.agreement_id,
            term=term,
            outcome=outcome,
            supersedes=superseded_by(facts, term, outcome),
            **said,
        )
        names = [
            n
            for n in ("outcome", "decided_on", "announced_on", "takes_effect_on", "rationale")
            if getattr(decision, n)
        ]
        cite(decision, source, *names, **(cited or {}))
        if not is_followed(facts, term):
            follow(facts, decision, _earliest(decision), words)
    return decision


def _earliest(decision: Decision) -> dt.date:
    """The day from which an entered decision has its consequences."""
    date = decision.decided_on or decision.announced_on
    return date.last if date else today()


def announce(decision: Decision, *, by: Any, announced_on: dt.date, rationale: str) -> Decision:
    """Record that a decision was announced, with the public rationale; it is public from now."""
    require(by, Can.EDIT)
    refuse_future(announced_on)
    with change(by=by, reason="Decision announced"):
        locked(decision.term_id)
        decision = Decision.objects.get(pk=decision.pk)
        if decision.announced_on:
            raise ValidationError(
                _t("It was announced on %(day)s. Correct that day on the record's own page.")
                % {"day": show_partial(decision.announced_on)}
            )
        decision.announced_on = announced_on
        decision.embargoed_until = None
        decision.rationale = rationale
        decision.full_clean()
        decision.save()
        take_back_terms(decision.agreement)
    return decision
