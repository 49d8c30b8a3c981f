"""What a change is: atomic, in somebody's name, for a reason, at a moment of its own."""

import datetime as dt
import threading
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.db.models import ProtectedError
from hypothesis import given
from hypothesis import strategies as st

from agreements.models import Agreement, Deadline, Event, StatusSpan, Term, Vote
from parties.models import Alias, Party
from revisions import OpenChange, OutOfOrder, OutsideChange, change, changes, register
from revisions.models import Change
from sources.models import Citation
from tests.factories import (
    make_agreement,
    make_citation,
    make_party,
    make_person,
    save,
    tried,
    undone,
    writing,
)
from tests.revisions.samples import TRACKED, counts, history

NOON = dt.datetime(2018, 7, 26, 16, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)

every_model = pytest.mark.parametrize("model", TRACKED, ids=lambda m: m._meta.label)


def assert_one_chain(revisions: list[Any]) -> None:
    """Each revision ends where the next begins; only the last one stands."""
    for earlier, later in pairwise(revisions):
        assert earlier.superseded_at == later.history_date
        assert earlier.history_date < later.history_date
    assert revisions[-1].superseded_at is None


# ── How many revisions ────────────────────────────────────────────────────────


def test_a_record_entered_again_under_its_key_continues_its_chain(db: None) -> None:
    party = make_party("again", name="First")
    pk = party.pk
    with writing():
        party.delete()
    with writing():
        Party.objects.create(pk=pk, slug="again", name="Second")
    revisions = list(Party.history.filter(id=pk).order_by("history_id"))
    assert [r.history_type for r in revisions] == ["+", "-", "+"]
    assert_one_chain(revisions)


def test_one_change_of_many_records_is_one_entry(db: None) -> None:
    with change(by=make_person(), reason="All at once"):
        agreement = make_agreement(
            terms=[{"ends_on": "2018-08-31"}], deciders=["city", "court"], recipients=["ice"]
        )
    (entry,) = Change.objects.all()
    for model in (Agreement, Term, Party):
        for revision in model.history.all():
            assert revision.change == entry
            assert revision.history_date == entry.at
    assert history(agreement)[0].change.reason == "All at once"


def test_a_cascade_leaves_a_revision_of_each_row_that_went(db: None) -> None:
    agreement = make_agreement(
        terms=[{"ends_on": "2018-08-31"}],
        deciders=["city"],
        access=[{"state": "on"}],
        events=[{"kind": "other", "title": "Something"}],
    )
    with change(by=make_person(), reason="Entered by mistake"):
        agreement.delete()
    for model in (Agreement, Term, Event):
        last = model.history.latest("history_id")
        assert last.history_type == "-"
        assert last.history_change_reason == "Entered by mistake"
    assert Party.history.latest("history_id").history_type == "+"
    assert not Deadline.objects.exists()
    assert not StatusSpan.objects.exists()


def test_a_save_undone_inside_a_change_is_no_revision(db: None) -> None:
    party = make_party("kept", name="Kept")
    with change(by=make_person(), reason="Half of it"):
        with transaction.atomic():
            save(party, name="Undone")
            Party.objects.create(slug="undone", name="Undone")
            transaction.set_rollback(True)
        make_party("done", name="Done")
    assert [r.history_type for r in history(party)] == ["+"]
    assert Party.history.filter(slug="undone").count() == 0
    assert Party.history.filter(slug="done").count() == 1


@pytest.mark.parametrize(
    ("was", "now"),
    [(1, True), (True, 1), (0, False), ({"n": 1}, {"n": True}), ([0], [False]), (None, "")],
)
def test_a_value_that_python_takes_for_equal_is_a_change_too(db: None, was: Any, now: Any) -> None:
    """The database tells 1 from true, and so must the history."""
    citation = make_citation(make_party(), value=was)
    save(citation, value=now)
    kept = history(citation)[-1].value
    assert (kept, repr(kept)) == (now, repr(now))


def test_a_fee_written_with_other_zeros_is_no_change(db: None) -> None:
    agreement = make_agreement(terms=[{"license_fee": "5565.00"}])
    term = Term.objects.get(agreement=agreement)
    save(term, license_fee=5565)
    assert len(history(term)) == 1


# ── Who and why ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize("reason", ["", "  ", "\n\t"])
def test_a_change_needs_a_reason(db: None, reason: str) -> None:
    with pytest.raises(OutsideChange, match="reason"), change(by=make_person(), reason=reason):
        Party.objects.create(slug="a", name="A")
    assert not Party.objects.exists()


def test_a_change_needs_a_person_who_is_saved(db: None) -> None:
    unsaved = type(make_person())(email="nobody@example.org")
    for nobody in (None, unsaved):
        with pytest.raises(OutsideChange, match="person"), change(by=nobody, reason="Why"):
            Party.objects.create(slug="a", name="A")
    assert not Party.objects.exists()


def test_the_reason_is_kept_whole_whatever_is_in_it(db: None) -> None:
    reason = "Ünïcode — “quoted”; it's <b>long</b>: " + "x" * 5000
    with change(by=make_person(), reason=reason):
        party = Party.objects.create(slug="a", name="A")
    assert history(party)[0].history_change_reason == reason
    assert history(party)[0].change.reason == reason


def test_somebody_who_changed_the_register_cannot_be_deleted(db: None) -> None:
    somebody = make_person("leaver@example.org")
    with change(by=somebody, reason="Before leaving"):
        Party.objects.create(slug="a", name="A")
    with pytest.raises(ProtectedError):
        somebody.delete()
    assert Party.history.get().history_user == somebody


# ── When ──────────────────────────────────────────────────────────────────────


def changed(party: Party, name: str) -> None:
    with change(by=make_person(), reason="Renamed"):
        party.name = name
        party.save()


def test_a_change_bears_the_present_moment(db: None) -> None:
    with time_machine.travel(NOON, tick=False):
        party = make_party("a")
    assert history(party)[0].history_date == NOON
    assert history(party)[0].change.at == NOON
    assert history(party)[0].change.replayed_from == ""


def test_moments_increase_although_the_clock_stands_still(db: None) -> None:
    with time_machine.travel(NOON, tick=False):
        party = make_party("a")
        for name in "bcde":
            changed(party, name)
    assert len(history(party)) == 5
    assert_one_chain(history(party))


def test_moments_increase_although_the_clock_goes_back(db: None) -> None:
    party = None
    for step, at in enumerate([NOON, NOON - dt.timedelta(days=400), NOON - SECOND, NOON + SECOND]):
        with time_machine.travel(at, tick=False):
            if party is None:
                party = make_party("a")
            else:
                changed(party, f"Name {step}")
    assert len(history(party)) == 4
    assert_one_chain(history(party))


@tried(5)
@given(moves=st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=8))
def test_moments_increase_however_the_clock_jumps(db: None, moves: list[int]) -> None:
    with undone():
        party = make_party("jumped", name="0")
        for number, microseconds in enumerate(moves, start=1):
            moment = NOON + dt.timedelta(microseconds=microseconds)
            with time_machine.travel(moment, tick=False):
                changed(party, str(number))
        revisions = history(party)
        assert [r.name for r in revisions] == [str(n) for n in range(len(moves) + 1)]
        assert_one_chain(revisions)


def test_each_record_has_its_own_chain(db: None) -> None:
    with time_machine.travel(NOON, tick=False):
        first, second = make_party("a"), make_party("b")
        changed(first, "Later")
    assert [r.history_date for r in history(second)] == [NOON]
    assert history(second)[0].superseded_at is None
    assert_one_chain(history(first))


def test_spans_known_from_a_moment_follow_each_other_although_the_clock_goes_back(
    db: None,
) -> None:
    with time_machine.travel(NOON, tick=False):
        agreement = make_agreement()
    for step, at in enumerate([NOON - SECOND, NOON - 2 * SECOND], start=1):
        with time_machine.travel(at, tick=False), writing():
            Term.objects.create(
                agreement=agreement,
                number=step,
                starts_on=f"{2010 + step}-01-01",
                ends_on=f"{2010 + step}-12-31",
                end_kind="fixed",
            )
    for span in StatusSpan.objects.filter(agreement=agreement):
        assert span.known_to is None or span.known_from < span.known_to
    closed = set(StatusSpan.objects.exclude(known_to=None).values_list("known_to", flat=True))
    begun = set(StatusSpan.objects.values_list("known_from", flat=True))
    assert closed <= begun


# ── Replaying ─────────────────────────────────────────────────────────────────


@pytest.fixture
def no_example(settings: Any) -> None:
    settings.PACTWATCH_EXAMPLE = False


def test_a_replayed_step_bears_its_own_day_and_says_from_where(db: None) -> None:
    with change(by=make_person(), reason="Then", at=NOON, replayed_from="a letter"):
        party = Party.objects.create(slug="a", name="A")
    (revision,) = history(party)
    assert revision.history_date == NOON
    assert (revision.change.at, revision.change.replayed_from) == (NOON, "a letter")


def test_only_an_example_register_sets_the_moment(db: None, no_example: None) -> None:
    with (
        pytest.raises(OutsideChange, match="PACTWATCH_EXAMPLE"),
        change(by=make_person(), reason="Back then", at=NOON, replayed_from="a letter"),
    ):
        Party.objects.create(slug="a", name="A")
    assert not Party.objects.exists()


def test_a_replayed_step_says_from_where(db: None) -> None:
    with (
        pytest.raises(OutsideChange, match="replayed from"),
        change(by=make_person(), reason="Back then", at=NOON),
    ):
        Party.objects.create(slug="a", name="A")
    assert not Party.objects.exists()


@pytest.mark.parametrize("late", [dt.timedelta(0), SECOND, dt.timedelta(days=4000)])
def test_a_step_replayed_out_of_order_is_refused(db: None, late: dt.timedelta) -> None:
    with change(by=make_person(), reason="Then", at=NOON, replayed_from="a letter"):
        party = Party.objects.create(slug="a", name="A")
    before = counts()

    def replay() -> None:
        with change(by=make_person(), reason="Then", at=NOON - late, replayed_from="a diary"):
            Party.objects.create(slug="b", name="B")
            party.name = "Earlier"
            party.save()

    with pytest.raises(OutOfOrder, match="too late"):
        replay()
    assert counts() == before
    party.refresh_from_db()
    assert party.name == "A"


def test_a_step_deleting_out_of_order_is_refused(db: None) -> None:
    party = make_party("a")
    with (
        pytest.raises(OutOfOrder),
        change(by=make_person(), reason="Before", at=NOON, replayed_from="a diary"),
    ):
        party.delete()
    assert Party.objects.filter(slug="a").exists()


# ── All or nothing ────────────────────────────────────────────────────────────


def test_changes_do_not_nest_and_the_outer_one_is_undone(db: None) -> None:
    somebody = make_person()
    before = counts()

    def nested() -> None:
        with change(by=somebody, reason="Outer"):
            Party.objects.create(slug="a", name="A")
            with change(by=somebody, reason="Inner"):
                Party.objects.create(slug="b", name="B")

    with pytest.raises(OutsideChange, match="do not nest"):
        nested()
    assert counts() == before
    make_party("afterwards")  # and the next change is not hindered


def test_an_error_inside_undoes_all_of_it_and_ends_the_change(db: None) -> None:
    somebody = make_person()
    before = counts()

    def breaks() -> None:
        with change(by=somebody, reason="Breaks"):
            make_agreement(terms=[{"ends_on": "2018-08-31"}])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        breaks()
    assert counts() == before
    with pytest.raises(OutsideChange):
        Party.objects.create(slug="a", name="A")


@pytest.fixture
def registered() -> Iterator[None]:
    """Forget what the test registers."""
    kept = {stage: list(functions) for stage, functions in changes._registered.items()}
    yield
    for stage, functions in kept.items():
        changes._registered[stage][:] = functions  # type: ignore[index]


@pytest.mark.parametrize("stage", ["check", "derive"])
def test_an_error_in_a_check_or_a_deriver_undoes_all_of_it(
    db: None, registered: None, stage: Any
) -> None:
    somebody = make_person()
    before = counts()

    @register(stage)
    def broken(opened: OpenChange) -> None:
        raise ValidationError("No")

    with pytest.raises(ValidationError), change(by=somebody, reason="Breaks late"):
        make_agreement(terms=[{"ends_on": "2018-08-31"}])
    assert counts() == before


def test_checks_run_before_derivers_and_once(db: None, registered: None) -> None:
    calls: list[str] = []
    register("derive")(lambda opened: calls.append("derive"))
    register("check")(lambda opened: calls.append("check"))
    with change(by=make_person(), reason="Once"):
        make_party("a")
        make_party("b")
        assert calls == []
    assert calls == ["check", "derive"]


def test_a_deriver_sees_rows_as_they_are_and_as_they_were(db: None, registered: None) -> None:
    party = make_party("a", name="Before")
    gone = make_party("b", name="Gone")
    seen: list[list[str]] = []
    register("derive")(lambda opened: seen.append(sorted(str(p) for p in opened.rows(Party))))
    with change(by=make_person(), reason="Look"):
        save(party, name="After")
        gone.delete()
        make_party("c", name="New")
    assert seen == [["After", "Before", "Gone", "New"]]


def test_a_change_is_open_only_in_its_own_thread(db: None) -> None:
    raised: list[BaseException] = []

    def write() -> None:
        try:
            Party(slug="a", name="A").save()
        except OutsideChange as error:
            raised.append(error)
        finally:
            connection.close()

    with change(by=make_person(), reason="Here"):
        thread = threading.Thread(target=write)
        thread.start()
        thread.join()
    assert len(raised) == 1


# ── The tables ────────────────────────────────────────────────────────────────


@every_model
def test_history_is_numbered_by_a_big_counter(model: Any) -> None:
    assert isinstance(model.history.model._meta.pk, models.BigAutoField)


@every_model
def test_history_inherits_no_index_and_no_uniqueness(db: None, model: Any) -> None:
    """Only the index of a record's history, and of its agreement's; and foreign keys to people."""
    table = model.history.model._meta.db_table
    copied = {f.column for f in model._meta.concrete_fields}
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, table)
    ours = {index.name for index in model.history.model._meta.indexes}
    inherited = {
        name: said["columns"]
        for name, said in found.items()
        if (said["index"] or said["unique"])
        and not said["primary_key"]
        and name not in ours
        and set(said["columns"]) & copied
    }
    assert inherited == {}


@every_model
def test_history_repeats_no_constraint_of_the_record(model: Any) -> None:
    meta = model.history.model._meta
    assert meta.constraints == []
    assert not any(f.unique for f in meta.concrete_fields if not f.primary_key)


def test_names_of_history_indexes_are_unique_and_fit() -> None:
    names = [i.name for model in TRACKED for i in model.history.model._meta.indexes]
    assert len(names) == len(set(names))
    assert all(len(name) <= 30 for name in names)


@every_model
def test_a_records_history_is_found_by_an_index(model: Any) -> None:
    fields = [index.fields for index in model.history.model._meta.indexes]
    assert ["id", "-history_date", "-history_id"] in fields


def test_votes_of_one_agreement_are_found_by_an_index() -> None:
    fields = [index.fields for index in Vote.history.model._meta.indexes]
    assert ["agreement", "superseded_at"] in fields


def test_aliases_and_citations_are_tracked_like_all_else() -> None:
    assert {Alias, Citation, Agreement} <= set(TRACKED)
