"""One reading of the leaves carried up the tree: the stage and the score of every node."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from remi.scoring.arrays import Bools, Floats, Ints
from remi.scoring.model import score_operators, stage_operators
from remi.scoring.model.plan import Plan, PlanNode
from remi.scoring.model.readings import VOID, Places, Reading
from remi.scoring.model.score_operators import Numbers
from schemas.maturity import (
    AnyAll,
    Bands,
    CumulativeProduct,
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
    """[node, organisation]; stage and score have no meaning where they do not count."""

    stage: npt.NDArray[np.int16]
    """VOID where a missing answer takes it away."""
    stage_counts: Bools
    ceiling: npt.NDArray[np.int16]
    """The highest stage that can still be reached, where some levels do not apply."""
    score: Floats
    score_counts: Bools
    score_void: Bools


def values(plan: Plan, reading: Reading, places: Places, answered: Bools) -> Values:
    """Every node's stage and score; `answered` [node, organisation]: any answer below."""
    shape = (len(plan.nodes), places.shape[1])
    tops = np.array([node.top_stage or 0 for node in plan.nodes], dtype=np.int16)
    found = Values(
        stage=np.zeros(shape, dtype=np.int16),
        stage_counts=np.zeros(shape, dtype=bool),
        ceiling=np.repeat(tops[:, None], shape[1], axis=1),
        score=np.zeros(shape),
        score_counts=np.zeros(shape, dtype=bool),
        score_void=np.zeros(shape, dtype=bool),
    )
    leaves = list(plan.leaf_places)
    for name in ("stage", "stage_counts", "score", "score_counts", "score_void"):
        getattr(found, name)[leaves] = getattr(reading, name).take(places)
    for node in reversed(plan.nodes):
        if node.children:
            counting = [node.children[n] for n in node.counting]
            found.stage_counts[node.place] = found.stage_counts[counting].any(axis=0)
            found.score_counts[node.place] = found.score_counts[counting].any(axis=0)
            found.score_void[node.place] = (
                found.score_void[counting] & found.score_counts[counting]
            ).any(axis=0)
            if isinstance(node.stage, Bands):
                _score(node, found, reading, answered)
                _banded(plan, node, node.stage, found, reading, places)
            else:
                _stage(node, found)
                _score(node, found, reading, answered)
    return found


def _stage(node: PlanNode, found: Values) -> None:
    """Fill in the node's stage, and where it counts."""
    rule, here = node.stage, node.place
    if rule is None:
        return
    counting = [node.children[n] for n in node.counting]
    used = list(node.inputs) if isinstance(rule, Table) else counting
    stages, counted = found.stage[used], found.stage_counts[used]
    weights = [node.weights[n] for n in node.counting]
    top = node.top_stage or 0
    match rule:
        case Staged():
            found.stage[here], found.stage_counts[here] = stage_operators.staged(
                rule,
                stages,
                counted,
                found.ceiling[used],
                weights,
                np.array([node.core[n] for n in node.counting]),
                [(found.stage[item], found.stage_counts[item]) for item in node.gates],
                top,
            )
        case Levels():
            found.stage[here], found.ceiling[here] = stage_operators.levels(
                rule,
                stages,
                counted,
                weights,
                [node.levels[n] or 0 for n in node.counting],
                [node.bars[n] for n in node.counting],
                [node.lower_bars[n] for n in node.counting],
                top,
            )
        case Quantile(alpha=alpha, side=side):
            found.stage[here] = score_operators.weighted_quantile(
                stages, counted, weights, alpha, side == "upper"
            )
        case AnyAll(not_achieved_if_any=failed, achieved_if_all=achieved):
            found.stage[here] = stage_operators.any_all(stages, counted, failed, achieved)
        case Table(rows=rows):
            found.stage[here] = stage_operators.table(np.maximum(stages, 0), counted, rows)
            # A combination of which a part is not there is in no row.
            found.stage_counts[here] = counted.all(axis=0)
    void = (counted & (stages == VOID)).any(axis=0)
    found.stage[here] = np.where(void, VOID, found.stage[here])
    # A blank that takes a stage away does so also where nothing else would make one.
    found.stage_counts[here] |= void


def _score(node: PlanNode, found: Values, reading: Reading, answered: Bools) -> None:
    """Fill in the node's score."""
    rule, here = node.score, node.place
    if rule is None:
        return
    if isinstance(rule, FromStage):
        stage = found.stage[here]
        # Where the stage is void so is the score; it only must not disturb what is made of it.
        share = np.maximum(stage, 0) / (node.top_stage or 1)
        found.score[here] = share if reading.bend == 1 else share**reading.bend
        found.score_void[here] |= stage == VOID
        # A blank that takes the score away does so also where the stage leaves it out.
        found.score_counts[here] &= found.stage_counts[here] | found.score_void[here]
        if rule.nothing_answered == "whole_range" and reading.kind != "given":
            nothing = 0.0 if reading.kind == "low" else 1.0
            found.score[here] = np.where(answered[here], found.score[here], nothing)
        return
    counting = _in_order(node)
    found.score[here] = _combined(node, found.score[counting], found.score_counts[counting])


def _in_order(node: PlanNode) -> list[int]:
    """The children that weigh anything; by level where the rule goes by levels."""
    counting = list(node.counting)
    if isinstance(node.score, CumulativeProduct):
        counting.sort(key=lambda n: node.levels[n] or 0)
    return [node.children[n] for n in counting]


def _combined(node: PlanNode, scores: Numbers, counted: Bools) -> Numbers:
    """The score that the node's rule makes of its children's."""
    weights = [node.weights[n] for n in node.counting]
    match node.score:
        case Power(p=p):
            return score_operators.power(scores, counted, weights, p)
        case Sum(scale=scale, incomplete=incomplete):
            one = scale * node.given_weights[node.counting[0]] / weights[0]
            highest = [node.highest_scores[n] for n in node.counting]
            possible = list(map(operator.mul, weights, highest))
            return score_operators.weighted_sum(
                scores, counted, weights, one, possible if incomplete == "prorate" else None
            )
        case Quantile(alpha=alpha, side=side):
            return score_operators.weighted_quantile(
                scores, counted, weights, alpha, side == "upper"
            )
        case CumulativeProduct():
            return score_operators.cumulative_product(scores, counted)
        case _:
            raise TypeError(f"{node.id} has no rule that combines scores")


def _banded(
    plan: Plan,
    node: PlanNode,
    rule: Bands,
    found: Values,
    reading: Reading,
    places: Places,
) -> None:
    """Fill in the node's stage from its score; at a cut, by fractions."""
    here = node.place
    score = found.score[here]
    stage = stage_operators.bands(score, rule.cuts)
    known = found.score_counts[here] & ~found.score_void[here]
    cuts = np.array([float(cut) for cut in rule.cuts])[:, None]
    near = known & (np.abs(score - cuts) <= NEAR * np.maximum(1, np.abs(cuts))).any(axis=0)
    chosen = np.flatnonzero(near)
    if len(chosen):
        exact = exact_score(plan, node, found, reading, places[:, chosen], chosen)
        stage[chosen] = stage_operators.bands(exact, rule.cuts)
    found.stage[here] = np.where(found.score_void[here], VOID, stage)
    found.stage_counts[here] = found.score_counts[here]


def exact_score(
    plan: Plan,
    node: PlanNode,
    found: Values,
    reading: Reading,
    places: Places,
    chosen: Ints,
) -> Numbers:
    """The node's score of the chosen organisations as `Fraction`s; `places` are theirs.

    Every rule that it is made by must give a fraction: no power mean that takes a root.
    """
    if node.is_leaf:
        values_given: Numbers = reading.exact_score.take(places[node.columns.start])
        return values_given
    if isinstance(node.score, FromStage):
        if reading.bend != 1:
            return _fractions(found.score[node.place, chosen])
        top = node.top_stage or 1
        steps = np.rint(found.score[node.place, chosen] * top)
        return _fractions([Fraction(int(step), top) for step in steps])
    below = [plan.nodes[child] for child in _in_order(node)]
    exact = [exact_score(plan, c, found, reading, places, chosen) for c in below]
    counted = found.score_counts[[child.place for child in below]][:, chosen]
    return _fractions(_combined(node, np.stack(exact), counted))


def _fractions(numbers: Numbers | list[Fraction]) -> Numbers:
    made = np.empty(len(numbers), dtype=object)
    made[:] = [Fraction(number) for number in numbers]
    return made
