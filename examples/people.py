"""The people of an example register. They are no facts: they exist to sign in and to be told.

This room stands beside those that know accounts, and says ``get_user_model()`` like all others.
"""

import datetime as dt
from typing import Any

from django.contrib.auth import get_user_model

from agreements.models.mandate import Mandate
from parties.models import Party
from revisions import change

PASSWORD = "pactwatch-example"  # noqa: S105 - printed by `make run`, for an example register only

RECORDS = "Records office"
LAW = "Law department"

PEOPLE = {  # address, name, office, role; a superuser has no role: may do everything but vote
    "admin": ("admin@example.org", "Example administrator", RECORDS, "superuser"),
    "records": ("records@example.org", "Example records officer", RECORDS, "records_officer"),
    "editor": ("editor@example.org", "Example editor", "Office of innovation", "editor"),
    "council": ("council@example.org", "Example reader", "City Council", "council_reader"),
    "officer": ("officer@example.org", "Example officer", LAW, "editor"),
    "deputy": ("deputy@example.org", "Example deputy", LAW, "editor"),
    "mayor": ("mayor@example.org", "Example voter of the city", "Mayor", ""),
    "prosecutor": ("da@example.org", "Example voter of the prosecutor", "District Attorney", ""),
    "courts": ("courts@example.org", "Example voter of the courts", "President Judge", ""),
    "scribe": ("scribe@example.org", "Example scribe", RECORDS, ""),
}

MANDATES = {
    "mayor": "city-of-philadelphia",
    "prosecutor": "district-attorney",
    "courts": "first-judicial-district",
}
"""Who votes for which party of PARS–ICE."""

MANDATES_WHY = "Example mandates, to try out voting: no fact of the case, and no source names them"
MANDATES_FROM = dt.date(2008, 1, 1)


def ensure_people() -> dict[str, Any]:
    """Return the example's people by role, entered where they are missing."""
    users = get_user_model()._default_manager
    found: dict[str, Any] = {}
    for key, (email, name, office, role) in PEOPLE.items():
        user = users.filter(email=email).first()
        if user is None:
            create = users.create_superuser if role == "superuser" else users.create_user
            password = PASSWORD if key != "scribe" else None
            known = role if role != "superuser" else ""
            user = create(email, password, name=name, office=office, role=known)
        found[key] = user
    return found


def ensure_mandates(people: dict[str, Any]) -> None:
    """Let the example's voters vote for the deciding parties that the register knows.

    A mandate is no fact of the case, and its change says so; it is entered now, not replayed.
    """
    parties = {p.slug: p for p in Party.objects.filter(slug__in=MANDATES.values())}
    wanted = [
        (people[key], parties[slug])
        for key, slug in MANDATES.items()
        if slug in parties and not Mandate.objects.filter(user=people[key]).exists()
    ]
    if not wanted:
        return
    with change(by=people["scribe"], reason=MANDATES_WHY):
        for user, party in wanted:
            Mandate.objects.create(
                user=user, party=party, office=user.office, from_on=MANDATES_FROM
            )
