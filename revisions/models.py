"""The tracked base model, its revisions, and the list of changes."""

import math
from collections.abc import Iterator
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from revisions.changes import OutsideChange, current_change


def _cannot_be_kept(value: Any) -> Iterator[str]:
    """Say what in a value, however deep, PostgreSQL refuses although SQLite would take it."""
    if isinstance(value, str):
        if "\0" in value:
            yield "the NUL character"
        if any("\ud800" <= c <= "\udfff" for c in value):
            yield "half of a character (a lone surrogate)"
    elif isinstance(value, float) and not math.isfinite(value):
        yield "a number that is not finite"
    elif isinstance(value, dict):
        for pair in value.items():
            yield from _cannot_be_kept(pair)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _cannot_be_kept(item)


class Change(models.Model):
    """One change: what one person did for one reason in one transaction."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(_("reason"))
    at = models.DateTimeField(_("moment"), db_index=True)
    replayed_from = models.TextField(
        _("replayed from"),
        blank=True,
        help_text=_("An example register's step: the source whose day it bears."),
    )

    class Meta:
        ordering = ("-at", "-id")
        verbose_name = _("change")
        verbose_name_plural = _("changes")

    def __str__(self) -> str:
        return self.reason


class Revision(models.Model):
    """What every history row carries besides the library's columns.

    A row holds from ``history_date`` up to, not including, ``superseded_at``; NULL means that it
    is the latest of its record.
    """

    superseded_at = models.DateTimeField(null=True, editable=False)
    change = models.ForeignKey(Change, on_delete=models.PROTECT, related_name="+", editable=False)
    changed = models.TextField(
        editable=False, help_text=_("Columns that differ from the revision before, with commas.")
    )

    class Meta:
        abstract = True


class Revisions(HistoricalRecords):
    """django-simple-history's tables, written at the end of ``revisions.change()``.

    A saved or deleted instance is only noted; :mod:`revisions.changes` writes its one revision.
    Indexes that the history would inherit are pruned (an edit costs 2.0 instead of 3.3 plain
    saves on SQLite); one index serves a record's history and its state at a moment.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            inherit=True,
            bases=(Revision,),
            history_id_field=models.BigAutoField(),
            history_change_reason_field=models.TextField(),
            user_db_constraint=True,
            **kwargs,
        )

    def copy_fields(self, model: type[models.Model]) -> dict[str, models.Field]:
        """Copy the model's fields without their indexes."""
        fields = super().copy_fields(model)
        for field in fields.values():
            field.db_index = False
        return fields

    def get_meta_options(self, model: type[models.Model]) -> dict[str, Any]:
        """Add the index of a record's history and, where there is one, of its agreement's."""
        options = super().get_meta_options(model)
        name = model._meta.model_name
        options["indexes"] = [
            models.Index(
                fields=["id", "-history_date", "-history_id"], name=f"{name}_by_moment"[:30]
            ),
        ]
        if any(f.name == "agreement" for f in model._meta.fields):
            options["indexes"].append(
                models.Index(fields=["agreement", "superseded_at"], name=f"{name}_by_agr"[:30])
            )
        return options

    def finalize(self, sender: type[models.Model], **kwargs: Any) -> None:
        """Track the model: refuse writes outside a change before they reach the database."""
        super().finalize(sender, **kwargs)
        if hasattr(sender._meta, "simple_history_manager_attribute"):
            models.signals.pre_save.connect(self.refuse_outside, sender=sender, weak=False)

    def refuse_outside(self, instance: models.Model, **kwargs: Any) -> None:
        """Raise ``OutsideChange`` unless a change is open.

        ``ValueError`` for what only one of the databases would keep: a register is the same on
        both.
        """
        current_change(instance)
        for field in instance._meta.concrete_fields:
            for what in _cannot_be_kept(getattr(instance, field.attname)):
                raise ValueError(f"{field.verbose_name}: a text cannot hold {what}.")

    def post_save(self, instance: models.Model, created: bool, using: Any = None, **kwargs) -> None:
        """Note the row, however it was saved."""
        current_change(instance).touch(instance)

    def pre_delete(self, instance: models.Model, **kwargs: Any) -> None:
        """Raise ``OutsideChange`` unless a change is open."""
        current_change(instance)

    def post_delete(self, instance: models.Model, using: Any = None, **kwargs: Any) -> None:
        """Note the row that is gone."""
        current_change(instance).touch(instance)


class TrackedQuerySet(models.QuerySet):
    """A queryset that refuses writes which would leave no revision."""

    def _refuse(self, what: str) -> None:
        raise OutsideChange(
            f"{what} on {self.model._meta.label} would leave no revision: save each row "
            "inside `with revisions.change(...)`."
        )

    def update(self, **kwargs: Any) -> int:
        """Refuse: a bulk update leaves no revision."""
        self._refuse("update()")
        return 0

    def bulk_create(self, *args: Any, **kwargs: Any) -> list:
        """Refuse: a bulk insert leaves no revision."""
        self._refuse("bulk_create()")
        return []

    def bulk_update(self, *args: Any, **kwargs: Any) -> int:
        """Refuse: a bulk update leaves no revision."""
        self._refuse("bulk_update()")
        return 0


class TrackedModel(models.Model):
    """A record with full revision history (``Model.history``)."""

    history: ClassVar[Any] = Revisions()
    objects: ClassVar[Any] = TrackedQuerySet.as_manager()

    class Meta:
        abstract = True
        base_manager_name = "objects"  # related managers write by it
