"""What differs between two states of a record, fact by fact. Pure: no database, no language."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from typing import Any, Literal

from django.db import models

LONG = 2
"""Texts of so many words or more on both sides are compared word by word."""

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
LEAST_KEPT = 0.4
"""Texts that share a smaller part of their words are shown whole."""

MOST_PIECES = 4000
"""Longer texts are shown whole: comparing them word by word takes too long."""


@dataclass(frozen=True)
class Piece:
    """A run of a text, or an item of a list: kept, taken out or put in."""

    kind: Literal["same", "out", "in"]
    text: str


@cache
def fact_names(model: type[models.Model]) -> tuple[str, ...]:
    """Return the names of a model's facts in order; a fact of several columns comes once.

    A partial date is one fact, and so is what the model lists in ``composite_facts`` (money with
    its currency). The primary key is none.
    """
    composite = getattr(model, "composite_facts", {})
    inner = {column for name, columns in composite.items() for column in columns if column != name}
    owner = {
        column: name
        for name in getattr(model, "partial_dates", ())
        for column in (f"{name}_first", f"{name}_last")
    }
    names = [
        owner.get(field.name, field.name)
        for field in model._meta.concrete_fields
        if not field.primary_key and field.name not in inner
    ]
    return tuple(dict.fromkeys(names))


@cache
def columns_of(model: type[models.Model], name: str) -> tuple[str, ...]:
    """Return the columns that hold a fact; ``FieldDoesNotExist`` for a name that is none."""
    if name in getattr(model, "partial_dates", ()):
        return f"{name}_first", f"{name}_last"
    composite = getattr(model, "composite_facts", {})
    if name in composite:
        return tuple(composite[name])
    return (model._meta.get_field(name).attname,)  # type: ignore[union-attr]


def raw(record: models.Model | None, name: str) -> tuple[Any, ...] | None:
    """Return a fact as its columns hold it; None where there is no record."""
    if record is None:
        return None
    return tuple(getattr(record, column) for column in columns_of(type(record), name))


def is_empty(value: tuple[Any, ...] | None) -> bool:
    """Whether nothing is recorded in a fact; the first column decides."""
    return value is None or value[0] in (None, "")


def changed_facts(before: models.Model | None, after: models.Model | None) -> Iterator[str]:
    """Give the names of the facts that differ between two states of a record.

    None is a state without the record. What is empty before and after does not differ.
    """
    record = after if after is not None else before
    if record is None:
        return
    for name in fact_names(type(record)):
        was, now = raw(before, name), raw(after, name)
        if is_empty(was) and is_empty(now):
            continue
        if was != now or repr(was) != repr(now):  # in JSON, 0 is not False
            yield name


def word_diff(before: str, after: str) -> tuple[Piece, ...]:
    """Compare two texts word by word.

    The pieces that are the same or out are ``before``, those that are the same or in ``after``,
    letter by letter. Texts that have little in common are taken out and put in whole.
    """
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if len(old) + len(new) > MOST_PIECES:
        return _whole(before, after)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    kept = sum(
        1 for m in matcher.get_matching_blocks() for w in old[m.a : m.a + m.size] if w.strip()
    )
    words = sum(1 for word in old + new if word.strip())
    if 2 * kept < LEAST_KEPT * words:
        return _whole(before, after)
    pieces: list[Piece] = []
    for what, i, j, k, m in matcher.get_opcodes():
        if what == "equal":
            pieces.append(Piece("same", "".join(old[i:j])))
            continue
        if i < j:
            pieces.append(Piece("out", "".join(old[i:j])))
        if k < m:
            pieces.append(Piece("in", "".join(new[k:m])))
    return tuple(pieces)


def _whole(before: str, after: str) -> tuple[Piece, ...]:
    pieces = (Piece("out", before), Piece("in", after))
    return tuple(piece for piece in pieces if piece.text)


def list_diff(before: list[Any], after: list[Any]) -> tuple[Piece, ...]:
    """Compare two lists item by item, in their order."""
    old, new = [str(item) for item in before], [str(item) for item in after]
    pieces: list[Piece] = []
    for what, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            pieces += [Piece("same", item) for item in old[i:j]]
        else:
            pieces += [Piece("out", item) for item in old[i:j]]
            pieces += [Piece("in", item) for item in new[k:m]]
    return tuple(pieces)


def is_long(before: Any, after: Any) -> bool:
    """Whether two values are texts that are worth comparing word by word."""
    texts = isinstance(before, str) and isinstance(after, str)
    return texts and min(len(before.split()), len(after.split())) >= LONG
