"""The desk: what needs me; and the owner's word, every quarter, that a record is still true."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from agreements.confirming import confirm
from agreements.models import Agreement, Deadline, Obligation
from agreements.publication import publish
from reports.models import Alert, Heartbeat
from tests.factories import make_agreement, make_person, save, writing
from tests.portal.reading import Page

TERM = {"starts_on": "2017-09-01", "ends_on": "2018-08-31"}


@pytest.fixture(autouse=True)
def june(settings: Any, tmp_path: Any) -> None:
    settings.PACTWATCH_TODAY = dt.date(2018, 6, 15)


@pytest.fixture
def owner(db: None) -> Any:
    return make_person("owner@example.org", role="editor", name="Olga")


@pytest.fixture
def record(owner: Any) -> Agreement:
    return make_agreement(reference="MINE", terms=[TERM], responsible_officer=owner)


def asked(agreement: Agreement) -> list[tuple[str, str]]:
    """The days by which the owner's word was due, and those on which it was given."""
    rows = Obligation.objects.filter(agreement=agreement, kind="confirmation").order_by("due_on")
    return [(str(row.due_on), str(row.done_on or "")) for row in rows]


@pytest.fixture
def desk(client: Client, owner: Any) -> Client:
    client.force_login(owner)
    return client


# ── Still true? ───────────────────────────────────────────────────────────────


def test_publishing_asks_for_a_word_within_three_months(record: Agreement) -> None:
    with writing() as opened:
        opened.at = dt.datetime(2018, 6, 15, 16, tzinfo=dt.UTC)
        publish(record)
    assert asked(record) == [("2018-09-15", "")]
    row = Deadline.objects.get(agreement=record, kind="confirmation")
    assert (row.due_on, row.settled_on) == (dt.date(2018, 9, 15), None)


def test_each_word_asks_for_the_next(record: Agreement, desk: Client) -> None:
    for day, note in ((dt.date(2018, 6, 15), "Seen the text"), (dt.date(2018, 8, 20), "")):
        confirm(record, by=record.responsible_officer, on=day, note=note)
    assert asked(record) == [
        ("2018-06-15", "2018-06-15"), ("2018-09-15", "2018-08-20"), ("2018-11-20", ""),
    ]  # fmt: skip
    page = Page(desk.get("/desk/agreements/mine/")).section("confirm").text
    assert "Last confirmed as still true on August 20, 2018." in page


def test_once_it_is_over_nothing_is_asked(record: Agreement) -> None:
    confirm(record, by=record.responsible_officer, on=dt.date(2018, 9, 1), note="")
    assert asked(record) == [("2018-09-01", "2018-09-01")]


def test_a_day_is_confirmed_once(record: Agreement) -> None:
    day = dt.date(2018, 6, 15)
    confirm(record, by=record.responsible_officer, on=day, note="")
    with pytest.raises(ValidationError, match="already"):
        confirm(record, by=record.responsible_officer, on=day, note="")


def test_the_word_is_given_on_the_page_and_stands_in_the_history(
    record: Agreement, desk: Client
) -> None:
    page = desk.post("/desk/agreements/mine/confirm/", {"note": "Read the text"}, follow=True)
    assert "Confirmed. The next time is in three months." in Page(page).text
    done = Obligation.objects.get(agreement=record, evidence="Read the text")
    revision = done.history.first()
    assert (revision.history_user.name, revision.history_change_reason) == (
        "Olga", "Confirmed as still true",
    )  # fmt: skip


# ── What needs me ─────────────────────────────────────────────────────────────


def test_the_desk_shows_mine_or_everybodys(record: Agreement, desk: Client) -> None:
    make_agreement(reference="THEIRS", title="Of somebody else", terms=[TERM])
    mine, all_of_them = (Page(desk.get(f"/desk/{query}")).text for query in ("", "?all=1"))
    due = "August 31, 2018"
    assert due in mine
    assert all_of_them.count(due) == 2 * mine.count(due)


def alert(agreement: Agreement, **more: Any) -> Alert:
    deadline = Deadline.objects.get(agreement=agreement, kind="expiry")
    return Alert.objects.create(
        **{
            "agreement_id": agreement.pk, "reference": agreement.reference, "kind": "expiry",
            "source_model": deadline.source_model, "source_id": deadline.source_id,
            "occurrence": 1, "due_on": deadline.due_on, "lead_days": 90, "audience": "staff",
            "recipient": "owner@example.org", "rank": 1, "state": "sent", "cadence": "daily",
            "is_late": False, "is_escalated": False, "language": "en",
            "planned_on": dt.date(2018, 6, 2), "planned_at": timezone.now(),
            "try_after": timezone.now(),
        }
        | more
    )  # fmt: skip


def test_an_alert_waits_on_the_desk_until_somebody_has_seen_it(
    record: Agreement, desk: Client
) -> None:
    other = make_agreement(reference="THEIRS", terms=[TERM])
    waiting = alert(record)
    alert(other, recipient="other@example.org")
    assert "MINE" in Page(desk.get("/desk/")).text.split("Alerts to acknowledge")[1]
    assert "THEIRS: " not in Page(desk.get("/desk/")).text
    assert "THEIRS: " in Page(desk.get("/desk/?all=1")).text
    desk.post(f"/desk/alerts/{waiting.pk}/acknowledge/")
    assert "Alerts to acknowledge" not in Page(desk.get("/desk/")).text


def test_the_desk_is_red_where_alerts_did_not_go_out(record: Agreement, desk: Client) -> None:
    assert "The alerts need you" not in Page(desk.get("/desk/")).text
    Heartbeat.objects.create(name="watchdog", data={"red": ["MINE expiry"]})
    assert "1 alerts should have gone out" in Page(desk.get("/desk/")).text


def test_what_becomes_public_later_stands_on_the_desk(record: Agreement, desk: Client) -> None:
    save(record, published_at=timezone.now() + dt.timedelta(days=2), title="A new text")
    assert "MINE: A new text" in Page(desk.get("/desk/")).text.split("Embargoes about to end")[1]
