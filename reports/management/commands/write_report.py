"""``write_report NAME``: an extract of the register as PDF, page, CSV or XLSX."""

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import translation

from agreements.facts import Facts
from agreements.management.commands import _arguments as arguments
from civil.clock import today
from reports.briefs import content, editions, layout
from reports.extracts import dossier, files
from reports.extracts.catalogue import DOSSIER, FORMATS, KINDS
from reports.extracts.records import Request
from reports.management.commands import _files


class Command(arguments.RegisterCommand):
    """Write a report."""

    help = (
        "Write a report: deadlines, fees, recipients, completeness, disclosure; or the dossier of "
        "one agreement: write_report dossier PARS-ICE."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the report, the agreement of a dossier, day, edition, language, format and file."""
        parser.add_argument("name", choices=[*KINDS, DOSSIER])
        parser.add_argument("reference", nargs="?", help="Of the agreement, for a dossier.")
        arguments.add_on(parser)
        arguments.add_known(parser)
        parser.add_argument("--months", type=int, default=12, help="To look ahead (12).")
        parser.add_argument("--edition", choices=editions.EDITIONS, default=editions.PUBLIC)
        parser.add_argument("--language", choices=content.LANGUAGES, default="en")
        parser.add_argument("--paper", choices=layout.PAPERS, default="letter")
        parser.add_argument("--format", choices=FORMATS, default="pdf")
        parser.add_argument("--output", required=True, help="The file to write; - for stdout.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the report: the whole file, or none."""
        if not 1 <= options["months"] <= 1200:
            raise CommandError("--months is a number from 1 to 1200")
        if options["reference"] and options["name"] != DOSSIER:
            raise CommandError(
                f"{options['name']} is about the whole register: leave out {options['reference']}, "
                f"or write its dossier: write_report dossier {options['reference']}"
            )
        if options["known"] and options["name"] != DOSSIER:
            raise CommandError("--known is for a dossier; the others show what is known now")
        asked = Request(
            options["on"] or today(), options["edition"], options["months"], options["known"]
        )
        with translation.override(options["language"]):
            if options["name"] == DOSSIER:
                report = dossier.build(asked, self._facts(options))
            else:
                report = KINDS[options["name"]].build(asked)
            file = files.written(report, options["format"], paper=options["paper"])
        _files.write(options["output"], file.data)
        if options["output"] != _files.STDOUT:
            self.stdout.write(f"{options['output']}: {options['name']} as of {asked.on}")

    def _facts(self, options: dict[str, Any]) -> Facts:
        if not options["reference"]:
            raise CommandError("say which agreement: write_report dossier PARS-ICE")
        facts = arguments.find_facts(options["reference"], options["known"])
        if options["edition"] == editions.PUBLIC:
            arguments.refuse_unpublished(facts)
        return facts
