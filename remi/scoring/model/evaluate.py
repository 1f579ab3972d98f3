"""Answers in; scores with bounds, stages, statuses and coverage of every node out."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from remi.scoring.arrays import Bools, Floats
from remi.scoring.indicators import PROVISIONAL
from remi.scoring.model.coverage import Coverage, coverage
from remi.scoring.model.families import Family, families, kept_per_plan, together
from remi.scoring.model.plan import Plan, PlanNode
from remi.scoring.model.readings import NOT_ASKED, leaf_flags, readings
from remi.scoring.model.score_operators import weight_of
from remi.scoring.model.states import OUT_OF_SCOPE, States, check_states
from remi.scoring.model.statuses import Statuses, statuses, withheld
from remi.scoring.model.tree import Values, values
from remi.scoring.whole_numbers import WholeNumbers, whole_type
from schemas.maturity import Bands, Staged

ENGINE_VERSION = "1.3"
"""Raised whenever the same answers to the same model could give another result."""

CHUNK = 2048
"""Organisations taken at a time: enough to keep the loop cheap, few enough to stay in cache."""

NO_STAGE = -1


@dataclass(frozen=True)
class NodeResults:
    """One value for each [node, organisation]."""

    score: Floats
    low: Floats
    high: Floats
    stage: npt.NDArray[np.int16]
    status: npt.NDArray[np.int8]
    coverage_answered: WholeNumbers
    coverage_applicable: WholeNumbers


@dataclass(frozen=True)
class Results:
    """One value for each [node, organisation], nodes in the order of `Plan.nodes`.

    A leaf's stage is the code of its answer and its score that answer's value. What an answer
    stands for need not be kept for each organisation: leaves are read from the answers when they
    are asked for, so that results of many organisations stay small until then.
    """

    plan: Plan
    states: States
    """[leaf, organisation]."""
    inner: NodeResults
    """Of the nodes that have children, in the order of `families.inner`."""

    @cached_property
    def score(self) -> Floats:
        """Not a number where there is none or it is withheld."""
        return self._whole("score")

    @cached_property
    def low(self) -> Floats:
        """With every unanswered leaf at its lowest answer; not a number where nothing applies."""
        return self._whole("low")

    @cached_property
    def high(self) -> Floats:
        """With every unanswered leaf at its highest answer."""
        return self._whole("high")

    @cached_property
    def stage(self) -> npt.NDArray[np.int16]:
        """-1 where there is none."""
        return self._whole("stage")

    @cached_property
    def status(self) -> npt.NDArray[np.int8]:
        """Place in `remi.scoring.indicators.STATUSES`; `NOT_ASKED` (-1) where never asked."""
        return self._whole("status")

    @cached_property
    def coverage_answered(self) -> WholeNumbers:
        """Weight of the leaves with an answer, in the node's own unit."""
        return self._whole("coverage_answered")

    @cached_property
    def coverage_applicable(self) -> WholeNumbers:
        """Weight of the leaves that apply, in the same unit."""
        return self._whole("coverage_applicable")

    def _whole(self, name: str) -> npt.NDArray[Any]:
        inner, table = getattr(self.inner, name), getattr(_leaf_results(self.plan), name)
        whole = np.empty((len(self.plan.nodes), self.states.shape[1]), dtype=inner.dtype)
        whole[families(self.plan).inner] = inner
        for place, row, states in zip(self.plan.leaf_places, table, self.states, strict=True):
            whole[place] = row.take(states.astype(np.intp) - OUT_OF_SCOPE)
        return whole


def evaluate(states: States, plan: Plan) -> Results:
    """Evaluate states [organisation, leaf] in the order of `plan.leaf_ids`, some at a time.

    Raises ValueError, naming row and leaf, for a code that is not on the leaf's scale.
    """
    check_states(states, plan.tops, plan.may_not_apply, plan.leaf_ids)
    shape = (len(families(plan).inner), len(states))
    inner = NodeResults(
        score=np.empty(shape),
        low=np.empty(shape),
        high=np.empty(shape),
        stage=np.empty(shape, dtype=np.int16),
        status=np.empty(shape, dtype=np.int8),
        coverage_answered=np.empty(shape, dtype=plan.coverage_type),
        coverage_applicable=np.empty(shape, dtype=plan.coverage_type),
    )
    kept = np.empty(states.T.shape, dtype=states.dtype)
    for start in range(0, len(states), CHUNK):
        here = np.ascontiguousarray(states[start : start + CHUNK].T)
        kept[:, start : start + CHUNK] = here
        found = _chunk(here, plan)
        for field in fields(NodeResults):
            getattr(inner, field.name)[:, start : start + CHUNK] = getattr(found, field.name)
    return Results(plan, kept, inner)


def share_at_stage(results: Results, plan: Plan, node_id: str) -> tuple[WholeNumbers, WholeNumbers]:
    """How much of the children's weight is at each stage.

    Gives [stage, organisation] from stage 0 on, and [organisation]: the weight of all children
    that have a stage. Divide only for show.
    """
    node = plan.node(node_id)
    top = max((plan.nodes[child].top_stage or 0 for child in node.children), default=0)
    stages = results.stage[list(node.children)]
    kind = whole_type(sum(node.weights))
    weights = np.array(node.weights, dtype=kind)[:, None]
    at = np.stack([weight_of(stages == stage, weights) for stage in range(top + 1)])
    return at, at.sum(axis=0)


def _chunk(states: States, plan: Plan) -> NodeResults:
    read, flags, bands = readings(plan), leaf_flags(plan), _has_bands(plan)
    covered = coverage(plan, flags, states)
    answered = (covered.answered > 0).astype(bool)
    as_given = values(plan, read.given, states, answered, all_leaves=False)
    alike = not bands and read.low.has_stages_of(read.given)
    at_worst = values(
        plan,
        read.low,
        states,
        answered,
        all_leaves=False,
        only_scores=not bands,
        stages_of=as_given if alike else None,
    )
    at_best = values(plan, read.high, states, answered, all_leaves=False, only_scores=True)
    status = statuses(plan, flags, states, covered, as_given, at_worst.stage_counts)
    return _published(plan, covered, as_given, at_worst, at_best, status)


def _published(
    plan: Plan,
    covered: Coverage,
    as_given: Values,
    at_worst: Values,
    at_best: Values,
    status: Statuses,
) -> NodeResults:
    here = families(plan).inner
    nodes = [plan.nodes[place] for place in here]
    of_status = status[here]
    too_little = withheld(plan, covered)[here] | (of_status < PROVISIONAL)
    has_score = np.array([node.score is not None for node in nodes])[:, None]
    has_stage = np.array([node.top_stage is not None for node in nodes])[:, None]
    from_score = np.array([isinstance(node.stage, Bands) for node in nodes])[:, None]
    scored = has_score & as_given.score_counts[here] & ~as_given.score_void[here]
    bounded = has_score & at_worst.score_counts[here]
    staged = has_stage & as_given.stage_counts[here] & (of_status >= PROVISIONAL)
    score, low, high = as_given.score[here], at_worst.score[here], at_best.score[here]
    # Left out, an unanswered leaf must not put the score outside what its answer could make of it.
    np.minimum(low, score, out=low, where=scored)
    np.maximum(high, score, out=high, where=scored)
    for numbers, known in ((low, bounded), (high, bounded), (score, scored & ~too_little)):
        np.copyto(numbers, np.nan, where=~known)
    # A stage that is read from a score would tell a score that is withheld.
    published = staged & ~(from_score & too_little)
    stage = np.full((len(plan.nodes) + 1, status.shape[1]), NO_STAGE, dtype=np.int16)
    stage[here] = np.where(published, as_given.stage[here], NO_STAGE)
    if _needing_every_child(plan):
        leaves = _leaves_of_these(plan)
        counts = as_given.stage_counts[leaves] & (status[leaves] >= PROVISIONAL)
        stage[leaves] = np.where(counts, as_given.stage[leaves], NO_STAGE)
        _only_with_every_child(plan, stage, status)
    return NodeResults(
        score=score,
        low=low,
        high=high,
        stage=stage[here],
        status=of_status,
        coverage_answered=covered.answered[here],
        coverage_applicable=covered.applicable[here],
    )


@kept_per_plan
def _leaf_results(plan: Plan) -> NodeResults:
    """What is said of each leaf in each state: [leaf, state], from `OUT_OF_SCOPE` on."""
    read, flags = readings(plan), leaf_flags(plan)
    given, low, high, status = read.given, read.low, read.high, flags.status
    scored = given.score_counts & ~given.score_void
    lowest = np.where(scored, np.minimum(low.score, given.score), low.score)
    highest = np.where(scored, np.maximum(high.score, given.score), high.score)
    return NodeResults(
        score=np.where(scored & (status >= PROVISIONAL), given.score, np.nan),
        low=_bound(lowest, low.score_counts),
        high=_bound(highest, low.score_counts),
        stage=np.where(
            given.stage_counts & (status >= PROVISIONAL), given.stage, np.int16(NO_STAGE)
        ).astype(np.int16),
        status=status,
        coverage_answered=flags.answered.astype(np.int64),
        coverage_applicable=flags.applicable.astype(np.int64),
    )


def _bound(bound: Floats, counts: Bools) -> Floats:
    return np.where(counts, bound, np.nan)


@kept_per_plan
def _has_bands(plan: Plan) -> bool:
    return any(isinstance(node.stage, Bands) for node in plan.nodes)


def _needs_every(node: PlanNode) -> bool:
    return isinstance(node.stage, Staged) and node.stage.needs_every_child


@kept_per_plan
def _needing_every_child(plan: Plan) -> tuple[Family, ...]:
    """Children before their parents."""
    nodes = [node for node in plan.nodes if _needs_every(node)]
    return together(plan, sorted(nodes, key=lambda n: -n.depth), lambda n: n.depth)


@kept_per_plan
def _leaves_of_these(plan: Plan) -> list[int]:
    """Places of the leaves among the children of nodes that need every child."""
    return [n.place for n in plan.nodes if n.is_leaf and _needs_every(plan.nodes[n.parent])]


def _only_with_every_child(plan: Plan, stage: npt.NDArray[np.int16], status: Statuses) -> None:
    """Take the stage from nodes that need every child's, where an asked child has none."""
    for family in _needing_every_child(plan):
        children = family.children
        without = (stage[children] == NO_STAGE) & (status[children] != NOT_ASKED)
        here = stage[family.places]
        here[without.any(axis=0)] = NO_STAGE
        stage[family.places] = here
