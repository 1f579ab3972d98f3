"""The words and rows of a change between two years: causes, effects, and their frame."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

import pandas as pd

COLUMNS = ("organisation_id", "node_id", "effect", "amount")


class Cause(StrEnum):
    """Why a value changed."""

    PERFORMANCE = "performance"
    """The answer moved, and there is one in both years."""
    COVERAGE = "coverage"
    """What is answered changed."""
    APPLICABILITY = "applicability"
    """What applies changed."""
    WEIGHTS = "weights"
    VERSION = "version"
    """The years were published under different versions of the framework."""
    MODERATION = "moderation"
    """Reviewers changed more, or less, of what was declared."""
    NOT_SPLIT = "not_split"
    """The whole change, where a mixture of the two years has no value or too much has moved."""


class Effect(NamedTuple):
    """One part of a change. What has no effect has no part."""

    node_id: str
    cause: Cause
    amount: Fraction | float


class YearValues(NamedTuple):
    """One year of a node: as published then, and under the rule by which the years are compared."""

    published: Fraction | float
    final: Fraction | float
    """After moderation."""
    declared: Fraction | float


def other_effects(node_id: str, before: YearValues, after: YearValues) -> tuple[Effect, ...]:
    """What is left of a published change once the declared one is taken out: version, moderation.

    With the parts of `after.declared - before.declared`, these add up to the change as published.
    """
    version = (after.published - after.final) - (before.published - before.final)
    moderation = (after.final - after.declared) - (before.final - before.declared)
    amounts = {Cause.VERSION: version, Cause.MODERATION: moderation}
    return tuple(Effect(node_id, cause, amount) for cause, amount in amounts.items() if amount)


def effects_frame(effects: Mapping[str, Iterable[Effect]]) -> pd.DataFrame:
    """`organisation_id`, `node_id`, `effect`, `amount` (float64), by organisation, as given."""
    rows = [
        (organisation, e.node_id, e.cause.value, float(e.amount))
        for organisation in sorted(effects)
        for e in effects[organisation]
    ]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.astype({**dict.fromkeys(COLUMNS[:3], "str"), "amount": "float64"})
