"""Random agreements, in the words of the factories, within a few weeks of 2018."""

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from hypothesis import assume
from hypothesis import strategies as st

from agreements.models import Agreement
from tests.factories import make_agreement

FIRST = dt.date(2018, 1, 1)
DAYS = [FIRST + dt.timedelta(days=n) for n in range(-10, 80)]
PARTIES = ("city", "da", "court")

days = st.integers(0, 70).map(lambda n: FIRST + dt.timedelta(days=n))
exact = days.map(dt.date.isoformat)


def _span(ends: tuple[dt.date, dt.date]) -> str:
    first, last = sorted(ends)
    return f"{first.isoformat()}/{last.isoformat()}"


partial = st.one_of(
    exact,
    st.sampled_from(["2018-01", "2018-02", "2017/2018-02"]),
    st.tuples(days, days).map(_span),
)
maybe = st.none() | partial


@st.composite
def _terms(draw: Any) -> list[dict[str, Any]]:
    count = draw(st.integers(0, 3))
    cuts = sorted(draw(st.lists(days, min_size=2 * count, max_size=2 * count)))
    found = []
    for place in range(count):
        first, last = cuts[2 * place], cuts[2 * place + 1]
        term: dict[str, Any] = {
            "starts_on": draw(st.sampled_from([first.isoformat(), "2018-01", None]))
            if place == 0
            else first.isoformat(),
            "ends_on": last.isoformat(),
            "renewal_kind": draw(st.sampled_from(["", "none", "by_decision", "automatic"])),
            "provides_holdover": draw(st.booleans()),
        }
        if place == count - 1:
            kind = draw(st.sampled_from(["fixed", "fixed", "none", "not_recorded"]))
            if kind != "fixed":
                term |= {"ends_on": None, "end_kind": kind}
        if draw(st.booleans()):
            term |= {
                "notice_length": draw(st.integers(1, 30)),
                "notice_unit": draw(st.sampled_from(["days", "days", "months"])),
                "notice_day_kind": draw(st.sampled_from(["", "calendar", "business"])),
                "notice_counting": draw(st.sampled_from(["", "at_least", "clear"])),
            }
        executed = draw(st.sampled_from(["", "", "", "proposed", "executed"]))
        if executed == "proposed":
            term["is_proposed"] = True
        elif executed == "executed":
            term["executed_on"] = draw(partial)
        found.append(term)
    return found


@st.composite
def _decisions(draw: Any, count_of_terms: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for number in range(draw(st.integers(0, 3)) if count_of_terms else 0):
        decided = draw(maybe)
        decision: dict[str, Any] = {
            "term": draw(st.integers(1, count_of_terms)),
            "outcome": draw(
                st.sampled_from(
                    ["renew", "extend", "suspend", "do_not_renew", "do_not_renew", "terminate"]
                )
            ),
            "decided_on": decided,
            "takes_effect_on": draw(maybe),
        }
        if decided is None:
            decision["announced_on"] = draw(maybe)
        taken = {d.get("supersedes") for d in found}
        free = [n for n in range(1, number + 1) if n not in taken]
        if free and draw(st.booleans()):
            decision["supersedes"] = draw(st.sampled_from(free))
        found.append(decision)
    return found


@st.composite
def agreements_in_words(draw: Any) -> dict[str, Any]:
    """Terms in order, decisions on them, votes, notice, sources that say that it went on."""
    terms = draw(_terms())
    count = len(terms)
    decisions = draw(_decisions(count))
    numbers = st.integers(1, max(count, 1))
    votes = [
        {"term": draw(numbers), "party": party, "value": value, "voted_on": draw(maybe)}
        for party in PARTIES
        if count and (value := draw(st.sampled_from([None, "yes", "no", "abstained"])))
    ]
    notices = draw(
        st.lists(
            st.fixed_dictionaries(
                {
                    "term": numbers,
                    "purpose": st.sampled_from(["non_renewal", "termination"]),
                    "given_by": st.sampled_from([*PARTIES, "ice"]),
                    "sent_on": maybe,
                    "authority_disputed": st.booleans(),
                }
            ),
            max_size=2 if count else 0,
        )
    )
    evidence = draw(
        st.lists(
            st.fixed_dictionaries(
                {
                    "kind": st.just("continuation"),
                    "statement": st.just("It went on"),
                    "period_from": st.none() | exact,
                }
            ),
            max_size=1,
        )
    )
    words: dict[str, Any] = {
        "terms": terms,
        "decisions": decisions,
        "votes": votes,
        "notices": notices,
        "evidence": evidence,
        "recipients": ["ice"],
        "deciders": [
            {"party": party} | draw(st.sampled_from([{}, {}, {"withdrew_on": "2018-02-10"}]))
            for party in draw(st.sampled_from([PARTIES, PARTIES[:1], ()]))
        ],
    }
    rule = draw(st.sampled_from(["", "all", "one", "k_of_n"]))
    return words | {"decision_rule": rule, "votes_needed": 2 if rule == "k_of_n" else None}


def writable(words: dict[str, Any]) -> Agreement:
    """Write an agreement; leave out the examples that the register refuses."""
    agreement = None
    try:
        with transaction.atomic():
            agreement = make_agreement(**words)
    except (IntegrityError, ValidationError):
        assume(False)
    assert agreement is not None
    return agreement
