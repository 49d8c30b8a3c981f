"""The one way to write: ``with change(by=..., reason=...)``."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Literal

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

Stage = Literal["check", "derive"]
_registered: dict[Stage, list[Callable[["OpenChange"], None]]] = {"check": [], "derive": []}
_open: ContextVar["OpenChange | None"] = ContextVar("open_change", default=None)

_TICK = dt.timedelta(microseconds=1)


class OutsideChange(RuntimeError):  # noqa: N818
    """A tracked model was written outside ``revisions.change()``, or around it."""


class OutOfOrder(ValueError):  # noqa: N818
    """A change would be dated at or before a revision that its record already has."""


@dataclass
class OpenChange:
    """A change under way: who, why, when, and which rows it touched so far."""

    by: Any
    reason: str
    at: dt.datetime
    replayed_from: str = ""
    touched: dict[type[models.Model], set[Any]] = field(default_factory=lambda: defaultdict(set))
    before: dict[tuple[type[models.Model], Any], models.Model] = field(default_factory=dict)

    def touch(self, instance: models.Model) -> None:
        """Note that a row was saved or deleted; its revision is written when the change ends."""
        self.touched[type(instance)].add(instance.pk)

    def rows(self, model: type[models.Model]) -> list[models.Model]:
        """Return the touched rows of a model: as they are now, and as they were before."""
        ids = self.touched.get(model, set())
        now = list(model._base_manager.filter(pk__in=ids)) if ids else []
        return now + [row for (kind, _), row in self.before.items() if kind is model]


def register(stage: Stage) -> Callable[[Callable[[OpenChange], None]], Callable]:
    """Register a function to run once at the end of every change, before it is committed.

    ``check`` functions run first and raise ``ValidationError`` where rows that meet contradict
    each other; ``derive`` functions then bring stored derived rows up to date.
    """

    def decorate(function: Callable[[OpenChange], None]) -> Callable[[OpenChange], None]:
        if function not in _registered[stage]:
            _registered[stage].append(function)
        return function

    return decorate


def current_change(instance: models.Model | None = None) -> OpenChange:
    """Return the change under way; raise ``OutsideChange`` where there is none."""
    found = _open.get()
    if found is None:
        what = instance._meta.label if instance is not None else "A tracked model"
        raise OutsideChange(
            f"{what} is tracked: write it inside "
            "`with revisions.change(by=user, reason='why')`, so that its history is kept."
        )
    return found


@contextmanager
def change(
    *, by: Any, reason: str, at: dt.datetime | None = None, replayed_from: str = ""
) -> Iterator[OpenChange]:
    """Open one atomic change by a person, for a reason.

    On leaving, before commit: one revision for each row that really changed, then the registered
    checks, then the registered derivations. Any error undoes all of it. Changes do not nest.

    ``at`` dates the change (aware moment); only an example register may use it, and says where
    the step is replayed from. Without it the change bears the present moment.
    """
    if _open.get() is not None:
        raise OutsideChange("A change is already open: changes do not nest.")
    if by is None or by.pk is None:
        raise OutsideChange("A change needs the person who makes it: by=user.")
    if not reason.strip():
        raise OutsideChange("A change needs a reason: say why in a few words.")
    if at is not None and not (settings.PACTWATCH_EXAMPLE and replayed_from):
        raise OutsideChange(
            "Only an example register replays dated steps: set PACTWATCH_EXAMPLE=1 "
            "and say what each step is replayed from."
        )
    opened = OpenChange(by, reason.strip(), at or timezone.now(), replayed_from)
    with transaction.atomic():
        token = _open.set(opened)
        try:
            yield opened
            _finish(opened)
        finally:
            _open.reset(token)


def _finish(opened: OpenChange) -> None:
    from revisions.models import Change  # noqa: PLC0415 - models load after this module

    entry: Change | None = None
    for model in sorted(opened.touched, key=lambda m: m._meta.label):
        revisions = _revise(opened, model)
        if not revisions:
            continue
        if entry is None:
            entry = Change.objects.create(
                by=opened.by,
                reason=opened.reason,
                at=opened.at,
                replayed_from=opened.replayed_from,
            )
        for revision in revisions:
            revision.change = entry
        _store(model, revisions)
    for stage in ("check", "derive"):
        for function in _registered[stage]:
            function(opened)


def _revise(opened: OpenChange, model: Any) -> list[Any]:
    """Build the revision of each touched row that differs from its last one."""
    history = model.history.model
    names = [f.attname for f in model._meta.concrete_fields]
    ids = opened.touched[model]
    rows = model._base_manager.in_bulk(ids)
    latest = {row.id: row for row in history.objects.filter(id__in=ids, superseded_at=None)}
    revisions = []
    for pk in sorted(ids):
        row, last = rows.get(pk), latest.get(pk)
        was = last is not None and last.history_type != "-"
        if was:
            opened.before[model, pk] = last.instance  # type: ignore[union-attr]
        if row is None and not was:
            continue  # created and deleted within this change: nothing to remember
        changed = names
        if row is not None and was:
            changed = [n for n in names if _differ(getattr(row, n), getattr(last, n))]
        if not changed:
            continue  # saved, but nothing changed
        revisions.append(
            history(
                **{name: getattr(row or last, name) for name in names},
                changed=",".join(changed),
                history_type="-" if row is None else "~" if was else "+",
                history_date=_moment(opened, last),
                history_user=opened.by,
                history_change_reason=opened.reason,
            )
        )
    return revisions


def _differ(now: Any, was: Any) -> bool:
    """Whether two values differ, also where Python takes them for equal: 0 and False in JSON."""
    return now != was or repr(now) != repr(was)


def _moment(opened: OpenChange, last: Any) -> dt.datetime:
    """When a revision bears its moment: later than the record's last one, strictly."""
    if last is None or opened.at > last.history_date:
        return opened.at
    if opened.replayed_from:
        raise OutOfOrder(
            f"{last.instance_type._meta.verbose_name} {last.id} was last changed at "
            f"{last.history_date.isoformat()}; a step of {opened.at.isoformat()} comes too late."
        )
    return last.history_date + _TICK


def _store(model: Any, revisions: list[Any]) -> None:
    """Close the revisions that these follow, then write these."""
    history = model.history.model
    by_moment: dict[dt.datetime, list[Any]] = defaultdict(list)
    for revision in revisions:
        by_moment[revision.history_date].append(revision.id)
    for moment, ids in by_moment.items():
        history.objects.filter(id__in=ids, superseded_at=None).update(superseded_at=moment)
    history.objects.bulk_create(revisions, batch_size=500)
