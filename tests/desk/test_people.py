"""People: invited, given roles and mandates, and gone, with what they held in other hands."""

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.test import Client

from agreements.models import Agreement
from agreements.models.mandate import Mandate
from civil.clock import today
from revisions.models import Change
from tests.factories import make_agreement, make_party, make_person, save

PASSWORD = "a long word for the tests only"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quick(settings: Any, tmp_path: Path) -> None:
    settings.STATIC_ROOT = str(tmp_path)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()


@pytest.fixture
def officer() -> Any:
    return make_person("records@example.org", role="records_officer", name="Rosa")


@pytest.fixture
def desk(client: Client, officer: Any) -> Client:
    client.force_login(officer)
    return client


def people() -> Any:
    return get_user_model().objects


INVITE = {"name": "Ana", "email": "Ana@example.org", "office": "Law", "language": "en"}


def test_somebody_invited_sets_a_password_by_the_mailed_link_once(
    desk: Client, mailoutbox: Any, settings: Any
) -> None:
    settings.BASE_URL = "https://register.example.org"
    assert desk.post("/desk/people/invite/", INVITE | {"role": "editor"}).status_code == 302
    ana = people().get(email="ana@example.org")
    assert (ana.role, ana.has_usable_password(), ana.is_staff) == ("editor", False, False)
    (mail,) = mailoutbox
    assert mail.to == ["ana@example.org"]
    assert "Rosa invites you" in mail.body
    link = re.search(r"https://register\.example\.org(/\S+)", mail.body)
    assert link
    browser = Client()
    page = browser.get(link[1], follow=True)
    new = {"password1": PASSWORD, "password2": PASSWORD}
    browser.post(page.request["PATH_INFO"], new)
    assert "no longer good" in Client().get(link[1], follow=True).content.decode()
    browser.post("/accounts/login/", {"login": "ana@example.org", "password": PASSWORD})
    assert browser.session["_auth_user_id"] == str(ana.pk)


def test_an_invitation_speaks_the_language_of_its_reader(desk: Client, mailoutbox: Any) -> None:
    desk.post("/desk/people/invite/", INVITE | {"language": "es"})
    assert "/es/accounts/password/reset/key/" in mailoutbox[0].body


def test_a_mail_server_that_is_down_is_said_and_the_person_kept(
    desk: Client, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    page = desk.post("/desk/people/invite/", INVITE, follow=True).content.decode()
    assert "could not be sent" in page
    assert people().filter(email="ana@example.org").exists()


def test_an_address_is_invited_once(desk: Client) -> None:
    make_person("ana@example.org")
    page = desk.post("/desk/people/invite/", INVITE)
    assert page.status_code == 200
    assert "already exists" in page.content.decode()


# ── Limits of power ───────────────────────────────────────────────────────────


def test_nobody_changes_their_own_role_or_disables_themselves(desk: Client, officer: Any) -> None:
    data = {"name": "Rosa R.", "language": "en", "role": "", "email": "x@example.org"}
    desk.post(f"/desk/people/{officer.pk}/change/", data)
    officer.refresh_from_db()
    assert (officer.name, officer.role, officer.email) == (
        "Rosa R.",
        "records_officer",
        "records@example.org",
    )
    for page in ("disable", "mandate", "second-factor", "invite", "enable"):
        response = desk.post(f"/desk/people/{officer.pk}/{page}/", {"reason": "x"})
        assert response.status_code == 403, page
    officer.refresh_from_db()
    assert officer.is_active


def test_only_a_superuser_makes_or_changes_a_superuser(desk: Client, client: Client) -> None:
    keeper = make_person("keeper@example.org", is_superuser=True, is_staff=True)
    desk.post("/desk/people/invite/", INVITE | {"is_superuser": "on"})
    assert not people().get(email="ana@example.org").is_superuser
    for page in ("change", "disable", "mandate", "second-factor"):
        assert desk.post(f"/desk/people/{keeper.pk}/{page}/", {}).status_code == 403, page
    client.force_login(keeper)
    ana = people().get(email="ana@example.org")
    client.post(f"/desk/people/{ana.pk}/change/", INVITE | {"is_superuser": "on"})
    ana.refresh_from_db()
    assert (ana.is_superuser, ana.is_staff) == (True, True)


@pytest.mark.parametrize("role", ["", "editor", "council_reader"])
def test_others_see_no_page_about_people(client: Client, role: str) -> None:
    other = make_person("other@example.org", role=role)
    client.force_login(other)
    for path in ("", "invite/", f"{other.pk}/", f"{other.pk}/change/", f"{other.pk}/disable/"):
        assert client.get(f"/desk/people/{path}").status_code == 403, path


def test_a_person_who_is_not_there(desk: Client) -> None:
    for pk in (0, 10**12, 10**30):
        assert desk.get(f"/desk/people/{pk}/").status_code == 404


def test_what_was_done_to_an_account_is_shown_beside_it(desk: Client) -> None:
    ana = make_person("ana@example.org", name="Ana")
    desk.post(f"/desk/people/{ana.pk}/change/", INVITE | {"role": "editor"})
    page = desk.get(f"/desk/people/{ana.pk}/").content.decode()
    assert "role: editor" in page
    assert "Rosa" in page


# ── Mandates ──────────────────────────────────────────────────────────────────


def test_a_mandate_is_given_and_ended_each_in_one_change(desk: Client, officer: Any) -> None:
    ana, city = make_person("ana@example.org"), make_party("city")
    data = {"party": city.pk, "office": "Mayor", "from_on": "2018-01-01", "reason": "Sworn in"}
    desk.post(f"/desk/people/{ana.pk}/mandate/", data)
    mandate = Mandate.objects.get()
    assert ana.has_perm("agreements.vote")
    entry = Change.objects.first()
    assert entry is not None
    assert (entry.by, entry.reason) == (officer, "Sworn in")
    again = desk.post(f"/desk/people/{ana.pk}/mandate/", data)
    assert "on some of these days already" in again.content.decode()
    end = {"last_on": "2018-12-31", "reason": "Term over"}
    desk.post(f"/desk/people/mandates/{mandate.pk}/end/", end)
    mandate.refresh_from_db()
    assert mandate.until_on == dt.date(2018, 12, 31)
    assert mandate.history.count() == 2
    assert not ana.has_perm("agreements.vote")


def test_a_mandate_does_not_end_before_it_begins(desk: Client) -> None:
    ana = make_person("ana@example.org")
    mandate = save(Mandate(user=ana, party=make_party("c"), office="Mayor", from_on="2018-01-01"))
    end = {"last_on": "2017-12-31", "reason": "Mistaken"}
    page = desk.post(f"/desk/people/mandates/{mandate.pk}/end/", end)
    assert "not before the first" in page.content.decode()


# ── Leaving ───────────────────────────────────────────────────────────────────


@pytest.fixture
def ana() -> Any:
    return get_user_model().objects.create_user("ana@example.org", PASSWORD, role="editor")


def test_leaving_asks_who_takes_over_and_changes_nothing_until_told(desk: Client, ana: Any) -> None:
    record = make_agreement(responsible_officer=ana)
    page = desk.post(f"/desk/people/{ana.pk}/disable/", {"reason": "Retired"})
    assert "Say who takes this over" in page.content.decode()
    ana.refresh_from_db()
    record.refresh_from_db()
    assert ana.is_active
    assert record.responsible_officer == ana


def test_leaving_hands_over_in_one_change_and_ends_sessions(
    desk: Client, ana: Any, officer: Any
) -> None:
    ben, cy = (make_person(f"{n}@example.org", role="editor") for n in ("ben", "cy"))
    first = make_agreement(reference="ONE", responsible_officer=ana, deputy=ben)
    second = make_agreement(reference="TWO", responsible_officer=ben, deputy=ana)
    city = make_party("city")
    kept = save(Mandate(user=ana, party=city, office="Mayor", from_on="2018-01-01"))
    over = save(Mandate(user=ana, party=make_party("da"), office="DA", from_on="2018-01-01"))
    browser = Client()
    browser.post("/accounts/login/", {"login": "ana@example.org", "password": PASSWORD})
    assert browser.get("/accounts/sessions/").status_code == 200
    last = Change.objects.first()
    data = {
        "reason": "Retired",
        "everything": cy.pk,
        f"deputy_{second.pk}": officer.pk,
        f"mandate_{kept.pk}": cy.pk,
    }
    assert desk.post(f"/desk/people/{ana.pk}/disable/", data).status_code == 302
    assert browser.get("/accounts/sessions/").status_code == 302
    again = browser.post("/accounts/login/", {"login": "ana@example.org", "password": PASSWORD})
    assert "_auth_user_id" not in browser.session, again
    assert Agreement.objects.get(pk=first.pk).responsible_officer == cy
    assert Agreement.objects.get(pk=second.pk).deputy == officer
    assert Mandate.objects.get(user=cy).party == city
    assert Mandate.objects.get(user=cy).from_on == today()
    for mandate in (kept, over):
        mandate.refresh_from_db()
        assert mandate.until_on == today()
    (entry,) = Change.objects.filter(pk__gt=last.pk if last else 0)
    assert (entry.by, entry.reason) == (officer, "Retired")


def test_who_comes_back_signs_in_again_and_holds_nothing(desk: Client, ana: Any) -> None:
    desk.post(f"/desk/people/{ana.pk}/disable/", {"reason": "Leave of absence"})
    assert not people().get(pk=ana.pk).is_active
    desk.post(f"/desk/people/{ana.pk}/enable/")
    assert people().get(pk=ana.pk).is_active


def test_a_disabled_person_is_nobodys_successor(desk: Client, ana: Any) -> None:
    gone = make_person("gone@example.org", is_active=False)
    record = make_agreement(responsible_officer=ana)
    data = {"reason": "Retired", f"responsible_officer_{record.pk}": gone.pk}
    assert desk.post(f"/desk/people/{ana.pk}/disable/", data).status_code == 200
    assert people().get(pk=ana.pk).is_active


def test_the_list_makes_as_many_queries_for_many_as_for_few(
    desk: Client, assert_constant_queries: Any
) -> None:
    def grow() -> None:
        for n in range(5):
            who = make_person(f"p{n}@example.org")
            save(Mandate(user=who, party=make_party(f"p{n}"), office="x", from_on="2018-01-01"))

    assert_constant_queries(lambda: desk.get("/desk/people/"), grow, most=10)
