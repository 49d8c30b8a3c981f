"""The app of people: it keeps each address in step, and writes sign-in events to the log."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People who sign in."""

    name = "accounts"

    def ready(self) -> None:
        """Connect what follows from signing in and from a changed address."""
        from accounts import signals  # noqa: F401, PLC0415 - connects itself
