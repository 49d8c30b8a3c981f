"""Settings: a first run needs none, production is told in a sentence what it lacks."""

import datetime as dt
import re
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent.parent
SECRET = "s3cret-Of-A-Register-" * 4
NAMES = re.compile(r"^(PACTWATCH_|SECURE_|DEBUG|SECRET_KEY|ALLOWED_|CSRF_|DATABASE_|EMAIL_)")


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Any]]:
    """Read the settings afresh, from an environment that holds only what is given."""
    import os

    def settings(**env: str) -> dict[str, Any]:
        for name in list(os.environ):
            if NAMES.match(name):
                monkeypatch.delenv(name)
        for name, value in env.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(ROOT / "config" / "settings.py"))

    return settings


def production() -> dict[str, str]:
    """The variables that docs/production.md names, with its own examples."""
    text = (ROOT / "docs" / "production.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \|[^|]*\|(?: `([^`]*)`)? \|$", text, re.MULTILINE)
    found = {name: value for name, value in rows if value}
    return found | {"SECRET_KEY": SECRET}


Read = Callable[..., dict[str, Any]]


def test_a_first_run_needs_no_variable(read: Read) -> None:
    found = read()
    assert found["LOCAL"] is True
    assert found["DEBUG"] is False, "visitors of a first run see the register's own error pages"
    assert found["PACTWATCH_EXAMPLE"] is True
    assert found["PACTWATCH_TODAY"] is None
    assert found["PACTWATCH_TIME_ZONE"] == found["TIME_ZONE"] == "America/New_York"
    assert found["PACTWATCH_DECIDE_DAYS"] == 60
    assert found["DATABASES"]["default"]["ENGINE"] == "django.db.backends.sqlite3"
    assert found["ALLOWED_HOSTS"] == ["127.0.0.1", "localhost"]
    assert len(found["SECRET_KEY"]) >= 50


def test_sqlite_is_opened_for_writers_that_wait_for_each_other(read: Read) -> None:
    options = read()["DATABASES"]["default"]["OPTIONS"]
    assert options["transaction_mode"] == "IMMEDIATE"
    assert options["timeout"] >= 5
    assert "journal_mode=WAL" in options["init_command"]


def test_the_database_of_the_tests_is_opened_like_that_too(db: None) -> None:
    if connection.vendor == "postgresql":
        assert connection.settings_dict["ENGINE"].endswith("postgresql")
        return
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert cursor.execute("PRAGMA foreign_keys").fetchone() == (1,)


def test_postgresql_is_chosen_by_its_address(read: Read) -> None:
    found = read(DATABASE_URL="postgres://me:secret@db.example.org:5433/register")["DATABASES"]
    chosen = found["default"]
    assert chosen["ENGINE"] == "django.db.backends.postgresql"
    assert (chosen["HOST"], chosen["PORT"], chosen["NAME"]) == ("db.example.org", 5433, "register")
    assert "transaction_mode" not in chosen.get("OPTIONS", {})


@pytest.mark.parametrize(
    ("env", "sentence"),
    [
        ({"DEBUG": "0"}, "SECRET_KEY is not set"),
        ({"DEBUG": "0", "SECRET_KEY": ""}, "SECRET_KEY is not set"),
        ({"PACTWATCH_TODAY": "15.6.2018"}, "PACTWATCH_TODAY is '15.6.2018'"),
        ({"PACTWATCH_TODAY": "2018-02-30"}, "write a day such as 2018-06-15"),
        (
            {"PACTWATCH_TODAY": "2018-06-15", "PACTWATCH_EXAMPLE": "0"},
            "PACTWATCH_TODAY moves the day",
        ),
        (
            {"PACTWATCH_TODAY": "2018-06-15", "DEBUG": "0", "SECRET_KEY": SECRET},
            "unset it, or set PACTWATCH_EXAMPLE=1",
        ),
        ({"PACTWATCH_DECIDE_DAYS": "-5"}, "PACTWATCH_DECIDE_DAYS"),
        ({"PACTWATCH_DECIDE_DAYS": "sixty"}, "PACTWATCH_DECIDE_DAYS"),
    ],
)
def test_what_is_unsafe_or_unreadable_is_refused_in_a_sentence(
    read: Read, env: dict[str, str], sentence: str
) -> None:
    with pytest.raises(ImproperlyConfigured, match=re.escape(sentence)):
        read(**env)


def test_a_day_can_be_set_for_an_example_register(read: Read) -> None:
    assert read(PACTWATCH_TODAY="2018-06-15")["PACTWATCH_TODAY"] == dt.date(2018, 6, 15)
    assert read(PACTWATCH_TODAY="")["PACTWATCH_TODAY"] is None


def test_production_is_no_example_and_trusts_no_host_unasked(read: Read) -> None:
    found = read(DEBUG="0", SECRET_KEY=SECRET)
    assert found["PACTWATCH_EXAMPLE"] is False
    assert found["ALLOWED_HOSTS"] == []
    assert found["SESSION_COOKIE_SECURE"]
    assert found["CSRF_COOKIE_SECURE"]
    assert found["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert found["CSRF_COOKIE_NAME"].startswith("__Host-")
    assert found["SECURE_HSTS_SECONDS"] >= 63_072_000


@pytest.mark.parametrize(
    "address", ["", "junk", "mysql://me:secret@db/register", "postgres://me:secret@db:port/x"]
)
def test_an_address_of_no_database_is_refused_without_its_password(
    read: Read, address: str
) -> None:
    with pytest.raises(ImproperlyConfigured, match="names no database") as refused:
        read(DATABASE_URL=address)
    assert "secret" not in str(refused.value)


def test_links_begin_with_the_address_that_is_set(read: Read) -> None:
    found = read(PACTWATCH_BASE_URL="https://register.example.org/")
    assert found["BASE_URL"] == "https://register.example.org"


def test_another_citys_time_zone(read: Read) -> None:
    found = read(PACTWATCH_TIME_ZONE="America/Los_Angeles")
    assert found["TIME_ZONE"] == found["PACTWATCH_TIME_ZONE"] == "America/Los_Angeles"


def test_history_permissions_are_enforced_and_reverting_is_off(read: Read) -> None:
    found = read()
    assert found["SIMPLE_HISTORY_ENFORCE_HISTORY_MODEL_PERMISSIONS"] is True
    assert found["SIMPLE_HISTORY_REVERT_DISABLED"] is True


def test_nothing_is_allowed_by_the_content_policy_that_is_not_named(read: Read) -> None:
    directives = read()["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]
    assert directives["default-src"] == ["'none'"]
    assert directives["base-uri"] == ["'none'"]
    assert directives["frame-ancestors"] == ["'none'"]
    assert directives["form-action"] == ["'self'"]
    said = str(directives)
    assert "unsafe-inline" not in said
    assert "unsafe-eval" not in said
    assert "*" not in said


# ── As a process ──────────────────────────────────────────────────────────────

Manage = Callable[..., Any]


@pytest.mark.processes
def test_the_documented_production_variables_leave_nothing_to_warn_of(
    manage: Manage, tmp_path: Path
) -> None:
    env = production()
    assert env["DEBUG"] == "0"
    env |= {"DATABASE_URL": f"sqlite:///{tmp_path / 'register.sqlite3'}"}
    done = manage("check", "--deploy", "--fail-level", "WARNING", env=env)
    assert (done.returncode, done.stderr) == (0, "")
    assert "no issues" in done.stdout


@pytest.mark.processes
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PACTWATCH_BASE_URL", "http://127.0.0.1:8000"),
        ("PACTWATCH_EXAMPLE", "1"),
        ("PACTWATCH_MAIL_FROM", "Pactwatch <pactwatch@localhost>"),
        ("EMAIL_URL", "consolemail://"),
        ("SECRET_KEY", "short"),
        ("DEBUG", "1"),
        ("ALLOWED_HOSTS", ""),
    ],
)
def test_a_check_says_which_variable_is_missing(
    manage: Manage, tmp_path: Path, name: str, value: str
) -> None:
    env = production() | {"DATABASE_URL": f"sqlite:///{tmp_path / 'register.sqlite3'}"}
    done = manage("check", "--deploy", "--fail-level", "WARNING", env=env | {name: value})
    assert done.returncode == 1
    assert f"Set {name}" in done.stderr or name in {"SECRET_KEY", "ALLOWED_HOSTS"}
    assert name in done.stderr


@pytest.mark.processes
def test_a_production_without_a_secret_does_not_start(manage: Manage) -> None:
    done = manage("check", env={"DEBUG": "0", "SECRET_KEY": ""})
    assert done.returncode != 0
    assert "SECRET_KEY is not set" in done.stderr.strip().splitlines()[-1]


@pytest.mark.processes
def test_models_and_migrations_agree(manage: Manage, tmp_path: Path) -> None:
    env = {"DATABASE_URL": f"sqlite:///{tmp_path / 'none.sqlite3'}"}
    done = manage("makemigrations", "--check", "--dry-run", env=env)
    assert done.returncode == 0, done.stdout + done.stderr
