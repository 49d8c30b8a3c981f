"""``show_agreement REF``: one agreement as of a day, as known at a moment."""

from typing import Any

from django.core.management.base import CommandParser

from agreements.as_json import agreement_json
from agreements.management.commands import _arguments as arguments
from agreements.public import AgreementView, agreement_view
from civil.clock import today
from civil.display import show_date, show_partial


class Command(arguments.RegisterCommand):
    """Show one agreement."""

    help = "Show one agreement as of a day, as the register knew it at a moment."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the reference, the day and the state of knowledge."""
        parser.add_argument("reference", help="For instance PARS-ICE.")
        arguments.add_on(parser)
        arguments.add_known(parser)
        arguments.add_format(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the agreement."""
        facts = arguments.find_facts(options["reference"], options["known"])
        view = agreement_view(facts, options["on"] or today(), "staff")
        if options["format"] == "json":
            arguments.print_json(self, agreement_json(view))
        else:
            self.show(view)

    def show(self, view: AgreementView) -> None:
        """Print what a reader asks first, in lines."""
        write = self.stdout.write
        write(f"{view.reference}  {view.title}")
        write(
            f"On {show_date(view.on)}: {view.status_label}. {view.sentence} {view.access_sentence}"
        )
        for reason in view.reasons:
            write(f"  {reason}")
        write("Deadlines")
        for d in view.deadlines:
            settled = f" (settled {d.settled_on})" if d.settled_on else ""
            write(f"  {d.due_on}  {d.label}: {d.explanation}{settled}")
        write("Shared")
        for e in view.shared:
            since = show_partial(e.added_on) if e.added_on else "the first term"
            write(f"  {e.name} (since {since})")
        write("License fee")
        for fee in view.term.fees if view.term else ():
            names = ", ".join(view.sources[n - 1].publisher for n in fee.refs)
            write(f"  {fee.shown}{' (followed)' if fee.is_followed else ''}  {names}")
