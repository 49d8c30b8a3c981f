"""``send_alerts``: tell those who are to be told."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from agreements.management.commands import _arguments as arguments
from civil.clock import today
from reports.alerts import outbox, watchdog


class Command(arguments.RegisterCommand):
    """Plan and send alerts."""

    help = "Send what is due today; run it as often as you like, it sends nothing twice."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the day, --dry-run and the format of its list."""
        arguments.add_on(parser)
        parser.add_argument("--dry-run", action="store_true", help="List only; send nothing.")
        arguments.add_format(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Send, or list what would be sent."""
        on = options["on"] or today()
        if options["dry_run"]:
            self.list_due(outbox.due(on), options["format"])
            return
        if on != today() and not settings.PACTWATCH_EXAMPLE:
            raise CommandError(
                f"sending as if today were {on} would tell people wrong dates: "
                "add --dry-run to list what would be sent"
            )
        outcome = outbox.run(on)
        watchdog.look_if_due(on)
        result = vars(outcome)
        if options["format"] == "json":
            arguments.print_json(self, result)
        else:
            self.stdout.write(", ".join(f"{count} {what}" for what, count in result.items()))
        silent = outbox.unreachable(on)
        if silent:
            raise CommandError(
                f"nobody can be told about {', '.join(silent)}: give each a responsible officer "
                "who can sign in, or the department's address"
            )
        if outcome.failed:
            raise CommandError(
                f"{outcome.failed} alerts could not be sent; the attempts say why, and those "
                "that may succeed later are tried again at the next run"
            )

    def list_due(self, due: list[outbox.Due], form: str) -> None:
        """Print what a run would send."""
        rows = [
            {
                "reference": d.deadline.agreement.reference,
                "kind": d.deadline.kind,
                "due_on": d.deadline.due_on.isoformat(),
                "lead_days": d.lead_days,
                "late": d.is_late,
                "recipient": d.recipient,
                "subject": d.subject,
            }
            for d in due
        ]
        if form == "json":
            arguments.print_json(self, rows)
        elif rows:
            arguments.print_table(self, list(rows[0]), [list(r.values()) for r in rows])
        else:
            self.stdout.write("Nothing is due.")
