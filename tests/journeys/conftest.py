"""Fixtures of the journeys; what they share is in `conftest_journeys`."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest_journeys import home, published, work

__all__ = ["home", "published", "work"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the journeys on one worker, so that their collaboration is made once."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("journeys"))
