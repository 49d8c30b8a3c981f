"""The drills: kills, races and outages with real processes and a real mail server.

A small round in every run of the suite; ``make drill`` runs them in full and prints the figures.
"""

import datetime as dt
import os
import subprocess
import sys
from collections import Counter
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.utils import timezone

from reports.alerts import outbox, watchdog
from reports.models import Alert, Attempt
from tests.drills.victim import MAY_REPEAT, POINTS
from tests.factories import make_agreement, make_person
from tests.reports.alerts.post_office import PostOffice
from tests.reports.alerts.test_processes import command, database_url

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]

FULL = os.environ.get("DRILL") == "full"
DAY = dt.date(2018, 6, 2)
KILLS = 25 if FULL else 1
RACERS, ROUNDS, RACE_DUE = (4, 5, 1000) if FULL else (3, 1, 40)
OUTAGE_DUE = 500 if FULL else 30
WATCHES = 100 if FULL else 3


def say(figure: str) -> None:
    """Print a figure of a drill."""
    print(f"[{connection.vendor}] {figure}")


def due(count: int, ends: dt.date = dt.date(2018, 8, 31), spread: int = 1) -> None:
    """That many agreements, each with an officer of its own, ending on days one after another."""
    for number in range(count):
        make_agreement(
            reference=f"D{number}",
            responsible_officer=make_person(f"officer{number}@example.org"),
            terms=[
                {
                    "ends_on": ends + dt.timedelta(days=number % spread),
                    "renewal_kind": "none",
                }
            ],
        )


def environment(office: PostOffice) -> dict[str, str]:
    return {
        "EMAIL_URL": f"smtp://127.0.0.1:{office.port}",
        "PACTWATCH_EXAMPLE": "1",
        "PACTWATCH_BASE_URL": settings.BASE_URL,
    }


@pytest.mark.parametrize("point", POINTS)
def test_a_kill_loses_no_alert(office: PostOffice, point: str) -> None:
    due(3)
    repeated = 0
    for turn in range(KILLS):
        Attempt.objects.all().delete()
        Alert.objects.all().delete()
        office.received.clear()
        nth = turn % 3 + 1
        killed = subprocess.run(  # noqa: S603 - our own
            [sys.executable, "-m", "tests.drills.victim", point, str(nth), DAY.isoformat()],
            cwd=settings.BASE_DIR,
            env={
                **os.environ,
                "DATABASE_URL": database_url(),
                "DEBUG": "1",
                "DJANGO_SETTINGS_MODULE": "config.settings",
                **environment(office),
            },
            check=False,
            timeout=60,
        )
        assert killed.returncode == -9, "it was not killed"
        with time_machine.travel(timezone.now() + outbox.LEASE, tick=True):
            outbox.run(DAY)
        copies = Counter(mail["To"] for mail in office.received)
        assert len(copies) == 3, "an alert was lost"
        twice = [address for address, n in copies.items() if n > 1]
        assert len(twice) <= (1 if point in MAY_REPEAT else 0)
        for address in twice:
            assert len({mail["Message-ID"] for mail in office.to(address)}) == 1
        repeated += len(twice)
    say(f"killed {point}: {KILLS} times, 0 lost, {repeated} sent again under the same id")


def test_racing_processes_send_each_alert_once(office: PostOffice) -> None:
    due(RACE_DUE)
    for _ in range(ROUNDS):
        Attempt.objects.all().delete()
        Alert.objects.all().delete()
        office.received.clear()
        runs = [
            command("--on", DAY.isoformat(), "--format", "json", **environment(office))
            for _ in range(RACERS)
        ]
        ended = [run.communicate(timeout=600) for run in runs]
        assert [run.returncode for run in runs] == [0] * RACERS, ended
        ids = [mail["Message-ID"] for mail in office.received]
        assert len(ids) == len(set(ids)) == RACE_DUE
        say(f"{RACERS} processes, {RACE_DUE} due: {len(ids)} sent, each once")


def test_after_three_days_without_a_server_all_arrive_in_order_and_say_late(
    office: PostOffice, settings: Any
) -> None:
    due(OUTAGE_DUE, spread=10)
    settings.EMAIL_PORT, port = 1, office.port  # nobody listens there
    moment = timezone.now()
    for hours in range(0, 72, 6):
        with time_machine.travel(moment + dt.timedelta(hours=hours), tick=True):
            outbox.run(DAY + dt.timedelta(days=7 + hours // 24))
    assert not Alert.objects.filter(state="sent").exists()
    settings.EMAIL_PORT = port
    office.refuse_recipient["officer0@example.org"] = "550 5.1.1 gone"
    with time_machine.travel(moment + dt.timedelta(hours=72), tick=True):
        outbox.run(DAY + dt.timedelta(days=9))
    days = [mail["Subject"].split(" on ")[1].split(":")[0] for mail in office.received]
    assert len(days) == OUTAGE_DUE - 1
    ends = [dt.datetime.strptime(f"{day} 2018", "%B %d %Y").date() for day in days]  # noqa: DTZ007
    assert ends == sorted(ends)
    texts = [str(mail.get_body(("plain",)).get_content()) for mail in office.received]
    late = [text for text in texts if "This reminder is late" in text]
    is_late = Alert.objects.filter(is_late=True, state="sent").count()
    assert len(late) == is_late > 0
    say(f"3 days without a server, {OUTAGE_DUE} due: in order, {is_late} marked late, 1 refused")


def test_the_watchdog_sees_each_silence_within_two_runs(office: PostOffice) -> None:
    due(2)
    red = 0
    for _ in range(WATCHES):
        Attempt.objects.all().delete()
        Alert.objects.all().delete()
        watchdog.accept()
        watchdog.check(DAY)
        red += bool(watchdog.check(DAY))
        outbox.run(DAY)
        watchdog.accept()
        assert watchdog.check(DAY) == []
    assert red == WATCHES
    say(f"watchdog: red {red} times out of {WATCHES}, green after each repair")
