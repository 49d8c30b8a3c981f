"""``issue_briefs``: briefs on many agreements, in one go or as their deadlines come near."""

import sys
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import CommandError, CommandParser
from django.db.models import Q

from agreements.management.commands import _arguments as arguments
from agreements.models import Agreement
from agreements.permissions import Can
from civil.clock import today
from reports.briefs import batch, content, editions, layout
from reports.briefs.issue import Wish
from revisions.snapshot import snapshot


class Command(arguments.RegisterCommand):
    """Issue many briefs."""

    help = (
        "Issue briefs on all published agreements, or on those named, into a folder or ZIP file. "
        "Stopped or killed, the same command goes on where it was. With --due: issue those whose "
        "decision comes near, and let them wait on the desk for release."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the agreements, what each brief is like, and where the files go."""
        parser.add_argument("references", nargs="*", help="For instance PARS-ICE; default: all.")
        arguments.add_on(parser)
        arguments.add_known(parser)
        parser.add_argument("--edition", choices=editions.EDITIONS, default=editions.PUBLIC)
        parser.add_argument("--language", choices=content.LANGUAGES, default="en")
        parser.add_argument("--paper", choices=layout.PAPERS, default="letter")
        parser.add_argument("--output", help="A folder, or a file that ends in .zip.")
        parser.add_argument(
            "--by",
            help="E-mail address of the person who issues them, and releases them if allowed to.",
        )
        parser.add_argument("--jobs", type=int, default=0, help="Processes; default: one per core.")
        parser.add_argument("--due", action="store_true", help="Those whose decision comes near.")
        parser.add_argument("--lead", type=int, default=30, help="With --due: days before.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Issue them, with a line on stderr that counts."""
        if options["due"]:
            self._issue_due(options)
            return
        if not options["output"]:
            raise CommandError("say where the files go: --output FOLDER, or --output FILE.zip")
        wish = Wish(
            on=options["on"] or today(),
            known=options["known"],
            edition=options["edition"],
            language=options["language"],
            paper=options["paper"],
        )
        plan = batch.Plan(
            wish, self._agreements(options), Path(options["output"]), _person(options["by"])
        )
        try:
            done = batch.run(plan, jobs=options["jobs"], progress=self._progress)
        except OSError as error:
            raise CommandError(f"cannot write {options['output']}: {error.strerror}") from error
        self.stderr.write("")
        self.stdout.write(
            f"{options['output']}: {done.issued} briefs issued, {done.kept} issued before"
        )
        if done.waiting:
            self.stdout.write(
                f"{done.waiting} wait on the desk for release: name somebody who may publish "
                "with --by, and they are released at once"
            )

    def _agreements(self, options: dict[str, Any]) -> list[int]:
        """Return the agreements that were known then, for the public edition published ones.

        All that are named, or ``CommandError``.
        """
        if options["references"]:
            named = [arguments.find_facts(r, options["known"]) for r in options["references"]]
            if options["edition"] == editions.PUBLIC:
                for facts in named:
                    arguments.refuse_unpublished(facts)
            return list(dict.fromkeys(facts.agreement.pk for facts in named))
        found = Agreement.objects.order_by("reference")
        if options["edition"] == editions.PUBLIC:
            found = found.published()
        if options["known"]:
            known = snapshot({Agreement: Q()}, options["known"])[Agreement]
            found = found.filter(pk__in=[agreement.pk for agreement in known])
        return list(found.values_list("pk", flat=True))

    def _progress(self, count: int, total: int) -> None:
        end = "\r" if sys.stderr.isatty() else "\n"
        if sys.stderr.isatty() or count == total or count % max(total // 20, 1) == 0:
            self.stderr.write(f"{count} of {total}", ending=end)

    def _issue_due(self, options: dict[str, Any]) -> None:
        on = options["on"] or today()
        if options["references"]:
            raise CommandError("--due finds the agreements itself: leave out the references")
        if options["lead"] < 1:
            raise CommandError("--lead is a number of days, 1 or more")
        made = batch.issue_due(on, options["lead"], paper=options["paper"])
        for brief in made:
            self.stdout.write(f"{brief.file_name} waits for release (decision near)")
        self.stdout.write(f"{len(made)} briefs issued; they wait on the desk")


def _person(email: str | None) -> int | None:
    if not email:
        return None
    found = get_user_model().objects.filter(Q(email__iexact=email), is_active=True).first()
    if found is None:
        raise CommandError(f"no active person has the address {email}")
    if not found.has_perm(Can.EDIT):
        raise CommandError(f"{email} may not issue briefs: that takes the role of an editor")
    return int(found.pk)
