"""``write_brief REF``: the council brief of one agreement as a PDF."""

from typing import Any

from django.core.management.base import CommandParser

from agreements.management.commands import _arguments as arguments
from civil.clock import today
from reports.briefs import content, editions, issue, layout
from reports.management.commands import _files as files


class Command(arguments.RegisterCommand):
    """Write a brief."""

    help = "Write the council brief of one agreement as an accessible PDF."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the reference, day, state of knowledge, edition, language, paper and file."""
        parser.add_argument("reference", help="For instance PARS-ICE.")
        arguments.add_on(parser)
        arguments.add_known(parser)
        parser.add_argument("--edition", choices=editions.EDITIONS, default=editions.PUBLIC)
        parser.add_argument("--language", choices=content.LANGUAGES, default="en")
        parser.add_argument("--paper", choices=layout.PAPERS, default="letter")
        parser.add_argument("--output", required=True, help="The file to write; - for stdout.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the brief: the whole file, or none."""
        facts = arguments.find_facts(options["reference"], options["known"])
        wish = issue.Wish(
            on=options["on"] or today(),
            known=options["known"],
            edition=options["edition"],
            language=options["language"],
            paper=options["paper"],
        )
        if wish.edition == editions.PUBLIC:
            arguments.refuse_unpublished(facts)
        files.write(options["output"], issue.draft(facts, wish).data)
        if options["output"] != files.STDOUT:
            reference = facts.agreement.reference
            self.stdout.write(f"{options['output']}: brief on {reference} as of {wish.on}")
