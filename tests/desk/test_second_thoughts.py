"""What goes wrong while people type: two at once, an ended session, a deleted entry; and help."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from agreements.models import Agreement, Event, Proposal, SharedElement, Term
from parties.models import Party
from sources.models import Citation
from tests.factories import (
    PNG,
    delete,
    make_agreement,
    make_element,
    make_party,
    make_person,
    make_source,
    save,
    writing,
)
from tests.portal.reading import Page, Sure

TERM = {"starts_on": "2017-09-01", "ends_on": "2018-08-31", "renewal_kind": "by_decision"}
OF = "/desk/agreements/city-ice/"


@pytest.fixture(autouse=True)
def june(settings: Any, tmp_path: Any) -> None:
    settings.PACTWATCH_TODAY = dt.date(2018, 6, 15)


@pytest.fixture
def agreement(db: None) -> Agreement:
    return make_agreement(reference="CITY-ICE", terms=[TERM], deciders=["city"])


def signed_in(role: str = "editor", **more: Any) -> Client:
    client = Sure()
    person = make_person(f"{role}{len(more)}@example.org", role=role, name=role.title(), **more)
    client.force_login(person)
    return client


def typed(client: Client, url: str, **more: Any) -> dict[str, Any]:
    form = client.get(url).context["form"]
    found = {}
    for bound in form:
        value = bound.field.prepare_value(bound.value())
        if value not in (None, "", False):
            found[bound.html_name] = "on" if value is True else str(value)
    return found | {"reason": "Since"} | more


# ── Two people ────────────────────────────────────────────────────────────────


def test_what_one_did_not_touch_is_kept_as_the_other_saved_it(agreement: Agreement) -> None:
    url, client = f"{OF}edit/purpose/", signed_in()
    mine = typed(client, url, purpose="Mine")
    save(agreement, legal_basis="Theirs", benefits="Theirs too")
    told = client.post(url, mine)
    assert "Somebody else saved this record meanwhile" in Page(told).text
    assert Page(told).text.count("Not touched: theirs is kept") == 2
    again = {b.html_name: b.value() or "" for b in told.context["form"]}
    assert client.post(url, again | {"reason": "Since"}).status_code == 302
    agreement.refresh_from_db()
    assert (agreement.purpose, agreement.legal_basis) == ("Mine", "Theirs")
    assert agreement.benefits == "Theirs too"


def test_what_both_changed_stands_side_by_side_and_as_typed(agreement: Agreement) -> None:
    url, client = f"{OF}edit/purpose/", signed_in()
    mine = typed(client, url, purpose="Mine")
    save(agreement, purpose="Theirs")
    told = client.post(url, mine)
    assert told.context["form"]["purpose"].value() == "Mine"
    (row,) = told.context["theirs"]
    assert (row.saved, row.typed) == ("Theirs", "Mine")


def test_a_day_that_was_not_touched_is_kept_too(agreement: Agreement) -> None:
    term = agreement.term_set.get()
    url, client = f"{OF}terms/{term.pk}/", signed_in()
    mine = typed(client, url, notice_length="30", notice_unit="days")
    save(term, ends_on="2018-09-30", provides_holdover=True)
    told = client.post(url, mine)
    form = told.context["form"]
    assert form["ends_on"].value() == "September 30, 2018"
    assert form["provides_holdover"].value() in {"on", True}
    assert form["notice_length"].value() == "30"


def test_what_was_typed_for_a_deleted_entry_is_shown(agreement: Agreement) -> None:
    event = save(Event(agreement=agreement, kind="meeting", title="They met"))
    url, client = f"{OF}events/{event.pk}/", signed_in()
    mine = typed(client, url, title="They met at noon")
    pk = event.pk
    delete(event)
    told = client.post(url, mine)
    assert told.status_code == 410
    for said in ("deleted “They met”", "They met at noon", "can be restored"):
        assert said in Page(told).text
    assert client.get(f"{OF}events/{pk + 1}/").status_code == 404


# ── An ended session ──────────────────────────────────────────────────────────


def test_a_file_is_to_be_chosen_again_and_the_rest_is_kept(agreement: Agreement) -> None:
    file = SimpleUploadedFile("letter.png", PNG)
    answer = Client().post(f"{OF}documents/new/", {"title": "A letter", "file": file})
    assert answer.status_code == 403
    assert "Choose “letter.png” again" in Page(answer).text
    assert "A letter" in Page(answer).text
    assert b'type="file"' in answer.content
    assert b"multipart/form-data" in answer.content


def test_after_signing_in_again_what_was_typed_is_shown_to_be_sent(agreement: Agreement) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_person("editor@example.org", role="editor"))
    answer = client.post(f"{OF}edit/purpose/", {"purpose": "To share arrests"})
    page = Page(answer).text
    assert answer.status_code == 403
    assert "You are signed in again. This is what you typed" in page
    assert "To share arrests" in page


def test_no_password_is_kept_or_shown(db: None) -> None:
    strict = Client(enforce_csrf_checks=True)
    sent = {"login": "a@example.org", "password": "hunter-2-secret", "new_password1": "hunter-3"}
    answer = strict.post("/accounts/login/", sent)
    assert answer.status_code == 403
    assert b"a@example.org" in answer.content
    assert b"hunter" not in answer.content


def test_what_another_site_sends_is_not_offered_to_be_sent_again(agreement: Agreement) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make_person("editor@example.org", role="editor"))
    answer = strict.post(
        f"{OF}edit/purpose/", {"purpose": "Theirs"}, headers={"Origin": "https://evil.example"}
    )
    assert answer.status_code == 403
    assert "This was sent from another site, so nothing was done." in Page(answer).text
    assert b"Theirs" not in answer.content
    assert b'<form method="post"' not in answer.content.split(b"<main")[1].split(b"</main>")[0]


# ── What goes without saying ──────────────────────────────────────────────────


def test_an_address_is_made_from_the_name(db: None) -> None:
    client = signed_in()
    for name in ("Größte Behörde", "Größte Behörde!"):
        answer = client.post(
            "/desk/records/parties/new/", {"name": name, "kind": "other", "reason": "New"}
        )
        assert answer.status_code == 302, Page(answer).text
    again = {"name": "größte behörde", "kind": "other", "reason": "New"}
    refused = client.post("/desk/records/parties/new/", again)
    assert "There is one of this name already" in Page(refused).text
    assert [p.slug for p in Party.objects.order_by("pk")] == ["grote-behorde", "grote-behorde-2"]


@pytest.mark.parametrize("slug", ["new", "change"])
def test_an_address_of_the_desks_own_is_refused(agreement: Agreement, slug: str) -> None:
    url, client = f"{OF}edit/identity/", signed_in()
    answer = client.post(url, typed(client, url, slug=slug))
    assert answer.status_code == 422
    assert "a page of its own" in Page(answer).text


def test_an_internal_note_names_its_ground(agreement: Agreement) -> None:
    url, client = f"{OF}edit/internal/", signed_in()
    answer = client.post(url, typed(client, url, internal_note="They asked us to wait"))
    assert answer.status_code == 422
    assert "Name the ground on which the note is internal." in Page(answer).text
    done = client.post(
        url, typed(client, url, internal_note="They asked", withheld_ground="RTKL § 708")
    )
    assert done.status_code == 302


def test_a_last_day_is_an_end_on_a_day_and_a_currency_is_typed_in_any_case(
    agreement: Agreement,
) -> None:
    url, client = f"{OF}terms/new/", signed_in()
    make_source("read", title="The paper")
    data = typed(client, url, starts_on="1 Sep 2018", ends_on="31 Aug 2019", source="the paper")
    data |= {"license_fee": "5600", "currency": "usd"}
    assert client.post(url, data).status_code == 302
    term = Term.objects.get(agreement=agreement, number=2)
    assert (term.end_kind, term.currency) == ("fixed", "USD")
    cited = Citation.objects.filter(target_id=term.pk).values_list("field", flat=True)
    assert set(cited) == {"starts_on", "ends_on", "license_fee"}


def test_an_element_is_not_shared_twice_over_the_same_days(agreement: Agreement) -> None:
    element = make_element("Name")
    first = save(SharedElement(agreement=agreement, element=element, added_on="2008"))
    with pytest.raises(ValidationError, match="“Name” is shared already"):
        save(SharedElement(agreement=agreement, element=element, added_on="2010"))
    save(first, removed_on="2009-06-01")
    save(SharedElement(agreement=agreement, element=element, added_on="2010"))


# ── The record's page ─────────────────────────────────────────────────────────


def test_dates_stand_as_they_were_recorded(agreement: Agreement) -> None:
    save(Event(agreement=agreement, kind="meeting", title="They met", occurred_on="2010-07"))
    save(Term(agreement=agreement, number=2, is_proposed=True, starts_on="2018-09-01"))
    page = Page(signed_in().get(OF))
    assert "July 2010" in page.section("events").text
    assert "July 31" not in page.section("events").text
    assert "September 1, 2017 – August 31, 2018" in page.section("terms").text
    assert "proposed" in page.section("terms").text
    assert "In force until August 31, 2018." in page.text


def test_the_preview_shows_the_whole_page_without_what_is_withheld(agreement: Agreement) -> None:
    hidden = {"is_internal": True, "withheld_ground": "RTKL § 708"}
    save(Event(agreement=agreement, kind="meeting", title="They met", occurred_on="2010-07"))
    save(Event(agreement=agreement, kind="meeting", title="In secret", **hidden))
    save(agreement, internal_note="Zebra", withheld_ground="RTKL § 708")
    page = Page(signed_in("council_reader").get(f"{OF}preview/"))
    assert "It is not public now." in page.text
    assert "They met" in page.section("timeline").text
    for word in ("In secret", "Zebra"):
        assert word not in page.text


# ── Votes and proposals on the desk ───────────────────────────────────────────


def test_a_party_is_asked_to_vote_on_what_is_proposed_or_ends_soon(agreement: Agreement) -> None:
    from agreements.models import Decision, Mandate, Vote

    far = make_agreement(
        reference="FAR", terms=[TERM | {"ends_on": "2021-08-31"}], deciders=["city"]
    )
    voter = make_person("mayor@example.org", name="Mayor")
    editor = make_person("first@example.org", role="editor", name="First")
    with writing():
        Mandate.objects.create(
            user=voter, party=make_party("city"), office="Mayor", from_on=dt.date(2018, 1, 1)
        )
    client = Client()
    client.force_login(voter)

    def asked() -> str:
        text = Page(client.get("/desk/")).text
        return text.split("Votes to cast")[1].split("Coming up")[0] if "Votes to" in text else ""

    term = agreement.term_set.get()
    assert agreement.title in asked()
    assert far.title not in asked()
    save(Decision(agreement=agreement, term=term, outcome="do_not_renew", decided_on="2018-07-01"))
    assert agreement.title in asked(), "a later decision does not count yet"
    proposal = save(
        Proposal(
            term=far.term_set.get(), outcome="renew", proposed_on=dt.date(2018, 6, 1),
            proposed_by=editor, worded_by=editor,
        )
    )  # fmt: skip
    assert far.title in asked()
    other = Client()
    other.force_login(make_person("second@example.org", role="editor", name="Second"))
    assert "FAR: " in Page(other.get("/desk/?all=1")).text.split("Proposals to settle")[1]
    own = Client()
    own.force_login(editor)
    assert "Proposals to settle" not in Page(own.get("/desk/?all=1")).text
    city = make_party("city")
    about = {"agreement": far, "term": proposal.term, "party": city}
    save(Vote(value="announced_intention", intention="no", **about))
    assert far.title in asked(), "an intention is no vote"
    save(Vote(value="yes", office="Mayor", **about))
    assert far.title not in asked()


def test_an_embargo_says_until_when(agreement: Agreement) -> None:
    client = signed_in("records_officer")
    moment = timezone.now() + dt.timedelta(days=40)
    answer = client.post(
        f"{OF}publish/", {"at": f"{moment:%Y-%m-%d} 09:00", "reason": "After the session"},
        follow=True,
    )  # fmt: skip
    assert "It becomes public on" in Page(answer).text
