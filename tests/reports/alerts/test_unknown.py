"""What is told of a term that ended while sources say that it went on: nothing is inferred."""

import datetime as dt
import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from agreements.models import Agreement, Deadline


def told(on: str) -> list[dict[str, Any]]:
    out = StringIO()
    call_command("send_alerts", "--on", on, "--dry-run", "--format", "json", stdout=out)
    return [row for row in json.loads(out.getvalue()) if row["reference"] == "PARS-ICE"]


@pytest.mark.parametrize("on", ["2011-09-07", "2013-01-05", "2015-03-01"])
def test_no_mail_says_that_it_ended_undecided(pars: Agreement, on: str) -> None:
    subjects = {row["subject"] for row in told(on) if row["kind"] in {"expiry", "decide_by"}}
    assert subjects == {
        "PARS–ICE: what followed the term that ended on August 31, 2011 is not recorded"
        if on > "2012"
        else "PARS–ICE: what followed the term that ended on August 31 is not recorded"
    }


def test_before_the_end_it_is_told_as_any_other(pars: Agreement) -> None:
    assert "PARS–ICE ends on August 31: 30 days left" in {r["subject"] for r in told("2011-08-01")}


def test_pages_say_that_it_is_not_recorded(pars: Agreement, client: Client) -> None:
    page = client.get("/agreements/pars-ice/?on=2015-03-01").content.decode()
    assert "sources say that it went on, what was decided is not recorded" in page
    assert "nothing decided" not in page


def test_a_renewal_entered_from_a_source_settles_the_end_on_the_day_of_its_decision(
    pars: Agreement,
) -> None:
    row = Deadline.objects.get(kind="expiry", due_on=dt.date(2010, 8, 31))
    assert row.settled_on == dt.date(2010, 7, 16)
    assert [r["kind"] for r in told("2010-08-01")] == []
