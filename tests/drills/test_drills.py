"""The drills: kills, races and outages with real processes and a real mail server.

A small round in every run of the suite; ``make drill`` runs them in full and prints the figures.
"""

import calendar
import datetime as dt
import logging
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any
from unittest import mock

import hypothesis
import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.utils import timezone
from hypothesis import strategies as st

from agreements.models import Deadline
from civil.clock import civil_date
from civil.months import OutOfCalendarError
from reports.alerts import outbox, planning, policy, readers, watchdog
from reports.alerts.channels import email
from reports.models import Alert, Attempt, Reader
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
TROUBLE_DUE = 200 if FULL else 20
WATCHES = 100 if FULL else 2
DAYS_DUE, PLANS = (10_000, 15) if FULL else (300, 3)


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
    ends = [_end_in(mail) for mail in office.received]
    assert len(ends) == OUTAGE_DUE - 1
    assert ends == sorted(ends)
    texts = [str(mail.get_body(("plain",)).get_content()) for mail in office.received]
    late = [text for text in texts if "This reminder is late" in text]
    is_late = Alert.objects.filter(is_late=True, state="sent").count()
    assert len(late) == is_late > 0
    assert Alert.objects.get(state="failed").recipient == "officer0@example.org"
    say(f"3 days without a server, {OUTAGE_DUE} due: in order, {is_late} marked late, 1 refused")


def _end_in(mail: Any) -> dt.date:
    """The last day that a subject names."""
    day = mail["Subject"].split(" on ")[1].split(":")[0]
    return dt.datetime.strptime(f"{day} 2018", "%B %d %Y").date()  # noqa: DTZ007


def test_a_server_that_refuses_hangs_and_drops_gets_everything_in_the_end(
    office: PostOffice, settings: Any
) -> None:
    """An answer of 451, none at all, a connection that breaks off after the text: tried again."""
    due(TROUBLE_DUE)
    settings.EMAIL_TIMEOUT = 0.2
    names = [f"officer{number}@example.org" for number in range(TROUBLE_DUE)]
    later = names[0 : TROUBLE_DUE // 4]
    office.refuse_recipient |= dict.fromkeys(later, "451 4.7.1 later")
    office.hang |= set(names[TROUBLE_DUE // 4 : TROUBLE_DUE // 4 + 3])
    office.drop_after_data = 3
    moment, runs = timezone.now(), 0
    while Alert.objects.exclude(state="sent").exists() or not runs:
        runs += 1
        assert runs < 60, "some never arrive"
        if runs == 4:
            office.refuse_recipient.clear()
        with time_machine.travel(moment + dt.timedelta(hours=runs), tick=True):
            outbox.run(DAY)
    copies: dict[str, set[str]] = {}
    for mail in office.received:
        copies.setdefault(mail["To"], set()).add(mail["Message-ID"])
    assert set(copies) == set(names)
    assert all(len(ids) == 1 for ids in copies.values())
    twice = len(office.received) - len(names)
    assert twice <= 3, "a copy went out twice that was not dropped"
    assert office.hang == set()
    say(
        f"451 to {len(later)}, no answer to 3, dropped after DATA 3 times, of {len(names)}: "
        f"all arrived after {runs} runs, {twice} twice under the same id"
    )


# ── Silence ───────────────────────────────────────────────────────────────────


def _stopped() -> None:
    """The scheduler does not run."""


def _deleted() -> None:
    outbox.run(DAY)
    watchdog.check(DAY)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM reports_attempt")
        cursor.execute("DELETE FROM reports_alert")


def _broken() -> None:
    def breaks(*_: Any) -> str:
        raise RuntimeError("a broken template")

    logging.disable(logging.CRITICAL)
    with mock.patch.object(email, "render_to_string", breaks):
        outbox.run(DAY)
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("trouble", [_stopped, _deleted, _broken], ids=lambda f: f.__name__[1:])
def test_the_watchdog_sees_each_silence_within_two_runs(
    office: PostOffice, trouble: Callable[[], None]
) -> None:
    due(2)
    red = 0
    for _ in range(WATCHES):
        Attempt.objects.all().delete()
        Alert.objects.all().delete()
        watchdog.accept()
        assert watchdog.check(DAY + dt.timedelta(days=-365)) == []
        trouble()
        watchdog.check(DAY)
        red += bool(watchdog.check(DAY))
        with time_machine.travel(timezone.now() + dt.timedelta(hours=2), tick=True):
            outbox.run(DAY)
            watchdog.accept()
            watchdog.check(DAY)
            assert watchdog.check(DAY) == []
    assert red == WATCHES
    say(f"watchdog, {trouble.__name__[1:]}: red {red} of {WATCHES} times, green after each repair")


# ── Days ──────────────────────────────────────────────────────────────────────

ZONES = ("America/New_York", "Europe/Lisbon", "Australia/Lord_Howe", "Pacific/Kiritimati")
TURNS = [
    dt.datetime.fromisoformat(f"{text}+00:00")
    for text in (
        "2018-03-11T06:59",
        "2018-11-04T05:30",
        "2016-02-29T00:00",
        "2018-12-31T23:59",
        "9999-10-01T00:00",
        "2018-04-01T14:45",
    )
]
"""UTC moments about which a day is longer, shorter, rare, or the last: where a run may begin."""


def _dates(count: int) -> list[dt.date]:
    """Days on which something ends: month ends, leap days, days of changed clocks, year 9999."""
    chance = random.Random(count)  # noqa: S311 - the same days in every run
    odd = [dt.date(2016, 2, 29), dt.date(2018, 3, 11), dt.date(2018, 11, 4), dt.date(9999, 12, 31),
           dt.date(2018, 12, 31), dt.date(1, 1, 1)]  # fmt: skip
    found = []
    for number in range(count):
        if number % 7 == 0:
            found.append(chance.choice(odd))
        elif number % 7 == 1:
            year, month = chance.choice([2016, 2018, 9999]), chance.randint(1, 12)
            found.append(dt.date(year, month, calendar.monthrange(year, month)[1]))
        else:
            first = dt.date(chance.choice([2015, 2018, 9998]), 1, 1)
            found.append(first + dt.timedelta(days=chance.randint(0, 700)))
    return found


@pytest.mark.parametrize("zone", ZONES)
def test_each_threshold_is_told_once_whatever_the_zone_the_gaps_and_the_clock(
    zone: str, settings: Any
) -> None:
    """The one statement that plans says what ``policy.py`` says, run by run."""
    settings.PACTWATCH_TIME_ZONE = zone
    dates = _dates(DAYS_DUE)
    readers_of(dates)
    runs = tellings = 0

    @hypothesis.settings(max_examples=PLANS, deadline=None, database=None)
    @hypothesis.given(
        begins=st.sampled_from(TURNS),
        steps=st.lists(st.integers(-24, 40 * 24), min_size=4, max_size=10),
    )
    def plan(begins: dt.datetime, steps: list[int]) -> None:
        nonlocal runs, tellings
        Alert.objects.all().delete()
        told: dict[int, list[int]] = {}
        moment = begins
        for hours in steps:
            try:
                moment += dt.timedelta(hours=hours)
                on = civil_date(moment)
            except (OverflowError, OutOfCalendarError):
                break
            wanted = {
                (number, lead)
                for number, end in enumerate(dates)
                if (lead := policy.is_due(end, on, told.get(number, ()))) is not None
            }
            found = {(row["source_id"], row["lead_days"]) for row in planning.due(on)}
            assert found == wanted, (zone, on)
            assert planning.plan(on) == len(wanted)
            Alert.objects.update(state="sent", sent_on=on)
            for number, lead in wanted:
                told.setdefault(number, []).append(lead)
            runs, tellings = runs + 1, tellings + len(wanted)
        for number, leads in told.items():
            assert leads == sorted(set(leads), reverse=True), (number, leads)

    plan()
    say(f"{zone}: {len(dates)} ends, {runs} runs, {tellings} told, each threshold once")


def readers_of(dates: list[dt.date]) -> None:
    """One agreement and one reader for each end; its deadline named by its place."""
    from tests.factories import writing

    person, leads = make_person("everybody@example.org"), policy.leads_for("staff")
    lead_set = readers.lead_sets([leads])[readers.digest(leads)]
    with writing():
        record = make_agreement(reference="ALL")
    Reader.objects.filter(agreement=record).delete()
    Reader.objects.create(agreement=record, audience="staff", rank=0, user=person,
                          lead_set_id=lead_set)  # fmt: skip
    rows = [
        Deadline(agreement=record, source_model="agreements.Term", source_id=number, kind="expiry",
                 due_on=end)
        for number, end in enumerate(dates)
    ]  # fmt: skip
    Deadline.objects.bulk_create(rows, batch_size=2000)
