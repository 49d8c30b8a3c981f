"""``run_scheduler``: all periodic work, for those who have no timer of their own."""

import signal
import threading
from typing import Any

from django.core.management.base import CommandParser
from django.db import close_old_connections

from agreements.management.commands import _arguments as arguments
from reports.alerts import jobs


class Command(arguments.RegisterCommand):
    """Run every job when its time comes, until stopped."""

    help = "Do all periodic work: sending, watching, and what other rooms registered."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take --once and the seconds between two looks."""
        parser.add_argument("--once", action="store_true", help="Run what is due, then end.")
        parser.add_argument("--seconds", type=float, default=30, help="Between looks (30).")

    def handle(self, *args: Any, **options: Any) -> None:
        """Loop; SIGTERM and Ctrl-C end it after the job under way."""
        stopped = threading.Event()
        if not options["once"]:
            for name in (signal.SIGTERM, signal.SIGINT):
                signal.signal(name, lambda *_: stopped.set())
        while True:
            ran = jobs.run_due()
            if ran:
                self.stdout.write(f"ran {', '.join(ran)}")
            if options["once"] or stopped.wait(options["seconds"]):
                return
            close_old_connections()
