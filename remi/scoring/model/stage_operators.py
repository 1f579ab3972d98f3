"""Rules that make a stage of the children's stages, for all organisations at once.

`stages` and `counted` are [child, organisation], whole numbers; only children with a weight above
0 come here. Where no child counts, the result has no meaning unless said. Shares are compared as
whole numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np

from remi.scoring.arrays import Bools, Ints
from remi.scoring.model.score_operators import Numbers, weight_of
from remi.scoring.whole_numbers import WholeNumbers, below
from schemas.maturity import Levels, Staged


def staged(
    rule: Staged,
    stages: Ints,
    counted: Bools,
    ceilings: Ints,
    weights: Sequence[int],
    core: Bools,
    gates: Sequence[tuple[Ints, Bools]],
    top: int,
) -> tuple[Ints, Bools]:
    """The stage, and whether anything counted that could hold it.

    `ceilings` [child, organisation] are the stages above which a child has nothing to reach;
    `core` is [child]; `gates` give stage and whether it counts for each gate's item.
    """
    all_count = np.ones(len(weights), dtype=bool)
    needed = core if rule.over == "core" else all_count
    stage = np.zeros(stages.shape[1], dtype=np.int16)
    holds = np.ones(stages.shape[1], dtype=bool)
    finished = (stages >= ceilings) if rule.exhausted == "set_aside" else None
    for number in range(1, top + 1):
        there = counted if finished is None else counted & ~(finished & (ceilings < number))
        at_stage = there & (stages >= number)
        part, whole = _shares(at_stage, there, weights, needed)
        # Where nothing is left to count nothing can show the stage, so it is not reached.
        holds = holds & (whole > 0) & ~below(part, whole, rule.share_at(number))
        if rule.over == "core" and rule.others_share is not None:
            part, whole = _shares(at_stage, there, weights, ~needed)
            holds = holds & ~below(part, whole, rule.others_share)
        for gate, (item, applies) in zip(rule.gates, gates, strict=True):
            if number >= gate.from_stage:
                holds = holds & (~applies | (item >= gate.floor_stage))
        stage += holds
    return stage, np.logical_or.reduce(counted[needed], axis=0)


def _shares(
    at_stage: Bools, counted: Bools, weights: Sequence[int], of: Bools
) -> tuple[WholeNumbers, WholeNumbers]:
    chosen = [weight for weight, wanted in zip(weights, of, strict=True) if wanted]
    return weight_of(at_stage[of], chosen), weight_of(counted[of], chosen)


def levels(
    rule: Levels,
    stages: Ints,
    counted: Bools,
    weights: Sequence[int],
    of_level: Sequence[int],
    bars: Sequence[int],
    lower_bars: Sequence[int],
    top: int,
) -> tuple[Ints, Ints]:
    """The highest level reached, and the last level that can be: `top`, or the last that applies.

    `of_level`, `bars` and `lower_bars` are those of the children.
    """
    n_organisations = stages.shape[1]
    stage = np.zeros(n_organisations, dtype=np.int16)
    last = np.zeros(n_organisations, dtype=np.int16)
    lower_hold = np.ones(n_organisations, dtype=bool)
    for level in range(1, top + 1):
        here = [place for place, own in enumerate(of_level) if own == level]
        weighing = [weights[place] for place in here]
        there = counted[here]
        whole = weight_of(there, weighing)
        last = np.where(whole > 0, np.int16(level), last)
        part = weight_of(there & _reach(stages, here, bars), weighing)
        reached = lower_hold & ~below(part, whole, rule.share)
        stage = np.where(reached, np.int16(level), stage)
        part = weight_of(there & _reach(stages, here, lower_bars), weighing)
        lower_hold = lower_hold & ~below(part, whole, rule.lower_share)
    if rule.empty_level == "cap":
        return np.minimum(stage, last), last
    return stage, np.full_like(last, top)


def _reach(stages: Ints, here: Sequence[int], bars: Sequence[int]) -> Bools:
    needed = np.array([bars[place] for place in here], dtype=np.int16)
    reached: Bools = stages[here] >= needed[:, None]
    return reached


def any_all(stages: Ints, counted: Bools, not_achieved: int, achieved: int) -> Ints:
    """0 where any child is at or below the first code, else 2 where all are at the second."""
    failed = (counted & (stages <= not_achieved)).any(axis=0)
    complete = (~counted | (stages >= achieved)).all(axis=0)
    return np.where(failed, 0, np.where(complete, 2, 1)).astype(np.int16)


def table(stages: Ints, counted: Bools, rows: Mapping[tuple[int, ...], int]) -> Ints:
    """The stage of each combination of inputs [input, organisation]; 0 where one is missing."""
    sizes = [max(row[place] for row in rows) + 1 for place in range(len(stages))]
    looked_up = np.zeros(sizes, dtype=np.int16)
    for row, stage in rows.items():
        looked_up[row] = stage
    found: Ints = looked_up[tuple(np.where(counted, stages, 0))]
    return found


def bands(scores: Numbers, cuts: Sequence[Fraction]) -> Ints:
    """How many cuts each score is at or above; exact where scores are `Fraction`s."""
    exact = scores.dtype == object
    stage = np.zeros(scores.shape, dtype=np.int16)
    for cut in cuts:
        stage += (scores >= (cut if exact else float(cut))).astype(bool)
    return stage
