"""One change to many agreements: who looks after them, and how often they are reviewed."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _t

from agreements.models import Agreement, Deadline
from revisions import change

FIELDS = ("responsible_officer", "deputy", "department", "review_interval_months")
"""What may be changed for many agreements at once."""

MOST = 500
"""So many agreements at most in one change."""


class Refused(ValidationError):  # noqa: N818
    """One of the agreements cannot take the change, so none does; says which and why."""


def change_many(
    ids: Iterable[int], values: Mapping[str, Any], *, by: Any, reason: str
) -> list[Agreement]:
    """Set some fields of many agreements, in one change for one reason; return those changed.

    Agreements that already have the values are left alone. Raises :class:`Refused`, and writes
    nothing, if one agreement cannot take them or is gone, and ``ValueError`` for a field that is
    none of :data:`FIELDS`.
    """
    if not values or set(values) - set(FIELDS):
        raise ValueError(f"Only these change for many agreements at once: {', '.join(FIELDS)}.")
    wanted = set(ids)
    if len(wanted) > MOST:
        raise ValueError(f"At most {MOST} agreements at once.")
    with change(by=by, reason=reason):
        found = list(Agreement.objects.select_for_update().filter(pk__in=wanted).order_by("pk"))
        if len(found) < len(wanted):
            raise Refused(_t("An agreement that you chose is no longer there. Choose again."))
        changed = []
        for agreement in found:
            if all(getattr(agreement, name) == value for name, value in values.items()):
                continue
            _set(agreement, values)
            changed.append(agreement)
        for agreement in changed:
            agreement.save()
    return changed


def _set(agreement: Agreement, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(agreement, name, value)
    others = [f.name for f in Agreement._meta.concrete_fields if f.name not in values]
    try:
        agreement.clean_fields(exclude=others)
        agreement.clean()
        agreement.validate_constraints(exclude=others)
    except ValidationError as error:
        raise Refused(f"{agreement.reference}: {' '.join(error.messages)}") from error


Moved = tuple[str, str, Any, Any]
"""An agreement's reference, what kind of deadline, its day before and after (None: none)."""


def what_follows(
    ids: Iterable[int], values: Mapping[str, Any], *, by: Any
) -> tuple[list[Agreement], list[Moved]]:
    """Try a change of many and undo it: which agreements it would change, which deadlines move.

    Raises :class:`Refused` as the change itself would.
    """
    ids = list(ids)
    with transaction.atomic():
        before = _days(ids)
        changed = change_many(ids, values, by=by, reason="Preview")
        after = _days(ids)
        transaction.set_rollback(True)
    moved = [
        (*key[:2], before.get(key), after.get(key))
        for key in sorted({*before, *after})
        if before.get(key) != after.get(key)
    ]
    return changed, moved


def _days(ids: list[int]) -> dict[tuple, Any]:
    rows = Deadline.objects.for_staff().filter(agreement__in=ids).select_related("agreement")
    return {
        (d.agreement.reference, d.get_kind_display(), d.source_id, d.occurrence): d.due_on
        for d in rows
    }
