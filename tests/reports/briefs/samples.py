"""Views for briefs, made by hand: an empty record, a rich one, a huge one, one full of traps."""

import datetime as dt
from dataclasses import replace
from typing import Any

from agreements.public.views import (
    AgreementView,
    ClaimView,
    ConcernView,
    ConflictView,
    DeadlineView,
    DecisionView,
    ElementView,
    EntryView,
    IncidentView,
    NoticeView,
    ObligationView,
    PartyView,
    SourceView,
    TermView,
    VoteView,
)
from civil.partial import PartialDate

ON = dt.date(2018, 6, 15)
PUBLISHED = dt.datetime(2018, 1, 1, 12, tzinfo=dt.UTC)


def partial(text: str | None) -> PartialDate | None:
    return PartialDate.parse(text) if text else None


def empty(**more: Any) -> AgreementView:
    """A record of which only name, kind and parties are known."""
    values: dict[str, Any] = {
        "reference": "WATER-RIVER",
        "slug": "water-river",
        "url": "/agreements/water-river/",
        "title": "Water meters for the River Authority",
        "label": "Water–River",
        "kind": "agreement",
        "kind_label": "agreement",
        "on": ON,
        "known": None,
        "published_at": PUBLISHED,
        "status": "unknown",
        "status_label": "Unknown",
        "tone": "warning",
        "in_force": False,
        "is_over": False,
        "ended_on": None,
        "begins_on": None,
        "sentence": "Not known.",
        "reasons": (),
        "access_state": "not_recorded",
        "access_since": None,
        "access_confirmed_on": None,
        "access_sentence": "Access: not recorded.",
        "access_alarm": False,
        "department": None,
        "providers": (party("Water Department"),),
        "recipients": (party("River Authority"),),
        "deciders": (),
        "stewards": (),
        "system": "",
        "system_slug": "",
        "access_method": "",
        "purpose": "",
        "facts": (),
        "rule": "",
        "rule_refs": (),
        "votes_needed": None,
        "term": None,
        "terms": (),
        "notice_rule": None,
        "notices": (),
        "deadlines": (),
        "elements": (),
        "decisions": (),
        "votes": (),
        "concerns": (),
        "incidents": (),
        "obligations": (),
        "timeline": (),
        "evidence": (),
        "documents": (),
        "guides": (),
        "conflicts": (),
        "sources": (),
    }
    return AgreementView(**(values | more))


def party(name: str, short: str = "", parent: str = "") -> PartyView:
    return PartyView(name=name, short_name=short, slug="party", parent=parent)


def incident(**more: Any) -> IncidentView:
    values: dict[str, Any] = {
        "label": "breach",
        "standing": "confirmed",
        "standing_label": "Confirmed",
        "title": "Found",
        "text": "A list was lost.",
        "occurred_on": partial("2018-03-03"),
        "notify": "",
        "notify_due_on": None,
        "notified_on": None,
        "outcome": "Reported",
        "closed_on": None,
        "refs": (),
    }
    return IncidentView(**(values | more))


def term(**more: Any) -> TermView:
    values: dict[str, Any] = {
        "number": 1,
        "starts_on": partial("2017-09-01"),
        "ends_on": partial("2018-08-31"),
        "end_kind": "fixed",
        "renewal_kind": "by_decision",
        "is_proposed": False,
        "executed_on": None,
        "fees": (),
        "decided": "",
        "is_current": True,
        "gap_after": None,
        "refs": (),
    }
    return TermView(**(values | more))


def claim(shown: str, *refs: int, followed: bool = False, why: str = "") -> ClaimView:
    return ClaimView(
        value=shown, shown=shown, is_followed=followed, why=why, quotations=(), refs=refs, named=()
    )


def deadline(kind: str, due_on: str, label: str = "", **more: Any) -> DeadlineView:
    labels = {"decide_by": "Decide by", "expiry": "Ends", "notice": "Last day to give notice"}
    values: dict[str, Any] = {
        "kind": kind,
        "label": label or labels.get(kind, kind),
        "due_on": dt.date.fromisoformat(due_on),
        "explanation": "A rule says so",
        "settled_on": None,
        "is_open": True,
        "is_unknown": False,
        "is_end_decided": False,
        "left": "some days left",
        "tone": "warning",
    }
    return DeadlineView(**(values | more))


def decision(outcome: str = "do_not_renew", **more: Any) -> DecisionView:
    values: dict[str, Any] = {
        "outcome": outcome,
        "label": outcome.replace("_", " "),
        "decided_on": partial("2018-06-01"),
        "counts_from": dt.date(2018, 6, 1),
        "announced_on": None,
        "takes_effect_on": None,
        "rationale": "",
        "conditions": "",
        "refs": (),
    }
    return DecisionView(**(values | more))


def element(name: str, **more: Any) -> ElementView:
    values: dict[str, Any] = {
        "name": name,
        "category": "Contact",
        "category_label": "Contact",
        "sensitivity": "high",
        "sensitivity_label": "High",
        "is_sensitive": True,
        "data_subjects": "",
        "added_on": None,
        "earliest_on": None,
        "from_on": dt.date(2017, 9, 1),
        "removed_on": None,
        "until_on": None,
        "conditions": "",
        "is_shared": True,
        "has_conflict": False,
        "refs": (),
    }
    return ElementView(**(values | more))


def entry(text: str, when: str | None, kind: str = "meeting", **more: Any) -> EntryView:
    values: dict[str, Any] = {
        "kind": kind,
        "label": kind,
        "when": partial(when),
        "until": None,
        "text": text,
        "detail": "",
        "refs": (),
    }
    return EntryView(**(values | more))


def source(number: int, title: str = "", **more: Any) -> SourceView:
    values: dict[str, Any] = {
        "number": number,
        "title": title or f"Source {number}",
        "publisher": "The Paper",
        "published_on": partial("2018-01"),
        "address": f"https://paper.example/{number}",
        "language": "en",
        "retrieved_on": None,
        "note": "",
        "archive_address": "",
    }
    return SourceView(**(values | more))


def concern(title: str, **more: Any) -> ConcernView:
    values: dict[str, Any] = {
        "title": title,
        "text": "",
        "raised_by": "",
        "raised_on": None,
        "put_to": "",
        "answer_due_on": None,
        "answered_on": None,
        "answer": "",
        "is_answered": False,
        "never_answered": False,
        "refs": (),
    }
    return ConcernView(**(values | more))


DECIDERS = (party("City", "City"), party("Prosecutor"), party("Courts"))
RULE = {"rule": "2 of the 3 deciding parties must be for renewing", "votes_needed": 2}


def running(**more: Any) -> AgreementView:
    """A record in force, its end to be decided."""
    current = more.pop("term", None) or term()
    values: dict[str, Any] = {
        "status": "in_force",
        "status_label": "In force",
        "tone": "calm",
        "in_force": True,
        "sentence": "In force until August 31, 2018.",
        "deciders": DECIDERS,
        "term": current,
        "terms": (current,),
        "deadlines": (deadline("decide_by", "2018-07-02"), deadline("expiry", "2018-08-31")),
    }
    return empty(**(values | RULE | more))


def huge(elements: int = 200, events: int = 60, sources: int = 40) -> AgreementView:
    """A record with more of everything than a page holds."""
    days = [dt.date(2008, 1, 1) + dt.timedelta(days=61 * n) for n in range(events)]
    kinds = ["resolution", "meeting", "decision", "letter", "petition"]
    current = term(fees=tuple(claim(f"${n},000 a year", n) for n in range(1, 13)))
    return running(
        term=current,
        elements=tuple(
            element(f"Element {n} with a name of some length", data_subjects=f"group {n}")
            for n in range(elements)
        ),
        timeline=tuple(
            entry(f"Event {n}: something happened that day", day.isoformat(), kinds[n % 5])
            for n, day in reversed(list(enumerate(days)))
        ),
        concerns=tuple(
            concern(f"Concern {n}", text=f"It is feared that {n}. " * 4, is_answered=n % 2 == 0)
            for n in range(20)
        ),
        conflicts=tuple(
            ConflictView(
                record="agreements.Term",
                field="starts_on",
                label=f"Term {n}: first day",
                is_settled=True,
                claims=(claim("2008", 1, followed=True, why="It is so."), claim("2009", 2)),
            )
            for n in range(20)
        ),
        evidence=tuple(entry(f"Finding {n}", None, "figure", detail=str(n)) for n in range(20)),
        sources=tuple(source(n) for n in range(1, sources + 1)),
    )


def said_in(word: Any) -> AgreementView:
    """A record with one of everything, in which `word(n)` says each text; n is different for each.

    All these texts are to be found on the brief.
    """
    numbers = iter(range(1, 1000))

    def say() -> str:
        return word(next(numbers))

    settled = {"decided_on": partial("2018-06-01"), "announced_on": partial("2018-06-02")}
    done = decision(rationale=say(), conditions=say(), **settled)
    current = term(
        fees=(claim("$5,600 a year", 1), claim("$5,500 a year", 2, why=say())),
        decisions=(replace(done, label=say()),),
        votes=(VoteView(say(), "yes", "for renewing", "", "", partial("2018-05"), say(), (1,)),),
    )
    return running(
        term=current,
        title=say(),
        label=say(),
        sentence=say(),
        access_sentence=say(),
        system=say(),
        access_method=say(),
        purpose=say(),
        rule=say(),
        votes_needed=None,
        providers=(party(say()), party("Long name", short=say())),
        recipients=(party(say(), parent=say()),),
        deciders=(party(say()),),
        decisions=(replace(done, label=say()),),
        notices=(NoticeView(say(), say(), "", say(), partial("2018-06-03"), None, (1,)),),
        obligations=(ObligationView("audit", say(), None, partial("2018-06-04"), say()),),
        elements=(element(say(), data_subjects=say(), refs=(1, 2)),),
        concerns=(
            concern(say(), text=say(), raised_by=say(), put_to=say()),
            concern(say(), text=say(), raised_by=say(), answer=say(), is_answered=True),
        ),
        timeline=(
            entry(say(), "2018-06-05", "meeting"),
            entry(say(), "2018-06-06", "resolution", detail=say()),
            entry(say(), "2018-06-07", "amendment", detail=say()),
            entry(say(), "2018-06-08", "notice", detail=say()),
            entry(say(), None, "decision"),
        ),
        evidence=(
            entry(say(), "2018", "figure", detail=say(), refs=(1,)),
            entry(say(), None, "continuation"),
        ),
        conflicts=(
            ConflictView(
                record="agreements.Agreement",
                field="kind",
                label="Kind",
                is_settled=True,
                claims=(claim(say(), 1, followed=True, why=say()), claim(say(), 2)),
            ),
        ),
        sources=(source(1, say(), publisher=say(), note=say()), source(2, say(), address=say())),
    )
