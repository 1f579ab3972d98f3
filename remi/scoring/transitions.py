"""From which stage to which: the matched panel of two cycles, counted by commitment.

Both tables read `maturity_change`, which holds only organisations with a final stage in both.
Organisations are counted exactly here; what may be published is decided in the disclosure room.
"""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd

from schemas.framework import Framework

NOISE = 1
"""A move of so many stages that no reviewer confirmed may be no move (domain.md, 9.12)."""


def transition_table(changes: pd.DataFrame, framework: Framework) -> pd.DataFrame:
    """One row for each commitment, stage before and stage now, in order, with nought where empty.

    `changes` has the columns of `maturity_change`, of one cycle. Gives `commitment_id`,
    `stage_before`, `stage_now` (0 is before the first stage), `n` organisations, and how many of
    them moved and are `n_not_confirmed`. Where the series is broken nothing is counted: stages of
    two framework versions are not the same stages. Raises ValueError for a commitment or stage
    that is not in the framework, and where an organisation is there twice.
    """
    panel = _panel(changes, framework)
    panel = panel[~panel["broken"]]
    stages = range(len(framework.stages) + 1)
    every = pd.MultiIndex.from_tuples(
        list(product((c.id for c in framework.commitments), stages, stages)),
        names=["commitment_id", "stage_before", "stage_now"],
    )
    cells = panel.groupby(list(every.names))["not_confirmed"].agg(["size", "sum"])
    table = cells.reindex(every, fill_value=0).reset_index()
    return _typed(table.rename(columns={"size": "n", "sum": "n_not_confirmed"}))


def matched_panel(changes: pd.DataFrame, framework: Framework) -> pd.DataFrame:
    """One row for each commitment: how many organisations rose, stayed and fell.

    `n_matched` = `n_up` + `n_same` + `n_down`; `n_not_confirmed` of those that moved are not
    confirmed, of which `n_within_noise` moved by no more than `NOISE`. `n_broken` have stages of
    two framework versions and are in none of the other counts. Input and errors as in
    `transition_table`.
    """
    panel = _panel(changes, framework)
    compared = ~panel["broken"]
    flags = pd.DataFrame(
        {
            "commitment_id": panel["commitment_id"],
            "n_matched": compared,
            "n_up": compared & (panel["change"] > 0),
            "n_same": compared & (panel["change"] == 0),
            "n_down": compared & (panel["change"] < 0),
            "n_not_confirmed": compared & panel["not_confirmed"],
            "n_within_noise": compared & panel["not_confirmed"] & (panel["change"].abs() <= NOISE),
            "n_broken": panel["broken"],
        }
    )
    every = pd.Index([c.id for c in framework.commitments], name="commitment_id")
    counts = flags.groupby("commitment_id").sum().reindex(every, fill_value=0)
    return _typed(counts.reset_index())


def _panel(changes: pd.DataFrame, framework: Framework) -> pd.DataFrame:
    """The commitments' rows with whole numbers and plain flags, once they have been looked over."""
    rows = changes[changes["level"] == "commitment"]
    known = rows["commitment_id"].isin([c.id for c in framework.commitments])
    _refuse(rows, ~known, "commitments that are not in the framework")
    before = rows["stage_before"].to_numpy(dtype=np.int64)
    now = rows["stage_now"].to_numpy(dtype=np.int64)
    last = len(framework.stages)
    outside = (np.minimum(before, now) < 0) | (np.maximum(before, now) > last)
    _refuse(rows, pd.Series(outside, index=rows.index), "stages that are not in the framework")
    twice = rows.duplicated(["organisation_id", "commitment_id"])
    _refuse(rows, twice, "organisations that are counted twice")
    return pd.DataFrame(
        {
            "commitment_id": rows["commitment_id"],
            "stage_before": before,
            "stage_now": now,
            "change": now - before,
            "not_confirmed": (now != before) & ~rows["confirmed"].to_numpy(dtype=bool),
            "broken": rows["break_in_series"].to_numpy(dtype=bool),
        },
        index=rows.index,
    )


def _refuse(rows: pd.DataFrame, bad: pd.Series[bool], what: str) -> None:
    wrong = rows[bad]
    if wrong.empty:
        return
    first = wrong.iloc[0]
    raise ValueError(
        f"changes with {what}: {first['commitment_id']} of organisation "
        f"{first['organisation_id']}, from stage {first['stage_before']} to {first['stage_now']}"
    )


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    counts = [name for name in table.columns if name != "commitment_id"]
    return table.astype({"commitment_id": "str", **dict.fromkeys(counts, "Int64")})
