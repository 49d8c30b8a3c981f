"""Dates as people type them: "2008", "July 2010", "31 Aug 2018", "08/31/2018", or EDTF.

English and Spanish are both read, whatever the language of the page. The order of a date in
figures with slashes is the American one, month first.
"""

import datetime as dt
import re

from django.utils.translation import gettext as _

from civil.partial import PartialDate

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan enero ene",
            "february feb febrero",
            "march mar marzo",
            "april apr abril abr",
            "may mayo",
            "june jun junio",
            "july jul julio",
            "august aug agosto ago",
            "september sept sep septiembre set",
            "october oct octubre",
            "november nov noviembre",
            "december dec diciembre dic",
        ),
        start=1,
    )
    for name in names.split()
}
YEAR, DAY, WORD = (
    r"(?P<year>[0-9]{4})",
    r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th|º)?",
    r"(?P<month>[a-z]+)\.?",
)
FORMS = [
    re.compile(rf"{WORD} {DAY},? {YEAR}"),  # August 31, 2018
    re.compile(rf"{DAY} (?:de )?{WORD},? (?:de )?{YEAR}"),  # 31 August 2018, 31 de agosto de 2018
    re.compile(rf"{WORD},? (?:de )?{YEAR}"),  # July 2010, julio de 2010
    re.compile(rf"(?P<month>[0-9]{{1,2}})/{DAY}/{YEAR}"),  # 8/31/2018
]


_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def parse_day(text: str) -> dt.date:
    """Read a day as addresses and commands write it, 2018-06-15 and no other form of ISO 8601.

    Raises ``ValueError``.
    """
    if not _DAY.fullmatch(text):
        raise ValueError(text)
    return dt.date.fromisoformat(text)


def parse_typed(text: str) -> PartialDate | None:
    """Read a date as people type it; None for an empty text.

    Raises ValueError, with examples, for what cannot be read or does not exist.
    """
    plain = " ".join(text.casefold().split())
    if not plain:
        return None
    for form in FORMS:
        match = form.fullmatch(plain)
        if match and (month := _month(match["month"])):
            parts = [match["year"], f"{month:02}"]
            if "day" in match.groupdict():
                parts.append(f"{int(match['day']):02}")
            return PartialDate.parse("-".join(parts))
    try:
        return PartialDate.parse(plain.replace(" ", ""))
    except ValueError as error:
        if re.fullmatch(r"[0-9/-]+", plain):
            raise
        raise ValueError(
            _(
                "“%(text)s” is no date that can be read. Write 2008, July 2010, 31 Aug 2018 "
                "or 2018-08-31."
            )
            % {"text": text.strip()[:40]}
        ) from error


def _month(text: str) -> int | None:
    if text.isdigit():
        return int(text)
    return MONTHS.get(text)
