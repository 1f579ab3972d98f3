"""Every test here talks to a real server over a real connection."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from portal_samples import Running, serving


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """A portal with nothing received yet, and one person for each role."""
    with serving(tmp_path / "home") as made:
        yield made
