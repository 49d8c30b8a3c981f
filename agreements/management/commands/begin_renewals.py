"""``begin_renewals``: the daily step of renewals."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser

from agreements.executing import (
    MOST_AT_ONCE,
    begin_next,
    cannot_begin,
    open_review_of,
    register_account,
    renewing_by_themselves,
    reviews_to_open,
)
from agreements.loading import load
from agreements.management.commands import _arguments as arguments
from agreements.models import Term
from civil.clock import today


class Command(arguments.RegisterCommand):
    """Begin automatic renewals, and open the reviews that are due."""

    help = (
        "Daily: begin the next term of agreements that renewed by themselves, and open reviews at "
        "each agreement's lead. Run twice, it changes nothing. Exit 1 if a term cannot be begun."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the day and --dry-run."""
        arguments.add_on(parser)
        parser.add_argument("--dry-run", action="store_true", help="Say what would be done.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do the step, or say what it would do."""
        on, dry = options["on"] or today(), options["dry_run"]
        if on != today() and not dry and not settings.PACTWATCH_EXAMPLE:
            raise CommandError("--on another day needs --dry-run: the register writes for today")
        trouble = sum(not self._begin(term, on, dry) for term in list(renewing_by_themselves(on)))
        rows = reviews_to_open(on)
        for row in rows:
            self.stdout.write(f"{row.agreement.reference}: review opened, due {row.due_on}")
            if not dry:
                open_review_of(row, by=register_account())
        self.stdout.write(f"{len(rows)} reviews opened; {trouble} terms could not be begun.")
        if trouble:
            raise CommandError(f"{trouble} terms could not be begun: see above what is missing")

    def _begin(self, term: Term, on: dt.date, dry: bool) -> bool:
        """Begin one agreement's terms up to the day; say what happened. False if one is missing."""
        for _ in range(MOST_AT_ONCE):
            facts = load(term.agreement_id)
            why = cannot_begin(facts, term) if facts is not None else ""
            if why:
                self.stdout.write(f"{term.agreement.reference}: {why}")
                return False
            self.stdout.write(f"{term.agreement.reference}: term {term.number + 1} begun")
            if dry:
                return True
            try:
                term = begin_next(term, by=register_account(), on=on)
            except ValidationError as error:
                self.stdout.write(f"{term.agreement.reference}: {' '.join(error.messages)}")
                return False
            if term.last_day is None or term.last_day >= on:
                return True
        return False
