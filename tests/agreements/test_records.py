"""What a row can tell of itself is refused by the database, and in words by the form."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import CheckConstraint

from agreements.facts import PARTS
from agreements.models import (
    Agreement,
    Concern,
    Decision,
    Event,
    Evidence,
    Incident,
    Mandate,
    NoticeGiven,
    Obligation,
    Participation,
    Payment,
    Proposal,
    Review,
    SharedElement,
    Term,
    Vote,
)
from revisions import change
from tests.factories import make_person
from tests.revisions.samples import TRACKED, Samples

BROKEN: dict[str, tuple[Any, dict[str, Any]]] = {
    "agreement_votes_needed_with_rule": (Agreement, {"decision_rule": "k_of_n"}),
    "agreement_withdrawn_with_office_and_reason": (Agreement, {"withdrawn_reason": "Wrong"}),
    "agreement_votes_needed_with_rule, none": (
        Agreement,
        {"decision_rule": "k_of_n", "votes_needed": 0},
    ),
    "agreement_votes_needed_with_rule, other": (
        Agreement,
        {"decision_rule": "all", "votes_needed": 2},
    ),
    "agreement_votes_needed_with_rule, no rule": (Agreement, {"votes_needed": 2}),
    "agreement_review_interval_positive": (Agreement, {"review_interval_months": 0}),
    "participation_dates_in_order": (
        Participation,
        {"acceded_on": "2018-06-02", "withdrew_on": "2018-06-01"},
    ),
    "term_dates_in_order": (
        Term,
        {"starts_on": "2018-06-02", "ends_on": "2018-06-01", "end_kind": "fixed"},
    ),
    "term_end_as_its_kind_says": (Term, {"end_kind": "fixed"}),
    "term_end_as_its_kind_says, none": (Term, {"end_kind": "none", "ends_on": "2018-06-01"}),
    "term_end_as_its_kind_says, not recorded": (Term, {"ends_on": "2018-06-01"}),
    "term_fee_with_currency": (Term, {"license_fee": Decimal(5600)}),
    "term_fee_with_currency, negative": (
        Term,
        {"license_fee": Decimal("-0.01"), "currency": "USD"},
    ),
    "term_fee_with_currency, alone": (Term, {"currency": "USD"}),
    "term_fee_with_currency, period alone": (Term, {"fee_per_months": 12}),
    "term_fee_period_positive": (
        Term,
        {"license_fee": Decimal(5600), "currency": "USD", "fee_per_months": 0},
    ),
    "term_notice_length_with_unit": (Term, {"notice_length": 30}),
    "term_notice_length_with_unit, alone": (Term, {"notice_unit": "days"}),
    "term_notice_length_with_unit, none": (Term, {"notice_length": 0, "notice_unit": "days"}),
    "term_notice_length_with_unit, other": (Term, {"notice_length": 1, "notice_unit": "years"}),
    "term_proposed_until_executed": (Term, {"is_proposed": True, "executed_on": "2018"}),
    "agreement_replaced_by_another": (Agreement, {"replaced_on": "2018-07-01"}),
    "proposal_note_on_a_ground": (Proposal, {"internal_note": "Ask the vendor"}),
    "proposal_note_on_a_ground, alone": (Proposal, {"withheld_ground": "RTKL § 708"}),
    "decision_announced_after_decided": (
        Decision,
        {"decided_on": "2018-07-27", "announced_on": "2018-07-26"},
    ),
    "vote_intention_only_announced": (Vote, {"value": "announced_intention"}),
    "vote_intention_only_announced, vote": (Vote, {"value": "no", "intention": "no"}),
    "vote_cast_here_by_somebody": (Vote, {"how": "here"}),
    "proposal_withdrawn_after_proposed": (Proposal, {"withdrawn_on": dt.date(2018, 8, 31)}),
    "proposal_fee_with_currency": (Proposal, {"license_fee": Decimal(1)}),
    "noticegiven_received_after_sent": (
        NoticeGiven,
        {"sent_on": "2018-07-26", "received_on": "2018-07-25"},
    ),
    "noticegiven_by_somebody": (NoticeGiven, {"office": "", "given_by": None}),
    "obligation_due_after_arising": (
        Obligation,
        {"arises_on": dt.date(2018, 9, 2), "due_on": dt.date(2018, 9, 1)},
    ),
    "payment_amount_with_currency": (Payment, {"amount": Decimal("-0.01")}),
    "payment_amount_with_currency, none": (Payment, {"currency": ""}),
    "review_completed_after_opened": (
        Review,
        {"opened_on": "2018-06-02", "completed_on": "2018-06-01"},
    ),
    "concern_answered_after_raised": (
        Concern,
        {"raised_on": "2018-07-12", "answered_on": "2018-07-11"},
    ),
    "concern_answered_or_never": (Concern, {"never_answered": True, "answer": "No"}),
    "concern_answered_or_never, dated": (
        Concern,
        {"never_answered": True, "answered_on": "2018"},
    ),
    "sharedelement_added_before_removed": (
        SharedElement,
        {"added_on": "2010-07-01", "removed_on": "2010-07-01"},
    ),
    "incident_told_after_it_occurred": (
        Incident,
        {"occurred_on": "2018-07-12", "notified_on": "2018-07-11"},
    ),
    "incident_closed_after_it_occurred": (
        Incident,
        {"occurred_on": "2018-07-12", "closed_on": "2018-07-11"},
    ),
    "mandate_days_in_order": (Mandate, {"until_on": dt.date(2017, 12, 31)}),
    "event_effect_of_resolution": (Event, {"kind": "meeting", "effect": "advisory"}),
    "event_ends_after_it_began": (
        Event,
        {"occurred_on": "2018-07-06", "ended_on": "2018-07-05"},
    ),
    "evidence_period_in_order": (
        Evidence,
        {"period_from": "2011-02-28", "period_to": "2008-10-27"},
    ),
}
BY_FIELD = {"Value 'years' is not a valid choice.", "This field cannot be blank."}
NEED_ANOTHER_ROW = {
    "agreement_not_part_of_itself",
    "agreement_not_replaced_by_itself",
    "decision_supersedes_another",
    "document_redacts_another",
    "party_not_part_of_itself",
    "proposal_settled_or_withdrawn",
    "sharedelement_removal_dated",
}

WHOLE = [(model, name) for model in TRACKED for name in getattr(model, "partial_dates", ())]


def raw_save(record: Any) -> None:
    """Save past every check of the model."""
    with transaction.atomic(), change(by=make_person(), reason="Raw"):
        record.save_base(raw=True)


def messages(record: Any) -> list[str]:
    with pytest.raises(ValidationError) as raised:
        record.full_clean()
    return raised.value.messages


def constraint(model: Any, name: str) -> CheckConstraint:
    return next(c for c in model._meta.constraints if c.name == name)


def test_every_check_of_the_database_is_broken_once_here() -> None:
    names = {c.name for m in TRACKED for c in m._meta.constraints if isinstance(c, CheckConstraint)}
    names -= {f"{m._meta.model_name}_withheld_on_a_ground" for m in PARTS.values()}
    whole = {f"{m._meta.model_name}_{name}_whole" for m, name in WHOLE}
    broken = {name.split(",")[0] for name in BROKEN}
    assert names == broken | whole | NEED_ANOTHER_ROW


@pytest.mark.parametrize("case", BROKEN)
def test_a_row_that_contradicts_itself_is_refused(samples: Samples, case: str) -> None:
    model, broken = BROKEN[case]
    record = samples.of(model).fresh()
    if model is Term and "is_proposed" not in broken:
        record.is_proposed = False
    for name, value in broken.items():
        setattr(record, name, value)
    message = str(constraint(model, case.split(",", maxsplit=1)[0]).violation_error_message)
    assert {message, *BY_FIELD} & set(messages(record))
    with pytest.raises(IntegrityError):
        raw_save(record)


@pytest.mark.parametrize("model", PARTS.values(), ids=lambda m: m.__name__)
@pytest.mark.parametrize("broken", [{"is_internal": True}, {"withheld_ground": "65 P.S. 67.708"}])
def test_what_is_withheld_names_its_ground(samples: Samples, model: Any, broken: Any) -> None:
    record = samples.of(model).fresh()
    for name, value in broken.items():
        setattr(record, name, value)
    assert any("ground" in message for message in messages(record))
    with pytest.raises(IntegrityError):
        raw_save(record)


@pytest.mark.parametrize(("model", "name"), WHOLE, ids=[f"{m.__name__}.{n}" for m, n in WHOLE])
def test_half_a_partial_date_is_refused(samples: Samples, model: Any, name: str) -> None:
    day, later = dt.date(2018, 7, 26), dt.date(2018, 7, 27)
    message = str(
        constraint(model, f"{model._meta.model_name}_{name}_whole").violation_error_message
    )
    assert message[:1] == name.replace("_", " ")[:1]
    for first, last in ((day, None), (None, day), (later, day)):
        record = samples.of(model).fresh()
        setattr(record, f"{name}_first", first)
        setattr(record, f"{name}_last", last)
        assert any("first" in said and "last" in said for said in messages(record))
        with pytest.raises(IntegrityError):
            raw_save(record)


@pytest.mark.parametrize("model", TRACKED, ids=lambda m: m._meta.label)
def test_a_record_that_is_well_formed_is_accepted(samples: Samples, model: Any) -> None:
    record = samples.of(model).fresh()
    record.full_clean()
    raw_save(record)


def test_a_decision_does_not_supersede_itself(samples: Samples) -> None:
    decision = samples.saved(Decision)
    decision.supersedes = decision
    message = constraint(Decision, "decision_supersedes_another").violation_error_message
    assert str(message) in messages(decision)
    with pytest.raises(IntegrityError):
        raw_save(decision)


def test_a_decision_is_superseded_once(samples: Samples) -> None:
    first = samples.saved(Decision)
    for number in range(2):
        record = samples.of(Decision).fresh()
        record.supersedes = first
        if number == 0:
            raw_save(record)
        else:
            with pytest.raises(IntegrityError):
                raw_save(record)


def test_a_removal_by_an_amendment_is_dated(samples: Samples) -> None:
    shared = samples.saved(SharedElement)
    amendment = samples.saved(next(m for m in TRACKED if m.__name__ == "Amendment"))
    shared.removed_by = amendment
    message = constraint(SharedElement, "sharedelement_removal_dated").violation_error_message
    assert str(message) in messages(shared)
    with pytest.raises(IntegrityError):
        raw_save(shared)
    shared.removed_on = "2010-07"
    raw_save(shared)


@pytest.mark.parametrize("name", ["parent", "replaced_by"])
def test_an_agreement_is_not_part_of_itself_nor_replaced_by_itself(
    samples: Samples, name: str
) -> None:
    agreement = samples.saved(Agreement)
    setattr(agreement, name, agreement)
    with pytest.raises(ValidationError):
        agreement.full_clean()
    with pytest.raises(IntegrityError):
        raw_save(agreement)


TWICE = {
    "a party in one role": (Participation, ("party", "role")),
    "a term's number": (Term, ("number",)),
    "a party's vote on a term": (Vote, ("party",)),
}


@pytest.mark.parametrize("what", TWICE)
def test_what_is_recorded_once_is_refused_twice(samples: Samples, what: str) -> None:
    model, names = TWICE[what]
    first, second = samples.saved(model), samples.of(model).fresh()
    for name in names:
        setattr(second, name, getattr(first, name))
    assert messages(second)
    with pytest.raises(IntegrityError):
        raw_save(second)


def test_an_announced_intention_stands_beside_the_vote(samples: Samples) -> None:
    vote = samples.saved(Vote)
    intended = samples.of(Vote).fresh()
    intended.party, intended.value, intended.intention = vote.party, "announced_intention", "no"
    intended.full_clean()
    raw_save(intended)


@pytest.mark.parametrize(
    "reference", ["", " PARS", "PARS ICE", "-PARS", "PARS\n", "PÄRS", "PARS?x", "<b>"]
)
def test_a_reference_that_no_address_can_hold_is_refused(samples: Samples, reference: str) -> None:
    agreement = samples.of(Agreement).fresh()
    agreement.reference = reference
    assert messages(agreement)


@pytest.mark.parametrize("currency", ["usd", "US", "USDX", "U$D", "12A"])
def test_a_currency_is_three_capital_letters(samples: Samples, currency: str) -> None:
    for model in (Payment, Term):
        record = samples.of(model).fresh()
        record.currency = currency
        setattr(record, "amount" if model is Payment else "license_fee", Decimal(1))
        assert any("three capital letters" in said for said in messages(record))


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "ftp://example.org/", "data:text/html,x", "//example.org"]
)
def test_a_guide_is_a_web_page(samples: Samples, address: str) -> None:
    guide = samples.of(next(m for m in TRACKED if m.__name__ == "Guide")).fresh()
    guide.address = address
    assert messages(guide)
