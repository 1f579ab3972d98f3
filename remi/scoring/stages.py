"""The rule for a commitment: from its indicators' stages to its stage, position and floor.

Arrays are [commitment, organisation], or [commitment, stage, organisation] for counts by stage.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from remi.scoring.arrays import Bools, Codes, Ints, Outline
from remi.scoring.indicators import (
    PROVISIONAL,
    STATUSES,
    Criteria,
    IndicatorStages,
)
from remi.scoring.whole_numbers import below
from schemas.framework import Attainment, ScoringPolicy
from schemas.results import ResultStatus


@dataclass(frozen=True)
class CommitmentStages:
    """One value for each [commitment, organisation]; without meaning where not `asked`."""

    asked: Bools
    status: Codes
    """Place in `STATUSES`; stage and position have no meaning before `PROVISIONAL`."""
    stage: Ints
    met_next: Ints
    total_next: Ints
    has_floor: Bools
    floor_stage: Ints
    floor_met_next: Ints
    floor_total_next: Ints
    claims_ahead: Ints
    n_applicable: Ints
    n_answered: Ints
    n_applicable_next: Ints
    n_answered_next: Ints
    n_not_applicable: Ints


def commitment_stages(
    criteria: Criteria, indicators: IndicatorStages, shape: Outline, policy: ScoringPolicy
) -> CommitmentStages:
    """The stage of every commitment of every organisation, with position, floor and status."""
    core = shape.core[:, None]
    core_applicable = core & (indicators.last_applicable > 0)
    stage = np.minimum(
        _held_by_core(indicators, core_applicable, shape),
        _held_by_others(
            indicators.stage,
            ~core & (indicators.last_applicable > 0),
            np.where(indicators.exhausted, indicators.last_applicable, shape.n_stages),
            shape,
            policy.attainment,
        ),
    )
    floor_stage = np.minimum(
        _lowest(indicators.floor_stage, core & criteria.asked, shape),
        _held_by_others(
            indicators.floor_stage,
            ~core & criteria.asked,
            np.full_like(indicators.floor_stage, shape.n_stages),
            shape,
            policy.attainment,
        ),
    )
    core_met = _total(criteria.met & core[:, None], shape)
    applicable = _total(criteria.applicable, shape)
    answered = _total(criteria.answered, shape)
    not_applicable = _total(criteria.not_applicable, shape)
    n_asked = _total(criteria.asked, shape)
    core_asked = np.broadcast_to(_total(core & criteria.asked, shape)[:, None], core_met.shape)

    n_applicable, n_answered = applicable.sum(axis=1), answered.sum(axis=1)
    n_applicable_next, n_answered_next = _above(applicable, stage), _above(answered, stage)
    ceiling = policy.not_applicable.ceiling
    too_much = below(n_asked[:, None] - not_applicable, n_asked[:, None], 1 - ceiling).any(axis=1)
    thin = below(n_answered, n_applicable, policy.missing.provisional_below) | below(
        n_answered_next, n_applicable_next, policy.missing.provisional_below
    )
    status = np.select(
        [
            n_applicable == 0,
            n_answered == 0,
            too_much | ~_any(core_applicable, shape),
            thin,
        ],
        [
            STATUSES.index(ResultStatus.NOT_APPLICABLE),
            STATUSES.index(ResultStatus.NOT_ASSESSED),
            STATUSES.index(ResultStatus.NOT_ASSESSABLE),
            PROVISIONAL,
        ],
        default=STATUSES.index(ResultStatus.FINAL),
    ).astype(np.int8)
    # Nothing counts as "next" where there is no stage to count from.
    staged = status >= PROVISIONAL
    return CommitmentStages(
        asked=n_asked > 0,
        status=status,
        stage=stage,
        met_next=_above(core_met, stage),
        total_next=_above(_total(criteria.applicable & core[:, None], shape), stage),
        has_floor=(n_answered > 0) & _any(core & criteria.asked, shape),
        floor_stage=floor_stage,
        floor_met_next=_above(core_met, floor_stage),
        floor_total_next=_above(core_asked, floor_stage),
        claims_ahead=_total(indicators.claims_ahead, shape),
        n_applicable=n_applicable,
        n_answered=n_answered,
        n_applicable_next=np.where(staged, n_applicable_next, 0),
        n_answered_next=np.where(staged, n_answered_next, 0),
        n_not_applicable=not_applicable.sum(axis=1),
    )


def _held_by_core(indicators: IndicatorStages, core: Bools, shape: Outline) -> Ints:
    """The lowest core stage. An exhausted indicator holds nobody back above its last criterion."""
    lowest = _lowest(indicators.stage, core & ~indicators.exhausted, shape)
    furthest = np.maximum.reduceat(
        np.where(core, indicators.last_applicable, 0), shape.first_indicator, axis=0
    )
    all_exhausted = ~_any(core & ~indicators.exhausted, shape)
    return np.where(all_exhausted, furthest, lowest)


def _held_by_others(
    stage: Ints, others: Bools, counts_up_to: Ints, shape: Outline, attainment: Attainment
) -> Ints:
    """The highest stage that the needed share of other indicators has reached.

    All arrays [indicator, organisation]. `counts_up_to` is the last stage at which an indicator
    is counted at all. Where no other indicator is counted, none holds the commitment back.
    """
    commitments = (len(shape.commitment_ids), stage.shape[1])
    if attainment.rule == "all_core":
        return np.full(commitments, shape.n_stages, dtype=np.int16)
    highest = np.zeros(commitments, dtype=np.int16)
    for number in range(1, shape.n_stages + 1):
        counted = others & (counts_up_to >= number)
        reached = _total(counted & (stage >= number), shape)
        # The share never rises from stage to stage, so the stages that have it are the first ones.
        highest += ~below(reached, _total(counted, shape), attainment.share_of_others)
    return highest


def _lowest(stage: Ints, counted: Bools, shape: Outline) -> Ints:
    """The lowest stage among the counted indicators; the last stage where none is counted."""
    return np.minimum.reduceat(
        np.where(counted, stage, shape.n_stages), shape.first_indicator, axis=0
    )


def _any(flags: Bools, shape: Outline) -> Bools:
    """Whether any indicator of a commitment is flagged."""
    return np.logical_or.reduceat(flags, shape.first_indicator, axis=0)


def _total(values: Bools | Ints, shape: Outline) -> Ints:
    """The sum over the indicators of each commitment, which are axis 0."""
    return np.add.reduceat(values, shape.first_indicator, axis=0, dtype=np.int16)


def _above(counts: Ints, stage: Ints) -> Ints:
    """The counts of the stage above `stage`; 0 where nothing is above."""
    n_stages = counts.shape[1]
    place = np.minimum(stage, n_stages - 1)[:, None]
    return np.where(stage < n_stages, np.take_along_axis(counts, place, axis=1)[:, 0], 0)
