"""What every test of the pages may ask for."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.portal.reading import Page


@pytest.fixture(autouse=True)
def static_root(settings: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty place for collected files: WhiteNoise warns where there is none."""
    root = tmp_path_factory.getbasetemp() / "staticfiles"
    root.mkdir(exist_ok=True)
    settings.STATIC_ROOT = str(root)
    return root


@pytest.fixture
def june_2018(settings: Any) -> dt.date:
    """The day on which the example is shown: no decision yet, the end eleven weeks away."""
    settings.PACTWATCH_TODAY = dt.date(2018, 6, 15)
    return settings.PACTWATCH_TODAY


@pytest.fixture
def visit(client: Client) -> Callable[..., Page]:
    """Open an address and read the page; it must answer with the status that is expected."""

    def open_(url: str, *, status: int = 200) -> Page:
        response = client.get(url)
        assert response.status_code == status, f"{url}: {response.status_code}"
        return Page(response)

    return open_
