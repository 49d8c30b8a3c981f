"""Findings that are still open: tests that show a fault which is not mended yet.

``tests/open_findings.txt`` names them, a line each, by the beginning of their address. They run,
and are reported as expected failures; a line goes when its fault is mended.
"""

from pathlib import Path

import pytest

OPEN = Path(__file__).parent / "tests" / "open_findings.txt"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Expect the open findings to fail."""
    lines = OPEN.read_text().splitlines() if OPEN.exists() else []
    prefixes = tuple(line for line in lines if line and not line.startswith("#"))
    for item in items:
        if prefixes and item.nodeid.startswith(prefixes):
            item.add_marker(pytest.mark.xfail(reason="an open finding", strict=False))
