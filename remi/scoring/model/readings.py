"""What the states of the leaves stand for, in tables with one entry for each leaf and state.

There are three readings: as given, under the model's policies for what is not answered; and with
every unanswered leaf at its lowest or its highest answer, for the bounds. All tables are
[leaf, state], from `OUT_OF_SCOPE` on.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from remi.scoring.arrays import Bools, Floats
from remi.scoring.indicators import STATUSES
from remi.scoring.model.families import families, kept_per_plan
from remi.scoring.model.lookups import Lookup, lookup
from remi.scoring.model.plan import Plan
from remi.scoring.model.states import NOT_APPLICABLE, OUT_OF_SCOPE, UNANSWERED
from remi.scoring.whole_numbers import narrow_type
from schemas.maturity import Anchor, NodePolicy, Scale
from schemas.results import ResultStatus

Kind = Literal["given", "low", "high"]

VOID = -1
"""A stage that a missing answer takes away, here and in every node above."""

NOT_ASKED = -1
"""The status of a node that an organisation is never asked anything of."""

Answer = tuple[int, Fraction]
"""Code and value."""


@dataclass(frozen=True)
class Reading:
    """What each state of each leaf stands for."""

    kind: Kind
    stage: npt.NDArray[np.signedinteger[Any]]
    """The code; VOID where a missing answer takes the stage away."""
    stage_counts: Bools
    score: Floats
    exact_score: npt.NDArray[Any]
    """The same as `Fraction`s."""
    points: npt.NDArray[Any]
    """The same as whole numbers of `Families.points_of`; 0 where a leaf has none."""
    score_counts: Bools
    score_void: Bools
    bend: float = 1.0
    """The power that values are raised to, where other values are tried than the declared ones."""

    @cached_property
    def lookups(self) -> dict[str, Lookup]:
        """The tables by name, ready to be read."""
        names = ("stage", "stage_counts", "points", "score_counts", "score_void")
        return {name: lookup(getattr(self, name)) for name in names}

    @cached_property
    def voids_stages(self) -> bool:
        """Whether any missing answer takes a stage away."""
        return bool((self.stage == VOID).any())

    @cached_property
    def voids_scores(self) -> bool:
        """Whether any missing answer takes a score away."""
        return bool(self.score_void.any())

    def has_stages_of(self, other: Reading) -> bool:
        """Whether every state makes the same of the leaves' stages as in the other reading."""
        return np.array_equal(self.stage, other.stage) and np.array_equal(
            self.stage_counts, other.stage_counts
        )


@dataclass(frozen=True)
class LeafFlags:
    """What each state is counted as, for coverage and status."""

    asked: Bools
    not_applicable: Bools
    applicable: Bools
    """Asked, and counted: not applicable is, where a policy gives it a value."""
    answered: Bools
    status: npt.NDArray[np.int8]

    @cached_property
    def lookups(self) -> dict[str, Lookup]:
        """The tables by name, ready to be read."""
        names = ("asked", "not_applicable", "applicable", "answered", "status")
        return {name: lookup(getattr(self, name)) for name in names}


@kept_per_plan
def leaf_flags(plan: Plan) -> LeafFlags:
    """What the states count as."""
    state = np.arange(OUT_OF_SCOPE, OUT_OF_SCOPE + _width(plan))
    nodes = [plan.nodes[place] for place in plan.leaf_places]
    excluded = np.array([node.policy.not_applicable == "exclude" for node in nodes])
    refused = np.array([node.not_applicable_ceiling < 1 for node in nodes])
    asked = np.broadcast_to(state != OUT_OF_SCOPE, (len(excluded), len(state)))
    not_applicable = np.broadcast_to(state == NOT_APPLICABLE, asked.shape)
    applicable = asked & ~(not_applicable & excluded[:, None])
    answered = applicable & (state != UNANSWERED)
    status = np.select(
        [~asked, ~applicable, ~answered, not_applicable & refused[:, None]],
        [
            NOT_ASKED,
            STATUSES.index(ResultStatus.NOT_APPLICABLE),
            STATUSES.index(ResultStatus.NOT_ASSESSED),
            STATUSES.index(ResultStatus.NOT_ASSESSABLE),
        ],
        default=STATUSES.index(ResultStatus.FINAL),
    ).astype(np.int8)
    return LeafFlags(asked, not_applicable, applicable, answered, status)


@dataclass(frozen=True)
class Readings:
    """The three of one plan."""

    given: Reading
    low: Reading
    high: Reading


@kept_per_plan
def readings(plan: Plan) -> Readings:
    """All readings of a plan."""
    return Readings(reading(plan, "given"), reading(plan, "low"), reading(plan, "high"))


def reading(plan: Plan, kind: Kind) -> Reading:
    """What the states stand for in this reading."""
    shape = (len(plan.leaf_places), _width(plan))
    stage = np.zeros(shape, dtype=plan.stage_type)
    # Codes beyond a scale's own stand for themselves, so that scales of any length read alike.
    stage[:, -OUT_OF_SCOPE:] = np.arange(shape[1] + OUT_OF_SCOPE)
    exact = np.full(shape, Fraction(0), dtype=object)
    stage_counts, score_counts = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
    score_void = np.zeros(shape, dtype=bool)
    for column, (place, scale) in enumerate(zip(plan.leaf_places, plan.scales, strict=True)):
        policy = plan.nodes[place].policy
        answers: dict[int, Answer] = {k: (k, x.value) for k, x in enumerate(scale.labels)}
        if (instead := _instead(policy, scale)) is not None:
            answers[NOT_APPLICABLE] = instead
        if kind != "given":
            answers[UNANSWERED] = answers[0 if kind == "low" else scale.top]
        for state, (code, value) in answers.items():
            at = (column, state - OUT_OF_SCOPE)
            stage[at], exact[at] = code, value
            stage_counts[at] = score_counts[at] = True
        if kind == "given":
            at = (column, UNANSWERED - OUT_OF_SCOPE)
            stage_counts[at] = policy.unanswered_stage != "exclude"
            stage[at] = VOID if policy.unanswered_stage == "null" else 0
            score_counts[at] = policy.unanswered_score != "exclude"
            score_void[at] = policy.unanswered_score == "null"
            exact[at] = scale.labels[0].value
        # No answer of this scale has these codes: they count as its highest does.
        beyond = slice(scale.top + 1 - OUT_OF_SCOPE, None)
        stage_counts[column, beyond] = score_counts[column, beyond] = True
    return Reading(
        kind=kind,
        stage=stage,
        stage_counts=stage_counts,
        score=exact.astype(np.float64),
        exact_score=exact,
        points=_points(plan, exact),
        score_counts=score_counts,
        score_void=score_void,
    )


def _points(plan: Plan, exact: npt.NDArray[Any]) -> npt.NDArray[Any]:
    units = [families(plan).points_of.get(place, 0) for place in plan.leaf_places]
    numbers = [[int(value * unit) for value in row] for row, unit in zip(exact, units, strict=True)]
    return np.array(numbers, dtype=narrow_type(max(map(max, numbers))))


def _instead(policy: NodePolicy, scale: Scale) -> Answer | None:
    """What not applicable counts as; None where it is left out."""
    match policy.not_applicable:
        case "full":
            return scale.top, scale.labels[-1].value
        case "zero":
            return 0, scale.labels[0].value
        case Anchor(value=value):
            reached = [k for k, label in enumerate(scale.labels) if label.value <= value]
            return max(reached, default=0), value
        case _:
            return None


def _width(plan: Plan) -> int:
    return int(plan.tops.max()) + 1 - OUT_OF_SCOPE
