"""The PARS year 2018 replayed from January to September: every mail whole, in both languages.

The mails stand in ``replay_staff.txt`` and ``replay_public.txt`` beside this file. ``REPLAY=write``
writes them anew, to be read before they are committed.
"""

import datetime as dt
import os
import re
from pathlib import Path
from typing import Any

import pytest
import time_machine

from agreements.models import Agreement
from reports.alerts import outbox, readers
from reports.models import Follower, Watch

FIRST, LAST = dt.date(2018, 1, 1), dt.date(2018, 9, 30)
GAPS = [(dt.date(2018, 5, 25), dt.date(2018, 6, 9)), (dt.date(2018, 7, 20), dt.date(2018, 7, 25))]
"""Days, inclusive, on which no run took place."""


def replay(mailoutbox: Any, pars: Agreement) -> list[str]:
    """Run once a day, with gaps; the officer and the deputy say nothing."""
    told = []
    day = FIRST
    while day <= LAST:
        if not any(first <= day <= last for first, last in GAPS):
            at = dt.datetime.combine(day, dt.time(14), tzinfo=dt.UTC)
            with time_machine.travel(at, tick=False):
                outbox.run(day)
            told += [f"── {day} ──\n{_shown(mail)}" for mail in mailoutbox]
            mailoutbox.clear()
        day += dt.timedelta(days=1)
    return told


def _shown(mail: Any) -> str:
    body = re.sub(r"/(seen|manage)/[0-9a-f-]+/", r"/\1/…/", mail.body)
    return f"To: {', '.join(mail.to)}\nSubject: {mail.subject}\n\n{body.strip()}\n"


def assert_whole(told: list[str], name: str) -> None:
    path = Path(__file__).with_name(name)
    text = "\n".join(told)
    if os.environ.get("REPLAY") == "write":
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_the_staff_of_2018_were_told_just_this(pars: Agreement, mailoutbox: Any) -> None:
    deputy = pars.deputy
    deputy.language = "es"
    deputy.save()
    told = replay(mailoutbox, pars)
    assert_whole(told, "replay_staff.txt")
    text = "".join(told)
    assert "Subject: PARS–ICE ends on August 31: 180 days left" in text
    assert "31 de agosto" in text


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_public_of_2018_was_told_just_this(
    pars: Agreement, mailoutbox: Any, language: str
) -> None:
    follower = Follower.objects.create(address="reader@example.com", language=language)
    watch = Watch.objects.create(follower=follower, scope="agreement", agreement=pars)
    readers.expand_watch(watch)
    readers.Reader.objects.filter(audience="staff").delete()
    told = replay(mailoutbox, pars)
    assert told
    assert_whole(told, f"replay_public_{language}.txt")
