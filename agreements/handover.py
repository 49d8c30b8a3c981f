"""What a person holds in the register, and handing it on when they leave."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _t

from agreements.models import Agreement
from agreements.models.mandate import Mandate
from civil.clock import today

OFFICES = ("responsible_officer", "deputy")
"""The fields of an agreement that name who looks after it."""

Successors = Mapping[tuple[str, int], Any]
"""Who takes over: (one of ``OFFICES``, agreement) or ("mandate", mandate) → person or None."""


@dataclass(frozen=True)
class Holdings:
    """What one person holds: agreements by office, and mandates that have not ended."""

    responsible_officer: list[Agreement]
    deputy: list[Agreement]
    mandates: list[Mandate]

    def keys(self) -> set[tuple[str, int]]:
        """Return what there is to hand over."""
        return (
            {("responsible_officer", a.pk) for a in self.responsible_officer}
            | {("deputy", a.pk) for a in self.deputy}
            | {("mandate", m.pk) for m in self.mandates}
        )


def holdings_of(user: Any, on: dt.date | None = None) -> Holdings:
    """Return what somebody holds on a day; mandates that begin later count too."""
    day = on or today()
    return Holdings(
        responsible_officer=list(Agreement.objects.filter(responsible_officer=user.pk)),
        deputy=list(Agreement.objects.filter(deputy=user.pk)),
        mandates=list(
            Mandate.objects.filter(Q(until_on=None) | Q(until_on__gte=day), user=user.pk)
            .select_related("party")
            .order_by("party__name", "from_on", "id")
        ),
    )


def hand_over(user: Any, successors: Successors, on: dt.date | None = None) -> None:
    """Hand on all that somebody holds, within an open change.

    An agreement needs a successor. A mandate may have one, or simply end: its last day is ``on``,
    on which the successor's first day falls too, so that a vote already cast that day stays one of
    its holder. A mandate that has not begun is taken back. Raises ``ValidationError`` where
    something is held that ``successors`` does not name: it came in meanwhile.
    """
    day = on or today()
    held = holdings_of(user, day)
    if held.keys() - set(successors):
        raise ValidationError(
            _t("Something was given to this person in the meantime. Look again, then go on.")
        )
    for agreement in {a.pk: a for a in (*held.responsible_officer, *held.deputy)}.values():
        for name in OFFICES:
            if getattr(agreement, f"{name}_id") == user.pk:
                setattr(agreement, name, successors[name, agreement.pk])
        agreement.save()
    for mandate in held.mandates:
        successor = successors["mandate", mandate.pk]
        if successor is not None:
            Mandate(
                user=successor,
                party=mandate.party,
                office=mandate.office,
                from_on=max(mandate.from_on, day),
                until_on=mandate.until_on,
            ).save()
        end_mandate(mandate, day)


def end_mandate(mandate: Mandate, last_on: dt.date) -> None:
    """Let a mandate end with a day, inclusive; one that begins later is taken back."""
    if mandate.from_on > last_on:
        mandate.delete()
        return
    mandate.until_on = last_on
    mandate.save()
