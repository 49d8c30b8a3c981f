"""``change()`` is the only way to write, for every tracked model by every path."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import pytest
from django.core import serializers
from django.db import IntegrityError, models, transaction
from django.db.models.deletion import CASCADE, DO_NOTHING, PROTECT, RESTRICT

from revisions import OutsideChange, change
from revisions.models import Change, TrackedModel, TrackedQuerySet
from tests.factories import make_person, save, undone
from tests.revisions.samples import TRACKED, Samples, stored, values

every_model = pytest.mark.parametrize("model", TRACKED, ids=lambda m: m._meta.label)


def keywords(record: models.Model) -> dict[str, Any]:
    pairs = values(record).items()
    return {name: value for name, value in pairs if name != record._meta.pk.attname}


def set_all(record: models.Model, new: dict[str, Any]) -> models.Model:
    for name, value in new.items():
        setattr(record, name, value)
    return record


def by_fixture(record: models.Model) -> None:
    text = serializers.serialize("json", [record])
    for parsed in serializers.deserialize("json", text):
        parsed.save()


# What writes row by row: allowed in a change, where it leaves one revision.
BY_ROW: dict[str, Callable[[Any, Any, Any, dict[str, Any]], Any]] = {
    "save a new one": lambda model, old, fresh, new: fresh.save(),
    "save an old one": lambda model, old, fresh, new: set_all(old, new).save(),
    "save some columns": lambda model, old, fresh, new: set_all(old, new).save(
        update_fields=columns(model, new)
    ),
    "create": lambda model, old, fresh, new: model.objects.create(**keywords(fresh)),
    "get_or_create": lambda model, old, fresh, new: model.objects.get_or_create(
        pk=fresh.pk, defaults=keywords(fresh)
    ),
    "update_or_create": lambda model, old, fresh, new: model.objects.update_or_create(
        pk=old.pk, defaults=new
    ),
    "without a historical record": lambda model, old, fresh, new: set_all(
        old, new
    ).save_without_historical_record(),
    "a raw save": lambda model, old, fresh, new: set_all(old, new).save_base(raw=True),
    "a fixture": lambda model, old, fresh, new: by_fixture(set_all(old, new)),
    "delete": lambda model, old, fresh, new: old.delete(),
    "delete by a queryset": lambda model, old, fresh, new: model.objects.filter(pk=old.pk).delete(),
}

# What writes many rows at once and would leave no revision: never allowed.
IN_BULK: dict[str, Callable[[Any, Any, Any, dict[str, Any]], Any]] = {
    "update": lambda model, old, fresh, new: model.objects.filter(pk=old.pk).update(
        **{name: getattr(set_all(old, new), name) for name in columns(model, new)}
    ),
    "bulk_create": lambda model, old, fresh, new: model.objects.bulk_create([fresh]),
    "bulk_update": lambda model, old, fresh, new: model.objects.bulk_update(
        [set_all(old, new)], columns(model, new)
    ),
}


def columns(model: Any, new: dict[str, Any]) -> list[str]:
    partial = getattr(model, "partial_dates", ())
    return [
        column
        for name in new
        for column in ([f"{name}_first", f"{name}_last"] if name in partial else [name])
    ]


def refused(write: Callable[[], Any], model: Any) -> bool:
    """Whether a write raises OutsideChange and leaves every row and revision as it was."""
    before = stored(model)
    try:
        with transaction.atomic():
            write()
    except OutsideChange as error:
        return stored(model) == before and "revisions.change" in str(error)
    except IntegrityError:
        pass  # it reached the database
    return False


@every_model
def test_outside_a_change_nothing_is_written(samples: Samples, model: Any) -> None:
    sample = samples.of(model)
    written = []
    for path, write in (BY_ROW | IN_BULK).items():
        with undone():
            old, fresh = samples.saved(model), sample.fresh()
            if not refused(partial(write, model, old, fresh, sample.changed), model):
                written.append(path)
    assert written == []


@every_model
def test_bulk_writes_are_refused_even_inside_a_change(samples: Samples, model: Any) -> None:
    sample = samples.of(model)
    written = []
    for path, write in IN_BULK.items():
        with undone():
            old, fresh = samples.saved(model), sample.fresh()

            def inside(write: Any = write, old: Any = old, fresh: Any = fresh) -> None:
                with change(by=make_person(), reason="In bulk"):
                    write(model, old, fresh, sample.changed)

            if not refused(inside, model):
                written.append(path)
    assert written == []


NEW = {"save a new one", "create", "get_or_create"}
GONE = {"delete", "delete by a queryset"}


@every_model
def test_inside_a_change_each_path_leaves_one_revision(samples: Samples, model: Any) -> None:
    sample = samples.of(model)
    somebody = make_person("writer@example.org", name="Writer")
    for path, write in BY_ROW.items():
        with undone():
            old, fresh = samples.saved(model), sample.fresh()
            count, changes = model.history.count(), Change.objects.count()
            with change(by=somebody, reason=f"By {path}"):
                write(model, old, fresh, sample.changed)
            assert model.history.count() == count + 1, path
            assert Change.objects.count() == changes + 1, path
            revision = model.history.latest("history_id")
            kind = "+" if path in NEW else "-" if path in GONE else "~"
            assert revision.history_type == kind, path
            assert revision.history_user == somebody, path
            assert revision.history_change_reason == f"By {path}"
            assert (revision.change.by, revision.change.reason) == (somebody, f"By {path}")
            assert revision.superseded_at is None, path
            row = model._base_manager.filter(pk=revision.id).first()
            assert (row is None) == (kind == "-"), path
            if row is not None:
                assert values(row) == {name: getattr(revision, name) for name in values(row)}, path


def test_the_base_manager_writes_no_rows_either(samples: Samples) -> None:
    """Django itself writes through it: ``party.aliases.add(alias)`` is its ``update()``."""
    written = []
    for model in TRACKED:
        sample = samples.of(model)
        with undone():
            old = set_all(samples.saved(model), sample.changed)
            new = {name: getattr(old, name) for name in columns(model, sample.changed)}
            rows = model._base_manager.filter(pk=old.pk)
            if not refused(partial(rows.update, **new), model):
                written.append(model._meta.label)
    assert written == []


# ── Related managers ──────────────────────────────────────────────────────────


def relations() -> list[tuple[Any, Any]]:
    """Every pair of a tracked model and a relation by which its manager can write another's."""
    return [
        (parent, relation)
        for parent in TRACKED
        for relation in parent._meta.related_objects
        if relation.one_to_many
        and relation.related_model in TRACKED
        and relation.get_accessor_name()
    ]


@pytest.mark.parametrize("how", ["add", "set", "remove", "clear"])
def test_a_related_manager_writes_nothing_outside_a_change(samples: Samples, how: str) -> None:
    written = []
    for parent, relation in relations():
        model, name = relation.related_model, relation.get_accessor_name()
        with undone():
            child, owner = samples.saved(model), samples.saved(parent)
            if how in {"remove", "clear"}:
                if not relation.field.null or relation.field.name in {"removed_by", "redacts"}:
                    continue
                save(child, **{relation.field.name: owner})
            manager = getattr(owner, name)
            argument = {"add": [child], "set": [[child]], "remove": [child], "clear": []}[how]
            if not refused(partial(getattr(manager, how), *argument), model):
                written.append(f"{parent.__name__}.{name}")
    assert written == []


def test_what_a_related_manager_adds_inside_a_change_is_refused_or_remembered(
    samples: Samples,
) -> None:
    forgotten = []
    for parent, relation in relations():
        model, name = relation.related_model, relation.get_accessor_name()
        with undone():
            child, owner = samples.saved(model), samples.saved(parent)
            with (
                suppress(OutsideChange, IntegrityError),
                change(by=make_person(), reason="Added"),
            ):
                getattr(owner, name).add(child)
            now = values(model._base_manager.get(pk=child.pk))
            last = model.history.filter(id=child.pk).latest("history_id")
            if now != {column: getattr(last, column) for column in now}:
                forgotten.append(f"{parent.__name__}.{name}")
    assert forgotten == []


# ── What the whole rests on ───────────────────────────────────────────────────


@every_model
def test_every_manager_of_a_tracked_model_refuses_bulk_writes(model: Any) -> None:
    assert all(isinstance(m.get_queryset(), TrackedQuerySet) for m in model._meta.managers)


@every_model
def test_no_relation_rewrites_a_tracked_row_behind_its_back(model: Any) -> None:
    """SET_NULL and SET_DEFAULT update rows without a signal: no revision would tell."""
    for field in model._meta.concrete_fields:
        if field.is_relation:
            assert field.remote_field.on_delete in {CASCADE, PROTECT, RESTRICT, DO_NOTHING}


@every_model
def test_no_tracked_model_has_a_many_to_many_field(model: Any) -> None:
    assert not model._meta.many_to_many
    assert issubclass(model, TrackedModel)
