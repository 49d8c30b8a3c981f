"""Who may do what: predicates of a person, and of the record in question.

Django asks them through ``user.has_perm(name, record)``; names are those of :class:`Can`. A
person has at most one role, ``user.role``; voting is a mandate of its own. Disabled people may do
nothing, superusers everything but vote: a vote belongs to a party, and needs its mandate.
"""

import datetime as dt
from typing import Any

import rules
from django.core.exceptions import PermissionDenied
from django.db.models import Q, TextChoices
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from agreements.models.mandate import Mandate
from civil.clock import today


class Role(TextChoices):
    """What a person does with the register; empty for somebody who only votes."""

    EDITOR = "editor", _("editor")
    RECORDS_OFFICER = "records_officer", _("records officer")
    COUNCIL_READER = "council_reader", _("council reader")


class Can:
    """The names of what may be done, as ``has_perm`` takes them."""

    READ_INTERNAL = "agreements.read_internal"
    """See unpublished records, internal notes and briefs."""
    EDIT = "agreements.edit"
    """Enter and change records, open reviews, record decisions."""
    VOTE = "agreements.vote"
    """Cast a vote for a party; with a term, for a party that decides on it."""
    PUBLISH = "agreements.publish"
    """Publish, withdraw, embargo, restore revisions."""
    MANAGE_PEOPLE = "agreements.manage_people"
    """Invite, change and disable people, and give mandates."""


@rules.predicate
def is_superuser(user: Any) -> bool:
    """Somebody who may do everything but vote."""
    return bool(user.is_active and user.is_superuser)


def has_role(*roles: str) -> Any:
    """Return a predicate: an active person with one of some roles."""

    @rules.predicate
    def check(user: Any) -> bool:
        return bool(user.is_active and getattr(user, "role", "") in roles)

    return check


@rules.predicate
def has_mandate(user: Any, term: Any = None) -> bool:
    """Somebody who may vote today: for any party, or for one that decides on a term."""
    if not user.is_active:
        return False
    found = mandates_of(user)
    if term is not None:
        found = found.filter(
            party__participations__agreement=term.agreement_id,
            party__participations__role="decider",
        )
    return found.exists()


def mandates_of(user: Any, on: dt.date | None = None) -> Any:
    """Return the mandates that a person holds on a day."""
    day = on or today()
    return Mandate.objects.filter(
        Q(until_on=None) | Q(until_on__gte=day), user=user.pk, from_on__lte=day
    ).select_related("party")


_editors = is_superuser | has_role(Role.EDITOR, Role.RECORDS_OFFICER)
_officers = is_superuser | has_role(Role.RECORDS_OFFICER)

rules.add_perm(Can.READ_INTERNAL, _editors | has_role(Role.COUNCIL_READER) | has_mandate)
rules.add_perm(Can.EDIT, _editors)
rules.add_perm(Can.VOTE, has_mandate)
rules.add_perm(Can.PUBLISH, _officers)
rules.add_perm(Can.MANAGE_PEOPLE, _officers)


def require(user: Any, permission: str, record: Any = None) -> None:
    """Raise ``PermissionDenied``, with a sentence, unless a person has a permission."""
    if not user.has_perm(permission, record):
        raise PermissionDenied(
            _t("Your role does not include this. A records officer can change it.")
        )
