"""Table A25: from which stage to which partners moved since the year before."""

from __future__ import annotations

import pandas as pd

from remi.impact.columns import COMMITMENT, ELIGIBLE
from remi.impact.common import Cell, percentage, table_frame
from remi.impact.comparison import COMPARED, compared_cells, is_linked, matched
from remi.impact.partners import Partner, whole_partners
from remi.impact.results import Results, results
from remi.scoring.transitions import transition_table
from schemas.framework import Commitment, Framework
from schemas.impact import AnnualTable, CycleData, Holds, Status, TableColumn

MOVED = ("n_matched", "n_not_named")


def transition_columns(framework: Framework) -> tuple[TableColumn, ...]:
    """The columns of A25: one count for each stage of this year, before the first included."""
    return (
        COMMITMENT,
        TableColumn("stage_before", "Last year", Holds.KEY, "Number of the stage last year"),
        TableColumn("stage_before_name", "Stage last year", Holds.KEY, "Name of that stage"),
        TableColumn(
            "n_before", "At it last year", Holds.ORGANISATIONS,
            "Partners in both years that were at that stage last year", group=MOVED,
        ),
        *(
            TableColumn(
                f"n_now_{number}",
                f"Now: {framework.stage_name(number)}",
                Holds.ORGANISATIONS,
                f"Of those, partners that are at stage {number}, {framework.stage_name(number)}, "
                "this year",
                group=MOVED,
            )
            for number in range(len(framework.stages) + 1)
        ),
        TableColumn(
            "n_not_confirmed", "Not confirmed", Holds.ORGANISATIONS,
            "Of those that moved, how many no reviewer has confirmed", group=MOVED,
        ),
        ELIGIBLE,
        TableColumn(
            "n_matched", "In both years", Holds.ORGANISATIONS,
            "Partners with a final result now and a stage the year before that can be compared",
        ),
        TableColumn(
            "matched_pct", "Coverage", Holds.PERCENTAGE,
            "Partners in both years as a share of partners", of=("n_matched", "n_eligible"),
        ),
        TableColumn(
            "n_not_named", "Not named", Holds.ORGANISATIONS,
            "How many of those in both years did not agree that their positions are published by "
            "name",
        ),
        *COMPARED,
    )  # fmt: skip


def stages_last_year_and_now(data: CycleData) -> pd.DataFrame:
    """A25: one row for each commitment and stage of last year."""
    members, found = tuple(whole_partners(data)), results(data)
    rows = [
        row
        for commitment in data.framework.commitments
        for row in _rows(data, commitment, members, found)
    ]
    return table_frame(data, transition_columns(data.framework), rows)


def comparable(data: CycleData) -> pd.DataFrame:
    """Changes of stage that may be counted: as published, or linked where the framework changed."""
    if is_linked(data) and data.linked_change is not None:
        # The link bridges the break: both years were scored under the same framework.
        return data.linked_change.assign(break_in_series=False)
    changes = data.maturity_change
    return changes[~changes["break_in_series"].astype("bool")]


def _rows(
    data: CycleData, commitment: Commitment, members: tuple[Partner, ...], found: Results
) -> list[dict[str, Cell]]:
    changes = comparable(data)
    mine = matched(changes[changes["level"] == "commitment"], commitment, members, found)
    n_matched = len(mine.members)
    table = transition_table(mine.changes, data.framework)
    table = table[table["commitment_id"] == commitment.id]
    blank = Status.NOT_AVAILABLE if members else Status.NOT_APPLICABLE
    rows: list[dict[str, Cell]] = []
    for before in range(len(data.framework.stages) + 1):
        moves = table[table["stage_before"] == before]
        counts = {
            f"n_now_{now}": int(n) for now, n in zip(moves["stage_now"], moves["n"], strict=True)
        }
        known: dict[str, Cell] = {
            "n_before": sum(counts.values()),
            **counts,
            "n_not_confirmed": int(moves["n_not_confirmed"].sum()),
        }
        rows.append(
            {
                "commitment": commitment.name,
                "stage_before": str(before),
                "stage_before_name": data.framework.stage_name(before),
                **(known if n_matched else dict.fromkeys(known, blank)),
                "n_eligible": len(members),
                "n_matched": n_matched,
                "matched_pct": percentage(n_matched, len(members)),
                "n_not_named": mine.n_not_named,
                **compared_cells(data, commitment),
                "n_base": n_matched,
                "n_missing": len(members) - n_matched,
            }
        )
    return rows


def transitions_table(framework: Framework) -> AnnualTable:
    """A25, whose columns follow the framework's stages."""
    return AnnualTable(
        id="A25",
        name="stages_last_year_and_now",
        title="Moves: from which stage to which partners moved since last year",
        one_row_per="commitment and stage last year",
        columns=transition_columns(framework),
        make=stages_last_year_and_now,
        notes=(
            "Only partners with a final result in both years are counted, each once for a "
            "commitment.",
            "Withheld where partners who are not named could be worked out from it together with "
            "any other table, version or year.",
            "A change that no reviewer has confirmed may be no change.",
            "Where the framework changed, both years are worked out anew from the indicators that "
            "ask the same in both, if it is agreed which these are. The positions that were "
            "published stay as they are.",
        ),
        sources=(
            "organisation", "verdict", "commitment_stage", "maturity_change", "linked_change",
        ),
    )  # fmt: skip
