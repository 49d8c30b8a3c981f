"""``list_deadlines``: what comes up."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from agreements.as_json import deadline_json
from agreements.management.commands import _arguments as arguments
from agreements.models import Deadline
from agreements.public import deadline_view
from civil.clock import today


class Command(arguments.RegisterCommand):
    """List open deadlines."""

    help = "List the deadlines that stand open on a day, with where each comes from."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the day and how far to look ahead."""
        arguments.add_on(parser)
        parser.add_argument(
            "--within", type=int, default=366, help="Days to look ahead; default: 366."
        )
        arguments.add_format(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the deadlines: those overdue, then those ahead, by day."""
        on = options["on"] or today()
        if options["within"] < 0:
            raise CommandError("--within counts days ahead: give 0 or more")
        ahead = Deadline.objects.within(options["within"], on)
        overdue = Deadline.objects.open(on).filter(due_on__lt=on)
        rows = (ahead | overdue).select_related("agreement").order_by("due_on", "pk")
        views = [(row.agreement.reference, deadline_view(row, on)) for row in rows]
        if options["format"] == "json":
            data = [{"reference": reference} | deadline_json(v) for reference, v in views]
            arguments.print_json(self, data)
            return
        if not views:
            self.stdout.write(f"Nothing is due from {on} within {options['within']} days.")
            return
        arguments.print_table(
            self,
            ["Due", "Agreement", "What", "In", "Why"],
            [(v.due_on, reference, v.label, v.left, v.explanation) for reference, v in views],
        )
