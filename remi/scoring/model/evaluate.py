"""Answers in; scores with bounds, stages, statuses and coverage of every node out."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from remi.scoring.arrays import Floats
from remi.scoring.indicators import PROVISIONAL
from remi.scoring.model.coverage import coverage
from remi.scoring.model.plan import Plan
from remi.scoring.model.readings import (
    NOT_ASKED,
    LeafFlags,
    Places,
    Reading,
    leaf_flags,
    places_in_tables,
    reading,
)
from remi.scoring.model.score_operators import weight_of
from remi.scoring.model.states import States, check_states
from remi.scoring.model.statuses import statuses, withheld
from remi.scoring.model.tree import values
from remi.scoring.whole_numbers import WholeNumbers
from schemas.maturity import Bands, Staged

ENGINE_VERSION = "1.2"
"""Raised whenever the same answers to the same model could give another result."""

CHUNK = 4096
"""Organisations taken at a time: enough to keep the loop cheap, few enough to stay in cache."""

NO_STAGE = -1


@dataclass(frozen=True)
class Results:
    """One value for each [node, organisation], nodes in the order of `Plan.nodes`.

    A leaf's stage is the code of its answer and its score that answer's value.
    """

    score: Floats
    """Not a number where there is none or it is withheld."""
    low: Floats
    """With every unanswered leaf at its lowest answer; not a number where nothing applies."""
    high: Floats
    """With every unanswered leaf at its highest answer."""
    stage: npt.NDArray[np.int16]
    """-1 where there is none."""
    status: npt.NDArray[np.int8]
    """Place in `remi.scoring.indicators.STATUSES`; `NOT_ASKED` (-1) where never asked."""
    coverage_answered: WholeNumbers
    """Weight of the leaves with an answer, in the node's own unit; of `coverage_applicable`."""
    coverage_applicable: WholeNumbers


def evaluate(states: States, plan: Plan) -> Results:
    """Evaluate states [organisation, leaf] in the order of `plan.leaf_ids`, some at a time.

    Raises ValueError, naming row and leaf, for a code that is not on the leaf's scale.
    """
    check_states(states, plan.tops, plan.may_not_apply, plan.leaf_ids)
    shape = (len(plan.nodes), len(states))
    results = Results(
        score=np.empty(shape),
        low=np.empty(shape),
        high=np.empty(shape),
        stage=np.empty(shape, dtype=np.int16),
        status=np.empty(shape, dtype=np.int8),
        coverage_answered=np.empty(shape, dtype=plan.coverage_type),
        coverage_applicable=np.empty(shape, dtype=plan.coverage_type),
    )
    flags = leaf_flags(plan)
    given, low, high = reading(plan, "given"), reading(plan, "low"), reading(plan, "high")
    for start in range(0, len(states), CHUNK):
        chunk = states[start : start + CHUNK]
        found = _chunk(places_in_tables(chunk, plan), plan, flags, given, low, high)
        for field in fields(Results):
            getattr(results, field.name)[:, start : start + CHUNK] = getattr(found, field.name)
    return results


def share_at_stage(results: Results, plan: Plan, node_id: str) -> tuple[WholeNumbers, WholeNumbers]:
    """How much of the children's weight is at each stage.

    Gives [stage, organisation] from stage 0 on, and [organisation]: the weight of all children
    that have a stage. Divide only for show.
    """
    node = plan.node(node_id)
    top = max((plan.nodes[child].top_stage or 0 for child in node.children), default=0)
    stages = results.stage[list(node.children)]
    at = np.stack([weight_of(stages == stage, node.weights) for stage in range(top + 1)])
    return at, at.sum(axis=0)


def _chunk(
    places: Places, plan: Plan, flags: LeafFlags, given: Reading, low: Reading, high: Reading
) -> Results:
    covered = coverage(plan, flags, places)
    answered = covered.answered > 0
    as_given = values(plan, given, places, answered)
    at_worst = values(plan, low, places, answered)
    at_best = values(plan, high, places, answered)
    status = statuses(plan, flags, places, covered, as_given, at_worst)
    too_little = withheld(plan, covered) | (status < PROVISIONAL)
    has_score = np.array([node.is_leaf or node.score is not None for node in plan.nodes])[:, None]
    has_stage = np.array([node.top_stage is not None for node in plan.nodes])[:, None]
    from_score = np.array([isinstance(node.stage, Bands) for node in plan.nodes])[:, None]
    scored = has_score & as_given.score_counts & ~as_given.score_void
    bounded = has_score & at_worst.score_counts
    staged = has_stage & as_given.stage_counts & (status >= PROVISIONAL)
    # Left out, an unanswered leaf must not put the score outside what its answer could make of it.
    low_score = np.where(scored, np.minimum(at_worst.score, as_given.score), at_worst.score)
    high_score = np.where(scored, np.maximum(at_best.score, as_given.score), at_best.score)
    # A stage that is read from a score would tell a score that is withheld.
    published = staged & ~(from_score & too_little)
    stage = np.where(published, as_given.stage, np.int16(NO_STAGE))
    _only_with_every_child(plan, stage, status)
    return Results(
        score=np.where(scored & ~too_little, as_given.score, np.nan),
        low=np.where(bounded, low_score, np.nan),
        high=np.where(bounded, high_score, np.nan),
        stage=stage,
        status=status,
        coverage_answered=covered.answered,
        coverage_applicable=covered.applicable,
    )


def _only_with_every_child(
    plan: Plan, stage: npt.NDArray[np.int16], status: npt.NDArray[np.int8]
) -> None:
    """Take the stage from nodes that need every child's, where an asked child has none."""
    for node in reversed(plan.nodes):
        if isinstance(node.stage, Staged) and node.stage.needs_every_child:
            children = [node.children[n] for n in node.counting]
            without = (stage[children] == NO_STAGE) & (status[children] != NOT_ASKED)
            stage[node.place, without.any(axis=0)] = NO_STAGE
