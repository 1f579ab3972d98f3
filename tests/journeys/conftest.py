"""Fixtures of the journeys; what they share is in `conftest_journeys`."""

from conftest_journeys import home, published, work

__all__ = ["home", "published", "work"]
