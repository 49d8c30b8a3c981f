"""The admin: superusers enter, change and delete each record; each write is one change."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.apps import apps
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.db import models
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agreements.models import Agreement, Deadline, Document, Participation, Term
from revisions import changes
from revisions.models import Change
from tests.factories import make_agreement, make_party, make_person, save
from tests.portal.reading import Page
from tests.revisions.samples import TRACKED, Samples, values

PASSWORD = "a long word for the tests only"
REASON = "The letter of July 26"

each_added_model = pytest.mark.parametrize(
    "model", [m for m in TRACKED if m is not Document], ids=lambda m: m._meta.label
)
"""Not documents: they come with a file, which the desk takes in."""

each_model = pytest.mark.parametrize("model", TRACKED, ids=lambda m: m._meta.label)


@pytest.fixture(autouse=True)
def plain_admin(settings: Any, tmp_path: Path) -> None:
    settings.STATIC_ROOT = str(tmp_path)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def keeper(db: None) -> Any:
    """A superuser."""
    return get_user_model().objects.create_superuser("keeper@example.org", PASSWORD, name="Keeper")


@pytest.fixture
def browser(client: Client, keeper: Any) -> Client:
    """A superuser's browser."""
    client.force_login(keeper)
    return client


def address(model: Any, page: str, *arguments: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=arguments)


def form_data(model: Any, record: models.Model, client: Client, **more: Any) -> dict[str, Any]:
    """What a browser posts for a record: the fields of the admin's own form, filled in."""
    made = admin.site.get_model_admin(model)
    request = client.get(address(model, "changelist")).wsgi_request
    form = made.get_form(request, record if record.pk else None)(instance=record)
    data: dict[str, Any] = {}
    for name, field in form.fields.items():
        value = form[name].value()
        if isinstance(field, forms.JSONField) and value == "null":
            continue
        if isinstance(field, forms.NullBooleanField):
            value = str(value).lower()
        elif isinstance(value, bool):
            value = "on" if value else None
        elif isinstance(value, dt.date):
            value = value.isoformat()
        if value is not None:
            data[name] = value
    return data | {"change_reason": REASON} | more


def problems(response: Any) -> str:
    """What a form that was not saved says."""
    if response.status_code != 200:
        return f"status {response.status_code}"
    page = Page(response)
    found = [
        node.text
        for css in ("errorlist", "errornote", "messagelist")
        for node in page.root.all(css=css)
    ]
    return " | ".join(found)


def only_revision(model: Any, since: Change | None) -> Any:
    """The one revision that was written since a change, by the keeper, for the reason."""
    last = since.pk if since else 0
    found = [
        revision for tracked in TRACKED for revision in tracked.history.filter(change_id__gt=last)
    ]
    assert len(found) == 1, found
    assert isinstance(found[0], model.history.model)
    return found[0]


# ── Add, change, delete ───────────────────────────────────────────────────────


@each_added_model
def test_a_record_is_added_in_one_change(
    browser: Client, samples: Samples, keeper: Any, model: Any
) -> None:
    fresh = samples.of(model).fresh()
    last = Change.objects.first()
    response = browser.post(address(model, "add"), form_data(model, fresh, browser))
    assert response.status_code == 302, problems(response)
    revision = only_revision(model, last)
    assert revision.history_type == "+"
    assert (revision.history_user, revision.history_change_reason) == (keeper, REASON)
    assert (revision.change.by, revision.change.reason) == (keeper, REASON)
    entered, wanted = values(revision.instance), values(fresh)
    assert {n: v for n, v in entered.items() if n != "id"} == {
        n: v for n, v in wanted.items() if n != "id"
    }


@each_model
def test_a_record_is_changed_in_one_change(
    browser: Client, samples: Samples, keeper: Any, model: Any
) -> None:
    record = samples.saved(model)
    last = Change.objects.first()
    for name, value in samples.of(model).changed.items():
        setattr(record, name, value)
    response = browser.post(address(model, "change", record.pk), form_data(model, record, browser))
    assert response.status_code == 302, problems(response)
    revision = only_revision(model, last)
    assert revision.history_type == "~"
    assert (revision.history_user, revision.history_change_reason) == (keeper, REASON)
    assert values(revision.instance) == values(record)


@each_model
def test_a_record_is_deleted_in_one_change(
    browser: Client, samples: Samples, keeper: Any, model: Any
) -> None:
    record = samples.saved(model)
    last = Change.objects.first()
    delete = address(model, "delete", record.pk)
    assert browser.get(delete).status_code == 200
    response = browser.post(delete, {"post": "yes", "change_reason": REASON})
    assert response.status_code == 302, problems(response)
    assert not model.objects.filter(pk=record.pk).exists()
    revision = only_revision(model, last)
    assert revision.history_type == "-"
    assert (revision.history_user, revision.change.reason) == (keeper, REASON)


@each_model
def test_saving_what_did_not_change_writes_nothing(
    browser: Client, samples: Samples, model: Any
) -> None:
    record = samples.saved(model)
    before = Change.objects.count()
    response = browser.post(address(model, "change", record.pk), form_data(model, record, browser))
    assert response.status_code == 302, problems(response)
    assert Change.objects.count() == before


@each_added_model
def test_a_save_without_a_reason_is_refused(browser: Client, samples: Samples, model: Any) -> None:
    fresh = samples.of(model).fresh()
    before = Change.objects.count()
    for reason in ("", "   "):
        data = form_data(model, fresh, browser, change_reason=reason)
        response = browser.post(address(model, "add"), data)
        assert "This field is required." in problems(response)
    assert Change.objects.count() == before


@each_model
def test_every_page_of_a_record_opens(browser: Client, samples: Samples, model: Any) -> None:
    record = samples.saved(model)
    listed = address(model, "changelist")
    pages = [listed, address(model, "change", record.pk)]
    if model is not Document:
        pages.append(address(model, "add"))
    pages.append(address(model, "history", record.pk))
    revision = model.history.filter(id=record.pk).latest("history_id")
    pages.append(address(model, "simple_history", record.pk, revision.pk))
    made = admin.site.get_model_admin(model)
    if made.search_fields:
        pages += [f"{listed}?q=sample", f"{listed}?q=%F0%9F%98%80"]
    for page in pages:
        assert browser.get(page).status_code == 200, page
    assert "Reason of this change" in browser.get(pages[1]).content.decode()


def test_every_tracked_model_is_in_the_admin() -> None:
    assert set(TRACKED) <= set(admin.site._registry)


def test_every_other_model_of_ours_is_there_to_read_only(browser: Client) -> None:
    rooms = {"agreements", "parties", "sources", "revisions", "reports"}
    others = [m for m in admin.site._registry if m._meta.app_label in rooms and m not in TRACKED]
    assert {Change, Deadline} <= set(others)
    for model in others:
        assert browser.get(address(model, "changelist")).status_code == 200
        assert browser.get(address(model, "add")).status_code == 403


# ── Rows that meet ────────────────────────────────────────────────────────────


def term_data(browser: Client, agreement: Agreement, number: int, **fields: Any) -> dict[str, Any]:
    term = Term(agreement=agreement, number=number, end_kind="fixed", **fields)
    return form_data(Term, term, browser)


@pytest.fixture
def agreement(db: None) -> Agreement:
    return make_agreement(
        reference="OVERLAP", terms=[{"starts_on": "2017-09-01", "ends_on": "2018-08-31"}]
    )


def test_a_term_that_overlaps_is_refused_with_a_sentence(
    browser: Client, agreement: Agreement
) -> None:
    before = Change.objects.count()
    data = term_data(browser, agreement, 2, starts_on="2018-08-31", ends_on="2019-08-31")
    response = browser.post(address(Term, "add"), data, follow=True)
    said = problems(response)
    assert "August 31, 2018" in said
    assert "erm 2" in said
    assert "was added successfully" not in said
    assert Term.objects.filter(agreement=agreement).count() == 1
    assert Change.objects.count() == before


def test_a_term_changed_to_overlap_is_refused_with_a_sentence(
    browser: Client, agreement: Agreement
) -> None:
    second = save(
        Term(
            agreement=agreement,
            number=2,
            starts_on="2018-09-01",
            ends_on="2019-08-31",
            end_kind="fixed",
        )
    )
    second.starts_on = "2018-08-01"
    data = form_data(Term, second, browser)
    said = problems(browser.post(address(Term, "change", second.pk), data, follow=True))
    assert "August 31, 2018" in said
    assert "was changed successfully" not in said
    second.refresh_from_db()
    assert str(second.starts_on) == "2018-09-01"


def test_an_overlap_behind_a_proposed_term_is_refused_too(
    browser: Client, agreement: Agreement
) -> None:
    save(Term(agreement=agreement, number=2, is_proposed=True))
    data = term_data(browser, agreement, 3, starts_on="2018-01-01", ends_on="2019-08-31")
    said = problems(browser.post(address(Term, "add"), data, follow=True))
    assert "was added successfully" not in said
    assert "August 31, 2018" in said
    assert Term.objects.filter(agreement=agreement).count() == 2


def test_what_a_list_action_may_not_do_is_said_in_words(
    browser: Client, agreement: Agreement, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(opened: Any) -> None:
        raise ValidationError("These rows contradict each other.")

    monkeypatch.setitem(changes._registered, "check", [refuse])
    browser.raise_request_exception = False
    before = Change.objects.count()
    response = browser.post(
        address(Agreement, "changelist"),
        {"action": "publish", "_selected_action": [agreement.pk]},
        follow=True,
    )
    assert response.status_code == 200
    said = problems(response)
    assert "These rows contradict each other." in said
    assert "were published" not in said
    assert Change.objects.count() == before


BROKEN = [
    (Term, {"starts_on_first": "2018-01-01", "starts_on_last": ""}, "first and the last"),
    (Term, {"starts_on_first": "2018-01-02", "starts_on_last": "2018-01-01"}, "first and the last"),
    (Term, {"ends_on_first": "2001-01-01", "ends_on_last": "2001-01-01"}, "last day"),
    (Term, {"license_fee": "5600"}, "currency"),
    (Term, {"license_fee": "-1", "currency": "USD"}, "not negative"),
    (Term, {"license_fee": "5600", "currency": "dollars"}, "at most 3"),
    (Term, {"license_fee": "5600", "currency": "usd"}, "three"),
    (Term, {"notice_length": "30"}, "its unit"),
    (Term, {"number": "1"}, "a term of this number already"),
    (Term, {"currency": "USD"}, "currency"),
    (Term, {"fee_per_months": "12"}, "currency"),
    (Term, {"notice_unit": "days"}, "its unit"),
    (Term, {"starts_on_first": "0000-00-00", "starts_on_last": "x"}, "valid date"),
    (Agreement, {"reference": "-bad"}, "Use letters"),
    (Agreement, {"reference": "x" * 61}, "at most 60"),
    (Agreement, {"decision_rule": "k_of_n"}, "votes needed"),
    (Agreement, {"title": "a\0b"}, "Null characters"),
    (Agreement, {"kind": "nothing"}, "valid choice"),
    (Agreement, {"department": "99999999999999999999"}, "valid choice"),
]


@pytest.mark.parametrize(("model", "wrong", "words"), BROKEN, ids=lambda v: str(v)[:60])
def test_what_a_row_can_tell_is_said_beside_the_form(
    browser: Client, samples: Samples, model: Any, wrong: dict[str, str], words: str
) -> None:
    browser.raise_request_exception = False
    fresh = samples.of(model).fresh()
    before = Change.objects.count()
    response = browser.post(address(model, "add"), form_data(model, fresh, browser, **wrong))
    said = problems(response)
    assert response.status_code == 200, said
    assert words.lower() in said.lower()
    assert said
    assert Change.objects.count() == before


@pytest.mark.parametrize("number", ["32768", "99999999999", "9" * 400, "-1", "1.5", "1e3"])
def test_a_strange_number_is_no_server_error(
    browser: Client, samples: Samples, number: str
) -> None:
    browser.raise_request_exception = False
    data = form_data(Term, samples.of(Term).fresh(), browser, number=number)
    assert browser.post(address(Term, "add"), data).status_code in {200, 302}


def test_a_record_that_others_need_is_kept_with_a_word_why(browser: Client) -> None:
    party = make_party("needed")
    make_agreement(recipients=["needed"])
    browser.raise_request_exception = False
    response = browser.post(address(type(party), "delete", party.pk), {"post": "yes"})
    assert response.status_code in {200, 403}
    assert "would require deleting" in response.content.decode()
    party.refresh_from_db()


def test_a_partial_date_is_entered_by_its_two_ends(browser: Client, agreement: Agreement) -> None:
    record = Participation(agreement=agreement, party=make_party("p"), role="recipient")
    data = form_data(
        Participation, record, browser, signed_on_first="2008-01-01", signed_on_last="2008-12-31"
    )
    assert browser.post(address(Participation, "add"), data).status_code == 302
    assert str(Participation.objects.get(party__slug="p").signed_on) == "2008"


# ── Publication ───────────────────────────────────────────────────────────────


def test_publishing_is_one_change_and_shows_the_record(browser: Client, keeper: Any) -> None:
    chosen = [make_agreement(reference=f"PUB-{n}", title=f"Agreement {n}") for n in range(3)]
    already = make_agreement(reference="OLD", published_at=timezone.now())
    last = Change.objects.first()
    assert last is not None
    response = browser.post(
        address(Agreement, "changelist"),
        {"action": "publish", "_selected_action": [a.pk for a in (*chosen, already)]},
        follow=True,
    )
    assert "3 agreements were published." in response.content.decode()
    (entry,) = Change.objects.filter(pk__gt=last.pk)
    assert entry.by == keeper
    revisions = Agreement.history.filter(change=entry)
    assert set(revisions.values_list("reference", flat=True)) == {"PUB-0", "PUB-1", "PUB-2"}
    assert Client().get("/agreements/pub-1/").status_code == 200
    for revision in revisions:
        assert revision.published_at <= revision.history_date


def test_the_day_of_publication_is_not_edited_by_hand(browser: Client) -> None:
    record = make_agreement(reference="DRAFT")
    data = form_data(Agreement, record, browser, title="Other")
    data |= {
        "published_at_0": "2018-01-01",
        "published_at_1": "12:00",
        "published_at": "2018-01-01",
    }
    assert browser.post(address(Agreement, "change", record.pk), data).status_code == 302
    record.refresh_from_db()
    assert record.title == "Other"
    assert record.published_at is None


def test_an_agreement_with_deadlines_can_be_deleted(browser: Client, agreement: Agreement) -> None:
    """What is derived from it is no reason to keep it."""
    assert Deadline.objects.filter(agreement=agreement).exists()
    response = browser.post(
        address(Agreement, "delete", agreement.pk), {"post": "yes", "change_reason": REASON}
    )
    assert response.status_code == 302, problems(response)
    assert not Agreement.objects.filter(pk=agreement.pk).exists()


def test_deleting_asks_for_a_reason_too(browser: Client, agreement: Agreement) -> None:
    term = Term.objects.get(agreement=agreement)
    page = Page(browser.get(address(Term, "delete", term.pk)))
    assert [i for i in page.root.all("input") if i.attrs.get("name") == "change_reason"]


# ── Who may enter ─────────────────────────────────────────────────────────────


def test_a_superuser_enters_through_the_registers_own_sign_in(client: Client, keeper: Any) -> None:
    page = client.get("/admin/", follow=True)
    assert page.request["PATH_INFO"] == "/accounts/login/"
    for name in ("keeper@example.org", "KEEPER@example.org", " Keeper@Example.org "):
        response = client.post(
            "/accounts/login/?next=/admin/",
            {"login": name, "password": PASSWORD, "next": "/admin/"},
        )
        assert response.status_code == 302, name
        assert response["Location"] == "/admin/"
        assert client.get("/admin/").status_code == 200
        client.logout()
    wrong = client.post("/accounts/login/", {"login": "keeper@example.org", "password": "wrong"})
    assert wrong.status_code == 200


def test_the_admins_own_form_signs_nobody_in(client: Client, keeper: Any) -> None:
    """It knows no second factor: not for visitors, not for staff who are no superusers."""
    data = {"username": "keeper@example.org", "password": PASSWORD, "next": "/admin/"}
    assert client.post("/admin/login/", data)["Location"].startswith("/accounts/login/")
    client.force_login(make_person("staff@example.org", is_staff=True))
    assert client.post("/admin/login/", data).status_code == 403
    assert client.get("/admin/").status_code == 302


def others() -> list[tuple[str, dict[str, bool]]]:
    return [
        ("person", {}),
        ("member of staff", {"is_staff": True}),
        ("superuser who left", {"is_staff": True, "is_superuser": True, "is_active": False}),
    ]


@pytest.mark.parametrize(("who", "rights"), others(), ids=str)
def test_nobody_else_enters(client: Client, samples: Samples, who: str, rights: Any) -> None:
    person = make_person(f"{who.replace(' ', '.')}@example.org", **rights)
    person.user_permissions.set(Permission.objects.all())
    client.force_login(person)
    record = samples.saved(Term)
    before = Change.objects.count()
    client.raise_request_exception = False
    for url in (
        "/admin/",
        address(Term, "changelist"),
        address(Term, "add"),
        address(Term, "change", record.pk),
        address(Term, "delete", record.pk),
        address(Term, "history", record.pk),
        address(Deadline, "changelist"),
        address(Change, "changelist"),
        address(get_user_model(), "changelist"),
    ):
        assert client.get(url).status_code in {302, 403}, url
        assert client.post(url, {"change_reason": "x", "post": "yes"}).status_code in {302, 403}, (
            url
        )
    assert Change.objects.count() == before
    assert Term.objects.filter(pk=record.pk).exists()


def test_visitors_are_sent_to_sign_in_and_write_nothing(client: Client, samples: Samples) -> None:
    record = samples.saved(Term)
    before = Change.objects.count()
    for url in (address(Term, "add"), address(Term, "delete", record.pk), "/admin/"):
        for response in (client.get(url), client.post(url, {"change_reason": "x"})):
            assert response.status_code == 302
            assert response["Location"].startswith("/admin/login/")
    assert Change.objects.count() == before


def test_the_admin_is_not_kept_by_caches(browser: Client) -> None:
    for url in ("/admin/", address(Agreement, "changelist"), "/admin/login/"):
        assert "no-store" in browser.get(url).headers.get("Cache-Control", ""), url


# ── People ────────────────────────────────────────────────────────────────────


def test_every_model_of_people_opens(browser: Client, keeper: Any) -> None:
    user = apps.get_model("accounts.User")
    for url in (
        address(user, "changelist"),
        address(user, "add"),
        address(user, "change", keeper.pk),
        address(user, "history", keeper.pk),
        f"/admin/accounts/user/{keeper.pk}/password/",
    ):
        assert browser.get(url).status_code == 200, url
