"""What the states of the leaves stand for, in tables with one entry for each leaf and state.

There are three readings: as given, under the model's policies for what is not answered; and with
every unanswered leaf at its lowest or its highest answer, for the bounds.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from remi.scoring.arrays import Bools, Floats
from remi.scoring.indicators import STATUSES
from remi.scoring.model.plan import Plan
from remi.scoring.model.states import NOT_APPLICABLE, OUT_OF_SCOPE, UNANSWERED, States
from schemas.maturity import Anchor, NodePolicy, Scale
from schemas.results import ResultStatus

Kind = Literal["given", "low", "high"]

VOID = -1
"""A stage that a missing answer takes away, here and in every node above."""

NOT_ASKED = -1
"""The status of a node that an organisation is never asked anything of."""

Places = npt.NDArray[np.intp]
Answer = tuple[int, Fraction]
"""Code and value."""


@dataclass(frozen=True)
class Reading:
    """Flat tables, for `take` with the places that `places_in_tables` gives."""

    kind: Kind
    stage: npt.NDArray[np.int16]
    """The code; VOID where a missing answer takes the stage away."""
    stage_counts: Bools
    score: Floats
    exact_score: npt.NDArray[Any]
    """The same as `Fraction`s."""
    score_counts: Bools
    score_void: Bools
    bend: float = 1.0
    """The power that values are raised to, where other values are tried than the declared ones."""


@dataclass(frozen=True)
class LeafFlags:
    """Flat tables of what each state is counted as, for coverage and status."""

    asked: Bools
    not_applicable: Bools
    applicable: Bools
    """Asked, and counted: not applicable is, where a policy gives it a value."""
    answered: Bools
    status: npt.NDArray[np.int8]


def places_in_tables(states: States, plan: Plan) -> Places:
    """Where each state stands in the flat tables: [leaf, organisation]."""
    width = _width(plan)
    starts = np.arange(states.shape[1], dtype=np.intp)[:, None] * width
    return np.ascontiguousarray(states.T).astype(np.intp) + (starts - OUT_OF_SCOPE)


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
    return LeafFlags(
        asked=asked.reshape(-1),
        not_applicable=not_applicable.reshape(-1),
        applicable=applicable.reshape(-1),
        answered=answered.reshape(-1),
        status=status.reshape(-1),
    )


def reading(plan: Plan, kind: Kind) -> Reading:
    """What the states stand for in this reading."""
    shape = (_size(plan), _width(plan))
    stage = np.zeros(shape, dtype=np.int16)
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
    return Reading(
        kind=kind,
        stage=stage.reshape(-1),
        stage_counts=stage_counts.reshape(-1),
        score=exact.astype(np.float64).reshape(-1),
        exact_score=exact.reshape(-1),
        score_counts=score_counts.reshape(-1),
        score_void=score_void.reshape(-1),
    )


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


def _size(plan: Plan) -> int:
    return len(plan.leaf_places)


def _width(plan: Plan) -> int:
    return int(plan.tops.max()) + 1 - OUT_OF_SCOPE
