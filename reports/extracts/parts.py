"""What an extract is made of: tables of cells, each a text to read and a value to compute with."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils import formats
from django.utils.timezone import localtime
from django.utils.translation import gettext as _t

from civil.display import show_date, show_partial
from civil.partial import PartialDate
from reports.briefs.parts import Phrase, Section, Text, missing, soft

Value = str | int | Decimal | dt.date | dt.datetime | None


@dataclass(frozen=True, slots=True)
class Cell:
    """A text as people read it, and the value that a spreadsheet holds."""

    text: Text
    value: Value


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its key in data files, its head, and its share of the width."""

    key: str
    label: str
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Table:
    """A table of an extract; `none` says why it has no rows."""

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    none: str
    lead: str = ""

    def section(self) -> Section:
        """Return it as briefs and pages set it."""
        lead: tuple[Text, ...] = ((Phrase(self.lead),),) if self.lead else ()
        if not self.rows:
            return Section(self.title, (*lead, (soft(self.none),)))
        return Section(
            self.title,
            lead,
            heads=tuple(column.label for column in self.columns),
            rows=tuple(tuple(cell.text for cell in row) for row in self.rows),
            summary=self.title,
        )


@dataclass(frozen=True)
class Report:
    """An extract: what it answers in a sentence, then its tables.

    `known` is the day whose knowledge is shown, None where it is all that is known now. `months`
    is how far it looks ahead, None where that is as usual or where it does not.
    """

    name: str
    title: str
    sentence: str
    edition: str
    on: dt.date
    as_of: str
    language: str
    tables: tuple[Table, ...]
    address: str
    notes: tuple[str, ...] = field(default=())
    subject: str = ""
    known: dt.date | None = None
    is_internal: bool = False
    months: int | None = None

    @property
    def file_stem(self) -> str:
        """The beginning of its file's name: deadlines-2018-06-15-en, deadlines-3-months-…"""
        months = self.months and ("1-month" if self.months == 1 else f"{self.months}-months")
        known = f"known-{self.known.isoformat()}" if self.known else ""
        edition = "internal" if self.is_internal else ""
        day, language = self.on.isoformat(), self.language[:2]
        parts = [self.subject, self.name, months, day, known, language, edition]
        return "-".join(part for part in parts if part)


def said(text: str, *, url: str = "", lang: str = "", refs: tuple[int, ...] = ()) -> Cell:
    """Return a cell with a text, which an empty one says is not recorded."""
    if not text:
        return Cell((missing(),), None)
    return Cell((Phrase(text, refs, lang=lang, url=url),), text)


def plain(text: str) -> Cell:
    """Return a cell with a text, or an empty one."""
    return Cell((Phrase(text),) if text else (), text or None)


def many(texts: Iterable[str], separator: str = ", ", *, lang: str = "") -> Cell:
    """Return a cell with several texts."""
    return said(separator.join(texts), lang=lang)


def in_phrases(text: Text) -> Cell:
    """Return a cell with a text of several phrases, which an empty one says is not recorded."""
    return Cell(text, "".join(phrase.text for phrase in text)) if text else said("")


def number(value: int) -> Cell:
    """Return a cell with a count."""
    return Cell((Phrase(str(value)),), value)


def day(value: dt.date | None) -> Cell:
    """Return a cell with a day."""
    return Cell((Phrase(show_date(value)),) if value else (missing(),), value)


def moment(value: dt.datetime) -> Cell:
    """Return a cell with a moment, in the city's time zone to the second."""
    local = localtime(value).replace(microsecond=0)
    return Cell((Phrase(formats.date_format(local, "DATETIME_FORMAT")),), local)


def partial(value: PartialDate | None) -> Cell:
    """Return a cell with a date as far as it is known; data files hold it in EDTF."""
    if value is None:
        return Cell((missing(),), None)
    is_day = value.precision == "day"
    return Cell((Phrase(show_partial(value)),), value.first if is_day else value.edtf)


def yes(value: bool) -> Cell:
    """Return a cell that says yes, or nothing."""
    return plain(_t("yes") if value else "")
