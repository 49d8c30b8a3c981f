"""What ``check --deploy`` says of a register that is not ready for production."""

from typing import Any

from django.conf import settings
from django.core import checks


@checks.register(checks.Tags.security, deploy=True)
def production(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """Warn of settings that suit a first run and no more; the variable to set is the hint."""
    found: list[checks.CheckMessage] = []

    def warn(number: int, message: str, hint: str) -> None:
        found.append(checks.Warning(message, hint=hint, id=f"pactwatch.W00{number}"))

    if settings.LOCAL:
        warn(
            5,
            "Cookies, files and the sign-in are set for a first run on one's own machine.",
            "Set DEBUG=0.",
        )
    if "*" in settings.ALLOWED_HOSTS:
        warn(
            6,
            "The register answers to any host name.",
            "Set ALLOWED_HOSTS to the host names of the site.",
        )
    if settings.PACTWATCH_EXAMPLE:
        warn(
            1,
            "This is an example register: it may replay dated steps and holds known passwords.",
            "Set PACTWATCH_EXAMPLE=0.",
        )
    if not settings.BASE_URL.startswith("https://"):
        warn(
            2,
            f"Links in mails and briefs begin with {settings.BASE_URL}.",
            "Set PACTWATCH_BASE_URL to the public address, with https.",
        )
    if settings.EMAIL_BACKEND.endswith(("console.EmailBackend", "dummy.EmailBackend")):
        warn(
            3,
            "Alerts are written to the console and reach nobody.",
            "Set EMAIL_URL, for instance smtp+tls://user:password@mail.example.org:587.",
        )
    if settings.DEFAULT_FROM_EMAIL.endswith("@localhost>"):
        warn(4, "Mail is sent from localhost.", "Set PACTWATCH_MAIL_FROM.")
    return found
