"""What each report says of a register written for it: counts, money, categories, completeness.

A module of its own, for it needs a register that holds nothing else.
"""

import datetime as dt
from collections.abc import Callable

import pytest
from django.utils import timezone, translation

from agreements import loading
from agreements.models import Agreement, Concern, Decision, Incident
from civil.partial import PartialDate
from reports.briefs import issue
from reports.extracts import completeness
from reports.extracts.catalogue import KINDS
from reports.extracts.records import Request
from tests.factories import make_agreement, make_element, make_party, save, writing
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


def open_on(*days: str) -> None:
    """Agreements of their own, each with a concern to answer by a day."""
    for due_on in days:
        make_agreement(
            published_at=timezone.now(),
            deciders=["city"],
            concerns=[{"title": "Why?", "answer_due_on": dt.date.fromisoformat(due_on)}],
        )  # fmt: skip


def sentence(months: int = 12) -> str:
    return built("deadlines", request=Request(ON, months=months)).sentence


def test_deadlines_name_the_days_that_have_the_most_and_none_where_each_has_one(db: None) -> None:
    first, second, third, fourth = "2018-07-02", "2018-08-31", "2018-09-03", "2018-10-01"
    for days, said in (
        ((first, second), ""),
        ((first,), " July 2, 2018 has the most: 2."),
        ((second,), " July 2, 2018 and August 31, 2018 have the most: 2 each."),
        ((third, third), " July 2, 2018, August 31, 2018 and September 3, 2018 have the most: 2 e"),
        ((fourth, fourth), " 4 days have the most: 2 each."),
        ((fourth,), " October 1, 2018 has the most: 3."),
    ):
        open_on(*days)
        assert sentence().partition(".")[2].startswith(said), said
    assert sentence(months=1) == "2 deadlines by July 15, 2018. July 2, 2018 has the most: 2."


def test_deadlines_speak_of_one_in_the_singular_and_end_with_what_is_overdue(db: None) -> None:
    open_on("2018-06-20", "2018-06-01")
    report = built("deadlines", request=Request(ON, months=1))
    assert report.title == "Deadlines of the next month"
    assert report.sentence == "1 deadline by July 15, 2018. 1 more is overdue and stands last."
    assert [table.key for table in report.tables] == ["piles", "dates", "overdue"]


def test_deadlines_of_an_unusual_span_say_so_in_address_and_name(db: None) -> None:
    usual, three, one = (built("deadlines", request=Request(ON, months=m)) for m in (12, 3, 1))
    assert usual.address.endswith("/reports/deadlines/?on=2018-06-15")
    assert three.address.endswith("/reports/deadlines/?on=2018-06-15&months=3")
    stems = [report.file_stem for report in (usual, three, one)]
    assert stems == [
        "deadlines-2018-06-15-en", "deadlines-3-months-2018-06-15-en",
        "deadlines-1-month-2018-06-15-en",
    ]  # fmt: skip


def test_spanish_deadlines_mark_titles_and_parties_as_english(city: None) -> None:
    report = built("deadlines", "es")
    piles, dates = report.tables[:2]
    assert {p.lang for row in piles.rows for p in row[3].text} == {"en-US"}
    deciders = {p.lang for row in dates.rows for p in row[5].text if p.tone != "soft"}
    assert deciders <= {"en-US"}


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


def test_recipients_by_category_name_what_is_sensitive_in_words(city: None) -> None:
    report = built("recipients")
    assert rows_of(report, "matrix") == [["Water Authority", 3, 3]]
    assert report.sentence == "1 recipient gets data. Recorded categories: 1."
    table = next(t for t in report.tables if t.key == "matrix")
    assert "".join(p.text for p in table.rows[0][1].text) == "3 (3 sensitive)"
    assert len(rows_of(report, "elements")) == 3


def test_recipients_do_not_count_what_is_not_recorded_as_a_category(city: None) -> None:
    with writing():
        make_agreement(
            reference="BARE", published_at=timezone.now(), recipients=["water"],
            terms=[{"starts_on": "2017-09-01"}],
            shared_elements=[{"element": make_element("Uncategorized")}],
        )  # fmt: skip
    report = built("recipients")
    assert report.sentence == "1 recipient gets data. Recorded categories: 1."
    heads = [column.label for column in report.tables[0].columns]
    assert heads == ["Recipient", "Not recorded", "Name", "Sensitive, in all"]
    assert rows_of(report, "matrix") == [["Water Authority", 1, 3, 3]]


def test_completeness_lists_the_least_complete_first(city: None) -> None:
    report = built("completeness")
    shares = [row[2] for row in rows_of(report, "agreements")]
    assert shares == sorted(shares)
    assert rows_of(report, "agreements")[0][0] == "EARLY"
    assert "Legal basis" not in str(rows_of(report, "agreements")[-1])
    assert report.sentence == "Agreements recorded in full: 0 of 4."
    assert completeness.build(Request(ON, "internal")).sentence.endswith("0 of 5.")


def test_disclosure_counts_what_was_in_force_in_the_year(city: None) -> None:
    report = built("disclosure")
    assert [row[0] for row in rows_of(report, "agreements")] == ["AUG-0", "AUG-1", "AUG-2", "EARLY"]
    assert rows_of(report, "agreements")[0][1:4] == ["Water Authority", "Name", "Code § 1"]
    later = built("disclosure", request=Request(dt.date(2019, 3, 1)))
    assert rows_of(later, "agreements") == []
    assert rows_of(report, "incidents") == []


def test_disclosure_tells_concerns_of_agreements_that_had_ended(city: None) -> None:
    agreement = Agreement.objects.get(reference="EARLY")
    with writing():
        for title, raised, answered in (
            ("Never answered", "2016-03-01", None),
            ("Answered before", "2016-03-01", "2016-05-01"),
            ("Raised after the end", "2019-02-01", "2019-03-01"),
        ):
            Concern.objects.create(
                agreement=agreement,
                title=title,
                raised_on=PartialDate.parse(raised),
                answered_on=PartialDate.parse(answered) if answered else None,
            )
    report = built("disclosure", request=Request(dt.date(2019, 6, 15)))
    assert rows_of(report, "agreements") == []
    told = [row[:2] for row in rows_of(report, "concerns")]
    assert told == [["EARLY", "Never answered"], ["EARLY", "Raised after the end"]]
    save(agreement, published_at=None)
    hidden = built("disclosure", request=Request(dt.date(2019, 6, 15)))
    assert rows_of(hidden, "concerns") == []


def test_disclosure_names_who_received_data_in_the_year_and_left(city: None) -> None:
    date = PartialDate.parse
    with writing():
        make_agreement(
            reference="LEFT", published_at=timezone.now(),
            recipients=[
                {"party": "stays"},
                {"party": "left", "withdrew_on": date("2018-03-31")},
                {"party": "left-vaguely", "withdrew_on": date("2018-02")},
                {"party": "long-gone", "withdrew_on": date("2018-01-01")},
                {"party": "leaves-later", "withdrew_on": date("2018-07-01")},
                {"party": "comes-later", "acceded_on": date("2018-09-01")},
            ],
            terms=[{"starts_on": "2017-09-01", "ends_on": "2018-12-31"}],
        )  # fmt: skip
    told = next(r for r in rows_of(built("disclosure"), "agreements") if r[0] == "LEFT")
    assert told[1] == (
        "Stays; Left (withdrew March 31, 2018); Left-Vaguely (withdrew February 2018); Leaves-Later"
    )


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
