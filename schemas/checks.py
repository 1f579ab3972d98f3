"""How a rule is written as a Pandera check, and how often each was broken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pandera.pandas as pa

LOWER_BOUNDS, UPPER_BOUNDS, ABOUT = (">", "≥"), ("<", "≤"), ("~",)
"""What may stand before a number: it is at least this, at most this, or about this."""


def rule(rule_id: str, keeps: Callable[[Any], Any]) -> pa.Check:
    """A check named by its rule; `keeps` gives one boolean a row.

    Without `ignore_na=False` Pandera passes over a row in which everything is missing, and over
    each missing value of a column. A comparison that gives pd.NA passes all the same: `keeps` has
    to ask for missing values itself.
    """
    return pa.Check(keeps, name=rule_id, error=rule_id, ignore_na=False)


def fits(part: pd.Series, part_is: pd.Series, whole: pd.Series, whole_is: pd.Series) -> pd.Series:
    """Whether a part may be a part of its whole, row by row; yes where either is missing.

    `part_is` and `whole_is` are their qualifiers: a part that is an upper bound may be smaller
    than it is written, and a whole that is a lower bound larger.
    """
    open_ended = part_is.isin(UPPER_BOUNDS) | whole_is.isin(LOWER_BOUNDS)
    return ~(part > whole) | open_ended


def rows_broken(error: pa.errors.SchemaErrors) -> dict[str, int]:
    """How many rows break each rule, 1 where the rule is of the whole frame.

    Not the length of Pandera's `failure_cases`: these have a line for each filled cell of a row
    that breaks a rule between columns, and none for rows that are alike in blanks alone.
    """
    counts: dict[str, int] = {}
    for failure in error.schema_errors:
        cases = failure.failure_cases
        rows = cases["index"].nunique() if isinstance(cases, pd.DataFrame) else 0
        name = str(getattr(failure.check, "error", None) or failure.check)
        counts[name] = counts.get(name, 0) + max(int(rows), 1)
    return counts
