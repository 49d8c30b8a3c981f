"""Pages without collected static files."""

from typing import Any

import pytest


@pytest.fixture(autouse=True)
def _static_files_of_the_source(settings: Any) -> None:
    settings.WHITENOISE_AUTOREFRESH = True
