"""Builds the views of a record from its facts."""

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _t

from agreements import sentences
from agreements.claims import claims, fact_label, show_rule
from agreements.deadlines import Row, derive, is_open
from agreements.explain import explain, is_end_decided, is_followed_by_unknown
from agreements.facts import Facts
from agreements.loading import hidden_now
from agreements.models import Agreement, Deadline, Decision, Document, Incident, Participation, Term
from agreements.periods import next_day
from agreements.public.allowed import PUBLIC_TEXTS
from agreements.public.references import References
from agreements.public.timeline import given_by, timeline
from agreements.public.views import (
    AgreementView,
    ConcernView,
    DeadlineView,
    DecisionView,
    DocumentView,
    ElementView,
    EntryView,
    GuideView,
    IncidentView,
    NoticeView,
    ObligationView,
    PartyView,
    TermView,
    VoteView,
)
from agreements.renewals import ending_decision, over_from, votes_needed
from agreements.status import Code, Status, access_on, status_on
from civil.display import show_partial
from civil.months import add_days
from parties.models import Party

TONES = {
    "in_force": "calm",
    "upcoming": "calm",
    "ending": "warning",
    "renewing": "warning",
    "suspended": "warning",
    "holdover": "warning",
    "unknown": "warning",
    "not_renewed": "neutral",
    "replaced": "neutral",
    "terminated": "neutral",
    "lapsed": "alarm",
    "draft": "neutral",
}
"""How a status is colored; its word always stands beside the color."""

DEADLINE_TONES = {"notice": "alarm", "decide_by": "warning", "signature": "warning"}


def agreement_view(facts: Facts, on: dt.date, audience: str = "public") -> AgreementView:
    """Build the view of an agreement as of a day.

    ``facts`` are those that the audience (``public`` or ``staff``) may see, whatever their date:
    for the public those of :meth:`Facts.published`.
    """
    return _Builder(facts, on, audience).build()


class _Builder:
    """Turns one agreement's facts into its view; holds what every part of it needs."""

    def __init__(self, facts: Facts, on: dt.date, audience: str) -> None:
        self.audience = audience
        self.all_facts = facts
        self.then = facts.on(on)
        self.on = on
        self.status: Status = status_on(facts, on)
        self.references = References(self.then)

    def build(self) -> AgreementView:
        then, agreement, status = self.then, self.then.agreement, self.status
        access = access_on(then, self.on)
        terms = tuple(self._term(t) for t in then.every_term if t in then.terms or t.is_proposed)
        deciders = self._parties(Participation.Role.DECIDER)
        rule = show_rule(agreement.decision_rule, agreement.votes_needed, len(deciders) or None)
        return AgreementView(
            reference=agreement.reference,
            slug=agreement.slug,
            url=agreement.get_absolute_url(),
            title=agreement.title,
            label=agreement.label,
            kind=agreement.kind,
            kind_label=agreement.get_kind_display(),
            on=self.on,
            known=then.known,
            published_at=agreement.published_at,
            status=status.code,
            status_label=status.label,
            tone=TONES[status.code],
            in_force=status.in_force,
            is_over=sentences.status_is_over(status),
            ended_on=add_days(ended, -1) if (ended := self._ended_from()) else None,
            begins_on=status.begins_on,
            sentence=sentences.status_sentence(then, status),
            reasons=status.reasons,
            access_state=access.state if access else "not_recorded",
            access_since=access.since if access else None,
            access_confirmed_on=access.confirmed_on if access else None,
            access_sentence=sentences.access_sentence(access, status),
            access_alarm=sentences.is_access_alarm(access, status),
            department=_party(agreement.department) if agreement.department else None,
            providers=self._parties(Participation.Role.PROVIDER),
            recipients=self._parties(Participation.Role.RECIPIENT),
            deciders=deciders,
            stewards=self._parties(Participation.Role.STEWARD),
            system=str(agreement.system) if agreement.system else "",
            system_slug=agreement.system.slug if agreement.system else "",
            access_method=agreement.get_access_method_display(),
            purpose=agreement.purpose,
            facts=tuple(
                (fact_label(agreement, name), getattr(agreement, name))
                for name in PUBLIC_TEXTS
                if getattr(agreement, name)
            ),
            rule=rule if agreement.decision_rule else "",
            rule_refs=self.references.of(agreement, "decision_rule"),
            votes_needed=votes_needed(then),
            term=next((t for t in terms if t.is_current), None),
            terms=terms,
            notice_rule=self._notice_rule(),
            notices=tuple(self._notice(n) for n in self._on_current(then.notices)),
            deadlines=tuple(self._deadline(row) for row in self._rows()),
            elements=self._elements(),
            decisions=tuple(self._decision(d) for d in self._on_current(then.standing_decisions())),
            votes=tuple(self._vote(v) for v in self._on_current(then.votes)),
            concerns=tuple(
                sorted((self._concern(c) for c in then.concerns), key=lambda c: c.is_answered)
            ),
            incidents=tuple(self._incident(i) for i in then.incidents),
            obligations=tuple(
                ObligationView(o.kind, str(o), o.due_on, o.done_on, o.evidence)
                for o in then.obligations
            ),
            timeline=timeline(then, self.references),
            evidence=tuple(self._evidence(e) for e in then.evidence),
            documents=tuple(self._document(d) for d in then.documents),
            guides=tuple(
                GuideView(g.title, g.address, g.language, self.references.of(g))
                for g in then.guides
            ),
            conflicts=self.references.conflicts,
            sources=self.references.sources(),
        )

    def _rows(self) -> list[Row] | list[Deadline]:
        """Deadlines that have arisen: the stored ones now, derived ones for another knowledge."""
        if self.then.known is None:
            stored = self.then.agreement.deadlines.all()
            rows = [d for d in stored if d.audience in {"all", self.audience}]
        else:
            rows = derive(self.all_facts)  # type: ignore[assignment]
        return [r for r in rows if r.arises_on is None or r.arises_on <= self.on]

    def _on_current(self, parts: Any) -> list[Any]:
        """Those that are about the end of the current term."""
        current = self.status.term
        return [p for p in parts if current is not None and p.term_id == current.pk]

    def _parties(self, role: str) -> tuple[PartyView, ...]:
        return tuple(_party(p) for p in self.then.parties_as(role))

    def _notice_rule(self) -> str | None:
        term = self.status.term
        if term is None or term.notice_length is None:
            return None
        return sentences.notice_clause(term)

    def _term(self, term: Term) -> TermView:
        decisions = [d for d in self.then.decisions if d.term_id == term.pk]
        decided = "; ".join(_decided(d) for d in decisions)
        current = self.status.term
        return TermView(
            number=term.number,
            starts_on=term.starts_on,
            ends_on=term.ends_on,
            end_kind=term.end_kind,
            renewal_kind=term.renewal_kind,
            renewal_label=term.get_renewal_kind_display(),
            is_proposed=term.is_proposed,
            executed_on=term.executed_on,
            fees=tuple(self.references.claim(c) for c in claims(self.then, term, "license_fee")),
            decided=decided,
            is_current=current is not None and current.pk == term.pk,
            gap_after=self._gap_after(term),
            refs=self.references.of(term, "starts_on", "ends_on"),
            decisions=tuple(self._decision(d) for d in decisions),
            votes=tuple(self._vote(v) for v in self.then.votes_of(term)),
        )

    def _gap_after(self, term: Term) -> tuple[dt.date, dt.date] | None:
        """First and last day between a term and the next one, where none is recorded."""
        later = [t for t in self.then.terms if t.number > term.number and not t.is_proposed]
        if not later or term.last_day is None or later[0].first_day is None:
            return None
        first, last = add_days(term.last_day, 1), add_days(later[0].first_day, -1)
        return (first, last) if first <= last else None

    def _elements(self) -> tuple[ElementView, ...]:
        """Shared elements up to the day: those shared first, the most sensitive first."""
        first = next((t for t in self.all_facts.every_term if t.starts_on), None)
        began = first.first_day if first else None
        ended = self._ended_from()
        begun = self.status.code not in {Code.DRAFT, Code.UPCOMING}
        found = []
        for shared in self.then.shared_elements:
            since = shared.added_on.last if shared.added_on else began
            known_from = shared.added_on or (first and first.starts_on)
            until = min((d for d in (shared.removed_day, ended) if d), default=None)
            if (since is not None and since > self.on) or not begun:
                continue
            element = shared.element
            found.append(
                ElementView(
                    name=element.name,
                    category=element.category,
                    category_label=element.get_category_display(),
                    sensitivity=element.sensitivity,
                    sensitivity_label=element.get_sensitivity_display(),
                    is_sensitive=element.is_sensitive,
                    data_subjects=element.data_subjects,
                    added_on=shared.added_on,
                    earliest_on=known_from.first if known_from else None,
                    from_on=since,
                    removed_on=shared.removed_on,
                    until_on=until,
                    conditions=shared.conditions,
                    is_shared=until is None or until > self.on,
                    has_conflict=any(
                        c.record in {"parties.Element", "agreements.SharedElement"}
                        and c.label.startswith(f"{element}:")
                        for c in self.references.conflicts
                    ),
                    refs=tuple(sorted({*self.references.of(shared), *self.references.of(element)})),
                )
            )
        order = {"special": 0, "high": 1, "normal": 2, "": 3}
        return tuple(sorted(found, key=lambda e: (not e.is_shared, order[e.sensitivity], e.name)))

    def _ended_from(self) -> dt.date | None:
        """The first day on which nothing is shared any more, since the agreement is over."""
        if not sentences.status_is_over(self.status):
            return None
        replaced = self.then.agreement.replaced_on
        if self.status.code == Code.REPLACED and replaced:
            return replaced.last
        term = self.status.term
        ending = ending_decision(self.then, term) if term else None
        if ending is not None:
            return over_from(ending)
        return next_day(term.last_day) if term and term.last_day else None

    def _deadline(self, row: Row | Deadline) -> DeadlineView:
        return deadline_view(row, self.on)

    def _decision(self, decision: Any) -> DecisionView:
        return DecisionView(
            outcome=decision.outcome,
            label=decision.get_outcome_display(),
            decided_on=decision.decided_on,
            counts_from=self.then.decision_day(decision),
            announced_on=decision.announced_on,
            takes_effect_on=decision.takes_effect_on,
            rationale=decision.rationale,
            conditions=decision.conditions,
            refs=self.references.of(decision),
        )

    def _vote(self, vote: Any) -> VoteView:
        return VoteView(
            party=vote.party.name,
            value=vote.value,
            label=vote.get_value_display(),
            intention=vote.intention,
            intention_label=vote.get_intention_display(),
            voted_on=vote.voted_on,
            office=vote.office,
            refs=self.references.of(vote),
        )

    def _notice(self, notice: Any) -> NoticeView:
        return NoticeView(
            purpose=notice.get_purpose_display(),
            by=given_by(notice),
            to=notice.given_to.name if notice.given_to else "",
            method=notice.method,
            sent_on=notice.sent_on,
            received_on=notice.received_on,
            refs=self.references.of(notice),
        )

    def _concern(self, concern: Any) -> ConcernView:
        return ConcernView(
            title=concern.title,
            text=concern.text,
            raised_by=concern.raised_by.name if concern.raised_by else "",
            raised_on=concern.raised_on,
            put_to=concern.put_to.name if concern.put_to else "",
            answer_due_on=concern.answer_due_on,
            answered_on=concern.answered_on,
            answer=concern.answer,
            is_answered=concern.is_answered,
            never_answered=concern.never_answered,
            refs=self.references.of(concern),
        )

    def _incident(self, incident: Incident) -> IncidentView:
        return IncidentView(
            label=incident.get_kind_display(),
            standing=incident.standing,
            standing_label=incident.get_standing_display(),
            title=incident.title,
            text=incident.text,
            occurred_on=incident.occurred_on,
            notify=incident.notify.name if incident.notify else "",
            notify_due_on=incident.notify_due_on,
            notified_on=incident.notified_on,
            outcome=incident.outcome,
            closed_on=incident.closed_on,
            refs=self.references.of(incident),
        )

    def _document(self, document: Document) -> DocumentView:
        return DocumentView(
            pk=document.pk,
            title=document.title,
            dated_on=document.dated_on,
            is_redacted=document.redacts_id is not None,
            file_name=document.file_name,
            size=document.size,
            sha256=document.sha256,
            url=document.get_absolute_url(),
            refs=self.references.of(document),
        )

    def _evidence(self, evidence: Any) -> EntryView:
        return EntryView(
            kind=evidence.kind,
            label=evidence.get_kind_display(),
            when=evidence.period_from,
            until=evidence.period_to,
            text=evidence.statement,
            detail=evidence.figure,
            refs=self.references.of(evidence),
        )


def deadline_view(row: Row | Deadline, on: dt.date) -> DeadlineView:
    """Build the view of a deadline as of a day: what settles it later does not count yet."""
    settled = row.settled_on if row.settled_on and row.settled_on <= on else None
    decided = is_end_decided(row, on)
    return DeadlineView(
        kind=row.kind,
        label=str(Deadline.Kind(row.kind).label),
        due_on=row.due_on,
        explanation=explain(row, on),
        settled_on=settled,
        is_open=is_open(row, on),
        is_end_decided=decided,
        is_unknown=is_followed_by_unknown(row, on),
        left=sentences.days_left(row.due_on, on),
        tone=DEADLINE_TONES.get(row.kind, "calm"),
    )


def _decided(decision: Decision) -> str:
    """A decision with its day; one of which only the announcement is recorded says so."""
    what = decision.get_outcome_display()
    if decision.decided_on:
        return f"{what}, {show_partial(decision.decided_on)}"
    if decision.announced_on:
        words = {"what": what, "day": show_partial(decision.announced_on)}
        return _t("%(what)s, announced %(day)s") % words
    return what


def _party(party: Party) -> PartyView:
    return PartyView(
        name=party.name,
        short_name=party.short_name,
        slug=party.slug,
        parent=party.parent.name if party.parent else "",
    )


def visible_agreement(slug: str) -> Agreement | None:
    """Return a published agreement; None for one that is not published or does not exist.

    One that was published and withdrawn is returned too: its ``withdrawn_at`` says so.
    """
    return Agreement.objects.filter(slug=slug, published_at__lte=timezone.now()).first()


def public_facts(facts: Facts, moment: dt.datetime) -> Facts:
    """Return the facts that the public may see now, of facts known now or at an earlier moment."""
    earlier = facts.known is not None
    return facts.published(moment, hidden_now([facts.agreement.pk], moment) if earlier else ())
