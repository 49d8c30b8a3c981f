"""Records are entered and changed on pages of the desk."""

import datetime as dt
import html
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from agreements.facts import PARTS
from agreements.models import Agreement, Deadline, Event, Participation, Term
from desk.kinds import BY_RENEWAL, OF_AGREEMENT, SECTIONS, SHARED
from parties.models import Party
from revisions.models import Change
from tests.factories import (
    make_agreement,
    make_element,
    make_party,
    make_person,
    make_source,
    save,
    writing,
)
from tests.portal.reading import Page

AUGUST = {"starts_on": "2017-09-01", "ends_on": "2018-08-31", "renewal_kind": "by_decision"}


@pytest.fixture(autouse=True)
def june(settings: Any, tmp_path: Any) -> None:
    settings.PACTWATCH_TODAY = dt.date(2018, 6, 15)
    settings.STATIC_ROOT = str(tmp_path)


@pytest.fixture
def editor(db: None) -> Any:
    return make_person("editor@example.org", role="editor", name="Eda")


@pytest.fixture
def desk(client: Client, editor: Any) -> Client:
    client.force_login(editor)
    return client


@pytest.fixture
def agreement(db: None) -> Agreement:
    return make_agreement(reference="CITY-ICE", terms=[AUGUST], deciders=["city"])


def fields_of(response: Any) -> dict[str, str]:
    """What a browser would post of a form that is left as it is."""
    form = response.context["form"]
    found = {}
    for bound in [*form.visible_fields(), *form.hidden_fields()]:
        value = bound.value()
        if hasattr(bound.field, "prepare_value"):
            value = bound.field.prepare_value(value)
        if value not in (None, False):
            found[bound.html_name] = "on" if value is True else str(value)
    return found


def post(client: Client, url: str, **typed: str) -> Any:
    """Open a form, type something, save, and save again where it shows what follows."""
    data = fields_of(client.get(url)) | typed
    response = client.post(url, data)
    if response.status_code == 200 and response.context.get("follows"):
        response = client.post(url, data | {"confirmed": response.context["typed"]})
    return response


def term_url(agreement: Agreement) -> str:
    term = Term.objects.get(agreement=agreement, number=1)
    return reverse("desk:part-update", args=[agreement.slug, "terms", term.pk])


def test_an_agreement_is_entered_with_one_revision(desk: Client, editor: Any) -> None:
    url = reverse("desk:agreement-create")
    response = post(desk, url, reference="NEW-1", slug="new-1", title="A new one", kind="contract")
    assert response.status_code == 302, response.context["form"].errors
    made = Agreement.objects.get(reference="NEW-1")
    revision = made.history.get()
    assert (revision.history_user, revision.history_change_reason) == (editor, "Entered")


def test_a_new_agreement_starts_from_another_one(desk: Client, agreement: Agreement) -> None:
    save(agreement, purpose="To hold people")
    url = reverse("desk:agreement-create") + "?from=city-ice"
    assert post(desk, url, reference="NEW-2", slug="new-2").status_code == 302
    made = Agreement.objects.get(reference="NEW-2")
    assert made.purpose == "To hold people"
    assert made.title == agreement.title
    assert [p.party.slug for p in made.participation_set.all()] == ["city"]
    assert not made.term_set.exists()


def test_dates_are_typed_as_people_write_them(desk: Client, agreement: Agreement) -> None:
    response = post(desk, term_url(agreement), starts_on="July 2017", ends_on="31 Aug 2018")
    assert response.status_code == 302
    term = Term.objects.get()
    assert (str(term.starts_on), str(term.ends_on)) == ("2017-07", "2018-08-31")


def test_what_follows_is_shown_before_it_is_saved(desk: Client, agreement: Agreement) -> None:
    url = term_url(agreement)
    data = fields_of(desk.get(url)) | {"ends_on": "September 30, 2018"}
    before = Change.objects.count()
    response = desk.post(url, data)
    page = response.content.decode()
    assert "August 31, 2018" in page
    assert "September 30, 2018" in page
    assert (Change.objects.count(), Term.objects.get().last_day) == (before, dt.date(2018, 8, 31))
    other = data | {"ends_on": "October 31, 2018", "confirmed": response.context["typed"]}
    assert "October 31, 2018" in desk.post(url, other).content.decode()  # not what was shown
    assert Term.objects.get().last_day == dt.date(2018, 8, 31)
    assert desk.post(url, data | {"confirmed": response.context["typed"]}).status_code == 302
    assert Deadline.objects.get(kind="expiry").due_on == dt.date(2018, 9, 30)
    assert Change.objects.count() == before + 1


def test_a_change_that_moves_nothing_is_saved_at_once(desk: Client, agreement: Agreement) -> None:
    url = reverse("desk:agreement-update", args=["city-ice", "purpose"])
    data = fields_of(desk.get(url)) | {"purpose": "To hold people"}
    assert desk.post(url, data).status_code == 302
    assert Agreement.objects.get().purpose == "To hold people"


def test_a_public_record_asks_for_a_reason(desk: Client, agreement: Agreement) -> None:
    save(agreement, published_at=dt.datetime(2018, 1, 1, tzinfo=dt.UTC))
    url = reverse("desk:agreement-update", args=["city-ice", "purpose"])
    data = fields_of(desk.get(url)) | {"purpose": "Other"}
    refused = desk.post(url, data)
    assert refused.status_code == 422
    assert refused.context["form"].errors["reason"]
    shown = desk.post(url, data | {"reason": "The text says so"})
    assert ("Purpose", "Other", True) in {
        (f.what, f.after, f.is_public) for f in shown.context["follows"]
    }
    assert post(desk, url, purpose="Other", reason="The text says so").status_code == 302


def test_the_second_of_two_people_is_told_and_loses_nothing(
    desk: Client, agreement: Agreement
) -> None:
    url = reverse("desk:agreement-update", args=["city-ice", "purpose"])
    data = fields_of(desk.get(url)) | {"purpose": "Typed by me"}
    with writing(by=make_person("other@example.org", name="Otto")):
        agreement.purpose = "Saved by Otto"
        agreement.save()
    told = desk.post(url, data)
    page = told.content.decode()
    assert told.status_code == 422
    assert "Otto" in page
    assert "Saved by Otto" in page
    assert "Typed by me" in page
    assert Agreement.objects.get().purpose == "Saved by Otto"
    assert desk.post(url, fields_of(told)).status_code == 302
    assert Agreement.objects.get().purpose == "Typed by me"


def test_typed_work_survives_an_ended_session(
    desk: Client, agreement: Agreement, editor: Any
) -> None:
    url = reverse("desk:agreement-update", args=["city-ice", "purpose"])
    data = fields_of(desk.get(url)) | {"purpose": "A long text"}
    desk.logout()
    kept = desk.post(url, data)
    assert kept.status_code == 403
    typed = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', kept.content.decode()))
    desk.force_login(editor)
    assert desk.post(url, typed).status_code == 302
    assert Agreement.objects.get().purpose == "A long text"


def test_a_stale_token_keeps_what_was_typed(agreement: Agreement, editor: Any) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(editor)
    url = reverse("desk:agreement-update", args=["city-ice", "purpose"])
    kept = strict.post(url, {"purpose": "Typed <b>"})
    assert kept.status_code == 403
    assert "Typed &lt;b&gt;" in kept.content.decode()
    assert Agreement.objects.get().purpose == ""


def test_a_party_is_chosen_by_any_of_its_names(desk: Client, agreement: Agreement) -> None:
    ice = make_party("ice", name="Immigration and Customs Enforcement", short_name="ICE")
    url = reverse("desk:part-create", args=["city-ice", "participations"])
    assert post(desk, url, party="ice", role="recipient").status_code == 302
    assert Participation.objects.get(role="recipient").party == ice
    refused = post(desk, url, party="Imigration and Customs Enforcement", role="steward")
    assert "Did you mean: Immigration and Customs" in str(refused.context["form"].errors["party"])


def test_terms_that_overlap_are_refused_and_nothing_is_saved(
    desk: Client, agreement: Agreement
) -> None:
    url = reverse("desk:part-create", args=["city-ice", "terms"])
    make_source("read", title="The paper")
    days = {"starts_on": "2018-08-01", "ends_on": "2019-07-31", "end_kind": "fixed"}
    assert "Name the source that says" in Page(post(desk, url, **days)).text
    refused = post(desk, url, **days, source="The paper")
    assert refused.status_code == 422
    assert "without overlap" in refused.content.decode()
    assert Term.objects.count() == 1


def test_a_row_that_contradicts_itself_is_refused_in_words(
    desk: Client, agreement: Agreement
) -> None:
    refused = post(desk, term_url(agreement), ends_on="June 2017")
    assert refused.status_code == 422
    assert "not before its first day" in refused.content.decode()


def test_an_entry_is_deleted_with_a_reason(desk: Client, agreement: Agreement) -> None:
    event = save(Event(agreement=agreement, kind="meeting", title="Wrong", occurred_on="2018"))
    url = reverse("desk:part-delete", args=["city-ice", "events", event.pk])
    desk.post(url, {"reason": ""})
    assert Event.objects.exists()
    desk.post(url, {"reason": "It was another agreement's"})
    assert not Event.objects.exists()
    assert Event.history.first().history_change_reason == "It was another agreement's"


def test_a_party_in_use_is_not_deleted(desk: Client, agreement: Agreement) -> None:
    party = Party.objects.get(slug="city")
    url = reverse("desk:shared-delete", args=["parties", party.pk])
    page = desk.post(url, {"reason": "Twice"}, follow=True).content.decode()
    assert "still used" in page
    assert Party.objects.filter(slug="city").exists()


@pytest.mark.parametrize("kind", SHARED)
def test_every_shared_kind_has_its_pages(desk: Client, agreement: Agreement, kind: str) -> None:
    for name in ("shared-list", "shared-create"):
        assert desk.get(reverse(f"desk:{name}", args=[kind])).status_code == 200


@pytest.mark.parametrize("kind", OF_AGREEMENT)
def test_every_part_has_its_form(desk: Client, agreement: Agreement, kind: str) -> None:
    answer = desk.get(reverse("desk:part-create", args=["city-ice", kind]))
    if kind in BY_RENEWAL:  # entered where the rules of the renewal are asked
        assert answer["Location"] == reverse("desk:renewal-detail", args=[Term.objects.get().pk])
    else:
        assert answer.status_code == 200


def test_every_part_and_every_field_of_an_agreement_is_edited_somewhere() -> None:
    assert set(OF_AGREEMENT.values()) == set(PARTS.values())
    edited = {name for _title, names in SECTIONS.values() for name in names}
    fields = {f.name.removesuffix("_first").removesuffix("_last") for f in Agreement._meta.fields}
    not_typed = {"id", "published_at", "withdrawn_at", "withdrawn_office", "withdrawn_reason"}
    assert fields - not_typed == edited


NOWHERE = [
    "/desk/agreements/none/",
    "/desk/agreements/city-ice/none/new/",
    "/desk/agreements/city-ice/edit/none/",
    "/desk/agreements/city-ice/events/99999999999999999999/",
    "/desk/records/none/",
    "/desk/records/parties/987654321/",
]


@pytest.mark.parametrize("url", NOWHERE)
def test_what_is_not_there_is_not_found(desk: Client, agreement: Agreement, url: str) -> None:
    assert desk.get(url).status_code == 404


def test_the_desk_shows_what_is_mine_and_what_is_missing(
    desk: Client, agreement: Agreement, editor: Any
) -> None:
    page = Page(desk.get("/desk/")).main.text
    assert "Nothing of yours is due" in page
    assert "Nobody can be told" in page
    save(agreement, responsible_officer=editor)
    page = Page(desk.get("/desk/")).main.text
    assert "Decide by" in page
    assert "Nobody can be told" not in page
    assert "Not recorded: who receives the data" in page


# ── Names offered ─────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("kind", "typed", "offered"),
    [
        ("party", "city", ["City Water", "The City"]),
        ("party", "NO SUCH", []),
        ("party", "", ["City Water", "Court", "The City"]),
        ("party", "h2o", ["City Water"]),
        ("party", "a%00b", []),
        ("element", "Pars: na", ["Pars: Name"]),
    ],
)
def test_names_that_hold_what_is_typed_are_offered(
    desk: Client, kind: str, typed: str, offered: list[str]
) -> None:
    with writing():
        make_party("water", name="City Water", short_name="H2O")
        make_party("city", name="The City")
        make_party("court", name="Court")
        make_element("Name")
    answer = desk.get(f"/desk/names/{kind}/?given_by={typed}")
    said = answer.content.decode()
    assert sorted(html.unescape(n) for n in re.findall(r'value="([^"]*)"', said)) == offered


def test_names_of_what_is_not_chosen_by_name_are_not_there(desk: Client) -> None:
    assert desk.get("/desk/names/user/?q=a").status_code == 404
