"""Silence is noticed: the watchdog asks the agreements, and says red in words."""

import datetime as dt
import logging
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.utils import timezone

from agreements.models import Agreement
from reports.alerts import heart, jobs, outbox, readers, tokens, watchdog
from reports.alerts.channels import email, webhook
from reports.models import Alert, Follower, Heartbeat, Watch, Webhook
from tests.factories import make_agreement, make_person, writing

pytestmark = pytest.mark.django_db

DAY = dt.date(2018, 6, 2)
OFFICER = "officer@example.org"


@pytest.fixture
def watched() -> Any:
    return make_agreement(
        reference="WATCHED",
        responsible_officer=make_person(OFFICER),
        terms=[{"starts_on": "2017-09-01", "ends_on": "2018-08-31", "renewal_kind": "none"}],
    )


def look(times: int = 2) -> list[str]:
    """What the watchdog says after some looks."""
    return [watchdog.check(DAY) for _ in range(times)][-1]


def test_all_is_well_when_what_is_due_went_out(watched: Any, mailoutbox: Any) -> None:
    outbox.run(DAY)
    assert look() == []


def scheduler_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is planned, nothing is sent."""


def rows_deleted(monkeypatch: pytest.MonkeyPatch) -> None:
    outbox.run(DAY)
    watchdog.check(DAY)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM reports_attempt")
        cursor.execute("DELETE FROM reports_alert")


def template_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> str:
        raise RuntimeError("a broken template")

    monkeypatch.setattr(email, "render_to_string", broken)
    logging.disable(logging.CRITICAL)
    outbox.run(DAY)
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize(
    "trouble", [scheduler_stopped, rows_deleted, template_broken], ids=lambda f: f.__name__
)
def test_trouble_is_red_within_two_looks_and_green_after_repair(
    watched: Any,
    monkeypatch: pytest.MonkeyPatch,
    mailoutbox: Any,
    trouble: Callable[[pytest.MonkeyPatch], None],
) -> None:
    trouble(monkeypatch)
    assert look(), trouble.__name__
    assert "WATCHED expiry 2018-08-31 −90" in " ".join(look())
    monkeypatch.undo()
    with time_machine.travel(timezone.now() + dt.timedelta(hours=1), tick=True):
        outbox.run(DAY)
        watchdog.accept()
        assert look() == []


@pytest.fixture
def followed(watched: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """The public follows it, its officer watches it, a program is told; the name of a follower."""
    monkeypatch.setattr(webhook, "call", lambda *_: None)
    officer = make_person(OFFICER)
    officer.role = "editor"
    officer.save()
    with writing():
        watched.published_at = timezone.now()
        watched.save()
    follower = Follower.objects.create(address="reader@example.com")
    hook = Webhook.objects.create(name="x", url="https://example.org", secret="whsec_eHh4")
    off = Webhook.objects.create(name="y", url="https://example.org", secret="x", is_active=False)
    about = {"scope": "agreement", "agreement": watched}
    for watch in (
        Watch(follower=follower, **about),
        Watch(user=officer, **about),
        Watch(webhook=hook, scope="everything"),
        Watch(webhook=off, scope="everything"),
    ):
        watch.save()
        readers.expand_watch(watch)
    return f"follower:{follower.pk}"


def test_a_follower_who_was_not_told_is_red_as_well(followed: str, mailoutbox: Any) -> None:
    outbox.run(DAY)
    red = [name for name in look() if "→" in name]
    assert red == [], red
    Alert.objects.filter(recipient=followed).delete()
    watchdog.accept()
    assert f"−90 → {followed}" in " ".join(look())
    outbox.run(DAY)
    assert look() == []


def test_of_what_is_not_public_no_follower_is_expected(followed: str, mailoutbox: Any) -> None:
    with writing():
        record = Agreement.objects.get(reference="WATCHED")
        record.withdrawn_at, record.withdrawn_office = timezone.now(), "Law"
        record.withdrawn_reason = "Named a witness"
        record.save()
    assert {a.recipient for a in watchdog.expected(DAY)} == {"", OFFICER}


def test_deleted_rows_are_red_even_if_the_sender_wrote_them_again(
    watched: Any, monkeypatch: pytest.MonkeyPatch, mailoutbox: Any
) -> None:
    rows_deleted(monkeypatch)
    outbox.run(DAY)
    assert look() == ["1 alerts were deleted from the log."]
    watchdog.accept()
    assert look() == []


def test_an_agreement_that_nobody_can_be_told_about_is_red(mailoutbox: Any) -> None:
    gone = make_person("gone@example.org", is_active=False)
    make_agreement(
        reference="ORPHAN",
        responsible_officer=gone,
        terms=[{"starts_on": "2017-09-01", "ends_on": "2030-08-31"}],
    )
    assert look(1) == ["Nobody can be told about 1 agreements: ORPHAN."]


def test_health_says_a_word_to_the_public_and_a_sentence_to_staff(
    watched: Any, client: Client, mailoutbox: Any
) -> None:
    outbox.run(DAY)
    look()
    assert (client.get("/health/").status_code, client.get("/health/").json()) == (
        200,
        {"status": "ok"},
    )
    Alert.objects.all().delete()
    look()
    answer = client.get("/health/")
    assert (answer.status_code, answer.json()) == (503, {"status": "degraded"})
    client.force_login(make_person("editor@example.org", role="editor"))
    assert "WATCHED" in " ".join(client.get("/health/").json()["why"])


# ── Jobs ──────────────────────────────────────────────────────────────────────


def test_a_job_runs_when_its_time_comes_and_one_that_breaks_stops_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(jobs, "_jobs", {})
    ran: list[str] = []

    def broken(on: dt.date) -> None:
        raise RuntimeError("no")

    jobs.register("broken", broken, minutes=5)
    jobs.register("fine", lambda on: ran.append(on.isoformat()), minutes=5)
    logging.disable(logging.CRITICAL)
    assert jobs.run_due() == ["broken", "fine"]
    assert jobs.run_due() == []
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=6), tick=True):
        assert jobs.run_due() == ["broken", "fine"]
    logging.disable(logging.NOTSET)
    assert len(ran) == 2
    assert Heartbeat.objects.get(name="broken").failures == 2
    assert watchdog.sentences() == ["broken failed 2 times in a row."]


# ── A person saw it ───────────────────────────────────────────────────────────


def test_the_link_of_a_mail_notes_that_it_was_seen_by_post_only(
    watched: Any, client: Client, mailoutbox: Any
) -> None:
    outbox.run(DAY)
    alert = Alert.objects.get()
    link = tokens.seen_link(alert.mail_key)
    assert link in mailoutbox[0].body
    path = link.removeprefix("http://127.0.0.1:8000")
    assert client.get(path).status_code == 200
    alert.refresh_from_db()
    assert alert.seen_at is None, "a scanner opened it"
    assert client.post(path).status_code == 200
    alert.refresh_from_db()
    assert alert.seen_at is not None
    assert client.get(path[:-2] + "0/").status_code in {200, 404}
    assert client.post("/desk/alerts/seen/" + "0" * 80 + "/").status_code == 404


def test_the_pages_of_the_engine_are_for_staff(
    watched: Any, client: Client, mailoutbox: Any
) -> None:
    outbox.run(DAY)
    alert = Alert.objects.get()
    pages = ["/desk/alerts/", "/desk/alerts/?show=unseen", "/desk/alerts/suppressed/"]
    pages.append("/desk/alerts/preview/?day=2018-07-02")
    assert {client.get(page).status_code for page in pages} == {302}
    client.force_login(make_person("nobody@example.org"))
    assert {client.get(page).status_code for page in pages} == {403}
    client.force_login(make_person("editor@example.org", role="editor"))
    for page in pages:
        assert client.get(page).status_code == 200, page
    assert "60 days left" in client.get(pages[-1]).content.decode()
    assert client.get("/desk/alerts/preview/?day=never").status_code == 400
    assert client.get("/desk/alerts/?show=never").status_code == 400
    assert client.get(f"/desk/alerts/{alert.pk}/acknowledge/").status_code == 405
    assert client.post(f"/desk/alerts/{alert.pk}/acknowledge/").status_code == 302
    alert.refresh_from_db()
    assert alert.seen_by.email == "editor@example.org"
    Alert.objects.update(state="failed")
    assert client.post(f"/desk/alerts/{alert.pk}/retry/").status_code == 302
    assert Alert.objects.get().state == "planned"


def test_what_never_ran_is_red(watched: Any, settings: Any, mailoutbox: Any) -> None:
    settings.PACTWATCH_EXAMPLE = False
    assert "never sent" in " ".join(watchdog.sentences())
    outbox.run(DAY)
    assert watchdog.sentences() == []


def test_a_watchdog_that_stopped_is_red(watched: Any, mailoutbox: Any) -> None:
    outbox.run(DAY)
    watchdog.check(DAY)
    assert watchdog.sentences() == []
    Heartbeat.objects.filter(name="watchdog").update(ok_at=timezone.now() - dt.timedelta(days=10))
    assert watchdog.sentences() == ["watchdog has not run in 240 hours."]


def test_sending_by_cron_looks_once_an_hour(watched: Any, mailoutbox: Any) -> None:
    outbox.run(DAY)
    watchdog.look_if_due(DAY)
    first = Heartbeat.objects.get(name="watchdog").ok_at
    watchdog.look_if_due(DAY)
    assert Heartbeat.objects.get(name="watchdog").ok_at == first
    with time_machine.travel(timezone.now() + dt.timedelta(hours=1), tick=True):
        watchdog.look_if_due(DAY)
    assert Heartbeat.objects.get(name="watchdog").ok_at != first


def test_a_disabled_officer_is_red_at_once(watched: Any, mailoutbox: Any) -> None:
    with writing():
        watched.department_address = "office@example.org"
        watched.save()
    make_person(OFFICER)
    outbox.run(DAY)
    get_user_model().objects.filter(email=OFFICER).update(is_active=False)
    assert watchdog.check(DAY) == ["The officer of 1 agreements can no longer sign in: WATCHED."]


def test_a_ping_that_fails_stays_red_and_is_tried_again(
    watched: Any, settings: Any, mailoutbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PACTWATCH_PING_URL = "https://ping.example.org/"
    outbox.run(DAY)
    tried = []

    def fails(*args: Any, **kwargs: Any) -> None:
        tried.append(args)
        raise OSError("away")

    monkeypatch.setattr(watchdog.urllib.request, "urlopen", fails)
    for _ in range(4):
        with pytest.raises(OSError, match="away"):
            watchdog.ping(DAY)
        heart.beat("ping", "away")
    assert len(tried) == 4
    assert "ping failed 4 times in a row." in watchdog.sentences()
