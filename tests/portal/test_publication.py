"""What the public sees and when: publication, withdrawal, embargo, and what is kept internal."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client

from agreements.loading import load
from agreements.models import Agreement, Deadline, Decision, Event, SharedElement, Term
from agreements.publication import embargo, publication_log, publish, withdraw
from agreements.upkeep import end_embargoes
from tests.factories import delete, make_agreement, make_element, save, writing

NOON = dt.datetime(2018, 6, 15, 16, tzinfo=dt.UTC)
LATER = NOON + dt.timedelta(days=12)
AUGUST = {"starts_on": "2017-09-01", "ends_on": "2018-08-31", "renewal_kind": "by_decision"}


@pytest.fixture(autouse=True)
def fixed_clock() -> Any:
    with time_machine.travel(NOON, tick=True) as clock:
        yield clock


@pytest.fixture
def agreement(db: None) -> Agreement:
    made = make_agreement(
        reference="OPEN",
        terms=[AUGUST],
        deciders=["city"],
        recipients=["ice"],
        shared_elements=[{"element": make_element("Names of victims")}],
        events=[{"kind": "meeting", "occurred_on": "2018-05-01", "title": "They met"}],
    )
    with writing():
        publish(made)
    return made


def decide(agreement: Agreement, until: dt.datetime | None = LATER) -> Decision:
    with writing(reason="Decided behind closed doors"):
        decision = Decision(
            agreement=agreement,
            term=Term.objects.get(agreement=agreement, number=1),
            outcome="terminate",
            decided_on="2018-06-15",
            takes_effect_on="2018-07-01",
            rationale="A secret rationale",
            embargoed_until=until,
        )
        decision.save()
    return decision


PUBLIC = ("/agreements/open/", "/", "/agreements/", "/parties/ice/", "/agreements/?status=ending")


def read(client: Client) -> dict[str, tuple[int, bytes]]:
    return {url: ((r := client.get(f"{url}")).status_code, r.content) for url in PUBLIC}


def test_an_embargoed_decision_changes_no_byte_that_the_public_sees(
    client: Client, agreement: Agreement
) -> None:
    before = read(client)
    decide(agreement)
    assert read(client) == before


def test_at_the_end_of_the_embargo_the_public_learns_of_it(
    client: Client, agreement: Agreement, fixed_clock: Any
) -> None:
    decide(agreement)
    fixed_clock.move_to(LATER)
    page = client.get("/agreements/open/?on=2018-06-28").content.decode()
    assert "A secret rationale" in page
    assert "then terminated" in page
    end_embargoes(LATER)
    assert Agreement.objects.with_status(dt.date(2018, 6, 28)).get().status == "ending"
    assert not Deadline.objects.exclude(audience="all").exists()


def test_staff_lists_and_deadlines_know_of_it_at_once(agreement: Agreement) -> None:
    decide(agreement)
    day = dt.date(2018, 6, 15)
    assert Agreement.objects.with_status(day, "staff").get().status == "ending"
    assert Agreement.objects.with_status(day, "public").get().status == "in_force"
    kinds = {d.kind: d.settled_on for d in Deadline.objects.for_staff()}
    assert kinds["decide_by"] == day
    public = {d.kind: d.settled_on for d in Deadline.objects.for_public()}
    assert public["decide_by"] is None


def test_stored_rows_equal_a_rebuild_under_an_embargo_and_after_it(
    agreement: Agreement, fixed_clock: Any
) -> None:
    decide(agreement)
    call_command("rebuild_deadlines", "--check")
    fixed_clock.move_to(LATER)
    assert end_embargoes(LATER) > 0
    call_command("rebuild_deadlines", "--check")
    assert end_embargoes(LATER) == 0


def test_what_follows_from_a_hidden_decision_is_hidden_too(agreement: Agreement) -> None:
    decision = decide(agreement)
    with writing():
        Term(
            agreement=agreement, number=2, starts_on="2018-09-01", is_proposed=True,
            proposed_by=decision,
        ).save()  # fmt: skip
    facts = load(agreement.pk)
    assert facts is not None
    public = facts.published(NOON)
    assert [t.number for t in facts.terms + facts.ahead] == [1, 2]
    assert [t.number for t in public.terms + public.ahead] == [1]


def test_an_internal_part_shows_nowhere_and_its_past_neither(
    client: Client, agreement: Agreement
) -> None:
    event = Event.objects.get(agreement=agreement)
    assert "They met" in client.get("/agreements/open/").content.decode()
    save(event, is_internal=True, withheld_ground="65 P.S. 67.708(b)(2)")
    page = client.get("/agreements/open/").content.decode()
    assert "They met" not in page
    known = client.get("/agreements/open/?known=2018-06-16").content.decode()
    assert "They met" not in known
    delete(event)
    assert "They met" not in client.get("/agreements/open/").content.decode()


def test_a_removal_by_a_hidden_amendment_is_not_told(agreement: Agreement) -> None:
    from agreements.models import Amendment

    with writing():
        amendment = Amendment(agreement=agreement, title="Quietly", embargoed_until=LATER)
        amendment.save()
        shared = SharedElement.objects.get(agreement=agreement)
        shared.removed_on, shared.removed_by = "2018-06-01", amendment
        shared.save()
    facts = load(agreement.pk)
    assert facts is not None
    assert facts.shared_elements[0].removed_on is not None
    assert facts.published(NOON).shared_elements[0].removed_on is None


def test_a_withdrawn_record_says_when_who_and_why(client: Client, agreement: Agreement) -> None:
    with writing():
        withdraw(agreement, office="City Solicitor", reason="It names a person.")
    for url in ("/agreements/open/", "/agreements/open/brief.pdf"):
        answer = client.get(url)
        assert answer.status_code == 410
        page = answer.content.decode()
        assert "June 15, 2018" in page
        assert "City Solicitor" in page
        assert "It names a person." in page
    assert "OPEN" not in client.get("/agreements/").content.decode().replace("open", "")
    assert not Deadline.objects.for_public().exists()


def test_a_record_that_is_public_later_answers_like_one_that_is_not_there(
    client: Client, db: None
) -> None:
    made = make_agreement(reference="SOON", terms=[AUGUST])
    with writing():
        publish(made, at=LATER)
    soon, never = client.get("/agreements/soon/"), client.get("/agreements/none/")
    assert (soon.status_code, never.status_code) == (404, 404)
    assert soon.content.replace(b"soon", b"none") == never.content
    with time_machine.travel(LATER):
        assert client.get("/agreements/soon/").status_code == 200


REFUSED = [
    (publish, "public already"),
    (lambda a: withdraw(a, office="", reason="Why"), "office"),
    (lambda a: withdraw(a, office="Clerk", reason=" "), "reason"),
    (lambda a: embargo(a.event_set.get(), LATER), "seen this already"),
    (lambda a: embargo(a.event_set.get(), NOON), "later than now"),
]


@pytest.mark.parametrize(("write", "said"), REFUSED)
def test_what_makes_no_sense_is_refused_in_a_sentence(
    agreement: Agreement, write: Any, said: str
) -> None:
    with pytest.raises(ValidationError, match=said), writing():
        write(agreement)


def test_the_log_tells_each_step(agreement: Agreement) -> None:
    with writing(reason="A name stands in it"):
        withdraw(agreement, office="City Solicitor", reason="It names a person.")
    with writing(reason="The name is gone"):
        publish(agreement)
    log = publication_log(agreement.pk)
    assert [e.state for e in log] == ["published", "withdrawn", "published"]
    assert log[0].reason == "The name is gone"


def test_nothing_under_legal_hold_is_deleted(agreement: Agreement) -> None:
    save(agreement, legal_hold=True)
    for record in (agreement.event_set.get(), Agreement.objects.get()):
        with pytest.raises(ValidationError, match="legal hold"):
            delete(record)
    save(Agreement.objects.get(), legal_hold=False)
    delete(agreement.event_set.get())
