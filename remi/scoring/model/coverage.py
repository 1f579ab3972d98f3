"""How much of each node is asked, applies and is answered, in whole numbers of the node's own unit.

A leaf weighs what its path gives it: the product of the normalised weights down to it, with
everything in the model present. So shares of coverage never depend on who else answered.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from remi.scoring.arrays import Bools, Ints
from remi.scoring.model.families import Family, families
from remi.scoring.model.plan import Plan
from remi.scoring.model.readings import LeafFlags
from remi.scoring.model.states import States
from remi.scoring.whole_numbers import WholeNumbers, narrow_type


@dataclass(frozen=True)
class Coverage:
    """Weights of the leaves below each node: [node, organisation].

    A row more than there are nodes stands for the child that is not there, and is 0.
    """

    asked: WholeNumbers
    not_applicable: WholeNumbers
    applicable: WholeNumbers
    answered: WholeNumbers
    leaves: dict[str, Bools]
    """The same of each leaf, [leaf, organisation] by name."""


NAMES = ("asked", "not_applicable", "applicable", "answered")


def coverage(plan: Plan, flags: LeafFlags, states: States) -> Coverage:
    """The coverage of every node; `states` is [leaf, organisation]."""
    largest = max(sum(node.unit_weights) for node in plan.nodes)
    shape, kind = (len(plan.nodes) + 1, states.shape[1]), narrow_type(largest)
    parts = {name: np.empty(shape, kind) for name in NAMES}
    leaves = {name: flags.lookups[name].of(states) for name in NAMES}
    for name, weights in parts.items():
        # Also where kept as Python's own, these are numbers and no truth values.
        weights[list(plan.leaf_places)] = leaves[name].view(np.int8)
        weights[-1] = 0
        for depth in families(plan).depths:
            for family in depth.inner:
                units = family.units.astype(kind, copy=False)
                sums = np.zeros((len(family.nodes), shape[1]), kind)
                for children, unit in zip(family.children, units, strict=True):
                    sums += weights[children] * unit
                weights[family.places] = sums
    return Coverage(**parts, leaves=leaves)


def by_level(family: Family, leaves: Bools) -> WholeNumbers:
    """[level, node, organisation]: the weight of the flagged leaves below each node at each level.

    `leaves` is [leaf, organisation]; those without a level are in row 0.
    """
    columns, units = family.by_level
    weight: WholeNumbers = np.zeros((*columns.shape[1:], leaves.shape[1]), dtype=units.dtype)
    for here, unit in zip(columns, units, strict=True):
        weight += leaves[here] * unit
    return weight


def above(weights: WholeNumbers, stage: Ints) -> WholeNumbers:
    """Of [level, ..., organisation] the level above each stage; 0 where there is none."""
    found = np.zeros_like(weights[0])
    for level in range(1, len(weights)):
        found += weights[level] * (stage == level - 1)
    next_level: WholeNumbers = found
    return next_level
