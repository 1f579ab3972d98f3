"""How far each node's result can be relied on, in the words and the order of `ResultStatus`."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
import numpy.typing as npt

from remi.scoring.arrays import Bools, Ints
from remi.scoring.indicators import PROVISIONAL, STATUSES
from remi.scoring.model.coverage import Coverage, above, by_level
from remi.scoring.model.families import Family, kept_per_plan, together
from remi.scoring.model.plan import Plan, PlanNode
from remi.scoring.model.readings import NOT_ASKED, VOID, LeafFlags
from remi.scoring.model.states import States
from remi.scoring.model.tree import Values
from remi.scoring.whole_numbers import below
from schemas.maturity import Staged
from schemas.results import ResultStatus

Statuses = npt.NDArray[np.int8]
"""Places in `STATUSES`, or NOT_ASKED."""


def statuses(
    plan: Plan,
    flags: LeafFlags,
    states: States,
    covered: Coverage,
    as_given: Values,
    stage_counts_at_worst: Bools,
) -> Statuses:
    """The status of every node: [node, organisation], and a row more of those not asked."""
    found: Statuses = np.full(covered.asked.shape, NOT_ASKED, dtype=np.int8)
    found[list(plan.leaf_places)] = flags.lookups["status"].of(states)
    for family in _families(plan):
        if _needs_every_child(family.nodes[0]):
            found[family.places] = _of_weakest(found[family.children], covered, family)
        else:
            found[family.places] = _own(family, covered, as_given, stage_counts_at_worst)
    return found


def withheld(plan: Plan, covered: Coverage) -> Bools:
    """Whether too little is answered for a score: [node, organisation]."""
    found = np.zeros(covered.asked.shape, dtype=bool)
    for family in _by_share(plan):
        here = family.places
        found[here] = below(
            covered.answered[here],
            covered.applicable[here],
            family.nodes[0].withheld_below,
            _largest(family),
        )
    return found


@kept_per_plan
def _families(plan: Plan) -> tuple[Family, ...]:
    """The inner nodes that are judged alike, children before their parents."""
    inner = sorted((n for n in plan.nodes if n.children), key=lambda n: -n.depth)
    return together(plan, inner, _judged)


def _judged(node: PlanNode) -> Hashable:
    return (
        node.depth,
        _needs_every_child(node),
        _goes_by_level(node),
        node.stage is None,
        node.policy.not_applicable_by,
        node.policy.provisional_next_level,
        node.not_applicable_ceiling,
        node.provisional_below,
    )


@kept_per_plan
def _by_share(plan: Plan) -> tuple[Family, ...]:
    return together(plan, (n for n in plan.nodes if n.children), lambda n: n.withheld_below)


def _needs_every_child(node: PlanNode) -> bool:
    return isinstance(node.stage, Staged) and node.stage.needs_every_child


def _goes_by_level(node: PlanNode) -> bool:
    any_rule = node.policy.not_applicable_by == "level" or node.policy.provisional_next_level
    return bool(any_rule) and any(level is not None for level in node.leaf_levels)


def _largest(family: Family) -> int:
    return max(sum(node.unit_weights) for node in family.nodes)


def _own(
    family: Family, covered: Coverage, as_given: Values, stage_counts_at_worst: Bools
) -> Statuses:
    """The status of nodes that are judged by the answers below them."""
    first, here = family.nodes[0], family.places
    too_much = _too_much_not_applicable(family, covered)
    if first.stage is not None:
        # Not even with every blank read as an answer is there anything to hold a stage.
        too_much = too_much | ~stage_counts_at_worst[here]
    # A number that no rule made is no stage, so that no level is the next one above it.
    stage = np.where(as_given.stage_counts[here], as_given.stage[here], VOID)
    thin = _thin(family, covered, stage)
    asked, applicable, answered = (
        covered.asked[here] > 0,
        covered.applicable[here] > 0,
        covered.answered[here] > 0,
    )
    # The last that fits stands, so that the words that say least come last.
    found: Statuses = np.full(thin.shape, STATUSES.index(ResultStatus.FINAL), dtype=np.int8)
    found[thin] = PROVISIONAL
    found[too_much] = STATUSES.index(ResultStatus.NOT_ASSESSABLE)
    found[~answered.astype(bool)] = STATUSES.index(ResultStatus.NOT_ASSESSED)
    found[~applicable.astype(bool)] = STATUSES.index(ResultStatus.NOT_APPLICABLE)
    found[~asked.astype(bool)] = NOT_ASKED
    return found


def _too_much_not_applicable(family: Family, covered: Coverage) -> Bools:
    first, here = family.nodes[0], family.places
    needed, largest = 1 - first.not_applicable_ceiling, _largest(family)
    if needed == 0:
        return np.zeros((len(here), covered.asked.shape[1]), dtype=bool)
    if first.policy.not_applicable_by == "level" and _goes_by_level(first):
        asked = by_level(family, covered.leaves["asked"])
        applies = asked - by_level(family, covered.leaves["not_applicable"])
        too_little: Bools = np.logical_or.reduce(below(applies, asked, needed, largest), axis=0)
        return too_little
    asked = covered.asked[here]
    return below(asked - covered.not_applicable[here], asked, needed, largest)


def _thin(family: Family, covered: Coverage, stage: Ints) -> Bools:
    first, here = family.nodes[0], family.places
    share, largest = first.provisional_below, _largest(family)
    thin = below(covered.answered[here], covered.applicable[here], share, largest)
    if first.policy.provisional_next_level and first.stage is not None and _goes_by_level(first):
        answered, applicable = (
            above(by_level(family, covered.leaves[name]), stage)
            for name in ("answered", "applicable")
        )
        thin = thin | below(answered, applicable, share, largest)
    return thin


def _of_weakest(children: Statuses, covered: Coverage, family: Family) -> Statuses:
    """The status of the child of which least can be said, among those that are asked."""
    weakest = np.where(children == NOT_ASKED, len(STATUSES) - 1, children).min(axis=0)
    asked = (covered.asked[family.places] > 0).astype(bool)
    return np.where(asked, weakest, NOT_ASKED).astype(np.int8)
