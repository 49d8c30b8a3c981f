"""Cells that the tables of a dossier are made of."""

from django.utils.translation import gettext as _t

from civil.display import show_partial
from civil.partial import PartialDate
from reports.briefs.parts import Phrase, numbers
from reports.extracts.parts import Cell, Column, partial, plain, said
from reports.extracts.records import register_language

Row = tuple[Cell, ...]


def own(text: str, refs: tuple[int, ...] = (), url: str = "") -> Cell:
    """Return a cell with the record's own words, in the language they are in."""
    return said(text, lang=register_language(), refs=refs, url=url)


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
