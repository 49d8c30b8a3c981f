"""Cells that the tables of a dossier are made of."""

import re
from collections.abc import Iterable

from django.db import models
from django.utils.encoding import force_str
from django.utils.text import capfirst
from django.utils.translation import gettext as _t

from agreements.claims import fact_value, field_label, show_value
from agreements.models import (
    Agreement,
    Amendment,
    Concern,
    Document,
    Event,
    Evidence,
    Guide,
    Incident,
    SharedElement,
)
from civil.display import show_partial
from civil.partial import PartialDate
from parties.models import Element, Party, System
from reports.briefs.parts import Phrase, numbers
from reports.extracts.parts import Cell, Column, in_phrases, partial, plain, said
from reports.extracts.records import register_language

Row = tuple[Cell, ...]


def own(text: str, refs: tuple[int, ...] = (), url: str = "") -> Cell:
    """Return a cell with the record's own words, in the language they are in."""
    return said(text, lang=register_language(), refs=refs, url=url)


def own_or_none(text: str) -> Cell:
    """Return a cell with the record's own words, an empty one where there are none."""
    return own(text) if text else plain("")


OWN_NAMES = (Agreement, Amendment, Concern, Document, Element, Event, Evidence, Guide, Incident,
             Party, SharedElement, System)  # fmt: skip
"""Records that bear a name in the record's own words; others are named in the reader's."""


def titled(text: str, after: str = "") -> Cell:
    """Return a cell that says what a record is called, and of what field of it one speaks.

    The kind is in the reader's language, the name in the record's: "Evento: Petition to the Mayor".
    """
    labels = (force_str(model._meta.verbose_name) for model in OWN_NAMES)
    kinds = "|".join(re.escape(capfirst(label)) for label in labels)
    found = re.match(rf"((?:\w+: )?(?:{kinds}): )(.+)", text, re.DOTALL)
    if found is None:
        return said(text + after)
    kind, name = found.groups()
    rest = (Phrase(after),) if after else ()
    return in_phrases((Phrase(kind), Phrase(name, lang=register_language()), *rest))


def labelled(record: models.Model, names: Iterable[str]) -> list[str]:
    """Return recorded facts of a record with their names: "counted from: the last day"."""
    shown = []
    for name in names:
        value = fact_value(record, name)
        if value is not None and value is not False:
            text = "" if value is True else f": {show_value(record, name, value)}"
            shown.append(f"{field_label(record, name)}{text}")
    return shown


def marks(refs: tuple[int, ...]) -> Cell:
    """Return the numbers of sources."""
    return plain(numbers(refs)) if refs else plain("")


def columns_of(*columns: tuple[str, str, float]) -> tuple[Column, ...]:
    """Return columns from key, head and share of the width."""
    return tuple(Column(*column) for column in columns)


def none_recorded() -> str:
    """Say that a table has no rows."""
    return _t("None recorded.")


def span(first: PartialDate | None, last: PartialDate | None) -> Cell:
    """Return a cell with the days from a first to a last one."""
    if first and last and first != last:
        text = f"{show_partial(first)} – {show_partial(last)}"
        return Cell((Phrase(text),), f"{first.edtf}/{last.edtf}")
    return partial(first or last)
