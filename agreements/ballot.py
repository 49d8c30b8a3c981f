"""The votes on a term's end: which text they bind to, and whether renewing can meet the rule.

Pure rules. Source: DOMAIN.md, rule 7.
"""

import datetime as dt
import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import ngettext

from agreements.facts import Facts
from agreements.models import Participation, Proposal, SharedElement, Term, Vote
from agreements.nextterm import CARRIED_OVER, FEE, next_term
from agreements.renewals import can_still_renew, notice_of, votes_needed
from civil.display import show_date
from parties.models import Party

CAST = frozenset(Vote.Value.values) - {Vote.Value.ANNOUNCED}
"""What counts as the one vote of a party; an announced intention is none."""


def shared_next(
    facts: Facts, term: Term, proposal: Proposal | None = None
) -> tuple[SharedElement, ...]:
    """Return the elements that the next term would share, by the day on which it would begin."""
    start = next_term(facts, term, proposal).starts_on
    drops = set(proposal.drops) if proposal is not None and proposal.renews else set()
    return tuple(
        s
        for s in facts.shared_elements
        if s.pk not in drops
        and (s.removed_day is None or (start is not None and s.removed_day > start))
    )


def text_of(facts: Facts, term: Term, proposal: Proposal | None = None) -> dict[str, Any]:
    """Return the text that a vote binds to: terms, elements and fee, of now and of the next term.

    ``facts`` are all facts, whatever their date.
    """
    following = {
        name: str(value) if value is not None else None
        for name, value in asdict(next_term(facts, term, proposal)).items()
    }
    if following["license_fee"] is not None:
        following["license_fee"] = str(next_term(facts, term, proposal).license_fee.normalize())  # type: ignore[union-attr]
    own = {
        name: str(value) if (value := getattr(term, name)) is not None else None
        for name in ("starts_on", "ends_on", "end_kind", *FEE, *CARRIED_OVER)
    }
    if term.license_fee is not None:
        own["license_fee"] = str(term.license_fee.normalize())
    elements = [
        [s.element_id, s.conditions, str(s.added_on)] for s in shared_next(facts, term, proposal)
    ]
    conditions = proposal.conditions if proposal is not None and proposal.renews else ""
    return {
        "term": own,
        "next": following,
        "elements": sorted(elements),
        "conditions": conditions,
    }


def digest_of(facts: Facts, term: Term, proposal: Proposal | None = None) -> str:
    """Return the digest of the text that a vote binds to: SHA-256 in hexadecimal."""
    text = json.dumps(text_of(facts, term, proposal), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def flag_of(vote: Vote, digest: str) -> str:
    """Say why a vote is flagged; empty where it is not. A flagged vote is never voided."""
    if vote.value not in CAST or vote.digest == digest:
        return ""
    if vote.digest:
        return _t("Text changed since")
    return _t("Entered without the text that it was on")


@dataclass(frozen=True)
class Standing:
    """Where renewing stands by the votes on a term's end, on a day."""

    needed: int | None
    deciders: tuple[Party, ...]
    in_favor: tuple[Party, ...]
    against: tuple[Party, ...]
    waiting: tuple[Party, ...]
    is_possible: bool
    ended_on: dt.date | None = None  # the last day of a term that is over, renewed or not

    @property
    def is_met(self) -> bool:
        """Whether the votes for renewing meet the rule."""
        return self.needed is not None and len(self.in_favor) >= self.needed

    @property
    def sentence(self) -> str:
        """Say whether renewing can still meet the rule, and what is missing."""
        if self.needed is None:
            return _t(
                "Who must be for renewing is not recorded, so nobody can say whether renewing "
                "can still meet the rule. Record the rule and the deciding parties."
            )
        if len(self.deciders) < self.needed:
            text = ngettext(
                "%(needed)s vote for renewing is needed, but fewer deciding parties are "
                "recorded: record the others.",
                "%(needed)s votes for renewing are needed, but fewer deciding parties are "
                "recorded: record the others.",
                self.needed,
            )
            return text % {"needed": self.needed}
        what = {"needed": self.needed, "of": len(self.deciders), "for": len(self.in_favor)}
        if self.is_met:
            return _t("Renewing meets the rule: %(for)s for, %(needed)s of %(of)s needed.") % what
        if self.ended_on is not None:
            said = _t(
                "The term ended on %(day)s: %(for)s for renewing, %(needed)s of %(of)s were needed."
            )
            return said % (what | {"day": show_date(self.ended_on)})
        if not self.is_possible:
            said = _t(
                "Renewing can no longer meet the rule: %(needed)s of %(of)s must be for it, and "
                "%(parties)s cannot be counted for it."
            )
            return said % (what | {"parties": _named(self.against)})
        said = _t("Renewing can still meet the rule: %(for)s for, %(needed)s of %(of)s needed.")
        missing = ngettext(
            "%(missing)s more vote for it is missing; not voted: %(parties)s.",
            "%(missing)s more votes for it are missing; not voted: %(parties)s.",
            self.needed - len(self.in_favor),
        )
        return f"{said % what} " + missing % {
            "missing": self.needed - len(self.in_favor),
            "parties": _named(self.waiting),
        }


def _named(parties: tuple[Party, ...]) -> str:
    return ", ".join(p.short_name or p.name for p in parties) or _t("nobody")


def standing(then: Facts, term: Term) -> Standing:
    """Return where renewing stands; ``then`` are the facts of the day that is asked about.

    A vote whose content is not recorded is waited for: it may have been for renewing.
    """
    deciders = tuple(then.parties_as(Participation.Role.DECIDER))
    value = {v.party_id: v.value for v in then.votes_of(term) if v.value in CAST}
    lost = {Vote.Value.NO, Vote.Value.ABSTAINED, Vote.Value.RECUSED}
    return Standing(
        needed=votes_needed(then),
        deciders=deciders,
        in_favor=tuple(p for p in deciders if value.get(p.pk) == Vote.Value.YES),
        against=tuple(p for p in deciders if value.get(p.pk) in lost),
        waiting=tuple(p for p in deciders if value.get(p.pk) in {None, Vote.Value.NOT_RECORDED}),
        is_possible=can_still_renew(then, term),
        ended_on=_ended_on(then, term),
    )


def _ended_on(then: Facts, term: Term) -> dt.date | None:
    """The last day of a term that has passed for good by the day that is asked about."""
    goes_on = term.provides_holdover or term.renewal_kind == Term.RenewalKind.AUTOMATIC
    is_past = term.last_day is not None and then.day is not None and term.last_day < then.day
    return term.last_day if is_past and not goes_on else None


def late_by(facts: Facts, term: Term, day: dt.date) -> str:
    """Say in a sentence that something done on a day came too late, and what follows; else empty.

    Compared with the last day to give notice, where one is known, and with the term's end.
    """
    notice = notice_of(facts, term)
    if term.last_day is not None and day > term.last_day:
        return _t("Late: the term had ended on %(end)s. It is recorded all the same.") % {
            "end": show_date(term.last_day)
        }
    if notice is not None and day > notice.due_on:
        said = _t("Late: the last day to give notice was %(day)s. It is recorded all the same.")
        if term.renewal_kind == Term.RenewalKind.AUTOMATIC:
            said = _t(
                "Late: the last day to give notice was %(day)s, and the agreement renews by "
                "itself. It is recorded all the same; whether it still counts is for the law "
                "department."
            )
        return said % {"day": show_date(notice.due_on)}
    return ""
