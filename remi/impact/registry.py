"""The one list of annual tables: assets, sheets, pages and data files all follow from it."""

from __future__ import annotations

import pandas as pd

from remi.impact.blockers import WHAT_HOLDS_BACK
from remi.impact.engagement import COMMUNICATIONS, GOVERNANCE
from remi.impact.events import EVENTS_AND_REACH
from remi.impact.evidenced import EVIDENCE
from remi.impact.index import MOVEMENT, london_table
from remi.impact.leaders import LEADERS_PAGE
from remi.impact.positions import POSITIONS
from remi.impact.quality import DATA_QUALITY
from remi.impact.robustness import STAGES_UNDER_OTHER_RULES
from remi.impact.score_change import SCORE_CHANGE_BY_REASON
from remi.impact.transitions import transitions_table
from schemas.framework import Framework
from schemas.impact import COMMON_COLUMNS, AnnualTable, CycleData, TableColumn


def annual_tables(framework: Framework) -> tuple[AnnualTable, ...]:
    """Every annual table in order of its id; columns may follow the framework's stages.

    Ids, names and titles are the same for every framework.
    """
    return (
        POSITIONS,
        london_table(framework),
        MOVEMENT,
        WHAT_HOLDS_BACK,
        EVIDENCE,
        EVENTS_AND_REACH,
        COMMUNICATIONS,
        GOVERNANCE,
        DATA_QUALITY,
        LEADERS_PAGE,
        STAGES_UNDER_OTHER_RULES,
        transitions_table(framework),
        SCORE_CHANGE_BY_REASON,
    )


def all_columns(table: AnnualTable) -> tuple[TableColumn, ...]:
    """A table's own columns and then the common ones, as its frame has them."""
    return (*table.columns, *COMMON_COLUMNS)


def make_tables(data: CycleData) -> dict[str, pd.DataFrame]:
    """Every annual table of the cycle by table id, before protection."""
    return {table.id: table.make(data) for table in annual_tables(data.framework)}
