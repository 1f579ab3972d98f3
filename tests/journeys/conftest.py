"""Fixtures of the journeys; what they share is in `conftest_journeys`."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from conftest_journeys import home, published, work

ROOMS = Path(__file__).resolve().parents[1]
sys.path += [str(ROOMS / room) for room in ("browser", "portal", "disclosure")]

from browsing import chromium  # noqa: E402 - the folders above first

__all__ = ["chromium", "home", "published", "work"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the journeys on one worker, so that their collaboration is made once."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("journeys"))
