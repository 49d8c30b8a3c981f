"""Many kinds of records in one query: equal to what the ORM reads, now and at any moment."""

import datetime as dt
from decimal import Decimal
from itertools import groupby
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, connection, models, transaction
from django.db.models import Q
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from agreements.loading import load, load_many
from agreements.models import Agreement, Event, Evidence, Payment, Term
from parties.models import Element, Party, System
from revisions import change
from revisions.snapshot import all_revisions, snapshot
from sources.models import Citation, Source
from tests.factories import (
    make_agreement,
    make_citation,
    make_party,
    make_person,
    make_source,
    make_system,
    save,
    tried,
    undone,
    writing,
)
from tests.revisions.samples import assert_same, by_orm, by_snapshot, values

NOON = dt.datetime(2018, 7, 26, 16, tzinfo=dt.UTC)


# ── Equal to the ORM ──────────────────────────────────────────────────────────


# What PostgreSQL and JSON can hold: every character but NUL and lone surrogates.
text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
odd_text = st.one_of(
    text,
    st.sampled_from(
        [
            '"',
            "\\",
            "\\u0000",
            "\\ud800",
            "\n\r\t\x01\x1f\x7f",
            "\ufeff",
            "\U0001f9fe\u200d",
            "null",
        ]
    ),
)
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False, width=32)
    | odd_text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(odd_text, inner, max_size=3),
    max_leaves=6,
)
days = st.none() | st.dates()


@tried(4)
@given(
    value=json_values,
    target=st.integers(-(2**63), 2**63 - 1),
    quotation=odd_text,
    retrieved_on=days,
)
def test_any_text_number_and_json_reads_alike(
    db: None, value: Any, target: int, quotation: str, retrieved_on: dt.date | None
) -> None:
    with undone():
        with writing():
            source = Source.objects.create(
                key="odd", title=quotation[:400], retrieved_on=retrieved_on
            )
            Citation.objects.create(
                source=source,
                target_model="agreements.Term",
                target_id=target,
                field="ends_on",
                value=value,
                quotation=quotation,
            )
        assert_same(Citation)
        assert_same(Source)


cents = st.decimals("0", "999999999999.99", places=2, allow_nan=False, allow_infinity=False)


@tried(8)
@given(amount=cents, day=days, moment=st.none() | st.datetimes(timezones=st.just(dt.UTC)))
def test_any_amount_day_and_moment_reads_alike(
    db: None, amount: Decimal, day: dt.date | None, moment: dt.datetime | None
) -> None:
    with undone():
        with writing():
            agreement = make_agreement(
                published_at=moment,
                maximum_ends_on=day,
                terms=[{"license_fee": amount, "starts_on": day}],
                payments=[{"amount": amount, "due_on": day}],
            )
        for model in (Agreement, Term, Payment):
            assert_same(model)
        assert snapshot({Payment: Q(agreement=agreement)})[Payment][0].amount == amount


@pytest.mark.parametrize(
    "moment",
    [
        dt.datetime(1, 1, 1, tzinfo=dt.UTC),
        dt.datetime(999, 12, 31, 23, 59, 59, 999999, tzinfo=dt.UTC),
        dt.datetime(2018, 3, 11, 7, 0, 0, 1, tzinfo=dt.UTC),
        dt.datetime(2018, 11, 4, 5, 30, tzinfo=dt.UTC),
        dt.datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=dt.UTC),
    ],
)
def test_moments_at_the_ends_of_the_calendar_and_of_summer_time_read_alike(
    db: None, moment: dt.datetime
) -> None:
    make_agreement(published_at=moment)
    assert_same(Agreement)


@pytest.mark.parametrize("flag", [None, True, False])
def test_booleans_read_as_booleans(db: None, flag: bool | None) -> None:
    with writing():
        Element.objects.create(system=make_system("s"), name="E", is_personal=flag)
    assert snapshot({Element: Q()})[Element][0].is_personal is flag


@pytest.mark.parametrize("model", [Party, Source], ids=["Party", "Source"])
@pytest.mark.parametrize("bad", ["\0", "a\0b", "\ud800", "a\udfffb"])
def test_text_that_no_database_can_hold_is_refused(db: None, model: Any, bad: str) -> None:
    """SQLite would take a NUL, cut the text at it in JSON, and PostgreSQL would refuse it."""
    name = "name" if model is Party else "title"
    key = "slug" if model is Party else "key"
    record = model(**{key: "bad", name: bad})

    def enter() -> None:
        with transaction.atomic(), writing():
            record.save()

    with pytest.raises((ValidationError, ValueError, DataError, IntegrityError)):
        enter()
    assert not model.objects.exists()
    assert not model.history.exists()


@pytest.mark.parametrize("bad", ["\0", {"a\0": 1}, ["\ud800"], float("nan"), float("inf")])
def test_json_that_no_database_can_hold_is_refused(db: None, bad: Any) -> None:
    party = make_party()
    source = make_source()

    def enter() -> None:
        with transaction.atomic(), writing():
            make_citation(party, source=source, value=bad)

    with pytest.raises((ValidationError, ValueError, DataError, IntegrityError)):
        enter()
    assert not Citation.objects.exists()


def test_an_empty_wish_asks_nothing(db: None, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert snapshot({}) == {}
        assert all_revisions({}) == []


def test_a_snapshot_keeps_to_what_was_wanted(db: None) -> None:
    first, second = make_agreement(terms=[{}]), make_agreement(terms=[{}, {}])
    for known in (None, timezone.now()):
        found = snapshot({Agreement: Q(id=second.pk), Term: Q(agreement_id__in=[second.pk])}, known)
        assert [a.pk for a in found[Agreement]] == [second.pk]
        assert {t.agreement_id for t in found[Term]} == {second.pk}
        assert len(found[Term]) == 2
    assert first.pk != second.pk


# ── As known at a moment ──────────────────────────────────────────────────────


def at(minutes: float) -> dt.datetime:
    return NOON + dt.timedelta(minutes=minutes)


def test_known_reads_each_moment_from_its_first_to_its_last_instant(db: None) -> None:
    somebody = make_person()
    instant = dt.timedelta(microseconds=1)
    with change(by=somebody, reason="1", at=at(0), replayed_from="x"):
        party = Party.objects.create(slug="a", name="First")
    with change(by=somebody, reason="2", at=at(1), replayed_from="x"):
        save(party, name="Second")
    with change(by=somebody, reason="3", at=at(2), replayed_from="x"):
        party.delete()

    def name(moment: dt.datetime) -> list[str]:
        return [p.name for p in snapshot({Party: Q()}, moment)[Party]]

    assert name(at(0) - instant) == []
    assert name(at(0)) == ["First"]
    assert name(at(1) - instant) == ["First"]
    assert name(at(1)) == ["Second"]
    assert name(at(2) - instant) == ["Second"]
    assert name(at(2)) == []
    assert name(dt.datetime.max.replace(tzinfo=dt.UTC)) == []
    assert name(dt.datetime.min.replace(tzinfo=dt.UTC)) == []


actions = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from(["save", "delete", "name"]), st.integers(0, 9)),
    min_size=1,
    max_size=12,
)


@tried(5)
@given(actions=actions)
def test_known_equals_what_stood_after_each_change(
    db: None, actions: list[tuple[int, str, int]]
) -> None:
    """Random creations, changes and deletions: every past state reads as it was then."""
    with undone():
        somebody = make_person()
        states: list[tuple[dt.datetime, list[dict[str, Any]]]] = []
        moment = NOON
        for slot, action, number in actions:
            moment += dt.timedelta(seconds=1)
            found = Party.objects.filter(slug=f"p{slot}").first()
            with change(by=somebody, reason=action, at=moment, replayed_from="x"):
                if found and action == "delete":
                    found.delete()
                elif found:
                    save(found, name=f"Name {number}")
                else:
                    Party.objects.create(slug=f"p{slot}", name=f"New {number}")
            states.append((moment, by_orm(Party)))
        for then, expected in states:
            assert by_snapshot(Party, then) == expected
            assert by_snapshot(Party, then + dt.timedelta(microseconds=999_999)) == expected
        assert replayed(all_revisions({Party: Q()})) == states[-1][1]


def replayed(revisions: list[Any]) -> list[dict[str, Any]]:
    """The records that stand after revisions are played one after the other."""
    standing: dict[int, Any] = {}
    for revision in revisions:
        standing.pop(revision.record.pk, None)
        if revision.kind != "-":
            standing[revision.record.pk] = revision.record
    return [values(standing[pk]) for pk in sorted(standing)]


def test_facts_known_then_name_parties_as_they_were_called_then(db: None) -> None:
    somebody = make_person()
    with change(by=somebody, reason="1", at=at(0), replayed_from="x"):
        agreement = make_agreement(
            recipients=["ice"], system=make_system("pars", name="Old system")
        )
    with change(by=somebody, reason="2", at=at(1), replayed_from="x"):
        save(Party.objects.get(slug="ice"), name="Renamed")
        save(System.objects.get(slug="pars"), name="New system")
    then, now = load(agreement.pk, at(0.5)), load(agreement.pk)
    assert then is not None
    assert now is not None
    assert then.participations[0].party.name == "Ice"
    assert then.agreement.system.name == "Old system"
    assert now.participations[0].party.name == "Renamed"
    assert now.agreement.system.name == "New system"


def test_facts_of_many_agreements_take_four_queries_and_follow_no_live_relation(
    db: None, django_assert_num_queries: Any
) -> None:
    def grown(count: int) -> list[int]:
        return [
            make_agreement(
                terms=[{"starts_on": "2018-01-01", "ends_on": "2018-12-31", "notice_length": 30}],
                decisions=[{"outcome": "renew", "decided_on": "2018-06-01"}],
                votes=[{"party": "city", "value": "yes"}],
                deciders=["city"],
                system=make_system("pars"),
            ).pk
            for _ in range(count)
        ]

    make_citation(make_party("city"), "name")

    for ids in (grown(1), grown(5)):
        for known in (None, timezone.now()):
            with django_assert_num_queries(4):
                found = load_many(ids, known)
            with django_assert_num_queries(0):
                for facts in found.values():
                    assert facts.votes[0].party.name == "City"
                    assert facts.votes[0].term.number == 1
                    assert facts.decisions[0].term.last_day == dt.date(2018, 12, 31)
                    assert facts.terms[0].agreement.reference == facts.agreement.reference
                    assert str(facts.agreement.system)


def test_a_register_that_did_not_know_an_agreement_has_no_facts_of_it(db: None) -> None:
    with time_machine.travel(NOON, tick=False):
        agreement = make_agreement()
    assert load(agreement.pk, NOON - dt.timedelta(seconds=1)) is None
    assert load(agreement.pk, NOON) is not None
    assert load(10**9) is None


# ── Every revision ────────────────────────────────────────────────────────────


def by_change(revisions: list[Any]) -> list[list[Any]]:
    """Revisions in their order, one list for each change; within one there is no order."""
    return [list(step) for _, step in groupby(revisions, key=lambda r: r.change_id)]


def test_all_revisions_of_many_kinds_come_in_one_query_oldest_first(
    db: None, django_assert_num_queries: Any
) -> None:
    somebody = make_person("s@example.org", name="Somebody")
    with change(by=somebody, reason="First", at=at(0), replayed_from="x"):
        agreement = make_agreement(events=[{"kind": "other", "title": "A"}])
    with change(by=somebody, reason="Second", at=at(1), replayed_from="x"):
        event = Event.objects.get(agreement=agreement)
        save(event, title="B")
        save(agreement, title="Renamed")
    with change(by=somebody, reason="Third", at=at(2), replayed_from="x"):
        event.delete()
    wanted = {
        Agreement: Q(id=agreement.pk),
        Event: Q(agreement_id=agreement.pk),
        Evidence: Q(agreement_id=agreement.pk),
    }
    with django_assert_num_queries(1):
        found = all_revisions(wanted)
    told = [{(r.model, r.kind, r.reason, r.by, r.at) for r in step} for step in by_change(found)]
    assert told == [
        {
            (Agreement, "+", "First", "Somebody", at(0)),
            (Event, "+", "First", "Somebody", at(0)),
        },
        {
            (Agreement, "~", "Second", "Somebody", at(1)),
            (Event, "~", "Second", "Somebody", at(1)),
        },
        {(Event, "-", "Third", "Somebody", at(2))},
    ]
    assert [r.record.title for r in found if r.model is Event] == ["A", "B", "B"]


def test_revisions_since_a_moment_begin_with_those_that_stood_at_it(db: None) -> None:
    somebody = make_person()
    with change(by=somebody, reason="1", at=at(0), replayed_from="x"):
        party = Party.objects.create(slug="a", name="First")
    for minute in (1, 2):
        with change(by=somebody, reason=str(minute + 1), at=at(minute), replayed_from="x"):
            save(party, name=f"After {minute}")

    def reasons(moment: dt.datetime) -> list[str]:
        return [r.reason for r in all_revisions({Party: Q()}, since=moment)]

    assert reasons(at(-1)) == ["1", "2", "3"]
    assert reasons(at(0.5)) == ["1", "2", "3"]
    assert reasons(at(1)) == ["2", "3"]  # the first was superseded at that very moment
    assert reasons(at(5)) == ["3"]


def test_a_snapshot_of_the_history_uses_its_index_on_sqlite_and_postgresql(db: None) -> None:
    """The state of one record at a moment must not read the whole history."""
    party = make_party("a")
    rows = Party.history.filter(id=party.pk, history_date__lte=NOON)
    plan = rows.explain()
    assert connection.vendor == "postgresql" or "party_by_moment" in plan


def test_records_unpacked_from_a_snapshot_are_models_like_any(db: None) -> None:
    party = make_party("a")
    (read,) = snapshot({Party: Q()})[Party]
    assert read == party
    assert not read._state.adding
    assert isinstance(read, models.Model)
