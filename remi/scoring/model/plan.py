"""A maturity model made ready for arithmetic: nodes in a row, weights as whole numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt

from remi.scoring.model.states import state_type
from remi.scoring.whole_numbers import WholeType, narrow_type, whole_type
from schemas.maturity import (
    Gate,
    Levels,
    MaturityModel,
    Node,
    NodePolicy,
    Scale,
    ScoreOperator,
    Staged,
    StageOperator,
    Table,
)


@dataclass(frozen=True)
class PlanNode:
    """One node; places are positions in `Plan.nodes`."""

    place: int
    id: str
    name: str
    depth: int
    """0 for the root."""
    parent: int
    """Place of the parent; -1 for the root."""
    children: tuple[int, ...]
    columns: slice
    """Columns of the node's leaves in an array of states."""
    weights: tuple[int, ...]
    """Of the children, as whole numbers in the same proportion; an explicit 0 stays 0."""
    given_weights: tuple[Fraction, ...]
    highest_scores: tuple[int, ...]
    """Of the children, as whole numbers in the same proportion; 0 where no rule makes a score."""
    counting: tuple[int, ...]
    """Which children have a weight above 0, by position among `children`."""
    levels: tuple[int | None, ...]
    """Of the children."""
    core: tuple[bool, ...]
    """Of the children."""
    units: tuple[int, ...]
    """What one unit of each child's coverage is in units of this node's."""
    unit_weights: tuple[int, ...]
    """Of each leaf below: its share of the node, in the node's own unit of coverage."""
    leaf_levels: tuple[int | None, ...]
    """Of each leaf below: its own level or that of the nearest node between it and this one."""
    bars: tuple[int, ...]
    """The code that each child must have reached, where the rule is `Levels`."""
    lower_bars: tuple[int, ...]
    gates: tuple[int, ...]
    """Places of the items of the gates, where the rule is `Staged`."""
    inputs: tuple[int, ...]
    """Places of the inputs, where the rule is `Table`."""
    top_stage: int | None
    stage: StageOperator | None
    score: ScoreOperator | None
    policy: NodePolicy
    """With everything inherited filled in."""
    not_applicable_ceiling: Fraction
    provisional_below: Fraction
    withheld_below: Fraction

    @property
    def is_leaf(self) -> bool:
        """Whether the node is a question."""
        return not self.children


@dataclass(frozen=True, eq=False)
class Plan:
    """A model's nodes in depth-first order, each before its children. Equal only to itself."""

    model: MaturityModel
    nodes: tuple[PlanNode, ...]
    leaf_ids: tuple[str, ...]
    """By column of an array of states."""
    leaf_places: tuple[int, ...]
    """Places of the leaves, by column."""
    scales: tuple[Scale, ...]
    """By column."""
    tops: npt.NDArray[np.signedinteger]
    """[leaf]: the highest code, of the type in which states are held."""
    may_not_apply: npt.NDArray[np.bool_]
    """[leaf]: whether its scale allows not applicable."""
    coverage_type: WholeType
    """In which the weights of the leaves below any node can be added up."""

    @cached_property
    def stage_type(self) -> WholeType:
        """In which every stage and code can be held."""
        tops = (node.top_stage or 0 for node in self.nodes)
        return narrow_type(max(int(self.tops.max()), *tops) + 1)

    def place(self, node_id: str) -> int:
        """The place of a node. Raises KeyError."""
        return self._places[node_id]

    @cached_property
    def _places(self) -> dict[str, int]:
        return {node.id: node.place for node in self.nodes}

    def node(self, node_id: str) -> PlanNode:
        """The node of this id. Raises KeyError."""
        return self.nodes[self.place(node_id)]


def compiled(model: MaturityModel) -> Plan:
    """The plan of a model."""
    written = tuple(model.nodes())
    places = {node.id: place for place, node in enumerate(written)}
    parents = [-1] * len(written)
    depths = [0] * len(written)
    for place, node in enumerate(written):
        for child in node.children:
            parents[places[child.id]], depths[places[child.id]] = place, depths[place] + 1
    leaves = model.leaves()
    columns = {leaf.id: column for column, leaf in enumerate(leaves)}
    policies = model.policies()
    done: dict[str, PlanNode] = {}
    for node in reversed(written):
        below = [done[child.id] for child in node.children]
        first = below[0].columns.start if below else columns[node.id]
        stop = below[-1].columns.stop if below else first + 1
        units, unit_weights = _units(node, below)
        place = places[node.id]
        done[node.id] = PlanNode(
            place=place,
            id=node.id,
            name=node.name,
            depth=depths[place],
            parent=parents[place],
            children=tuple(child.place for child in below),
            columns=slice(first, stop),
            weights=whole_numbers([child.weight for child in node.children]),
            given_weights=tuple(child.weight for child in node.children),
            highest_scores=whole_numbers(
                [model.highest_score(child) or Fraction(0) for child in node.children]
            ),
            counting=tuple(n for n, child in enumerate(node.children) if child.weight),
            levels=tuple(child.level for child in node.children),
            core=tuple(child.core for child in node.children),
            units=units,
            unit_weights=unit_weights,
            leaf_levels=_leaf_levels(node, below),
            bars=_bars(model, node, "bar"),
            lower_bars=_bars(model, node, "lower_bar"),
            gates=_places(node.stage.gates if isinstance(node.stage, Staged) else (), places),
            inputs=tuple(
                places[name]
                for name in (node.stage.inputs if isinstance(node.stage, Table) else ())
            ),
            top_stage=model.top_stage(node),
            stage=node.stage,
            score=node.score,
            policy=policies[node.id],
            not_applicable_ceiling=_filled(policies[node.id].not_applicable_ceiling),
            provisional_below=_filled(policies[node.id].provisional_below),
            withheld_below=_filled(policies[node.id].withheld_below),
        )
    scales = tuple(model.scale_of(leaf) for leaf in leaves)
    return Plan(
        model=model,
        nodes=tuple(done[node.id] for node in written),
        leaf_ids=tuple(columns),
        leaf_places=tuple(places[leaf.id] for leaf in leaves),
        scales=scales,
        tops=np.array([scale.top for scale in scales], dtype=state_type(scales)),
        may_not_apply=np.array([scale.allows_not_applicable for scale in scales]),
        coverage_type=whole_type(max(sum(node.unit_weights) for node in done.values())),
    )


def whole_numbers(weights: Sequence[Fraction]) -> tuple[int, ...]:
    """The smallest whole numbers in the same proportion."""
    common = math.lcm(*(weight.denominator for weight in weights))
    numbers = [int(weight * common) for weight in weights]
    divisor = math.gcd(*numbers) or 1
    return tuple(number // divisor for number in numbers)


def _units(node: Node, below: Sequence[PlanNode]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """What a child's unit is worth here, and the leaves' weights: products along the path."""
    if not below:
        return (), (1,)
    total = sum(child.weight for child in node.children)
    shares = [
        child.weight / total / sum(planned.unit_weights)
        for child, planned in zip(node.children, below, strict=True)
    ]
    units = whole_numbers(shares)
    return units, tuple(
        unit * weight
        for unit, planned in zip(units, below, strict=True)
        for weight in planned.unit_weights
    )


def _leaf_levels(node: Node, below: Sequence[PlanNode]) -> tuple[int | None, ...]:
    if not below:
        return (None,)
    return tuple(
        child.level if level is None else level
        for child, planned in zip(node.children, below, strict=True)
        for level in planned.leaf_levels
    )


def _bars(model: MaturityModel, node: Node, which: Literal["bar", "lower_bar"]) -> tuple[int, ...]:
    if not isinstance(node.stage, Levels):
        return ()
    bar = getattr(node.stage, which)
    return tuple(model.bar_code(bar, child) for child in node.children)


def _places(gates: Sequence[Gate], places: Mapping[str, int]) -> tuple[int, ...]:
    return tuple(places[gate.item] for gate in gates)


def _filled(share: Fraction | None) -> Fraction:
    if share is None:
        raise TypeError("the policies of a model have every share filled in")
    return share
