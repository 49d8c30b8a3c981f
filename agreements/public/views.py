"""The frozen view objects: what a page, a brief or a program receives instead of models."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from civil.partial import PartialDate


@dataclass(frozen=True)
class SourceView:
    """A numbered source of a record."""

    number: int
    title: str
    publisher: str
    published_on: PartialDate | None
    address: str
    language: str
    retrieved_on: dt.date | None
    note: str
    archive_address: str

    @property
    def host(self) -> str:
        """The site that holds it."""
        return urlsplit(self.address).hostname or self.address


@dataclass(frozen=True)
class PartyView:
    """A party as it is named in a record."""

    name: str
    short_name: str
    slug: str
    parent: str

    @property
    def url(self) -> str:
        """The party's public page."""
        return f"/parties/{self.slug}/"


@dataclass(frozen=True)
class ClaimView:
    """One value that sources give for a fact."""

    value: Any
    shown: str
    is_followed: bool
    why: str
    quotations: tuple[str, ...]
    refs: tuple[int, ...]
    named: tuple[tuple[str, int], ...]  # publisher and year, number
    is_quoted: bool = False  # shown in words of the record, whose language is the register's


@dataclass(frozen=True)
class ConflictView:
    """A fact on which sources disagree."""

    record: str
    field: str
    label: str
    is_settled: bool
    claims: tuple[ClaimView, ...]


@dataclass(frozen=True)
class TermView:
    """A term, first and last day inclusive."""

    number: int
    starts_on: PartialDate | None
    ends_on: PartialDate | None
    end_kind: str
    renewal_kind: str
    is_proposed: bool
    executed_on: PartialDate | None
    fees: tuple[ClaimView, ...]
    decided: str
    is_current: bool
    gap_after: tuple[dt.date, dt.date] | None
    refs: tuple[int, ...]
    decisions: tuple["DecisionView", ...] = ()
    votes: tuple["VoteView", ...] = ()
    renewal_label: str = ""

    @property
    def fee(self) -> ClaimView | None:
        """The license fee that the record follows, if it follows one."""
        return next((f for f in self.fees if f.is_followed), None)


@dataclass(frozen=True)
class ElementView:
    """A shared element; ``is_shared`` says whether it is shared on the day that is shown."""

    name: str
    category: str
    category_label: str
    sensitivity: str
    sensitivity_label: str
    is_sensitive: bool
    data_subjects: str
    added_on: PartialDate | None
    earliest_on: dt.date | None
    from_on: dt.date | None
    removed_on: PartialDate | None
    until_on: dt.date | None
    conditions: str
    is_shared: bool
    has_conflict: bool
    refs: tuple[int, ...]


@dataclass(frozen=True)
class DeadlineView:
    """A deadline as it stands on the day that is shown.

    ``is_unknown`` where it hangs on a term that has ended, and what followed is not recorded.
    """

    kind: str
    label: str
    due_on: dt.date
    explanation: str
    settled_on: dt.date | None
    is_open: bool
    is_end_decided: bool
    is_unknown: bool
    left: str
    tone: str


@dataclass(frozen=True)
class DecisionView:
    """A decision on a term's end, as far as it is public."""

    outcome: str
    label: str
    decided_on: PartialDate | None
    counts_from: dt.date | None
    announced_on: PartialDate | None
    takes_effect_on: PartialDate | None
    rationale: str
    conditions: str
    refs: tuple[int, ...]


@dataclass(frozen=True)
class VoteView:
    """One deciding party's stance."""

    party: str
    value: str
    label: str
    intention: str
    intention_label: str
    voted_on: PartialDate | None
    office: str
    refs: tuple[int, ...]


@dataclass(frozen=True)
class NoticeView:
    """Notice that was given."""

    purpose: str
    by: str
    to: str
    method: str
    sent_on: PartialDate | None
    received_on: PartialDate | None
    refs: tuple[int, ...]


@dataclass(frozen=True)
class ConcernView:
    """A concern, and the answer to it."""

    title: str
    text: str
    raised_by: str
    raised_on: PartialDate | None
    put_to: str
    answer_due_on: dt.date | None
    answered_on: PartialDate | None
    answer: str
    is_answered: bool
    never_answered: bool
    refs: tuple[int, ...]


@dataclass(frozen=True)
class EntryView:
    """An entry on the timeline or a piece of evidence."""

    kind: str
    label: str
    when: PartialDate | None
    until: PartialDate | None
    text: str
    detail: str
    refs: tuple[int, ...]


@dataclass(frozen=True)
class ObligationView:
    """A duty with a due date."""

    kind: str
    text: str
    due_on: dt.date | None
    done_on: PartialDate | None
    evidence: str


@dataclass(frozen=True)
class IncidentView:
    """Alleged or confirmed misuse or a breach."""

    label: str
    standing: str
    standing_label: str
    title: str
    text: str
    occurred_on: PartialDate | None
    notify: str
    notify_due_on: dt.date | None
    notified_on: PartialDate | None
    outcome: str
    closed_on: PartialDate | None
    refs: tuple[int, ...]


@dataclass(frozen=True)
class DocumentView:
    """A kept document that may be downloaded."""

    pk: int
    title: str
    dated_on: PartialDate | None
    is_redacted: bool
    file_name: str
    size: int
    sha256: str
    url: str
    refs: tuple[int, ...]

    @property
    def format(self) -> str:
        """How its name ends, in capitals: PDF."""
        return self.file_name.rpartition(".")[2].upper()


@dataclass(frozen=True)
class GuideView:
    """A public link that helps residents."""

    title: str
    address: str
    language: str
    refs: tuple[int, ...]


@dataclass(frozen=True)
class AgreementView:
    """A published agreement as of a day, as known at a moment.

    ``ended_on`` is the last day on which it was in force, where it is over: a decision may end it
    before its term does. ``begins_on`` is the first day of its first term, where that is not known
    to have begun.
    """

    reference: str
    slug: str
    url: str
    title: str
    label: str
    kind: str
    kind_label: str
    on: dt.date
    known: dt.datetime | None
    published_at: dt.datetime | None
    status: str
    status_label: str
    tone: str
    in_force: bool
    is_over: bool
    ended_on: dt.date | None
    begins_on: PartialDate | None
    sentence: str
    reasons: tuple[str, ...]
    access_state: str
    access_since: PartialDate | None
    access_confirmed_on: PartialDate | None
    access_sentence: str
    access_alarm: bool
    department: PartyView | None
    providers: tuple[PartyView, ...]
    recipients: tuple[PartyView, ...]
    deciders: tuple[PartyView, ...]
    stewards: tuple[PartyView, ...]
    system: str
    system_slug: str
    access_method: str
    purpose: str
    facts: tuple[tuple[str, str], ...]
    rule: str
    rule_refs: tuple[int, ...]
    votes_needed: int | None
    term: TermView | None
    terms: tuple[TermView, ...]
    notice_rule: str | None
    notices: tuple[NoticeView, ...]
    deadlines: tuple[DeadlineView, ...]
    elements: tuple[ElementView, ...]
    decisions: tuple[DecisionView, ...]
    votes: tuple[VoteView, ...]
    concerns: tuple[ConcernView, ...]
    incidents: tuple[IncidentView, ...]
    obligations: tuple[ObligationView, ...]
    timeline: tuple[EntryView, ...]
    evidence: tuple[EntryView, ...]
    documents: tuple[DocumentView, ...]
    guides: tuple[GuideView, ...]
    conflicts: tuple[ConflictView, ...]
    sources: tuple[SourceView, ...]

    @property
    def system_url(self) -> str:
        """The system's public page."""
        return f"/systems/{self.system_slug}/"

    @property
    def shared(self) -> tuple[ElementView, ...]:
        """The elements shared on the day."""
        return tuple(e for e in self.elements if e.is_shared)

    @property
    def last_day(self) -> PartialDate | None:
        """The last day of the current term, or an earlier one on which a decision ends it."""
        ends_on = self.term.ends_on if self.term else None
        early = self.ended_on
        for decision in self.decisions:
            effect = decision.takes_effect_on
            if decision.outcome == "terminate" and effect and effect.first > dt.date.min:
                early = early or effect.first - dt.timedelta(days=1)
        if early and (ends_on is None or early < ends_on.first):
            return PartialDate(early, early)
        return ends_on

    @property
    def open_deadlines(self) -> tuple[DeadlineView, ...]:
        """The deadlines that stand on the day, earliest first."""
        return tuple(d for d in self.deadlines if d.is_open)

    @property
    def open_concerns(self) -> tuple[ConcernView, ...]:
        """The concerns without an answer."""
        return tuple(c for c in self.concerns if not c.is_answered)

    @property
    def expiry(self) -> DeadlineView | None:
        """The end of the current term, where it is on an exact day."""
        ends = self.term.ends_on if self.term else None
        if ends is None or not ends.is_exact:
            return None
        day = ends.first
        return next((d for d in self.deadlines if d.kind == "expiry" and d.due_on == day), None)
