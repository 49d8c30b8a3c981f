"""``load_example pars``: the running example, replayed in dated steps."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from agreements.management.commands import _arguments as arguments
from examples.pars import STEPS
from examples.pars.sources import SOURCES
from examples.people import PASSWORD, PEOPLE, ensure_mandates, ensure_people
from examples.replay import Scribe, replay
from revisions import OutOfOrder

EXAMPLES = {"pars": (STEPS, SOURCES)}


class Command(arguments.RegisterCommand):
    """Load an example."""

    help = "Replay an example in dated steps. Loaded twice, it changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the example's name and the day up to which to replay."""
        parser.add_argument("name", choices=sorted(EXAMPLES), help="Which example.")
        parser.add_argument("--until", type=arguments.day, help="Last day to replay, inclusive.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Replay what was not replayed before."""
        if not settings.PACTWATCH_EXAMPLE:
            raise CommandError(
                "this is no example register: examples replay dated steps and bring known "
                "passwords; set PACTWATCH_EXAMPLE=1 for a register that may hold them"
            )
        steps, sources = EXAMPLES[options["name"]]
        people = ensure_people()
        scribe = Scribe(sources=sources, by=people["scribe"], people=people)
        try:
            count = replay(options["name"], steps, scribe, options["until"])
        except OutOfOrder as error:
            raise CommandError(
                f"{error} The example's records were changed since: load it into a new register."
            ) from error
        self.stdout.write(f"{count} steps entered, {len(steps)} in the example.")
        ensure_mandates(people)
        self.stdout.write(f"Example sign-ins, password {PASSWORD}:")
        for key, (email, _name, office, role) in PEOPLE.items():
            if key == "scribe":
                continue
            does = role.replace("_", " ") or f"votes, {office}"
            self.stdout.write(f"  {email:<24} {does}")
