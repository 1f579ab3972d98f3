"""How far each node's result can be relied on, in the words and the order of `ResultStatus`."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import numpy.typing as npt

from remi.scoring.arrays import Bools, Ints
from remi.scoring.indicators import PROVISIONAL, STATUSES
from remi.scoring.model.coverage import Coverage, above, coverage_by_level
from remi.scoring.model.plan import Plan, PlanNode
from remi.scoring.model.readings import NOT_ASKED, VOID, LeafFlags, Places
from remi.scoring.model.tree import Values
from remi.scoring.whole_numbers import below
from schemas.maturity import Staged
from schemas.results import ResultStatus

Statuses = npt.NDArray[np.int8]
"""Places in `STATUSES`, or NOT_ASKED."""


def statuses(
    plan: Plan,
    flags: LeafFlags,
    places: Places,
    covered: Coverage,
    as_given: Values,
    at_worst: Values,
) -> Statuses:
    """The status of every node: [node, organisation]."""
    found: Statuses = np.empty(covered.asked.shape, dtype=np.int8)
    found[list(plan.leaf_places)] = flags.status.take(places)
    for node in reversed(plan.nodes):
        if node.is_leaf:
            continue
        here = Coverage(**{f.name: getattr(covered, f.name)[node.place] for f in fields(Coverage)})
        if isinstance(node.stage, Staged) and node.stage.needs_every_child:
            found[node.place] = _of_weakest(found[[node.children[n] for n in node.counting]], here)
        else:
            by_level = coverage_by_level(node, flags, places) if _goes_by_level(node) else None
            too_much = _too_much_not_applicable(node, here, by_level)
            if node.stage is not None:
                # Not even with every blank read as an answer is there anything to hold a stage.
                too_much = too_much | ~at_worst.stage_counts[node.place]
            # A number that no rule made is no stage, so that no level is the next one above it.
            stage = np.where(
                as_given.stage_counts[node.place], as_given.stage[node.place], np.int16(VOID)
            )
            thin = _thin(node, here, by_level, stage)
            found[node.place] = _first_that_fits(here, too_much, thin)
    return found


def withheld(plan: Plan, covered: Coverage) -> Bools:
    """Whether too little is answered for a score: [node, organisation]."""
    found = np.zeros(covered.asked.shape, dtype=bool)
    for node in plan.nodes:
        if not node.is_leaf:
            share = node.withheld_below
            found[node.place] = below(
                covered.answered[node.place], covered.applicable[node.place], share
            )
    return found


def _goes_by_level(node: PlanNode) -> bool:
    by_level = node.policy.not_applicable_by == "level" or node.policy.provisional_next_level
    return bool(by_level) and any(level is not None for level in node.leaf_levels)


def _too_much_not_applicable(node: PlanNode, covered: Coverage, by_level: Coverage | None) -> Bools:
    needed = 1 - node.not_applicable_ceiling
    if node.policy.not_applicable_by == "level" and by_level is not None:
        applies = by_level.asked - by_level.not_applicable
        any_level: Bools = np.logical_or.reduce(below(applies, by_level.asked, needed), axis=0)
        return any_level
    return below(covered.asked - covered.not_applicable, covered.asked, needed)


def _thin(node: PlanNode, covered: Coverage, by_level: Coverage | None, stage: Ints) -> Bools:
    share = node.provisional_below
    thin = below(covered.answered, covered.applicable, share)
    if node.policy.provisional_next_level and node.stage is not None and by_level is not None:
        answered, applicable = above(by_level.answered, stage), above(by_level.applicable, stage)
        thin = thin | below(answered, applicable, share)
    return thin


def _of_weakest(children: Statuses, covered: Coverage) -> Statuses:
    """The status of the child of which least can be said, among those that are asked."""
    weakest = np.where(children == NOT_ASKED, len(STATUSES) - 1, children).min(axis=0)
    return np.where(covered.asked > 0, weakest, NOT_ASKED).astype(np.int8)


def _first_that_fits(covered: Coverage, too_much: Bools, thin: Bools) -> Statuses:
    return np.select(
        [covered.asked == 0, covered.applicable == 0, covered.answered == 0, too_much, thin],
        [
            NOT_ASKED,
            STATUSES.index(ResultStatus.NOT_APPLICABLE),
            STATUSES.index(ResultStatus.NOT_ASSESSED),
            STATUSES.index(ResultStatus.NOT_ASSESSABLE),
            PROVISIONAL,
        ],
        default=STATUSES.index(ResultStatus.FINAL),
    ).astype(np.int8)
