"""A mail server, and an agreement that somebody is to be told about."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.reports.alerts.post_office import PostOffice, post_office


@pytest.fixture
def office(settings: Any) -> Iterator[PostOffice]:
    """A real mail server, to which Django sends."""
    with post_office() as opened:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", opened.port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_TIMEOUT = 10
        settings.BASE_URL = "https://register.example.org"
        settings.DEFAULT_FROM_EMAIL = "Pactwatch <alerts@example.org>"
        yield opened


@pytest.fixture(autouse=True)
def _static_files_of_the_source(settings: Any) -> None:
    """Serve pages without collected static files."""
    settings.WHITENOISE_AUTOREFRESH = True
