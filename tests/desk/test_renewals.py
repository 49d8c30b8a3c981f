"""The pages of renewals: who may open them, what they say, what they write and refuse."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from agreements.models import (
    Agreement,
    Decision,
    Mandate,
    NoticeGiven,
    Obligation,
    Proposal,
    Review,
    Term,
    Vote,
)
from desk.views.renewals import ACTIONS
from revisions.models import Change
from sources.models import Citation, Source
from tests.factories import make_agreement, make_party, make_person, save, writing
from tests.portal.reading import Sure

pytestmark = pytest.mark.django_db

JUNE = dt.date(2018, 6, 15)


@pytest.fixture(autouse=True)
def june(settings: Any) -> Any:
    settings.PACTWATCH_TODAY = JUNE
    return settings


@pytest.fixture
def term() -> Term:
    make_agreement(
        reference="PACT",
        title="Access to arrests",
        terms=[
            {
                "starts_on": "2017-09-01",
                "ends_on": "2018-08-31",
                "renewal_kind": "by_decision",
                "license_fee": "5565",
                "fee_per_months": 12,
            }
        ],
        deciders=["city", "da", "court"],
        recipients=["ice"],
        decision_rule="k_of_n",
        votes_needed=2,
        concerns=[
            {
                "title": "Use against witnesses",
                "put_to": "ice",
                "raised_on": "2018-05-01",
                "answer_due_on": dt.date(2018, 6, 1),
            },
        ],
        evidence=[{"kind": "figure", "statement": "Never convicted", "figure": "238 of 421"}],
    )
    return Term.objects.get()


def person(role: str) -> Any:
    if role != "voter":
        return make_person(f"{role or 'nobody'}@example.org", role=role)
    found = make_person("voter@example.org")
    with writing():
        Mandate.objects.get_or_create(
            user=found, party=make_party("city"), office="Mayor", from_on=dt.date(2018, 1, 1)
        )
    return found


@pytest.fixture
def as_(db: None) -> Callable[[Any], Client]:
    client = Sure()

    def signed_in(who: Any) -> Client:
        client.force_login(person(who) if isinstance(who, str) else who)
        return client

    return signed_in


def at(term: Term, name: str = "") -> str:
    return f"/desk/renewals/{term.pk}/" + (f"{name}/" if name else "")


def text(response: Any) -> str:
    whole = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(whole.split())


# ── Who may ───────────────────────────────────────────────────────────────────

READS = {"editor", "records_officer", "council_reader", "voter"}
WRITES = {"editor", "records_officer"}


@pytest.mark.parametrize("role", ["editor", "records_officer", "council_reader", "voter", ""])
def test_each_role_opens_what_it_may_and_nothing_else(
    as_: Callable[[Any], Client], term: Term, role: str
) -> None:
    client = as_(role)
    read = 200 if role in READS else 403
    assert client.get("/desk/renewals/").status_code == read
    assert client.get(at(term)).status_code == read
    for action in ACTIONS:
        may = role == "voter" if action.name == "vote" else role in WRITES
        changes = Change.objects.count()
        assert client.get(at(term, action.name)).status_code == (200 if may else 403), action.name
        assert client.post(at(term, action.name)).status_code in (
            {200, 302, 422} if may else {403}
        ), action.name
        if not may:
            assert Change.objects.count() == changes


def test_a_visitor_is_sent_to_sign_in_and_comes_back(client: Client, term: Term) -> None:
    for path in ("/desk/renewals/", at(term), *(at(term, a.name) for a in ACTIONS)):
        answer = client.get(path)
        assert answer.status_code == 302
        assert f"next={path}" in answer["Location"]


def test_pages_are_kept_in_no_cache_and_change_nothing_by_get(
    as_: Callable[[Any], Client], term: Term
) -> None:
    client, changes = as_("editor"), Change.objects.count()
    for path in ("/desk/renewals/", at(term), at(term, "settle")):
        answer = client.get(path)
        assert "no-store" in answer["Cache-Control"]
    assert client.post(at(term)).status_code == 405
    assert Change.objects.count() == changes


@pytest.mark.parametrize("number", [0, 999_999, 2**63, 10**30])
def test_what_is_no_term_is_not_found(as_: Callable[[Any], Client], number: int) -> None:
    assert as_("editor").get(f"/desk/renewals/{number}/").status_code == 404


# ── What the page says ────────────────────────────────────────────────────────


def test_the_page_gathers_what_is_to_be_weighed(as_: Callable[[Any], Client], term: Term) -> None:
    said = text(as_("editor").get(at(term)))
    for expected in (
        "In force until August 31, 2018.",
        "Renewing can still meet the rule: 0 for, 2 of 3 needed. 2 more votes for it are missing",
        "No decision is recorded and none is proposed.",
        "Answer overdue",
        "Never convicted: 238 of 421",
        "License fee of this term: $5,565 a year, $5,565 in all.",
        "Proposes term 2, from September 1, 2018.",
        "No notice is recorded.",
        "Decide by July 2, 2018",
    ):
        assert expected in said, expected


def test_the_number_of_queries_does_not_grow(
    as_: Callable[[Any], Client], term: Term, assert_constant_queries: Callable[..., int]
) -> None:
    client = as_("editor")

    def grow() -> None:
        with writing():
            for number in range(5):
                save(
                    NoticeGiven(
                        agreement=term.agreement,
                        term=term,
                        purpose="non_renewal",
                        office=f"Clerk {number}",
                    )
                )

    assert_constant_queries(lambda: client.get(at(term)), grow, most=30)


def test_the_list_names_each_end_to_decide(as_: Callable[[Any], Client], term: Term) -> None:
    said = as_("council_reader").get("/desk/renewals/")
    assert at(term) in said.content.decode()
    assert "Decide by" in text(said)


# ── What the forms write ──────────────────────────────────────────────────────

PROPOSED = {
    "outcome": "renew_with_changes",
    "ends_on": "2019-08-31",
    "license_fee": "6000",
    "currency": "usd",
    "fee_per_months": "12",
    "rationale": "Fewer fields",
    "internal_note": "Ask the vendor",
    "withheld_ground": "RTKL § 708",
}


def test_a_decision_is_proposed_changed_voted_on_and_settled_by_another(
    as_: Callable[[Any], Client], term: Term
) -> None:
    assert as_("editor").post(at(term, "proposal"), PROPOSED).status_code == 302
    assert "Proposed: renew with changes" in text(as_("council_reader").get(at(term)))
    refused = as_("editor").post(at(term, "settle"))
    assert refused.status_code == 422
    assert "2 more votes for it are missing" in text(refused)
    vote = {"party": make_party("city").pk, "value": "yes"}
    assert as_("voter").post(at(term, "vote"), vote).status_code == 302
    letter = {"party": make_party("da").pk, "value": "yes", "how": "letter", "office": "DA"}
    assert as_("editor").post(at(term, "recorded-vote"), letter).status_code == 302
    changed = PROPOSED | {"license_fee": "7000"}
    assert as_("editor").post(at(term, "proposal"), changed).status_code == 302
    assert text(as_("editor").get(at(term))).count("Text changed since") == 2
    stale = as_("records_officer").post(at(term, "settle"))
    assert "The text changed since these voted: City." in text(stale)
    assert as_("voter").post(at(term, "vote"), vote).status_code == 302
    assert as_("records_officer").post(at(term, "settle")).status_code == 302
    following = Term.objects.get(number=2)
    assert (following.license_fee, following.is_proposed) == (7000, True)
    assert as_("editor").post(at(term, "execution"), {"executed_on": "2018-06-15"})
    following.refresh_from_db()
    assert not following.is_proposed


def test_a_suspension_carries_no_fee_and_no_end(as_: Callable[[Any], Client], term: Term) -> None:
    said = PROPOSED | {"outcome": "suspend", "takes_effect_on": "2018-07-01"}
    assert as_("editor").post(at(term, "proposal"), said).status_code == 302
    proposal = Proposal.objects.get()
    assert (proposal.license_fee, proposal.ends_on) == (None, None)
    assert proposal.takes_effect_on == dt.date(2018, 7, 1)


def test_a_decision_from_a_source_is_entered_with_a_new_source(
    as_: Callable[[Any], Client], term: Term
) -> None:
    said = {
        "outcome": "do_not_renew",
        "announced_on": "2018-06",
        "source_title": "Statement of the City",
        "quotation": "will not be renewed",
    }
    answer = as_("editor").post(at(term, "recorded-decision"), said | {"announced_on": "June 18"})
    assert answer.status_code == 422
    assert "July 2010, August 31, 2018" in text(answer), "it says how a date is written"
    answer = as_("editor").post(at(term, "recorded-decision"), said | {"source_title": ""})
    assert "Choose the source, or enter its title below." in text(answer)
    assert as_("editor").post(at(term, "recorded-decision"), said).status_code == 302
    decision = Decision.objects.get()
    assert str(decision.announced_on) == "2018-06"
    source = Source.objects.get(title="Statement of the City")
    assert Citation.objects.filter(source=source, quotation="will not be renewed").count() == 2
    assert Obligation.objects.count() == 3


def test_review_considerations_concern_notice_and_announcement_are_written(
    as_: Callable[[Any], Client], term: Term
) -> None:
    client = as_("editor")
    for name, said in (
        ("review", {"due_on": "2018-07-02"}),
        ("considerations", {"considerations": "Trust in police"}),
        ("concern", {"title": "No answer", "put_to": make_party("ice").pk}),
        (
            "notice",
            {"purpose": "non_renewal", "given_by": make_party("city").pk, "sent_on": "2018-06-14"},
        ),
        ("proposal", {"outcome": "do_not_renew"}),
    ):
        answer = client.post(at(term, name), said)
        assert answer.status_code == 302, (name, text(answer))
    assert Review.objects.get().considerations == "Trust in police"
    assert as_("records_officer").post(at(term, "settle")).status_code == 302
    announced = {"announced_on": "2018-06-15", "rationale": "Trust in police"}
    assert as_("editor").post(at(term, "announcement"), announced).status_code == 302
    said = text(as_("editor").get(at(term)))
    assert "In force until August 31, 2018, not to be renewed." in said
    assert "Final since June 15, 2018." in said
    assert Obligation.objects.count() == 3


def test_a_duty_is_done_with_evidence(as_: Callable[[Any], Client], term: Term) -> None:
    client = as_("editor")
    client.post(at(term, "proposal"), {"outcome": "do_not_renew"})
    as_("records_officer").post(at(term, "settle"))
    duty = Obligation.objects.get(kind="access_off")
    path = at(term, f"duties/{duty.pk}")
    assert client.get(path).status_code == 200
    assert client.post(path, {"done_on": "2018-06-15", "evidence": ""}).status_code == 422
    done = {"done_on": "2018-06-15", "evidence": "Letter of the vendor"}
    assert client.post(path, done).status_code == 302
    assert "Letter of the vendor" in text(client.get(at(term)))
    assert client.get(at(term, "duties/999999")).status_code == 404


def test_nothing_proposed_or_noted_inside_reaches_the_public(
    as_: Callable[[Any], Client], term: Term
) -> None:
    with writing() as opened:
        agreement = Agreement.objects.get()
        agreement.published_at = opened.at
        agreement.save()
    as_("editor").post(at(term, "proposal"), PROPOSED | {"rationale": "CANARY-RATIONALE"})
    client = Client()
    for path in (agreement.get_absolute_url(), f"{agreement.get_absolute_url()}?on=2018-12-01"):
        shown = client.get(path).content.decode()
        assert "CANARY" not in shown
        assert "Ask the vendor" not in shown
        assert "6,000" not in shown


def test_two_votes_for_one_party_at_once_leave_one(
    as_: Callable[[Any], Client], term: Term
) -> None:
    vote = {"party": make_party("city").pk, "value": "no"}
    for _ in range(2):
        as_("voter").post(at(term, "vote"), vote)
    assert Vote.objects.count() == 1
