"""Access stands beside the status: what is recorded of it on a day, in words, and in red."""

import datetime as dt
from typing import Any

import pytest

from agreements.sentences import access_sentence, is_access_alarm
from agreements.status import access_on, status_on
from tests.factories import make_facts

YEAR = {"starts_on": "2018-01-01", "ends_on": "2018-12-31"}
OFF = {"state": "off", "since": "2019-01-01"}

CASES = [  # entries, day, state, sentence, alarm
    ([], "2018-06-15", None, "Access: not recorded.", False),
    ([], "2019-01-01", None, "Access not confirmed off.", True),
    ([{"state": "not_recorded"}], "2019-01-01", "not_recorded", "Access not confirmed off.", True),
    ([{"state": "on"}], "2018-06-15", "on", "Access: on.", False),
    ([{"state": "on", "since": "2018-07"}], "2018-07-30", None, "Access: not recorded.", False),
    ([{"state": "on", "since": "2018-07"}], "2018-07-31", "on", "Access: on.", False),
    (
        [{"state": "on", "since": "2018-01-01", "confirmed_on": "2018-05-01"}],
        "2018-04-30",
        "on",
        "Access: on.",
        False,
    ),
    (
        [{"state": "on", "since": "2018-01-01", "confirmed_on": "2018-05-01"}],
        "2018-05-01",
        "on",
        "Access: on, last confirmed May 1, 2018.",
        False,
    ),
    ([{"state": "on", "since": "2018"}], "2019-01-01", "on", "Access not confirmed off.", True),
    ([{"state": "suspended"}], "2018-06-15", "suspended", "Access suspended.", False),
    ([OFF], "2019-01-01", "off", "Access said to be off, not confirmed.", True),
    (
        [OFF | {"confirmed_on": "2019-02-01"}],
        "2019-01-31",
        "off",
        "Access said to be off, not confirmed.",
        True,
    ),
    (
        [OFF | {"confirmed_on": "2019-02-01"}],
        "2019-02-01",
        "off",
        "Access off, confirmed February 1, 2019.",
        False,
    ),
    ([OFF], "2018-12-31", None, "Access: not recorded.", False),
    (
        [{"state": "on", "since": "2018-01-01"}, OFF],
        "2018-12-31",
        "on",
        "Access: on.",
        False,
    ),
    (
        [OFF | {"confirmed_on": "2019-01-02"}, {"state": "on", "since": "2019-03-01"}],
        "2019-03-01",
        "on",
        "Access not confirmed off.",
        True,
    ),
    (
        [{"state": "on", "since": "2018-06-01"}, {"state": "suspended"}],
        "2018-06-15",
        "on",
        "Access: on.",
        False,
    ),
]


@pytest.mark.parametrize(("entries", "day", "state", "sentence", "alarm"), CASES)
def test_access_on_a_day(
    entries: list[dict[str, Any]], day: str, state: str | None, sentence: str, alarm: bool
) -> None:
    on = dt.date.fromisoformat(day)
    facts = make_facts(
        terms=[YEAR],
        decisions=[{"outcome": "do_not_renew", "decided_on": "2018-10-01"}],
        access=entries,
    )
    access, status = access_on(facts, on), status_on(facts, on)
    assert (access.state if access else None) == state
    assert access_sentence(access, status) == sentence
    assert is_access_alarm(access, status) is alarm


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ({"terms": [YEAR]}, "2019-01-01"),  # lapsed
        (
            {
                "terms": [YEAR],
                "decisions": [
                    {
                        "outcome": "terminate",
                        "decided_on": "2018-05-01",
                        "takes_effect_on": "2018-06-01",
                    }
                ],
            },
            "2018-06-01",
        ),
    ],
    ids=["lapsed", "terminated"],
)
def test_whatever_way_it_ended_access_is_to_be_confirmed_off(
    words: dict[str, Any], day: str
) -> None:
    on = dt.date.fromisoformat(day)
    facts = make_facts(**words, access=[{"state": "on"}])
    assert is_access_alarm(access_on(facts, on), status_on(facts, on))
    assert not is_access_alarm(
        access_on(facts, on - dt.timedelta(days=1)), status_on(facts, on - dt.timedelta(days=1))
    )
