"""Bringing back a revision, as a new change: nothing is taken out of the history."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models
from django.utils.encoding import force_str
from django.utils.text import capfirst
from django.utils.translation import gettext as _t

from revisions.changes import change
from revisions.diff import changed_facts


def find_revision(model: Any, record_id: int, revision_id: int) -> Any:
    """Return a revision of a record; None where there is none or it is another record's."""
    return model.history.model.objects.filter(id=record_id, history_id=revision_id).first()


def latest_revision(model: Any, record_id: int) -> Any:
    """Return the latest revision of a record; None where the register never knew it."""
    return model.history.model.objects.filter(id=record_id, superseded_at=None).first()


def restored_record(revision: Any) -> models.Model:
    """Return the record, unsaved, as it stands once a revision is brought back.

    What nobody edits on a page (``editable=False``, such as the publication) stays as it is now:
    to restore an early text must not unpublish the record. A record that is gone comes back
    without it. Raises ``ValidationError`` for the revision that tells of a deletion.
    """
    if revision.history_type == "-":
        raise ValidationError(
            _t("This line says that the record was deleted. Restore the one before it.")
        )
    model = revision.instance_type
    record = revision.instance
    now = model._base_manager.filter(pk=revision.id).first()
    kept = now or model()
    for field in model._meta.concrete_fields:
        if not field.editable and not field.primary_key:
            setattr(record, field.attname, getattr(kept, field.attname))
    record._state.adding = now is None  # noqa: SLF001 - full_clean looks at it
    return record


def restore(revision: Any, *, by: Any, reason: str) -> models.Model:
    """Write a record as a revision has it, in one change with a reason; return the record.

    Raises ``ValidationError``, and writes nothing, where the record already stands so, where
    its values contradict the record as it is now, or what they rest on is gone.
    """
    record = restored_record(revision)
    try:
        with change(by=by, reason=reason):
            now = type(record)._base_manager.select_for_update().filter(pk=record.pk).first()
            if now is not None and not any(changed_facts(now, record)):
                raise ValidationError(
                    _t("The record already stands like this: nothing to restore.")
                )
            _check_relations(record)
            record.full_clean()
            record.save(force_insert=now is None, force_update=now is not None)
    except IntegrityError as error:
        raise ValidationError(
            _t("Another record now stands in the way of this one. Nothing was restored.")
        ) from error
    return record


def _check_relations(record: models.Model) -> None:
    """Refuse a record that points to another that is gone."""
    for field in record._meta.concrete_fields:
        pk = getattr(record, field.attname)
        if not isinstance(field, models.ForeignKey) or pk is None:
            continue
        if not field.related_model._base_manager.filter(pk=pk).exists():
            raise ValidationError(
                _t("%(what)s: what this pointed to is no longer there. Restore that first.")
                % {"what": capfirst(force_str(field.verbose_name))}
            )
