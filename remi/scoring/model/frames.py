"""Results as a tidy frame: one row for each organisation and node."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from remi.scoring.indicators import STATUSES
from remi.scoring.model.evaluate import ENGINE_VERSION, NO_STAGE, Results
from remi.scoring.model.plan import Plan
from remi.scoring.model.readings import NOT_ASKED

WORDS = np.array([status.value for status in STATUSES], dtype=object)


def to_frame(
    results: Results, plan: Plan, organisation_ids: Sequence[str], input_hash: str
) -> pd.DataFrame:
    """One row for each organisation and node that it is asked, in the order of both.

    Columns: organisation_id, node_id, depth (0 for the root), score, low, high, stage, status,
    coverage_answered and coverage_applicable (whole numbers in a unit of the node's own, of dtype
    object where 64 bits do not hold them), coverage (their share, for show only), model_version,
    engine_version and input_hash.
    Scores are as the model makes them, unrounded. What does not exist is missing.
    """
    n_nodes, n_organisations = results.status.shape
    if len(organisation_ids) != n_organisations:
        raise ValueError(f"{len(organisation_ids)} organisations, {n_organisations} results")
    asked = results.status.T.reshape(-1) != NOT_ASKED
    node = np.tile(np.arange(n_nodes), n_organisations)[asked]
    organisation = np.repeat(np.arange(n_organisations), n_nodes)[asked]
    node_ids = pd.Series([n.id for n in plan.nodes], dtype="str")
    ids = pd.Series(list(organisation_ids), dtype="str")
    stage = results.stage[node, organisation]
    answered = results.coverage_answered[node, organisation]
    applicable = results.coverage_applicable[node, organisation]
    share = np.full(len(node), np.nan)
    some = (applicable > 0).astype(bool)
    share[some] = (answered[some] / applicable[some]).astype(np.float64)
    frame = pd.DataFrame(
        {
            "organisation_id": ids.take(organisation).reset_index(drop=True),
            "node_id": node_ids.take(node).reset_index(drop=True),
            "depth": np.array([n.depth for n in plan.nodes], dtype=np.int64)[node],
            "score": _numbers(results.score[node, organisation]),
            "low": _numbers(results.low[node, organisation]),
            "high": _numbers(results.high[node, organisation]),
            "stage": pd.array(stage.astype(np.int64), dtype="Int64"),
            "status": pd.array(WORDS[results.status[node, organisation]], dtype="str"),
            "coverage_answered": answered,
            "coverage_applicable": applicable,
            "coverage": _numbers(share),
        }
    )
    frame["stage"] = frame["stage"].mask(stage == NO_STAGE)
    made_by = {
        "model_version": plan.model.name_and_version,
        "engine_version": ENGINE_VERSION,
        "input_hash": input_hash,
    }
    return frame.assign(**{k: pd.array([v] * len(frame), dtype="str") for k, v in made_by.items()})


def _numbers(values: np.ndarray) -> pd.api.extensions.ExtensionArray:
    """Numbers that may be missing."""
    return pd.arrays.FloatingArray(np.nan_to_num(values), np.isnan(values))
