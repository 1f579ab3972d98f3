"""The browser, and what is invented in the rooms of the portal and the release."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOM = Path(__file__).resolve().parent
sys.path += [str(ROOM.parent / "portal"), str(ROOM.parent / "release")]

from browsing import chromium  # noqa: E402 - the folders above first

__all__ = ["chromium"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep these tests on one worker: they share a browser and a portal."""
    for item in items:
        if ROOM in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("browser"))
