"""A page asks the database as often for thirty records as for three."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agreements.models import Agreement, Term
from tests.factories import (
    make_agreement,
    make_citation,
    make_element,
    make_party,
    make_source,
    make_system,
    save,
    writing,
)

DAY = dt.date(2018, 6, 15)
FEW, MANY = 3, 30


@pytest.fixture(autouse=True)
def today(settings: Any) -> None:
    settings.PACTWATCH_TODAY = DAY


def full_agreement(number: int) -> Agreement:
    """A published agreement with every part that a list or a page shows."""
    with writing(reason=f"Enter {number}"):
        system = make_system("pars")
        city = make_party("city")
        body = make_party(f"body-{number}", parent=make_party(f"parent-{number}"))
        agreement = make_agreement(
            reference=f"MANY-{number}",
            system=system,
            published_at=timezone.now(),
            deciders=["city", f"body-{number}"],
            recipients=[f"body-{number}"],
            participations=[{"party": city, "role": "provider"}],
            terms=[
                {"starts_on": "2016-09-01", "ends_on": "2017-08-31", "renewal_kind": "by_decision"},
                {
                    "starts_on": "2017-09-01",
                    "ends_on": "2018-08-31",
                    "renewal_kind": "by_decision",
                    "license_fee": "5600",
                    "proposed_by": 1,
                    "notice_length": 10,
                },
            ],
            decisions=[{"outcome": "renew", "decided_on": "2017-06-01", "announced_on": "2017-07"}],
            votes=[{"party": "city", "value": "yes", "voted_on": "2017-05-01"}],
            notices=[{"given_by": "city", "sent_on": "2018-06-01", "term": 2}],
            shared_elements=[
                {"element": make_element(f"Element {number}", sensitivity="special")},
            ],
            concerns=[{"title": "Worry", "raised_by": body, "answer_due_on": dt.date(2018, 7, 1)}],
            events=[{"kind": "protest", "occurred_on": "2018-05-01", "title": "Protest"}],
            evidence=[{"kind": "figure", "statement": "Many", "reported_on": "2018"}],
            obligations=[{"kind": "audit", "due_on": dt.date(2018, 7, 2), "decision": 1}],
            access=[{"state": "on", "since": "2016"}],
        )
        make_citation(Term.objects.get(agreement=agreement, number=2), "license_fee", value=None)
    return agreement


def grow_agreements(to: int) -> None:
    for number in range(Agreement.objects.count(), to):
        full_agreement(number)


def grow_record(agreement: Agreement, sizes: range) -> None:
    """One more of every part, each in a change of its own, with a source of its own."""
    for n in sizes:
        with writing(reason=f"Grow {n}"):
            party = make_party(f"more-{n}", parent=make_party(f"above-{n}"))
            element = make_element(f"More {n}", system=agreement.system)
            term = save(
                Term(
                    agreement=agreement,
                    number=n + 3,
                    starts_on=f"{2100 + n}-01-01",
                    ends_on=f"{2100 + n}-12-31",
                    end_kind="fixed",
                )
            )
            parts = agreement_parts(agreement, term, party, element, n)
            for part in parts:
                save(part)
                make_citation(part, source=make_source(f"grown-{n}"))
            make_citation(agreement, "kind", source=make_source(f"grown-{n}"), value=f"kind {n}")
            save(agreement, purpose=f"Purpose {n}")


def agreement_parts(agreement: Agreement, term: Term, party: Any, element: Any, n: int) -> list:
    from agreements import models as m

    current = Term.objects.get(agreement=agreement, number=2)
    amendment = save(m.Amendment(agreement=agreement, title=f"A{n}", dated_on="2017-10-01"))
    return [
        m.Participation(agreement=agreement, party=party, role="recipient"),
        m.Participation(agreement=agreement, party=party, role="decider"),
        m.SharedElement(
            agreement=agreement,
            element=element,
            added_by=amendment,
            added_on="2017-10-01",
            removed_on="2018-01-01",
            removed_by=amendment,
        ),
        m.Access(agreement=agreement, state="on", since=f"2017-10-{n % 28 + 1:02}"),
        m.Decision(agreement=agreement, term=current, outcome="extend", decided_on="2018-05-01"),
        m.Decision(agreement=agreement, term=term, outcome="extend", decided_on="2018-05-01"),
        m.Vote(agreement=agreement, term=current, party=party, value="yes", voted_on="2018-05-01"),
        m.NoticeGiven(
            agreement=agreement,
            term=current,
            purpose="non_renewal",
            given_by=party,
            given_to=party,
            sent_on="2018-05-01",
        ),
        m.Obligation(agreement=agreement, kind="audit", due_on=dt.date(2018, 7, 3)),
        m.Payment(agreement=agreement, term=current, amount=5, currency="USD"),
        m.Review(agreement=agreement, term=current, due_on=dt.date(2018, 7, 3)),
        m.Concern(agreement=agreement, title=f"C{n}", raised_by=party, put_to=party),
        m.Event(agreement=agreement, kind="protest", occurred_on="2018-05-01", title=f"E{n}"),
        m.Evidence(agreement=agreement, kind="figure", statement=f"S{n}"),
        m.Guide(agreement=agreement, title=f"G{n}", address="https://example.org/"),
    ]


# address, at most so many queries
GROWING_REGISTER = {
    "/": 8,
    "/es/": 8,
    "/agreements/": 8,
    "/agreements/?party=city&role=provider&system=pars&within=90&q=many": 10,
    "/agreements/?on=2016-10-01&sort=-status": 8,
    "/parties/city/": 18,
    "/systems/pars/": 8,
}
GROWING_RECORD = {
    "/": 8,
    "/agreements/": 8,
    "/agreements/many-0/": 12,
    "/agreements/many-0/?on=2017-10-01": 12,
    "/agreements/many-0/?known=2200-01-01": 12,
    "/es/agreements/many-0/": 12,
    "/parties/body-0/": 18,
    "/systems/pars/": 8,
}


def asked(client: Client, urls: Iterable[str]) -> dict[str, list[str]]:
    """What each page asks the database, values aside."""
    found = {}
    for url in urls:
        assert client.get(url).status_code == 200, url  # what is cached for all is no query of it
        with CaptureQueriesContext(connection) as captured:
            client.get(url)
        found[url] = [
            re.sub(r"…(, …)+", "…", re.sub(r"\d+|'[^']*'", "…", query["sql"]))
            for query in captured.captured_queries
        ]
    return found


def told(urls: dict[str, int], few: dict[str, list[str]], many: dict[str, list[str]]) -> str:
    """The pages that ask too often, with the questions that they repeat."""
    lines = []
    for url, most in urls.items():
        if len(few[url]) == len(many[url]) <= most:
            continue
        lines.append(f"{url}: {len(few[url])} queries, then {len(many[url])}; at most {most}")
        repeated = Counter(many[url]) - Counter(few[url]) or Counter(many[url])
        often = [(sql, n) for sql, n in repeated.most_common(3) if n > 1]
        lines += [f"   {n} x {sql[:80]} … {sql[-110:]}" for sql, n in often]
    return "\n".join(lines)


def test_pages_ask_as_often_for_thirty_agreements_as_for_three(client: Client, db: None) -> None:
    grow_agreements(FEW)
    few = asked(client, GROWING_REGISTER)
    grow_agreements(MANY)
    many = asked(client, GROWING_REGISTER)
    found = told(GROWING_REGISTER, few, many)
    assert not found, found


def test_pages_ask_as_often_for_thirty_parts_and_revisions_as_for_three(
    client: Client, db: None
) -> None:
    agreement = full_agreement(0)
    grow_record(agreement, range(FEW))
    few = asked(client, GROWING_RECORD)
    grow_record(agreement, range(FEW, MANY))
    many = asked(client, GROWING_RECORD)
    found = told(GROWING_RECORD, few, many)
    assert not found, found


def test_a_page_that_shows_no_record_asks_nothing(
    client: Client, count_queries: Callable[..., int]
) -> None:
    assert count_queries(client.get, "/about/") == 0


def test_a_missing_record_costs_one_question(
    client: Client, count_queries: Callable[..., int]
) -> None:
    for url in ("/agreements/none/", "/parties/none/", "/systems/none/"):
        assert count_queries(client.get, url) == 1, url
