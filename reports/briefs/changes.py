"""What changed between two views of a record: the facts of each as entries, and their difference.

    found = changes.between(view_then, view_now)

Entries hold what the views hold, in the language that was active when they were built; both views
are built in the same one. What depends on the passing of days alone (days left, what is overdue)
is in none: a brief does not grow old by lying on a desk.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.text import capfirst
from django.utils.translation import gettext as _t

from agreements.public import AgreementView, EntryView, PartyView
from agreements.public.views import (
    ClaimView,
    ConcernView,
    DecisionView,
    ElementView,
    IncidentView,
    NoticeView,
    TermView,
)
from civil.display import show_date, show_partial
from civil.partial import PartialDate

ENTRY, SOURCE, CITED = "entry", "source", "cited"
"""Kinds: what stands on the timeline, or is evidence; a source; which sources a fact cites."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is recorded of one thing: its value, what else is said of it, the sources cited."""

    label: str
    value: str
    more: tuple[tuple[str, str], ...] = ()
    refs: tuple[int, ...] = ()


Key = tuple[str, ...]
Pair = tuple[Key, Told]

Lines = dict[Key, Told]
"""What is recorded, by a key that stays the same while a value changes."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A fact before and after; an empty text where nothing stood."""

    label: str
    before: str
    after: str
    kind: str = ""


def between(then: AgreementView, now: AgreementView) -> tuple[Difference, ...]:
    """Return what differs, in the order in which a brief tells it: new, changed, gone."""
    before, after = lines(then), lines(now)
    found: list[Difference] = []
    for key, was, is_now in _pairs(before, after):
        if was is None or is_now is None:
            found += _come_or_gone(key[0], was, is_now)
        else:
            found += _changed(key[0], was, is_now, _cited(then, was), _cited(now, is_now))
    return tuple(found)


def between_lines(before: Lines, after: Lines) -> tuple[Difference, ...]:
    """Return what differs between lines that cite nothing, in the same order."""
    found: list[Difference] = []
    for key, was, is_now in _pairs(before, after):
        if was is None or is_now is None:
            found += _come_or_gone(key[0], was, is_now)
        else:
            found += _changed(key[0], was, is_now, "", "")
    return tuple(found)


def _pairs(before: Lines, after: Lines) -> Iterator[tuple[Key, Told | None, Told | None]]:
    for key in [*after, *(k for k in before if k not in after)]:
        yield key, before.get(key), after.get(key)


def _come_or_gone(kind: str, was: Told | None, now: Told | None) -> Iterator[Difference]:
    one = was or now or Told("", "")
    if one.value:
        yield Difference(one.label, *((one.value, "") if was else ("", one.value)), kind)


def _changed(kind: str, was: Told, now: Told, cited: str, cites: str) -> Iterator[Difference]:
    """Yield what differs of one thing: its value, what else is said, its sources."""
    if was.value != now.value:
        yield Difference(now.label, was.value, now.value, kind)
    old, new = dict(was.more), dict(now.more)
    for label in {**new, **old}:
        if old.get(label, "") != new.get(label, ""):
            name = f"{now.label}: {label}"
            yield Difference(name, old.get(label, ""), new.get(label, ""), kind)
    if cited != cites:
        yield Difference(f"{now.label}: {_t('sources')}", cited, cites, CITED)


def _cited(view: AgreementView, told: Told) -> str:
    """Name the sources that are cited: their numbers change as others come and go."""
    names = {s.number: s.title for s in view.sources}
    return "; ".join(sorted(names[n] for n in told.refs if n in names))


def lines(view: AgreementView) -> Lines:
    """Return the facts of a view; things of the same name are numbered."""
    found: Lines = {}
    for key, told in _told(view):
        number = 2
        unique = key
        while unique in found:
            unique = (*key, str(number))
            number += 1
        found[unique] = told
    return found


def _told(view: AgreementView) -> Iterator[Pair]:
    """Yield the facts of a view in the order of a brief."""
    yield from _of_the_record(view)
    for term in view.terms:
        yield from _term(term)
    for element in view.elements:
        yield from _element(element)
    for concern in view.concerns:
        yield ("concern", concern.title), _concern(concern)
    for incident in view.incidents:
        yield from _incident(incident)
    for duty in view.obligations:
        done = _t("done %(day)s") % {"day": show_partial(duty.done_on)} if duty.done_on else ""
        due = _t("due %(day)s") % {"day": show_date(duty.due_on)} if duty.due_on else ""
        state = done or due or _t("no day recorded")
        more = _said((_t("Evidence"), duty.evidence))
        yield ("duty", duty.kind, duty.text), Told(capfirst(duty.text), state, more)
    for notice in view.notices:
        yield from _notice(notice)
    for entry in (*view.timeline, *view.evidence):
        if entry.kind not in {"decision", "notice"}:
            yield from _entry(entry)
    yield from _deadlines(view)
    for conflict in view.conflicts:
        label = _t("Sources disagree: %(fact)s") % {"fact": conflict.label}
        key = ("conflict", conflict.record, conflict.label)
        yield key, Told(label, _claims(conflict.claims), *_quoted(conflict.claims))
    yield from _papers(view)


def _of_the_record(view: AgreementView) -> Iterator[Pair]:
    department = (view.department,) if view.department else ()
    yield ("status",), Told(_t("Status"), view.status_label)
    if view.begins_on:
        yield ("begins",), Told(_t("Begins"), show_partial(view.begins_on))
    yield ("access",), Told(_t("Access"), view.access_sentence)
    yield ("name",), Told(_t("Name"), view.title)
    yield ("reference",), Told(_t("Reference"), view.reference)
    yield ("kind",), Told(_t("Kind"), view.kind_label)
    yield ("department",), Told(_t("Department"), _names(department))
    yield ("provider",), Told(_t("Gives"), _names(view.providers))
    yield ("recipient",), Told(_t("Gets"), _names(view.recipients))
    yield ("steward",), Told(_t("Steward"), _names(view.stewards))
    yield ("decider",), Told(_t("Deciding parties"), _names(view.deciders))
    yield ("system",), Told(_t("System"), view.system)
    yield ("method",), Told(_t("Access method"), view.access_method)
    yield ("rule",), Told(_t("Rule for renewing"), view.rule, refs=view.rule_refs)
    yield ("notice rule",), Told(_t("Notice clause"), view.notice_rule or "")
    for label, value in view.facts:
        yield ("fact", label), Told(capfirst(label), value)


def _said(*pairs: tuple[str, str | PartialDate | None]) -> tuple[tuple[str, str], ...]:
    """Return what is recorded besides, by its label; days as they are read."""
    return tuple(
        (label, show_partial(value) if isinstance(value, PartialDate) else value)
        for label, value in pairs
        if value
    )


def _names(parties: tuple[PartyView, ...]) -> str:
    return ", ".join(
        p.name
        + (f" ({p.short_name})" if p.short_name and p.short_name != p.name else "")
        + (f", {p.parent}" if p.parent else "")
        for p in parties
    )


def _term(term: TermView) -> Iterator[Pair]:
    """Yield a term's days, fee, decisions and votes."""
    number, key = {"n": term.number}, str(term.number)
    end = _t("no end by its terms") if term.end_kind == "none" else show_partial(term.ends_on)
    days = f"{show_partial(term.starts_on)} – {end}"
    days += f", {_t('proposed, not executed')}" if term.is_proposed else ""
    more = _said((_t("Executed"), term.executed_on), (_t("Renewal"), term.renewal_label))
    yield ("term", key), Told(_t("Term %(n)s") % number, days, more, term.refs)
    if term.fees:
        label = _t("Term %(n)s: license fee") % number
        yield ("fee", key), Told(label, _claims(term.fees), *_quoted(term.fees))
    for decision in term.decisions:
        yield ("decision", key, decision.outcome), _decision(decision, number)
    for vote in term.votes:
        label = _t("Term %(n)s: vote of %(party)s") % (number | {"party": vote.party})
        words = [vote.label, vote.intention_label]
        words += [show_partial(vote.voted_on)] if vote.voted_on else []
        value = capfirst(", ".join(w for w in words if w))
        more = _said((_t("Office"), vote.office))
        yield ("vote", key, vote.party), Told(label, value, more, vote.refs)


def _decision(decision: DecisionView, number: dict[str, int]) -> Told:
    day = show_partial(decision.decided_on or decision.announced_on)
    more = _said(
        (_t("Announced on"), decision.announced_on),
        (_t("Takes effect on"), decision.takes_effect_on),
        (_t("Reasons"), decision.rationale),
        (_t("Conditions"), decision.conditions),
    )
    label = _t("Term %(n)s: decision") % number
    return Told(label, f"{capfirst(decision.label)}, {day}", more, decision.refs)


def _claims(claims: tuple[ClaimView, ...]) -> str:
    """Return the values that sources give, the one that is followed first and marked."""
    ranked = sorted(claims, key=lambda claim: not claim.is_followed)
    if len(ranked) == 1:
        return ranked[0].shown
    followed = f" ({_t('followed')})"
    return "; ".join(c.shown + (followed if c.is_followed else "") for c in ranked)


def _quoted(
    claims: tuple[ClaimView, ...],
) -> tuple[tuple[tuple[str, str], ...], tuple[int, ...]]:
    """Return what else is said of values: why one is followed, the quotations; and the sources."""
    more = _said(
        (_t("Why"), "; ".join(c.why for c in claims if c.why)),
        (_t("Quotation"), " / ".join(q for c in claims for q in c.quotations)),
    )
    return more, tuple(ref for claim in claims for ref in claim.refs)


def _element(element: ElementView) -> Iterator[Pair]:
    until = show_partial(element.removed_on) if element.removed_on else ""
    since = show_partial(element.added_on) if element.added_on else _t("first term")
    value = f"{_t('since')} {since}" + (f", {_t('not shared since')} {until}" if until else "")
    more = _said(
        (_t("Category"), element.category_label),
        (_t("Sensitivity"), element.sensitivity_label),
        (_t("Whose"), element.data_subjects),
        (_t("Conditions"), element.conditions),
    )
    label = _t("Shared: %(name)s") % {"name": element.name}
    yield ("element", element.name), Told(label, value, more, element.refs)


def _concern(concern: ConcernView) -> Told:
    more = _said(
        (_t("Text"), concern.text),
        (_t("Raised by"), concern.raised_by),
        (_t("Raised on"), concern.raised_on),
        (_t("To whom"), concern.put_to),
        (_t("Answer due"), show_date(concern.answer_due_on) if concern.answer_due_on else ""),
        (_t("Answer"), concern.answer),
    )
    label = _t("Concern: %(name)s") % {"name": concern.title}
    return Told(label, _answer(concern), more, concern.refs)


def _answer(concern: ConcernView) -> str:
    if concern.is_answered:
        day = f" {show_partial(concern.answered_on)}" if concern.answered_on else ""
        return _t("answered") + day
    return _t("never answered, a source says") if concern.never_answered else _t("unanswered")


def _incident(incident: IncidentView) -> Iterator[Pair]:
    day = show_partial(incident.occurred_on) if incident.occurred_on else _t("undated")
    value = f"{capfirst(incident.label)}, {incident.standing_label}, {day}"
    due = show_date(incident.notify_due_on) if incident.notify_due_on else ""
    more = _said(
        (_t("Text"), incident.text),
        (_t("To be told"), incident.notify),
        (_t("To be told by"), due),
        (_t("Told on"), incident.notified_on),
        (_t("Outcome"), incident.outcome),
        (_t("Closed on"), incident.closed_on),
    )
    label = _t("Incident: %(name)s") % {"name": incident.title}
    yield ("incident", incident.title), Told(label, value, more, incident.refs)


def _notice(notice: NoticeView) -> Iterator[Pair]:
    day = show_partial(notice.sent_on) if notice.sent_on else _t("undated")
    more = _said(
        (_t("To whom"), notice.to),
        (_t("How"), notice.method),
        (_t("Received"), notice.received_on),
    )
    label = _t("Notice given: %(purpose)s") % {"purpose": notice.purpose}
    told = Told(label, f"{notice.by}, {day}", more, notice.refs)
    yield ("notice", notice.purpose), told


def _entry(entry: EntryView) -> Iterator[Pair]:
    """Yield an entry by what it says; its day is its value."""
    day = show_partial(entry.when) if entry.when else _t("undated")
    day += f" – {show_partial(entry.until)}" if entry.until and entry.until != entry.when else ""
    is_figure = entry.kind == "figure" and entry.detail
    text = f"{entry.detail}: {entry.text}" if is_figure else entry.text
    more = _said((_t("Kind"), entry.label), (_t("More"), "" if is_figure else entry.detail))
    told = Told(capfirst(text.rstrip(".")), day, more, entry.refs)
    yield (ENTRY, entry.kind, text), told


def _deadlines(view: AgreementView) -> Iterator[Pair]:
    """Yield the open deadlines, an entry for each kind."""
    by_kind: dict[str, list[str]] = {}
    labels = {d.kind: d.label for d in view.deadlines}
    for deadline in view.open_deadlines:
        by_kind.setdefault(deadline.kind, []).append(show_date(deadline.due_on))
    for kind, label in labels.items():
        days = "; ".join(by_kind.get(kind, ()))
        yield ("deadline", kind), Told(_t("Deadline: %(what)s") % {"what": label}, days)


def _papers(view: AgreementView) -> Iterator[Pair]:
    """Yield sources, kept documents and guides."""
    for source in view.sources:
        day = show_partial(source.published_on) if source.published_on else _t("undated")
        more = _said(
            (_t("Address"), source.address),
            (_t("Archived"), source.archive_address),
            (_t("Read on"), show_date(source.retrieved_on) if source.retrieved_on else ""),
            (_t("Note"), source.note),
        )
        label = _t("Source: %(name)s") % {"name": source.title}
        value = f"{source.publisher}, {day}" if source.publisher else day
        yield (SOURCE, source.title), Told(label, value, more)
    for document in view.documents:
        day = show_partial(document.dated_on) if document.dated_on else _t("undated")
        more = _said((_t("File"), f"{document.file_name}, SHA-256 {document.sha256}"))
        label = _t("Document: %(name)s") % {"name": document.title}
        key = ("document", document.title, "redacted" if document.is_redacted else "")
        yield (key), Told(label, day, more, document.refs)
    for guide in view.guides:
        label = _t("Guide: %(name)s") % {"name": guide.title}
        yield ("guide", guide.title), Told(label, guide.address, refs=guide.refs)
