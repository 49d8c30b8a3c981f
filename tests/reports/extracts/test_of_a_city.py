"""What each report says of a register written for it: counts, money, categories, completeness.

A module of its own, for it needs a register that holds nothing else.
"""

import datetime as dt
from collections.abc import Callable

import pytest
from django.utils import timezone, translation

from agreements import loading
from agreements.models import Agreement, Decision, Incident
from civil.partial import PartialDate
from reports.briefs import issue
from reports.extracts import completeness, fees
from reports.extracts.catalogue import KINDS
from reports.extracts.records import Request
from tests.factories import make_agreement, make_element, make_party, writing
from tests.reports.extracts.test_extracts import ON, built, rows_of

pytestmark = pytest.mark.pdf


@pytest.fixture
def city(db: None) -> None:
    """Three agreements that end on 31 August, one earlier, one that is not published."""
    now = timezone.now()
    term = {"starts_on": "2017-09-01", "ends_on": "2018-08-31", "renewal_kind": "by_decision"}
    named = {"category": "Name", "sensitivity": "special"}
    with writing():
        make_party("water", name="Water Authority")
        for n in range(3):
            make_agreement(
                reference=f"AUG-{n}", published_at=now, recipients=["water"],
                terms=[term | {"license_fee": "1200"}], legal_basis="Code § 1",
                payments=[{"amount": "600", "due_on": "2018-01-31", "received_on": "2018-02-03"},
                          {"amount": "600", "due_on": "2018-07-31"}],
                shared_elements=[{"element": make_element(f"Name {n}", **named)}],
            )  # fmt: skip
        make_agreement(
            reference="EARLY", published_at=now, terms=[term | {"ends_on": "2018-07-01"}]
        )
        make_agreement(reference="SECRET", terms=[term], recipients=["hidden"])


def test_deadlines_put_the_largest_pile_first_and_then_go_by_date(city: None) -> None:
    report = built("deadlines")
    piles = rows_of(report, "piles")
    counts = [count for _, count, *_ in piles]
    assert counts == sorted(counts, reverse=True)
    assert dt.date(2018, 8, 31) in [due for due, count, *_ in piles if count == 3]
    days = [row[0] for row in rows_of(report, "dates")]
    assert days == sorted(days)
    assert min(days) >= ON
    assert not any("SECRET" in str(row) for row in rows_of(report, "dates"))
    assert any(
        "SECRET" in str(row)
        for row in rows_of(built("deadlines", request=Request(ON, "internal")), "dates")
    )
    one_month = [
        row[0] for row in rows_of(built("deadlines", request=Request(ON, months=1)), "dates")
    ]
    assert one_month == [d for d in days if d <= dt.date(2018, 7, 15)]


def test_fees_say_what_is_due_and_received_and_amounts_to_staff_only(city: None) -> None:
    public, internal = built("fees"), built("fees", request=Request(ON, "internal"))
    assert rows_of(public, "by_party_and_year") == [["Water Authority", 2018, 6, 3, None, None]]
    assert rows_of(internal, "by_party_and_year") == [["Water Authority", 2018, 6, 3, 3600, 1800]]
    first, last = dt.date(2017, 9, 1), dt.date(2018, 8, 31)
    assert [r[1:6] for r in rows_of(public, "fees") if r[0] == "AUG-0"] == [
        ["Water Authority", 1, first, last, "$1,200 for the term"]
    ]
    assert "600" not in str(rows_of(public, "installments"))
    assert public.notes[-1] == "Amounts of installments are not published."
    assert fees.build(Request(dt.date(2018, 2, 1))).tables[1].rows[0][3].value == 0


def test_recipients_by_category_name_what_is_sensitive_in_words(city: None) -> None:
    report = built("recipients")
    assert rows_of(report, "matrix") == [["Water Authority", 3]]
    table = next(t for t in report.tables if t.key == "matrix")
    assert "".join(p.text for p in table.rows[0][1].text) == "3 (3 sensitive)"
    assert len(rows_of(report, "elements")) == 3


def test_completeness_lists_the_least_complete_first(city: None) -> None:
    report = built("completeness")
    shares = [row[2] for row in rows_of(report, "agreements")]
    assert shares == sorted(shares)
    assert rows_of(report, "agreements")[0][0] == "EARLY"
    assert "Legal basis" not in str(rows_of(report, "agreements")[-1])
    assert report.sentence == "0 of 4 agreements are recorded in full."
    assert completeness.build(Request(ON, "internal")).sentence.startswith("0 of 5")


def test_disclosure_counts_what_was_in_force_in_the_year(city: None) -> None:
    report = built("disclosure")
    assert [row[0] for row in rows_of(report, "agreements")] == ["AUG-0", "AUG-1", "AUG-2", "EARLY"]
    assert rows_of(report, "agreements")[0][1:4] == ["Water Authority", "Name", "Code § 1"]
    later = built("disclosure", request=Request(dt.date(2019, 3, 1)))
    assert rows_of(later, "agreements") == []
    assert rows_of(report, "incidents") == []


def test_disclosure_tells_incidents_of_the_year_and_those_still_open(city: None) -> None:
    agreement = Agreement.objects.get(reference="AUG-0")
    with writing():
        for title, day, closed, more in (
            ("Old and closed", "2015-03-03", "2015-04-01", {}),
            ("Old and open", "2015-03-03", None, {}),
            ("New", "2018-03-03", "2018-04-01", {}),
            ("Hidden", "2018-03-03", None, {"is_internal": True, "withheld_ground": "Law"}),
        ):
            Incident.objects.create(
                agreement=agreement,
                kind=Incident.Kind.BREACH,
                standing=Incident.Standing.CONFIRMED,
                title=title,
                occurred_on=PartialDate.parse(day),
                closed_on=PartialDate.parse(closed) if closed else None,
                **more,
            )
    found = rows_of(built("disclosure"), "incidents")
    assert [row[:3] for row in found] == [
        ["AUG-0", "Old and open", "Breach, confirmed"],
        ["AUG-0", "New", "Breach, confirmed"],
    ]
    internal = rows_of(built("disclosure", request=Request(ON, "internal")), "incidents")
    assert "Hidden" in [row[1] for row in internal]


def test_a_terminated_agreement_ends_on_the_day_of_the_decision(city: None) -> None:
    agreement = Agreement.objects.get(reference="EARLY")
    term = agreement.term_set.get()
    with writing():
        Decision.objects.create(
            agreement=agreement,
            term=term,
            outcome=Decision.Outcome.TERMINATE,
            decided_on=PartialDate.parse("2017-12-01"),
            takes_effect_on=PartialDate.parse("2018-01-01"),
        )
    assert "EARLY" not in [row[0] for row in rows_of(built("disclosure"), "agreements")]
    year = built("disclosure", request=Request(dt.date(2017, 12, 31)))
    assert "EARLY" in [row[0] for row in rows_of(year, "agreements")]
    with translation.override("en"):
        part = issue.compose(loading.load(agreement.pk), issue.Wish(ON), None)
    ends = part.key_facts[0]
    assert (ends.label, ends.value[0].text) == ("Ended", "December 31, 2017")
    assert ends.note[0].text == "by its terms July 1, 2018"
    assert "Ended: December 31, 2017" in [m.label for m in part.timeline.moments]
    (shown,) = [m.at for m in part.timeline.moments if m.kind == "day"]
    assert max(span.end for span in part.timeline.spans) < shown, "its term would go on to July"


def test_parties_of_the_same_name_are_told_apart(city: None) -> None:
    now = timezone.now()
    term = {"starts_on": "2017-09-01", "ends_on": "2018-08-31", "renewal_kind": "by_decision"}
    with writing():
        for n, parent in enumerate(("Texas", "Florida")):
            above = make_party(parent.lower(), name=parent)
            make_party(f"sheriff-{n}", name="Sheriff", parent=above)
            make_agreement(
                reference=f"S-{n}", published_at=now, recipients=[f"sheriff-{n}"],
                terms=[term], payments=[{"amount": "10", "due_on": "2018-01-31"}],
                shared_elements=[{"element": make_element(f"E{n}", category="Name")}],
            )  # fmt: skip
    sums = rows_of(built("fees"), "by_party_and_year")
    assert [r[:3] for r in sums if "Sheriff" in r[0]] == [
        ["Sheriff (Florida)", 2018, 1], ["Sheriff (Texas)", 2018, 1]
    ]  # fmt: skip
    matrix = rows_of(built("recipients"), "matrix")
    assert [r[0] for r in matrix if "Sheriff" in r[0]] == ["Sheriff (Florida)", "Sheriff (Texas)"]


def test_reports_ask_no_more_of_a_larger_register(
    city: None, assert_constant_queries: Callable[..., int]
) -> None:
    def grow() -> None:
        with writing():
            for n in range(12):
                make_agreement(
                    reference=f"MORE-{n}", published_at=timezone.now(), recipients=["water"],
                    terms=[{"starts_on": "2017-09-01", "ends_on": "2018-08-31"}],
                )  # fmt: skip

    def all_reports() -> None:
        for name in KINDS:
            built(name)

    assert_constant_queries(all_reports, grow, most=60)
