"""Places in an order of organisations, never without the range in which each may lie.

A rank is made of a simulation alone, so that there is none without its range.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from remi.scoring.arrays import Floats
from remi.scoring.model.plan import Plan
from remi.scoring.model.states import States
from remi.scoring.model.uncertainty import CENSUS, INTERVAL, Simulation, interval

EQUAL = 1e-9
"""Unrounded scores that are no further apart are the same."""

WARNING = (
    "A difference between organisations whose ranges overlap means nothing: which of them comes "
    "first depends on the method."
)
"""To be printed beside every rank."""

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Ranking:
    """The ranks of those who have a score."""

    node_id: str
    frame: pd.DataFrame
    """`organisation_id`, `rank`, `rank_low`, `rank_high`, `score`, `score_low`, `score_high`, by
    rank. Equal scores share a rank and leave the next free (1, 2, 2, 4). Low and high are P5 and
    P95 of the draws, of ranks as the whole numbers around them."""
    unranked: tuple[str, ...]
    """Organisations without a score."""
    n_pairs: int
    n_settled: int
    """Pairs that no weighting can reverse: of the questions that both answered, one is at least as
    high on all and higher on one. Divide by `n_pairs` only for show."""
    statement: str = CENSUS
    warning: str = WARNING


def ranking(
    simulation: Simulation, plan: Plan, states: States, organisation_ids: Sequence[str]
) -> Ranking:
    """Rank the organisations by the simulated node, the highest score first.

    `states` [organisation, leaf] are those that were simulated.
    """
    known = np.flatnonzero(~np.isnan(simulation.nominal)).tolist()
    nominal, draws = simulation.nominal[known], simulation.draws[:, known]
    drawn = np.stack([_ranks(row) for row in draws])
    # A rank is a whole number: the range reaches out to the ones around its quantiles.
    low, high = np.quantile(drawn, INTERVAL, axis=0, method="linear")
    rank, (score_low, score_high) = drawn[0], interval(nominal, draws)
    frame = pd.DataFrame(
        {
            "organisation_id": pd.Series([organisation_ids[row] for row in known], dtype="str"),
            "rank": rank,
            "rank_low": np.minimum(np.floor(low).astype(np.int64), rank),
            "rank_high": np.maximum(np.ceil(high).astype(np.int64), rank),
            "score": nominal,
            "score_low": score_low,
            "score_high": score_high,
        }
    )
    columns = plan.node(simulation.node_id).columns
    return Ranking(
        node_id=simulation.node_id,
        frame=frame.sort_values(["rank", "organisation_id"], ignore_index=True),
        unranked=tuple(
            one
            for one, score in zip(organisation_ids, simulation.nominal, strict=True)
            if np.isnan(score)
        ),
        n_pairs=len(known) * (len(known) - 1) // 2,
        n_settled=_settled_pairs(states[known][:, columns]),
    )


def _ranks(scores: Floats) -> Ints:
    """1 for the highest; each rank is 1 and the number of scores that are higher."""
    in_order = np.sort(scores)
    higher = len(scores) - np.searchsorted(in_order, scores + EQUAL, side="right")
    return higher.astype(np.int64) + 1


def _settled_pairs(states: States) -> int:
    """Pairs of rows of which one is nowhere lower, and somewhere higher, where both have a code."""
    answered = states >= 0
    found = 0
    for row in range(len(states) - 1):
        both = answered[row] & answered[row + 1 :]
        higher = (both & (states[row] > states[row + 1 :])).any(axis=1)
        lower = (both & (states[row] < states[row + 1 :])).any(axis=1)
        found += int((higher != lower).sum())
    return found
