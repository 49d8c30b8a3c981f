"""What sources say of a record: entered, side by side, and which one the record follows."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from agreements.claims import fact_value, hold
from agreements.models import Deadline, Term
from agreements.upkeep import rebuild
from desk.sourcing import CITABLE, fact_columns
from parties.models import Party
from revisions.diff import fact_names
from sources.models import Citation
from tests.factories import (
    make_agreement,
    make_citation,
    make_party,
    make_person,
    make_source,
    save,
)
from tests.portal.reading import Page
from tests.revisions.samples import Samples

TERM = {
    "starts_on": "2017-09-01", "ends_on": "2018-08-31", "license_fee": "5565",
    "fee_per_months": 12,
}  # fmt: skip


@pytest.fixture(autouse=True)
def june(settings: Any, tmp_path: Any) -> None:
    settings.PACTWATCH_TODAY = dt.date(2018, 6, 15)


@pytest.fixture
def term(db: None) -> Term:
    agreement = make_agreement(reference="CITY-ICE", published_at=timezone.now(), terms=[TERM])
    make_source("letter", title="The letter")
    return agreement.term_set.get()


@pytest.fixture
def desk(client: Client, db: None) -> Client:
    client.force_login(make_person("editor@example.org", role="editor", name="Eda"))
    return client


def address(record: Any, fact: str = "") -> str:
    return f"/desk/sources/{record._meta.label}/{record.pk}/" + (f"{fact}/" if fact else "")


def typed(desk: Client, url: str, **more: str) -> dict[str, Any]:
    """What a browser would send of the form as it opens, with something typed."""
    form = desk.get(url).context["form"]
    found = {}
    for bound in form:
        value = bound.field.prepare_value(bound.value())
        if value not in (None, ""):
            found[bound.html_name] = str(value)
    return found | more


def cite(desk: Client, record: Any, fact: str, **more: str) -> Any:
    url = address(record, fact)
    said = {"source": "The letter", "reason": "The letter came"} | more
    return desk.post(url, typed(desk, url, **said))


# ── Entered ───────────────────────────────────────────────────────────────────


def test_a_source_that_agrees_is_named_as_the_form_stands(term: Term, desk: Client) -> None:
    for fact in ("ends_on", "license_fee"):
        assert cite(desk, term, fact, quotation="so it says", locator="p. 2").status_code == 302
    said = {c.field: c.value for c in Citation.objects.all()}
    assert said == {
        "ends_on": "2018-08-31",
        "license_fee": {"amount": "5565.00", "currency": "USD", "per_months": 12},
    }
    page = Page(desk.get(address(term))).text
    for word in ("The letter, p. 2: “so it says”", "followed", "$5,565 a year"):
        assert word in page
    assert "sources disagree" not in page.split("What sources say")[1]


def test_one_that_disagrees_stands_beside_it(term: Term, desk: Client) -> None:
    cite(desk, term, "ends_on")
    cite(desk, term, "ends_on", ends_on="July 1, 2018", why="A slip")
    assert "sources disagree" in Page(desk.get(address(term))).text
    public = Page(Client().get("/agreements/city-ice/")).section("sources").text
    assert "Sources disagree. Term 1: last day" in public
    assert "July 1, 2018" in public
    term.refresh_from_db()
    assert str(term.ends_on) == "2018-08-31"


def test_what_is_no_value_stands_in_the_words_of_its_source(term: Term, desk: Client) -> None:
    cite(desk, term, "starts_on", words="a two-year license", starts_on="")
    assert Citation.objects.get().value == "a two-year license"
    assert "a two-year license" in Page(desk.get(address(term))).text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"source": "No such"}, "There is no source of this name"),
        ({"source": ""}, "required"),
        ({"ends_on": "the day after"}, "2008"),
        ({"ends_on": ""}, "Say what the source gives"),
        ({"quotation": "x" * 601}, "at most 600"),
    ],
)
def test_what_is_wrong_is_said(term: Term, desk: Client, wrong: dict[str, str], said: str) -> None:
    url = address(term, "ends_on")
    answer = desk.post(url, typed(desk, url, source="The letter") | wrong)
    assert answer.status_code == 422
    assert said in Page(answer).text
    assert Citation.objects.count() == 0


def test_a_relation_is_cited_by_name(term: Term, desk: Client) -> None:
    agreement = term.agreement
    make_party("board", name="The Board")
    cite(desk, agreement, "department", department="The Board")
    assert Citation.objects.get().value == Party.objects.get(slug="board").pk
    assert "The Board" in Page(desk.get(address(agreement))).text


# ── Followed ──────────────────────────────────────────────────────────────────


def follow(desk: Client, citation: Citation, why: str = "The text itself") -> str:
    url = f"/desk/citations/{citation.pk}/follow/"
    answer = desk.post(url, {"why": why}, follow=True)
    if "What follows when you save" in Page(answer).text:
        answer = desk.post(url, {"why": why, "confirmed": "1"}, follow=True)
    return Page(answer).text


def test_following_another_value_moves_the_record_and_its_deadlines(
    term: Term, desk: Client
) -> None:
    citation = make_citation(term, "ends_on", value="2018-07-01", source=make_source("letter"))
    url = f"/desk/citations/{citation.pk}/follow/"
    shown = Page(desk.post(url, {"why": "The text itself"})).text
    assert "July 1, 2018" in shown
    term.refresh_from_db()
    assert str(term.ends_on) == "2018-08-31", "nothing is saved before it was seen"
    assert "Saved." in follow(desk, citation)
    term.refresh_from_db()
    citation.refresh_from_db()
    assert str(term.ends_on) == "2018-07-01"
    assert citation.why == "The text itself"
    assert Deadline.objects.get(agreement=term.agreement_id, kind="expiry").due_on == dt.date(
        2018, 7, 1
    )
    assert term.history.first().history_change_reason == "The text itself"
    assert rebuild([term.agreement_id], timezone.now(), check_only=True) == []


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("ends_on", "a two-year license", "is no value that last day can have"),
        ("ends_on", "2016-01-01", "not before"),
        ("license_fee", {"amount": "x"}, "is no value"),
        ("license_fee", "5600", "is no value"),
        ("renewal_kind", "sometimes", "is no value"),
        ("ends_on", "2018-07-01", "Say why"),
    ],
)
def test_what_the_record_cannot_hold_is_not_followed(
    term: Term, desk: Client, field: str, value: Any, said: str
) -> None:
    citation = make_citation(term, field, value=value, source=make_source("letter"))
    before = fact_value(term, field)
    assert said in follow(desk, citation, "" if said == "Say why" else "Since")
    term.refresh_from_db()
    assert fact_value(term, field) == before


def test_a_citation_is_taken_back_for_a_reason(term: Term, desk: Client) -> None:
    citation = make_citation(term, "ends_on", value="2018-07-01", source=make_source("letter"))
    url = f"/desk/citations/{citation.pk}/delete/"
    assert "say why" in Page(desk.post(url, follow=True)).text
    assert "Deleted." in Page(desk.post(url, {"why": "Not the same letter"}, follow=True)).text
    assert Citation.objects.count() == 0


# ── Every fact ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("label", CITABLE)
def test_every_record_has_its_page_and_every_fact_its_form(
    samples: Samples, desk: Client, label: str
) -> None:
    record = samples.saved(CITABLE[label])
    assert desk.get(address(record)).status_code == 200
    facts = fact_columns(CITABLE[label])
    assert set(facts) <= set(fact_names(CITABLE[label]))
    for fact in facts:
        assert desk.get(address(record, fact)).status_code == 200, fact


@pytest.mark.parametrize("path", ["auth.User/1/", "agreements.Term/9999999999999999999/", "x/1/"])
def test_what_has_no_sources_is_not_there(desk: Client, path: str) -> None:
    assert desk.get(f"/desk/sources/{path}").status_code == 404


def test_no_form_asks_for_what_no_source_says(term: Term, desk: Client) -> None:
    for fact in ("currency", "is_internal", "agreement", "nothing"):
        assert desk.get(address(term, fact)).status_code == 404
    assert desk.get(address(term.agreement, "internal_note")).status_code == 404


@pytest.mark.parametrize("label", CITABLE)
def test_to_hold_a_value_is_the_opposite_of_telling_it(samples: Samples, label: str) -> None:
    record = samples.saved(CITABLE[label])
    for name, value in samples.of(CITABLE[label]).changed.items():
        setattr(record, name, value)
    empty = CITABLE[label]()
    for fact in fact_columns(CITABLE[label]):
        value = fact_value(record, fact)
        if value is not None:
            hold(empty, fact, value)
            assert fact_value(empty, fact) == value


def test_money_is_held_with_its_cents() -> None:
    term = Term()
    hold(term, "license_fee", {"amount": "5565.5", "currency": "USD", "per_months": 24})
    assert (term.license_fee, term.currency, term.fee_per_months) == (Decimal("5565.5"), "USD", 24)
    with pytest.raises(ValidationError):
        hold(term, "number", "many")


def test_a_source_of_a_public_record_is_entered_for_a_reason(term: Term, desk: Client) -> None:
    save(term.agreement, published_at=timezone.now())
    assert cite(desk, term, "ends_on", reason="").status_code == 422
    assert cite(desk, term, "ends_on", reason="The original was found").status_code == 302
    entered = Citation.history.latest("history_id")
    assert entered.history_change_reason == "The original was found"
