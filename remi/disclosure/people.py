"""Counts of people, and percentages of them, as they may be published."""

from __future__ import annotations

from schemas.impact import Status
from schemas.programme import DisclosureRule


def is_small(number: int, rule: DisclosureRule) -> bool:
    """Few enough to withhold. Nobody at all is not."""
    return 1 <= number <= rule.withhold_up_to


def published_count(number: int, rule: DisclosureRule) -> int | Status:
    """The count rounded half up, or why it is not shown."""
    if is_small(number, rule):
        return Status.CONFIDENTIAL
    rounded = (2 * number + rule.round_to) // (2 * rule.round_to) * rule.round_to
    return Status.ROUNDS_TO_ZERO if number and not rounded else rounded


def published_percentage(
    part: int, whole: int, rule: DisclosureRule, *, whole_is_people: bool
) -> float | Status:
    """A percentage that tells no more than rounded counts do, or why it is not shown.

    Withheld where part, whole or the rest is small. A whole that is not of people, such as seats,
    is published exactly, so that the rounded part may be above it: then 100 is shown. Raises
    ValueError where the part itself is larger than the whole.
    """
    if part > whole:
        raise ValueError(f"{part} is more than the whole of {whole}")
    if any(is_small(number, rule) for number in (part, whole, whole - part)):
        return Status.CONFIDENTIAL
    shown = published_count(part, rule)
    base = published_count(whole, rule) if whole_is_people else whole
    if isinstance(base, Status) or base == 0:
        return Status.CONFIDENTIAL if whole else Status.NOT_APPLICABLE
    if isinstance(shown, Status):
        return shown
    return min(100 * shown / base, 100.0)
