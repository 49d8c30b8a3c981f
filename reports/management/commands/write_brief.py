"""``write_brief REF``: the council brief of one agreement as a PDF."""

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import translation

from agreements.management.commands import _arguments as arguments
from agreements.public import agreement_view
from civil.clock import today
from reports.briefs import content, layout

STDOUT = "-"


class Command(arguments.RegisterCommand):
    """Write a brief."""

    help = "Write the council brief of one agreement, public edition, as an accessible PDF."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the reference, day, state of knowledge, language, paper and file."""
        parser.add_argument("reference", help="For instance PARS-ICE.")
        arguments.add_on(parser)
        arguments.add_known(parser)
        parser.add_argument("--language", choices=content.LANGUAGES, default="en")
        parser.add_argument("--paper", choices=layout.PAPERS, default="letter")
        parser.add_argument("--output", required=True, help="The file to write; - for stdout.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the brief: the whole file, or none."""
        facts = arguments.find_facts(options["reference"], options["known"])
        language, output = options["language"], options["output"]
        with translation.override(language):
            view = agreement_view(facts, options["on"] or today())
        data = layout.pdf(view, language=language, paper=options["paper"])
        if output == STDOUT:
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
            return
        try:
            replace_file(Path(output), data)
        except OSError as error:
            raise CommandError(f"cannot write {output}: {_reason(Path(output), error)}") from error
        self.stdout.write(f"{output}: brief on {view.reference} as of {view.on}")


def replace_file(path: Path, data: bytes) -> None:
    """Write a file whole: beside its place first, then into it. Raises ``OSError``.

    A link is followed; a pipe or a device is written to and stays what it is.
    """
    if path.is_dir():
        raise IsADirectoryError
    path = path.resolve()
    if path.exists() and not path.is_file():
        path.write_bytes(data)
        return
    handle, name = tempfile.mkstemp(prefix=f".{path.name[:100]}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        mask = os.umask(0)
        os.umask(mask)
        Path(name).chmod(0o666 & ~mask)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _reason(path: Path, error: OSError) -> str:
    """Say what to do about a file that cannot be written."""
    if path.is_dir():
        return "it is a directory; name a file in it"
    if not path.parent.is_dir():
        return f"there is no directory {path.parent}; make it first"
    return error.strerror or str(error)
