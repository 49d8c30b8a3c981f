"""What every test of the desk may ask for: somebody of each role, signed in."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.factories import make_person


@pytest.fixture(autouse=True)
def static_root(settings: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty place for collected files: WhiteNoise warns where there is none."""
    root = tmp_path_factory.getbasetemp() / "staticfiles"
    root.mkdir(exist_ok=True)
    settings.STATIC_ROOT = str(root)
    return root


@pytest.fixture
def signed_in(db: None) -> Callable[[str], Client]:
    """A browser in which somebody with a role is signed in: ``signed_in("editor")``."""

    def sign_in(role: str) -> Client:
        client = Client()
        client.force_login(make_person(f"{role}@example.org", name=role.title(), role=role))
        return client

    return sign_in


@pytest.fixture
def june_2018(settings: Any) -> dt.date:
    """The day on which the example is shown."""
    settings.PACTWATCH_TODAY = dt.date(2018, 6, 15)
    return settings.PACTWATCH_TODAY
