"""``watchdog``: compare what should have gone out with what did."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from agreements.management.commands import _arguments as arguments
from civil.clock import today
from reports.alerts import watchdog


class Command(arguments.RegisterCommand):
    """Look for alerts that should have gone out and did not."""

    help = "Recompute from the agreements what should have gone out; exit with 1 where it did not."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the day, and --accept."""
        arguments.add_on(parser)
        parser.add_argument(
            "--accept", action="store_true", help="Rows deleted from the log were looked into."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Look once."""
        if options["accept"]:
            watchdog.accept()
        found = watchdog.check(options["on"] or today())
        if found:
            raise CommandError(" ".join(found))
        self.stdout.write("All that should have gone out went out.")
