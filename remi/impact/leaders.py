"""Table A23: for each commitment, one page's worth for leaders, put together from other tables."""

from __future__ import annotations

from typing import Any

import pandas as pd

from remi.impact.blockers import what_holds_back
from remi.impact.columns import (
    COMMITMENT,
    COVERAGE,
    ELIGIBLE,
    GROUP,
    NOT_NAMED,
    RETURNED,
)
from remi.impact.common import Cell, number, percentage, table_frame
from remi.impact.index import NONE, london_picture, movement
from remi.impact.status import stage_words
from schemas.framework import Framework
from schemas.impact import ALL, AnnualTable, CycleData, Holds, Status, TableColumn

MATCHED = ("n_matched", "n_matched_not_named")
BLOCKED = ("n_blocker_base", "n_blocker_not_named")

NO_DECISIONS = "Not available: leaders' decisions are not recorded in this version."

ALONE = "n_orgs_blocked_only_by_this"

Row = dict[str, Any]

COLUMNS = (
    COMMITMENT,
    TableColumn(
        "headline", "Headline", Holds.TEXT, "Where partners are, in a sentence", group=GROUP
    ),
    ELIGIBLE,
    RETURNED,
    COVERAGE,
    NOT_NAMED,
    TableColumn(
        "median_stage",
        "Median stage",
        Holds.STAGE,
        "The stage of the partner in the middle; the lower of two",
        group=GROUP,
    ),
    TableColumn(
        "n_at_or_below",
        "At or below it",
        Holds.ORGANISATIONS,
        "Partners with a final result at the median stage or below",
        group=GROUP,
    ),
    TableColumn(
        "best_movement", "Movement", Holds.TEXT, "How partners moved, in a sentence", group=MATCHED
    ),
    TableColumn(
        "n_matched", "In both years", Holds.ORGANISATIONS, "Partners with results in both years"
    ),
    TableColumn(
        "n_matched_not_named",
        "Not named in both",
        Holds.ORGANISATIONS,
        "Of those, how many did not agree to be named",
    ),
    TableColumn("n_up", "Up", Holds.ORGANISATIONS, "Partners at a higher stage", group=MATCHED),
    TableColumn("n_down", "Down", Holds.ORGANISATIONS, "Partners at a lower stage", group=MATCHED),
    TableColumn(
        "n_not_confirmed",
        "Not confirmed",
        Holds.ORGANISATIONS,
        "Of those up or down, how many no reviewer has confirmed",
        group=MATCHED,
    ),
    TableColumn(
        "largest_rise_indicator",
        "Most often up",
        Holds.TEXT,
        "The indicator on which most of these partners rose",
        group=MATCHED,
    ),
    TableColumn(
        "biggest_blocker", "Barrier", Holds.TEXT, "What holds partners back, in a sentence",
        group=BLOCKED,
    ),
    TableColumn(
        "blocker_indicator",
        "Barrier: indicator",
        Holds.TEXT,
        "Of the criterion that alone holds back most, if that is not few; else most often lowest",
        group=BLOCKED,
    ),
    TableColumn(
        "blocker_stage", "Barrier: stage", Holds.STAGE, "Stage of that criterion", group=BLOCKED
    ),
    TableColumn(
        "n_blocked",
        "Held back by it alone",
        Holds.ORGANISATIONS,
        "Partners whose next stage needs that criterion and nothing else",
        group=BLOCKED,
    ),
    TableColumn(
        "n_blocker_base",
        "Barrier: out of",
        Holds.ORGANISATIONS,
        "Returns in which that criterion applies; without a criterion, final results",
    ),
    TableColumn(
        "n_blocker_not_named",
        "Barrier: not named",
        Holds.ORGANISATIONS,
        "Of final results, how many are of partners that did not agree to be named; else 0",
    ),
    TableColumn(
        "blocker_challenge",
        "Challenge named most",
        Holds.TEXT,
        "What partners most often say holds them back there",
        group=BLOCKED,
    ),
    TableColumn(
        "decision_asked",
        "Decision asked",
        Holds.TEXT,
        "What leaders are asked to decide",
        group=BLOCKED,
    ),
    TableColumn(
        "changed_since_decision",
        "Since the last decision",
        Holds.TEXT,
        "What changed since leaders last decided",
    ),
)  # fmt: skip


def leaders_page(data: CycleData) -> pd.DataFrame:
    """A23: one row for each commitment. Sentences say only what other columns of the row hold."""
    framework = data.framework
    pictures = _all_partners(london_picture(data))
    moves = _all_partners(movement(data))
    barriers = [_keyed(row) for row in what_holds_back(data).to_dict("records")]
    rows: list[dict[str, Cell]] = []
    for commitment in framework.commitments:
        picture, moved = pictures[commitment.name], moves[commitment.name]
        own = [row for row in barriers if row["commitment"] == commitment.name]
        where = _where(picture)
        moving = _moving(moved)
        barrier = _barrier(own, picture, data.policy.smallest_group)
        rows.append(
            {
                "commitment": commitment.name,
                "headline": _headline(where, picture, framework),
                **where,
                "best_movement": _movement_words(moving, str(moved["break_in_series"])),
                **moving,
                "biggest_blocker": _barrier_words(barrier, framework),
                **barrier,
                "decision_asked": _decision(barrier, framework),
                "changed_since_decision": NO_DECISIONS,
                "n_base": int(picture["n_base"]),
                "n_missing": int(picture["n_missing"]),
            }
        )
    return table_frame(data, COLUMNS, rows)


def _all_partners(frame: pd.DataFrame) -> dict[str, Row]:
    """The rows for every sector and system, by commitment."""
    whole = frame[frame["sector"] == ALL]
    if "system" in frame:
        whole = whole[whole["system"] == ALL]
    return {str(row["commitment"]): _keyed(row) for row in whole.to_dict("records")}


def _keyed(row: dict[Any, Any]) -> Row:
    return {str(key): value for key, value in row.items()}


def _where(picture: Row) -> dict[str, Cell]:
    n_eligible, n_returned = int(picture["n_eligible"]), int(picture["n_returned"])
    median = number(picture["median_stage"])
    below: Cell = Status.NOT_AVAILABLE
    if not isinstance(median, Status):
        below = sum(int(picture[f"n_stage_{stage}"]) for stage in range(median + 1))
    return {
        "n_eligible": n_eligible,
        "n_returned": n_returned,
        "coverage_pct": percentage(n_returned, n_eligible),
        "n_not_named": int(picture["n_not_named"]),
        "median_stage": median,
        "n_at_or_below": below,
    }


def _headline(where: dict[str, Cell], picture: Row, framework: Framework) -> str:
    returns = f"{where['n_returned']} of {where['n_eligible']} partners returned"
    median = where["median_stage"]
    if not isinstance(median, int):
        return f"No partner has a final result yet: {returns}."
    place = f"at {stage_words(framework, median)} or below"
    if median == 0:
        place = f"at “{stage_words(framework, 0)}”"
    return (
        f"{where['n_at_or_below']} of {int(picture['n_base'])} partners with a final result are "
        f"{place}; {returns}."
    )


def _moving(moved: Row) -> dict[str, Cell]:
    return {
        "n_matched": int(moved["n_matched"]),
        "n_matched_not_named": int(moved["n_not_named"]),
        "n_up": number(moved["n_up"]),
        "n_down": number(moved["n_down"]),
        "n_not_confirmed": number(moved["n_not_confirmed"]),
        "largest_rise_indicator": str(moved["largest_rise_indicator"]),
    }


def _movement_words(moving: dict[str, Cell], broken: str) -> str:
    if not moving["n_matched"]:
        if broken == "yes":
            return "The framework changed, so results are not compared with the year before."
        return "No partner has results in both years, so nothing can be compared."
    words = (
        f"Of {moving['n_matched']} partners in both years, {moving['n_up']} moved up and "
        f"{moving['n_down']} down; {moving['n_not_confirmed']} of these changes are not confirmed."
    )
    if moving["largest_rise_indicator"] != NONE:
        words += f" The indicator most often up is {moving['largest_rise_indicator']}."
    return words


def _barrier(rows: list[Row], picture: Row, fewest: int) -> dict[str, Cell]:
    """The criterion that alone holds back the most partners; of several, the first.

    Where none holds back the `fewest`, the core indicator that is most often a partner's lowest:
    what one or two partners lack is no reason for a decision about all.
    """
    counts = [number(row[ALONE]) for row in rows]
    held = [
        row
        for row, n in zip(rows, counts, strict=True)
        if not isinstance(n, Status) and n >= fewest
    ]
    if not held:
        return {
            "blocker_indicator": str(picture["weakest_indicator"]),
            "blocker_stage": Status.NOT_APPLICABLE,
            "n_blocked": Status.NOT_APPLICABLE,
            "n_blocker_base": int(picture["n_base"]),
            "n_blocker_not_named": int(picture["n_not_named"]),
            "blocker_challenge": NONE,
        }
    most = max(held, key=lambda row: int(row[ALONE]))
    return {
        "blocker_indicator": str(most["indicator"]),
        "blocker_stage": int(most["stage"]),
        "n_blocked": int(most[ALONE]),
        "n_blocker_base": int(most["n_applicable"]),
        # A criterion's answers are protected with all other tables, not by this row alone.
        "n_blocker_not_named": 0,
        "blocker_challenge": str(most["commonest_challenge"]),
    }


def _barrier_words(barrier: dict[str, Cell], framework: Framework) -> str:
    stage, indicator = barrier["blocker_stage"], barrier["blocker_indicator"]
    if not isinstance(stage, int):
        words = "No single criterion alone holds many partners back."
        if indicator != NONE:
            words += f" The core indicator that is most often a partner's lowest is {indicator}."
        return words
    words = (
        f"For {barrier['n_blocked']} of {barrier['n_blocker_base']} partners, only {indicator} "
        f"is missing to reach {stage_words(framework, stage)}."
    )
    if barrier["blocker_challenge"] != NONE:
        words += f" The challenge named most often there: {barrier['blocker_challenge']}."
    return words


def _decision(barrier: dict[str, Cell], framework: Framework) -> str:
    stage, indicator = barrier["blocker_stage"], barrier["blocker_indicator"]
    if isinstance(stage, int):
        return (
            f"Decide how partners will be helped to meet {indicator} at "
            f"{stage_words(framework, stage)}."
        )
    if indicator != NONE:
        return f"Decide how partners will be helped with {indicator}."
    return "Decide how partners that have no final result will be helped to reach one."


LEADERS_PAGE = AnnualTable(
    id="A23",
    name="leaders_page",
    title="Leaders: where each commitment stands and what to decide",
    one_row_per="commitment",
    columns=COLUMNS,
    make=leaders_page,
    notes=(
        "Every number in a sentence is in another column of the same row.",
        "Positions are what partners declare. Where a reviewer assured another stage, it stands "
        "beside them in the table of positions.",
        "Nothing here says why a position is as it is.",
    ),
    sources=("commitment_stage", "maturity_change", "answer", "record_value"),
)
