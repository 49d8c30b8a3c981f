"""License fees: which installments count, by agreement, party, year and currency."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from civil.partial import PartialDate
from reports.extracts.records import Request
from tests.factories import make_agreement
from tests.reports.extracts.test_extracts import ON, built, rows_of

P = PartialDate.parse


@pytest.fixture
def payer(db: None) -> None:
    """Two agreements of one party that pays in three currencies, on days known more or less."""
    now = timezone.now()
    make_agreement(
        reference="PAY-1", published_at=now, recipients=["water"],
        terms=[{"starts_on": P("2017-01-01"), "ends_on": P("2018-12-31"), "license_fee": "1000"},
               {"starts_on": P("2019-01-01"), "ends_on": P("2019-12-31")}],
        payments=[
            {"amount": "400.50", "currency": "EUR", "due_on": P("2018-02-01"),
             "received_on": P("2018-02-03")},
            {"amount": "599.50", "currency": "EUR", "due_on": P("2018-03"),
             "received_on": P("2018-04")},
            {"amount": "1000", "currency": "EUR", "due_on": P("2017")},
            {"amount": "10", "currency": "EUR", "received_on": P("2018-05-01")},
            {"amount": "70", "currency": "EUR", "due_on": P("2019-02-01"), "term": 2},
        ],
    )  # fmt: skip
    make_agreement(
        reference="PAY-2", published_at=now, recipients=["water"],
        terms=[{"starts_on": P("2017-01-01"), "end_kind": "none"}],
        payments=[
            {"amount": "1234.56", "currency": "USD", "due_on": P("2018-01-01"),
             "received_on": P("2018-01-02")},
            {"amount": "100000", "currency": "JPY", "due_on": P("2018-12-01")},
            {"amount": "77777", "currency": "USD", "due_on": P("2018-07-01"),
             "is_internal": True, "withheld_ground": "Law"},
        ],
    )  # fmt: skip


def of_staff(on: dt.date = ON) -> Any:
    return built("fees", request=Request(on, "internal"))


def test_a_row_for_each_party_year_and_currency_with_amounts_as_numbers(payer: None) -> None:
    report = of_staff()
    assert rows_of(report, "by_party_and_year") == [
        ["Water", None, 1, 1, "EUR", 10, 10],
        ["Water", 2017, 1, 0, "EUR", 1000, 0],
        ["Water", 2018, 2, 2, "EUR", 1000, 1000],
        ["Water", 2018, 1, 0, "JPY", 100000, 0],
        ["Water", 2018, 2, 1, "USD", Decimal("79011.56"), Decimal("1234.56")],
    ]
    assert [row[:4] for row in rows_of(report, "by_agreement_and_year")] == [
        ["PAY-1", None, 1, 1],
        ["PAY-1", 2017, 1, 0],
        ["PAY-1", 2018, 2, 2],
        ["PAY-2", 2018, 1, 0],
        ["PAY-2", 2018, 2, 1],
    ]


def test_the_public_counts_the_same_but_for_what_is_hidden_and_sees_no_amount(payer: None) -> None:
    report = built("fees")
    assert rows_of(report, "by_party_and_year") == [
        ["Water", None, 1, 1], ["Water", 2017, 1, 0], ["Water", 2018, 4, 3]
    ]  # fmt: skip
    assert report.notes[-1] == "Amounts of installments are not published."
    for key in ("by_agreement_and_year", "by_party_and_year", "installments"):
        table = next(t for t in report.tables if t.key == key)
        assert not {"amount", "currency"} & {column.key for column in table.columns}
    assert "599" not in str(report.tables)


def test_days_known_to_the_month_or_year_stand_in_the_list(payer: None) -> None:
    due = [row[2] for row in rows_of(built("fees"), "installments")]
    assert due == ["2017", dt.date(2018, 1, 1), dt.date(2018, 2, 1), "2018-03",
                   dt.date(2018, 12, 1), None]  # fmt: skip


@pytest.mark.parametrize(
    ("on", "count", "received"),
    [("2016-12-31", 0, 0), ("2018-02-03", 7, 2), ("2018-12-31", 7, 4), ("2019-01-01", 8, 4)],
)
def test_only_installments_of_terms_begun_by_the_day_count(
    payer: None, on: str, count: int, received: int
) -> None:
    rows = rows_of(of_staff(dt.date.fromisoformat(on)), "by_agreement_and_year")
    assert (sum(row[2] for row in rows), sum(row[3] for row in rows)) == (count, received)


def test_what_was_received_before_its_term_began_counts(db: None) -> None:
    make_agreement(
        reference="EARLY", published_at=timezone.now(), recipients=["water"],
        terms=[{"starts_on": P("2019-01-01"), "ends_on": P("2019-12-31")}],
        payments=[{"amount": "5", "currency": "USD", "due_on": P("2019-01-31"),
                   "received_on": P("2018-06-01")}],
    )  # fmt: skip
    report = built("fees")
    assert rows_of(report, "by_agreement_and_year") == [["EARLY", 2019, 1, 1]]
    assert report.sentence == (
        "License fees of 1 agreement. "
        "1 installment whose term had begun, or that was received; received: 1."
    )


def test_the_sentence_says_what_is_counted(payer: None) -> None:
    assert built("fees").sentence.startswith("License fees of 2 agreements. 6 installments")
    assert built("fees", request=Request(dt.date(2011, 12, 1))).sentence == (
        "License fees of 2 agreements. No installment of a term that had begun is recorded."
    )
