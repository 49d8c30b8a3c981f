"""Who is reminded, of what and when: one's own watches, rules of leads, webhooks."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from agreements.models import Agreement
from desk.wish_forms import LeadsTyped
from reports.alerts import outbox, readers, watchdog
from reports.models import Alert, Follower, LeadRule, Reader, Watch, Webhook
from tests.factories import make_agreement, make_party, make_person, save
from tests.portal.reading import Page

pytestmark = pytest.mark.django_db

Sign = Callable[[str], Client]
DAY = dt.date(2018, 6, 2)
AT = "/desk/alerts"


@pytest.fixture
def record() -> Agreement:
    return make_agreement(
        reference="CITY-ICE",
        title="Access to arrests",
        terms=[{"ends_on": "2018-08-31", "renewal_kind": "none"}],
        recipients=["ice"],
        department=make_party("police", name="Police"),
        responsible_officer=make_person("owner@example.org", role="editor"),
    )


def told(on: dt.date = DAY) -> dict[str, int]:
    """Whom a day's planning tells, at which lead."""
    outbox.plan(on)
    return dict(Alert.objects.values_list("recipient", "lead_days"))


@pytest.mark.parametrize(
    "about",
    [
        {"scope": "agreement", "agreement": "city-ice"},
        {"scope": "party", "party": "Ice"},
        {"scope": "everything", "agreement": "CITY-ICE"},
    ],
)
def test_somebody_who_watches_is_told_as_well(
    record: Agreement, signed_in: Sign, about: dict[str, str]
) -> None:
    client = signed_in("council_reader")
    assert client.post(f"{AT}/watches/new/", about | {"cadence": "once"}).status_code == 302
    assert told() == {"owner@example.org": 90, "council_reader@example.org": 90}
    page = client.get(f"{AT}/wishes/").content.decode()
    pk = re.search(r"/desk/alerts/watches/(\d+)/delete/", page)
    assert pk
    client.post(f"{AT}/watches/{pk[1]}/delete/")
    assert not Watch.objects.exists()
    assert not Reader.objects.exclude(user__email="owner@example.org").exists()


def test_a_watch_at_days_of_ones_own(record: Agreement, signed_in: Sign) -> None:
    said = {"scope": "agreement", "agreement": "CITY-ICE", "leads": "91 100", "cadence": "once"}
    assert signed_in("editor").post(f"{AT}/watches/new/", said).status_code == 302
    assert told()["editor@example.org"] == 91


def test_nobody_removes_the_watch_of_another(record: Agreement, signed_in: Sign) -> None:
    said = {"scope": "everything", "cadence": "once"}
    signed_in("editor").post(f"{AT}/watches/new/", said)
    pk = Watch.objects.get().pk
    assert signed_in("records_officer").post(f"{AT}/watches/{pk}/delete/").status_code == 404


def test_who_may_read_no_more_is_told_no_more(record: Agreement, signed_in: Sign) -> None:
    signed_in("editor").post(f"{AT}/watches/new/", {"scope": "everything", "cadence": "once"})
    editor = make_person("editor@example.org")
    officer = signed_in("records_officer")
    person = {"email": editor.email, "name": "Ed", "role": "", "language": "en"}
    officer.post(f"/desk/people/{editor.pk}/change/", person)
    editor.refresh_from_db()
    assert editor.role == ""
    readers.expand_all()
    assert told() == {"owner@example.org": 90}


@pytest.mark.parametrize("about", [{"agreement": "CITY-ICE"}, {"department": "Police"}])
def test_a_rule_moves_the_days_of_an_agreement_or_a_department(
    record: Agreement, signed_in: Sign, about: dict[str, str]
) -> None:
    client = signed_in("editor")
    said = about | {"audience": "staff", "kind": "", "leads": "100, 25"}
    assert client.post(f"{AT}/rules/new/", said).status_code == 302
    assert told() == {"owner@example.org": 100}
    again = client.post(f"{AT}/rules/new/", said)
    assert "There is a rule for this already" in Page(again).text
    assert "100, 25" in client.get(f"{AT}/wishes/").content.decode()
    Alert.objects.all().delete()
    client.post(f"{AT}/rules/{LeadRule.objects.get().pk}/delete/")
    assert told() == {"owner@example.org": 90}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"audience": "staff", "leads": "30"}, "one of the two"),
        ({"audience": "staff", "leads": "30", "agreement": "NONE"}, "no agreement of this"),
        ({"audience": "staff", "leads": "", "agreement": "CITY-ICE"}, "at least once"),
        ({"audience": "staff", "leads": "3650", "agreement": "CITY-ICE"}, "at least once"),
        ({"audience": "staff", "leads": "soon", "agreement": "CITY-ICE"}, "whole days"),
        ({"audience": "staff", "leads": "9999", "agreement": "CITY-ICE"}, "At most"),
    ],
)
def test_what_no_rule_can_be_is_refused(
    record: Agreement, signed_in: Sign, said: dict[str, str], expected: str
) -> None:
    answer = signed_in("editor").post(f"{AT}/rules/new/", said)
    assert answer.status_code == 422
    assert expected in Page(answer).text
    assert not LeadRule.objects.exists()


def test_a_program_is_told_and_its_secret_shown_once(record: Agreement, signed_in: Sign) -> None:
    client = signed_in("records_officer")
    said = {"name": "Dashboard", "url": "https://example.org/hook", "audience": "staff",
            "scope": "party", "party": "Ice"}  # fmt: skip
    made = client.post(f"{AT}/webhooks/new/", said)
    hook = Webhook.objects.get()
    assert made.status_code == 201
    assert hook.secret in made.content.decode()
    assert hook.secret not in client.get(f"{AT}/wishes/").content.decode()
    assert told()[f"webhook:{hook.pk}"] == 90
    client.post(f"{AT}/webhooks/{hook.pk}/switch/")
    hook.refresh_from_db()
    assert not hook.is_active
    client.post(f"{AT}/webhooks/{hook.pk}/delete/")
    assert not Webhook.objects.exists()


@pytest.mark.parametrize("url", ["ftp://example.org", "https://me:word@example.org/", "x"])
def test_what_is_no_web_address_is_no_webhook(record: Agreement, signed_in: Sign, url: str) -> None:
    said = {"name": "x", "url": url, "audience": "public", "scope": "everything"}
    assert signed_in("records_officer").post(f"{AT}/webhooks/new/", said).status_code == 422
    assert not Webhook.objects.exists()


def test_leads_are_typed_with_commas_or_blanks() -> None:
    assert LeadsTyped().clean("7, 90  30,7") == [90, 30, 7]
    assert LeadsTyped(required=False).clean("") == []


def test_the_record_offers_to_remind(record: Agreement, signed_in: Sign) -> None:
    save(record, purpose="x")
    client = signed_in("council_reader")
    page = client.get("/desk/agreements/city-ice/").content.decode()
    assert "/desk/alerts/watches/new/?agreement=CITY-ICE" in page
    form = client.get("/desk/alerts/watches/new/?agreement=CITY-ICE").content.decode()
    assert 'value="CITY-ICE"' in form


# ── By role and by choice ─────────────────────────────────────────────────────


def sent(on: dt.date) -> list[tuple[str, int, bool, bool]]:
    """Plan a day and send all of it: recipient, lead, by role, escalated."""
    outbox.plan(on)
    waiting = Alert.objects.filter(state="planned")
    found = [(a.recipient, a.lead_days, a.rank is not None, a.is_escalated) for a in waiting]
    waiting.update(state="sent", sent_on=on)
    return found


def escalated(on: dt.date, days: int = 20) -> list[str]:
    """Who is told in the next days because nobody said that they saw it."""
    found = [row for n in range(days) for row in sent(on + dt.timedelta(days=n))]
    return [who for who, _lead, _role, is_escalated in found if is_escalated]


@pytest.fixture
def cared_for(record: Agreement) -> Agreement:
    deputy = make_person("deputy@example.org", role="editor")
    save(record, deputy=deputy, department_address="office@example.org")
    return record


def watching(record: Agreement, who: str, **more: Any) -> None:
    watch = Watch.objects.create(
        user=make_person(who, role="editor"), scope="agreement", agreement=record, **more
    )
    readers.expand_watch(watch)


@pytest.mark.parametrize("watcher", ["", "deputy@example.org", "owner@example.org"])
def test_a_wish_stops_no_escalation(cared_for: Agreement, watcher: str) -> None:
    if watcher:
        watching(cared_for, watcher)
    assert escalated(DAY) == ["deputy@example.org", "office@example.org"]
    assert watchdog.missing(DAY + dt.timedelta(days=19)) == []


def test_one_address_in_two_places_stops_no_escalation(cared_for: Agreement) -> None:
    save(cared_for, deputy=make_person("owner@example.org"))
    assert escalated(DAY) == ["owner@example.org", "office@example.org"]


def test_who_watched_and_becomes_the_officer_is_asked_for_their_word(cared_for: Agreement) -> None:
    watching(cared_for, "deputy@example.org")
    sent(DAY)
    save(cared_for, responsible_officer=make_person("deputy@example.org"), deputy=None)
    assert sent(DAY + dt.timedelta(days=1)) == [("deputy@example.org", 90, True, False)]
    assert watchdog.missing(DAY + dt.timedelta(days=1)) == []


def test_of_several_wishes_of_one_reader_the_tightest_is_told(record: Agreement) -> None:
    for leads in ([180], [180, 91], [400]):
        watching(record, "reader@example.org", leads=leads)
    assert sent(DAY) == [
        ("owner@example.org", 90, True, False), ("reader@example.org", 91, False, False)
    ]  # fmt: skip


def test_a_reader_acknowledges_their_own_alerts_only(record: Agreement, signed_in: Sign) -> None:
    sent(DAY)
    pk = Alert.objects.get().pk
    url = f"{AT}/{pk}/acknowledge/"
    assert signed_in("council_reader").post(url).status_code == 403
    assert signed_in("editor").post(url).status_code == 302
    assert Alert.objects.get().seen_at is not None


@pytest.mark.parametrize("how", ["withdrawn", "later"])
def test_what_is_not_public_now_is_planned_for_no_follower(record: Agreement, how: str) -> None:
    follower = Follower.objects.create(address="reader@example.com")
    readers.expand_watch(Watch.objects.create(follower=follower, scope="everything"))
    now = timezone.now()
    if how == "withdrawn":
        more = {"withdrawn_at": now, "withdrawn_office": "Law", "withdrawn_reason": "A name"}
        save(record, published_at=now, **more)
    else:
        save(record, published_at=now + dt.timedelta(days=5))
    assert [who for who, *_ in sent(DAY)] == ["owner@example.org"]


def test_the_preview_of_a_day_tells_who_is_told_next(cared_for: Agreement, signed_in: Sign) -> None:
    sent(DAY)
    page = signed_in("editor").get(f"{AT}/preview/?day=2018-06-12")
    assert "Passed on, since nobody has acknowledged them" in Page(page).text
    assert "CITY-ICE: Ends, August 31, 2018 deputy@example.org" in Page(page).text
