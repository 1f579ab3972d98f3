"""One organisation's answers as the engine reads them, and single numbers out of that."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from remi.scoring.indicators import STATUSES
from remi.scoring.model.coverage import Coverage, coverage
from remi.scoring.model.evaluate import Results, evaluate
from remi.scoring.model.exact_scores import is_exact
from remi.scoring.model.explain_parts import Number, State
from remi.scoring.model.plan import Plan, PlanNode
from remi.scoring.model.readings import (
    NOT_ASKED,
    Kind,
    LeafFlags,
    Reading,
    leaf_flags,
    reading,
)
from remi.scoring.model.states import NOT_APPLICABLE, OUT_OF_SCOPE, UNANSWERED, States
from remi.scoring.model.tree import Values, exact_score, values

KINDS: tuple[Kind, ...] = ("given", "low", "high")

ONE = np.array([0])
"""The only organisation in arrays of one."""


@dataclass(frozen=True)
class Case:
    """One organisation's answers, as the engine reads them."""

    plan: Plan
    states: States
    """[leaf]."""
    column: States
    """[leaf, 1]: the same as of the only organisation."""
    flags: LeafFlags
    covered: Coverage
    results: Results
    readings: dict[Kind, Reading]
    found: dict[Kind, Values]


def case_of(plan: Plan, states: States) -> Case:
    """The states [leaf], read. Raises ValueError for a state that is not on its scale."""
    results = evaluate(states[None], plan)
    column = states[:, None]
    flags = leaf_flags(plan)
    covered = coverage(plan, flags, column)
    readings = {kind: reading(plan, kind) for kind in KINDS}
    answered = (covered.answered > 0).astype(bool)
    found = {k: values(plan, r, column, answered) for k, r in readings.items()}
    return Case(plan, states, column, flags, covered, results, readings, found)


def label_of(plan: Plan, leaf_id: str, code: int) -> str:
    """How an answer is written."""
    return plan.scales[plan.leaf_ids.index(leaf_id)].labels[code].label


def answer_of(case: Case, node: PlanNode) -> str | None:
    """The answer of a question, if it is one of its scale."""
    if not node.is_leaf or (code := int(case.states[node.columns.start])) < 0:
        return None
    return label_of(case.plan, node.id, code)


def state_of(case: Case, node: PlanNode) -> State:
    """What stands at a question, or how far a group of them can be relied on."""
    if node.is_leaf:
        missing: dict[int, State] = {
            UNANSWERED: "unanswered",
            NOT_APPLICABLE: "not_applicable",
            OUT_OF_SCOPE: "out_of_scope",
        }
        return missing.get(int(case.states[node.columns.start]), "answered")
    status = int(case.results.status[node.place, 0])
    return "out_of_scope" if status == NOT_ASKED else STATUSES[status].value


def score_of(case: Case, node: PlanNode, kind: Kind) -> Number:
    """The score of a node in one reading, which must be there."""
    found = case.found[kind]
    if is_exact(case.plan, node):
        exact = exact_score(case.plan, node, found, case.readings[kind], case.column, ONE)
        return Fraction(exact[0])
    return float(found.score[node.place, 0])


def bounds_of(case: Case, node: PlanNode) -> tuple[Number | None, Number | None]:
    """As the engine gives them: never such that the score is outside."""
    if math.isnan(case.results.low[node.place, 0]):
        return None, None
    given = case.found["given"]
    low, high = score_of(case, node, "low"), score_of(case, node, "high")
    if given.score_counts[node.place, 0] and not given.score_void[node.place, 0]:
        score = score_of(case, node, "given")
        return min(low, score), max(high, score)
    return low, high
