"""Whether stored results are still what their answers give: a frozen year does not move."""

from __future__ import annotations

from dataclasses import fields

import pandas as pd

from remi.scoring.engine import ScoredCycle

MADE_WITH = ["engine_version", "input_hash"]
"""These say what a result was made with, not what it is."""


def same_results(stored: ScoredCycle, again: ScoredCycle) -> bool:
    """Whether both have the same rows, every number to the bit, in whatever order."""
    pairs = ((getattr(stored, f.name), getattr(again, f.name)) for f in fields(ScoredCycle))
    return all(_said(one) == _said(other) for one, other in pairs)


def _said(frame: pd.DataFrame) -> list[str]:
    """Each row written out; a float as the shortest text that gives it back."""
    return sorted(frame.drop(columns=MADE_WITH).to_csv(index=False).splitlines())
