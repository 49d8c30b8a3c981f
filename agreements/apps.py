"""The agreements app."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AgreementsConfig(AppConfig):
    """The record and its rules; registers what follows from a change."""

    name = "agreements"

    def ready(self) -> None:
        """Register the checks and derivations that end every change, and who may do what."""
        # They register themselves.
        from agreements import (  # noqa: F401, PLC0415
            checks,
            documents,
            permissions,
            search,
            upkeep,
        )

        post_migrate.connect(search.install_after_migrate, sender=self)
