"""Periodic work of rooms that do not know the scheduler: embargoes that end, terms that begin."""

import datetime as dt

from django.core.management import call_command
from django.utils import timezone

from reports.alerts import jobs


def end_embargoes(on: dt.date) -> None:
    """Derive again what was kept from the public until now."""
    from agreements.upkeep import end_embargoes as derive_again  # noqa: PLC0415 - models load first

    derive_again(timezone.now())


def begin_renewals(on: dt.date) -> None:
    """Begin the terms that renew by themselves, and open reviews at their lead."""
    call_command("begin_renewals")


jobs.register("embargoes", end_embargoes, minutes=1)
jobs.register("renewals", begin_renewals, hours=24)
