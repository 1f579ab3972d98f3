"""Table A26: what the change of partners' scores since the year before is made of."""

from __future__ import annotations

from fractions import Fraction

import pandas as pd

from remi.impact.columns import COMMITMENT, ELIGIBLE, SECTOR
from remi.impact.common import Cell, percentage, table_frame
from remi.impact.comparison import COMPARED, compared_cells, matched
from remi.impact.index import Group, groups
from remi.impact.results import Results, results
from schemas.framework import Commitment
from schemas.impact import ALL, AnnualTable, CycleData, Holds, Status, TableColumn
from schemas.results import ScoreEffect

COMPARED_PARTNERS = ("n_matched", "n_not_named")

PARTS = {
    ScoreEffect.PERFORMANCE: (
        "Answers moved", "Answers that were given in both years and moved",
    ),
    ScoreEffect.COVERAGE: ("Answered", "More or less was answered"),
    ScoreEffect.APPLICABILITY: ("Applies", "More or less applies"),
    ScoreEffect.WEIGHTS: ("Weights", "Indicators are weighed in another way"),
    ScoreEffect.VERSION: ("Other framework", "The framework changed"),
    ScoreEffect.MODERATION: ("Review", "Reviewers changed what counts"),
}  # fmt: skip

NUMBERS = ("n_score_up", "n_score_same", "n_score_down", "change", *PARTS)

COLUMNS = (
    COMMITMENT,
    SECTOR,
    ELIGIBLE,
    TableColumn(
        "n_matched", "In both years", Holds.ORGANISATIONS,
        "Partners with a final result now and a score in both years that can be compared",
    ),
    TableColumn(
        "matched_pct", "Coverage", Holds.PERCENTAGE,
        "Partners in both years as a share of partners", of=("n_matched", "n_eligible"),
    ),
    TableColumn(
        "n_not_named", "Not named", Holds.ORGANISATIONS,
        "How many of those did not agree that their positions are published by name",
    ),
    *(
        TableColumn(name, heading, Holds.ORGANISATIONS, meaning, group=COMPARED_PARTNERS)
        for name, heading, meaning in (
            ("n_score_up", "Score up", "Of those, partners with a higher score"),
            ("n_score_same", "Score same", "Of those, partners with the same score"),
            ("n_score_down", "Score down", "Of those, partners with a lower score"),
        )
    ),
    TableColumn(
        "change", "Mean change", Holds.MEASURE,
        "Mean change of their scores, in points of 100", group=COMPARED_PARTNERS,
    ),
    *(
        TableColumn(
            effect.value, heading, Holds.MEASURE,
            f"Mean part of the change, in points: {meaning[0].lower()}{meaning[1:]}",
            group=COMPARED_PARTNERS,
        )
        for effect, (heading, meaning) in PARTS.items()
    ),
    *COMPARED,
)  # fmt: skip


def score_change_by_reason(data: CycleData) -> pd.DataFrame:
    """A26: one row for each commitment and sector, and for all sectors.

    Without `score_change` nothing is known, which is not the same as no change.
    """
    found = results(data)
    rows = [
        _row(data, commitment, group, found)
        for commitment in data.framework.commitments
        for group in groups(data)
        if group.system == ALL
    ]
    return table_frame(data, COLUMNS, rows)


def _row(data: CycleData, commitment: Commitment, group: Group, found: Results) -> dict[str, Cell]:
    changes = data.score_change
    n_eligible = len(group.members)
    n_matched, n_not_named, numbers = 0, 0, {}
    if changes is not None:
        mine = matched(changes, commitment, group.members, found)
        n_matched, n_not_named = len(mine.members), mine.n_not_named
        numbers = _numbers(mine.changes, n_matched) if n_matched else {}
    blank = Status.NOT_AVAILABLE if n_eligible else Status.NOT_APPLICABLE
    return {
        "commitment": commitment.name,
        "sector": group.sector,
        "n_eligible": n_eligible,
        "n_matched": n_matched,
        "matched_pct": percentage(n_matched, n_eligible),
        "n_not_named": n_not_named,
        **(numbers or dict.fromkeys(NUMBERS, blank)),
        **compared_cells(data, commitment),
        "n_base": n_matched,
        "n_missing": n_eligible - n_matched,
    }


def _numbers(changes: pd.DataFrame, n_matched: int) -> dict[str, Cell]:
    """Partners by direction, and the mean of every part; exact until the last division."""
    amounts = pd.Series(
        [
            Fraction(int(a), int(b))
            for a, b in zip(changes["amount_numerator"], changes["amount_denominator"], strict=True)
        ],
        index=changes.index,
        dtype="object",
    )
    by_partner = amounts.groupby(changes["organisation_id"]).sum()
    by_effect = amounts.groupby(changes["effect"]).sum()
    return {
        "n_score_up": sum(change > 0 for change in by_partner),
        "n_score_same": sum(change == 0 for change in by_partner),
        "n_score_down": sum(change < 0 for change in by_partner),
        "change": float(amounts.sum() / n_matched),
        **{effect.value: float(by_effect[effect.value] / n_matched) for effect in PARTS},
    }


SCORE_CHANGE_BY_REASON = AnnualTable(
    id="A26",
    name="score_change_by_reason",
    title="Reasons: what the change of partners' scores since last year is made of",
    one_row_per="commitment and sector",
    columns=COLUMNS,
    make=score_change_by_reason,
    notes=(
        "The parts of a row add up to its mean change, but for rounding. They say what a change is "
        "made of, by arithmetic, and not why it happened.",
        "A score needs the assumption that all steps between stages are equal. Read the stages "
        "first.",
        "A blank that is answered is under “Answered”, whatever the answer. It is never counted as "
        "an answer that moved.",
        "The score is of what partners declare, so that a review has no part in it.",
        "Withheld where partners who are not named could be worked out from it together with any "
        "other table, version or year.",
    ),
    sources=("organisation", "verdict", "commitment_stage", "score_change"),
)
