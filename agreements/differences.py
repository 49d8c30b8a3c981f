"""Differences between two states of a record, as people read them."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils import formats
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext as _t
from django.utils.translation import ngettext

from agreements.claims import fact_value, field_label, show_value
from agreements.sentences import money
from civil.display import show_date
from revisions.diff import Piece, changed_facts, is_long, list_diff, raw, word_diff

Names = Mapping[tuple[type, Any], str]


@dataclass(frozen=True)
class Difference:
    """A fact before and after; an empty text where nothing was recorded.

    ``pieces`` holds a text word by word, or a list item by item; ``by`` says how far a date or an
    amount moved.
    """

    name: str
    label: str
    before: str
    after: str
    pieces: tuple[Piece, ...] = ()
    by: str = ""


def differences(
    before: models.Model | None, after: models.Model | None, names: Names
) -> Iterator[Difference]:
    """Give the facts that differ between two states of a record, in the order of its fields."""
    record = after if after is not None else before
    for name in changed_facts(before, after):
        assert record is not None  # noqa: S101 - something differs
        if name == "agreement":
            continue  # the line already says whose part it is
        was, now = shown(before, name, names), shown(after, name, names)
        yield Difference(
            name=name,
            label=capfirst(field_label(record, name)),
            before=was,
            after=now,
            pieces=_pieces(before, after, name),
            by=_moved(raw(before, name), raw(after, name)),
        )


def shown(record: models.Model | None, name: str, names: Names) -> str:
    """Return a fact as people read it; an empty text where it is not recorded."""
    if record is None:
        return ""
    value = fact_value(record, name)
    if value is None:
        return ""
    if name in getattr(record, "partial_dates", ()) or name in getattr(
        record, "composite_facts", {}
    ):
        return show_value(record, name, value)
    field = record._meta.get_field(name)
    own = getattr(record, field.attname)  # type: ignore[union-attr]
    if isinstance(field, models.ForeignKey):
        return names.get((field.related_model, value), _t("another record"))
    if isinstance(own, bool):
        return _t("yes") if own else _t("no")
    if isinstance(own, dt.datetime):
        return formats.date_format(localtime(own), "DATETIME_FORMAT")
    if isinstance(own, dt.date):
        return show_date(own)
    if isinstance(own, Decimal):
        currency = getattr(record, "currency", "")
        return money(own, currency) if currency else str(own)
    return show_value(record, name, value)


def _pieces(
    before: models.Model | None, after: models.Model | None, name: str
) -> tuple[Piece, ...]:
    was, now = raw(before, name), raw(after, name)
    if was is None or now is None or len(was) != 1:
        return ()
    if isinstance(was[0], list) and isinstance(now[0], list):
        return list_diff(was[0], now[0])
    return word_diff(was[0], now[0]) if is_long(was[0], now[0]) else ()


def _moved(was: tuple[Any, ...] | None, now: tuple[Any, ...] | None) -> str:
    """Say how far a whole date or an amount in one currency moved."""
    if was is None or now is None or was[0] in (None, "") or now[0] in (None, ""):
        return ""
    first, last = was[0], now[0]
    if isinstance(first, dt.datetime):
        return ""
    if isinstance(first, dt.date) and len(set(was)) == len(set(now)) == 1:
        return _days((last - first).days)
    if isinstance(first, Decimal) and was[1:] == now[1:]:
        return f"{'+' if last > first else '−'}{abs(last - first)}"
    return ""


def _days(count: int) -> str:
    if count < 0:
        return ngettext("%(n)s day earlier", "%(n)s days earlier", -count) % {"n": -count}
    return ngettext("%(n)s day later", "%(n)s days later", count) % {"n": count}
