"""Paging by keyset: the next page begins after the last row, whatever its number."""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import BadRequest, ValidationError
from django.db import DatabaseError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _t


@dataclass(frozen=True)
class Page:
    """The rows of a page as a queryset-free list, and the mark of the next one ("" at the end)."""

    rows: list[Any]
    next: str


def keyset_page(found: QuerySet, keys: tuple[str, ...], after: str, size: int) -> Page:
    """Return a page of rows in order of ``keys`` (annotations without NULL; "-" descends).

    The last key must be unique. Raises ``BadRequest`` for a mark that no page gave.
    """
    names = [key.removeprefix("-") for key in keys]
    try:
        if after:
            found = found.filter(_after(keys, names, _read(after, len(keys))))
        rows = list(found.order_by(*keys)[: size + 1])
    except (ValueError, TypeError, OverflowError, ValidationError, DatabaseError) as error:
        raise BadRequest(_t("This page does not exist: start from the first.")) from error
    more = len(rows) > size
    rows = rows[:size]
    mark = _write([getattr(rows[-1], name) for name in names]) if more else ""
    return Page(rows, mark)


def _after(keys: tuple[str, ...], names: list[str], values: list[Any]) -> Q:
    """Match what stands after a row in the order of ``keys``."""
    wanted = Q(pk=None)
    for i, key in enumerate(keys):
        step = {f"{names[i]}__{'lt' if key.startswith('-') else 'gt'}": values[i]}
        wanted |= Q(**dict(zip(names[:i], values[:i], strict=True)), **step)
    return wanted


def _write(values: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(values, default=str).encode()).decode().rstrip("=")


def _read(mark: str, count: int) -> list[Any]:
    try:
        values = json.loads(base64.urlsafe_b64decode(mark + "=" * (-len(mark) % 4)))
    except (ValueError, RecursionError, binascii.Error) as error:
        raise BadRequest(_t("This page does not exist: start from the first.")) from error
    is_plain = isinstance(values, list) and all(isinstance(v, str | int) for v in values)
    if not is_plain or len(values) != count or any("\0" in str(v) for v in values):
        raise BadRequest(_t("This page does not exist: start from the first."))
    return values
