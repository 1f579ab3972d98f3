"""What tables about change share: who is compared with the year before, on what, and why not."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from remi.impact.columns import count
from remi.impact.common import Cell
from remi.impact.partners import Partner
from remi.impact.results import Results
from schemas.framework import Commitment
from schemas.impact import CycleData, Holds, TableColumn
from schemas.results import ComparedBy, ResultStatus

INDICATORS_COMPARED = count(
    "n_indicators_compared",
    "Indicators compared",
    "Indicators of the commitment on which both years are compared",
)
INDICATORS = count("n_indicators", "Indicators", "Indicators of the commitment this year")
BREAK = TableColumn(
    "break_in_series",
    "Break in series",
    Holds.TEXT,
    "Whether the framework changed between the two years",
)
COMPARISON = TableColumn(
    "comparison", "Comparison", Holds.TEXT, "How the two years are compared, or why they are not"
)
COMPARED = (INDICATORS_COMPARED, INDICATORS, BREAK, COMPARISON)

NOT_KNOWN = "Not compared: it is not known how the year before was assessed."


@dataclass(frozen=True)
class Matched:
    """The changes of partners of a group on one commitment, and who of the group they are about."""

    changes: pd.DataFrame
    members: tuple[Partner, ...]

    @property
    def n_not_named(self) -> int:
        """How many did not agree that their positions are published by name."""
        return sum(not partner.named for partner in self.members)


def matched(
    changes: pd.DataFrame, commitment: Commitment, members: tuple[Partner, ...], found: Results
) -> Matched:
    """Rows about this commitment and those of the members whose result of this year is final."""
    final = {p.id: p for p in members if found.status(p, commitment.id) == ResultStatus.FINAL}
    mine = changes[
        (changes["commitment_id"] == commitment.id) & changes["organisation_id"].isin(list(final))
    ]
    there = set(mine["organisation_id"])
    return Matched(mine, tuple(partner for key, partner in final.items() if key in there))


def is_linked(data: CycleData) -> bool:
    """Whether the framework changed and the years are compared by a crosswalk."""
    return data.comparison is not None and data.comparison.how is ComparedBy.LINKED


def compared_cells(data: CycleData, commitment: Commitment) -> dict[str, Cell]:
    """The cells of `COMPARED`."""
    by = data.comparison
    n_indicators = len(commitment.indicators)
    return {
        "n_indicators_compared": by.compared[commitment.id] if by else 0,
        "n_indicators": n_indicators,
        "break_in_series": "no" if by is None or by.how in UNBROKEN else "yes",
        "comparison": _words(data, commitment),
    }


UNBROKEN = (ComparedBy.FIRST_CYCLE, ComparedBy.SAME_FRAMEWORK)


def _words(data: CycleData, commitment: Commitment) -> str:
    by = data.comparison
    if by is None:
        return NOT_KNOWN
    if by.how is ComparedBy.FIRST_CYCLE:
        return "Not compared: there is no year before."
    if by.how is ComparedBy.SAME_FRAMEWORK:
        return "Both years were assessed against the same framework."
    now = f"{data.framework.title} {data.framework.version}"
    changed = f"the framework changed from {by.previous_framework} to {now}"
    if by.how is ComparedBy.NO_CROSSWALK:
        return f"Not compared: {changed}, and it is not agreed which indicators ask the same."
    if not by.compared[commitment.id]:
        return f"Not compared: {changed}, and no core indicator here asks the same."
    return (
        f"Linked: {changed}. Both years are compared on the indicators alone that ask the same in "
        "both."
    )
