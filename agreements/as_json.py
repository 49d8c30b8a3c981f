"""A view as JSON: dates in ISO 8601 or EDTF, amounts as text with their cents."""

import datetime as dt
from typing import Any

from agreements.public import AgreementView
from agreements.public.views import ClaimView, DeadlineView, TermView
from civil.partial import PartialDate


def edtf(date: PartialDate | None) -> str | None:
    """Return a partial date in EDTF, None for one that is not recorded."""
    return date.edtf if date else None


def iso(day: dt.date | None) -> str | None:
    """Return a day or moment in ISO 8601, None for one that is not recorded."""
    return day.isoformat() if day else None


def agreement_json(view: AgreementView) -> dict[str, Any]:
    """Return an agreement as of a day, as known at a moment, as JSON-ready data."""
    sources = {s.number: s for s in view.sources}

    def cite(refs: tuple[int, ...]) -> list[dict[str, Any]]:
        return [
            {
                "title": sources[n].title,
                "publisher": sources[n].publisher,
                "published_on": edtf(sources[n].published_on),
                "address": sources[n].address or None,
            }
            for n in refs
        ]

    return {
        "reference": view.reference,
        "title": view.title,
        "kind": view.kind,
        "on": iso(view.on),
        "known": iso(view.known),
        "status": view.status,
        "reasons": list(view.reasons),
        "in_force": view.in_force,
        "sentence": f"{view.sentence} {view.access_sentence}",
        "access": {
            "state": view.access_state,
            "since": edtf(view.access_since),
            "confirmed_on": edtf(view.access_confirmed_on),
        },
        "parties": {
            "providers": [p.name for p in view.providers],
            "recipients": [p.name for p in view.recipients],
            "deciders": [p.name for p in view.deciders],
        },
        "notice": {
            "rule": view.notice_rule,
            "given": [
                {
                    "sent_on": edtf(n.sent_on),
                    "by": n.by,
                    "to": n.to or None,
                    "received_on": edtf(n.received_on),
                    "method": n.method or None,
                    "citations": cite(n.refs),
                }
                for n in view.notices
            ],
        },
        "term": _term(view.term) if view.term else None,
        "terms": [_term(t) for t in view.terms],
        "deadlines": [deadline_json(d) for d in view.deadlines],
        "shared_elements": [
            {
                "element": e.name,
                "category": e.category or None,
                "sensitivity": e.sensitivity or None,
                "data_subjects": e.data_subjects or None,
                "added_on": edtf(e.added_on),
                "removed_on": edtf(e.removed_on),
                "citations": cite(e.refs),
            }
            for e in view.shared
        ],
        "fees": [_fee(f, cite(f.refs)) for f in view.term.fees] if view.term else [],
        "decisions": [
            {
                "outcome": d.outcome,
                "decided_on": edtf(d.decided_on),
                "counts_from": iso(d.counts_from),
                "announced_on": edtf(d.announced_on),
                "takes_effect_on": edtf(d.takes_effect_on),
                "rationale": d.rationale or None,
                "citations": cite(d.refs),
            }
            for d in view.decisions
        ],
        "votes": [
            {
                "party": v.party,
                "vote": v.value,
                "intention": v.intention or None,
                "voted_on": edtf(v.voted_on),
                "office": v.office or None,
                "citations": cite(v.refs),
            }
            for v in view.votes
        ],
        "concerns": [
            {
                "title": c.title,
                "text": c.text or None,
                "raised_by": c.raised_by or None,
                "raised_on": edtf(c.raised_on),
                "put_to": c.put_to or None,
                "answer_due_on": iso(c.answer_due_on),
                "answered_on": edtf(c.answered_on),
                "answer": c.answer or None,
                "is_answered": c.is_answered,
                "citations": cite(c.refs),
            }
            for c in view.concerns
        ],
        "conflicts": [
            {
                "fact": c.label,
                "record": c.record,
                "field": c.field,
                "values": [
                    {
                        "value": v.value,
                        "shown": v.shown,
                        "followed": v.is_followed,
                        "why": v.why or None,
                        "citations": cite(v.refs),
                    }
                    for v in c.claims
                ],
            }
            for c in view.conflicts
        ],
    }


def deadline_json(deadline: DeadlineView) -> dict[str, Any]:
    """Return a deadline as JSON-ready data."""
    return {
        "kind": deadline.kind,
        "due_on": iso(deadline.due_on),
        "explanation": deadline.explanation,
        "settled_on": iso(deadline.settled_on),
    }


def _term(term: TermView) -> dict[str, Any]:
    return {
        "number": term.number,
        "starts_on": edtf(term.starts_on),
        "ends_on": edtf(term.ends_on),
        "end_kind": term.end_kind,
        "renewal_kind": term.renewal_kind or None,
        "is_proposed": term.is_proposed,
        "executed_on": edtf(term.executed_on),
    }


def _fee(claim: ClaimView, citations: list[dict[str, Any]]) -> dict[str, Any]:
    """A claim of a fee; what a source gives that is no amount stands in ``shown`` alone."""
    value = claim.value if isinstance(claim.value, dict) else {}
    months = value.get("per_months")
    return {
        "amount": value.get("amount"),
        "currency": value.get("currency"),
        "per": (f"{months} months" if months else "term") if value else None,
        "shown": claim.shown,
        "followed": claim.is_followed,
        "why": claim.why or None,
        "citations": citations,
    }
