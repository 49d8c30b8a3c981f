"""Deadlines: one table of cases for the derivation, its stored rows and the query of open ones."""

import datetime as dt
from dataclasses import dataclass, replace
from io import StringIO
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import override_settings
from django.utils import timezone, translation
from hypothesis import assume, given
from hypothesis import strategies as st

from agreements.closing import open_close_out
from agreements.deadlines import Kind, Row, derive, is_open
from agreements.explain import explain, is_end_decided
from agreements.models import (
    Agreement,
    Deadline,
    Decision,
    Holiday,
    NoticeGiven,
    Obligation,
    SearchText,
    StatusSpan,
    Term,
    Vote,
)
from agreements.status import Code, status_on
from agreements.upkeep import rebuild
from parties.models import Party
from tests.agreements.words import DAYS, agreements_in_words, days, writable
from tests.factories import (
    facts_of,
    make_agreement,
    make_facts,
    make_holiday,
    save,
    tried,
    undone,
    writing,
)

YEAR = {"starts_on": "2018-01-01", "ends_on": "2018-12-31", "renewal_kind": "by_decision"}
NEXT = {"starts_on": "2019-01-01", "ends_on": "2019-12-31", "renewal_kind": "none"}
ONCE = YEAR | {"renewal_kind": "none"}
AUGUST = YEAR | {"starts_on": "2017-09-01", "ends_on": "2018-08-31"}
PLAIN = {
    "notice_day_kind": "calendar",
    "notice_counted_from": "end",
    "notice_counting": "at_least",
    "notice_effective": "sending",
    "notice_roll": "none",
}
NOTICE_30 = {"notice_length": 30} | PLAIN
RENEW = {"outcome": "renew", "decided_on": "2018-10-01"}
DO_NOT = {"outcome": "do_not_renew", "decided_on": "2018-10-01"}
TERMINATE = {"outcome": "terminate", "decided_on": "2018-05-01", "takes_effect_on": "2018-06-01"}
GIVEN = {"given_by": "city", "sent_on": "2018-07-26"}
LABOR_DAY = dt.date(2018, 9, 3)


@dataclass(frozen=True)
class Case:
    """An agreement in words, and its deadlines: kind, day, from … until (… is open)."""

    rows: list[str]
    words: dict[str, Any]


def case(*rows: str, **words: Any) -> Case:
    return Case(sorted(rows), words)


def told(row: Any) -> str:
    since = row.arises_on or "…"
    until = row.settled_on or "…"
    return f"{row.kind} {row.due_on}, {since} until {until}"


CASES = {
    "no term has no deadline": case(),
    "decide by is the city's lead before the end": case(
        "decide_by 2018-11-01, 2018-01-01 until …",
        "expiry 2018-12-31, 2018-01-01 until …",
        terms=[YEAR],
    ),
    "the agreement's own lead comes first": case(
        "decide_by 2018-10-02, 2018-01-01 until …",
        "expiry 2018-12-31, 2018-01-01 until …",
        terms=[YEAR],
        decide_days=90,
    ),
    "a lead of no days is the day itself": case(
        "decide_by 2018-12-31, 2018-01-01 until …",
        "expiry 2018-12-31, 2018-01-01 until …",
        terms=[YEAR],
        decide_days=0,
    ),
    "decide by is before the last day to give notice": case(
        "decide_by 2018-10-02, 2018-01-01 until …",
        "notice 2018-12-01, 2018-01-01 until …",
        "expiry 2018-12-31, 2018-01-01 until …",
        terms=[YEAR | NOTICE_30],
    ),
    "six months before August 31 are clipped to February 28": case(
        "decide_by 2017-12-30, 2017-09-01 until …",
        "notice 2018-02-28, 2017-09-01 until …",
        "expiry 2018-08-31, 2017-09-01 until …",
        terms=[AUGUST | NOTICE_30 | {"notice_length": 6, "notice_unit": "months"}],
    ),
    "and in a leap year to February 29": case(
        "decide_by 2019-12-31, 2019-09-01 until …",
        "notice 2020-02-29, 2019-09-01 until …",
        "expiry 2020-08-31, 2019-09-01 until …",
        terms=[
            {"starts_on": "2019-09-01", "ends_on": "2020-08-31"}
            | NOTICE_30
            | {"notice_length": 6, "notice_unit": "months"}
        ],
    ),
    "business days leave out weekends and the city's holidays": case(
        "decide_by 2018-07-02, 2018-01-01 until …",
        "notice 2018-08-31, 2018-01-01 until …",
        "expiry 2018-09-05, 2018-01-01 until …",
        terms=[
            YEAR
            | {"ends_on": "2018-09-05"}
            | NOTICE_30
            | {"notice_length": 2, "notice_day_kind": "business"}
        ],
        holidays=[LABOR_DAY],
    ),
    "a day to give notice that is a holiday moves as the text says": case(
        "decide_by 2018-07-02, 2018-01-01 until …",
        "notice 2018-08-31, 2018-01-01 until …",
        "expiry 2018-10-03, 2018-01-01 until …",
        terms=[YEAR | {"ends_on": "2018-10-03"} | NOTICE_30 | {"notice_roll": "earlier"}],
        holidays=[LABOR_DAY],
    ),
    "a term not to be renewed only ends": case(
        "expiry 2018-12-31, 2018-01-01 until …", terms=[ONCE | NOTICE_30]
    ),
    "an end known to the month makes no deadline": case(
        terms=[YEAR | NOTICE_30 | {"ends_on": "2018-08"}]
    ),
    "no end by its terms, or none recorded, makes none": case(
        terms=[{"starts_on": "2010-01-01", "end_kind": "none"}, {"number": 3}]
    ),
    "a start known to the year: deadlines stand from its last possible day": case(
        "decide_by 2010-07-02, 2008-12-31 until …",
        "expiry 2010-08-31, 2008-12-31 until …",
        terms=[{"starts_on": "2008", "ends_on": "2010-08-31"}],
    ),
    "a start that is not recorded: they stand always": case(
        "decide_by 2010-07-02, … until …",
        "expiry 2010-08-31, … until …",
        terms=[{"ends_on": "2010-08-31"}],
    ),
    "a proposed term is to be signed, and nothing else": case(
        "signature 2017-12-31, … until …", terms=[YEAR | NOTICE_30 | {"is_proposed": True}]
    ),
    "a proposed term is to be signed by its own date": case(
        "signature 2017-11-15, … until …",
        terms=[YEAR | {"is_proposed": True, "signature_due_on": dt.date(2017, 11, 15)}],
    ),
    "a proposed term whose start is not an exact day makes no deadline": case(
        terms=[{"starts_on": "2018", "is_proposed": True}, {"is_proposed": True}]
    ),
    # ── What settles them ─────────────────────────────────────────────────────
    "a decision settles decide by and notice, not the end": case(
        "decide_by 2018-10-02, 2018-01-01 until 2018-10-01",
        "notice 2018-12-01, 2018-01-01 until 2018-10-01",
        "expiry 2018-12-31, 2018-01-01 until …",
        terms=[YEAR | NOTICE_30],
        decisions=[RENEW],
    ),
    "a decision taken late settles late": case(
        "decide_by 2018-11-01, 2018-01-01 until 2018-12-20",
        "expiry 2018-12-31, 2018-01-01 until …",
        terms=[YEAR],
        decisions=[RENEW | {"decided_on": "2018-12-20"}],
    ),
    "a suspension decides nothing about the end": case(
        "decide_by 2018-11-01, 2018-01-01 until …",
        "expiry 2018-12-31, 2018-01-01 until …",
        terms=[YEAR],
        decisions=[{"outcome": "suspend", "decided_on": "2018-03-01"}],
    ),
    "a renewing decision leaves a signature and the end to remind of": case(
        "decide_by 2018-11-01, 2018-01-01 until 2018-10-01",
        "signature 2018-12-31, 2018-10-01 until …",
        "expiry 2018-12-31, 2018-01-01 until …",
        terms=[YEAR, NEXT | {"is_proposed": True, "proposed_by": 1}],
        decisions=[RENEW],
    ),
    "the next term's execution settles the end, on its own day": case(
        "decide_by 2018-11-01, 2018-01-01 until 2018-10-01",
        "signature 2018-12-31, 2018-10-01 until 2018-11-20",
        "expiry 2018-12-31, 2018-01-01 until 2018-11-20",
        "expiry 2019-12-31, 2018-11-20 until …",
        terms=[YEAR, NEXT | {"executed_on": "2018-11-20", "proposed_by": 1}],
        decisions=[RENEW],
    ),
    "a next term executed late settles the end late": case(
        "decide_by 2018-11-01, 2018-01-01 until 2018-10-01",
        "signature 2018-12-31, 2018-10-01 until 2019-02-15",
        "expiry 2018-12-31, 2018-01-01 until 2019-02-15",
        "expiry 2019-12-31, 2019-02-15 until …",
        terms=[YEAR, NEXT | {"executed_on": "2019-02-15", "proposed_by": 1}],
        decisions=[RENEW],
    ),
    "a next term from a source settles what came before on its first day": case(
        "decide_by 2018-11-01, 2018-01-01 until 2019-01-01",
        "expiry 2018-12-31, 2018-01-01 until 2019-01-01",
        "expiry 2019-12-31, 2019-01-01 until …",
        terms=[YEAR, NEXT],
    ),
    "any later term settles the rows of all earlier ones": case(
        "expiry 2010-08-31, 2008-12-31 until 2010-09-01",
        "expiry 2011-08-31, 2010-09-01 until 2017-09-01",
        "expiry 2018-08-31, 2017-09-01 until …",
        terms=[
            {"starts_on": "2008", "ends_on": "2010-08-31", "renewal_kind": "none"},
            {"starts_on": "2010-09-01", "ends_on": "2011-08-31", "renewal_kind": "none"},
            {"starts_on": "2017-09-01", "ends_on": "2018-08-31", "renewal_kind": "none"},
        ],
    ),
    "a proposed later term settles nothing": case(
        "expiry 2018-12-31, 2018-01-01 until …",
        "signature 2018-12-31, … until …",
        terms=[ONCE, NEXT | {"is_proposed": True}],
    ),
    "an end that is decided settles on its last day": case(
        "decide_by 2018-11-01, 2018-01-01 until 2018-10-01",
        "expiry 2018-12-31, 2018-01-01 until 2018-12-31",
        terms=[YEAR],
        decisions=[DO_NOT],
    ),
    "an end decided after the last day settles then": case(
        "decide_by 2018-11-01, 2018-01-01 until 2019-01-20",
        "expiry 2018-12-31, 2018-01-01 until 2019-01-20",
        terms=[YEAR],
        decisions=[DO_NOT | {"decided_on": "2019-01-20"}],
    ),
    "notice by an officer of a deciding party settles decide by, notice and the end": case(
        "decide_by 2018-10-02, 2018-01-01 until 2018-07-26",
        "notice 2018-12-01, 2018-01-01 until 2018-07-26",
        "expiry 2018-12-31, 2018-01-01 until 2018-12-31",
        terms=[YEAR | NOTICE_30],
        notices=[GIVEN],
        deciders=["city", "da"],
    ),
    "notice by a party that no longer decides settles nothing": case(
        "decide_by 2018-11-01, 2018-01-01 until …",
        "expiry 2018-12-31, 2018-01-01 until …",
        terms=[YEAR],
        notices=[GIVEN],
        deciders=[{"party": "city", "withdrew_on": "2018-07-26"}, "da"],
    ),
    "a decision without a day settles from the notice that was given": case(
        "decide_by 2018-07-02, 2017-09-01 until 2018-07-26",
        "expiry 2018-08-31, 2017-09-01 until 2018-08-31",
        terms=[AUGUST],
        notices=[GIVEN],
        deciders=["city"],
        decisions=[{"outcome": "do_not_renew", "announced_on": "2018-07-27"}],
    ),
    "a termination settles the end on the last day in force": case(
        "decide_by 2018-11-01, 2018-01-01 until 2018-05-01",
        "expiry 2018-12-31, 2018-01-01 until 2018-05-31",
        terms=[YEAR],
        decisions=[TERMINATE],
    ),
    "an automatic renewal settles the end when it comes": case(
        "decide_by 2018-10-02, 2018-01-01 until …",
        "notice 2018-12-01, 2018-01-01 until …",
        "expiry 2018-12-31, 2018-01-01 until 2018-12-31",
        terms=[YEAR | NOTICE_30 | {"renewal_kind": "automatic"}],
    ),
    # ── The other kinds ───────────────────────────────────────────────────────
    "a review with a day of its own": case(
        "review 2018-06-01, … until 2018-06-20",
        reviews=[
            {"due_on": dt.date(2018, 6, 1), "opened_on": "2018-05", "completed_on": "2018-06-20"},
            {"opened_on": "2018-05"},
        ],
    ),
    "reviews by interval count from the first term, then from the last review": case(
        "review 2019-01-01, 2018-01-01 until 2019-02-10",
        "review 2020-02-10, 2019-02-10 until …",
        terms=[{"starts_on": "2018-01-01", "end_kind": "none"}],
        reviews=[{"completed_on": "2019-02-10"}],
        review_interval_months=12,
    ),
    "a review interval of months is clipped": case(
        "review 2019-02-28, 2018-08-31 until …",
        terms=[{"starts_on": "2018-08-31", "end_kind": "none"}],
        review_interval_months=6,
    ),
    "an interval from a start known to the year makes no deadline": case(
        terms=[{"starts_on": "2018", "end_kind": "none"}], review_interval_months=12
    ),
    "an interval from a review known to the month makes no deadline": case(
        "review 2019-01-01, 2018-01-01 until 2019-02-28",
        terms=[{"starts_on": "2018-01-01", "end_kind": "none"}],
        reviews=[{"completed_on": "2019-02"}],
        review_interval_months=12,
    ),
    "reviews end with the agreement": case(
        "decide_by 2018-11-01, 2018-01-01 until 2018-10-01",
        "expiry 2018-12-31, 2018-01-01 until 2018-12-31",
        "review 2019-01-01, 2018-01-01 until 2018-12-31",
        terms=[YEAR],
        decisions=[DO_NOT],
        review_interval_months=12,
    ),
    "reviews go on when a later term follows one that was to end": case(
        "decide_by 2018-11-01, 2018-01-01 until 2018-10-01",
        "expiry 2018-12-31, 2018-01-01 until 2018-12-31",
        "review 2020-01-01, 2018-01-01 until …",
        terms=[YEAR, {"starts_on": "2019-01-01", "end_kind": "none"}],
        decisions=[DO_NOT],
        review_interval_months=24,
    ),
    "obligations and confirmations are due on their own day": case(
        "obligation 2018-09-01, 2018-07-26 until 2018-09-30",
        "confirmation 2018-10-01, … until …",
        obligations=[
            {
                "kind": "access_off",
                "arises_on": dt.date(2018, 7, 26),
                "due_on": dt.date(2018, 9, 1),
                "done_on": "2018-09",
            },
            {"kind": "confirmation", "due_on": dt.date(2018, 10, 1)},
            {"kind": "audit"},
        ],
    ),
    "payments are due until they are received": case(
        "expiry 2018-12-31, 2018-01-01 until …",
        "payment 2018-02-01, … until 2018-02-03",
        "payment 2018-08-01, … until …",
        terms=[ONCE],
        payments=[
            {"amount": 2800, "due_on": dt.date(2018, 2, 1), "received_on": "2018-02-03"},
            {"amount": 2800, "due_on": dt.date(2018, 8, 1)},
            {"amount": 1},
        ],
    ),
    "answers are due until they are given": case(
        "answer 2018-07-31, 2018-07-12 until 2018-08-05",
        "answer 2018-08-31, 2018-07-31 until …",
        concerns=[
            {
                "title": "Misuse",
                "raised_on": "2018-07-12",
                "answer_due_on": dt.date(2018, 7, 31),
                "answered_on": "2018-08-05",
            },
            {"title": "More", "raised_on": "2018-07", "answer_due_on": dt.date(2018, 8, 31)},
            {"title": "No day"},
        ],
    ),
    # ── The ends of the calendar ──────────────────────────────────────────────
    "what would lie before the calendar is left out": case(
        "expiry 0001-01-20, 0001-01-01 until …",
        terms=[YEAR | NOTICE_30 | {"starts_on": "0001-01-01", "ends_on": "0001-01-20"}],
    ),
    "the last day of the calendar": case(
        "decide_by 9999-10-02, 2018-01-01 until …",
        "notice 9999-12-01, 2018-01-01 until …",
        "expiry 9999-12-31, 2018-01-01 until …",
        terms=[YEAR | NOTICE_30 | {"ends_on": "9999-12-31"}],
    ),
    "a term proposed from the first day of the calendar has no day to sign": case(
        terms=[{"starts_on": "0001-01-01", "is_proposed": True}]
    ),
    "a review interval that leaves the calendar ends there": case(
        terms=[{"starts_on": "9999-06-01", "end_kind": "none"}], review_interval_months=12
    ),
    "an access to cut after the last day of the calendar": case(
        "decide_by 9999-11-01, 2018-01-01 until 2018-10-01",
        "expiry 9999-12-31, 2018-01-01 until 9999-12-31",
        terms=[YEAR | {"ends_on": "9999-12-31"}],
        decisions=[DO_NOT],
    ),
}

NAMES = [name.replace(" ", "-") for name in CASES]
every_case = pytest.mark.parametrize("case", CASES.values(), ids=NAMES)


def interesting(rows: list[Any]) -> list[dt.date]:
    """Every day on which a row comes or goes, with its neighbors, and the calendar's ends."""
    days_ = {dt.date.min, dt.date.max, dt.date(2018, 6, 15)}
    for row in rows:
        for day in (row.due_on, row.arises_on, row.settled_on):
            for step in (-1, 0, 1):
                if day and dt.date.min < day < dt.date.max:
                    days_.add(day + dt.timedelta(days=step))
    return sorted(days_)


def written(words: dict[str, Any]) -> Agreement:
    words = dict(words)
    for holiday in words.pop("holidays", ()):
        make_holiday(holiday)
    return make_agreement(**words)


@every_case
def test_deadlines_that_follow_from_the_facts(case: Case) -> None:
    assert sorted(told(row) for row in derive(make_facts(**case.words))) == case.rows


@every_case
def test_the_stored_deadlines_are_the_same(db: None, case: Case) -> None:
    agreement = written(case.words)
    assert sorted(told(row) for row in Deadline.objects.filter(agreement=agreement)) == case.rows


@every_case
def test_the_query_of_open_deadlines_is_the_twin_of_the_rule(db: None, case: Case) -> None:
    agreement = written(case.words)
    stored = list(Deadline.objects.filter(agreement=agreement))
    for day in interesting(stored):
        by_rule = {row.pk for row in stored if is_open(row, day)}
        assert set(Deadline.objects.open(day).values_list("pk", flat=True)) == by_rule, day


@every_case
def test_every_deadline_explains_itself_in_both_languages(case: Case) -> None:
    for row in derive(make_facts(**case.words)):
        for language in ("en", "es"):
            with translation.override(language):
                for day in interesting([row]):
                    said = explain(row, day)
                    assert said
                    assert said == said.strip()
                    assert "%(" not in said


@every_case
def test_each_deadline_has_a_key_of_its_own(case: Case) -> None:
    keys = [row.key for row in derive(make_facts(**case.words))]
    assert len(keys) == len(set(keys))


def test_every_kind_is_in_the_table() -> None:
    found = {row.split()[0] for case in CASES.values() for row in case.rows}
    assert found == set(Kind.values)


# ── Open ──────────────────────────────────────────────────────────────────────

OPEN_ON_JUNE_15 = [  # kind, due, arises, settled, open
    ("notice", "2018-06-15", None, None, True),
    ("notice", "2018-01-01", None, None, True),  # overdue is open
    ("notice", "2018-06-15", "2018-06-15", None, True),
    ("notice", "2018-06-15", "2018-06-16", None, False),
    ("notice", "2018-06-15", None, "2018-06-14", False),
    ("notice", "2018-06-15", None, "2018-06-15", False),  # settled on the day is settled
    ("notice", "2018-06-15", None, "2018-06-16", True),
    ("expiry", "2018-06-15", None, "2018-06-15", True),  # in force all of its last day
    ("expiry", "2018-06-15", "2018-06-16", "2018-06-15", False),
    ("expiry", "2018-06-14", None, "2018-06-14", False),
    ("expiry", "2018-06-30", None, "2018-06-15", False),  # terminated before
    ("expiry", "2018-06-30", None, "2018-06-16", True),
    ("expiry", "9999-12-31", "0001-01-01", "9999-12-31", True),
]


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


@pytest.mark.parametrize(("kind", "due", "arises", "settled", "expected"), OPEN_ON_JUNE_15)
def test_open_by_the_rule_and_by_its_query(
    db: None, kind: str, due: str, arises: str | None, settled: str | None, expected: bool
) -> None:
    day = dt.date(2018, 6, 15)
    days_ = {"due_on": _day(due), "arises_on": _day(arises), "settled_on": _day(settled)}
    row = Row(kind, "agreements.Term", 1, **days_)  # type: ignore[arg-type]
    Deadline.objects.create(
        agreement=make_agreement(), kind=kind, source_model="agreements.Term", source_id=1, **days_
    )
    assert is_open(row, day) is expected
    assert Deadline.objects.open(day).exists() is expected


def test_within_counts_both_ends_and_only_what_is_ahead(db: None) -> None:
    make_agreement(terms=[YEAR])  # decide by November 1, ends December 31
    on = dt.date(2018, 10, 2)

    def kinds(within: int, day: dt.date) -> list[str]:
        rows = Deadline.objects.within(within, day).order_by("due_on")
        return list(rows.values_list("kind", flat=True))

    assert kinds(29, on) == []
    assert kinds(30, on) == ["decide_by"]
    assert kinds(90, on) == ["decide_by", "expiry"]
    assert kinds(0, dt.date(2018, 11, 1)) == ["decide_by"]
    assert kinds(90, dt.date(2018, 11, 2)) == ["expiry"]  # overdue is not ahead
    assert kinds(10**9, on) == ["decide_by", "expiry"]
    assert kinds(10**6, dt.date.max) == []


def test_only_published_agreements_have_public_deadlines(db: None) -> None:
    make_agreement(terms=[YEAR])
    shown = make_agreement(terms=[YEAR], published_at=timezone.now())
    assert {d.agreement_id for d in Deadline.objects.for_public()} == {shown.pk}


def test_the_next_deadline_of_a_list_is_the_first_open_one_ahead(db: None) -> None:
    agreement = make_agreement(terms=[YEAR], decisions=[RENEW])

    def next_on(day: dt.date) -> dt.date | None:
        return Agreement.objects.with_next_deadline(day).get(pk=agreement.pk).next_due_on

    assert next_on(dt.date(2018, 9, 30)) == dt.date(2018, 11, 1)
    assert next_on(dt.date(2018, 10, 1)) == dt.date(2018, 12, 31)
    assert next_on(dt.date(2019, 1, 1)) is None
    assert next_on(dt.date(2017, 12, 31)) is None


# ── Rules that hold for every agreement ───────────────────────────────────────


def test_an_agreement_that_is_replaced_asks_for_no_decision() -> None:
    facts = make_facts(
        terms=[YEAR | NOTICE_30], replaced_by=Agreement(pk=999), replaced_on="2018-07-01"
    )
    open_then = [row.kind for row in derive(facts) if is_open(row, dt.date(2018, 7, 1))]
    assert open_then == []


def test_a_later_term_without_any_recorded_day_settles_what_came_before() -> None:
    facts = make_facts(terms=[YEAR, {}])
    assert [row.kind for row in derive(facts) if is_open(row, dt.date(2019, 1, 2))] == []


def test_an_answer_whose_day_is_not_recorded_is_an_answer() -> None:
    facts = make_facts(
        concerns=[{"title": "Asked", "answer": "Declined", "answer_due_on": dt.date(2018, 7, 31)}]
    )
    assert [row for row in derive(facts) if is_open(row, dt.date(2018, 8, 1))] == []


def test_what_was_to_be_done_for_a_decision_that_is_undone_is_due_no_more() -> None:
    facts = make_facts(
        terms=[YEAR],
        decisions=[DO_NOT, {"outcome": "renew", "decided_on": "2018-11-01", "supersedes": 1}],
        obligations=[
            {
                "kind": "access_off",
                "decision": 1,
                "arises_on": dt.date(2018, 10, 1),
                "due_on": dt.date(2019, 1, 1),
            }
        ],
    )
    assert not facts.on(dt.date(2018, 11, 1)).obligations

    def kinds(day: dt.date) -> set[str]:
        return {row.kind for row in derive(facts) if is_open(row, day)}

    assert "obligation" in kinds(dt.date(2018, 10, 31))
    assert "obligation" not in kinds(dt.date(2018, 11, 1))


def test_a_term_has_no_deadline_of_its_own_while_it_is_only_proposed() -> None:
    facts = make_facts(
        terms=[YEAR, NEXT | {"executed_on": "2018-12-01", "proposed_by": 1}], decisions=[RENEW]
    )
    day = dt.date(2018, 11, 1)  # decided in October, signed in December
    following = next(t for t in facts.terms if t.number == 2)
    assert facts.on(day).every_term[-1].is_proposed
    kinds = {r.kind for r in derive(facts) if r.source_id == following.pk and is_open(r, day)}
    assert kinds == {"signature"}


def test_a_termination_reminds_of_the_day_on_which_it_takes_effect(db: None) -> None:
    """Close-out: the table names the first day without access, whatever the term's own end."""
    agreement = make_agreement(terms=[YEAR], decisions=[TERMINATE])
    with writing():
        open_close_out(Decision.objects.get(), since=dt.date(2018, 5, 1))
    due = Deadline.objects.get(agreement=agreement, kind="obligation")
    assert (due.due_on, due.arises_on) == (dt.date(2018, 6, 1), dt.date(2018, 5, 1))


@pytest.mark.parametrize("outcome", ["do_not_renew", "terminate"])
def test_a_close_out_opens_for_a_decision_taken_after_the_end(db: None, outcome: str) -> None:
    """Access has been on for two weeks too long: that is when the duty matters most."""
    agreement = make_agreement(
        terms=[YEAR], decisions=[{"outcome": outcome, "decided_on": "2019-01-15"}]
    )
    with writing():
        opened = open_close_out(Decision.objects.get(), since=dt.date(2019, 1, 15))
    assert {o.kind for o in opened} == {"access_off", "data_destroyed", "partner_told"}
    assert Deadline.objects.filter(agreement=agreement, kind="obligation").exists()


def test_a_close_out_is_opened_once(db: None) -> None:
    make_agreement(terms=[YEAR], decisions=[DO_NOT])
    decision = Decision.objects.get()
    with writing():
        open_close_out(decision, since=dt.date(2018, 10, 1))
    with writing():
        assert open_close_out(decision, since=dt.date(2018, 10, 2)) == []
    assert Obligation.objects.count() == 3


@given(words=agreements_in_words())
def test_the_end_is_decided_in_the_table_when_the_status_says_so(words: dict[str, Any]) -> None:
    """The reminder that it ends as decided begins with the status "ending", and never before."""
    facts = make_facts(**words)
    assume(not any(d.outcome == "suspend" or d.supersedes_id for d in facts.decisions))
    ending = [d.term_id for d in facts.decisions if d.ends_it]
    assume(len(ending) == len(set(ending)))
    noticed = {n.term_id for n in facts.notices}
    renewed = {d.term_id for d in facts.decisions if d.outcome in Decision.RENEWING}
    assume(not noticed & renewed)  # ended by notice, then renewed: one day cannot tell of both
    rows = [r for r in derive(facts) if r.kind == Kind.EXPIRY and r.basis.get("decided_from")]
    for row in rows:
        for day in DAYS:
            status = status_on(facts, day)
            if status.term is not None and status.term.pk == row.source_id:
                if status.code == Code.ENDING:
                    assert is_end_decided(row, day), day
                elif status.code == Code.IN_FORCE and status.term.covers(day):
                    assert not is_end_decided(row, day), day


def test_an_end_decided_twice_is_decided_from_the_first_day_on_which_it_is_final() -> None:
    facts = make_facts(
        terms=[AUGUST],
        decisions=[DO_NOT | {"decided_on": "2018-03-01"}, TERMINATE],
        votes=[{"party": "city", "value": "no", "voted_on": "2018-02-01"}],
        deciders=["city"],
        decision_rule="all",
    )
    row = next(r for r in derive(facts) if r.kind == Kind.EXPIRY)
    assert status_on(facts, dt.date(2018, 3, 1)).code == Code.ENDING
    assert is_end_decided(row, dt.date(2018, 3, 1))
    assert not is_end_decided(row, dt.date(2018, 2, 28))


def test_an_end_is_decided_when_a_party_that_might_have_renewed_withdraws() -> None:
    facts = make_facts(
        terms=[AUGUST],
        decisions=[DO_NOT | {"decided_on": "2018-03-01"}],
        votes=[{"party": "da", "value": "no", "voted_on": "2018-02-01"}],
        deciders=[{"party": "city", "withdrew_on": "2018-04-01"}, "da", "court"],
        decision_rule="k_of_n",
        votes_needed=2,
    )
    row = next(r for r in derive(facts) if r.kind == Kind.EXPIRY)
    for day, code in (("2018-03-31", Code.IN_FORCE), ("2018-04-01", Code.ENDING)):
        on = dt.date.fromisoformat(day)
        assert status_on(facts, on).code == code
        assert is_end_decided(row, on) is (code == Code.ENDING)


@tried(2)
@given(words=agreements_in_words())
def test_keys_are_unique_and_open_rows_have_arisen(words: dict[str, Any]) -> None:
    rows = derive(make_facts(**words))
    assert len({row.key for row in rows}) == len(rows)
    assert rows == sorted(rows, key=lambda r: r.due_on)
    for row in rows:
        assert row.settled_on is None or not is_open(row, dt.date.max) or row.kind == "expiry"


@tried(2)
@given(words=agreements_in_words(), day=days)
def test_rows_do_not_depend_on_today(words: dict[str, Any], day: dt.date) -> None:
    facts = make_facts(**words)
    rows = derive(facts)
    with override_settings(PACTWATCH_TODAY=day):
        assert derive(facts) == rows


@tried(2)
@given(words=agreements_in_words(), day=days)
def test_only_exact_days_are_due(words: dict[str, Any], day: dt.date) -> None:
    """Every expiry and signature names a day that a source gives exactly."""
    facts = make_facts(**words)
    exact = {t.ends_on.first for t in facts.terms if t.ends_on and t.ends_on.is_exact}
    assert {r.due_on for r in derive(facts) if r.kind == Kind.EXPIRY} <= exact


@tried(5)
@given(words=agreements_in_words())
def test_the_query_twin_agrees_on_random_agreements(db: None, words: dict[str, Any]) -> None:
    with undone():
        agreement = writable(words)
        stored = list(Deadline.objects.filter(agreement=agreement))
        assert sorted(map(told, stored)) == sorted(map(told, derive(facts_of(agreement))))
        for day in DAYS[::6]:
            by_rule = {row.pk for row in stored if is_open(row, day)}
            assert set(Deadline.objects.open(day).values_list("pk", flat=True)) == by_rule


# ── In words ──────────────────────────────────────────────────────────────────

UNCLEAR = "the clause is unclear, so this is the earliest day it can mean"
EXPLAINED = [
    ("decide_by", {"terms": [AUGUST]}, "60 days before the term's last day, August 31, 2018"),
    (
        "decide_by",
        {"terms": [AUGUST | NOTICE_30]},
        "60 days before the last day to give notice, August 1, 2018",
    ),
    (
        "notice",
        {"terms": [AUGUST | NOTICE_30]},
        "30 days before the term's last day, August 31, 2018",
    ),
    (
        "notice",
        {"terms": [AUGUST | NOTICE_30 | {"notice_length": 6, "notice_unit": "months"}]},
        "6 months before the term's last day, August 31, 2018",
    ),
    (
        "notice",
        {"terms": [AUGUST | NOTICE_30 | {"notice_day_kind": "business"}]},
        "30 business days before the term's last day, August 31, 2018",
    ),
    (
        "notice",
        {"terms": [AUGUST | {"notice_length": 30}]},
        f"30 days before the term's last day, August 31, 2018; {UNCLEAR}",
    ),
    ("expiry", {"terms": [AUGUST]}, "The term's last day"),
    (
        "expiry",
        {"terms": [AUGUST | {"renewal_kind": "automatic"}]},
        "The term's last day; it renews by itself unless notice is given",
    ),
    ("signature", {"terms": [YEAR | {"is_proposed": True}]}, "The day before term 1 would begin"),
    (
        "signature",
        {"terms": [YEAR | {"is_proposed": True, "signature_due_on": dt.date(2017, 12, 1)}]},
        "The day by which term 1 is to be signed",
    ),
    (
        "review",
        {"terms": [{"starts_on": "2018-01-01"}], "review_interval_months": 12},
        "12 months after the first term began on January 1, 2018",
    ),
    (
        "answer",
        {"concerns": [{"title": "Misuse", "answer_due_on": dt.date(2018, 7, 31)}]},
        "The day by which an answer is due: Misuse",
    ),
    (
        "payment",
        {"terms": [AUGUST], "payments": [{"amount": 1, "due_on": dt.date(2018, 1, 1)}]},
        "The day on which this part of the license fee is due",
    ),
]


@pytest.mark.parametrize(("kind", "words", "expected"), EXPLAINED)
def test_explanation(kind: str, words: dict[str, Any], expected: str) -> None:
    row = next(r for r in derive(make_facts(**words)) if r.kind == kind)
    assert explain(row, dt.date(2018, 6, 15)) == expected


def test_an_end_says_that_it_is_decided_only_from_the_day_on_which_it_is() -> None:
    facts = make_facts(
        terms=[AUGUST],
        decisions=[{"outcome": "do_not_renew", "announced_on": "2018-07-27"}],
        notices=[GIVEN],
        deciders=["city"],
    )
    row = next(r for r in derive(facts) if r.kind == Kind.EXPIRY)
    assert explain(row, dt.date(2018, 7, 25)) == "The term's last day"
    assert explain(row, dt.date(2018, 7, 26)) == "The term's last day; it ends as decided"


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        ({"notice_length": 1, "notice_unit": "months"}, "1 months"),
        ({"notice_length": 1}, "1 days"),
        ({"notice_length": 1, "notice_day_kind": "business"}, "1 business days"),
    ],
)
def test_one_is_said_in_the_singular(words: dict[str, Any], wrong: str) -> None:
    facts = make_facts(terms=[AUGUST | PLAIN | words], decide_days=1)
    said = [explain(row, dt.date(2018, 6, 15)) for row in derive(facts)]
    assert not any(wrong in text for text in said)
    assert not any("1 days" in text for text in said)


@pytest.mark.parametrize(
    ("part", "due", "not_said"),
    [
        # 30 days before September 1, the day after the last day, are 29 before August 31.
        ({"notice_counted_from": "start_of_next"}, "2018-08-02", "30 days before the term's last"),
        ({"notice_counting": "clear"}, "2018-07-31", "30 days before the term's last day, August"),
    ],
)
def test_an_explanation_leads_to_the_day_it_explains(
    part: dict[str, str], due: str, not_said: str
) -> None:
    facts = make_facts(terms=[AUGUST | NOTICE_30 | part])
    row = next(r for r in derive(facts) if r.kind == Kind.NOTICE)
    assert row.due_on.isoformat() == due
    assert not explain(row, dt.date(2018, 6, 15)).startswith(not_said)


def test_a_clause_that_says_receipt_is_not_called_unclear() -> None:
    facts = make_facts(terms=[AUGUST | NOTICE_30 | {"notice_effective": "receipt"}])
    row = next(r for r in derive(facts) if r.kind == Kind.NOTICE)
    assert "unclear" not in explain(row, dt.date(2018, 6, 15))


# ── Stored rows equal a rebuild ───────────────────────────────────────────────


def differences() -> list[Any]:
    ids = list(Agreement.objects.values_list("pk", flat=True))
    return rebuild(ids, timezone.now(), check_only=True)


def check() -> str:
    """Run the command with --check; return what it prints, fail if it fails."""
    out = StringIO()
    call_command("rebuild_deadlines", "--check", stdout=out)
    return out.getvalue()


@every_case
def test_after_any_case_a_check_finds_nothing_on_any_day(db: None, case: Case) -> None:
    written(case.words)
    for day in (None, dt.date.min, dt.date(2018, 12, 31), dt.date(2020, 2, 29), dt.date.max):
        with override_settings(PACTWATCH_TODAY=day):
            assert differences() == []


def _edit_term(agreement: Agreement, day: dt.date) -> None:
    term = agreement.term_set.order_by("-number").first()
    if term:
        save(term, notice_length=day.day, notice_unit="days", provides_holdover=day.day % 2 == 0)


def _move_end(agreement: Agreement, day: dt.date) -> None:
    term = agreement.term_set.order_by("-number").first()
    if term and term.ends_on:
        save(term, ends_on=day)


def _end_it(agreement: Agreement, day: dt.date) -> None:
    term = agreement.term_set.order_by("number").first()
    if term:
        with writing():
            decision = Decision.objects.create(
                agreement=agreement, term=term, outcome="do_not_renew", decided_on=day
            )
            open_close_out(decision, day)


def _vote(agreement: Agreement, day: dt.date) -> None:
    term = agreement.term_set.order_by("-number").first()
    party = Party.objects.filter(slug="city").first()
    if term and party:
        with writing():
            Vote.objects.create(
                agreement=agreement, term=term, party=party, value="no", voted_on=day
            )


def _notice(agreement: Agreement, day: dt.date) -> None:
    term = agreement.term_set.order_by("-number").first()
    if term:
        with writing():
            NoticeGiven.objects.create(
                agreement=agreement, term=term, purpose="non_renewal", office="X", sent_on=day
            )


def _drop_notices(agreement: Agreement, day: dt.date) -> None:
    with writing():
        agreement.noticegiven_set.all().delete()


def _holiday(agreement: Agreement, day: dt.date) -> None:
    with writing():
        Holiday.objects.get_or_create(on=day, defaults={"name": "Free"})


def _no_holidays(agreement: Agreement, day: dt.date) -> None:
    with writing():
        Holiday.objects.all().delete()


def _rename(agreement: Agreement, day: dt.date) -> None:
    for party in Party.objects.all()[:1]:
        save(party, name=f"Renamed {day}")


def _withdraw(agreement: Agreement, day: dt.date) -> None:
    for participation in agreement.participation_set.filter(role="decider")[:1]:
        save(participation, withdrew_on=day)


def _replace(agreement: Agreement, day: dt.date) -> None:
    save(agreement, replaced_by=make_agreement(), replaced_on=day)


def _lead(agreement: Agreement, day: dt.date) -> None:
    save(agreement, decide_days=day.day, review_interval_months=day.month)


def _propose(agreement: Agreement, day: dt.date) -> None:
    number = agreement.term_set.count() + 1
    with writing():
        Term.objects.create(agreement=agreement, number=number, is_proposed=True, starts_on=day)


def _move_votes(agreement: Agreement, day: dt.date) -> None:
    """To another agreement: both have to be derived again."""
    other = make_agreement(terms=[{"ends_on": day}])
    for vote in agreement.vote_set.all():
        save(vote, agreement=other, term=other.term_set.get())


EDITS = [
    _drop_notices,
    _edit_term,
    _end_it,
    _holiday,
    _lead,
    _move_end,
    _move_votes,
    _no_holidays,
    _notice,
    _propose,
    _rename,
    _replace,
    _vote,
    _withdraw,
]


@tried(6)
@given(
    words=agreements_in_words(),
    edits=st.lists(st.tuples(st.sampled_from(EDITS), days), min_size=1, max_size=6),
)
def test_after_any_changes_a_check_finds_nothing(
    db: None, words: dict[str, Any], edits: list[Any]
) -> None:
    with undone():
        agreement = writable(words)
        assert differences() == []
        for edit, day in edits:
            try:
                with transaction.atomic():
                    edit(agreement, day)
            except (ValidationError, IntegrityError):
                pass  # refused, and undone
            agreement.refresh_from_db()
            assert differences() == [], edit.__name__


def test_a_check_of_an_empty_register_finds_nothing(db: None) -> None:
    assert check() == "Agreements: 0; rows that differed: 0.\n"


TAMPERED = {
    "a deadline moved": lambda: Deadline.objects.filter(kind="expiry").update(
        due_on=dt.date(2019, 12, 31)
    ),
    "a deadline settled": lambda: Deadline.objects.filter(kind="expiry").update(
        settled_on=dt.date(2018, 1, 2)
    ),
    "a deadline not yet arisen": lambda: Deadline.objects.filter(kind="expiry").update(
        arises_on=None
    ),
    "a deadline explained otherwise": lambda: Deadline.objects.filter(kind="expiry").update(
        basis={"term": 1, "end": "2019-12-31"}
    ),
    "a deadline gone": lambda: Deadline.objects.filter(kind="decide_by").delete(),
    "a deadline too many": lambda: Deadline.objects.create(
        agreement=Agreement.objects.get(),
        kind="answer",
        source_model="agreements.Concern",
        source_id=1,
        due_on=dt.date(2018, 1, 1),
    ),
    "a status changed": lambda: StatusSpan.objects.filter(status="in_force").update(
        status="terminated"
    ),
    "a status span cut": lambda: StatusSpan.objects.filter(status="in_force").update(
        to_on=dt.date(2018, 6, 1)
    ),
    "all status spans gone": lambda: StatusSpan.objects.all().delete(),
    "a search text changed": lambda: SearchText.objects.filter(audience="public").update(text="x"),
    "a search text gone": lambda: SearchText.objects.filter(audience="staff").delete(),
}


@pytest.mark.parametrize("tamper", TAMPERED.values(), ids=list(TAMPERED))
def test_a_row_that_was_tampered_with_is_found_printed_and_mended(db: None, tamper: Any) -> None:
    make_agreement(reference="TAMPERED", terms=[YEAR])
    before = [list(m.objects.values()) for m in (Deadline, SearchText)]
    tamper()
    out = StringIO()
    with pytest.raises(CommandError, match="differ"):
        call_command("rebuild_deadlines", "--check", stdout=out)
    assert "TAMPERED" in out.getvalue()
    assert "stored:" in out.getvalue()
    assert "derived:" in out.getvalue()
    call_command("rebuild_deadlines", stdout=StringIO())
    assert differences() == []
    ids = [{"id": None} | row for row in before[0]]
    now = list(Deadline.objects.values())
    assert sorted(_without_id(r) for r in now) == sorted(_without_id(r) for r in ids)


def _without_id(row: dict[str, Any]) -> str:
    return str(sorted((k, str(v)) for k, v in row.items() if k != "id"))


def test_a_check_writes_nothing(db: None) -> None:
    make_agreement(terms=[YEAR])
    Deadline.objects.all().delete()
    StatusSpan.objects.all().delete()
    assert len(differences()) == 3
    assert not Deadline.objects.exists()
    assert not StatusSpan.objects.exists()


def test_a_change_keeps_the_rows_that_it_does_not_move(db: None) -> None:
    agreement = make_agreement(terms=[YEAR])
    ids = set(Deadline.objects.values_list("pk", flat=True))
    save(agreement, purpose="Something")
    save(agreement.term_set.get(), license_fee=1, currency="USD")
    assert set(Deadline.objects.values_list("pk", flat=True)) == ids


def test_another_lead_of_the_city_is_a_difference_until_it_is_rebuilt(db: None) -> None:
    make_agreement(terms=[YEAR])
    with override_settings(PACTWATCH_DECIDE_DAYS=30):
        assert len(differences()) == 1
        call_command("rebuild_deadlines", stdout=StringIO())
        assert differences() == []
        assert Deadline.objects.get(kind="decide_by").due_on == dt.date(2018, 12, 1)


def test_a_holiday_moves_only_deadlines_that_count_business_days(db: None) -> None:
    rule = {"notice_length": 2} | PLAIN | {"notice_day_kind": "business"}
    make_agreement(terms=[YEAR | {"ends_on": "2018-09-05"} | rule])
    notice = Deadline.objects.get(kind="notice")
    assert notice.due_on == dt.date(2018, 9, 3)
    holiday = make_holiday(LABOR_DAY)
    assert Deadline.objects.get(pk=notice.pk).due_on == dt.date(2018, 8, 31)
    with writing():
        holiday.delete()
    assert Deadline.objects.get(pk=notice.pk).due_on == dt.date(2018, 9, 3)


def test_facts_are_not_changed_by_deriving() -> None:
    facts = make_facts(terms=[YEAR | NOTICE_30], decisions=[DO_NOT], deciders=["city"])
    copy = replace(facts)
    derive(facts)
    assert facts == copy
