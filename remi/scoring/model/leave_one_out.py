"""Who would be at another stage or in another band if one question were not in the model.

The model without a question keeps its ruler: sums that add up what is there are stretched, so that
their highest score and their cuts mean what they did.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pandas as pd

from remi.scoring.indicators import STATUSES
from remi.scoring.model.evaluate import NO_STAGE, evaluate
from remi.scoring.model.plan import Plan, PlanNode
from remi.scoring.model.states import OUT_OF_SCOPE, States
from schemas.maturity import CumulativeProduct, FromStage, Levels, Sum

COLUMNS = ("organisation_id", "node_id", "left_out", "status", "stage", "stage_without", "changes")


def leave_one_out(plan: Plan, states: States, organisation_ids: Sequence[str]) -> pd.DataFrame:
    """The stage of every organisation at every node above each item, with and without the item.

    `states` is [organisation, leaf]. Items are those of `items`. Only organisations that are asked
    the item and have a stage have a row; `stage_without` is missing where nothing else would make
    one. What could be assessed with the item is assessed without it: one question fewer makes what
    is not there a larger share, and that is no effect of the question. In the order of
    organisations, nodes and items. `node_id` and `left_out` are ids of the model.
    """
    as_given = evaluate(states, plan)
    lenient = tuple(
        replace(
            node,
            not_applicable_ceiling=Fraction(1),
            provisional_below=Fraction(0),
            withheld_below=Fraction(0),
        )
        for node in plan.nodes
    )
    parts = []
    for order, item in enumerate(items(plan)):
        left, gone = states.copy(), gone_without(plan, item)
        left[:, plan.nodes[item].columns] = OUT_OF_SCOPE
        tried = [weighed(node, node.weights, gone) for node in lenient]
        without = evaluate(left, replace(plan, nodes=tuple(tried)))
        asked = (states[:, plan.nodes[item].columns] != OUT_OF_SCOPE).any(axis=1)
        for node in _above(plan, gone[-1]):
            stage, other = as_given.stage[node.place], without.stage[node.place]
            rows = np.flatnonzero(asked & (stage != NO_STAGE))
            if node.stage is not None and len(rows):
                parts.append(
                    pd.DataFrame(
                        {
                            "row": rows,
                            "place": node.place,
                            "order": order,
                            "left_out": plan.nodes[item].id,
                            "status": as_given.status[node.place, rows],
                            "stage": stage[rows],
                            "stage_without": other[rows],
                        }
                    )
                )
    names = ["row", "place", "order", *COLUMNS[2:6]]
    made = pd.concat(parts or [pd.DataFrame(columns=names)], ignore_index=True)
    made = made.sort_values(["row", "place", "order"], ignore_index=True)
    made["organisation_id"] = [organisation_ids[row] for row in made["row"]]
    made["node_id"] = [plan.nodes[place].id for place in made["place"]]
    made["status"] = [STATUSES[status].value for status in made["status"]]
    made["changes"] = (made["stage"] != made["stage_without"]).astype(bool)
    for column in ("stage", "stage_without"):
        made[column] = made[column].astype("Int64").where(made[column] != NO_STAGE)
    return made[list(COLUMNS)].astype(dict.fromkeys(COLUMNS[:4], "str"))


def items(plan: Plan) -> tuple[int, ...]:
    """Places of what can be left out: questions, and indicators whose questions are their levels.

    Not there is what the rule above cannot do without: an input of a decision table, a factor of a
    cumulative product, the only question of the model.
    """
    found: dict[int, None] = {}
    for leaf in plan.leaf_places:
        parent = plan.nodes[plan.nodes[leaf].parent]
        # The steps of one ladder are one rating, not several.
        ladder = isinstance(parent.stage, Levels) and isinstance(parent.score, FromStage)
        item = parent.place if ladder else leaf
        if gone_without(plan, item):
            found[item] = None
    return tuple(found)


def gone_without(plan: Plan, item: int) -> tuple[int, ...]:
    """The item and the nodes above it that are made of nothing else; none if it must stay."""
    gone = [item]
    while (above := plan.nodes[gone[-1]].parent) >= 0:
        node = plan.nodes[above]
        if gone[-1] in node.inputs or isinstance(node.score, CumulativeProduct):
            return ()
        if any(node.children[n] != gone[-1] for n in node.counting):
            return tuple(gone)
        gone.append(above)
    return ()


def weighed(node: PlanNode, weights: Sequence[int], gone: Sequence[int]) -> PlanNode:
    """The node with other weights, some children `gone`; a sum keeps its highest score."""
    if not isinstance(node.score, Sum):
        return replace(node, weights=tuple(weights))
    # Where a sum is prorated, the rule itself makes up for what is gone.
    stays = [c not in gone or node.score.incomplete == "prorate" for c in node.children]
    parts = zip(node.given_weights, weights, node.highest_scores, stays, strict=True)
    before = after = Fraction(0)
    for given, weight, highest, there in parts:
        before += given * highest
        after += weight * highest * there
    # A sum of which nothing stays is gone itself.
    unit = before / after if after else Fraction(1)
    return replace(node, weights=tuple(weights), given_weights=tuple(w * unit for w in weights))


def _above(plan: Plan, place: int) -> list[PlanNode]:
    """The nodes above, the nearest first."""
    found = []
    while (place := plan.nodes[place].parent) >= 0:
        found.append(plan.nodes[place])
    return found
