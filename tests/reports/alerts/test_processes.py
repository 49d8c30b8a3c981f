"""``send_alerts`` as real processes: several at once, and how it ends."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection

from reports.models import Alert
from tests.factories import make_agreement, make_person
from tests.reports.alerts.post_office import PostOffice

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]


def database_url() -> str:
    """The address of the test's own database, for a process of its own."""
    found = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{found['NAME']}"
    user = found["USER"] + (f":{found['PASSWORD']}" if found["PASSWORD"] else "")
    return f"postgres://{user}@{found['HOST']}:{found['PORT']}/{found['NAME']}"


def command(*arguments: str, **environment: str) -> subprocess.Popen:
    environ = {**os.environ, "DATABASE_URL": database_url(), "DEBUG": "1", "PACTWATCH_TODAY": ""}
    return subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "manage.py", "send_alerts", *arguments],
        cwd=settings.BASE_DIR,
        env=environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_processes_at_once_send_each_alert_once(office: PostOffice) -> None:
    for number in range(40):
        make_agreement(
            reference=f"W{number}",
            responsible_officer=make_person(f"officer{number}@example.org"),
            terms=[{"starts_on": "2017-09-01", "ends_on": "2018-08-31", "renewal_kind": "none"}],
        )
    mailing = {"EMAIL_URL": f"smtp://127.0.0.1:{office.port}", "PACTWATCH_EXAMPLE": "1"}
    runs = [command("--on", "2018-06-02", "--format", "json", **mailing) for _ in range(3)]
    ended = [run.communicate(timeout=120) for run in runs]
    assert [run.returncode for run in runs] == [0, 0, 0], ended
    outcomes = [json.loads(out) for out, _ in ended]
    assert sum(outcome["sent"] for outcome in outcomes) == 40
    ids = [m["Message-ID"] for m in office.received]
    assert len(ids) == len(set(ids)) == 40
    assert set(Alert.objects.values_list("state", flat=True)) == {"sent"}


def test_errors_are_one_sentence_on_stderr_with_status_1() -> None:
    for arguments, words in (
        (["--on", "never"], "write it as 2018-06-15"),
        (["--on", "2018-06-02"], "add --dry-run to list what would be sent"),
    ):
        run = command(*arguments, PACTWATCH_EXAMPLE="0")
        out, error = run.communicate(timeout=120)
        assert run.returncode == 1, error
        assert out == ""
        assert words in error
        assert len(error.strip().splitlines()) == 1, error
        assert "Traceback" not in error
        assert "Error" not in error
