"""Rules that make a stage of the children's stages, for all nodes and organisations at once.

`stages` and `counted` are [child, ..., organisation] and weights [child, ..., 1]: any number of
nodes stands between. Only children with a weight above 0 count. Where no child counts, the result
has no meaning unless said. Shares are compared as whole numbers.
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
    weights: WholeNumbers,
    core: Bools,
    gates: Sequence[tuple[Ints, Bools]],
    top: int,
) -> Ints:
    """The stage.

    `ceilings` [child, ..., organisation] are the stages above which a child has nothing to reach;
    `core` is [child, ..., 1]; `gates` give stage and whether it counts for each gate's item.
    """
    others = rule.over == "core" and rule.others_share is not None
    needed = counted & core if rule.over == "core" else counted
    rest = counted & ~core if others else None
    stage = np.zeros(stages.shape[1:], dtype=stages.dtype)
    holds = np.ones(stages.shape[1:], dtype=bool)
    finished = (stages >= ceilings) if rule.exhausted == "set_aside" else None
    for number in range(1, top + 1):
        there = needed if finished is None else needed & ~(finished & (ceilings < number))
        at_stage = stages >= number
        # Where nothing is left to count nothing can show the stage, so it is not reached.
        holds &= there.any(axis=0) & _enough(at_stage, there, weights, rule.share_at(number))
        if rest is not None and rule.others_share is not None:
            there = rest if finished is None else rest & ~(finished & (ceilings < number))
            holds &= _enough(at_stage, there, weights, rule.others_share)
        for gate, (item, applies) in zip(rule.gates, gates, strict=True):
            if number >= gate.from_stage:
                holds &= ~applies | (item >= gate.floor_stage)
        stage += holds
    return stage


def _enough(reached: Bools, counted: Bools, weights: WholeNumbers, share: Fraction) -> Bools:
    """Whether the needed share of what counts has reached it; it has where nothing counts."""
    if share == 1:
        every: Bools = np.logical_and.reduce(reached | ~counted, axis=0)
        return every
    part, whole = weight_of(counted & reached, weights), weight_of(counted, weights)
    return ~below(part, whole, share)


def levels(
    rule: Levels,
    stages: Ints,
    counted: Bools,
    weights: WholeNumbers,
    of_level: Sequence[int],
    bars: Sequence[int],
    lower_bars: Sequence[int],
    top: int,
) -> tuple[Ints, Ints]:
    """The highest level reached, and the last level that can be: `top`, or the last that applies.

    `of_level`, `bars` and `lower_bars` are those of the children.
    """
    stage = np.zeros(stages.shape[1:], dtype=stages.dtype)
    last = np.zeros_like(stage)
    lower_hold = np.ones(stage.shape, dtype=bool)
    alike = rule.share == rule.lower_share and tuple(bars) == tuple(lower_bars)
    for level in range(1, top + 1):
        here = [place for place, own in enumerate(of_level) if own == level]
        if here:
            there = _of(counted, here)
            last[there.any(axis=0)] = level
            enough = _enough(_reach(stages, here, bars), there, _of(weights, here), rule.share)
            reached = lower_hold & enough
        else:
            reached = lower_hold.copy()
        if alike:
            # Reached as far as each so far is: the levels that are reached are the first ones.
            stage += reached
            lower_hold = reached
            continue
        stage[reached] = level
        if here:
            lower_hold &= _enough(
                _reach(stages, here, lower_bars), there, _of(weights, here), rule.lower_share
            )
    if rule.empty_level == "cap":
        return np.minimum(stage, last), last
    return stage, np.full_like(last, top)


def _of(rows: Numbers, here: Sequence[int]) -> Numbers:
    """Some rows; a view where it is only one."""
    return rows[here[0] : here[0] + 1] if len(here) == 1 else rows[list(here)]


def _reach(stages: Ints, here: Sequence[int], bars: Sequence[int]) -> Bools:
    rows = _of(stages, here)
    needed = {bars[place] for place in here}
    if len(needed) == 1:
        at_bar: Bools = rows >= needed.pop()
        return at_bar
    each = np.array([bars[place] for place in here], dtype=np.int64)
    reached: Bools = rows >= each.reshape(-1, *[1] * (rows.ndim - 1))
    return reached


def any_all(stages: Ints, counted: Bools, not_achieved: int, achieved: int) -> Ints:
    """0 where any child is at or below the first code, else 2 where all are at the second."""
    failed = (counted & (stages <= not_achieved)).any(axis=0)
    complete = (~counted | (stages >= achieved)).all(axis=0)
    return np.where(failed, 0, np.where(complete, 2, 1)).astype(stages.dtype)


def table(stages: Ints, counted: Bools, rows: Mapping[tuple[int, ...], int]) -> Ints:
    """The stage of each combination of inputs [input, ...]; that of row 0 where one is missing."""
    sizes = [max(row[place] for row in rows) + 1 for place in range(len(stages))]
    looked_up = np.zeros(sizes, dtype=stages.dtype)
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
