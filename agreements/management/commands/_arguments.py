"""Arguments that several commands share, with errors that say what to type."""

import datetime as dt
import difflib
import json
import os
import sys
from argparse import ArgumentTypeError, Namespace
from collections.abc import Sequence
from typing import Any

from django.core.management.base import (
    BaseCommand,
    CommandError,
    CommandParser,
    handle_default_options,
)
from django.db import OperationalError, ProgrammingError, connections
from django.db.models import Q
from django.utils import timezone

from agreements.facts import Facts
from agreements.loading import load
from agreements.models import Agreement
from civil.clock import end_of_day
from civil.typed import parse_day


class RegisterCommand(BaseCommand):
    """A command whose errors are one sentence on stderr, with exit status 1."""

    requires_system_checks: list[str] = []

    def run_from_argv(self, argv: list[str]) -> None:
        """Run from the command line; print an error without its Python name."""
        try:
            options = vars(self.create_parser(argv[0], argv[1]).parse_args(argv[2:]))
            handle_default_options(Namespace(**options))
            self.execute(*options.pop("args", ()), **options)
        except CommandError as error:
            self.stderr.write(str(error).removeprefix("Error: "))
            sys.exit(1)
        except ProgrammingError as error:
            self.stderr.write(f"the database is not ready ({error}); run `manage.py migrate` first")
            sys.exit(1)
        except OperationalError as error:
            self.stderr.write(_unready(" ".join(str(error).split())))
            sys.exit(1)
        except UnicodeEncodeError:
            self.stderr.write("an argument holds bytes that are no text")
            sys.exit(1)
        except BrokenPipeError:  # the reader stopped reading, as `| head` does
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(1)
        finally:
            connections.close_all()


def _unready(error: str) -> str:
    if "no such table" in error or "no such column" in error:
        return f"the database is not ready ({error}); run `manage.py migrate` first"
    return f"the database does not answer ({error}); check DATABASE_URL and its server"


def day(text: str) -> dt.date:
    """Read a day as ISO 8601."""
    try:
        return parse_day(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is no day: write it as 2018-06-15") from error


def moment(text: str) -> dt.datetime:
    """Read a moment with its offset, or a day, which means the end of that city day."""
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(
            f"{text!r} is no day or moment: write 2018-06-15 or 2018-06-15T12:00:00-04:00"
        ) from error
    if "T" not in text and " " not in text:
        return end_of_day(day(text))
    if found.tzinfo is None:
        raise ArgumentTypeError(f"{text!r} has no offset: write 2018-06-15T12:00:00-04:00")
    return found


def add_on(parser: CommandParser) -> None:
    """Add ``--on``: the day that is asked about, today by default."""
    parser.add_argument("--on", type=day, help="Day to ask about (2018-06-15); default: today.")


def add_known(parser: CommandParser) -> None:
    """Add ``--known``: the moment whose knowledge is asked for, now by default."""
    parser.add_argument(
        "--known", type=moment, help="As the register knew it then (2018-06-15, or a moment)."
    )


def add_format(parser: CommandParser) -> None:
    """Add ``--format``: a table to read, or JSON for programs."""
    parser.add_argument("--format", choices=["table", "json"], default="table")


def find_facts(reference: str, known: dt.datetime | None = None) -> Facts:
    """Return the facts of the agreement with a reference, in whatever case it is written.

    Raises ``CommandError`` with the nearest reference where there is none.
    """
    pk = _find(reference, known)
    facts = load(pk, known) if pk is not None else None
    if facts is None and known is not None and _find(reference, None) is not None:
        raise CommandError(f"the register did not know {reference} at that moment yet")
    if facts is None:
        references = {r.upper(): r for r in Agreement.objects.values_list("reference", flat=True)}
        near = difflib.get_close_matches(reference.upper(), references, n=1, cutoff=0.5)
        hint = (
            f"; did you mean {references[near[0]]}?"
            if near
            else "; /agreements/ lists what there is"
        )
        raise CommandError(f"no agreement {reference or 'without a reference'}{hint}")
    return facts


def refuse_unpublished(facts: Facts) -> None:
    """Raise ``CommandError`` for an agreement that the public may not read now."""
    if facts.agreement.publication_at(timezone.now()) != "published":
        reference = facts.agreement.reference
        raise CommandError(f"{reference} is not published: add --edition internal")


def _find(reference: str, known: dt.datetime | None) -> int | None:
    """Return the id of the agreement that bears a reference, or bore it at that moment."""
    if known is None:
        rows = Agreement.objects.filter(reference__iexact=reference).values_list("pk", flat=True)
        return rows.first()
    revisions = Agreement.history.model.objects.filter(
        Q(superseded_at=None) | Q(superseded_at__gt=known),
        reference__iexact=reference,
        history_date__lte=known,
    )
    return revisions.exclude(history_type="-").values_list("id", flat=True).first()


def print_json(command: BaseCommand, data: Any) -> None:
    """Print data as JSON."""
    command.stdout.write(json.dumps(data, indent=2, ensure_ascii=False))


def print_table(command: BaseCommand, heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print rows under headings, in columns as wide as they need to be."""
    texts = [[str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(heads, *texts, strict=True)]
    for line in (list(heads), *texts):
        command.stdout.write(
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        )
