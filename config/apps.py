"""The project itself, as an app: it registers its checks."""

from django.apps import AppConfig


class PactwatchConfig(AppConfig):
    """Registers what ``manage.py check --deploy`` asks of production."""

    name = "config"

    def ready(self) -> None:
        """Register the checks."""
        from config import checks  # noqa: F401, PLC0415 - registers itself
