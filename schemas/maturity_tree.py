"""What a maturity model may say: scales, a tree of questions, and the rule of every node.

What the parts are by themselves, and how to find one's way among them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from schemas.framework import Model, Number, OrganisationGroup, Share
from schemas.loading import Fault, FaultsError
from schemas.operators import (
    AnyAll,
    Bands,
    CumulativeProduct,
    FromStage,
    Levels,
    Power,
    Quantile,
    ScoreOperator,
    Staged,
    StageOperator,
    Sum,
    Table,
)

LONGEST_SCALE = 10_000
"""Answers, more than anybody chooses among; what holds their codes holds three times as many."""

_ID = r"^[A-Za-z0-9][A-Za-z0-9_.:-]*$"


class ScaleLabel(Model):
    """One answer, what it is worth (0 to 1), and other spellings that are accepted on input."""

    label: str
    value: Share
    also_accepted: tuple[str, ...] = ()


class Scale(Model):
    """Ordered answers, the least first; an answer's code is its place, counted from 0.

    Values never fall and end at 1. The first may be above 0 (offset scales).
    """

    id: str = Field(pattern=_ID)
    labels: tuple[ScaleLabel, ...]
    allows_not_applicable: bool = True

    @property
    def top(self) -> int:
        """The code of the last label."""
        return len(self.labels) - 1

    @model_validator(mode="after")
    def _in_order(self) -> Scale:
        if faults := list(_label_faults(self)):
            raise FaultsError(faults)
        return self


def _label_faults(scale: Scale) -> Iterator[Fault]:
    """Labels that cannot be told apart, and values out of order."""
    seen: set[str] = set()
    for place, label in enumerate(scale.labels):
        for spelling in (label.label, *label.also_accepted):
            if not spelling.strip():
                yield Fault(("labels", place), "an answer has no wording")
            elif spelling.strip().casefold().replace("_", " ") == "not applicable":
                reason = "not applicable is never an answer of a scale; see allows_not_applicable"
                yield Fault(("labels", place), reason)
            elif spelling.strip().casefold() in seen:
                yield Fault(("labels", place), f"“{spelling}” is written twice on this scale")
            seen.add(spelling.strip().casefold())
        if place and label.value < scale.labels[place - 1].value:
            yield Fault(("labels", place, "value"), "is below the value of the answer before it")
    if len(scale.labels) > LONGEST_SCALE:
        yield Fault(("labels",), f"a scale has {LONGEST_SCALE:,} answers or fewer")
    if len(scale.labels) < 2:
        yield Fault(("labels",), "a scale has two answers or more")
    elif scale.labels[-1].value != 1:
        at = len(scale.labels) - 1
        yield Fault(("labels", at, "value"), "the last answer of a scale must be worth 1")


class Anchor(Model):
    """Not applicable counts as an answer of this value.

    As a stage it is the highest code of the leaf's scale whose value is not above it.
    """

    value: Share


def _word_or_anchor(value: object) -> str:
    return "a value" if isinstance(value, Mapping | Anchor) else "a word"


def _all_or_groups(value: object) -> str | None:
    if value == "all":
        return "everybody"
    return "groups" if isinstance(value, list | tuple) else None


AppliesTo = Annotated[
    Annotated[Literal["all"], Tag("everybody")] | Annotated[tuple[str, ...], Tag("groups")],
    Discriminator(
        _all_or_groups,
        custom_error_type="applies_to",
        custom_error_message="write all, or a list of organisation groups",
    ),
]


class NodePolicy(Model):
    """What is done about answers that are not there. A field left out is inherited from above.

    How an answer counts is the policy of its own leaf; ceiling and coverage are those of the node
    whose result they decide. Shares are compared with less than or more than: exactly the ceiling
    is allowed, and exactly the coverage is enough.
    """

    not_applicable: (
        Annotated[
            Annotated[Literal["exclude", "full", "zero"], Tag("a word")]
            | Annotated[Anchor, Tag("a value")],
            Discriminator(_word_or_anchor),
        ]
        | None
    ) = None
    not_applicable_ceiling: Share | None = None
    """Above this share of what is asked, the node is not assessable; 1 is no ceiling."""
    not_applicable_by: Literal["node", "level"] | None = None
    """What the ceiling is a share of: all questions of the node, or those of any one level."""
    unanswered_stage: Literal["zero", "exclude", "null"] | None = None
    unanswered_score: Literal["exclude", "zero", "null"] | None = None
    provisional_below: Share | None = None
    provisional_next_level: bool | None = None
    """Also provisional where that share of the level above the stage is not answered: it decides
    whether the stage is right. A question's level is its own or that of the nearest node above."""
    withheld_below: Share | None = None


DEFAULT_POLICY = NodePolicy(
    not_applicable="exclude",
    not_applicable_ceiling=Fraction(1, 5),
    not_applicable_by="node",
    unanswered_stage="zero",
    unanswered_score="exclude",
    provisional_below=Fraction(4, 5),
    provisional_next_level=False,
    withheld_below=Fraction(2, 3),
)
"""What the root inherits."""


class Node(Model):
    """A question (a leaf, answered on a scale) or what is made of the nodes below it."""

    id: str = Field(pattern=_ID)
    name: str
    weight: Annotated[Number, Field(ge=0)] = Fraction(1)
    core: bool = False
    level: Annotated[int, Field(strict=True, ge=1)] | None = None
    scale: str | None = None
    applies_to: AppliesTo = "all"
    stage: StageOperator | None = None
    score: ScoreOperator | None = None
    policy: NodePolicy | None = None
    children: tuple[Node, ...] = ()


class MaturityTree(Model):
    """All that a maturity model says. Whether it can be computed, `schemas.maturity` decides."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    version: str = Field(pattern=r"^[0-9]+\.[0-9]+$")
    name: str
    statement: str = Field(default="", description="Printed beside results: what this is and not.")
    scales: tuple[Scale, ...]
    stages: tuple[str, ...] = ()
    """Names of stages 1, 2, ... of every rule that does not name its own."""
    before_first_stage: str = "Before the first stage"
    organisation_groups: tuple[OrganisationGroup, ...] = ()
    root: Node

    @property
    def name_and_version(self) -> str:
        """How results name the model they were made with."""
        return f"{self.id} {self.version}"

    def nodes(self) -> Iterator[Node]:
        """Every node, each before its children."""
        waiting = [self.root]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed(node.children))

    def leaves(self) -> tuple[Node, ...]:
        """The questions, in the order of the file."""
        return tuple(node for node in self.nodes() if not node.children)

    def node(self, node_id: str) -> Node:
        """The node of this id. Raises KeyError."""
        for node in self.nodes():
            if node.id == node_id:
                return node
        raise KeyError(node_id)

    def scale(self, scale_id: str) -> Scale:
        """The scale of this id. Raises KeyError."""
        for scale in self.scales:
            if scale.id == scale_id:
                return scale
        raise KeyError(scale_id)

    def scale_of(self, leaf: Node) -> Scale:
        """The scale that a leaf is answered on."""
        if leaf.scale is None:
            raise KeyError(f"{leaf.id} is not a question")
        return self.scale(leaf.scale)

    def top_stage(self, node: Node) -> int | None:
        """The highest stage that a node can reach; a leaf's last code; None without a stage."""
        if not node.children:
            return self.scale_of(node).top
        match node.stage:
            case None:
                return None
            case Bands():
                return len(node.stage.cuts)
            case AnyAll():
                return 2
            case Table():
                return max(node.stage.rows.values(), default=0)
            case Levels():
                return max((child.level or 0 for child in node.children), default=0)
            case Staged() | Quantile():
                return max((self.top_stage(child) or 0 for child in node.children), default=0)

    def stage_name(self, node: Node, stage: int) -> str:
        """The name of a node's stage, or of a leaf's answer code."""
        if not node.children:
            return self.scale_of(node).labels[stage].label
        if isinstance(node.stage, Bands):
            return node.stage.labels[stage]
        return self.stages[stage - 1] if stage else self.before_first_stage

    def bar_code(self, bar: int | str, node: Node) -> int:
        """The code that `bar` (label, stage name or code) means for this child.

        Raises ValueError where the child has no such label or code.
        """
        top = self.top_stage(node) or 0
        names = [self.stage_name(node, code) for code in range(top + 1)]
        if isinstance(bar, str) and bar in names:
            return names.index(bar)
        if isinstance(bar, int) and 0 <= bar <= top:
            return bar
        raise ValueError(f"{node.id} has no “{bar}”; it has {', '.join(names)}")

    def highest_score(self, node: Node) -> Fraction | None:
        """The score of a node whose every answer is the best, or None where it has no score."""
        if not node.children:
            return Fraction(1)
        # What weighs nothing adds nothing, however high its own score can be.
        weighed = [child for child in node.children if child.weight]
        best = [self.highest_score(child) or Fraction(0) for child in weighed]
        match node.score:
            case None:
                return None
            case Sum():
                parts = zip(weighed, best, strict=True)
                return node.score.scale * sum((c.weight * b for c, b in parts), Fraction(0))
            case CumulativeProduct():
                return Fraction(1 + len(weighed))
            case FromStage():
                return Fraction(1)
            case Power() | Quantile():
                return max(best)

    def lowest_score(self, node: Node) -> Fraction | None:
        """What no score of a node is below, or None where it has no score."""
        if not node.children:
            return self.scale_of(node).labels[0].value
        weighed = [child for child in node.children if child.weight]
        least = [self.lowest_score(child) or Fraction(0) for child in weighed]
        match node.score:
            case None:
                return None
            case CumulativeProduct():
                return Fraction(1)
            case FromStage() | Sum():
                # A sum of fewer is a smaller sum, down to nothing.
                return Fraction(0)
            case Power() | Quantile():
                return min(least)

    def policies(self) -> dict[str, NodePolicy]:
        """The policy of every node by id, with everything inherited filled in."""
        found: dict[str, NodePolicy] = {}
        waiting = [(self.root, DEFAULT_POLICY)]
        while waiting:
            node, above = waiting.pop()
            own = node.policy or NodePolicy()
            written = {name: getattr(own, name) for name in NodePolicy.model_fields}
            changes = {name: value for name, value in written.items() if value is not None}
            found[node.id] = above.model_copy(update=changes)
            waiting.extend((child, found[node.id]) for child in reversed(node.children))
        return found

    def groups_of(self, sector: str) -> frozenset[str]:
        """The ids of the organisation groups that a sector is in."""
        return frozenset(g.id for g in self.organisation_groups if sector in g.sectors)

    def asked(self, groups: frozenset[str]) -> frozenset[str]:
        """The ids of the nodes that organisations in these groups are asked anything of.

        A node is asked only if every node above it is, and an inner one only through its leaves.
        """
        found: set[str] = set()

        def visit(node: Node) -> bool:
            if node.applies_to != "all" and not groups.intersection(node.applies_to):
                return False
            below = [visit(child) for child in node.children]
            if not node.children or any(below):
                found.add(node.id)
                return True
            return False

        visit(self.root)
        return frozenset(found)
