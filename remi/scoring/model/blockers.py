"""What keeps a node of any model from its next stage: some questions, and the answers they need.

No rule is written here a second time: better answers are proposed, and the engine says which of
them reach the stage.

A list is sound, and minimal by inclusion: giving exactly the answers that it names reaches the next
stage, and giving only some of them does not. Short lists are preferred, of the fewest questions and
then of the least rise, but only of few questions is every combination tried, so that a longer list
need not be the shortest that there is. What does not apply is never raised.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from remi.scoring.arrays import Bools
from remi.scoring.model.blockers_search import (
    least_asked,
    open_items,
    shrunk_sets,
    smaller_set,
    smallest,
)
from remi.scoring.model.evaluate import NO_STAGE, evaluate
from remi.scoring.model.plan import Plan, PlanNode
from remi.scoring.model.readings import NOT_ASKED
from remi.scoring.model.states import NOT_APPLICABLE, UNANSWERED, States


class Without(StrEnum):
    """Why there is no list."""

    RULE = "no rule makes a stage"
    ASKED = "the organisation is not asked it"
    STAGE = "there is no stage to count from"
    HIGHER = "there is no higher stage"
    OPEN = "every question that applies has its best answer"
    WAY = "not even the best answers to all questions that apply reach it"
    APPLYING = "not even the best answers reach it unless more of the questions apply"
    ORDER = "answering what is left blank can also lower it, so that no list is sure"


@dataclass(frozen=True)
class Rise:
    """One question and the least answer to it that is needed."""

    node_id: str
    now: int | None
    """The code of the answer; None where there is none."""
    needed: int


@dataclass(frozen=True)
class Blockers:
    """The answers that reach the next stage, in the order of the model, or why there are none."""

    next_stage: int | None
    rises: tuple[Rise, ...]
    without: Without | None


def blockers(plan: Plan, states: States, node_id: str) -> Blockers:
    """What one organisation with these states [leaf] lacks for the next stage of a node.

    The next stage is the one above its own, or a higher one where a rule jumps. Raises KeyError for
    an unknown node and ValueError for a state that is not on its scale.
    """
    node = plan.node(node_id)
    now = evaluate(states[None], plan)
    stage = int(now.stage[node.place, 0])
    if node.top_stage is None:
        return Blockers(None, (), Without.RULE)
    if now.status[node.place, 0] == NOT_ASKED:
        return Blockers(None, (), Without.ASKED)
    if stage == NO_STAGE:
        return Blockers(None, (), Without.STAGE)
    if stage == node.top_stage:
        return Blockers(None, (), Without.HIGHER)
    found = open_items(plan, states, node)
    if not len(found.columns):
        return Blockers(stage + 1, (), Without.OPEN)

    def reaches(chosen: Bools, codes: States) -> Bools:
        tried = np.repeat(states[None], len(chosen), axis=0)
        tried[:, found.columns] = np.where(chosen, codes, found.now)
        reached: Bools = evaluate(tried, plan).stage[node.place] > stage
        return reached

    sets, every_set_tried = smallest(found, reaches)
    if sets is None and not every_set_tried:
        sets = shrunk_sets(plan, node, found, reaches)
    if sets is None:
        sure = every_set_tried or not found.loose.any()
        why = _out_of_reach(plan, states, node, stage) if sure else Without.ORDER
        return Blockers(stage + 1, (), why)
    codes = least_asked(found, sets, reaches)
    while (part := smaller_set(found, codes, reaches)) is not None:
        if not part.any():
            return Blockers(stage + 1, (), Without.ORDER)
        codes = least_asked(found, part[None], reaches)
    rises = tuple(
        Rise(plan.leaf_ids[column], None if old == UNANSWERED else int(old), int(new))
        for column, old, new in zip(found.columns, found.now, codes, strict=True)
        if new != UNANSWERED
    )
    return Blockers(stage + 1, rises, None)


def _out_of_reach(plan: Plan, states: States, node: PlanNode, stage: int) -> Without:
    """Whether what was answered as not applicable keeps the stage out of reach."""
    best = states.copy()
    columns = np.arange(node.columns.start, node.columns.stop)
    applies = columns[states[columns] >= NOT_APPLICABLE]
    best[applies] = plan.tops[applies]
    reached = evaluate(best[None], plan).stage[node.place, 0] > stage
    return Without.APPLYING if reached else Without.WAY
