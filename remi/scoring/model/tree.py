"""One reading of the leaves carried up the tree: the stage and the score of every node.

Nodes of one depth that one rule makes are worked out as one array (`families`), never one by one.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from remi.scoring.arrays import Bools, Floats, Ints
from remi.scoring.model import score_operators, stage_operators
from remi.scoring.model.families import Families, Family, families, in_order, possible
from remi.scoring.model.plan import Plan, PlanNode
from remi.scoring.model.readings import VOID, Reading
from remi.scoring.model.score_operators import Numbers
from remi.scoring.model.states import OUT_OF_SCOPE, States
from remi.scoring.whole_numbers import WholeNumbers, narrow_type
from schemas.maturity import (
    AnyAll,
    Bands,
    FromStage,
    Levels,
    Power,
    Quantile,
    Staged,
    Sum,
    Table,
)

NEAR = 1e-9
"""Scores closer than this to a cut, in relation to it, are compared as fractions."""


@dataclass(frozen=True)
class Values:
    """[node, organisation]; stage and score have no meaning where they do not count.

    A row more than there are nodes stands for the child that is not there: it never counts.
    """

    stage: npt.NDArray[Any]
    """VOID where a missing answer takes it away."""
    stage_counts: Bools
    ceiling: npt.NDArray[Any]
    """The highest stage that can still be reached, where some levels do not apply."""
    score: Floats
    points: WholeNumbers
    """Scores as whole numbers of `Families.points_of`, for nodes that have one."""
    score_counts: Bools
    score_void: Bools


def values(
    plan: Plan,
    reading: Reading,
    states: States,
    answered: Bools,
    *,
    all_leaves: bool = True,
    only_scores: bool = False,
    stages_of: Values | None = None,
) -> Values:
    """Every node's stage and score.

    `states` is [leaf, organisation]; `answered` [node, organisation] is whether there is any answer
    below. Without `all_leaves` only those leaves have scores of which something is made; with
    `only_scores` only those nodes have stages. `stages_of` is the result of a reading that makes
    the same of stages.
    """
    of = families(plan)
    found = _leaves(plan, of, reading, states, all_leaves, stages_of)
    for depth in of.depths:
        for family in depth.inner:
            counts = found.score_counts[family.children]
            found.score_counts[family.places] = counts.any(axis=0)
            if reading.voids_scores or reading.voids_stages:
                void = found.score_void[family.children] & counts
                found.score_void[family.places] = void.any(axis=0)
            if stages_of is None:
                some = found.stage_counts[family.children].any(axis=0)
                found.stage_counts[family.places] = some
        if stages_of is None:
            for family in depth.stages:
                _counts(family, found)
                if not only_scores or any(n.place in of.for_scores for n in family.nodes):
                    _stages(family, found, reading.voids_stages)
        for family in depth.scores:
            _scores(of, family, found, reading, answered)
        for node in depth.bands:
            _banded(plan, node, found, reading, states)
    return found


def _leaves(
    plan: Plan,
    of: Families,
    reading: Reading,
    states: States,
    all_leaves: bool,
    stages_of: Values | None,
) -> Values:
    n = len(plan.nodes)
    shape = (n + 1, states.shape[1])
    places, read = list(plan.leaf_places), reading.lookups
    if stages_of is None:
        tops = np.array([*(node.top_stage or 0 for node in plan.nodes), 0], dtype=plan.stage_type)
        stage = np.zeros(shape, dtype=plan.stage_type)
        stage_counts = np.zeros(shape, dtype=bool)
        ceiling = np.repeat(tops[:, None], shape[1], axis=1)
        stage[places] = read["stage"].of(states)
        stage_counts[places] = read["stage_counts"].of(states)
    else:
        stage, stage_counts = stages_of.stage, stages_of.stage_counts
        ceiling = stages_of.ceiling
    found = Values(
        stage=stage,
        stage_counts=stage_counts,
        ceiling=ceiling,
        score=np.empty(shape),
        points=np.empty(shape, dtype=narrow_type(max([1, *of.points_of.values()]))),
        score_counts=np.zeros(shape, dtype=bool),
        score_void=np.zeros(shape, dtype=bool),
    )
    found.score_counts[places] = read["score_counts"].of(states)
    if reading.voids_scores:
        found.score_void[places] = read["score_void"].of(states)
    # Uncounted, the child that is not there must only not disturb.
    found.score[n], found.points[n] = 0, 0
    if reading.bend == 1 and len(of.leaf_points):
        found.points[np.array(places)[of.leaf_points]] = read["points"].of(states)[of.leaf_points]
    needed = np.arange(len(places))
    if not all_leaves and reading.bend == 1:
        needed = of.plain_scores
    if len(needed):
        at = states[needed].astype(np.intp) - OUT_OF_SCOPE
        at += needed[:, None] * reading.score.shape[1]
        found.score[np.array(places)[needed]] = reading.score.take(at)
    return found


def _counts(family: Family, found: Values) -> None:
    """Fill in where the nodes' stages count, where that is not wherever any child does."""
    rule = family.nodes[0].stage
    if isinstance(rule, Table):
        # A combination of which a part is not there is in no row.
        found.stage_counts[family.places] = found.stage_counts[family.children].all(axis=0)
    elif isinstance(rule, Staged) and rule.over == "core":
        counted = found.stage_counts[family.children] & family.core
        found.stage_counts[family.places] = counted.any(axis=0)


def _stages(family: Family, found: Values, voids: bool) -> None:
    """Fill in the nodes' stages."""
    first, here = family.nodes[0], family.places
    stages, counted = found.stage[family.children], found.stage_counts[family.children]
    top = first.top_stage or 0
    match first.stage:
        case Staged() as rule:
            found.stage[here] = stage_operators.staged(
                rule,
                stages,
                counted,
                found.ceiling[family.children],
                family.weights,
                family.core,
                [(found.stage[item], found.stage_counts[item]) for item in first.gates],
                top,
            )
        case Levels() as rule:
            found.stage[here], found.ceiling[here] = stage_operators.levels(
                rule,
                stages,
                counted,
                family.weights,
                [first.levels[n] or 0 for n in first.counting],
                [first.bars[n] for n in first.counting],
                [first.lower_bars[n] for n in first.counting],
                top,
            )
        case Quantile(alpha=alpha, side=side):
            found.stage[here] = score_operators.weighted_quantile(
                stages, counted, family.weights, alpha, side == "upper"
            )
        case AnyAll(not_achieved_if_any=failed, achieved_if_all=achieved):
            found.stage[here] = stage_operators.any_all(stages, counted, failed, achieved)
        case Table(rows=rows):
            found.stage[here] = stage_operators.table(np.maximum(stages, 0), counted, rows)
    if voids:
        void = (counted & (stages == VOID)).any(axis=0)
        found.stage[here] = np.where(void, VOID, found.stage[here])
        # A blank that takes a stage away does so also where nothing else would make one.
        found.stage_counts[here] |= void


def _scores(of: Families, family: Family, found: Values, reading: Reading, answered: Bools) -> None:
    """Fill in the nodes' scores."""
    rule, here = family.nodes[0].score, family.places
    if isinstance(rule, FromStage):
        _from_stages(family, rule, found, reading, answered)
        return
    counted = found.score_counts[family.children]
    points = of.points.get(family.nodes[0].place)
    if points is not None and reading.bend == 1:
        found.score[here] = score_operators.mean_of_points(
            found.points[family.children], counted, points.factors, family.weights, points.unit
        )
    else:
        found.score[here] = combined(family, found.score[family.children], counted)


def _from_stages(
    family: Family, rule: FromStage, found: Values, reading: Reading, answered: Bools
) -> None:
    here = family.places
    tops = family.each(lambda n: n.top_stage or 1, found.stage.dtype)
    stage = found.stage[here]
    void = stage == VOID if reading.voids_stages else None
    # Where the stage is void so is the score; it only must not disturb what is made of it.
    steps = np.maximum(stage, 0)
    if rule.nothing_answered == "whole_range" and reading.kind != "given":
        steps = np.where(answered[here], steps, 0 if reading.kind == "low" else tops)
    share = np.divide(steps, tops, dtype=np.float64)
    found.score[here] = share if reading.bend == 1 else share**reading.bend
    found.points[here] = steps
    if void is not None:
        found.score_void[here] |= void
    # A blank that takes the score away does so also where the stage leaves it out.
    found.score_counts[here] &= found.stage_counts[here] | found.score_void[here]


def combined(family: Family, scores: Numbers, counted: Bools) -> Numbers:
    """The scores that the nodes' rule makes of their children's [child, node, organisation]."""
    exact = scores.dtype == object
    weights = family.weights.astype(object) if exact else family.weights
    match family.nodes[0].score:
        case Power(p=p):
            return score_operators.power(scores, counted, weights, p)
        case Sum(scale=scale, incomplete=incomplete):
            one = family.column(
                lambda n: [scale * weight if exact else float(scale * weight)
                           for weight in n.given_weights],
                scores.dtype,
            )  # fmt: skip
            most = max(sum(possible(n)) for n in family.nodes)
            every = family.column(possible, object if exact else narrow_type(most))
            return score_operators.weighted_sum(
                scores, counted, one, every if incomplete == "prorate" else None
            )
        case Quantile(alpha=alpha, side=side):
            return score_operators.weighted_quantile(
                scores, counted, weights, alpha, side == "upper"
            )
        case _:
            return score_operators.cumulative_product(scores, counted)


def _banded(plan: Plan, node: PlanNode, found: Values, reading: Reading, states: States) -> None:
    """Fill in the node's stage from its score; at a cut, by fractions."""
    here, rule = node.place, node.stage
    if not isinstance(rule, Bands):
        raise TypeError(f"{node.id} has no bands")
    score = found.score[here]
    stage = stage_operators.bands(score, rule.cuts)
    known = found.score_counts[here] & ~found.score_void[here]
    cuts = np.array([float(cut) for cut in rule.cuts])[:, None]
    near = known & (np.abs(score - cuts) <= NEAR * np.maximum(1, np.abs(cuts))).any(axis=0)
    chosen = np.flatnonzero(near)
    if len(chosen):
        exact = exact_score(plan, node, found, reading, states[:, chosen], chosen)
        stage[chosen] = stage_operators.bands(exact, rule.cuts)
    found.stage[here] = np.where(found.score_void[here], VOID, stage)
    found.stage_counts[here] = found.score_counts[here]


def exact_score(
    plan: Plan,
    node: PlanNode,
    found: Values,
    reading: Reading,
    states: States,
    chosen: Ints,
) -> Numbers:
    """The node's score of the chosen organisations as `Fraction`s; `states` are theirs.

    Every rule that it is made by must give a fraction: no power mean that takes a root.
    """
    if node.is_leaf:
        column = node.columns.start
        state = states[column].astype(np.intp) - OUT_OF_SCOPE
        values_given: Numbers = reading.exact_score[column].take(state)
        return values_given
    if isinstance(node.score, FromStage):
        if reading.bend != 1:
            return _fractions(found.score[node.place, chosen])
        steps = found.points[node.place, chosen]
        return _fractions([Fraction(int(step), node.top_stage or 1) for step in steps])
    picked = in_order(node)
    below = [plan.nodes[node.children[n]] for n in picked]
    exact = [exact_score(plan, c, found, reading, states, chosen) for c in below]
    counted = found.score_counts[[child.place for child in below]][:, chosen]
    alone = Family((node,), (picked,), len(plan.nodes))
    return _fractions(combined(alone, np.stack(exact)[:, None], counted[:, None])[0])


def _fractions(numbers: Numbers | list[Fraction]) -> Numbers:
    made = np.empty(len(numbers), dtype=object)
    made[:] = [Fraction(number) for number in numbers]
    return made
