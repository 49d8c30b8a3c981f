"""``rebuild_deadlines``: derive every stored row again."""

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from agreements.management.commands import _arguments as arguments
from agreements.models import Agreement
from agreements.upkeep import BATCH, Difference, rebuild


class Command(arguments.RegisterCommand):
    """Derive deadlines, status spans and search text again."""

    help = (
        "Derive deadlines, status spans and search text of every agreement again. With --check, "
        "print what would change and exit 1 if anything would."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take --check."""
        parser.add_argument("--check", action="store_true", help="Change nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Rebuild, or compare."""
        ids = list(Agreement.objects.order_by("pk").values_list("pk", flat=True))
        differences: list[Difference] = []
        for start in range(0, len(ids), BATCH):
            with transaction.atomic():
                differences += rebuild(
                    ids[start : start + BATCH], timezone.now(), check_only=options["check"]
                )
        for d in differences:
            self.stdout.write(
                f"{d.reference}: {d.what}\n  stored:  {d.stored}\n  derived: {d.derived}"
            )
        if options["check"] and differences:
            raise CommandError(
                f"{len(differences)} derived rows differ from the record; "
                "run rebuild_deadlines without --check to mend them"
            )
        self.stdout.write(f"Agreements: {len(ids)}; rows that differed: {len(differences)}.")
