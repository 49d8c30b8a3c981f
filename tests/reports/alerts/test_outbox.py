"""Alerts through a real mail server: what is sent, kept, tried again, given up, and never lost."""

import datetime as dt
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, connections, transaction
from django.db.models import F
from django.utils import timezone

from agreements.models import Agreement, Deadline, Decision, Term
from reports.alerts import content, outbox
from reports.alerts.channels import email
from reports.models import Alert, Attempt
from tests.factories import delete, make_agreement, make_person, save, writing
from tests.reports.alerts.post_office import PostOffice

pytestmark = pytest.mark.django_db

ENDS = dt.date(2018, 8, 31)
AT_90 = dt.date(2018, 6, 2)  # also 30 days before the day to decide by, July 2
OFFICER = "officer@example.org"

State = Alert.State


def watched(reference: str = "WATCHED", **more: Any) -> Agreement:
    """An agreement that ends on August 31, 2018, with somebody to tell."""
    words = {
        "short_title": reference.title(),
        "terms": [{"starts_on": "2017-09-01", "ends_on": "2018-08-31"}],
        "responsible_officer": make_person(OFFICER, name="Officer"),
    }
    words["terms"] = [words["terms"][0] | {"renewal_kind": "by_decision"}]
    return make_agreement(reference=reference, **(words | more))


def only(**wanted: Any) -> Alert:
    return Alert.objects.get(**wanted)


def states() -> list[str]:
    return list(Alert.objects.order_by("pk").values_list("state", flat=True))


@contextmanager
def later(**delta: float) -> Any:
    """The same, some time from now: retries and leases go by moments, not by days."""
    with time_machine.travel(timezone.now() + dt.timedelta(**delta), tick=True):
        yield


# ── What is sent ──────────────────────────────────────────────────────────────


def test_what_is_due_is_sent_and_the_attempt_recorded(office: PostOffice) -> None:
    watched()
    outcome = outbox.run(AT_90)
    assert vars(outcome) == {"planned": 2, "sent": 2, "cancelled": 0, "failed": 0}
    assert office.subjects() == ["Watched: 2 deadlines, the first on July 2: 30 days left"]
    for alert in Alert.objects.all():
        assert alert.state == State.SENT
        assert alert.sent_at is not None
        assert alert.claimed_until is None
        assert not alert.is_late
        attempt = Attempt.objects.get(alert=alert)
        assert (attempt.was_sent, attempt.is_permanent, attempt.error) == (True, False, "")


def test_run_twice_it_sends_nothing_twice(office: PostOffice) -> None:
    watched()
    outbox.run(AT_90)
    again = outbox.run(AT_90)
    assert vars(again) == {"planned": 0, "sent": 0, "cancelled": 0, "failed": 0}
    with later(days=1):
        outbox.run(AT_90 + dt.timedelta(days=1))
    assert len(office.received) == 1


def test_the_earliest_deadline_is_sent_first(office: PostOffice) -> None:
    for number, ends in enumerate(("2018-08-20", "2018-07-05", "2018-08-01")):
        watched(
            f"W{number}",
            terms=[{"starts_on": "2017-09-01", "ends_on": ends, "renewal_kind": "none"}],
            responsible_officer=make_person(f"officer{number}@example.org"),
        )
    outbox.run(AT_90)
    assert [subject[:2] for subject in office.subjects()] == ["W1", "W2", "W0"]


def test_a_mail_says_what_when_why_and_where(office: PostOffice) -> None:
    ending_only(title="Access to records")
    outbox.run(AT_90)
    (mail,) = office.received
    assert mail["From"] == "Pactwatch <alerts@example.org>"
    assert mail["To"] == OFFICER
    assert mail["Auto-Submitted"] == "auto-generated"
    for kind in ("plain", "html"):
        part = mail.get_body((kind,))
        assert part is not None
        text = " ".join(part.get_content().split())
        assert "Access to records (WATCHED)" in text
        assert "August 31, 2018" in text
        assert "90 days left" in text
        assert "The term's last day" in text.replace("&#x27;", "'")
        assert text.count("https://register.example.org/agreements/watched/") == 1
        assert "late" not in text


def test_a_late_mail_says_since_when(office: PostOffice) -> None:
    watched()
    outbox.run(dt.date(2018, 6, 10))
    assert [alert.is_late for alert in Alert.objects.all()] == [True, True]
    for mail in office.received:
        for kind in ("plain", "html"):
            part = mail.get_body((kind,))
            assert part is not None
            text = part.get_content()
            assert text.count("This reminder is late: it was due on June 2, 2018.") == 2


def test_the_link_is_never_that_of_a_host_header(office: PostOffice, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["evil.example"]
    settings.BASE_URL = "https://register.example.org"
    watched()
    outbox.run(AT_90)
    assert all("evil.example" not in mail.as_string() for mail in office.received)


# ── To whom, in which language ────────────────────────────────────────────────

PEOPLE = [
    # officer, deputy, department, who is told
    ("active", "active", True, ["officer@example.org"]),
    ("inactive", "active", True, ["deputy@example.org"]),
    ("", "active", True, ["deputy@example.org"]),
    ("active", "", False, ["officer@example.org"]),
    ("inactive", "inactive", True, ["department@example.org"]),
    ("inactive", "", True, ["department@example.org"]),
    ("", "", True, ["department@example.org"]),
    ("inactive", "inactive", False, []),
    ("", "", False, []),
]


@pytest.mark.parametrize(("officer", "deputy", "department", "told"), PEOPLE)
def test_the_officer_is_told_else_the_deputy_else_the_department(
    office: PostOffice, officer: str, deputy: str, department: bool, told: list[str]
) -> None:
    def person(name: str, state: str) -> Any:
        address = f"{name}@example.org"
        return make_person(address, is_active=state == "active") if state else None

    watched(
        responsible_officer=person("officer", officer),
        deputy=person("deputy", deputy),
        department_address="department@example.org" if department else "",
        terms=[{"starts_on": "2017-09-01", "ends_on": "2018-08-31", "renewal_kind": "none"}],
    )
    outbox.run(AT_90)
    assert [mail["To"] for mail in office.received] == told


def test_a_mail_is_in_the_language_of_its_reader(office: PostOffice) -> None:
    watched("ENGLISH", terms=[{"ends_on": "2018-08-31", "renewal_kind": "none"}])
    watched(
        "SPANISH",
        responsible_officer=make_person("oficial@example.org", language="es"),
        terms=[{"ends_on": "2018-08-31", "renewal_kind": "none"}],
    )
    outbox.run(dt.date(2018, 6, 10))
    (english,), (spanish,) = office.to(OFFICER), office.to("oficial@example.org")
    assert english["Subject"] == "English ends on August 31: 82 days left"
    assert "31 de agosto" in spanish["Subject"]
    assert "ends on" not in spanish["Subject"]
    assert "days left" not in spanish["Subject"]
    for kind in ("plain", "html"):
        part = spanish.get_body((kind,))
        assert part is not None
        text = part.get_content()
        for words in ("days left", "This reminder", "You receive", "Open the record", "August"):
            assert words not in text
        assert "2 de junio de 2018" in text
    html = spanish.get_body(("html",))
    assert html is not None
    assert '<html lang="es">' in html.get_content()


def test_an_alert_planned_for_somebody_who_left_goes_to_whoever_follows(
    office: PostOffice,
) -> None:
    agreement = watched(department_address="department@example.org")
    outbox.plan(AT_90)
    officer = agreement.responsible_officer
    officer.is_active = False
    officer.save()
    outbox.run(AT_90)
    assert office.to(OFFICER) == []
    (mail,) = office.to("department@example.org")
    assert "2 deadlines" in mail["Subject"]


# ── Text that could do harm ───────────────────────────────────────────────────


def test_a_title_with_line_breaks_adds_no_header(office: PostOffice) -> None:
    breaks = "Calm\r\nBcc: everybody@example.org\n\rX-Evil: 1\u2028\x0b\x0c\x85end"
    watched(short_title=breaks, title=breaks, reference="LINES")
    outbox.run(AT_90)
    watched(
        short_title=breaks,
        title=breaks,
        reference="LINES-2",
        deputy=None,
        responsible_officer=make_person("two@example.org"),
        terms=[{"ends_on": "2018-08-31", "renewal_kind": "none"}],
    )
    outbox.run(AT_90)
    assert len(office.received) == 2
    assert set(office.asked) == {OFFICER, "two@example.org"}
    for mail in office.received:
        assert "Bcc" not in mail
        assert "X-Evil" not in mail
        assert mail["Subject"].startswith("Calm Bcc: everybody@example.org X-Evil: 1 end")
        assert len(mail["Subject"].splitlines()) == 1


def test_markup_in_a_title_is_text_in_the_html_twin(office: PostOffice) -> None:
    markup = "<script>alert('x')</script> & <img src=x>"
    watched(short_title=markup, title=markup)
    outbox.run(AT_90)
    for mail in office.received:
        plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
        assert plain is not None
        assert html is not None
        assert markup in plain.get_content()
        assert "<script" not in html.get_content()
        assert "<img" not in html.get_content()
        assert (
            "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt; &amp; &lt;img" in html.get_content()
        )


def test_a_sign_of_percent_in_a_title_is_text(office: PostOffice) -> None:
    watched(short_title="100 %(label)s %s %d", title="%(x)s {{ x }} {% now %}")
    assert vars(outbox.run(AT_90))["sent"] == 2
    assert "100 %(label)s %s %d" in office.subjects()[0]


# ── One that fails ────────────────────────────────────────────────────────────


def test_a_passing_refusal_is_tried_again_later_under_the_same_id(office: PostOffice) -> None:
    watched()
    office.refuse_recipient[OFFICER] = "451 4.3.0 come back later"
    outcome = outbox.run(AT_90)
    assert (outcome.sent, outcome.failed) == (0, 2)
    for alert in Alert.objects.all():
        assert alert.state == State.PLANNED
        assert alert.claimed_until is None
        assert alert.try_after > timezone.now()
        attempt = Attempt.objects.get(alert=alert)
        assert not attempt.was_sent
        assert not attempt.is_permanent
        assert "451" in attempt.error
    asked = len(office.asked)
    outbox.run(AT_90)
    assert len(office.asked) == asked, "it was tried again at once"
    office.refuse_recipient.clear()
    with later(minutes=7):
        outcome = outbox.run(AT_90)
    assert (outcome.planned, outcome.sent, outcome.failed) == (0, 2, 0)
    assert len(office.received) == 1
    assert set(states()) == {State.SENT}


def test_the_time_between_tries_grows_and_has_an_end(office: PostOffice) -> None:
    watched(terms=[{"ends_on": "2018-08-31", "renewal_kind": "none"}])
    office.refuse_data["*"] = "452 4.2.2 full"
    waits = []
    moment = timezone.now()
    for _ in range(12):
        with time_machine.travel(moment, tick=False):
            outbox.run(AT_90)
            waits.append(only().try_after - moment)
        moment = only().try_after
    assert outbox.FIRST_RETRY <= waits[0] <= outbox.FIRST_RETRY * (1 + outbox.JITTER)
    assert waits == sorted(waits)
    assert waits[1] > waits[0]
    assert len(set(waits[:6])) == 6
    assert waits[-1] == outbox.LONGEST_RETRY
    assert Attempt.objects.count() == 12


def test_after_very_many_tries_it_still_waits_and_stops_no_other(office: PostOffice) -> None:
    """A server that is away for weeks: the wait is capped before it leaves the calendar."""
    watched("TIRED", responsible_officer=make_person("tired@example.org"))
    watched("FRESH", terms=[{"ends_on": "2018-09-01", "renewal_kind": "none"}])
    outbox.plan(AT_90)
    office.refuse_recipient["tired@example.org"] = "451 again"
    tired = Alert.objects.filter(recipient="tired@example.org").order_by("due_on")[0]
    Attempt.objects.bulk_create(
        Attempt(alert=tired, at=timezone.now(), was_sent=False) for _ in range(60)
    )
    outbox.run(AT_90 + dt.timedelta(days=2))
    assert len(office.to(OFFICER)) == 1
    tired.refresh_from_db()
    assert tired.state == State.PLANNED
    assert timezone.now() < tired.try_after < timezone.now() + dt.timedelta(days=1)


@pytest.mark.parametrize(
    "answer", ["550 5.1.1 no such user", "553 5.1.3 bad address", "554 5.7.1 refused"]
)
def test_a_refused_recipient_is_given_up(office: PostOffice, answer: str) -> None:
    watched(terms=[{"ends_on": "2018-08-31", "renewal_kind": "none"}])
    office.refuse_recipient[OFFICER] = answer
    assert outbox.run(AT_90).failed == 1
    alert = only()
    assert alert.state == State.FAILED
    assert Attempt.objects.get(alert=alert).is_permanent
    office.refuse_recipient.clear()
    with later(days=1):
        assert vars(outbox.run(AT_90)) == {"planned": 0, "sent": 0, "cancelled": 0, "failed": 0}
    assert office.received == []
    with later(days=30):  # the next lead is tried anew
        assert outbox.run(ENDS - dt.timedelta(days=60)).sent == 1


def test_a_refused_text_is_given_up(office: PostOffice) -> None:
    watched(terms=[{"ends_on": "2018-08-31", "renewal_kind": "none"}])
    office.refuse_data[OFFICER] = "552 5.3.4 too big"
    outbox.run(AT_90)
    assert only().state == State.FAILED
    office.refuse_data.clear()
    with later(days=1):
        outbox.run(AT_90)
    assert office.received == []


def no_login(office: PostOffice, settings: Any) -> None:
    """The server knows no sign-in, or not ours: smtplib says so before any recipient is named."""
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "somebody", "wrong"


def bad_greeting(office: PostOffice, settings: Any) -> None:
    office.greeting = "554 5.3.2 no service today"


def bad_sender(office: PostOffice, settings: Any) -> None:
    office.refuse_sender = "550 5.7.1 your host may not send as alerts@example.org"


def closed(office: PostOffice, settings: Any) -> None:
    settings.EMAIL_PORT = 1  # nobody listens there


def unknown_host(office: PostOffice, settings: Any) -> None:
    settings.EMAIL_HOST = "mail.invalid"


@pytest.mark.parametrize(
    "trouble", [no_login, bad_greeting, bad_sender, closed, unknown_host], ids=lambda f: f.__name__
)
def test_what_is_wrong_with_our_own_server_loses_no_alert(
    office: PostOffice, settings: Any, trouble: Callable[[PostOffice, Any], None]
) -> None:
    """Only a refused recipient or text is final: the rest passes when the server is mended."""
    watched()
    trouble(office, settings)
    outcome = outbox.run(AT_90)
    assert (outcome.sent, outcome.failed) == (0, 2)
    assert set(states()) == {State.PLANNED}
    assert all(not attempt.is_permanent for attempt in Attempt.objects.all())
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", office.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    office.greeting = office.refuse_sender = ""
    with later(hours=1):
        assert outbox.run(AT_90).sent == 2
    assert len(office.received) == 1


def test_a_server_that_hangs_up_after_the_text_gets_it_again_under_the_same_id(
    office: PostOffice,
) -> None:
    watched(terms=[{"ends_on": "2018-08-31", "renewal_kind": "none"}])
    office.drop_after_data = 1
    assert outbox.run(AT_90).failed == 1
    with later(minutes=7):
        assert outbox.run(AT_90).sent == 1
    first, second = office.received
    assert first["Message-ID"] == second["Message-ID"]


def test_a_row_that_breaks_does_not_stop_the_rest(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(3):
        watched(
            f"W{number}",
            terms=[{"ends_on": "2018-08-31", "renewal_kind": "none"}],
            responsible_officer=make_person(f"officer{number}@example.org"),
        )
    render = email.render_to_string

    def broken(template: str, context: dict[str, Any]) -> str:
        if context["reference"] == "W1":
            raise RuntimeError("a broken template")
        return render(template, context)

    monkeypatch.setattr(email, "render_to_string", broken)
    with caplog.at_level(logging.CRITICAL):
        outcome = outbox.run(AT_90)
    assert (outcome.sent, outcome.failed) == (2, 1)
    failed = only(reference="W1")
    assert failed.state == State.PLANNED
    assert "a broken template" in Attempt.objects.get(alert=failed).error
    monkeypatch.undo()
    with later(hours=1):
        assert outbox.run(AT_90).sent == 1


def test_a_subject_that_breaks_does_not_stop_the_rest(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Nor does it keep the others from being planned."""
    for number in range(3):
        watched(
            f"W{number}",
            terms=[{"ends_on": "2018-08-31", "renewal_kind": "none"}],
            responsible_officer=make_person(f"officer{number}@example.org"),
        )
    subject = content.subject

    def broken(deadline: Deadline, on: dt.date) -> str:
        if deadline.agreement.reference == "W1":
            raise KeyError("a translation with another placeholder")
        return subject(deadline, on)

    monkeypatch.setattr(content, "subject", broken)
    with caplog.at_level(logging.CRITICAL):
        outbox.run(AT_90)
    assert [s[:2] for s in office.subjects()] == ["W0", "W2"]
    monkeypatch.undo()
    with later(hours=1):
        outbox.run(AT_90)
    assert len(office.received) == 3


def test_a_long_error_is_kept_in_part(office: PostOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    watched(terms=[{"ends_on": "2018-08-31", "renewal_kind": "none"}])

    def broken(**words: Any) -> None:
        raise RuntimeError("\0" + "x" * 5000)

    monkeypatch.setattr(email, "send", broken)
    logging.disable(logging.CRITICAL)
    try:
        assert outbox.run(AT_90).failed == 1
    finally:
        logging.disable(logging.NOTSET)
    assert len(Attempt.objects.get().error) <= 500


# ── Dates that change, decisions that come ────────────────────────────────────


def move_end(agreement: Agreement, ends: str) -> None:
    save(Term.objects.get(agreement=agreement), ends_on=ends)


def ending_only(**more: Any) -> Agreement:
    terms = [{"starts_on": "2017-09-01", "ends_on": "2018-08-31", "renewal_kind": "none"}]
    return watched(terms=terms, **more)


def test_a_changed_day_cancels_what_waits_and_tells_of_the_new_day(office: PostOffice) -> None:
    agreement = ending_only()
    outbox.plan(AT_90)
    move_end(agreement, "2018-08-20")
    outcome = outbox.run(AT_90)
    assert (outcome.sent, outcome.cancelled) == (1, 1)
    assert office.subjects() == ["Watched ends on August 20: 79 days left"]
    assert only(due_on=ENDS).state == State.CANCELLED


def test_a_changed_day_arms_every_lead_again(office: PostOffice) -> None:
    agreement = ending_only()
    outbox.run(AT_90)
    move_end(agreement, "2019-08-31")
    assert outbox.run(AT_90).sent == 0
    for days in (180, 90, 60, 30, 14, 7, 1, 0):
        with later(days=400 - days):
            assert outbox.run(dt.date(2019, 8, 31) - dt.timedelta(days=days)).sent == 1, days
    assert len(office.received) == 9


def test_a_day_that_moves_and_moves_back_is_told_after_all(office: PostOffice) -> None:
    """The city's own mistake of 2010: July 1, then August 31 again. Nothing is lost by it."""
    agreement = ending_only()
    outbox.plan(AT_90)
    move_end(agreement, "2019-12-31")
    assert outbox.run(AT_90).cancelled == 1
    assert office.received == []
    move_end(agreement, "2018-08-31")
    outbox.run(AT_90)
    assert office.subjects() == ["Watched ends on August 31: 90 days left"]


def test_a_clock_that_steps_back_a_day_loses_nothing(office: PostOffice) -> None:
    ending_only()
    day_before = AT_90 - dt.timedelta(days=1)
    with later(days=-2):
        outbox.run(day_before)  # the lead of 180 days, late
    assert len(office.received) == 1
    outbox.plan(AT_90)
    outbox.run(day_before)
    with later(hours=12):
        outbox.run(AT_90)
        outbox.run(AT_90)
    assert office.subjects()[1:] == ["Watched ends on August 31: 90 days left"]


def test_a_decision_that_is_taken_back_arms_again(office: PostOffice) -> None:
    agreement = watched()
    outbox.plan(AT_90)
    term = Term.objects.get(agreement=agreement)
    decision = save(
        Decision(agreement=agreement, term=term, outcome="renew", decided_on="2018-06-01")
    )
    outbox.run(AT_90)
    assert office.subjects() == ["Watched ends on August 31: 90 days left"]
    delete(decision)
    outbox.run(AT_90)
    assert office.subjects()[1:] == ["Watched: decide by July 2: 30 days left"]


def test_a_decision_cancels_the_day_to_decide_by_and_rewords_the_end(office: PostOffice) -> None:
    agreement = watched()
    outbox.plan(AT_90)
    assert Alert.objects.count() == 2
    term = Term.objects.get(agreement=agreement)
    save(Decision(agreement=agreement, term=term, outcome="terminate", decided_on="2018-06-01"))
    outcome = outbox.run(AT_90)
    assert (outcome.sent, outcome.cancelled) == (1, 1)
    assert only(kind="decide_by").state == State.CANCELLED
    assert office.subjects() == ["Watched ends on August 31 as decided: 90 days left"]


def test_a_later_run_drops_a_lead_that_a_tighter_one_replaces(office: PostOffice) -> None:
    ending_only()
    office.refuse_recipient["*"] = "451 away"
    outbox.run(AT_90)
    office.refuse_recipient.clear()
    with later(days=31):
        outcome = outbox.run(ENDS - dt.timedelta(days=59))
    assert (outcome.sent, outcome.cancelled) == (1, 1)
    (mail,) = office.received
    assert mail["Subject"] == "Watched ends on August 31: 59 days left"
    assert only(lead_days=60).is_late


def test_a_deleted_record_cancels_what_waits(office: PostOffice) -> None:
    agreement = ending_only()
    outbox.plan(AT_90)
    delete(agreement)
    outcome = outbox.run(AT_90)
    assert (outcome.sent, outcome.cancelled) == (0, 1)
    assert office.received == []


def test_a_date_known_to_the_month_alerts_nobody(office: PostOffice) -> None:
    watched(terms=[{"starts_on": "2017", "ends_on": "2018-08", "renewal_kind": "by_decision"}])
    for day in (AT_90, ENDS, dt.date(2018, 12, 31)):
        assert outbox.run(day).planned == 0


def test_what_is_entered_late_alerts_at_once(office: PostOffice) -> None:
    on = ENDS - dt.timedelta(days=3)
    assert outbox.run(on).sent == 0
    ending_only()
    assert outbox.run(on).sent == 1
    assert only().lead_days == 7
    assert only().is_late


def test_each_kind_of_deadline_has_its_words(office: PostOffice) -> None:
    due = dt.date(2018, 7, 2)
    watched(
        terms=[
            {
                "starts_on": "2017-09-01",
                "ends_on": "2018-08-31",
                "renewal_kind": "automatic",
                "notice_length": 60,
                "notice_day_kind": "calendar",
                "notice_counted_from": "end",
                "notice_counting": "at_least",
                "notice_effective": "sending",
                "notice_roll": "none",
            },
            {"starts_on": "2018-09-01", "is_proposed": True, "signature_due_on": due},
        ],
        obligations=[
            {"kind": "audit", "due_on": due},
            {"kind": "access_off", "due_on": due},
            {"kind": "confirmation", "due_on": due},
        ],
        payments=[{"amount": "5", "due_on": due}],
        reviews=[{"due_on": due}],
        concerns=[{"title": "Why?", "answer_due_on": due}],
    )
    subjects = [found.subject for found in outbox.due(AT_90)]
    outbox.run(AT_90)
    told = {alert.kind for alert in Alert.objects.filter(state=State.SENT)}
    assert told == set(Deadline.Kind.values)
    assert len(subjects) == len(set(subjects))
    assert "Watched: last day to give notice is July 2: 30 days left" in subjects
    assert "Watched: signature due on July 2: 30 days left" in subjects
    assert "Watched renews by itself after August 31: 90 days left" in subjects
    assert any("access to be off, and confirmed so, by July 2" in s for s in subjects)


# ── A lease, a key, an id ─────────────────────────────────────────────────────


def test_a_claimed_alert_is_not_taken_by_another_run(office: PostOffice) -> None:
    ending_only()
    outbox.plan(AT_90)
    pk = only().pk
    held = outbox.claim([pk])
    assert [alert.pk for alert in held] == [pk]
    assert outbox.claim([pk]) == []
    assert outbox.run(AT_90).sent == 0
    assert outbox.deliver(held, AT_90) == {State.SENT: 1}
    assert outbox.claim([pk]) == []
    assert len(office.received) == 1


def test_a_lease_that_ran_out_is_taken_over(office: PostOffice) -> None:
    ending_only()
    outbox.plan(AT_90)
    assert outbox.claim([only().pk])  # and then the run was killed
    with later(seconds=outbox.LEASE.total_seconds() - 30):
        assert outbox.run(AT_90).sent == 0
    with later(seconds=outbox.LEASE.total_seconds() + 30):
        assert outbox.run(AT_90).sent == 1


def test_a_failed_alert_is_not_taken_before_its_time(office: PostOffice) -> None:
    """By a run that listed it as waiting before another run tried it in vain."""
    ending_only()
    outbox.plan(AT_90)
    pk = only().pk
    office.refuse_recipient["*"] = "451 later"
    outbox.run(AT_90)
    assert outbox.claim([pk]) == []


def test_killed_between_the_servers_word_and_ours_it_repeats_under_the_same_id(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    ending_only()

    def killed(rows: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Attempt.objects, "bulk_create", killed)
    with pytest.raises(KeyboardInterrupt):
        outbox.run(AT_90)
    monkeypatch.undo()
    assert only().state == State.PLANNED
    with later(minutes=11):
        assert outbox.run(AT_90).sent == 1
    first, second = office.received
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Subject"] == second["Subject"]


def test_the_id_of_a_mail_is_stable_and_its_own(office: PostOffice) -> None:
    ending_only()
    ending_only(reference="OTHER", responsible_officer=make_person("other@example.org"))
    outbox.run(AT_90)
    outbox.run(ENDS - dt.timedelta(days=60))
    ids = [mail["Message-ID"] for mail in office.received]
    assert len(set(ids)) == len(ids) == 4
    for found in ids:
        assert found.startswith("<")
        assert found.endswith("@register.example.org>")
    key = ("expiry", "agreements.Term", 1, 1, ENDS, 90, OFFICER)
    assert email.message_id(key) == email.message_id(tuple(key))
    assert email.message_id(key) != email.message_id((*key[:5], 60, OFFICER))


def test_the_same_alert_cannot_be_written_twice() -> None:
    ending_only()
    outbox.plan(AT_90)
    alert = only()
    alert.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        alert.save(force_insert=True)


# ── Several at once ───────────────────────────────────────────────────────────


def at_once(count: int, work: Callable[[], Any]) -> list[Any]:
    """Do some work in several threads, each with a connection of its own, from one moment on."""
    gate = threading.Barrier(count, timeout=30)

    def one() -> Any:
        try:
            gate.wait()
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return [future.result(60) for future in [pool.submit(one) for _ in range(count)]]


@pytest.mark.django_db(transaction=True)
def test_two_that_plan_at_once_write_each_alert_once() -> None:
    for number in range(10):
        watched(f"W{number}")
    at_once(4, lambda: outbox.plan(AT_90))
    assert Alert.objects.count() == 20


@pytest.mark.django_db(transaction=True)
def test_two_that_claim_at_once_do_not_both_get_it() -> None:
    ending_only()
    outbox.plan(AT_90)
    pk = only().pk
    for _ in range(5):
        taken = [held for held in at_once(4, lambda: outbox.claim([pk])) if held]
        assert len(taken) == 1
        Alert.objects.update(claimed_until=None)


@pytest.mark.django_db(transaction=True)
def test_runs_at_once_send_each_alert_once(office: PostOffice) -> None:
    for number in range(24):
        watched(
            f"W{number}",
            responsible_officer=make_person(f"officer{number}@example.org"),
            terms=[{"ends_on": "2018-08-31", "renewal_kind": "none"}],
        )
    outcomes = at_once(3, lambda: outbox.run(AT_90))
    assert sum(outcome.sent for outcome in outcomes) == 24
    assert sum(outcome.failed for outcome in outcomes) == 0
    ids = [mail["Message-ID"] for mail in office.received]
    assert len(ids) == len(set(ids)) == 24
    assert set(states()) == {State.SENT}
    assert Attempt.objects.count() == 24


@pytest.mark.django_db(transaction=True)
def test_the_index_of_what_waits_is_used_by_the_question_for_it() -> None:
    waiting = Alert.objects.filter(state=State.PLANNED, try_after__lte=timezone.now())
    if connection.vendor == "sqlite":
        Alert.objects.bulk_create(
            Alert(
                agreement_id=1,
                reference="X",
                kind="expiry",
                source_model="x",
                source_id=n,
                occurrence=1,
                due_on=ENDS,
                lead_days=0,
                is_late=False,
                recipient=OFFICER,
                language="en",
                planned_on=ENDS,
                planned_at=timezone.now(),
                try_after=timezone.now(),
                state=State.SENT,
            )
            for n in range(50)
        )
        assert "alert_to_send" in waiting.explain()
    else:
        with connection.cursor() as cursor:
            cursor.execute("set enable_seqscan = off")
        assert "alert_to_send" in waiting.explain()
    Alert.objects.update(due_on=F("due_on"))


@pytest.mark.parametrize("on", [dt.date.min, dt.date.max, dt.date(9999, 12, 1), dt.date(1, 2, 1)])
def test_a_run_at_the_ends_of_the_calendar_breaks_nothing(office: PostOffice, on: dt.date) -> None:
    watched("LAST", terms=[{"ends_on": "9999-12-31", "renewal_kind": "by_decision"}])
    watched("FIRST", terms=[{"ends_on": "0001-01-01", "renewal_kind": "by_decision"}])
    outcome = outbox.run(on)
    assert outcome.failed == 0
    assert (outcome.sent > 0) == (len(office.received) == 1)


def test_planning_writes_nothing_for_what_is_settled(office: PostOffice) -> None:
    with writing():
        watched(
            obligations=[
                {"kind": "audit", "due_on": dt.date(2018, 7, 1), "done_on": "2018-05-01"},
                {"kind": "audit", "due_on": dt.date(2018, 7, 1), "arises_on": dt.date(2018, 6, 3)},
            ],
            terms=[],
        )
    assert outbox.plan(AT_90) == 0
    assert outbox.plan(dt.date(2018, 6, 3)) == 1
