"""How much of each node is asked, applies and is answered, in whole numbers of the node's own unit.

A leaf weighs what its path gives it: the product of the normalised weights down to it, with
everything in the model present. So shares of coverage never depend on who else answered.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from remi.scoring.arrays import Bools, Ints
from remi.scoring.model.plan import Plan, PlanNode
from remi.scoring.model.readings import LeafFlags, Places
from remi.scoring.whole_numbers import WholeNumbers, whole_type


@dataclass(frozen=True)
class Coverage:
    """Weights of the leaves below each node: [node, organisation], or [level, organisation]."""

    asked: WholeNumbers
    not_applicable: WholeNumbers
    applicable: WholeNumbers
    answered: WholeNumbers


NAMES = tuple(field.name for field in fields(Coverage))


def coverage(plan: Plan, flags: LeafFlags, places: Places) -> Coverage:
    """The coverage of every node."""
    n_organisations = places.shape[1]
    shape, kind = (len(plan.nodes), n_organisations), plan.coverage_type
    parts = {name: np.zeros(shape, kind) for name in NAMES}
    for name, weights in parts.items():
        weights[list(plan.leaf_places)] = getattr(flags, name).take(places).astype(np.int64)
        for node in reversed(plan.nodes):
            for unit, child in zip(node.units, node.children, strict=True):
                weights[node.place] += weights[child] * unit
    return Coverage(**parts)


def coverage_by_level(node: PlanNode, flags: LeafFlags, places: Places) -> Coverage:
    """The same of one node, by the level of its leaves; those without a level are in row 0."""
    levels = [level or 0 for level in node.leaf_levels]
    shape, kind = (max(levels) + 1, places.shape[1]), whole_type(sum(node.unit_weights))
    parts = {name: np.zeros(shape, kind) for name in NAMES}
    for name, weights in parts.items():
        flagged: Bools = getattr(flags, name).take(places[node.columns])
        for row, weight, level in zip(flagged, node.unit_weights, levels, strict=True):
            weights[level] += row.astype(kind) * weight
    return Coverage(**parts)


def above(weights: WholeNumbers, stage: Ints) -> WholeNumbers:
    """[level, organisation] at the level above the stage; 0 where there is none."""
    last = len(weights) - 1
    place = np.clip(stage + 1, 0, last).astype(np.intp)[None]
    next_level = np.take_along_axis(weights, place, axis=0)[0]
    return np.where((stage >= 0) & (stage < last), next_level, 0)
