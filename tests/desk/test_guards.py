"""What the forms of the desk refuse, complete and read as people type it."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from agreements.confirming import confirm
from agreements.models import Agreement, Deadline, Event, Payment
from agreements.publication import publication_log
from desk.fields import InstantTyped, MoneyTyped
from parties.models import Party
from revisions import change
from tests.factories import make_agreement, make_party, make_person, save
from tests.portal.reading import Page, Sure

pytestmark = pytest.mark.django_db

TERM = {"starts_on": "2017-09-01", "ends_on": "2018-08-31", "renewal_kind": "by_decision"}
OF = "/desk/agreements/city-ice/"


@pytest.fixture(autouse=True)
def june(settings: Any) -> Any:
    settings.PACTWATCH_TODAY = dt.date(2018, 6, 15)
    return settings


@pytest.fixture
def agreement() -> Agreement:
    return make_agreement(reference="CITY-ICE", terms=[TERM], deciders=["city"])


def person(role: str = "editor", name: str = "") -> Any:
    return make_person(f"{name or role}@example.org", role=role)


@pytest.fixture
def desk() -> Client:
    client = Sure()
    client.force_login(person())
    return client


def test_a_record_whose_access_is_not_confirmed_off_is_shown(
    agreement: Agreement, desk: Client, june: Any
) -> None:
    june.PACTWATCH_TODAY = dt.date(2018, 9, 2)
    confirm(agreement, by=person(), on=dt.date(2018, 9, 1), note="All of it")
    page = Page(desk.get(OF)).text
    assert "Access not confirmed off" in page
    assert "Last confirmed as still true on September 1, 2018." in page


@pytest.mark.parametrize("role", ["editor", "records_officer"])
def test_the_word_is_that_of_who_looks_after_the_record(agreement: Agreement, role: str) -> None:
    from django.core.exceptions import PermissionDenied

    save(agreement, responsible_officer=person(name="owner"))
    if role == "editor":
        with pytest.raises(PermissionDenied):
            confirm(agreement, by=person(role), on=dt.date(2018, 6, 15), note="")
    else:
        confirm(agreement, by=person(role), on=dt.date(2018, 6, 15), note="")


def test_a_reference_is_made_from_the_name(desk: Client) -> None:
    for _ in range(2):
        said = {"title": "Access to jail records", "kind": "contract", "reason": "New"}
        assert desk.post("/desk/agreements/new/", said).status_code == 302
    found = Agreement.objects.order_by("pk").values_list("reference", flat=True)
    assert list(found) == ["ACCESS-TO-JAIL-RECORDS", "ACCESS-TO-JAIL-RECORDS-2"]


def test_the_address_of_a_public_record_stays(agreement: Agreement, desk: Client) -> None:
    assert "slug" in desk.get(f"{OF}edit/identity/").context["form"].fields
    save(agreement, published_at=timezone.now())
    assert "slug" not in desk.get(f"{OF}edit/identity/").context["form"].fields


def test_two_people_in_different_sections_do_not_meet(agreement: Agreement, desk: Client) -> None:
    opened = desk.get(f"{OF}edit/purpose/").context["form"]
    save(agreement, decide_days=30)
    typed = {"purpose": "To hold people", "version": opened["version"].value(), "reason": "Text"}
    assert desk.post(f"{OF}edit/purpose/", typed).status_code == 302
    agreement.refresh_from_db()
    assert (agreement.purpose, agreement.decide_days) == ("To hold people", 30)


@pytest.mark.parametrize(
    ("kind", "typed", "field"),
    [
        ("obligations", {"kind": "audit", "done_on": "2031", "evidence": "A report"}, "done_on"),
        ("obligations", {"kind": "audit", "done_on": "2018"}, "evidence"),
        ("access", {"state": "off", "confirmed_on": "2030-01-01", "evidence": "x"}, "confirmed_on"),
        ("terms", {"number": 2, "starts_on": "2018-09-01", "executed_on": "2030"}, "executed_on"),
    ],
)
def test_nothing_is_done_before_its_day_or_without_what_shows_it(
    agreement: Agreement, desk: Client, kind: str, typed: dict[str, Any], field: str
) -> None:
    answer = desk.post(f"{OF}{kind}/new/", typed | {"reason": "x"})
    assert answer.status_code == 422
    assert field in answer.context["form"].errors


@pytest.mark.parametrize(
    ("url", "field"),
    [(f"{OF}edit/identity/", "parent"), (f"{OF}edit/end/", "replaced_by")],
)
def test_an_agreement_that_names_itself_is_refused(
    agreement: Agreement, desk: Client, url: str, field: str
) -> None:
    data = {"reference": "CITY-ICE", "title": "x", "kind": "contract", "reason": "x"}
    data |= {field: agreement.pk, "version": desk.get(url).context["form"]["version"].value()}
    answer = desk.post(url, data)
    assert answer.status_code == 422
    assert "itself" in Page(answer).text


def test_a_name_that_is_one_partys_whole_name_means_that_party(desk: Client) -> None:
    make_party("ice", name="Immigration", short_name="ICE")
    called = make_party("ice-2", name="ICE")
    from desk.fields import NamedChoice

    assert NamedChoice(Party).clean("ice") == called


@pytest.mark.parametrize("text", ["5565", "5565.00", "5,565.00", "$5,565", " $5565 "])
def test_money_is_typed_as_people_write_it(text: str) -> None:
    assert MoneyTyped().clean(text) == Decimal(5565)


@pytest.mark.parametrize("text", ["5,56", "55,65.00", "5.565,00", "five", "$", "1e400"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        MoneyTyped(max_digits=14, decimal_places=2).clean(text)


MOMENTS = {
    "2018-07-27 09:00": "2018-07-27T09:00:00-04:00",
    "2018-07-27T09:00": "2018-07-27T09:00:00-04:00",
    "July 27, 2018, 9:00": "2018-07-27T09:00:00-04:00",
    "July 27, 2018 9:00 p.m.": "2018-07-27T21:00:00-04:00",
    "27 Jul 2018 12:30 am": "2018-07-27T00:30:00-04:00",
    "1/2/2018 9:00": "2018-01-02T09:00:00-05:00",
    "July 27, 2018": "2018-07-27T00:00:00-04:00",
}


@pytest.mark.parametrize(("text", "expected"), MOMENTS.items())
def test_a_moment_is_typed_as_people_write_it(text: str, expected: str) -> None:
    assert InstantTyped().clean(text) == dt.datetime.fromisoformat(expected)


@pytest.mark.parametrize("text", ["9:00", "July 2018 9:00", "July 27, 2018 25:00", "soon", "2018"])
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        InstantTyped().clean(text)


def test_the_fee_of_a_payment_is_read(agreement: Agreement, desk: Client) -> None:
    term = agreement.term_set.get()
    typed = {"term": term.pk, "amount": "$5,565.00", "currency": "usd", "reason": "Invoice"}
    assert desk.post(f"{OF}payments/new/", typed | {"due_on": "July 2018"}).status_code == 302
    payment = Payment.objects.get()
    assert (payment.amount, str(payment.due_on)) == (Decimal(5565), "2018-07")
    assert not Deadline.objects.filter(kind="payment").exists(), "a month reminds of nothing"
    assert "July 2018" in Page(desk.get(f"/desk/renewals/{term.pk}/")).text
    desk.post(f"{OF}payments/{payment.pk}/", typed | {"due_on": "July 2, 2018"})
    assert desk.get(f"{OF}payments/{payment.pk}/").status_code == 200


def test_a_role_that_is_there_says_so(agreement: Agreement, desk: Client) -> None:
    typed = {"party": "City", "role": "decider", "reason": "x"}
    answer = desk.post(f"{OF}participations/new/", typed)
    assert "This party has this role here already." in Page(answer).text


def test_a_form_that_is_sent_twice_enters_one_record(agreement: Agreement, desk: Client) -> None:
    opened = desk.get(f"{OF}events/new/")
    typed = {"kind": "meeting", "title": "They met", "reason": "x", "once": opened.context["once"]}
    assert [desk.post(f"{OF}events/new/", typed).status_code for _ in range(2)] == [302, 302]
    assert Event.objects.count() == 1


def test_the_log_names_what_was_kept_from_the_public(agreement: Agreement) -> None:
    event = save(Event(agreement=agreement, kind="meeting", title="They met"))
    save(agreement, published_at=timezone.now())
    with change(by=person("records_officer"), reason="By order of the court"):
        event.is_internal, event.withheld_ground = True, "Order of the court"
        event.save()
    with change(by=person("records_officer"), reason="The order ended"):
        event.is_internal, event.withheld_ground = False, ""
        event.save()
    last, before = publication_log(agreement.pk)[:2]
    assert (last.state, last.part) == ("published", "event: They met")
    assert (before.state, before.reason) == ("withheld", "By order of the court")
