"""What differs between two states of a record, and how texts and lists are compared."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import FieldDoesNotExist
from hypothesis import given
from hypothesis import strategies as st

from agreements.models import Agreement, Payment, Term
from revisions.diff import changed_facts, columns_of, fact_names, is_long, list_diff, word_diff
from sources.models import Citation


def test_a_fact_of_several_columns_comes_once() -> None:
    names = fact_names(Term)
    assert {"starts_on", "license_fee"} <= set(names)
    assert not {"starts_on_first", "starts_on_last", "currency", "fee_per_months", "id"} & set(
        names
    )
    assert columns_of(Term, "starts_on") == ("starts_on_first", "starts_on_last")
    assert columns_of(Term, "license_fee") == ("license_fee", "currency", "fee_per_months")
    assert columns_of(Payment, "term") == ("term_id",)
    with pytest.raises(FieldDoesNotExist):
        columns_of(Term, "nothing")


@pytest.mark.parametrize(
    ("before", "after", "names"),
    [
        (Term(number=1), Term(number=1), []),
        (Term(number=1), Term(number=2), ["number"]),
        (Term(starts_on="2008"), Term(starts_on="2008-01"), ["starts_on"]),
        (
            Term(license_fee=Decimal(1), currency="USD"),
            Term(license_fee=Decimal(1), currency="EUR"),
            ["license_fee"],
        ),
        (Term(currency="USD"), Term(currency="EUR"), []),  # no fee before or after
        (Agreement(decision_rule="all"), Agreement(), ["decision_rule"]),
        (Citation(value=0), Citation(value=False), ["value"]),
        (None, None, []),
    ],
)
def test_facts_that_differ(before: object, after: object, names: list[str]) -> None:
    assert list(changed_facts(before, after)) == names
    assert list(changed_facts(after, before)) == names


def test_a_record_that_was_not_there_differs_in_all_that_is_recorded() -> None:
    found = set(changed_facts(None, Payment(due_on=dt.date(2018, 1, 1))))
    assert found - {"is_internal"} == {"due_on"}


@given(before=st.text(alphabet="ab c.\n", max_size=60), after=st.text(alphabet="ab c.\n"))
def test_the_pieces_of_a_text_are_both_texts(before: str, after: str) -> None:
    pieces = word_diff(before, after)
    assert "".join(p.text for p in pieces if p.kind != "in") == before
    assert "".join(p.text for p in pieces if p.kind != "out") == after


@given(before=st.lists(st.integers(0, 3)), after=st.lists(st.integers(0, 3)))
def test_the_pieces_of_a_list_are_both_lists(before: list[int], after: list[int]) -> None:
    pieces = list_diff(before, after)
    assert [p.text for p in pieces if p.kind != "in"] == [str(i) for i in before]
    assert [p.text for p in pieces if p.kind != "out"] == [str(i) for i in after]


def test_only_the_words_that_differ_are_marked() -> None:
    pieces = word_diff("Ends on August 31, 2018.", "Ends on July 31, 2018.")
    marked = [(p.kind, p.text) for p in pieces if p.kind != "same"]
    assert marked == [("out", "August"), ("in", "July")]


def test_texts_with_little_in_common_are_shown_whole() -> None:
    pieces = word_diff("one two three", "four five six")
    assert [p.kind for p in pieces] == ["out", "in"]


def test_a_very_long_text_is_shown_whole() -> None:
    text = "word " * 3000
    assert [p.kind for p in word_diff(text, text + "more")] == ["out", "in"]


@pytest.mark.parametrize(
    ("before", "after", "long"),
    [("one", "two", False), ("one two", "one three", True), ("", "one two", False), (1, 2, False)],
)
def test_only_texts_of_some_words_are_compared(before: object, after: object, long: bool) -> None:
    assert is_long(before, after) is long
