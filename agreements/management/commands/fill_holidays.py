"""``fill_holidays``: the city's holidays as dated rows, first filled from a kept library."""

from typing import Any

import holidays
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import CommandError, CommandParser

from agreements.management.commands import _arguments as arguments
from agreements.models import Holiday
from civil.clock import today
from revisions import change

AHEAD = 10
MOST_YEARS = 100


class Command(arguments.RegisterCommand):
    """Fill in holidays that are not recorded yet."""

    help = (
        "Add the holidays of PACTWATCH_HOLIDAYS as dated rows, for years that have none yet. "
        "Rows that stand are left alone: an upgrade of the library moves no old deadline."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the years and the person who fills them in."""
        year = today().year
        parser.add_argument("--first", type=int, default=year, help="First year; default: this.")
        parser.add_argument("--last", type=int, help=f"Last year; default: {AHEAD} later.")
        parser.add_argument("--by", required=True, help="E-mail address of who fills them in.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Add the rows of each year that has none."""
        person = get_user_model()._default_manager.filter(email=options["by"].lower()).first()
        if person is None:
            raise CommandError(
                f"nobody signs in as {options['by']}; give a known address with --by"
            )
        first = options["first"]
        last = first + AHEAD if options["last"] is None else options["last"]
        if not 1 <= first <= last <= 9999 or last - first > MOST_YEARS:
            raise CommandError("give years in order, at most 100 of them: --first 2020 --last 2030")
        filled = {day.year for day in Holiday.objects.values_list("on", flat=True)}
        country, _, subdivision = settings.PACTWATCH_HOLIDAYS.partition("-")
        years = [year for year in range(first, last + 1) if year not in filled]
        try:
            found = holidays.country_holidays(country, subdiv=subdivision or None, years=years)
        except NotImplementedError as error:
            raise CommandError(
                f"PACTWATCH_HOLIDAYS is {settings.PACTWATCH_HOLIDAYS}: {error}"
            ) from error
        if years:
            with change(by=person, reason=f"Holidays of {settings.PACTWATCH_HOLIDAYS} filled in"):
                for day, name in sorted(found.items()):
                    Holiday.objects.create(on=day, name=name)
        self.stdout.write(f"{len(found) if years else 0} holidays added for {len(years)} years.")
