"""Sources and citations, and what they say side by side."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from agreements.claims import claims, conflicts, fact_value, fee_value, show_value
from agreements.models import Agreement, Term
from sources.models import Citation, Source
from tests.factories import (
    facts_of,
    make_agreement,
    make_citation,
    make_party,
    make_source,
    make_system,
    save,
    writing,
)


@pytest.fixture
def agreement(db: None) -> Agreement:
    """One term, of 2008 to August 2010, at $5,565 a year."""
    return make_agreement(
        terms=[
            {
                "starts_on": "2008",
                "ends_on": "2010-08-31",
                "license_fee": "5565",
                "fee_per_months": 12,
            }
        ]
    )


@pytest.fixture
def term(agreement: Agreement) -> Term:
    """Its term."""
    return agreement.term_set.get()


def said(record: Any, name: str) -> list[tuple[Any, bool, int]]:
    agreement = record if isinstance(record, Agreement) else record.agreement
    facts = facts_of(agreement)
    return [(c.value, c.is_followed, len(c.citations)) for c in claims(facts, record, name)]


def test_a_source_is_marked_once(db: None) -> None:
    make_source("op18")
    with pytest.raises(IntegrityError), transaction.atomic(), writing():
        Source.objects.create(key="op18", title="Another")


def test_a_source_that_is_cited_is_kept(db: None) -> None:
    citation = make_citation(make_party())
    with pytest.raises(ProtectedError), writing():
        citation.source.delete()


@pytest.mark.parametrize("name", ["address", "archive_address"])
@pytest.mark.parametrize("value", ["javascript:alert(1)", "ftp://example.org/x", "example.org"])
def test_a_sources_addresses_are_web_pages(db: None, name: str, value: str) -> None:
    with pytest.raises(ValidationError):
        Source(key="a", title="A", **{name: value}).full_clean()


def test_values_that_agree_are_one_claim_with_both_sources(term: Term) -> None:
    for _ in range(2):
        make_citation(term, "ends_on", value="2010-08-31")
    assert said(term, "ends_on") == [("2010-08-31", True, 2)]


def test_values_that_differ_all_stand_the_followed_one_first(term: Term) -> None:
    make_citation(term, "ends_on", value="2010-07-01")
    make_citation(term, "ends_on", value="2010-08-31")
    assert said(term, "ends_on") == [("2010-08-31", True, 1), ("2010-07-01", False, 1)]
    (conflict,) = conflicts(facts_of(term.agreement), [term])
    assert conflict.is_settled
    assert conflict.field == "ends_on"


def test_a_fact_that_no_value_is_followed_of_is_an_unsettled_conflict(agreement: Agreement) -> None:
    record = save(Term(agreement=agreement, number=2, starts_on="2010-09-01"))
    for months, amount in ((24, 5600), (12, 5565)):
        make_citation(record, "license_fee", value=fee_value(Decimal(amount), "USD", months))
    (conflict,) = conflicts(facts_of(agreement), [record])
    assert not conflict.is_settled
    assert [claim.shown for claim in conflict.claims] == ["$5,600 for two years", "$5,565 a year"]


def test_a_value_without_a_source_is_held_and_no_conflict(term: Term) -> None:
    assert said(term, "ends_on") == [("2010-08-31", True, 0)]
    assert conflicts(facts_of(term.agreement), [term]) == []


def test_a_citation_of_the_whole_record_is_no_claim_of_a_field(term: Term) -> None:
    make_citation(term)
    assert said(term, "ends_on") == [("2010-08-31", True, 0)]


def test_a_source_that_says_that_it_does_not_know_makes_no_claim(term: Term) -> None:
    make_citation(term, "ends_on", value=None)
    assert said(term, "ends_on") == [("2010-08-31", True, 0)]


@pytest.mark.parametrize("amount", ["5565", "5565.0", "5565.00"])
def test_an_amount_is_the_same_however_many_zeros_it_has(term: Term, amount: str) -> None:
    value = {"per_months": 12, "amount": amount, "currency": "USD"}
    make_citation(term, "license_fee", value=value)
    assert len(said(term, "license_fee")) == 1


def test_the_same_amount_for_another_period_is_another_fee(term: Term) -> None:
    make_citation(term, "license_fee", value=fee_value(Decimal(5565), "USD", 24))
    assert len(said(term, "license_fee")) == 2


def test_the_same_day_written_otherwise_is_the_same_day(term: Term) -> None:
    """2010-08 is less than is known, and 2008/2008 is all of 2008."""
    make_citation(term, "starts_on", value="2008-01-01/2008-12-31")
    assert len(said(term, "starts_on")) == 1


def test_claims_of_a_relation_each_show_their_own(agreement: Agreement) -> None:
    held, other = make_system("pars", name="PARS"), make_system("jail", name="Jail records")
    save(agreement, system=held)
    make_citation(agreement, "system", value=held.pk)
    make_citation(agreement, "system", value=other.pk)
    found = claims(facts_of(agreement), facts_of(agreement).agreement, "system")
    assert [claim.shown for claim in found] == ["PARS", "Jail records"]


FACTS = [
    ("kind", "license", "license"),
    ("decision_rule", {"rule": "all", "needed": None}, "all deciding parties must be for renewing"),
    ("replaced_on", "2018-07", "July 2018"),
    ("purpose", None, "Not recorded"),
]


@pytest.mark.parametrize(("name", "value", "expected"), FACTS)
def test_a_value_is_shown_as_people_read_it(name: str, value: Any, expected: str) -> None:
    assert show_value(Agreement(), name, value) == expected


FEES = [
    (5600, 24, "$5,600 for two years"),
    (5565, 12, "$5,565 a year"),
    (10, 1, "$10 a month"),
    (10, None, "$10 for the term"),
    ("10.5", 3, "$10.50 for 3 months"),
    (0, 12, "$0 a year"),
]


@pytest.mark.parametrize(("amount", "months", "expected"), FEES)
def test_a_fee_is_shown_with_what_it_is_for(amount: Any, months: int | None, expected: str) -> None:
    assert show_value(Term(), "license_fee", fee_value(Decimal(amount), "USD", months)) == expected


def test_a_fee_in_another_currency_names_it() -> None:
    assert show_value(Term(), "license_fee", fee_value(Decimal(5600), "EUR", 12)) == (
        "5,600 EUR a year"
    )


def test_what_is_not_recorded_is_no_value() -> None:
    term = Term()
    assert [fact_value(term, name) for name in ("starts_on", "license_fee", "renewal_kind")] == [
        None,
        None,
        None,
    ]


def test_a_citation_says_what_it_is_about() -> None:
    citation = Citation(target_model="agreements.Term", target_id=3, field="ends_on")
    assert citation.target == ("agreements.Term", 3)
    assert str(citation) == "agreements.Term 3 ends_on"


def test_a_citation_of_something_that_is_no_fact_does_not_break_the_record(
    agreement: Agreement,
) -> None:
    """Entered by a program, or left behind by a field that was renamed."""
    make_citation(agreement, "no_such_field", value="x")
    make_citation(agreement.term_set.get(), "ends_on", value="sometime in summer")
    make_citation(agreement.term_set.get(), "license_fee", value="a lot")
    from agreements.as_json import agreement_json
    from agreements.public import agreement_view
    from civil.clock import today

    assert agreement_json(agreement_view(facts_of(agreement), today()))
