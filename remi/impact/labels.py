"""The words for the choices of the engagement workbook, from its configuration."""

from __future__ import annotations

from collections.abc import Iterable

from schemas.workbook import EngagementPages


def choices(
    pages: EngagementPages | None, sheet: str, column: str, chosen: Iterable[str]
) -> dict[str, str]:
    """Choice id -> label: all of the configuration's in its order, then others that were chosen."""
    configured = {
        choice.id: choice.label
        for page in (pages.records if pages else ())
        if page.id == sheet
        for asked in page.columns
        if asked.id == column
        for choice in asked.choices
    }
    others = sorted(set(chosen) - set(configured))
    return {**configured, **{other: other.replace("_", " ") for other in others}}
