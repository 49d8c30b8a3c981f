"""People sign in by e-mail address, in whatever case they write it."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.db import IntegrityError, transaction
from django.test import Client

PASSWORD = "a long word for the tests only"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quick(settings: Any, tmp_path: Path) -> None:
    settings.STATIC_ROOT = str(tmp_path)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def people() -> Any:
    return get_user_model().objects


@pytest.mark.parametrize("typed", ["ana@example.org", "ANA@Example.ORG", "  ana@example.org "])
def test_the_case_of_an_address_does_not_matter(client: Client, typed: str) -> None:
    ana = people().create_user("Ana@Example.org", PASSWORD)
    assert ana.email == "ana@example.org"
    response = client.post("/accounts/login/", {"login": typed, "password": PASSWORD})
    assert response.status_code == 302
    assert client.session["_auth_user_id"] == str(ana.pk)


def test_an_address_belongs_to_one_person() -> None:
    people().create_user("ana@example.org")
    with pytest.raises(IntegrityError), transaction.atomic():
        people().create_user("ANA@example.org")


def test_without_a_password_nobody_signs_in() -> None:
    ana = people().create_user("ana@example.org")
    assert not ana.has_usable_password()
    assert authenticate(username="ana@example.org", password="") is None


def test_who_left_does_not_sign_in() -> None:
    people().create_user("ana@example.org", PASSWORD, is_active=False)
    assert authenticate(username="ana@example.org", password=PASSWORD) is None


@pytest.mark.parametrize("address", ["", None])
def test_a_person_needs_an_address(address: str | None) -> None:
    with pytest.raises(ValueError, match="An e-mail address is needed"):
        people().create_user(address)


def test_a_person_is_called_by_name_else_by_address() -> None:
    ana = people().create_user("ana@example.org")
    assert str(ana) == ana.get_full_name() == "ana@example.org"
    ana.name = "Ana"
    assert str(ana) == ana.get_short_name() == "Ana"


def added_in_the_admin(client: Client, email: str) -> Any:
    client.force_login(people().create_superuser("keeper@example.org", PASSWORD))
    data = {
        "email": email,
        "name": "Ana",
        "usable_password": "true",
        "password1": PASSWORD,
        "password2": PASSWORD,
    }
    return client.post("/admin/accounts/user/add/", data)


def test_a_person_added_in_the_admin_signs_in(client: Client) -> None:
    assert added_in_the_admin(client, "ana@example.org").status_code == 302
    assert authenticate(username="ana@example.org", password=PASSWORD) is not None


def test_a_person_added_in_the_admin_with_capitals_signs_in(client: Client) -> None:
    assert added_in_the_admin(client, "Ana@Example.org").status_code == 302
    assert authenticate(username="ana@example.org", password=PASSWORD) is not None
    assert authenticate(username="Ana@Example.org", password=PASSWORD) is not None


def test_the_same_address_in_capitals_is_refused_in_the_admin(client: Client) -> None:
    people().create_user("ana@example.org")
    response = added_in_the_admin(client, "ANA@EXAMPLE.ORG")
    assert response.status_code == 200
    assert "already exists" in response.content.decode()
    assert people().filter(email__iexact="ana@example.org").count() == 1


def test_a_short_password_is_refused_in_the_admin(client: Client) -> None:
    client.force_login(people().create_superuser("keeper@example.org", PASSWORD))
    data = {"email": "ana@example.org", "usable_password": "true"}
    short = data | {"password1": "k9$kdjw", "password2": "k9$kdjw"}
    response = client.post("/admin/accounts/user/add/", short)
    assert response.status_code == 200
    assert "at least 12 characters" in response.content.decode()


def test_a_person_who_made_changes_is_not_deleted(client: Client) -> None:
    from tests.factories import make_agreement, make_person, writing

    writer = make_person()
    with writing(by=writer):
        make_agreement()
    client.force_login(people().create_superuser("keeper@example.org", PASSWORD))
    client.raise_request_exception = False
    response = client.post(f"/admin/accounts/user/{writer.pk}/delete/", {"post": "yes"})
    assert response.status_code in {200, 403}
    assert people().filter(pk=writer.pk).exists()
