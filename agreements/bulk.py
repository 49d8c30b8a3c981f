"""One change to many agreements: who looks after them, and when they are reviewed."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _t

from agreements.models import Agreement, Deadline, Review, Term
from revisions import change

REVIEW = "review_due_on"
FIELDS = ("responsible_officer", "deputy", "department", REVIEW, "review_interval_months")
"""What may be changed for many agreements at once.

``review_due_on`` is the day of the open review; an agreement without one gets one.
"""

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
        own = {name: value for name, value in values.items() if name != REVIEW}
        days = review_days(found) if REVIEW in values else {}
        changed = []
        for agreement in found:
            is_moved = REVIEW in values and days.get(agreement.pk) != values[REVIEW]
            is_same = all(getattr(agreement, name) == value for name, value in own.items())
            if is_same and not is_moved:
                continue
            _set(agreement, own)
            if is_moved:
                _set_review(agreement, values[REVIEW])
            changed.append(agreement)
        for agreement in changed:
            agreement.save()
    return changed


def review_days(found: Iterable[Agreement]) -> dict[int, dt.date | None]:
    """Return the day of the open review of some agreements that have one, by agreement."""
    rows = Review.objects.filter(agreement__in=[a.pk for a in found], completed_on_last=None)
    return {row.agreement_id: row.due_on for row in rows.order_by("pk")}


def _set_review(agreement: Agreement, day: dt.date | None) -> None:
    """Give the open review its day; open none where no day is given."""
    review = Review.objects.filter(agreement=agreement, completed_on_last=None).last()
    if review is None and day is None:
        return
    review = review or Review(agreement=agreement, term=_current(agreement))
    review.due_on = day
    review.save()


def _current(agreement: Agreement) -> Term | None:
    executed = Term.objects.filter(agreement=agreement, is_proposed=False)
    return executed.order_by("number").last()


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
