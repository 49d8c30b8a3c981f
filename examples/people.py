"""The people of an example register. They are no facts: they exist to sign in and to be told.

This room stands beside those that know accounts, and says ``get_user_model()`` like all others.
"""

from typing import Any

from django.contrib.auth import get_user_model

PASSWORD = "pactwatch-example"  # noqa: S105 - printed by `make run`, for an example register only

PEOPLE = {
    "admin": ("admin@example.org", "Example administrator", "Records office", True),
    "officer": ("officer@example.org", "Example officer", "Law department", False),
    "deputy": ("deputy@example.org", "Example deputy", "Law department", False),
    "scribe": ("scribe@example.org", "Example scribe", "Records office", False),
}


def ensure_people() -> dict[str, Any]:
    """Return the example's people by role, entered where they are missing."""
    users = get_user_model()._default_manager
    found: dict[str, Any] = {}
    for role, (email, name, office, is_admin) in PEOPLE.items():
        user = users.filter(email=email).first()
        if user is None:
            create = users.create_superuser if is_admin else users.create_user
            password = PASSWORD if role != "scribe" else None
            user = create(email, password, name=name, office=office)
        found[role] = user
    return found
