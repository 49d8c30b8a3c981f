"""Status: one table of cases, which the pure function and its query twin both run."""

import datetime as dt
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agreements.models import Agreement, StatusSpan
from agreements.querysets import IN_FORCE
from agreements.status import Code, spans, status_on
from tests.agreements.words import DAYS, agreements_in_words, writable
from tests.factories import facts_of, make_agreement, make_facts, save, tried, undone

ONE_DAY = dt.timedelta(days=1)

YEAR = {"starts_on": "2018-01-01", "ends_on": "2018-12-31"}
NEXT = {"starts_on": "2019-01-01", "ends_on": "2019-12-31"}
THREE = ["city", "da", "court"]
NOTICE_30 = {
    "notice_length": 30,
    "notice_day_kind": "calendar",
    "notice_counted_from": "end",
    "notice_counting": "at_least",
    "notice_roll": "none",
}
BY_ITSELF = YEAR | NOTICE_30 | {"renewal_kind": "automatic"}


def no(party: str, day: str = "2018-05-01", value: str = "no") -> dict[str, Any]:
    return {"party": party, "value": value, "voted_on": day}


DO_NOT = {"outcome": "do_not_renew", "decided_on": "2018-06-01"}
TERMINATE = {"outcome": "terminate", "decided_on": "2018-05-01", "takes_effect_on": "2018-06-01"}
CITY_GAVE_NOTICE = {"given_by": "city", "sent_on": "2018-07-26"}


@dataclass(frozen=True)
class Case:
    """An agreement in words, and its status on some days, with a part of a reason."""

    words: dict[str, Any]
    days: dict[str, str]

    @property
    def expected(self) -> list[tuple[dt.date, str, str]]:
        found = []
        for day, said in self.days.items():
            code, _, reason = said.partition(": ")
            found.append((dt.date.fromisoformat(day), code, reason))
        return found


def case(days: dict[str, str], **words: Any) -> Case:
    return Case(words, days)


CASES = {
    # ── Before it begins ───────────────────────────────────────────────────────
    "nothing recorded is a draft": case(
        {"0001-01-01": "draft: No term is recorded", "9999-12-31": "draft"}
    ),
    "a proposed first term is a draft before, in and after its days": case(
        {"2017-12-31": "draft", "2018-06-01": "draft: proposed", "2019-06-01": "draft"},
        terms=[YEAR | {"is_proposed": True}],
    ),
    "before its first day it is upcoming, on it in force": case(
        {
            "2017-12-31": "upcoming: begins January 1, 2018",
            "2018-01-01": "in_force: covers this day",
        },
        terms=[YEAR],
    ),
    "executed ahead of its first day it is upcoming from its execution on": case(
        {"2017-06-01": "upcoming", "2017-12-31": "upcoming", "2018-01-01": "in_force"},
        terms=[YEAR | {"executed_on": "2017-06-01"}],
    ),
    "before its execution it was no more than a draft": case(
        {"2017-05-31": "draft", "2017-06-01": "upcoming"},
        terms=[YEAR | {"executed_on": "2017-06-01"}],
    ),
    "executed late it is a draft until then": case(
        {"2018-01-01": "draft", "2018-03-14": "draft", "2018-03-15": "in_force"},
        terms=[YEAR | {"executed_on": "2018-03-15"}],
    ),
    # ── In force ───────────────────────────────────────────────────────────────
    "its last day is inclusive": case(
        {
            "2018-12-31": "in_force: Term 1, from January 1, 2018 to December 31, 2018",
            "2019-01-01": "lapsed: ended on December 31, 2018",
        },
        terms=[YEAR],
    ),
    "the next term begins the day after": case(
        {
            "2018-12-31": "in_force: Term 1",
            "2019-01-01": "in_force: Term 2",
            "2019-12-31": "in_force: Term 2",
            "2020-01-01": "lapsed: ended on December 31, 2019",
        },
        terms=[YEAR, NEXT],
    ),
    "a term of one day": case(
        {"2018-02-28": "upcoming", "2018-03-01": "in_force", "2018-03-02": "lapsed"},
        terms=[{"starts_on": "2018-03-01", "ends_on": "2018-03-01"}],
    ),
    "a term of one leap day": case(
        {"2020-02-28": "upcoming", "2020-02-29": "in_force", "2020-03-01": "lapsed"},
        terms=[{"starts_on": "2020-02-29", "ends_on": "2020-02-29"}],
    ),
    "the whole calendar": case(
        {"0001-01-01": "in_force", "9999-12-31": "in_force"},
        terms=[{"starts_on": "0001-01-01", "ends_on": "9999-12-31"}],
    ),
    "the first day of the calendar alone": case(
        {"0001-01-01": "in_force", "0001-01-02": "lapsed"},
        terms=[{"starts_on": "0001-01-01", "ends_on": "0001-01-01"}],
    ),
    "a start known to the year counts from its last possible day": case(
        {"2018-12-30": "upcoming: begins 2018", "2018-12-31": "in_force: from 2018 to"},
        terms=[{"starts_on": "2018", "ends_on": "2019-12-31"}],
    ),
    "an end known to the month counts from its last possible day": case(
        {"2018-08-31": "in_force: to August 2018", "2018-09-01": "lapsed: ended on August 2018"},
        terms=[{"starts_on": "2018-01-01", "ends_on": "2018-08"}],
    ),
    "an end known to lie between two days counts from the second": case(
        {"2018-09-15": "in_force", "2018-09-16": "lapsed"},
        terms=[{"starts_on": "2018-01-01", "ends_on": "2018-08-20/2018-09-15"}],
    ),
    "a term of 2008 that ended in July 2008 began by its end": case(
        {
            "2008-07-14": "upcoming",
            "2008-07-15": "in_force",
            "2008-07-16": "lapsed",
            "2008-12-30": "lapsed",
            "2008-12-31": "lapsed",
        },
        terms=[{"starts_on": "2008", "ends_on": "2008-07-15"}],
    ),
    "without a recorded start it is in force up to its end": case(
        {"2018-12-31": "in_force: from not recorded", "2019-01-01": "lapsed"},
        terms=[{"ends_on": "2018-12-31"}],
    ),
    "with no end by its terms it goes on": case(
        {"2018-01-01": "in_force: no end by its terms", "9999-12-31": "in_force"},
        terms=[{"starts_on": "2018-01-01", "end_kind": "none"}],
    ),
    "with an end that is not recorded it goes on, and says so": case(
        {"2017-12-31": "upcoming", "2099-01-01": "in_force: its end is not recorded"},
        terms=[{"starts_on": "2018-01-01"}],
    ),
    # ── Several terms ──────────────────────────────────────────────────────────
    "between two terms it has lapsed": case(
        {"2019-01-01": "lapsed", "2019-02-28": "lapsed", "2019-03-01": "in_force: Term 2"},
        terms=[YEAR, NEXT | {"starts_on": "2019-03-01"}],
    ),
    "between two terms it is held over where the text says so": case(
        {"2019-02-28": "holdover", "2019-03-01": "in_force: Term 2"},
        terms=[YEAR | {"provides_holdover": True}, NEXT | {"starts_on": "2019-03-01"}],
    ),
    "a next term that is only proposed is not in force": case(
        {"2018-12-31": "in_force", "2019-01-01": "lapsed", "2019-06-01": "lapsed"},
        terms=[YEAR, NEXT | {"is_proposed": True}],
    ),
    "a next term that is executed late leaves a gap": case(
        {
            "2018-12-31": "in_force: Term 1",
            "2019-01-01": "lapsed: a renewal was decided, but no executed term",
            "2019-02-14": "lapsed",
            "2019-02-15": "in_force: Term 2",
        },
        terms=[YEAR, NEXT | {"executed_on": "2019-02-15", "proposed_by": 1}],
        decisions=[{"outcome": "renew", "decided_on": "2018-10-01"}],
    ),
    "a later term ends one whose end is not recorded": case(
        {
            "2010-08-31": "in_force: Term 1",
            "2010-09-01": "in_force: Term 2",
            "2011-08-31": "in_force: Term 2",
            "2011-09-01": "lapsed: ended on August 31, 2011",
        },
        terms=[{"starts_on": "2008"}, {"starts_on": "2010-09-01", "ends_on": "2011-08-31"}],
    ),
    "a later term ends one that has no end by its terms": case(
        {"2010-09-01": "in_force: Term 2", "2011-09-01": "lapsed"},
        terms=[
            {"starts_on": "2008-01-01", "end_kind": "none"},
            {"starts_on": "2010-09-01", "ends_on": "2011-08-31"},
        ],
    ),
    "a term without a recorded start begins after the term before it": case(
        {
            "2017-12-31": "upcoming",
            "2018-06-01": "in_force: Term 1",
            "2019-06-01": "in_force: Term 2",
        },
        terms=[YEAR, {"ends_on": "2019-12-31"}],
    ),
    # ── Its end is decided ─────────────────────────────────────────────────────
    "a decision not to renew is final with notice by an officer of a deciding party": case(
        {
            "2018-05-31": "in_force",
            "2018-06-01": "in_force: renewing can still meet the rule",
            "2018-07-25": "in_force",
            "2018-07-26": "ending: Decided on June 1, 2018: do not renew",
            "2018-12-31": "ending",
            "2019-01-01": "not_renewed: ended on December 31, 2018",
        },
        terms=[YEAR],
        decisions=[DO_NOT],
        notices=[CITY_GAVE_NOTICE],
        deciders=THREE,
    ),
    "notice by an officer of a deciding party decides the end before a decision is recorded": case(
        {
            "2018-07-25": "in_force",
            "2018-07-26": "ending: Notice of non-renewal was given on July 26, 2018",
            "2018-08-01": "ending: Decided on August 1, 2018",
            "2019-01-01": "not_renewed",
        },
        terms=[YEAR],
        decisions=[DO_NOT | {"decided_on": "2018-08-01"}],
        notices=[CITY_GAVE_NOTICE],
        deciders=THREE,
    ),
    "notice by the partner does not make the deciders' decision final": case(
        {"2018-07-26": "in_force", "2018-12-30": "in_force", "2019-01-01": "not_renewed"},
        terms=[YEAR],
        decisions=[DO_NOT],
        notices=[CITY_GAVE_NOTICE | {"given_by": "ice"}],
        deciders=THREE,
        recipients=["ice"],
    ),
    "notice whose authority a source disputes does not make it final": case(
        {"2018-07-26": "in_force", "2018-12-30": "in_force"},
        terms=[YEAR],
        decisions=[DO_NOT],
        notices=[CITY_GAVE_NOTICE | {"authority_disputed": True}],
        deciders=THREE,
    ),
    "notice by a party that no longer decides does not make it final": case(
        {"2018-07-26": "in_force", "2018-12-30": "in_force"},
        terms=[YEAR],
        decisions=[DO_NOT],
        notices=[CITY_GAVE_NOTICE],
        deciders=[{"party": "city", "withdrew_on": "2018-07-26"}, "da"],
    ),
    "notice stays good when the party that gave it withdraws afterwards": case(
        {
            "2018-07-26": "ending",
            "2018-09-01": "ending",
            "2018-12-31": "ending",
            "2019-01-01": "not_renewed",
        },
        terms=[YEAR],
        notices=[CITY_GAVE_NOTICE],
        deciders=[{"party": "city", "withdrew_on": "2018-09-01"}, "da"],
    ),
    "without rule, votes or notice it is final when the term ends": case(
        {"2018-12-30": "in_force: can still meet", "2019-01-01": "not_renewed"},
        terms=[YEAR],
        decisions=[DO_NOT],
    ),
    "two of three needed: one against leaves it open, two make it final": case(
        {"2018-06-01": "in_force", "2018-07-01": "ending", "2019-01-01": "not_renewed"},
        terms=[YEAR],
        decisions=[DO_NOT],
        votes=[no("da"), no("court", "2018-07-01"), no("city", value="yes")],
        deciders=THREE,
        decision_rule="k_of_n",
        votes_needed=2,
    ),
    "two of three needed: not voting and not known votes may still be for it": case(
        {"2018-12-30": "in_force"},
        terms=[YEAR],
        decisions=[DO_NOT],
        votes=[no("da"), no("court", value="not_recorded")],
        deciders=THREE,
        decision_rule="k_of_n",
        votes_needed=2,
    ),
    "an announced intention is no vote": case(
        {"2018-12-30": "in_force"},
        terms=[YEAR],
        decisions=[DO_NOT],
        votes=[
            no("da"),
            no("court", value="announced_intention") | {"intention": "no"},
        ],
        deciders=THREE,
        decision_rule="k_of_n",
        votes_needed=2,
    ),
    "abstaining and recusal are not for renewing": case(
        {"2018-06-01": "ending"},
        terms=[YEAR],
        decisions=[DO_NOT],
        votes=[no("da", value="abstained"), no("court", value="recused")],
        deciders=THREE,
        decision_rule="k_of_n",
        votes_needed=2,
    ),
    "votes of parties that do not decide do not count": case(
        {"2018-12-30": "in_force"},
        terms=[YEAR],
        decisions=[DO_NOT],
        votes=[no("ice"), no("da")],
        deciders=THREE,
        recipients=["ice"],
        decision_rule="k_of_n",
        votes_needed=2,
    ),
    "votes on another term do not count": case(
        {"2019-06-30": "in_force"},
        terms=[YEAR, NEXT],
        decisions=[DO_NOT | {"term": 2, "decided_on": "2019-06-01"}],
        votes=[no("da"), no("court")],
        deciders=THREE,
        decision_rule="k_of_n",
        votes_needed=2,
    ),
    "all needed: one against makes it final": case(
        {"2018-06-01": "ending"},
        terms=[YEAR],
        decisions=[DO_NOT],
        votes=[no("da")],
        deciders=THREE,
        decision_rule="all",
    ),
    "one needed: final when none is left": case(
        {"2018-06-30": "in_force", "2018-07-01": "ending"},
        terms=[YEAR],
        decisions=[DO_NOT],
        votes=[no("da"), no("court"), no("city", "2018-07-01")],
        deciders=THREE,
        decision_rule="one",
    ),
    "what is final stays final when a party that voted withdraws": case(
        {"2018-06-01": "ending", "2018-07-01": "ending", "2018-12-30": "ending"},
        terms=[YEAR],
        decisions=[DO_NOT],
        votes=[no("city")],
        deciders=[{"party": "city", "withdrew_on": "2018-07-01"}, "da", "court"],
        decision_rule="all",
    ),
    "a rule without recorded deciders makes nothing final": case(
        {"2018-06-01": "in_force", "2018-12-30": "in_force"},
        terms=[YEAR],
        decisions=[DO_NOT],
        decision_rule="k_of_n",
        votes_needed=2,
    ),
    "one needed, no decider recorded: nothing is final": case(
        {"2018-06-01": "in_force"}, terms=[YEAR], decisions=[DO_NOT], decision_rule="one"
    ),
    "fewer deciders recorded than votes needed: the others may be for it": case(
        {"2018-06-01": "in_force"},
        terms=[YEAR],
        decisions=[DO_NOT],
        deciders=["city"],
        decision_rule="k_of_n",
        votes_needed=2,
    ),
    "a decision without a day counts from notice where that came first": case(
        {"2018-07-25": "in_force", "2018-07-26": "ending: it counts from July 26, 2018"},
        terms=[YEAR],
        decisions=[{"outcome": "do_not_renew", "announced_on": "2018-07-27"}],
        notices=[CITY_GAVE_NOTICE],
        deciders=THREE,
    ),
    "a decision without a day counts from its announcement where that came first": case(
        {"2018-07-19": "in_force", "2018-07-20": "in_force: can still", "2018-07-26": "ending"},
        terms=[YEAR],
        decisions=[{"outcome": "do_not_renew", "announced_on": "2018-07-20"}],
        notices=[CITY_GAVE_NOTICE],
        deciders=THREE,
    ),
    "notice known by its receipt alone is notice given": case(
        {"2018-07-25": "in_force", "2018-07-26": "ending"},
        terms=[YEAR],
        decisions=[{"outcome": "do_not_renew", "announced_on": "2018-07-27"}],
        notices=[{"given_by": "city", "received_on": "2018-07-26"}],
        deciders=THREE,
    ),
    "a decision of which no day is recorded counts from the term's last day": case(
        {"2018-12-30": "in_force: covers", "2019-01-01": "not_renewed"},
        terms=[YEAR],
        decisions=[{"outcome": "do_not_renew"}],
    ),
    "a decision known to the month counts from its last possible day": case(
        {"2018-07-30": "in_force", "2018-07-31": "ending"},
        terms=[YEAR],
        decisions=[DO_NOT | {"decided_on": "2018-07"}],
        votes=[no("da")],
        deciders=THREE,
        decision_rule="all",
    ),
    "a decision after the end is not renewed from then on": case(
        {"2019-01-14": "lapsed", "2019-01-15": "not_renewed"},
        terms=[YEAR],
        decisions=[DO_NOT | {"decided_on": "2019-01-15"}],
    ),
    "a decision that is undone counts until the one that undoes it": case(
        {
            "2018-06-01": "ending",
            "2018-08-31": "ending",
            "2018-09-01": "in_force",
            "2019-01-01": "lapsed: a renewal was decided",
        },
        terms=[YEAR],
        decisions=[DO_NOT, {"outcome": "renew", "decided_on": "2018-09-01", "supersedes": 1}],
        votes=[no("da")],
        deciders=THREE,
        decision_rule="all",
    ),
    "a decision that is undone is undone with the notice that was given of it": case(
        {"2018-07-26": "ending", "2018-09-01": "in_force", "2019-01-01": "lapsed"},
        terms=[YEAR],
        decisions=[DO_NOT, {"outcome": "renew", "decided_on": "2018-09-01", "supersedes": 1}],
        notices=[CITY_GAVE_NOTICE],
        deciders=THREE,
    ),
    "a decision that renews is not undone without being superseded": case(
        {"2018-09-01": "ending", "2019-01-01": "not_renewed"},
        terms=[YEAR],
        decisions=[DO_NOT, {"outcome": "renew", "decided_on": "2018-09-01"}],
        votes=[no("da")],
        deciders=THREE,
        decision_rule="all",
    ),
    # ── Terminated ─────────────────────────────────────────────────────────────
    "terminated within its term from the day on which that takes effect": case(
        {
            "2018-04-30": "in_force",
            "2018-05-01": "ending: terminate",
            "2018-05-31": "ending",
            "2018-06-01": "terminated: May 31, 2018 was its last day",
            "2019-06-01": "terminated",
        },
        terms=[YEAR],
        decisions=[TERMINATE],
    ),
    "terminated at the term's end where no other day is given": case(
        {"2018-05-01": "ending", "2018-12-31": "ending", "2019-01-01": "terminated"},
        terms=[YEAR],
        decisions=[{"outcome": "terminate", "decided_on": "2018-05-01"}],
    ),
    "terminated with effect after the term's end ends with the term": case(
        {"2018-12-31": "ending", "2019-01-01": "terminated"},
        terms=[YEAR],
        decisions=[TERMINATE | {"takes_effect_on": "2019-03-01"}],
    ),
    "terminated from a day known to the month": case(
        {"2018-06-29": "ending", "2018-06-30": "terminated"},
        terms=[YEAR],
        decisions=[TERMINATE | {"takes_effect_on": "2018-06"}],
    ),
    "terminated with effect before the decision counts from the decision": case(
        {"2018-04-30": "in_force", "2018-05-01": "terminated: February 28, 2018"},
        terms=[YEAR],
        decisions=[TERMINATE | {"takes_effect_on": "2018-03-01"}],
    ),
    "an agreement without end by its terms is terminated": case(
        {"2018-05-31": "ending", "2018-06-01": "terminated", "9999-12-31": "terminated"},
        terms=[{"starts_on": "2018-01-01", "end_kind": "none"}],
        decisions=[TERMINATE],
    ),
    "terminated on the first day of the calendar": case(
        {"0001-01-01": "terminated", "9999-12-31": "terminated"},
        terms=[{"starts_on": "0001-01-01", "end_kind": "none"}],
        decisions=[TERMINATE | {"decided_on": "0001-01-01", "takes_effect_on": "0001-01-01"}],
    ),
    "terminated, and agreed again": case(
        {"2018-06-01": "terminated", "2018-12-31": "terminated", "2019-01-01": "in_force: Term 2"},
        terms=[YEAR, NEXT],
        decisions=[TERMINATE],
    ),
    "a termination that is undone before it takes effect": case(
        {"2018-05-01": "ending", "2018-05-20": "in_force", "2018-06-01": "in_force"},
        terms=[YEAR],
        decisions=[
            TERMINATE,
            {"outcome": "extend", "decided_on": "2018-05-20", "supersedes": 1},
        ],
    ),
    # ── Suspended ──────────────────────────────────────────────────────────────
    "suspended from the day on which that takes effect": case(
        {
            "2018-03-31": "in_force",
            "2018-04-01": "suspended: A decision suspends it",
            "2018-12-31": "suspended",
            "2019-01-01": "lapsed",
        },
        terms=[YEAR],
        decisions=[
            {"outcome": "suspend", "decided_on": "2018-03-01", "takes_effect_on": "2018-04-01"}
        ],
    ),
    "suspended at once and resumed": case(
        {"2018-02-28": "in_force", "2018-03-01": "suspended", "2018-06-01": "in_force"},
        terms=[YEAR],
        decisions=[
            {"outcome": "suspend", "decided_on": "2018-03-01"},
            {"outcome": "extend", "decided_on": "2018-06-01", "supersedes": 1},
        ],
    ),
    "suspended while its end is decided": case(
        {"2018-06-01": "suspended", "2018-12-31": "suspended", "2019-01-01": "not_renewed"},
        terms=[YEAR],
        decisions=[{"outcome": "suspend", "decided_on": "2018-03-01"}, DO_NOT],
        votes=[no("da")],
        deciders=THREE,
        decision_rule="all",
    ),
    "suspended, then terminated": case(
        {"2018-05-31": "suspended", "2018-06-01": "terminated"},
        terms=[YEAR],
        decisions=[{"outcome": "suspend", "decided_on": "2018-03-01"}, TERMINATE],
    ),
    "a suspension of one term does not reach into the next": case(
        {"2018-12-31": "suspended", "2019-01-01": "in_force"},
        terms=[YEAR, NEXT],
        decisions=[{"outcome": "suspend", "decided_on": "2018-03-01"}],
    ),
    # ── By itself ──────────────────────────────────────────────────────────────
    "an automatic renewal is renewing from the day after the notice date": case(
        {
            "2018-12-01": "in_force",
            "2018-12-02": "renewing: last day to give notice was December 1, 2018",
            "2018-12-31": "renewing",
            "2019-01-01": "in_force: renewed by itself",
            "2025-01-01": "in_force",
        },
        terms=[BY_ITSELF],
    ),
    "an automatic renewal without a recorded notice rule is in force": case(
        {"2018-12-31": "in_force", "2019-01-01": "in_force: renewed by itself"},
        terms=[YEAR | {"renewal_kind": "automatic"}],
    ),
    "an unclear notice clause is read cautiously": case(
        {"2018-11-16": "in_force", "2018-11-19": "renewing", "2018-12-02": "renewing"},
        terms=[YEAR | {"renewal_kind": "automatic", "notice_length": 30}],
    ),
    "notice in time stops an automatic renewal": case(
        {"2018-07-26": "ending", "2018-12-31": "ending", "2019-01-01": "not_renewed: notice"},
        terms=[BY_ITSELF],
        notices=[CITY_GAVE_NOTICE],
        deciders=THREE,
    ),
    "a decision that is not final does not stop an automatic renewal": case(
        {"2018-12-01": "in_force: can still meet the rule", "2018-12-02": "renewing"},
        terms=[BY_ITSELF],
        decisions=[DO_NOT],
        deciders=THREE,
        decision_rule="all",
    ),
    "an automatic renewal that has its next term recorded": case(
        {"2018-12-31": "renewing", "2019-01-01": "in_force: Term 2", "2020-01-01": "lapsed"},
        terms=[BY_ITSELF, NEXT],
    ),
    # ── Notice without a decision ──────────────────────────────────────────────
    "notice of non-renewal without a decision ends it with the term": case(
        {
            "2018-07-25": "in_force",
            "2018-07-26": "ending: Notice",
            "2018-12-31": "ending",
            "2019-01-01": "not_renewed: after notice of non-renewal",
        },
        terms=[YEAR],
        notices=[CITY_GAVE_NOTICE],
        deciders=THREE,
    ),
    "notice by the partner, where others decide, leaves it to them": case(
        {"2018-12-31": "in_force", "2019-01-01": "lapsed"},
        terms=[YEAR],
        notices=[CITY_GAVE_NOTICE | {"given_by": "ice"}],
        deciders=THREE,
        recipients=["ice"],
    ),
    "notice whose authority is disputed decides nothing": case(
        {"2018-12-31": "in_force", "2019-01-01": "lapsed"},
        terms=[YEAR],
        notices=[CITY_GAVE_NOTICE | {"authority_disputed": True}],
        deciders=THREE,
    ),
    # ── Past its end ───────────────────────────────────────────────────────────
    "held over where the text provides for it": case(
        {"2018-12-31": "in_force", "2019-01-01": "holdover: go on until", "2030-01-01": "holdover"},
        terms=[YEAR | {"provides_holdover": True}],
    ),
    "not held over where its end was decided": case(
        {"2019-01-01": "not_renewed"},
        terms=[YEAR | {"provides_holdover": True}],
        decisions=[DO_NOT],
    ),
    "held over until it is decided to end it": case(
        {"2019-02-28": "holdover", "2019-03-01": "not_renewed"},
        terms=[YEAR | {"provides_holdover": True}],
        decisions=[DO_NOT | {"decided_on": "2019-03-01"}],
    ),
    "a terminated holdover goes on until the termination takes effect": case(
        {
            "2019-02-28": "holdover",
            "2019-03-31": "ending",
            "2019-04-30": "ending",
            "2019-05-01": "terminated",
        },
        terms=[YEAR | {"provides_holdover": True}],
        decisions=[
            {"outcome": "terminate", "decided_on": "2019-03-01", "takes_effect_on": "2019-05-01"}
        ],
    ),
    "past its end with nothing else it has lapsed": case(
        {"2019-01-01": "lapsed: no source says that it went on"},
        terms=[YEAR],
        evidence=[{"kind": "finding", "statement": "It was much used."}],
    ),
    "past its end it is unknown where a source says that it went on": case(
        {"2018-12-31": "in_force", "2019-01-01": "unknown: It was renewed yearly"},
        terms=[YEAR],
        evidence=[{"kind": "continuation", "statement": "It was renewed yearly"}],
    ),
    "unknown only on the days of which a source speaks": case(
        {
            "2019-01-31": "lapsed",
            "2019-02-01": "unknown: It went on",
            "2019-03-31": "unknown",
            "2019-04-01": "lapsed",
        },
        terms=[YEAR],
        evidence=[
            {
                "kind": "continuation",
                "statement": "It went on",
                "period_from": "2019-02-01",
                "period_to": "2019-03-31",
            }
        ],
    ),
    "a source that reports later may speak of an earlier day": case(
        {"2019-02-01": "unknown"},
        terms=[YEAR],
        evidence=[{"kind": "continuation", "statement": "It went on", "reported_on": "2024-01-01"}],
    ),
    "a source from before an end cannot tell that it went on past it": case(
        {"2018-12-31": "in_force", "2019-01-01": "lapsed: no source says that it went on"},
        terms=[YEAR],
        evidence=[{"kind": "continuation", "statement": "It went on", "reported_on": "2018-12-31"}],
    ),
    "a source from before an end may tell of a period that reaches past it": case(
        {"2019-01-01": "unknown", "2020-01-01": "lapsed"},
        terms=[YEAR],
        evidence=[
            {
                "kind": "continuation",
                "statement": "It was renewed to 2019",
                "reported_on": "2018-11-01",
                "period_to": "2019-12-31",
            }
        ],
    ),
    "without any term it is unknown where a source says that it goes on": case(
        {
            "2013-08-31": "unknown: does not reach this day",
            "2013-09-30": "unknown: pays for access",
            "2026-01-01": "unknown",
        },
        evidence=[
            {"kind": "continuation", "statement": "It pays for access", "period_from": "2013-09"}
        ],
    ),
    "before its first recorded term it is unknown where a source says that it was going on": case(
        {"2004-12-31": "upcoming", "2006-06-01": "unknown: It went on", "2017-12-31": "upcoming"},
        terms=[YEAR],
        evidence=[
            {
                "kind": "continuation",
                "statement": "It went on",
                "period_from": "2005-01-01",
                "period_to": "2007-12-31",
            }
        ],
    ),
    "a decision is stronger than a source that says it went on": case(
        {"2019-01-01": "not_renewed"},
        terms=[YEAR],
        decisions=[DO_NOT],
        evidence=[{"kind": "continuation", "statement": "It went on"}],
    ),
    "a holdover clause is stronger than a source that says it went on": case(
        {"2019-01-01": "holdover"},
        terms=[YEAR | {"provides_holdover": True}],
        evidence=[{"kind": "continuation", "statement": "It went on"}],
    ),
    # ── Replaced (another agreement is filled in by the tests) ────────────────
    "replaced from the first day of the other agreement": case(
        {"2018-06-30": "in_force", "2018-07-01": "replaced: since July 1, 2018"},
        terms=[YEAR],
        replaced_on="2018-07-01",
    ),
    "replaced from a day known to the month": case(
        {"2018-07-30": "in_force", "2018-07-31": "replaced: July 2018", "2019-06-01": "replaced"},
        terms=[YEAR],
        replaced_on="2018-07",
    ),
    "replaced whatever was decided about it": case(
        {"2018-06-30": "ending", "2018-07-01": "replaced", "2019-01-01": "replaced"},
        terms=[YEAR],
        decisions=[TERMINATE | {"takes_effect_on": "2018-09-01"}],
        replaced_on="2018-07-01",
    ),
}

every_case = pytest.mark.parametrize(
    "case", CASES.values(), ids=[n.replace(" ", "-") for n in CASES]
)


def difference(found: Any, code: str, reason: str) -> bool:
    return found.code != code or (reason != "" and not any(reason in r for r in found.reasons))


def test_the_table_has_every_status() -> None:
    assert {code for case in CASES.values() for _, code, _ in case.expected} == set(Code)


@every_case
def test_status_on_a_day(case: Case) -> None:
    other = Agreement(pk=999) if "replaced_on" in case.words else None
    facts = make_facts(**case.words, replaced_by=other)
    wrong = [
        (str(day), found.code, found.reasons)
        for day, code, reason in case.expected
        if difference(found := status_on(facts, day), code, reason)
    ]
    assert wrong == [], case.days


@every_case
def test_the_stored_spans_tell_the_same_status(db: None, case: Case) -> None:
    """The query twin, over the same table; its facts are those that were loaded."""
    other = make_agreement() if "replaced_on" in case.words else None
    agreement = make_agreement(**case.words, replaced_by=other)
    facts = facts_of(agreement)
    wrong = []
    for day, code, _ in case.expected:
        row = Agreement.objects.with_status(day).get(pk=agreement.pk)
        pure = status_on(facts, day)
        listed = Agreement.objects.in_force(day).filter(pk=agreement.pk).exists()
        if (row.status, pure.code, listed) != (code, code, code in IN_FORCE):
            wrong.append((str(day), row.status, pure.code, listed))
    assert wrong == [], case.days


@every_case
def test_spans_of_the_table_have_no_gap(case: Case) -> None:
    other = Agreement(pk=999) if "replaced_on" in case.words else None
    assert_whole(spans(make_facts(**case.words, replaced_by=other)))


def test_the_statuses_that_count_as_in_force_are_those_of_the_rule() -> None:
    assert set(IN_FORCE) == {"in_force", "ending", "renewing", "suspended", "holdover"}
    facts = make_facts(terms=[YEAR])
    assert status_on(facts, dt.date(2018, 6, 1)).in_force
    assert not status_on(facts, dt.date(2019, 6, 1)).in_force


def test_every_status_has_a_word_for_its_badge() -> None:
    assert all(code.label and str(code.label) == str(code.label).strip() for code in Code)


@pytest.mark.parametrize("purpose", ["non_renewal", "termination"])
def test_notice_in_time_keeps_an_automatic_agreement_from_renewing_by_itself(purpose: str) -> None:
    facts = make_facts(
        terms=[BY_ITSELF], notices=[CITY_GAVE_NOTICE | {"purpose": purpose}], deciders=THREE
    )
    assert not status_on(facts, dt.date(2019, 1, 1)).in_force


def test_a_suspension_dated_by_its_effect_ends_with_a_later_decision_to_go_on() -> None:
    facts = make_facts(
        terms=[YEAR],
        decisions=[
            {"outcome": "suspend", "decided_on": "2018-02-01", "takes_effect_on": "2018-03-01"},
            {"outcome": "renew", "decided_on": "2018-06-01"},
        ],
    )
    assert status_on(facts, dt.date(2018, 5, 31)).code == Code.SUSPENDED
    assert status_on(facts, dt.date(2018, 6, 1)).code == Code.IN_FORCE


# ── Spans ─────────────────────────────────────────────────────────────────────


def assert_whole(found: list[Any]) -> None:
    """From the first day to the last without gap, overlap or needless cut."""
    assert found[0].from_on is None
    assert found[-1].to_on is None
    for earlier, later in pairwise(found):
        assert earlier.to_on is not None
        assert later.from_on == earlier.to_on + ONE_DAY
        assert earlier.status != later.status
    for span in found[1:-1]:
        assert span.from_on <= span.to_on


def in_span(found: list[Any], day: dt.date) -> str:
    (span,) = (
        s
        for s in found
        if (s.from_on is None or s.from_on <= day) and (s.to_on is None or day <= s.to_on)
    )
    return span.status


@given(words=agreements_in_words())
def test_spans_equal_the_status_of_every_day(words: dict[str, Any]) -> None:
    facts = make_facts(**words)
    found = spans(facts)
    assert_whole(found)
    for day in (dt.date.min, *DAYS, dt.date.max):
        assert in_span(found, day) == status_on(facts, day).code, day


@tried(2)
@given(words=agreements_in_words())
def test_a_status_is_drafted_before_it_is_upcoming_and_upcoming_before_it_begins(
    words: dict[str, Any],
) -> None:
    """Nothing becomes a draft, or upcoming, after it once counted for more."""
    rank = {Code.DRAFT: 0, Code.UPCOMING: 1}
    words = words | {"evidence": []}
    codes = [rank.get(Code(s.status), 2) for s in spans(make_facts(**words))]
    assert codes == sorted(codes)


@tried(2)
@given(words=agreements_in_words())
def test_what_is_dated_after_a_day_does_not_change_its_status(words: dict[str, Any]) -> None:
    facts = make_facts(**words)
    for day in DAYS[::7]:

        def seen(part: Any, day: dt.date = day) -> bool:
            since = part.counts_from()
            return since is None or since <= day

        then = replace(
            facts,
            decisions=tuple(d for d in facts.decisions if (facts.decision_day(d) or day) <= day),
            votes=tuple(filter(seen, facts.votes)),
            notices=tuple(filter(seen, facts.notices)),
        )
        assert status_on(then, day).code == status_on(facts, day).code


@tried(5)
@given(words=agreements_in_words())
def test_stored_spans_equal_the_status_of_every_day(db: None, words: dict[str, Any]) -> None:
    with undone():
        agreement = writable(words)
        facts = facts_of(agreement)
        stored = list(StatusSpan.objects.filter(agreement=agreement, known_to=None).order_by("id"))
        assert_whole(stored)
        for day in DAYS[::5]:
            row = Agreement.objects.with_status(day).get(pk=agreement.pk)
            assert row.status == status_on(facts, day).code, day
        assert {s.status for s in stored} == {s.status for s in spans(facts)}


def test_spans_keep_what_was_known_before(db: None) -> None:
    agreement = make_agreement(terms=[YEAR])
    term = agreement.term_set.get()
    save(term, ends_on="2018-06-30")
    was = StatusSpan.objects.filter(agreement=agreement).exclude(known_to=None)
    now = StatusSpan.objects.filter(agreement=agreement, known_to=None)
    assert [s.status for s in was.order_by("id")] == ["upcoming", "in_force", "lapsed"]
    assert {s.known_to for s in was} == {s.known_from for s in now}
    assert [s.to_on for s in now.order_by("id")][1] == dt.date(2018, 6, 30)


def test_what_moves_no_status_writes_no_span(db: None) -> None:
    agreement = make_agreement(terms=[YEAR])
    before = list(StatusSpan.objects.values())
    save(agreement, purpose="Something else")
    assert list(StatusSpan.objects.values()) == before


def test_a_list_with_statuses_has_each_agreement_once(db: None) -> None:
    for words in list(CASES.values())[:12]:
        make_agreement(**words.words)
    for day in (dt.date.min, dt.date(2018, 6, 1), dt.date.max):
        rows = list(Agreement.objects.with_status(day))
        assert len(rows) == Agreement.objects.count()
        assert all(row.status for row in rows)


@given(day=st.dates())
def test_any_day_of_the_calendar_has_a_status(day: dt.date) -> None:
    for words in ({"terms": [YEAR]}, {}, {"terms": [{"starts_on": "2018-01-01"}]}):
        assert status_on(make_facts(**words), day).code in set(Code)
