"""The reports app: what leaves the register."""

import datetime as dt

from django.apps import AppConfig
from django.conf import settings


def _issue_briefs(on: dt.date) -> None:
    """Issue the briefs whose decision comes near, where the register is set up to do so."""
    if settings.PACTWATCH_BRIEF_DAYS:
        from reports.briefs import batch  # noqa: PLC0415 - what prints is loaded when it prints

        batch.issue_due(on, settings.PACTWATCH_BRIEF_DAYS)


class ReportsConfig(AppConfig):
    """Registers what follows from a change for those who are told of it."""

    name = "reports"

    def ready(self) -> None:
        """Register the derivations; those of the agreements run before them."""
        from agreements import upkeep  # noqa: F401, PLC0415 - registers itself first
        from reports.alerts import following, jobs, outbox, readers, watchdog  # noqa: PLC0415
        from reports.calendars import entries  # noqa: PLC0415
        from revisions import register  # noqa: PLC0415

        register("derive")(readers.follow_change)
        register("derive")(entries.follow_change)
        jobs.register("briefs", _issue_briefs, hours=24)
        jobs.register("send", outbox.run, seconds=60)
        jobs.register("confirmations", following.send_waiting, seconds=30)
        jobs.register("readers", lambda on: readers.expand_all(), hours=24)
        jobs.register("watchdog", watchdog.check, minutes=15)
        jobs.register("ping", watchdog.ping, minutes=5)
