"""Views of parties and systems: what their pages may show."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import ngettext

from agreements.models import Agreement, Participation
from agreements.public.views import AgreementView
from agreements.sentences import as_of
from civil.partial import PartialDate
from parties.models import Party, System


@dataclass(frozen=True)
class PartyPage:
    """A party that takes part in a published agreement."""

    id: int
    slug: str
    name: str
    kind: str
    parent: str
    aliases: tuple[str, ...]


@dataclass(frozen=True)
class SystemPage:
    """A system that a published agreement is about."""

    id: int
    name: str
    short_name: str
    slug: str
    operator: str
    description: str
    in_use_since: PartialDate | None


def record_parts(view: AgreementView) -> dict[str, Any]:
    """Return what the templates of a record's page need besides its view."""
    votes = {vote.party: vote for vote in view.votes}
    return {
        "view": view,
        "ballot": [(party, votes.get(party.name)) for party in view.deciders],
        "continuations": [e for e in view.evidence if e.kind == "continuation"],
        "findings": [e for e in view.evidence if e.kind != "continuation"],
        "as_of": as_of(view.on),
        "days_left": (view.expiry.due_on - view.on).days if view.expiry else None,
        "decide_by": next((d for d in view.open_deadlines if d.kind == "decide_by"), None),
        "notice_deadline": next((d for d in view.open_deadlines if d.kind == "notice"), None),
        "other_conflicts": [c for c in view.conflicts if c.field != "license_fee"],
        "fee_conflicts": [
            c for c in view.conflicts if c.field == "license_fee" and c.record == "agreements.Term"
        ],
    }


def party_page(slug: str) -> PartyPage | None:
    """Return a party's view; None where no published agreement has it, or there is none."""
    party = Party.objects.filter(slug=slug).select_related("parent").first()
    if party is None or not _is_public(participation__party=party):
        return None
    return PartyPage(
        id=party.pk,
        slug=party.slug,
        name=party.name,
        kind=party.get_kind_display(),
        parent=party.parent.name if party.parent else "",
        aliases=tuple(party.aliases.values_list("name", flat=True)),
    )


def system_page(slug: str) -> SystemPage | None:
    """Return a system's view; None where no published agreement is about it, or there is none."""
    system = System.objects.filter(slug=slug).select_related("operator").first()
    if system is None or not _is_public(system=system):
        return None
    return SystemPage(
        id=system.pk,
        name=system.name,
        short_name=system.short_name,
        slug=system.slug,
        operator=system.operator.name if system.operator else "",
        description=system.description,
        in_use_since=system.in_use_since,
    )


def party_roles(party_id: int, on: dt.date) -> dict[int, set[str]]:
    """Return the roles that a party has on a day, by published agreement."""
    roles: dict[int, set[str]] = {}
    for part in (
        Participation.objects.filter(
            party=party_id, agreement__in=Agreement.objects.published(), is_internal=False
        )
        .exclude(embargoed_until__gt=timezone.now())
        .order_by("pk")
    ):
        if part.on(on) is not None and part.takes_part_on(on):
            roles.setdefault(part.agreement_id, set()).add(part.role)
    return roles


def _is_public(**wanted: Party | System) -> bool:
    return Agreement.objects.published().filter(**wanted).exists()


def what_it_does(gives: int, gets: int, decides: int) -> str:
    """Say in a sentence under how many published agreements a party gives, gets and decides."""
    said = [
        ngettext("gives data under %(n)s agreement", "gives data under %(n)s agreements", gives)
        % {"n": gives}
        if gives
        else "",
        ngettext("gets data under %(n)s agreement", "gets data under %(n)s agreements", gets)
        % {"n": gets}
        if gets
        else "",
        ngettext("decides on %(n)s agreement", "decides on %(n)s agreements", decides)
        % {"n": decides}
        if decides
        else "",
    ]
    text = _t(", and ").join(part for part in said if part)
    return f"{text[:1].upper()}{text[1:]}." if text else _t("Its part is not recorded.")
