"""One agreement's facts: as of a day, as the register knew them at a moment.

:mod:`agreements.loading` reads them. With ``known`` no live relation is followed: names of parties,
elements and sources are those known at that moment too.
"""

import copy
import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.db import models

from agreements.models import (
    Access,
    Agreement,
    Amendment,
    Concern,
    Decision,
    Document,
    Event,
    Evidence,
    Guide,
    Incident,
    NoticeGiven,
    Obligation,
    Part,
    Participation,
    Payment,
    Review,
    SharedElement,
    Term,
    Vote,
)
from parties.models import Alias, Party
from sources.models import Citation

PARTS: dict[str, type[Part]] = {
    "participations": Participation,
    "terms": Term,
    "amendments": Amendment,
    "shared_elements": SharedElement,
    "access": Access,
    "decisions": Decision,
    "votes": Vote,
    "notices": NoticeGiven,
    "obligations": Obligation,
    "payments": Payment,
    "reviews": Review,
    "concerns": Concern,
    "incidents": Incident,
    "events": Event,
    "evidence": Evidence,
    "documents": Document,
    "guides": Guide,
}


@dataclass(frozen=True)
class Facts:
    """Everything recorded about one agreement.

    ``day`` is None for all facts whatever their date; :meth:`on` narrows to those of a day.
    ``ahead`` holds the terms that are not yet facts on that day, ``undone`` those that a decision
    proposed which another one superseded, ``cited_records`` the parties,
    systems and elements that sources name as the value of a fact.
    """

    agreement: Agreement
    known: dt.datetime | None = None
    day: dt.date | None = None
    participations: tuple[Participation, ...] = ()
    terms: tuple[Term, ...] = ()
    ahead: tuple[Term, ...] = ()
    undone: tuple[Term, ...] = ()
    amendments: tuple[Amendment, ...] = ()
    shared_elements: tuple[SharedElement, ...] = ()
    access: tuple[Access, ...] = ()
    decisions: tuple[Decision, ...] = ()
    votes: tuple[Vote, ...] = ()
    notices: tuple[NoticeGiven, ...] = ()
    obligations: tuple[Obligation, ...] = ()
    payments: tuple[Payment, ...] = ()
    reviews: tuple[Review, ...] = ()
    concerns: tuple[Concern, ...] = ()
    incidents: tuple[Incident, ...] = ()
    events: tuple[Event, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    documents: tuple[Document, ...] = ()
    guides: tuple[Guide, ...] = ()
    aliases: tuple[Alias, ...] = ()
    citations: tuple[Citation, ...] = ()
    holidays: frozenset[dt.date] = frozenset()
    cited_records: Mapping[tuple[type, int], models.Model] = field(default_factory=dict)

    def on(self, day: dt.date) -> "Facts":
        """Return the facts as they stood on a day: what is dated after it does not count."""
        kept: dict[str, Any] = {}
        for name in PARTS:
            if name not in {"decisions", "obligations"}:
                kept[name] = tuple(
                    part for p in getattr(self, name) if (part := p.on(day)) is not None
                )
        kept["decisions"] = tuple(
            part for d in self.standing_decisions(day) if (part := d.on(day)) is not None
        )
        standing = {d.pk for d in kept["decisions"]}
        kept["obligations"] = tuple(
            part
            for o in self.obligations
            if (part := o.on(day)) is not None
            and (o.decision_id is None or o.decision_id in standing)
            and ((undone := self.undone_on(o)) is None or undone > day)
            and (o.arises_on is None or o.arises_on <= day)
        )
        seen = {t.pk for t in kept["terms"]}
        kept["ahead"] = tuple(t for t in self.terms if t.pk not in seen)
        return replace(self, day=day, **kept)

    def hidden(self, moment: dt.datetime) -> set[tuple[str, int]]:
        """Return the parts that the public may not see at a moment, by model label and id.

        Internal ones, those under embargo, and those that follow from such a part: the term that
        a hidden decision proposes, the duties that it opens, the access that was cut off by them.
        """
        parts = [part for name in (*PARTS, "ahead") for part in getattr(self, name)]
        found = {(p._meta.label, p.pk) for p in parts if p.is_hidden_at(moment)}
        decisions = {pk for label, pk in found if label == Decision._meta.label}
        found |= {
            (Term._meta.label, t.pk) for t in self.every_term if t.proposed_by_id in decisions
        }
        terms = {pk for label, pk in found if label == Term._meta.label}
        notices = {pk for label, pk in found if label == NoticeGiven._meta.label}
        found |= {
            (p._meta.label, p.pk)
            for p in parts
            if getattr(p, "decision_id", None) in decisions
            or getattr(p, "notice_id", None) in notices
            or getattr(p, "term_id", None) in terms
        }
        duties = {pk for label, pk in found if label == Obligation._meta.label}
        return found | {(a._meta.label, a.pk) for a in self.access if a.obligation_id in duties}

    def published(
        self, moment: dt.datetime, also_hidden: Collection[tuple[str, int]] = ()
    ) -> "Facts":
        """Return the facts that the public may see at a moment.

        An element that a hidden amendment removes counts as not removed, a review that a hidden
        decision completes as open, a term that it takes back as proposed. ``also_hidden`` names
        parts that are hidden now, where the facts are those known at an earlier moment.
        """
        hidden = self.hidden(moment) | set(also_hidden)
        if not hidden:
            return self
        kept: dict[str, Any] = {
            name: tuple(p for p in getattr(self, name) if (p._meta.label, p.pk) not in hidden)
            for name in (*PARTS, "ahead")
        }
        kept["shared_elements"] = tuple(
            without_hidden_removal(s, hidden) for s in kept["shared_elements"]
        )
        decided = {
            (d.term_id, d.decided_on)
            for d in self.decisions
            if d.decided_on and (Decision._meta.label, d.pk) in hidden
        }
        kept["reviews"] = tuple(
            _not_completed(r) if (r.term_id, r.completed_on) in decided else r
            for r in kept["reviews"]
        )
        undone = {
            d.supersedes_id
            for d in self.decisions
            if d.supersedes_id and (Decision._meta.label, d.pk) not in hidden
        }
        again = tuple(t for t in self.undone if t.proposed_by_id not in undone)
        kept["terms"] = tuple(sorted(kept["terms"] + again, key=lambda t: t.number))
        kept["undone"] = tuple(t for t in self.undone if t not in again)
        kept["citations"] = tuple(c for c in self.citations if c.target not in hidden)
        return replace(self, **kept)

    def decision_day(self, decision: Decision) -> dt.date | None:
        """Return the day from which a decision counts.

        Its own day; where that is not recorded, the earlier of notice given and announcement
        (DOMAIN, rule 7); where neither is recorded, the last day of the term that it is about.
        """
        if decision.decided_on:
            return decision.decided_on.last
        dates = [decision.announced_on] if decision.announced_on else []
        if decision.ends_it:
            dates += [n.sent_on for n in self.notices_of(decision.term_id) if n.sent_on]
        if dates:
            return min(date.last for date in dates)
        return next((t.last_day for t in self.every_term if t.pk == decision.term_id), None)

    def undone_on(self, duty: Obligation) -> dt.date | None:
        """Return the day on which what a duty follows from was undone; None if it stands.

        Its decision was superseded; or, after notice, the agreement was renewed all the same.
        """
        notice = duty.notice if duty.notice_id else None
        given = notice.counts_from() if notice else None
        days = [
            day
            for d in self.decisions
            if (day := self.decision_day(d))
            and (
                (duty.decision_id is not None and d.supersedes_id == duty.decision_id)
                or (
                    notice is not None
                    and d.term_id == notice.term_id
                    and d.outcome in Decision.RENEWING
                    and (given is None or day >= given)
                )
            )
        ]
        return min(days, default=None)

    def standing_decisions(self, day: dt.date | None = None) -> list[Decision]:
        """Return the decisions that count on a day and are superseded by none that counts.

        Without a day: those that stand in the end. Earliest first.
        """
        counting = []
        for decision in self.decisions:
            since = self.decision_day(decision)
            if day is None or since is None or since <= day:
                counting.append((since or dt.date.min, decision.pk, decision))
        superseded = {d.supersedes_id for *_, d in counting}
        return [d for *_, d in sorted(counting, key=lambda c: c[:2]) if d.pk not in superseded]

    def decisions_of(self, term: Term) -> list[Decision]:
        """Return the standing decisions on a term's end, earliest first."""
        return [d for d in self.standing_decisions() if d.term_id == term.pk]

    def notices_of(self, term_id: int) -> list[NoticeGiven]:
        """Return the notices given about a term's end."""
        return [n for n in self.notices if n.term_id == term_id]

    def votes_of(self, term: Term) -> list[Vote]:
        """Return the votes on a term's end."""
        return [v for v in self.votes if v.term_id == term.pk]

    def parties_as(self, role: str) -> list[Party]:
        """Return the parties in a role, in the order in which they were entered."""
        day = self.day
        return [
            p.party
            for p in self.participations
            if p.role == role and (day is None or p.takes_part_on(day))
        ]

    def continuations(self, day: dt.date) -> list[Evidence]:
        """Return the evidence that the agreement went on, whose period includes a day.

        A source found later may speak of an earlier day, so its own day does not matter here.
        """
        return [
            e
            for e in self.evidence
            if e.kind == Evidence.Kind.CONTINUATION
            and (e.period_from is None or e.period_from.first <= day)
            and (e.period_to is None or e.period_to.last >= day)
        ]

    def continued_past(self, ended_on: dt.date, day: dt.date) -> list[Evidence]:
        """Return the evidence that the agreement went on past a term's last day, to a later day.

        A source of that day or earlier cannot tell, unless it names a period that reaches so far.
        """
        return [
            e
            for e in self.continuations(day)
            if e.period_to is not None or (told := self._told_on(e)) is None or told > ended_on
        ]

    def _told_on(self, evidence: Evidence) -> dt.date | None:
        """The last possible day on which somebody told of it; None where that is not recorded."""
        dates = [evidence.reported_on] if evidence.reported_on else []
        dates += [d for c in self.citations_of(evidence) if (d := c.source.published_on)]
        return max((date.last for date in dates), default=None)

    @property
    def every_term(self) -> tuple[Term, ...]:
        """All recorded terms by number, whether facts on the day or ahead of it."""
        return tuple(sorted(self.terms + self.ahead, key=lambda t: t.number))

    @cached_property
    def cited(self) -> dict[tuple[str, int], list[Citation]]:
        """Citations by the record that they are about."""
        found: dict[tuple[str, int], list[Citation]] = defaultdict(list)
        for citation in self.citations:
            found[citation.target].append(citation)
        return found

    def citations_of(self, record: models.Model, name: str | None = None) -> list[Citation]:
        """Return a record's citations: all, or those of one field and of the record as a whole."""
        found = self.cited.get((record._meta.label, record.pk), [])
        return found if name is None else [c for c in found if c.field in {name, ""}]


def without_hidden_removal(shared: SharedElement, hidden: set[tuple[str, int]]) -> SharedElement:
    """Return a shared element as one that is not removed, where the amendment is hidden."""
    if (Amendment._meta.label, shared.removed_by_id) not in hidden:
        return shared
    earlier = copy.copy(shared)
    earlier.removed_on, earlier.removed_by = None, None
    return earlier


def _not_completed(review: Review) -> Review:
    earlier = copy.copy(review)
    earlier.completed_on = None
    return earlier
