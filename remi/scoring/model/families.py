"""Nodes that are worked out together: those of one depth that the same rule makes.

A family's children stand in arrays [child, node]; where one node has fewer children than another,
the rest points nowhere, at a row in which nothing ever counts.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from remi.scoring.arrays import Bools
from remi.scoring.model.plan import Plan, PlanNode
from remi.scoring.whole_numbers import WholeNumbers, narrow_type
from schemas.maturity import (
    Anchor,
    Bands,
    CumulativeProduct,
    FromStage,
    Levels,
    Power,
    Staged,
    Sum,
    Table,
)

Indices = npt.NDArray[np.intp]

EXACT_IN_FLOATS = 2**53
"""Every whole number up to here is a float exactly."""


@dataclass(frozen=True)
class Family:
    """Some nodes, and of each the children that weigh anything, or the inputs of its table."""

    nodes: tuple[PlanNode, ...]
    picked: tuple[tuple[int, ...], ...]
    """Of each node, which of its children, by position among them."""
    nowhere: int

    @cached_property
    def places(self) -> Indices:
        """[node]."""
        return np.array([node.place for node in self.nodes], dtype=np.intp)

    @cached_property
    def children(self) -> Indices:
        """[child, node]: places."""
        return self._padded(
            [[n.children[c] for c in chosen] for n, chosen in self._pairs()], self.nowhere, np.intp
        )

    @cached_property
    def total(self) -> int:
        """The largest sum of a node's weights."""
        return max(sum(node.weights) for node in self.nodes)

    @cached_property
    def weights(self) -> WholeNumbers:
        """[child, node, 1], in the smallest type that holds their sum."""
        return self.column(lambda n: n.weights, narrow_type(self.total))

    @cached_property
    def units(self) -> WholeNumbers:
        """[child, node, 1]: what one unit of each child's coverage is in units of the node's."""
        largest = max(sum(node.unit_weights) for node in self.nodes)
        return self.column(lambda n: n.units, narrow_type(largest))

    @cached_property
    def by_level(self) -> tuple[Indices, WholeNumbers]:
        """Columns [leaf, level, node] of the leaves below by their level, and their units."""
        levels = [[level or 0 for level in node.leaf_levels] for node in self.nodes]
        shape = (max(max(row) for row in levels) + 1, len(self.nodes))
        inside: dict[tuple[int, int], list[tuple[int, int]]] = {}
        for place, (node, row) in enumerate(zip(self.nodes, levels, strict=True)):
            columns = range(node.columns.start, node.columns.stop)
            for column, unit, level in zip(columns, node.unit_weights, row, strict=True):
                inside.setdefault((level, place), []).append((column, unit))
        longest = max(map(len, inside.values()))
        largest = max(sum(node.unit_weights) for node in self.nodes)
        found = np.zeros((longest, *shape), dtype=np.intp)
        units = np.zeros((longest, *shape, 1), dtype=narrow_type(largest))
        for (level, place), leaves in inside.items():
            for position, (column, unit) in enumerate(leaves):
                found[position, level, place], units[position, level, place, 0] = column, unit
        return found, units

    @cached_property
    def core(self) -> Bools:
        """[child, node, 1]."""
        return self.column(lambda n: n.core, np.bool_)

    def column(self, of: Callable[[PlanNode], Sequence[Any]], kind: Any) -> npt.NDArray[Any]:
        """[child, node, 1]: something of each child that was picked, 0 where there is none."""
        rows = [[of(n)[c] for c in chosen] for n, chosen in self._pairs()]
        return self._padded(rows, 0, kind)[..., None]

    def each(self, of: Callable[[PlanNode], Any], kind: Any) -> npt.NDArray[Any]:
        """[node, 1]: something of each node."""
        made = np.empty((len(self.nodes), 1), dtype=kind)
        made[:, 0] = [of(node) for node in self.nodes]
        return made

    def _pairs(self) -> Iterable[tuple[PlanNode, tuple[int, ...]]]:
        return zip(self.nodes, self.picked, strict=True)

    def _padded(self, rows: Sequence[Sequence[Any]], fill: Any, kind: Any) -> npt.NDArray[Any]:
        made = np.full((max(map(len, rows)), len(rows)), fill, dtype=kind)
        for place, row in enumerate(rows):
            made[: len(row), place] = row
        return made


@dataclass(frozen=True)
class Points:
    """Scores of one family's children as whole numbers, for means that are rounded once."""

    unit: int
    """So many points are a score of 1."""
    factors: WholeNumbers
    """[child, node, 1]: weight times what one of the child's points is in these."""
    largest: int


@dataclass(frozen=True)
class Depth:
    """The families of the nodes of one depth, by what is made of them."""

    inner: tuple[Family, ...]
    """Every node that has children."""
    stages: tuple[Family, ...]
    """Nodes with a rule that makes a stage of stages."""
    scores: tuple[Family, ...]
    bands: tuple[PlanNode, ...]
    """Nodes whose stage is read from their score."""


@dataclass(frozen=True)
class Families:
    """All families of a plan."""

    depths: tuple[Depth, ...]
    """The deepest first, so that children come before their parents."""
    points_of: dict[int, int]
    """Place -> how many points are a score of 1, of nodes whose score is such a whole number."""
    points: dict[int, Points]
    """Place of the first node of a family -> its points, where its mean is made of them."""
    plain_scores: Indices
    """Columns of the leaves of whose scores something is made other than by points."""
    leaf_points: Indices
    """Columns of the leaves of whose points something is made."""
    inner: Indices
    """Places of the nodes that have children."""
    for_scores: frozenset[int]
    """Places of the nodes whose stage some score is made of."""


Made = TypeVar("Made")


def kept_per_plan(make: Callable[[Plan], Made]) -> Callable[[Plan], Made]:
    """The function, working out its result once for each plan, for as long as the plan is there."""
    kept: WeakKeyDictionary[Plan, Made] = WeakKeyDictionary()

    def found(plan: Plan) -> Made:
        if plan not in kept:
            kept[plan] = make(plan)
        return kept[plan]

    return found


@kept_per_plan
def families(plan: Plan) -> Families:
    """The families of a plan."""
    points_of = _points_of(plan)
    points: dict[int, Points] = {}
    depths = []
    inner = [node for node in plan.nodes if node.children]
    for depth in sorted({node.depth for node in inner}, reverse=True):
        here = [node for node in inner if node.depth == depth]
        scores = together(plan, [n for n in here if n.score is not None], _score_kind, in_order)
        for family in scores:
            if (made := _points(family, points_of)) is not None:
                points[family.nodes[0].place] = made
        depths.append(
            Depth(
                inner=together(plan, here, lambda _: ()),
                stages=together(
                    plan,
                    [n for n in here if n.stage is not None and not isinstance(n.stage, Bands)],
                    _stage_kind,
                    _of_stage,
                ),
                scores=scores,
                bands=tuple(node for node in here if isinstance(node.stage, Bands)),
            )
        )
    return Families(
        depths=tuple(depths),
        points_of=points_of,
        points=points,
        plain_scores=_made_of(plan, depths, points, by_points=False),
        leaf_points=_made_of(plan, depths, points, by_points=True),
        inner=np.array([node.place for node in inner], dtype=np.intp),
        for_scores=_for_scores(plan),
    )


def together(
    plan: Plan,
    nodes: Iterable[PlanNode],
    kind: Callable[[PlanNode], Hashable],
    picked: Callable[[PlanNode], tuple[int, ...]] = lambda node: node.counting,
) -> tuple[Family, ...]:
    """The nodes of one kind and of about as many children, as families."""
    found: dict[Hashable, list[PlanNode]] = {}
    for node in nodes:
        # With about as many children as the others, no node is padded to more than twice its own.
        found.setdefault((kind(node), len(picked(node)).bit_length()), []).append(node)
    return tuple(
        Family(tuple(alike), tuple(picked(node) for node in alike), len(plan.nodes))
        for alike in found.values()
    )


def in_order(node: PlanNode) -> tuple[int, ...]:
    """The children that weigh anything; by level where the score goes by levels."""
    if isinstance(node.score, CumulativeProduct):
        return tuple(sorted(node.counting, key=lambda n: node.levels[n] or 0))
    return node.counting


def _of_stage(node: PlanNode) -> tuple[int, ...]:
    if isinstance(node.stage, Table):
        return tuple(node.children.index(place) for place in node.inputs)
    return node.counting


def _stage_kind(node: PlanNode) -> Hashable:
    rule = node.stage
    if isinstance(rule, Staged) and rule.gates:
        return node.place
    if isinstance(rule, Levels):
        of_level = tuple((node.levels[n], node.bars[n], node.lower_bars[n]) for n in node.counting)
        return repr((rule.share, rule.lower_share, rule.empty_level)), node.top_stage, of_level
    return repr(rule), node.top_stage


def _score_kind(node: PlanNode) -> Hashable:
    fine = sum(node.weights) > EXACT_IN_FLOATS or (
        isinstance(node.score, Sum) and sum(possible(node)) > EXACT_IN_FLOATS
    )
    return repr(node.score), fine


def possible(node: PlanNode) -> tuple[int, ...]:
    """What each child can add to a sum at most, in any unit."""
    return tuple(map(operator.mul, node.weights, node.highest_scores))


def _points_of(plan: Plan) -> dict[int, int]:
    found: dict[int, int] = {}
    for place, scale in zip(plan.leaf_places, plan.scales, strict=True):
        values = [label.value for label in scale.labels]
        instead = plan.nodes[place].policy.not_applicable
        if isinstance(instead, Anchor):
            values.append(instead.value)
        found[place] = math.lcm(*(value.denominator for value in values))
    for node in plan.nodes:
        if isinstance(node.score, FromStage):
            found[node.place] = node.top_stage or 1
    return {place: unit for place, unit in found.items() if unit <= EXACT_IN_FLOATS}


def _points(family: Family, points_of: dict[int, int]) -> Points | None:
    """How the family's mean is made of whole numbers; None where it is not."""
    rule = family.nodes[0].score
    if not isinstance(rule, Power) or rule.p != 1:
        return None
    children = [n.children[c] for n in family.nodes for c in n.counting]
    if not all(place in points_of for place in children):
        return None
    unit = math.lcm(*(points_of[place] for place in children))
    largest = unit * family.total
    if largest > EXACT_IN_FLOATS:
        return None
    factors = family.column(
        lambda n: [
            weight * (unit // points_of.get(child, unit))
            for weight, child in zip(n.weights, n.children, strict=True)
        ],
        narrow_type(largest),
    )
    return Points(unit, factors, largest)


def _made_of(
    plan: Plan, depths: Sequence[Depth], points: dict[int, Points], *, by_points: bool
) -> Indices:
    """Columns of the leaves that a score is made of."""
    used = {
        n.children[c]
        for depth in depths
        for family in depth.scores
        if (family.nodes[0].place in points) == by_points
        and not isinstance(family.nodes[0].score, FromStage)
        for n in family.nodes
        for c in n.counting
    }
    columns = [c for c, place in enumerate(plan.leaf_places) if place in used]
    return np.array(columns, dtype=np.intp)


def _for_scores(plan: Plan) -> frozenset[int]:
    needed: set[int] = set()
    for node in plan.nodes:
        if node.parent in needed or isinstance(node.score, FromStage):
            needed.add(node.place)
    return frozenset(needed)
