"""The reports app: what leaves the register."""

from django.apps import AppConfig


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
        jobs.register("send", outbox.run, seconds=60)
        jobs.register("confirmations", following.send_waiting, seconds=30)
        jobs.register("readers", lambda on: readers.expand_all(), hours=24)
        jobs.register("watchdog", watchdog.check, minutes=15)
        jobs.register("ping", watchdog.ping, minutes=5)
