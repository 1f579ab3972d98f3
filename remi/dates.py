"""Days as people write them."""

from __future__ import annotations

from datetime import date


def day_in_words(day: date) -> str:
    """Such as 1 October 2025."""
    return f"{day.day} {day:%B %Y}"


def days_in_words(first: date, last: date) -> str:
    """Such as 1 October 2025 to 30 November 2025."""
    return f"{day_in_words(first)} to {day_in_words(last)}"
