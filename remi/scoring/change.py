"""What moved between two cycles, among organisations that have a final stage in both."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

import numpy as np
import pandas as pd

from remi.scoring.engine import ScoredCycle
from schemas.results import MATURITY_CHANGE, ResultStatus


def maturity_change(
    now: ScoredCycle, before: ScoredCycle, reviewed: AbstractSet[tuple[str, str]]
) -> pd.DataFrame:
    """Change of stage by commitment and by indicator, in the columns of `maturity_change`.

    Only what has a final stage in both cycles is there: a matched panel. A provisional stage rests
    on blanks, so that a move from or to it would be a blank that was read as an answer. `reviewed`
    names the
    (organisation_id, commitment_id) whose present stage a reviewer accepted; any other change is
    what the organisation declares and is not confirmed. Where the two cycles were assessed
    against different framework versions the series is broken.
    """
    changes = pd.concat(
        [
            _changes(now.commitment_stages, before.commitment_stages, "commitment"),
            _changes(now.indicator_stages, before.indicator_stages, "indicator"),
        ],
        ignore_index=True,
    )
    pairs = zip(changes["organisation_id"], changes["commitment_id"], strict=True)
    changes["confirmed"] = np.array([pair in reviewed for pair in pairs], dtype=bool)
    return changes[list(MATURITY_CHANGE.columns)]


def _changes(now: pd.DataFrame, before: pd.DataFrame, level: str) -> pd.DataFrame:
    keys = ["organisation_id", "commitment_id"] + ["indicator_id"] * (level == "indicator")
    columns = ["cycle", *keys, "stage", "framework_version"]
    panel = (
        now.loc[_final(now), columns]
        .rename(columns={"stage": "stage_now"})
        .merge(
            before.loc[_final(before), columns].rename(
                columns={"cycle": "previous_cycle", "stage": "stage_before"}
            ),
            on=keys,
            how="inner",
            suffixes=("", "_before"),
            validate="one_to_one",
        )
    )
    if level == "commitment":
        panel["indicator_id"] = pd.array([None] * len(panel), dtype="str")
    panel["level"] = pd.array([level] * len(panel), dtype="str")
    panel["stage_now"] = panel["stage_now"].astype("int64")
    panel["stage_before"] = panel["stage_before"].astype("int64")
    panel["change"] = panel["stage_now"] - panel["stage_before"]
    words = np.array(["down", "same", "up"], dtype=object)
    direction = words[np.sign(panel["change"].to_numpy()) + 1]
    panel["direction"] = pd.array(direction, dtype="str")
    panel["break_in_series"] = panel["framework_version"] != panel["framework_version_before"]
    return panel


def _final(stages: pd.DataFrame) -> pd.Series[bool]:
    return stages["stage"].notna() & (stages["status"] == ResultStatus.FINAL)
