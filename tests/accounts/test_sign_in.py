"""Signing in: sessions, second factors, limits, headers, and what the log says."""

import logging
import re
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.usersessions.models import UserSession
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.test import Client

from tests.factories import make_party, make_person, save

PASSWORD = "a long word for the tests only"
SECRET = "JBSWY3DPEHPK3PXP"
LOGIN = "/accounts/login/"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quick(settings: Any, tmp_path: Path) -> None:
    settings.STATIC_ROOT = str(tmp_path)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()


@pytest.fixture
def demanded(settings: Any) -> None:
    settings.SECOND_FACTOR_DEMANDED = True


def somebody(email: str = "ana@example.org", **fields: Any) -> Any:
    return get_user_model().objects.create_user(email, PASSWORD, **fields)


def sign_in(client: Client, email: str = "ana@example.org", password: str = PASSWORD) -> Any:
    return client.post(LOGIN, {"login": email, "password": password})


def code_now() -> str:
    return format_hotp_value(hotp_value(SECRET, next(iter(yield_hotp_counters_from_time()))))


# ── Sessions ──────────────────────────────────────────────────────────────────


def test_the_session_key_is_new_after_signing_in(client: Client) -> None:
    somebody()
    session = client.session
    session["before"] = "kept by an attacker"
    session.save()
    before = client.cookies["sessionid"].value if "sessionid" in client.cookies else None
    client.cookies["sessionid"] = session.session_key
    sign_in(client)
    assert client.session.session_key not in {before, session.session_key}
    assert not type(session)().exists(session.session_key)


def test_a_session_is_listed_and_the_others_can_be_ended(client: Client) -> None:
    somebody()
    other = Client(HTTP_USER_AGENT="Another browser")
    sign_in(client)
    sign_in(other)
    page = client.get("/accounts/sessions/").content.decode()
    assert "Another browser" in page
    client.post("/accounts/sessions/")
    assert UserSession.objects.count() == 1
    assert other.get("/accounts/sessions/").status_code == 302
    assert client.get("/accounts/sessions/").status_code == 200


def test_signing_out_needs_a_post(client: Client) -> None:
    somebody()
    sign_in(client)
    client.get("/accounts/logout/")
    assert "_auth_user_id" in client.session
    client.post("/accounts/logout/")
    assert "_auth_user_id" not in client.session


def test_nobody_signs_up_and_nobody_changes_an_address_here(client: Client) -> None:
    for path in ("signup/", "email/", "confirm-email/", "phone/change/"):
        assert client.get(f"/accounts/{path}").status_code == 404


# ── Second factor ─────────────────────────────────────────────────────────────

WHO = [
    ({"role": "editor"}, False),
    ({"role": "council_reader"}, False),
    ({"role": "records_officer"}, True),
    ({"is_superuser": True, "is_staff": True}, True),
    ({"votes": True}, True),
]


@pytest.mark.parametrize(("rights", "needed"), WHO, ids=str)
@pytest.mark.usefixtures("demanded")
def test_the_desk_asks_who_may_vote_or_publish_for_a_second_factor(
    client: Client, rights: dict[str, Any], needed: bool
) -> None:
    from agreements.models.mandate import Mandate

    votes = rights.get("votes", False)
    ana = somebody(**{k: v for k, v in rights.items() if k != "votes"})
    if votes:
        save(Mandate(user=ana, party=make_party("city"), office="Mayor", from_on="2018-01-01"))
    sign_in(client)
    for method in (client.get, client.post):
        response = method("/desk/")
        sent_on = response.status_code == 302 and "/accounts/second-factor/" in response["Location"]
        assert sent_on is needed
    page = client.get("/accounts/second-factor/")
    assert page.status_code == 200
    assert ("the desk stays closed to you" in page.content.decode()) is needed
    assert client.get("/").status_code == 200
    TOTP.activate(ana, SECRET)
    assert client.get("/desk/").status_code == 200


@pytest.mark.usefixtures("demanded")
def test_the_admin_stays_closed_without_a_second_factor(client: Client) -> None:
    ana = somebody(is_superuser=True, is_staff=True)
    sign_in(client)
    assert "/accounts/second-factor/" in client.get("/admin/")["Location"]
    TOTP.activate(ana, SECRET)
    assert client.get("/admin/").status_code == 200


def test_an_example_does_not_demand_it_and_says_so(client: Client) -> None:
    somebody(role="records_officer")
    sign_in(client)
    assert client.get("/desk/").status_code == 200
    assert (
        "does not demand a second factor" in client.get("/accounts/second-factor/").content.decode()
    )


def test_recovery_codes_alone_are_no_second_factor(client: Client, demanded: None) -> None:
    ana = somebody(role="records_officer")
    sign_in(client)
    RecoveryCodes.activate(ana)
    assert client.get("/desk/").status_code == 302


def test_a_password_alone_does_not_sign_in_who_has_an_app(client: Client) -> None:
    ana = somebody(role="records_officer")
    TOTP.activate(ana, SECRET)
    response = sign_in(client)
    assert "/accounts/second-factor/authenticate/" in response["Location"]
    assert "_auth_user_id" not in client.session
    wrong = client.post(response["Location"], {"code": "000000"})
    assert wrong.status_code == 200
    assert "_auth_user_id" not in client.session
    client.post(response["Location"], {"code": code_now()})
    assert client.session["_auth_user_id"] == str(ana.pk)


def test_a_recovery_code_signs_in_once(client: Client) -> None:
    ana = somebody()
    TOTP.activate(ana, SECRET)
    code = RecoveryCodes.activate(ana).get_unused_codes()[0]
    for expected in (True, False):
        response = sign_in(client)
        client.post(response["Location"], {"code": code})
        assert ("_auth_user_id" in client.session) is expected
        client.logout()


def test_secrets_of_second_factors_are_encrypted_and_outlive_a_change_of_the_key(
    client: Client, settings: Any, caplog: Any
) -> None:
    ana = somebody()
    TOTP.activate(ana, SECRET)
    kept = Authenticator.objects.get(user=ana)
    assert SECRET not in str(kept.data)
    former, settings.SECRET_KEY = settings.SECRET_KEY, "another key " * 5
    assert not kept.wrap().validate_code(code_now())
    assert "SECRET_KEY changed" in caplog.text
    settings.SECRET_KEY_FALLBACKS = [former]
    assert kept.wrap().validate_code(code_now())


@pytest.mark.django_db(transaction=True)  # what follows is done at commit, within the request
def test_setting_up_an_app_gives_recovery_codes_and_ends_other_sessions(client: Client) -> None:
    somebody(role="records_officer")
    other = Client()
    sign_in(other)
    sign_in(client)
    asked = client.get("/accounts/second-factor/totp/activate/")
    assert asked["Location"].startswith("/accounts/reauthenticate/")
    client.post(asked["Location"], {"password": PASSWORD})
    response = client.get("/accounts/second-factor/totp/activate/")
    assert response.status_code == 200, response["Location"]
    page = response.content.decode()
    assert "data:image/svg+xml" in page
    secret = re.search(r'value="([A-Z2-7]{32})"', page)
    assert secret
    code = format_hotp_value(hotp_value(secret[1], next(iter(yield_hotp_counters_from_time()))))
    done = client.post("/accounts/second-factor/totp/activate/", {"code": code}, follow=True)
    assert done.request["PATH_INFO"].endswith("/recovery-codes/")
    assert other.get("/accounts/sessions/").status_code == 302


# ── Limits, log, headers ──────────────────────────────────────────────────────


def test_guessing_is_stopped_after_a_few_tries(client: Client) -> None:
    somebody()
    for _ in range(6):
        page = sign_in(client, password="wrong")
    assert "Too many failed" in page.content.decode()
    assert "_auth_user_id" not in client.session
    assert "Too many failed" in sign_in(Client()).content.decode()


def test_known_and_unknown_addresses_are_answered_alike(client: Client, mailoutbox: Any) -> None:
    somebody()
    answers = [
        client.post("/accounts/password/reset/", {"email": email}, follow=True)
        for email in ("ana@example.org", "nobody@example.org")
    ]
    assert answers[0].content == answers[1].content
    assert [m.to for m in mailoutbox] == [["ana@example.org"]]


def test_links_in_mails_begin_with_the_configured_address(
    client: Client, mailoutbox: Any, settings: Any
) -> None:
    settings.BASE_URL = "https://register.example.org"
    somebody()
    client.post(
        "/accounts/password/reset/", {"email": "ana@example.org"}, headers={"host": "localhost"}
    )
    (mail,) = mailoutbox
    assert "https://register.example.org/accounts/password/reset/key/" in mail.body
    assert "localhost" not in mail.body


def test_the_log_tells_of_signing_in_and_never_what_was_typed(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    ana = somebody()
    with caplog.at_level(logging.INFO, "pactwatch.accounts"):
        sign_in(client, email="my-secret-password")
        sign_in(client, password="another secret")
        sign_in(client)
        client.post("/accounts/logout/")
    said = [r.getMessage() for r in caplog.records if r.name == "pactwatch.accounts"]
    assert any("refused: person" in line for line in said)
    assert f"signed in: person {ana.pk} from 127.0.0.1" in said
    assert f"signed out: person {ana.pk} from 127.0.0.1" in said
    assert "secret" not in " ".join(said)


def test_nothing_that_a_signed_in_person_sees_is_kept_by_a_cache(client: Client) -> None:
    visitor = client.get("/about/")
    assert "no-store" not in visitor.headers.get("Cache-Control", "")
    assert "sessionid" not in client.cookies
    somebody()
    sign_in(client)
    for path in ("/about/", "/", "/agreements/", "/accounts/sessions/"):
        assert client.get(path)["Cache-Control"] == "private, no-store", path


def test_the_masthead_says_who_is_signed_in(client: Client) -> None:
    assert 'href="/accounts/login/">Sign in' in client.get("/").content.decode()
    assert 'href="/es/accounts/login/"' in client.get("/es/").content.decode()
    somebody(name="Ana Ruiz")
    sign_in(client)
    page = client.get("/").content.decode()
    assert "Ana Ruiz" in page
    assert '<form action="/accounts/logout/" method="post">' in page


def test_a_superuser_does_not_vote_without_a_mandate() -> None:
    keeper = make_person("keeper@example.org", is_superuser=True)
    assert keeper.has_perm("agreements.publish")
    assert not keeper.has_perm("agreements.vote")
    assert keeper.has_perm("agreements.change_agreement")
