"""How a rule is written as a Pandera check, so that its failures can be told to a partner."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandera.pandas as pa


def rule(rule_id: str, keeps: Callable[[Any], Any]) -> pa.Check:
    """A check named by its rule; `keeps` gives one boolean a row.

    Without `ignore_na=False` Pandera passes over every row in which anything is missing.
    """
    return pa.Check(keeps, name=rule_id, error=rule_id, ignore_na=False)
