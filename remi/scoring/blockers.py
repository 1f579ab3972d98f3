"""What keeps a stage from being the next one: the fewest criteria whose being met reaches it.

No rule is written here a second time: sets of criteria are proposed, and the engine says which of
them reach the stage.
"""

from __future__ import annotations

from itertools import product

import numpy as np

from remi.scoring.arrays import Code, Codes, Outline
from remi.scoring.engine import score_states
from remi.scoring.indicators import PROVISIONAL
from schemas.framework import ScoringPolicy

Criteria = tuple[tuple[int, int], ...]
"""Criteria as (place of the indicator, stage number), in framework order."""


def raised(states: Codes, criteria: Criteria, shape: Outline) -> Codes:
    """One organisation's states [criterion] with these criteria met."""
    made = states.copy()
    for indicator, stage in criteria:
        made[indicator * shape.n_stages + stage - 1] = Code.MET
    return made


def blockers_of_indicator(states: Codes, indicator: int, shape: Outline) -> Criteria:
    """The one criterion that an indicator lacks for its next stage; none where nothing is left."""
    return _lacking(states, indicator, shape.n_stages, shape)[:1]


def blockers_of_commitment(
    states: Codes, commitment: int, shape: Outline, policy: ScoringPolicy
) -> Criteria:
    """The fewest criteria that must be met for a commitment to reach its next stage.

    `states` are one organisation's [criterion]. Meeting any fewer of the criteria does not reach
    it. Empty where there is no stage to count from, none above it, or nothing left that applies.
    Of several such sets the same answers always give the same one.
    """
    scored = score_states(states[None], shape, policy).commitments
    reached = int(scored.stage[commitment, 0])
    if scored.status[commitment, 0] < PROVISIONAL or reached == shape.n_stages:
        return ()
    proposed = _proposals(states, commitment, reached + 1, shape)
    tried = score_states(
        np.array([raised(states, criteria, shape) for criteria in proposed]), shape, policy
    ).commitments
    enough = tried.stage[commitment] > reached
    return next((p for p, good in zip(proposed, enough, strict=True) if good), ())


def _proposals(states: Codes, commitment: int, target: int, shape: Outline) -> list[Criteria]:
    """Sets that may reach the stage, those of the fewest criteria first.

    Every core indicator must get there. Of the others the rule asks a share: one more may get
    there, or one whose criteria end before that stage may complete them, so that it is no longer
    counted. Within each of these two kinds one is as good as another, so the cheapest are taken.
    """
    core: list[tuple[int, int]] = []
    arriving: list[Criteria] = []
    completing: list[Criteria] = []
    for indicator in np.flatnonzero(shape.commitment_of == commitment).tolist():
        lacking = _lacking(states, indicator, target, shape)
        if shape.core[indicator]:
            core += lacking
        elif lacking:
            applies_there = _applying(states, indicator, shape)[-1] >= target
            (arriving if applies_there else completing).append(lacking)
    arriving.sort(key=len)
    completing.sort(key=len)
    sets = [
        tuple(sorted((*core, *(c for some in (*arriving[:n], *completing[:m]) for c in some))))
        for n, m in product(range(len(arriving) + 1), range(len(completing) + 1))
    ]
    return sorted(sets, key=len)


def _applying(states: Codes, indicator: int, shape: Outline) -> list[int]:
    """The stages at which an indicator has a criterion that applies."""
    start = indicator * shape.n_stages
    without = (Code.NOT_APPLICABLE, Code.OUT_OF_SCOPE)
    return [s for s in range(1, shape.n_stages + 1) if states[start + s - 1] not in without]


def _lacking(states: Codes, indicator: int, up_to: int, shape: Outline) -> Criteria:
    """The criteria of an indicator up to a stage that apply and are not met."""
    start = indicator * shape.n_stages
    return tuple(
        (indicator, stage)
        for stage in _applying(states, indicator, shape)
        if stage <= up_to and states[start + stage - 1] != Code.MET
    )
