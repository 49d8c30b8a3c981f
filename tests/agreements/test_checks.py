"""What no change may do, by whatever path it comes."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from agreements import checks, deciding, executing, renewing
from agreements.loading import load
from agreements.models import Agreement, Deadline, Decision, Event, Mandate, Obligation, Term, Vote
from agreements.publication import publish
from revisions import change
from tests.factories import (
    delete,
    make_agreement,
    make_party,
    make_person,
    save,
    writing,
)

pytestmark = pytest.mark.django_db

JUNE = dt.date(2018, 6, 15)
TERM = {"starts_on": "2017-09-01", "ends_on": "2018-08-31", "renewal_kind": "by_decision"}


@pytest.fixture(autouse=True)
def june(settings: Any) -> None:
    settings.PACTWATCH_TODAY = JUNE


@pytest.fixture
def found() -> Agreement:
    return make_agreement(
        terms=[TERM | {"license_fee": "5565", "currency": "USD"}],
        deciders=["city", "da"],
        maximum_ends_on=dt.date(2019, 12, 31),
    )


def person(role: str, name: str = "") -> Any:
    return make_person(f"{name or role}@example.org", role=role)


def refused(by: Any, record: Any, **values: Any) -> str:
    """Why somebody may not save this; fails where they may."""
    record = type(record)._default_manager.get(pk=record.pk) if record.pk else record
    for name, value in values.items():
        setattr(record, name, value)
    with pytest.raises(ValidationError) as error, change(by=by, reason="A try"):
        record.save()
    return " ".join(error.value.messages)


def term_of(found: Agreement, number: int = 1) -> Term:
    return Term.objects.get(agreement=found, number=number)


def decided(found: Agreement, **said: Any) -> Decision:
    proposal = deciding.propose(term_of(found), by=person("editor"), **said)
    return deciding.settle(proposal, by=person("editor", "other"))


# ── Votes ─────────────────────────────────────────────────────────────────────


def holder(slug: str) -> Any:
    who = make_person(f"{slug}-voter@example.org")
    with writing():
        party, first = make_party(slug), dt.date(2018, 1, 1)
        Mandate.objects.get_or_create(user=who, party=party, office="Head", from_on=first)
    return who


def test_a_vote_cast_here_is_written_by_its_voter_alone(found: Agreement) -> None:
    voter, editor = holder("da"), person("editor")
    vote = renewing.cast_vote(term_of(found), by=voter, party=make_party("da"), value="yes")
    assert "mandate" in refused(editor, vote, value="no")
    assert "cannot be deleted" in refused(editor, vote, how="letter", cast_by=None, digest="")
    with pytest.raises(ValidationError, match="cannot be deleted"):
        delete(vote)
    forged = Vote(agreement=found, term=term_of(found), party=make_party("city"), value="no",
                  how="here", cast_by=holder("city"), digest="abc")  # fmt: skip
    assert "mandate" in refused(editor, forged)
    forged.pk, forged.cast_by = None, editor
    assert "mandate" in refused(editor, forged)
    assert renewing.cast_vote(term_of(found), by=voter, party=make_party("da"), value="no").pk


def test_where_a_vote_cast_here_is_shown_may_change(found: Agreement) -> None:
    vote = renewing.cast_vote(term_of(found), by=holder("da"), party=make_party("da"), value="yes")
    with change(by=person("records_officer"), reason="Not public yet"):
        vote.is_internal, vote.withheld_ground = True, "RTKL § 708"
        vote.save()


# ── Decisions and the terms that they propose ─────────────────────────────────


@pytest.mark.parametrize(
    "values",
    [{"outcome": "terminate"}, {"decided_on": "2018-01-01"}, {"takes_effect_on": "2018-07-01"}],
)
def test_what_was_decided_here_is_undone_by_a_new_decision_only(
    found: Agreement, values: dict[str, str]
) -> None:
    decision = decided(found, outcome="do_not_renew")
    assert "propose a new decision" in refused(person("records_officer"), decision, **values)
    save(decision, rationale="Trust in the police")


@pytest.mark.parametrize("values", [{"license_fee": "99"}, {"ends_on": "2030-12-31"}])
def test_a_proposed_term_stands_as_it_was_decided(found: Agreement, values: dict[str, Any]) -> None:
    said = {"ends_on": dt.date(2019, 8, 31), "license_fee": 5600, "currency": "USD"}
    decided(found, outcome="renew", **said)
    assert "stands as it was decided" in refused(person("editor"), term_of(found, 2), **values)


def test_an_extension_never_ends_after_the_recorded_maximum(found: Agreement) -> None:
    decided(found, outcome="extend", ends_on=dt.date(2019, 12, 31))
    executing.execute_term(term_of(found, 2), by=person("editor"), executed_on=JUNE)
    assert "beyond December 31, 2019" in refused(
        person("editor"), term_of(found, 2), ends_on="2020-01-01"
    )


@pytest.mark.parametrize(
    ("outcome", "day"),
    [("terminate", "2010-01-01"), ("suspend", "2021-01-01"), ("terminate", "2018-09-01")],
)
def test_an_effect_lies_within_the_term(found: Agreement, outcome: str, day: str) -> None:
    with pytest.raises(ValidationError, match="for the effect"):
        deciding.propose(
            term_of(found),
            by=person("editor"),
            outcome=outcome,
            takes_effect_on=dt.date.fromisoformat(day),
        )


# ── Notice ────────────────────────────────────────────────────────────────────


def notice(found: Agreement, sent_on: dt.date = JUNE) -> Any:
    return renewing.record_notice(
        term_of(found), by=person("editor"), purpose="non_renewal",
        given_by=make_party("city"), sent_on=sent_on,
    )  # fmt: skip


def duties(found: Agreement) -> dict[str, Any]:
    return {o.kind: o.due_on for o in Obligation.objects.filter(agreement=found)}


def test_notice_that_ends_an_agreement_opens_the_close_out(found: Agreement) -> None:
    notice(found)
    notice(found)
    assert duties(found) == {
        "access_off": dt.date(2018, 9, 1), "data_destroyed": None, "partner_told": None
    }  # fmt: skip
    decided(found, outcome="do_not_renew")
    assert Obligation.objects.count() == 3


def test_a_renewal_undoes_what_notice_opened(found: Agreement) -> None:
    notice(found)
    decided(found, outcome="renew", ends_on=dt.date(2019, 8, 31))
    due = Deadline.objects.get(kind="obligation")
    assert (due.due_on, due.settled_on) == (dt.date(2018, 9, 1), JUNE)
    facts = load(found.pk)
    assert facts is not None
    assert facts.on(JUNE).obligations == ()


def test_late_notice_does_not_stop_what_renews_by_itself() -> None:
    rule = {"notice_length": 90, "notice_unit": "days", "notice_day_kind": "calendar"}
    found = make_agreement(terms=[TERM | rule | {"renewal_kind": "automatic"}], deciders=["city"])
    notice(found)
    assert duties(found) == {}


# ── Public, held, kept ────────────────────────────────────────────────────────


def test_only_a_records_officer_hides_what_the_public_can_read(found: Agreement) -> None:
    event = save(Event(agreement=found, kind="meeting", title="A meeting"), occurred_on="2018-06")
    hidden = {"is_internal": True, "withheld_ground": "RTKL § 708"}
    save(Event.objects.get(pk=event.pk), **hidden)  # no one has seen it
    save(Event.objects.get(pk=event.pk), is_internal=False, withheld_ground="")
    with change(by=person("records_officer"), reason="Published"):
        publish(found)
    assert "can read this already" in refused(person("editor"), event, **hidden)
    with change(by=person("records_officer"), reason="By order of the court"):
        event.is_internal, event.withheld_ground = True, "Order of the court"
        event.save()


def test_only_a_records_officer_lifts_a_hold(found: Agreement) -> None:
    save(found, legal_hold=True, retain_until=dt.date(2030, 1, 1))
    assert "legal hold" in refused(person("editor"), found, legal_hold=False)
    assert "legal hold" in refused(person("editor"), found, retain_until=dt.date(2029, 1, 1))
    with pytest.raises(ValidationError, match="under legal hold"):
        delete(Agreement.objects.get(pk=found.pk))
    with change(by=person("records_officer"), reason="The case is over"):
        found.legal_hold = False
        found.save()
    with pytest.raises(ValidationError, match="kept until January 1, 2030"):
        delete(Agreement.objects.get(pk=found.pk))


def test_nothing_is_part_of_itself(found: Agreement) -> None:
    dhs, ice = make_party("dhs"), make_party("ice")
    save(ice, parent=dhs)
    assert "part of itself" in refused(person("editor"), dhs, parent=ice)
    other = make_agreement(reference="OTHER", parent=found)
    assert "part of itself" in refused(person("editor"), found, parent=other)


def test_a_text_of_any_length_is_refused_with_what_to_do(found: Agreement) -> None:
    with pytest.raises(ValidationError, match="at most 10000 fit"):
        save(found, purpose="x" * 10_001)
    found.refresh_from_db()
    save(found, purpose="x" * 10_000)


def test_a_text_that_was_too_long_before_stops_no_other_change(
    found: Agreement, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "LONGEST_TEXT", 20_000)
    save(found, purpose="x" * 10_001)
    monkeypatch.undo()
    save(found, title="Another title")
    with pytest.raises(ValidationError):
        save(found, purpose="y" * 10_001)
