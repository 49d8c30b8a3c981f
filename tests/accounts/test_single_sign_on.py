"""Single sign-on, against a real provider in another thread and the register in a process."""

import http.cookiejar
import os
import re
import socket
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from oidc_provider_mock import User, run_server_in_thread

ROOT = Path(__file__).resolve().parent.parent.parent
PEOPLE = """
from django.contrib.auth import get_user_model
make = get_user_model().objects.create_user
make("ana@example.org", name="Ana Ruiz", role="editor")
make("gone@example.org", name="Gone", role="editor", is_active=False)
"""
CLAIMS = [
    User(sub="1", claims={"email": "Ana@example.org", "email_verified": True}),
    User(sub="2", claims={"email": "ana@example.org", "email_verified": False}),
    User(sub="3", claims={"email": "stranger@example.org", "email_verified": True}),
    User(sub="4", claims={"email": "gone@example.org", "email_verified": True}),
]

pytestmark = [
    pytest.mark.processes,
    pytest.mark.xdist_group("single sign-on"),  # two registers are started once, not in each worker
    # the provider's libraries speak of their own future
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@pytest.fixture(scope="module", params=["0", "1"], ids=["as the provider says", "trusted"])
def register(request: Any, tmp_path_factory: Any) -> Iterator[tuple[str, bool]]:
    """The address of a register with single sign-on, and whether it trusts every address."""
    folder = tmp_path_factory.mktemp("sso")
    port = _free_port()
    with run_server_in_thread(user_claims=CLAIMS) as provider:
        env = {k: v for k, v in os.environ.items() if not k.startswith("PACTWATCH_")} | {
            "DATABASE_URL": f"sqlite:///{folder / 'register.sqlite3'}",
            "DEBUG": "1",
            "AUTHLIB_INSECURE_TRANSPORT": "1",
            "PACTWATCH_SSO_SERVER_URL": f"http://localhost:{provider.server_port}",
            "PACTWATCH_SSO_CLIENT_ID": "register",
            "PACTWATCH_SSO_SECRET": "secret",
            "PACTWATCH_SSO_NAME": "City account",
            "PACTWATCH_SSO_TRUST_EMAIL": request.param,
        }
        manage = [sys.executable, "manage.py"]
        for command in (["migrate", "-v0"], ["shell", "-v0", "-c", PEOPLE]):
            subprocess.run([*manage, *command], cwd=ROOT, env=env, check=True)  # noqa: S603
        with (folder / "log").open("w") as log:
            server = subprocess.Popen(  # noqa: S603 - our own program
                [*manage, "runserver", "--noreload", f"127.0.0.1:{port}"],
                cwd=ROOT, env=env, stdout=log, stderr=log,
            )  # fmt: skip
        try:
            _wait_for(port, server)
            yield f"http://127.0.0.1:{port}", request.param == "1"
        finally:
            server.terminate()
            server.wait(20)


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    while server.poll() is None:
        with socket.socket() as knocking:
            if knocking.connect_ex(("127.0.0.1", port)) == 0:
                return
    raise AssertionError("the register did not start")


@pytest.fixture
def enter(register: tuple[str, bool]) -> Callable[[str], str]:
    """Sign in as a subject of the provider; return the page on which one ends."""
    site, _ = register

    def sign_in(sub: str) -> str:
        browser = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        )

        def ask(url: str, data: dict[str, str] | None = None) -> tuple[str, str]:
            body = urllib.parse.urlencode(data).encode() if data else None
            try:
                answer = browser.open(url, body)
            except urllib.error.HTTPError as error:
                answer = error
            with answer:
                return answer.geturl(), answer.read().decode()

        _, page = ask(f"{site}/accounts/login/")
        assert "Sign in with City account" in page
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        assert token
        at, _ = ask(f"{site}/accounts/oidc/city/login/", {"csrfmiddlewaretoken": token[1]})
        assert "/oauth2/authorize" in at
        _, page = ask(at, {"sub": sub})
        return page

    return sign_in


def test_a_known_verified_address_gets_in_again_and_again(enter: Callable[[str], str]) -> None:
    for _ in range(2):
        page = enter("1")
        assert "Ana Ruiz" in page
        assert "What needs me" in page


def test_an_address_that_is_not_verified_gets_in_only_where_the_directory_is_trusted(
    enter: Callable[[str], str], register: tuple[str, bool]
) -> None:
    page = enter("2")
    assert ("Ana Ruiz" in page) is register[1]
    assert ("Nobody is known here by this address" in page) is not register[1]


def test_a_stranger_is_told_to_ask_for_an_invitation(enter: Callable[[str], str]) -> None:
    assert "Nobody is known here by this address" in enter("3")


def test_a_disabled_person_stays_outside(enter: Callable[[str], str]) -> None:
    page = enter("4")
    assert "This account is disabled" in page or "Nobody is known here" in page
    assert "Sign out" not in page
