"""``send_alerts`` on the PARS case, as issue and domain ask of it."""

import datetime as dt
import json
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from reports.models import Alert, Attempt
from tests.factories import make_agreement, make_person
from tests.reports.alerts.post_office import PostOffice

KEYS = ["reference", "kind", "due_on", "lead_days", "late", "recipient", "subject"]

Listing = Callable[[str], list[dict[str, Any]]]


def send(*arguments: str) -> str:
    out = StringIO()
    call_command("send_alerts", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def listing(pars: Any) -> Listing:
    """What a run on a day would send, as JSON; it writes and sends nothing."""

    def dry_run(on: str) -> list[dict[str, Any]]:
        before = Alert.objects.count()
        found = json.loads(send("--on", on, "--dry-run", "--format", "json"))
        assert Alert.objects.count() == before
        return found

    return dry_run


def of_pars(rows: list[dict[str, Any]]) -> dict[tuple[str, str], dict[str, Any]]:
    return {(r["kind"], r["due_on"]): r for r in rows if r["reference"] == "PARS-ICE"}


EXPIRY, DECIDE_BY = ("expiry", "2018-08-31"), ("decide_by", "2018-07-02")


# ── Shown by: the issue's own words ───────────────────────────────────────────


def test_on_june_2_the_end_comes_at_90_days_and_the_decision_at_30(listing: Listing) -> None:
    rows = listing("2018-06-02")
    assert [list(row) for row in rows] == [KEYS] * len(rows)
    assert of_pars(rows) == {
        EXPIRY: {
            "reference": "PARS-ICE",
            "kind": "expiry",
            "due_on": "2018-08-31",
            "lead_days": 90,
            "late": False,
            "recipient": "officer@example.org",
            "subject": "PARS–ICE ends on August 31: 90 days left",
        },
        DECIDE_BY: {
            "reference": "PARS-ICE",
            "kind": "decide_by",
            "due_on": "2018-07-02",
            "lead_days": 30,
            "late": False,
            "recipient": "officer@example.org",
            "subject": "PARS–ICE: decide by July 2: 30 days left",
        },
    }
    assert [row["due_on"] for row in rows] == sorted(row["due_on"] for row in rows)


def test_with_no_run_from_may_24_to_june_10_both_come_late(listing: Listing) -> None:
    send("--on", "2018-05-24")
    before = {(a.kind, a.lead_days) for a in Alert.objects.filter(reference="PARS-ICE")}
    assert before == {("expiry", 180), ("decide_by", 60)}
    found = of_pars(listing("2018-06-10"))
    assert {key: (row["lead_days"], row["late"]) for key, row in found.items()} == {
        EXPIRY: (90, True),
        DECIDE_BY: (30, True),
    }
    assert found[EXPIRY]["subject"] == "PARS–ICE ends on August 31: 82 days left"
    sent = len(mail.outbox)
    send("--on", "2018-06-10")
    (told,) = mail.outbox[sent:]
    assert str(told.body).count("This reminder is late") == 2


def test_the_same_when_nothing_was_ever_sent_before(listing: Listing) -> None:
    found = of_pars(listing("2018-06-10"))
    assert {key: (row["lead_days"], row["late"]) for key, row in found.items()} == {
        EXPIRY: (90, True),
        DECIDE_BY: (30, True),
    }


def test_on_august_1_comes_that_it_ends_as_decided_and_nothing_about_deciding(
    listing: Listing,
) -> None:
    found = of_pars(listing("2018-08-01"))
    assert found[EXPIRY]["subject"] == "PARS–ICE ends on August 31 as decided: 30 days left"
    assert (found[EXPIRY]["lead_days"], found[EXPIRY]["late"]) == (30, False)
    assert not any(kind == "decide_by" for kind, _ in found)
    assert not any("decide by" in row["subject"] for row in found.values())


@pytest.mark.parametrize(
    ("on", "lead", "late", "words"),
    [
        ("2018-03-03", None, None, ""),
        ("2018-03-04", 180, False, "PARS–ICE ends on August 31: 180 days left"),
        ("2018-07-01", 90, True, "PARS–ICE ends on August 31: 61 days left"),
        ("2018-07-02", 60, False, "PARS–ICE ends on August 31: 60 days left"),
        ("2018-07-25", 60, True, "PARS–ICE ends on August 31: 37 days left"),
        ("2018-07-26", 60, True, "PARS–ICE ends on August 31 as decided: 36 days left"),
        ("2018-08-17", 14, False, "PARS–ICE ends on August 31 as decided: 14 days left"),
        ("2018-08-30", 1, False, "PARS–ICE ends on August 31 as decided: 1 day left"),
        ("2018-08-31", 0, False, "PARS–ICE ends on August 31 as decided: today"),
        ("2018-09-01", None, None, ""),
    ],
)
def test_the_end_is_told_at_each_lead_as_it_is_known_that_day(
    listing: Listing, on: str, lead: int | None, late: bool | None, words: str
) -> None:
    row = of_pars(listing(on)).get(EXPIRY)
    if lead is None:
        assert row is None
    else:
        assert row is not None
        assert (row["lead_days"], row["late"], row["subject"]) == (lead, late, words)


def test_after_the_end_reminders_about_access_go_on(listing: Listing) -> None:
    found = of_pars(listing("2018-09-05"))
    access = found["obligation", "2018-09-01"]
    assert access["lead_days"] == 0
    assert access["late"]
    assert "access to be off, and confirmed so, by September 1" in access["subject"]
    assert "4 days ago" in access["subject"]


def test_the_whole_of_2018_day_by_day_tells_each_lead_once(listing: Listing) -> None:
    day = dt.date(2018, 1, 1)
    while day <= dt.date(2018, 9, 30):
        send("--on", day.isoformat())
        day += dt.timedelta(days=1)
    own = Alert.objects.filter(reference="PARS-ICE", recipient="officer@example.org")
    alerts = own.filter(due_on=dt.date(2018, 8, 31))
    assert set(alerts.values_list("state", flat=True)) == {"sent"}
    assert [a.lead_days for a in alerts.order_by("planned_on")] == [180, 90, 60, 30, 14, 7, 1, 0]
    assert not alerts.filter(is_late=True).exists()
    decide = own.filter(kind="decide_by", due_on__year=2018)
    told = [a.lead_days for a in decide.order_by("planned_on")]
    assert told == [180, 90, 60, 30, 14, 7, 1, 0, -7, -14, -21], "weekly until notice was given"
    mails = Alert.objects.filter(state="sent").values("mail_key").distinct()
    assert len(mail.outbox) == mails.count()


# ── The command ───────────────────────────────────────────────────────────────


def test_it_sends_once_and_says_how_it_went(pars: Any) -> None:
    first = json.loads(send("--on", "2018-06-02", "--format", "json"))
    assert first == {"planned": 2, "sent": 2, "cancelled": 0, "failed": 0}
    assert [m.subject for m in mail.outbox] == [
        "PARS–ICE: 2 deadlines, the first on July 2: 30 days left"
    ]
    assert "0 planned, 0 sent, 0 cancelled, 0 failed" in send("--on", "2018-06-02")
    assert len(mail.outbox) == 1
    assert Attempt.objects.count() == 2


def test_a_dry_run_says_what_was_not_told_yet(listing: Listing) -> None:
    send("--on", "2018-06-02")
    assert of_pars(listing("2018-06-02")) == {}
    assert "Nothing is due." in send("--on", "2018-06-02", "--dry-run")


def test_as_a_table_it_names_the_same(pars: Any) -> None:
    table = send("--on", "2018-06-02", "--dry-run").splitlines()
    assert table[0].split() == KEYS
    assert [line.split()[:4] for line in table[1:]] == [
        ["PARS-ICE", "decide_by", "2018-07-02", "30"],
        ["PARS-ICE", "expiry", "2018-08-31", "90"],
    ]


def test_without_a_day_it_is_today_in_the_city(pars: Any, settings: Any) -> None:
    settings.PACTWATCH_TODAY = dt.date(2018, 6, 2)
    assert len(json.loads(send("--dry-run", "--format", "json"))) == 2
    assert json.loads(send("--format", "json"))["sent"] == 2


def test_another_day_than_today_is_refused_outside_an_example(pars: Any, settings: Any) -> None:
    settings.PACTWATCH_EXAMPLE = False
    with pytest.raises(CommandError, match="--dry-run"):
        send("--on", "2018-06-02")
    assert mail.outbox == []
    assert Alert.objects.count() == 0
    assert len(json.loads(send("--on", "2018-06-02", "--dry-run", "--format", "json"))) == 2


def test_today_itself_may_be_named_outside_an_example(pars: Any, settings: Any) -> None:
    settings.PACTWATCH_EXAMPLE = False
    settings.PACTWATCH_TODAY = dt.date(2018, 6, 2)
    assert json.loads(send("--on", "2018-06-02", "--format", "json"))["sent"] == 2


def test_a_failure_is_an_exit_status_that_names_how_many(pars: Any, office: PostOffice) -> None:
    office.refuse_recipient["*"] = "451 later"
    out = StringIO()
    with pytest.raises(CommandError, match="2 alerts could not be sent"):
        call_command("send_alerts", "--on", "2018-06-02", "--format", "json", stdout=out)
    assert json.loads(out.getvalue()) == {"planned": 2, "sent": 0, "cancelled": 0, "failed": 2}


def test_nobody_to_tell_is_no_silence(db: None) -> None:
    """An agreement with nobody behind it: the run must not look as if all were well."""
    make_agreement(
        reference="ORPHAN",
        responsible_officer=make_person("gone@example.org", is_active=False),
        terms=[{"starts_on": "2017-09-01", "ends_on": "2018-08-31"}],
    )
    with pytest.raises(CommandError, match="ORPHAN"):
        send("--on", "2018-06-02")
