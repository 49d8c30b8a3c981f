"""Terms that begin: by execution of a proposed one, or by themselves; and the daily step.

Source of the rules: DOMAIN.md, rules 4 and 6. Every function that a page calls opens its own
change, refuses without permission (``PermissionDenied``) and says what is wrong
(``ValidationError``).
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _t

from agreements.closing import enter
from agreements.facts import Facts
from agreements.loading import load
from agreements.models import Amendment, Deadline, Proposal, Review, SharedElement, Term
from agreements.nextterm import CARRIED_OVER, FEE, end_of_same_length, start_of_next
from agreements.permissions import Can, require
from agreements.renewing import is_cited, locked, open_review, refuse_future
from agreements.status import status_on
from revisions import change

REGISTER = "register@pactwatch.invalid"
"""Address of the register's own account: nobody signs in with it, no mail goes to it."""

MOST_AT_ONCE = 400
"""Terms that one agreement may begin in one step: after an outage, not for ever."""


def register_account() -> Any:
    """Return the register's own account, in whose name the daily step writes."""
    users = get_user_model()._default_manager
    found = users.filter(email=REGISTER).first()
    return found or users.create_user(REGISTER, None, name="Pactwatch", is_active=False)


def execute_term(term: Term, *, by: Any, executed_on: dt.date) -> Term:
    """Record that the instrument of a proposed term was executed: it is in force from then on.

    Elements that its proposal leaves out are removed by an amendment of that day, from the first
    day on which the term is in force.
    """
    require(by, Can.EDIT)
    refuse_future(executed_on)
    with change(by=by, reason=f"Term {term.number} executed"):
        term, facts = locked(term.pk)
        if not term.is_proposed:
            raise ValidationError(
                _t("Term %(number)s is executed already.") % {"number": term.number}
            )
        decision = term.proposed_by
        if decision is None and not is_cited(term):
            raise ValidationError(
                _t("No decision proposed this term. Name the source that says it was executed.")
            )
        if decision is not None:
            decided = facts.decision_day(decision)
            if decided is not None and executed_on < decided:
                raise ValidationError(
                    _t(
                        "It was decided only later: give the day of the signature on or after the "
                        "decision."
                    )
                )
        term.is_proposed, term.executed_on = False, executed_on
        term.full_clean()
        term.save()
        proposal = Proposal.objects.filter(decision=decision).first() if decision else None
        if proposal is not None and proposal.drops:
            _leave_out(term, proposal, executed_on)
    return term


def _leave_out(term: Term, proposal: Proposal, dated_on: dt.date) -> None:
    """Remove the elements that a proposal drops, inside an open change."""
    chosen = [
        s
        for s in SharedElement.objects.filter(pk__in=proposal.drops, agreement=term.agreement_id)
        if s.removed_on is None
    ]
    if not chosen:
        return
    amendment = enter(
        Amendment,
        agreement_id=term.agreement_id,
        title=f"Elements no longer shared from term {term.number} on",
        dated_on=dated_on,
        rationale=proposal.rationale,
        term=term,
    )
    for shared in chosen:
        shared.removed_on, shared.removed_by = term.effective_day, amendment
        shared.full_clean()
        shared.save()


# ── The daily step ─────────────────────────────────────────────────────────────


def renewing_by_themselves(on: dt.date) -> Iterator[Term]:
    """Yield the automatic terms that have ended with the next not recorded, as of a day."""
    ended = Term.objects.filter(
        renewal_kind=Term.RenewalKind.AUTOMATIC, is_proposed=False, ends_on_last__lt=on
    ).order_by("agreement", "number")
    for term in ended:
        facts = load(term.agreement_id)
        if facts is not None and _waits(facts, term, on):
            yield term


def _waits(facts: Facts, term: Term, on: dt.date) -> bool:
    status = status_on(facts, on)
    return status.is_past_end and status.term is not None and status.term.pk == term.pk


def cannot_begin(facts: Facts, term: Term) -> str:
    """Say why the next term of an automatic renewal cannot be begun by rule; empty if it can."""
    if any(t.number > term.number for t in facts.every_term):
        return _t("a proposed term waits for its signature: execute it, or supersede its decision")
    if end_of_same_length(term) is None:
        said = _t("the length of term %(number)s is not exactly recorded: enter the next by hand")
        return said % {"number": term.number}
    return ""


def begin_next(term: Term, *, by: Any, on: dt.date) -> Term:
    """Begin the next term of an agreement that renewed by itself: the same length and terms.

    Raises ``ValidationError`` where it did not, where the next is recorded, or where it cannot be
    told when that would end.
    """
    with change(by=by, reason=f"Term {term.number} renewed by itself"):
        term, facts = locked(term.pk)
        if not _waits(facts, term, on):
            raise ValidationError(
                _t("Term %(number)s did not renew by itself.") % {"number": term.number}
            )
        if why := cannot_begin(facts, term):
            raise ValidationError(why)
        return enter(
            Term,
            agreement_id=term.agreement_id,
            number=term.number + 1,
            starts_on=start_of_next(term),
            ends_on=end_of_same_length(term),
            end_kind=Term.EndKind.FIXED,
            **{name: getattr(term, name) for name in (*FEE, *CARRIED_OVER)},
        )


def reviews_to_open(on: dt.date) -> list[Deadline]:
    """Return the *decide by* rows whose review is to be opened, as of a day.

    The review opens as many days before *decide by* as the agreement's lead holds, and at the
    latest when that was missed: an outage loses none. A term that ever had a review has its own.
    """
    rows = Deadline.objects.for_staff().open(on).filter(kind=Deadline.Kind.DECIDE_BY)
    reviewed = set(Review.objects.filter(~Q(term=None)).values_list("term_id", flat=True))
    return [
        row
        for row in rows.select_related("agreement")
        if row.source_id not in reviewed
        and (row.due_on - on).days <= row.basis["days"]
        and dt.date.fromisoformat(row.basis["end"]) >= on
    ]


def open_review_of(row: Deadline, *, by: Any) -> Review:
    """Open the review that a *decide by* row asks for, by the register's own account."""
    term = Term.objects.get(pk=row.source_id)
    return open_review(
        term,
        by=by,
        due_on=row.due_on,
        reason="Review opened at the agreement's lead",
        is_register=True,
    )
