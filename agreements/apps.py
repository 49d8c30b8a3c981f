"""The agreements app."""

from django.apps import AppConfig


class AgreementsConfig(AppConfig):
    """The record and its rules; registers what follows from a change."""

    name = "agreements"

    def ready(self) -> None:
        """Register the checks and derivations that end every change, and who may do what."""
        from agreements import permissions, upkeep  # noqa: F401, PLC0415 - register themselves
