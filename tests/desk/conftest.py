"""What every test of the desk may ask for."""

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def static_root(settings: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty place for collected files: WhiteNoise warns where there is none."""
    root = tmp_path_factory.getbasetemp() / "staticfiles"
    root.mkdir(exist_ok=True)
    settings.STATIC_ROOT = str(root)
    return root
