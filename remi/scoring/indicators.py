"""The rule for one indicator: from the states of its criteria to its stage.

Arrays here are [indicator, stage, organisation] and [indicator, organisation]: organisations
last, so that every step runs over all of them at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from remi.scoring.arrays import Bools, Code, Codes, Ints
from remi.scoring.whole_numbers import below
from schemas.results import ResultStatus

STATUSES = (
    ResultStatus.NOT_ASSESSED,
    ResultStatus.NOT_APPLICABLE,
    ResultStatus.NOT_ASSESSABLE,
    ResultStatus.PROVISIONAL,
    ResultStatus.FINAL,
)
"""In order of precedence, the one that says least first. Arrays hold places in this tuple."""

PROVISIONAL = STATUSES.index(ResultStatus.PROVISIONAL)
"""From here on there is a stage."""


@dataclass(frozen=True)
class Criteria:
    """What the criteria say, each [indicator, stage, organisation] unless said."""

    asked: Bools
    """[indicator, organisation]."""
    met: Bools
    not_applicable: Bools
    applicable: Bools
    answered: Bools
    """Applicable and answered; a criterion where answering could stop counts as answered."""
    blank: Bools


@dataclass(frozen=True)
class IndicatorStages:
    """One value for each [indicator, organisation]; without meaning where not `asked`."""

    asked: Bools
    status: Codes
    """Place in `STATUSES`; `stage` and `floor_stage` have no meaning before `PROVISIONAL`."""
    stage: Ints
    floor_stage: Ints
    last_applicable: Ints
    """Highest stage with an applicable criterion; 0 where there is none."""
    exhausted: Bools
    """No applicable criterion is left to meet."""
    claims_ahead: Ints
    n_applicable: Ints
    n_answered: Ints


def read_states(states: Codes) -> Criteria:
    """Take [indicator, stage, organisation] codes apart."""
    asked = states[:, 0] != Code.OUT_OF_SCOPE
    not_applicable = states == Code.NOT_APPLICABLE
    applicable = asked[:, None] & ~not_applicable
    blank = states == Code.UNANSWERED
    return Criteria(
        asked=asked,
        met=states == Code.MET,
        not_applicable=not_applicable,
        applicable=applicable,
        answered=applicable & ~blank,
        blank=blank,
    )


def unbroken(holds: Bools) -> Bools:
    """Whether all criteria up to and including each stage hold; axis 1 is the stage."""
    so_far: Bools = np.logical_and.accumulate(holds, axis=1)
    return so_far


def count(flags: Bools) -> Ints:
    """How many of axis 1 are true."""
    number: Ints = flags.sum(axis=1, dtype=np.int16)
    return number


def indicator_stages(criteria: Criteria, provisional_below: Fraction) -> IndicatorStages:
    """The stage of every indicator of every organisation.

    The stage is the highest s such that every applicable criterion of stages 1 to s is met, and
    never above the last applicable one. The floor counts not applicable as not met.
    """
    n_stages = criteria.met.shape[1]
    numbers = np.arange(1, n_stages + 1, dtype=np.int16)[None, :, None]
    last = (criteria.applicable * numbers).max(axis=1)
    holding = unbroken(criteria.met | criteria.not_applicable)
    stage = np.minimum(count(holding), last)
    n_applicable, n_answered = count(criteria.applicable), count(criteria.answered)

    # The first criterion that does not hold decides the stage: left blank, the stage may be higher.
    following = np.minimum(stage, n_stages - 1)[:, None]
    next_blank = np.take_along_axis(criteria.blank, following, axis=1)[:, 0]
    thin = below(n_answered, n_applicable, provisional_below) | (
        next_blank & (provisional_below > 0)
    )
    status = np.select(
        [n_applicable == 0, n_answered == 0, thin],
        [STATUSES.index(ResultStatus.NOT_APPLICABLE), 0, PROVISIONAL],
        default=STATUSES.index(ResultStatus.FINAL),
    )
    return IndicatorStages(
        asked=criteria.asked,
        status=status.astype(np.int8),
        stage=stage,
        floor_stage=count(unbroken(criteria.met)),
        last_applicable=last,
        exhausted=holding[:, -1],
        claims_ahead=count(criteria.met & ~holding),
        n_applicable=n_applicable,
        n_answered=n_answered,
    )
