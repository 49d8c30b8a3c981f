"""What a brief is compared by: every fact of a view, and nothing that the passing of days moves."""

import dataclasses
import datetime as dt
import types
from typing import Any, get_args, get_origin, get_type_hints

import pytest

from agreements.public import AgreementView
from civil.partial import PartialDate
from reports.briefs.changes import CITED, between, lines
from reports.briefs.parts import excerpts
from tests.reports.briefs.samples import partial

DAY = dt.date(2018, 3, 1)

TOLD_OTHERWISE = {
    "AgreementView": "slug url label kind on ended_on known published_at status tone in_force "
    "is_over sentence reasons access_state access_since access_confirmed_on access_alarm "
    "system_slug purpose votes_needed term decisions votes",
    "TermView": "renewal_kind number decided is_current gap_after end_kind",
    "ClaimView": "value named is_followed is_quoted",
    "ConflictView": "record field label is_settled",
    "PartyView": "slug",
    "ElementView": "category sensitivity is_sensitive earliest_on from_on until_on is_shared "
    "has_conflict",
    "DeadlineView": "kind label explanation settled_on is_end_decided is_unknown left tone",
    "DecisionView": "outcome counts_from",
    "VoteView": "value intention",
    "ConcernView": "never_answered",
    "EntryView": "kind",
    "ObligationView": "kind due_on",
    "IncidentView": "standing",
    "DocumentView": "pk is_redacted size url",
    "SourceView": "number language",
    "GuideView": "language",
}
"""Fields that say again in code, or for the shown day, what another field says in words."""


def sample(kind: Any, name: str = "") -> Any:
    """Return a value of a type: each text is the name of its field, each part of a view is one."""
    if get_origin(kind) is types.UnionType:
        kind = next(arg for arg in get_args(kind) if arg is not type(None))
    if kind is PartialDate:
        return partial("2018-03-01")
    if get_origin(kind) is tuple:
        first, *more = get_args(kind)
        return (
            (sample(first, name),)
            if more in ([], [...])
            else tuple(sample(arg, name) for arg in (first, *more))
        )
    if dataclasses.is_dataclass(kind):
        hints = get_type_hints(kind)
        return kind(**{f.name: sample(hints[f.name], f.name) for f in dataclasses.fields(kind)})
    moment = dt.datetime(2018, 3, 1, 12, tzinfo=dt.UTC)
    plain = {str: name, int: 1, bool: True, dt.date: DAY, dt.datetime: moment}
    return plain.get(kind, name)


def other(value: Any) -> Any:
    """Return a value that is not the same."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, PartialDate):
        return partial("2019-04-05")
    if isinstance(value, dt.date):
        return value + dt.timedelta(days=400)
    return value + "x" if isinstance(value, str) else value + 1


def mutations(value: Any, path: str = "") -> Any:
    """Yield each field by its path, with the view in which it is another."""
    if isinstance(value, tuple):
        for at, part in enumerate(value):
            if isinstance(part, tuple):  # a label and its value
                yield path, (*value[:at], (*part[:-1], other(part[-1])), *value[at + 1 :])
                continue
            for name, found in mutations(part, path):
                yield name, (*value[:at], found, *value[at + 1 :])
        if value:
            yield f"{path} (gone)", ()
    elif dataclasses.is_dataclass(value) and not isinstance(value, PartialDate):
        for field in dataclasses.fields(value):
            part = getattr(value, field.name)
            if field.name in TOLD_OTHERWISE.get(type(value).__name__, "").split():
                continue
            for name, found in mutations(part, f"{type(value).__name__}.{field.name}"):
                yield name, dataclasses.replace(value, **{field.name: found})  # type: ignore[type-var]
    elif value is not None:
        yield path, other(value)


def view() -> AgreementView:
    found: AgreementView = sample(AgreementView)
    return found


def test_every_fact_of_a_view_is_compared() -> None:
    found = view()
    assert between(found, found) == ()
    silent = [path for path, changed in mutations(found) if not between(found, changed)]
    assert silent == []


def test_what_only_the_day_moves_is_no_difference() -> None:
    found = view()
    later = dataclasses.replace(
        found,
        on=DAY + dt.timedelta(days=3),
        deadlines=tuple(
            dataclasses.replace(d, left="3 days", tone="alarm") for d in found.deadlines
        ),
    )
    assert between(found, later) == ()


def test_a_new_thing_is_told_once_and_a_changed_one_by_what_changed() -> None:
    found = view()
    (concern,) = found.concerns
    (new,) = between(dataclasses.replace(found, concerns=()), found)
    assert (new.label, new.before) == ("Concern: title", "")
    changed = dataclasses.replace(concern, answer="Another")
    (answer,) = between(found, dataclasses.replace(found, concerns=(changed,)))
    assert (answer.label, answer.before, answer.after) == (
        "Concern: title: Answer", "answer", "Another"
    )  # fmt: skip


def test_numbers_of_sources_may_change_while_what_is_cited_does_not() -> None:
    found = view()
    (source,) = found.sources
    renumbered = dataclasses.replace(source, number=2)
    moved = dataclasses.replace(
        found, sources=(dataclasses.replace(source, title="New"), renumbered)
    )
    kinds = {d.kind for d in between(found, moved)}
    assert CITED in kinds, "what cited number 1 cites another source now"


def test_another_claim_that_is_followed_is_told() -> None:
    found = view()
    (term,) = found.terms
    (claim,) = term.fees
    other_one = dataclasses.replace(claim, shown="$5,000", is_followed=False)
    sides = [
        dataclasses.replace(found, terms=(dataclasses.replace(term, fees=fees),))
        for fees in (
            (claim, other_one),
            (dataclasses.replace(claim, is_followed=False), other_one),
        )
    ]
    (told,) = between(*sides)
    assert (told.before, told.after) == ("shown (followed); $5,000", "shown; $5,000")


def test_things_of_the_same_name_are_told_apart() -> None:
    found = view()
    (concern,) = found.concerns
    twice = dataclasses.replace(found, concerns=(concern, concern))
    assert len([key for key in lines(twice) if key[0] == "concern"]) == 2
    changed = (concern, dataclasses.replace(concern, answer="Another"))
    assert between(twice, dataclasses.replace(found, concerns=changed))


@pytest.mark.parametrize(
    ("before", "after", "most"),
    [("short", "shorter", 20), ("a " * 300 + "x", "a " * 300 + "y", 60), ("", "z" * 400, 60)],
)
def test_excerpts_show_the_place_where_texts_part(before: str, after: str, most: int) -> None:
    old, new = excerpts(before, after, most)
    assert old != new
    assert max(len(old), len(new)) <= most + 1
