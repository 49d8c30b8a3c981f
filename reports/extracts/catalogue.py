"""The extracts by name."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from reports.extracts import completeness, deadlines, disclosure, fees, recipients
from reports.extracts.parts import Report
from reports.extracts.records import Request

DOSSIER = "dossier"
FORMATS = ("pdf", "html", "csv", "xlsx")


@dataclass(frozen=True)
class Kind:
    """An extract: what it is called, the question it answers, and who builds it."""

    name: str
    title: Any
    question: Any
    build: Callable[[Request], Report]


KINDS = {
    kind.name: kind
    for kind in (
        Kind("deadlines", _("Deadlines"), _("Which dates come next?"), deadlines.build),
        Kind("fees", _("License fees"), _("What is due, and what was received?"), fees.build),
        Kind("recipients", _("Who gets what"), _("Which data goes to whom?"), recipients.build),
        Kind(
            "completeness",
            _("What is not recorded"),
            _("Which facts does the register lack?"),
            completeness.build,
        ),
        Kind(
            "disclosure",
            _("Yearly disclosure"),
            _("Who received data this year, and on what basis?"),
            disclosure.build,
        ),
    )
}
"""The extracts of the whole register; that of one agreement is its dossier."""
