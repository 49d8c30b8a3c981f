"""What a council brief says: sections of plain values, made from the public view of a record.

    with translation.override("es"):
        brief = content.brief(view, language="es")

No layout and no models. Text is in the language that is active, which callers activate before
they build the view; what the record itself says stays in its own language and is marked so.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from django.conf import settings
from django.utils.translation import gettext as _t
from django.utils.translation import ngettext

from agreements.public import AgreementView
from civil.clock import civil_date, end_of_day
from civil.display import show_date, show_partial
from reports.briefs import changes, charts, incidents, record, renewal
from reports.briefs.editions import Withheld, differences
from reports.briefs.parts import (
    Badge,
    Brief,
    Fact,
    Phrase,
    Section,
    Text,
    compose,
    excerpts,
    joined,
    missing,
    soft,
    strong,
)
from reports.briefs.renewal import Case, Said

TAGS = {"en": "en-US", "es": "es-US"}
"""Language tags (BCP 47) of the languages that a brief is written in."""

LANGUAGES = tuple(TAGS)

FEW = 3
"""So many new entries of the timeline or sources are not told one by one: they stand in a list."""

LONGEST_SIDE = 200
"""Characters of a value that changed, around the place where it did."""


@dataclass(frozen=True)
class Previous:
    """The brief before: its day, the view and what was withheld, in the active language."""

    on: dt.date
    view: AgreementView
    code: str = ""
    withheld: Sequence[Withheld] = ()


def brief(
    view: AgreementView,
    *,
    language: str,
    previous: Previous | None = None,
    withheld: Sequence[Withheld] | None = None,
) -> Brief:
    """Return the brief on an agreement as of the view's day.

    With `withheld`, even if it is empty, it is the internal edition, else the public one.
    """
    register = settings.LANGUAGE_CODE[:2]
    timeline = charts.timeline(view)
    said: Said = partial(Phrase, lang="" if language == register else TAGS.get(register, register))
    return Brief(
        reference=view.reference,
        label=view.label or view.reference,
        title=(said(view.title),),
        edition=_edition(view, withheld is not None),
        as_of=f"{_t('As of %(day)s') % {'day': show_date(view.on)}} · {_known(view)}",
        language=TAGS[language],
        parties=_parties(view, said),
        question=renewal.question(view, said),
        badges=_badges(view),
        status=tuple(joined([Phrase(view.sentence), Phrase(view.access_sentence)], " ")),
        key_facts=_key_facts(view),
        timeline=timeline,
        timeline_caption=_caption(timeline),
        shared=record.shared(view, said),
        money=record.money(view, said, sum(1 for w in withheld or () if w.key[0] == "payment")),
        concerns=record.open_concerns(view, said),
        options=renewal.options(view, said),
        council=renewal.council(view, said),
        terms=record.terms(view, said),
        conflicts=record.conflicts(view, said),
        evidence=record.evidence(view, said),
        answered=record.answers(view, said),
        events=record.events(view, said),
        sources=record.sources(view, said),
        stamp=_stamp(view, language, previous, is_internal=withheld is not None),
        address=address(view, language, is_internal=withheld is not None),
        changes=_changes(view, previous, withheld or ()) if previous else None,
        incidents=incidents.incidents(view, said),
        withheld=None if withheld is None else _withheld(withheld, said),
    )


def _caption(timeline: charts.Timeline) -> str:
    scale = _t("To scale.")
    if timeline.is_cut:
        scale = _t("To scale; what lies outside these years stands at the edge.")
    return f"{scale} " + _t(
        "Bars: recorded terms; broken line: no term recorded; ticks: other dated entries, listed "
        "under “Timeline.”"
    )


def _edition(view: AgreementView, is_internal: bool) -> str:
    if is_internal:
        return _t("Council brief · internal edition, not for release")
    if view.published_at:
        return _t("Council brief · public edition")
    return _t("Council brief · record not published")


# ── What changed, and what is withheld ─────────────────────────────────────────


def _changes(view: AgreementView, previous: Previous, withheld: Sequence[Withheld]) -> Section:
    """Return what differs from the brief before."""
    title = _t("Changes since the last brief")
    found = differences(previous.view, view, previous.withheld, withheld)
    words = {"day": show_date(previous.on), "code": previous.code}
    compared = _t("Compared with the brief of %(day)s, code %(code)s.") % words
    if not found:
        nothing = _t("Nothing changed.")
        return Section(title, ((Phrase(f"{compared} {nothing}"),),))
    groups = {
        _t("Timeline"): [d for d in found if d.kind == changes.ENTRY and not d.before],
        _t("Sources"): [d for d in found if d.kind == changes.SOURCE and not d.before],
    }
    groups = {name: entries for name, entries in groups.items() if len(entries) >= FEW}
    cited = [d for d in found if d.kind == changes.CITED]
    told = {d for entries in groups.values() for d in entries}.union(cited)
    items = [_difference(d) for d in found if d not in told]
    for name, entries in groups.items():
        text = ngettext("%(n)s new entry", "%(n)s new entries", len(entries))
        listed = _t("%(entries)s, listed there") % {"entries": text % {"n": len(entries)}}
        items.append((strong(name), Phrase(f": {listed}")))
    if cited:
        text = ngettext("%(n)s fact cites others", "%(n)s facts cite others", len(cited))
        items.append((strong(_t("Sources")), Phrase(f": {text % {'n': len(cited)}}")))
    return Section(title, ((Phrase(compared),),), items=tuple(items))


def _difference(change: changes.Difference) -> Text:
    """Say what was and what is; an empty side is said to be new or gone."""
    before, after = excerpts(change.before, change.after, LONGEST_SIDE)
    change = replace(change, before=before, after=after)
    if not change.before:
        return strong(change.label), Phrase(f": {change.after} "), soft(_t("(new)"))
    if not change.after:
        return strong(change.label), Phrase(f": {change.before} "), soft(_t("(no longer)"))
    return (
        strong(change.label),
        Phrase(f": {change.after} "),
        soft(_t("(before: %(value)s)") % {"value": change.before}),
    )


def _withheld(facts: Sequence[Withheld], said: Said) -> Section:
    """Return what the public edition leaves out, each fact with its value."""
    title = _t("Withheld from the public")
    if not facts:
        text = _t("Nothing: the public edition shows the same facts.")
        return Section(title, ((soft(text),),))
    return Section(
        title,
        heads=(_t("Fact"), _t("What is recorded")),
        rows=tuple(((Phrase(f.label),), (said(f.value),)) for f in facts),
        summary=_t("Facts that the public edition does not show, with their values"),
    )


def address(view: AgreementView, language: str, *, is_internal: bool = False) -> str:
    """Return the address of the record's page on the day that is shown; for staff, on the desk."""
    if is_internal:
        return f"{settings.BASE_URL}/desk{view.url}?on={view.on}{_known_query(view)}"
    prefix = "" if language == settings.LANGUAGE_CODE[:2] else f"/{language}"
    return f"{settings.BASE_URL}{prefix}{view.url}?on={view.on}{_known_query(view)}"


def _known_query(view: AgreementView) -> str:
    return f"&known={civil_date(view.known)}" if view.known else ""


def _known(view: AgreementView) -> str:
    if view.known is None:
        return _t("known now")
    return _t("as known on %(day)s") % {"day": show_date(civil_date(view.known))}


def _parties(view: AgreementView, said: Said) -> Text:
    """Say who gives what to whom, and how."""
    not_recorded = soft(_t("not recorded"))
    gives = joined([said(p.short_name or p.name) for p in view.providers], ", ")
    gets = joined([_recipient(p.short_name or p.name, p.parent, said) for p in view.recipients])
    values: tuple[tuple[str, Text], ...] = (
        (_t("Gives:"), gives),
        (_t("Gets:"), gets),
        (_t("System:"), (said(view.system),) if view.system else ()),
        (_t("How:"), (Phrase(view.access_method),) if view.access_method else ()),
        (_t("Purpose:"), (said(view.purpose.rstrip(".")),) if view.purpose else ()),
    )
    said_of_each = [
        compose("%(label)s\xa0%(value)s", label=strong(label), value=value or not_recorded)
        for label, value in values
    ]
    return (*joined(said_of_each, ". "), Phrase("."))


def _recipient(name: str, parent: str, said: Said) -> Text:
    return (said(f"{name} ({parent})"),) if parent else (said(name),)


def _badges(view: AgreementView) -> tuple[Badge, ...]:
    """Return status and access in a word each, as the record's page does."""
    found = [Badge(view.status_label, view.tone)]
    if view.in_force and renewal.is_undecided(view):
        found.append(Badge(_t("Undecided"), "warning"))
    if view.access_alarm:
        found.append(Badge(_t("Access not confirmed off"), "alarm"))
    elif view.access_state == "on":
        found.append(Badge(_t("Access on"), "neutral"))
    return tuple(found)


# ── Key facts ──────────────────────────────────────────────────────────────────


def _key_facts(view: AgreementView) -> tuple[Fact, ...]:
    return (_ends(view), _decide_by(view), _fee(view), _elements(view), _needed(view))


def _ends(view: AgreementView) -> Fact:
    term, label = view.term, _t("Ended") if view.is_over else _t("Ends")
    if not view.is_over and view.last_day and view.last_day.last < view.on:
        label = _t("Term ended")
    if term is None:
        if view.begins_on:
            return Fact(_t("Begins"), (Phrase(show_partial(view.begins_on)),))
        note = _t("no term covers this day") if view.terms else _t("no term recorded")
        return Fact(label, (missing(),), (Phrase(note),))
    if view.last_day != term.ends_on:
        note = _t("by its terms %(day)s") % {"day": show_partial(term.ends_on)}
        by_terms = (Phrase(note),) if term.ends_on else ()
        return Fact(label, (Phrase(show_partial(view.last_day)),), by_terms)
    if term.end_kind == "none":
        return Fact(label, (Phrase(_t("No end by its terms")),))
    if term.ends_on is None:
        return Fact(label, (missing(),))
    left = view.expiry.left if view.expiry else ""
    return Fact(label, (Phrase(show_partial(term.ends_on)),), (Phrase(left),) if left else ())


def _decide_by(view: AgreementView) -> Fact:
    label, decision = _t("Decide by"), renewal.standing_decision(view)
    deadline = renewal.open_deadline(view, "decide_by")
    case = renewal.case_of(view)
    if case is Case.UNKNOWN:
        return Fact(label, (soft(_t("Not known")),))
    if case is Case.WENT_ON or (case in {Case.OVER, Case.TO_END} and not decision):
        return Fact(label, (Phrase(_t("Nothing to decide")),))
    if deadline:
        return Fact(label, (Phrase(show_date(deadline.due_on)),), (Phrase(deadline.left),))
    if decision:
        return Fact(label, (Phrase(_t("Decided")),), (Phrase(decision.label, decision.refs),))
    if case in {Case.NO_END, Case.NOT_RENEWABLE, Case.OVER, Case.NOT_BEGUN}:
        return Fact(label, (Phrase(_t("Nothing to decide")),))
    return Fact(label, (missing(),))


def _fee(view: AgreementView) -> Fact:
    label, term = _t("License fee"), view.term
    if term is None or not term.fees:
        return Fact(label, (missing(),))
    refs = tuple(sorted({ref for fee in term.fees for ref in fee.refs}))
    disputed = len(term.fees) > 1
    if term.fee is None:
        text = ngettext("%(n)s value", "%(n)s values", len(term.fees)) % {"n": len(term.fees)}
        return Fact(label, (Phrase(_t("Disputed")),), (Phrase(text, refs),))
    note = (Phrase(_t("disputed"), refs),) if disputed else ()
    return Fact(label, (Phrase(term.fee.shown, () if disputed else term.fee.refs),), note)


def _elements(view: AgreementView) -> Fact:
    label, now = _t("Elements"), len(view.shared)
    if not view.elements:
        return Fact(label, (Phrase(_t("None yet")) if view.begins_on else missing(),))
    ended = len(view.elements) - now
    value = _t("%(now)s now, %(ended)s ended") % {"now": now, "ended": ended}
    sensitive = sum(1 for e in view.shared if e.is_sensitive)
    text = ngettext("%(n)s of them sensitive", "%(n)s of them sensitive", sensitive)
    return Fact(label, (Phrase(value),), (Phrase(text % {"n": sensitive}),) if now else ())


def _needed(view: AgreementView) -> Fact:
    label = _t("Needed to renew")
    if not view.rule:
        return Fact(label, (missing(),))
    value = Phrase(view.rule)
    if view.votes_needed and view.deciders:
        words = {"n": view.votes_needed, "of": len(view.deciders)}
        value = Phrase(_t("%(n)s of %(of)s") % words)
    disputed = renewal.rule_conflict(view) is not None
    note = _t("disputed") if disputed else _t("deciding parties")
    return Fact(label, (value,), (Phrase(note, view.rule_refs),))


# ── The stamp ──────────────────────────────────────────────────────────────────


def _stamp(
    view: AgreementView, language: str, previous: Previous | None, *, is_internal: bool
) -> Section:
    """Say what the brief was made from; the paper is added by whoever prints it."""
    known = _t("all that the register knows now")
    if view.known:
        day = civil_date(view.known)
        known = _t("what the register knew at the end of %(day)s") % {"day": show_date(day)}
        if view.known != end_of_day(day):
            known = _t("what the register knew at %(moment)s") % {"moment": view.known.isoformat()}
    edition = _t("public") if view.published_at else _t("public, not published")
    if is_internal:
        edition = _t("internal")
    values = (
        (_t("Record:"), view.reference),
        (_t("Day:"), show_date(view.on)),
        (_t("Knowledge:"), known),
        (_t("Edition:"), edition),
        (_t("Language:"), str(dict(settings.LANGUAGES).get(language, language))),
        (_t("Previous brief:"), show_date(previous.on) if previous else _t("none issued")),
    )
    said = [
        compose("%(label)s\xa0%(value)s", label=strong(label), value=value)
        for label, value in values
    ]
    return Section(_t("This brief"), lead=(joined(said, ". "),))
