"""The project itself, as an app: it registers its checks."""

from typing import Any

from django.apps import AppConfig, apps
from django.core.management import call_command
from django.db.models.signals import post_migrate


def make_cache_table(using: str, **kwargs: Any) -> None:
    """Make the table of the cache at ``migrate``, where there is none and the cache is kept so."""
    call_command("createcachetable", database=using, verbosity=0)


class PactwatchConfig(AppConfig):
    """Registers the checks of production and the brief for Council; makes the cache's table."""

    name = "config"

    def ready(self) -> None:
        """Register them."""
        post_migrate.connect(make_cache_table, sender=apps.get_app_config("accounts"))
        from config import briefs, checks, jobs  # noqa: F401, PLC0415 - register themselves
