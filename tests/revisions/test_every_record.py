"""One revision for each row that really changed, for every tracked model."""

from typing import Any

import pytest
from django.utils import timezone

from revisions import change
from revisions.models import Change
from revisions.snapshot import snapshot
from tests.factories import make_person, writing
from tests.revisions.samples import (
    EVERYTHING,
    TRACKED,
    Samples,
    assert_same,
    counts,
    history,
    values,
)

every_model = pytest.mark.parametrize("model", TRACKED, ids=lambda m: m._meta.label)


@every_model
def test_saved_twice_in_one_change_leaves_one_revision(samples: Samples, model: Any) -> None:
    record = samples.of(model).fresh()
    with change(by=make_person(), reason="Twice"):
        record.save()
        for name, value in samples.of(model).changed.items():
            setattr(record, name, value)
        record.save()
    (revision,) = history(record)
    record.refresh_from_db()
    assert revision.history_type == "+"
    for field in model._meta.concrete_fields:
        assert getattr(revision, field.attname) == getattr(record, field.attname)


@every_model
def test_saved_unchanged_leaves_no_revision_and_no_change(samples: Samples, model: Any) -> None:
    record = samples.saved(model)
    before = counts()
    for copy in (record, model.objects.get(pk=record.pk)):
        with change(by=make_person(), reason="Nothing new"):
            copy.save()
    assert counts() == before


@every_model
def test_created_and_deleted_in_one_change_leaves_nothing(samples: Samples, model: Any) -> None:
    record = samples.of(model).fresh()
    before = counts()
    with change(by=make_person(), reason="Thought better of it"):
        record.save()
        record.delete()
    assert counts() == before


@every_model
def test_changed_and_changed_back_in_one_change_leaves_nothing(
    samples: Samples, model: Any
) -> None:
    record = samples.saved(model)
    before = counts()
    with change(by=make_person(), reason="There and back"):
        for name, value in samples.of(model).changed.items():
            setattr(record, name, value)
        record.save()
        model.objects.get(pk=record.pk)
        samples_old = history(record)[-1].instance
        samples_old.save()
    assert counts() == before


@every_model
def test_a_deleted_record_is_remembered_as_it_last_stood(samples: Samples, model: Any) -> None:
    record = samples.saved(model)
    pk, last = record.pk, history(record)[-1]
    with change(by=make_person(), reason="Gone"):
        record.delete()
    first, second = model.history.filter(id=pk).order_by("history_id")
    assert (first.history_type, second.history_type) == ("+", "-")
    for field in model._meta.concrete_fields:
        assert getattr(second, field.attname) == getattr(last, field.attname)
    assert first.superseded_at == second.history_date
    assert second.superseded_at is None


@every_model
def test_history_knows_its_change(samples: Samples, model: Any) -> None:
    record = samples.saved(model)
    (revision,) = history(record)
    assert revision.change.at <= timezone.now()
    assert Change.objects.filter(pk=revision.change_id).exists()


@every_model
def test_a_snapshot_equals_what_the_orm_reads(samples: Samples, model: Any) -> None:
    first, second = samples.saved(model), samples.saved(model)
    with writing():
        for name, value in samples.of(model).changed.items():
            setattr(second, name, value)
        second.save()
    assert first.pk != second.pk
    assert_same(model)


def test_a_snapshot_is_one_query_ordered_by_key(
    samples: Samples, django_assert_num_queries: Any
) -> None:
    for model in TRACKED:
        samples.saved(model)
        samples.saved(model)
    with django_assert_num_queries(1):
        found = snapshot(EVERYTHING)
    with django_assert_num_queries(1):
        known = snapshot(EVERYTHING, timezone.now())
    for rows in (*found.values(), *known.values()):
        assert [r.pk for r in rows] == sorted(r.pk for r in rows)
        assert len(rows) >= 2
    assert {m: [values(r) for r in rows] for m, rows in found.items()} == {
        m: [values(r) for r in rows] for m, rows in known.items()
    }
