"""The project itself, as an app: it registers its checks."""

from django.apps import AppConfig


class PactwatchConfig(AppConfig):
    """Registers what ``check --deploy`` asks of production, and the brief for Council alerts."""

    name = "config"

    def ready(self) -> None:
        """Register them."""
        from config import briefs, checks  # noqa: F401, PLC0415 - register themselves
