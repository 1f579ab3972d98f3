"""A score of 0 to 100 beside the stage, with the bounds that the blanks leave open.

An indicator is worth its stage as a share of the number of stages, and a commitment the mean of
its applicable indicators with an answer. Everything is summed in whole stages and divided once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from remi.scoring.arrays import Bools, Floats, Ints, Outline
from remi.scoring.indicators import PROVISIONAL, Criteria, IndicatorStages, count, unbroken
from remi.scoring.stages import CommitmentStages
from remi.scoring.whole_numbers import below
from schemas.framework import MissingPolicy


@dataclass(frozen=True)
class Scores:
    """0 to 100 for each [commitment, organisation]; not a number where there is none."""

    score: Floats
    score_low: Floats
    """Indicators without any answer count 0, other blanks as not met."""
    score_high: Floats
    """Indicators without any answer count 1, other blanks as met."""


def scores(
    criteria: Criteria,
    indicators: IndicatorStages,
    commitments: CommitmentStages,
    shape: Outline,
    missing: MissingPolicy,
) -> Scores:
    """The score of every commitment of every organisation, with its bounds."""
    applicable = indicators.n_applicable > 0
    answered = indicators.n_answered > 0
    best = np.minimum(
        count(unbroken(criteria.met | criteria.not_applicable | criteria.blank)),
        indicators.last_applicable,
    )
    stages_reached = _total(np.where(answered, indicators.stage, 0), shape)
    stages_possible = _total(
        np.where(answered, best, np.where(applicable, shape.n_stages, 0)), shape
    )
    n_answered, n_applicable = _total(answered, shape), _total(applicable, shape)
    withheld = (commitments.status < PROVISIONAL) | below(
        commitments.n_answered, commitments.n_applicable, missing.score_withheld_below
    )
    return Scores(
        score=_percentage(stages_reached, np.where(withheld, 0, n_answered) * shape.n_stages),
        score_low=_percentage(stages_reached, n_applicable * shape.n_stages),
        score_high=_percentage(stages_possible, n_applicable * shape.n_stages),
    )


def _total(values: Bools | Ints, shape: Outline) -> Ints:
    return np.add.reduceat(values, shape.first_indicator, axis=0, dtype=np.int64)


def _percentage(part: Ints, whole: Ints) -> Floats:
    """100 * part / whole in one division; not a number where the whole is 0."""
    percentage = np.full(part.shape, np.nan)
    np.divide(100 * part, whole, out=percentage, where=whole > 0)
    return percentage
