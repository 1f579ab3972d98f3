"""Scores as fractions, for what is compared with a number that somebody wrote down."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from remi.scoring.model.coverage import coverage
from remi.scoring.model.plan import Plan, PlanNode
from remi.scoring.model.readings import leaf_flags, reading
from remi.scoring.model.states import States
from remi.scoring.model.tree import exact_score, values
from schemas.maturity import FromStage, Power

WITHOUT_ROOT = (Fraction(1), Fraction(-1), "harmonic", "minimum", "maximum")
"""The powers whose mean of fractions is a fraction."""


def is_exact(plan: Plan, node: PlanNode) -> bool:
    """Whether the node's score is made without a root, so that it is a fraction."""
    if node.is_leaf or isinstance(node.score, FromStage):
        return True
    if isinstance(node.score, Power) and node.score.p not in WITHOUT_ROOT:
        return False
    return all(is_exact(plan, plan.nodes[node.children[n]]) for n in node.counting)


def exact_scores(
    plan: Plan, states: States, node_ids: Sequence[str]
) -> dict[str, list[Fraction | float]]:
    """By node, the score of each organisation in `states` [organisation, leaf], as given.

    A decimal number where a root is taken. Has no meaning where the engine gives no score. Raises
    KeyError for an unknown node.
    """
    given, by_leaf = reading(plan, "given"), np.ascontiguousarray(states.T)
    answered = (coverage(plan, leaf_flags(plan), by_leaf).answered > 0).astype(bool)
    found = values(plan, given, by_leaf, answered)
    everybody = np.arange(len(states))
    scores: dict[str, list[Fraction | float]] = {}
    for node_id in node_ids:
        node = plan.node(node_id)
        if is_exact(plan, node):
            scores[node_id] = list(exact_score(plan, node, found, given, by_leaf, everybody))
        else:
            scores[node_id] = found.score[node.place].tolist()
    return scores
