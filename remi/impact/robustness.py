"""Table A24: how many partners would be at another stage if the rule were another."""

from __future__ import annotations

import pandas as pd

from remi.impact.assurance import assured_trial, reviews
from remi.impact.columns import COMMITMENT, ELIGIBLE
from remi.impact.common import Cell, percentage, table_frame
from remi.impact.partners import Partner, whole_partners
from remi.impact.results import Results, results
from remi.scoring.robustness import Trial, share_that_change, trials
from schemas.framework import Commitment
from schemas.impact import AnnualTable, CycleData, Holds, Status, TableColumn

TRIED = ("n_assessed", "n_not_named")

COUNTED = {
    "n_change": ("Another stage", "Partners that would be at another stage, or at none"),
    "n_higher": ("Higher", "Of those, partners that would be at a higher stage"),
    "n_lower": ("Lower", "Of those, partners that would be at a lower stage"),
    "n_no_stage": ("No stage", "Of those, partners that would have no stage"),
}

COLUMNS = (
    TableColumn(
        "alternative", "Other rule", Holds.KEY, "The rule that was tried in place of the usual one"
    ),
    COMMITMENT,
    ELIGIBLE,
    TableColumn(
        "n_assessed",
        "Tried",
        Holds.ORGANISATIONS,
        "Partners with a final result on which the other rule could be tried",
    ),
    TableColumn(
        "tried_pct",
        "Coverage",
        Holds.PERCENTAGE,
        "Partners on which it could be tried as a share of partners",
        of=("n_assessed", "n_eligible"),
    ),
    TableColumn(
        "n_not_named",
        "Not named",
        Holds.ORGANISATIONS,
        "How many of those did not agree that their positions are published by name",
    ),
    *(
        TableColumn(name, heading, Holds.ORGANISATIONS, meaning, group=TRIED)
        for name, (heading, meaning) in COUNTED.items()
    ),
    TableColumn(
        "change_pct",
        "Share",
        Holds.PERCENTAGE,
        "Partners that would be at another stage as a share of those tried",
        of=("n_change", "n_assessed"),
        group=TRIED,
    ),
)


def stages_under_other_rules(data: CycleData) -> pd.DataFrame:
    """A24: one row for each other rule and commitment that it can be tried on.

    Whole organisations with a final result are counted. Without `stage_sensitivity` nothing is
    known, which is not the same as no change. The assured track is there once a review has begun.
    """
    members, found = whole_partners(data), results(data)
    tried = list(trials(data.framework))
    if reviews(data).known:
        tried.append(assured_trial(data.framework))
    rows = [
        _row(data, trial, commitment, members, found)
        for trial in tried
        for place, commitment in enumerate(data.framework.commitments)
        if trial.commitment in (None, place)
    ]
    return table_frame(data, COLUMNS, rows)


def _row(
    data: CycleData,
    trial: Trial,
    commitment: Commitment,
    members: list[Partner],
    found: Results,
) -> dict[str, Cell]:
    shared: dict[str, Cell] = {
        "alternative": trial.name,
        "commitment": commitment.name,
        "n_eligible": len(members),
    }
    tried = data.stage_sensitivity
    if tried is None:
        unknown = dict.fromkeys(
            ("n_assessed", "tried_pct", "n_not_named", *COUNTED, "change_pct"), Status.NOT_AVAILABLE
        )
        return {**shared, **unknown, "n_base": 0, "n_missing": len(members)}
    final = {p.id: p for p in members if found.final_stage(p, commitment.id) is not None}
    mine = tried[
        (tried["alternative"] == trial.id)
        & (tried["commitment_id"] == commitment.id)
        & tried["organisation_id"].isin(list(final))
    ]
    n_assessed = len(mine)
    counted = share_that_change(mine)
    counts: dict[str, Cell] = {
        name: int(counted[name].iloc[0]) if n_assessed else Status.NOT_AVAILABLE for name in COUNTED
    }
    n_change = counts["n_change"]
    return {
        **shared,
        "n_assessed": n_assessed,
        "tried_pct": percentage(n_assessed, len(members)),
        "n_not_named": sum(not final[key].named for key in mine["organisation_id"]),
        **counts,
        "change_pct": (
            percentage(n_change, n_assessed) if isinstance(n_change, int) else Status.NOT_AVAILABLE
        ),
        "n_base": n_assessed,
        "n_missing": len(members) - n_assessed,
    }


STAGES_UNDER_OTHER_RULES = AnnualTable(
    id="A24",
    name="stages_under_other_rules",
    title="Rule: how far stages depend on the rule",
    one_row_per="other rule and commitment",
    columns=COLUMNS,
    make=stages_under_other_rules,
    notes=(
        "The published stages are those of the framework's own rule. No other table uses the "
        "rules here.",
        "Only final results of whole organisations are counted.",
        "Withheld where partners who are not named could be worked out from it together with any "
        "other table, version or year.",
        "What reviewers accepted is tried only for partners whose review is finished.",
        "An indicator is left out only for partners that are asked it and another core indicator "
        "of the commitment.",
    ),
    sources=("organisation", "verdict", "commitment_stage", "stage_sensitivity"),
)
