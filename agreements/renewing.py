"""The work before a decision: reviews, concerns, notice and votes, each by a named function.

Source of the rules: DOMAIN.md, rules 4 and 7. Every function opens its own change, refuses
without permission (``PermissionDenied``) and says what is wrong (``ValidationError``).
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _t

from agreements.ballot import CAST, digest_of
from agreements.claims import fact_value
from agreements.closing import enter, open_after_notice
from agreements.facts import Facts
from agreements.loading import load
from agreements.models import (
    Agreement,
    Concern,
    NoticeGiven,
    Part,
    Participation,
    Proposal,
    Review,
    Term,
    Vote,
)
from agreements.nextterm import next_recorded
from agreements.permissions import Can, mandates_of, require
from agreements.renewals import ending_notice, final_from
from civil.clock import today
from civil.display import show_date, show_partial
from civil.partial import PartialDate
from parties.models import Party
from revisions import change
from sources.models import Citation, Source


def locked(term_id: int) -> tuple[Term, Facts]:
    """Return a term and all facts of its agreement, inside a change.

    The agreement's row is locked first, so that what is checked still holds when it is written.
    """
    agreement_id = Term.objects.values_list("agreement_id", flat=True).get(pk=term_id)
    list(Agreement.objects.select_for_update().filter(pk=agreement_id).values_list("pk"))
    facts = load(agreement_id)
    if facts is None:  # pragma: no cover - the row is locked
        raise Agreement.DoesNotExist
    return next(t for t in facts.every_term if t.pk == term_id), facts


def open_proposal(term: Term) -> Proposal | None:
    """Return the proposal that is open on a term."""
    return Proposal.objects.filter(term=term, withdrawn_on=None, decision=None).first()


def text_proposal(facts: Facts, term: Term) -> Proposal | None:
    """Return the proposal whose text votes are about: the open one, else the one that stands."""
    standing = [d.pk for d in facts.decisions_of(term)]
    found = open_proposal(term)
    settled = Proposal.objects.filter(term=term, decision__in=standing).order_by("pk")
    return found or settled.last()


def is_followed(facts: Facts, term: Term) -> bool:
    """Whether a later term of the agreement is executed: the term's end is history."""
    return any(t.number > term.number and not t.is_proposed for t in facts.every_term)


def refuse_over(facts: Facts, term: Term) -> None:
    """Refuse to decide on a term that is proposed, or followed by one that is executed."""
    if term.is_proposed:
        raise ValidationError(
            _t("Term %(number)s is proposed, not executed: there is no end to decide on yet.")
            % {"number": term.number}
        )
    later = [t for t in facts.every_term if t.number > term.number and not t.is_proposed]
    if later:
        raise ValidationError(
            _t("Term %(later)s follows term %(number)s: decide on the end of term %(later)s.")
            % {"later": later[-1].number, "number": term.number}
        )


def refuse_future(*dates: PartialDate | dt.date | None) -> None:
    """Refuse what is dated after today: it has not happened."""
    for date in dates:
        known = PartialDate.coerce(date)
        if known is not None and known.first > today():
            raise ValidationError(
                _t("%(day)s is still to come. Record what happened on or before today.")
                % {"day": show_partial(known)}
            )


# ── Reviews and concerns ───────────────────────────────────────────────────────


def open_review(
    term: Term,
    *,
    by: Any,
    due_on: dt.date | None = None,
    considerations: str = "",
    reason: str = "Review opened",
    is_register: bool = False,
) -> Review:
    """Open the review before the decision on a term's end; one is open at a time.

    ``is_register``: the daily step opens it, by the register's own account.
    """
    if not is_register:
        require(by, Can.EDIT)
    with change(by=by, reason=reason):
        term, facts = locked(term.pk)
        refuse_over(facts, term)
        if any(r.term_id == term.pk and r.completed_on is None for r in facts.reviews):
            raise ValidationError(_t("A review of this term is open already: go on with that one."))
        return enter(
            Review,
            agreement_id=term.agreement_id,
            term=term,
            due_on=due_on,
            opened_on=today(),
            considerations=considerations,
        )


def note_considerations(review: Review, *, by: Any, considerations: str) -> Review:
    """Replace the considerations of a review that is open."""
    require(by, Can.EDIT)
    with change(by=by, reason="Considerations noted"):
        review = Review.objects.get(pk=review.pk)
        if review.completed_on:
            raise ValidationError(
                _t("This review was completed on %(day)s. Open another to add to it.")
                % {"day": show_partial(review.completed_on)}
            )
        review.considerations = considerations
        review.save()
    return review


def complete_reviews(facts: Facts, term: Term) -> None:
    """Complete the open reviews of a term, inside an open change: its end is decided."""
    for review in facts.reviews:
        if review.term_id == term.pk and review.completed_on is None:
            review.completed_on = today()
            review.save()


def raise_concern(
    term: Term,
    *,
    by: Any,
    title: str,
    text: str = "",
    put_to: Party | None = None,
    raised_by: Party | None = None,
    answer_due_on: dt.date | None = None,
) -> Concern:
    """Record a concern that the review raises today, and by when an answer is asked for."""
    require(by, Can.EDIT)
    if answer_due_on is not None and answer_due_on < today():
        raise ValidationError(
            _t("An answer that is asked for today is due today or later: change the day.")
        )
    with change(by=by, reason="Concern raised"):
        return enter(
            Concern,
            agreement_id=term.agreement_id,
            title=title,
            text=text,
            put_to=put_to,
            raised_by=raised_by,
            raised_on=today(),
            answer_due_on=answer_due_on,
        )


# ── Notice ─────────────────────────────────────────────────────────────────────


def record_notice(
    term: Term, *, by: Any, source: Source | None = None, **given: Any
) -> NoticeGiven:
    """Record notice given about a term's end. Notice that came too late is recorded all the same.

    ``given`` holds the notice's own fields; ``source`` is what it is known from.
    """
    require(by, Can.EDIT)
    refuse_future(given.get("sent_on"), given.get("received_on"))
    if not given.get("sent_on") and not given.get("received_on"):
        raise ValidationError(_t("Give the day on which notice was sent or received."))
    with change(by=by, reason="Notice given"):
        term, facts = locked(term.pk)
        refuse_over(facts, term)
        notice = NoticeGiven(agreement_id=term.agreement_id, term=term, **given)
        notice.full_clean()
        notice.save()
        if source is not None:
            cite(notice, source)
        since = notice.counts_from()
        if since and _ends_by(notice) and not any(d.ends_it for d in facts.decisions_of(term)):
            open_after_notice(notice, since)
    return notice


def _ends_by(notice: NoticeGiven) -> bool:
    """Whether this is the notice that ends its agreement."""
    facts = load(notice.agreement_id)
    found = ending_notice(facts, notice.term) if facts is not None else None
    return found is not None and found.pk == notice.pk


def is_cited(record: Part) -> bool:
    """Whether a source is named for a record."""
    about = {"target_model": record._meta.label, "target_id": record.pk}
    return Citation.objects.filter(**about).exists()


def cite(record: Part, source: Source, *names: str, locator: str = "", quotation: str = "") -> None:
    """Say that a record rests on a source, inside an open change: as a whole, or some fields."""
    if source.pk is None:
        source.save()
    for name in names or ("",):
        Citation.objects.create(
            source=source,
            target_model=record._meta.label,
            target_id=record.pk,
            field=name,
            value=fact_value(record, name) if name else None,
            locator=locator,
            quotation=quotation,
        )


# ── Votes ──────────────────────────────────────────────────────────────────────


def cast_vote(term: Term, *, by: Any, party: Party, value: str) -> Vote:
    """Cast the vote of a party today, by a person's mandate.

    It binds to the text as it stands; the page asks first that this is the text that was read.
    Cast again it replaces one's party's own earlier vote, which stays in the history; a vote by
    letter or from a source is not replaced.
    """
    require(by, Can.VOTE, term)
    mandate = mandates_of(by).filter(party=party).first()
    if mandate is None:
        raise PermissionDenied(
            _t("You hold no mandate for %(party)s today. A records officer can give one.")
            % {"party": party}
        )
    if value not in {Vote.Value.YES, Vote.Value.NO, Vote.Value.ABSTAINED, Vote.Value.RECUSED}:
        raise ValidationError(_t("Vote for or against renewing, abstain, or recuse yourself."))
    with change(by=by, reason=f"Vote of {party} cast"):
        term, facts = locked(term.pk)
        _refuse_vote(facts, term, party)
        cast = _cast(facts, term, party)
        if cast is not None and cast.how != Vote.How.HERE:
            raise ValidationError(
                _t(
                    "A vote of %(party)s is recorded from a letter or source. If it is wrong, an "
                    "editor corrects it."
                )
                % {"party": party}
            )
        vote = cast or Vote(agreement_id=term.agreement_id, term=term, party=party)
        vote.value, vote.how = Vote.Value(value), Vote.How.HERE
        vote.voted_on = PartialDate.exact(today())
        vote.cast_by, vote.office = by, mandate.office
        vote.digest = digest_of(facts, term, text_proposal(facts, term))
        vote.save()
    return vote


def record_vote(
    term: Term,
    *,
    by: Any,
    party: Party,
    value: str,
    how: str,
    source: Source | None = None,
    cited: Mapping[str, str] | None = None,
    **more: Any,
) -> Vote:
    """Record the vote of a party from a letter, or from a source with its citation.

    ``more`` holds ``voted_on``, ``office`` and, for an announced intention, ``intention``.
    """
    require(by, Can.EDIT)
    refuse_future(more.get("voted_on"))
    if how == Vote.How.SOURCE and source is None:
        raise ValidationError(_t("Name the source that reports the vote."))
    if how == Vote.How.LETTER and source is None and not more.get("office"):
        raise ValidationError(_t("Say which office signed the letter."))
    with change(by=by, reason=f"Vote of {party} recorded"):
        term, facts = locked(term.pk)
        if value in CAST:
            _refuse_vote(facts, term, party, is_new=True)
        vote = Vote(
            agreement_id=term.agreement_id,
            term=term,
            party=party,
            value=value,
            how=how,
            digest=digest_of(facts, term, text_proposal(facts, term)),
            **more,
        )
        vote.full_clean()
        vote.save()
        if source is not None:
            names = [n for n in ("value", "voted_on", "office") if getattr(vote, n)]
            cite(vote, source, *names, **(cited or {}))
    return vote


def _cast(facts: Facts, term: Term, party: Party) -> Vote | None:
    """The one vote that a party has cast on a term's end."""
    cast = (v for v in facts.votes_of(term) if v.party_id == party.pk and v.value in CAST)
    return next(cast, None)


def _refuse_vote(facts: Facts, term: Term, party: Party, *, is_new: bool = False) -> None:
    """Refuse a vote that a party has not, or has had; of an earlier term only a source tells."""
    if is_new and _cast(facts, term, party) is not None:
        raise ValidationError(
            _t("A vote of %(party)s is recorded already: each party has one. Correct that one.")
            % {"party": party}
        )
    if is_new and is_followed(facts, term):
        return
    refuse_over(facts, term)
    deciders = facts.on(today()).parties_as(Participation.Role.DECIDER)
    if party.pk not in {p.pk for p in deciders}:
        raise ValidationError(
            _t("%(party)s does not decide on this agreement today, so it has no vote.")
            % {"party": party}
        )
    days = [final_from(facts, d) for d in facts.decisions_of(term)]
    final = [day for day in days if day is not None and day <= today()]
    if (final or next_recorded(facts, term)) and open_proposal(term) is None:
        since = show_date(min(final) if final else today())
        raise ValidationError(
            _t(
                "The end of this term is decided for good since %(day)s. To vote again, propose a "
                "decision that supersedes it."
            )
            % {"day": since}
        )
