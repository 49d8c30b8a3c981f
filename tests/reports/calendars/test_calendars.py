"""Calendars and feeds, read back by two libraries: stable, changed, cancelled, not secret."""

import datetime as dt
from typing import Any
from xml.etree import ElementTree

import icalendar
import pytest
import vobject
from django.test import Client

from agreements.models import Term
from reports.calendars import ics
from tests.factories import make_agreement, save

pytestmark = pytest.mark.django_db

PUBLISHED = dt.datetime(2018, 1, 1, tzinfo=dt.UTC)
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(autouse=True)
def _day(settings: Any) -> None:
    settings.PACTWATCH_TODAY = dt.date(2018, 6, 15)


def shared(**more: Any) -> Any:
    made = make_agreement(
        reference="SHARED",
        **({"title": "Access; to, records\nand more"} | more),
        recipients=["ice"],
        terms=[{"starts_on": "2017-09-01", "ends_on": "2018-08-31", "renewal_kind": "none"}],
    )
    return save(made, published_at=PUBLISHED)


def events(client: Client, path: str = "/agreements/shared/calendar.ics") -> list[Any]:
    """The events of a calendar, by ``icalendar``; ``vobject`` must find the same."""
    response = client.get(path)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/calendar")
    text = response.content.decode()
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    found = list(icalendar.Calendar.from_ical(text).walk("VEVENT"))
    second = vobject.readOne(text)
    assert [e.uid.value for e in getattr(second, "vevent_list", [])] == [
        str(e["UID"]) for e in found
    ]
    return found


def test_an_end_is_an_event_of_its_day_with_the_same_uid_for_ever(client: Client) -> None:
    agreement = shared()
    (event,) = events(client)
    assert event["DTSTART"].dt == dt.date(2018, 8, 31)
    assert (event["STATUS"], event["SEQUENCE"]) == ("CONFIRMED", 0)
    assert event["SUMMARY"] == "SHARED: Ends"
    uid = event["UID"]
    save(Term.objects.get(agreement=agreement), ends_on="2018-12-31")
    (moved,) = events(client)
    assert moved["UID"] == uid
    assert moved["DTSTART"].dt == dt.date(2018, 12, 31)
    assert moved["SEQUENCE"] > event["SEQUENCE"]


def test_what_is_gone_is_cancelled_and_says_nothing_more(client: Client) -> None:
    agreement = shared()
    (before,) = events(client)
    save(Term.objects.get(agreement=agreement), ends_on=None, end_kind="not_recorded")
    (after,) = events(client)
    assert (after["UID"], after["STATUS"]) == (before["UID"], "CANCELLED")
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after["SUMMARY"] == "No longer due"


@pytest.mark.parametrize(
    "path",
    [
        "/calendar.ics",
        "/calendar.ics?party=ice",
        "/parties/ice/calendar.ics",
        "/es/calendar.ics",
        "/agreements/shared/calendar.ics?on=2018-01-01",
    ],
)
def test_there_is_a_calendar_of_everything_a_filter_and_a_party(client: Client, path: str) -> None:
    shared()
    (event,) = events(client, path)
    assert event["SUMMARY"] == ("SHARED: Vence" if path.startswith("/es") else "SHARED: Ends")


def test_what_is_not_published_is_in_no_calendar_and_answers_like_nothing(client: Client) -> None:
    make_agreement(reference="HIDDEN", terms=[{"starts_on": "2017-09-01", "ends_on": "2018-08-31"}])
    assert events(client, "/calendar.ics") == []
    for end in ("calendar.ics", "deadlines.atom"):
        hidden, nothing = (client.get(f"/agreements/{s}/{end}") for s in ("hidden", "nothing"))
        assert hidden.status_code == nothing.status_code == 404
    assert client.get("/calendar.ics?status=never").status_code == 400


def test_feeds_are_atom_with_stable_ids(client: Client) -> None:
    shared()
    for path in ("/deadlines.atom", "/agreements/shared/deadlines.atom"):
        response = client.get(path)
        assert response["Content-Type"] == "application/atom+xml"
        feed = ElementTree.fromstring(response.content)  # noqa: S314 - our own
        (entry,) = feed.findall(f"{ATOM}entry")
        title = entry.find(f"{ATOM}title")
        assert title is not None
        assert title.text == "SHARED: Ends, August 31, 2018"
    assert client.get("/changes.atom").status_code == 200


@pytest.mark.parametrize("text", ["a,b;c\\d\ne", "Ü" * 200, "\x00\x07 bell", "x" * 300])
def test_any_text_survives_folding_and_escaping(text: str) -> None:
    line = ics.fold(f"SUMMARY:{ics.escape(text)}")
    assert all(len(part.encode()) <= 75 for part in line.split("\r\n"))
    read = icalendar.Event.from_ical(f"BEGIN:VEVENT\r\n{line}\r\nEND:VEVENT\r\n")
    plain = "".join(c for c in text if c >= " " or c == "\n")
    assert str(read["SUMMARY"]) == plain


@pytest.mark.parametrize(
    "path", ["/calendar.ics", "/calendar.ics?kind=agreement", "/parties/ice/calendar.ics"]
)
def test_what_was_withdrawn_is_cancelled_without_a_word_of_it(client: Client, path: str) -> None:
    agreement = shared()
    other = make_agreement(
        reference="OTHER",
        recipients=["ice"],
        terms=[{"starts_on": "2017-09-01", "ends_on": "2018-07-31", "renewal_kind": "none"}],
    )
    save(other, published_at=PUBLISHED)
    (uid,) = [e["UID"] for e in events(client, path) if "SHARED" in e["SUMMARY"]]
    told = {"withdrawn_office": "Law", "withdrawn_reason": "It named a witness"}
    save(agreement, withdrawn_at=PUBLISHED + dt.timedelta(days=9), **told)
    (gone,) = [e for e in events(client, path) if e["UID"] == uid]
    assert gone["STATUS"] == "CANCELLED"
    assert "SHARED" not in gone.to_ical().decode()
    assert "URL" not in gone
