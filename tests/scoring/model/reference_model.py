"""A second engine for any maturity model: one organisation, one node, one rule at a time.

Written from the words of the specification and of `schemas.maturity`, sharing nothing with
`remi.scoring.model`, so that the two can be held against each other. Fractions throughout, until a
root is taken. A child counts if it is asked, weighs something and has a value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, cast

from model_strategies import NOT_APPLICABLE, OUT_OF_SCOPE, UNANSWERED, Sheet
from reference_operators import (
    Number,
    any_all,
    band,
    cumulative_product,
    power_mean,
    quantile,
    share,
)

from schemas.maturity import (
    Anchor,
    AnyAll,
    Bands,
    CumulativeProduct,
    FromStage,
    Levels,
    MaturityModel,
    Node,
    NodePolicy,
    Power,
    Quantile,
    Staged,
    Sum,
    Table,
)

UNKNOWN: Literal["unknown"] = "unknown"
"""A blank under the policy `null`: what is made of it is not known either."""

Stage = int | Literal["unknown"] | None
Value = Number | Literal["unknown"] | None
"""None: the node does not count at all."""


WORDS = ["not_assessed", "not_applicable", "not_assessable", "provisional", "final"]
STAGED = ("provisional", "final")


@dataclass(frozen=True)
class Outcome:
    """What is said of one node."""

    status: str
    score: Number | None
    low: Number | None
    high: Number | None
    stage: int | None
    coverage: Fraction | None
    """None where nothing applies."""


class Reference:
    """One organisation's answers under one model."""

    def __init__(self, model: MaturityModel, sheet: Sheet) -> None:
        self.model = model
        self.sheet = sheet
        self.policies: Mapping[str, NodePolicy] = model.policies()

    def outcome(self, node: Node) -> Outcome | None:
        """None where the organisation is not asked anything of the node."""
        if not self.asked(node):
            return None
        coverage, status = self.coverage(node), self.status(node)
        score, low, high = (self.score(node, filled) for filled in (None, 0, 1))
        if isinstance(score, Fraction | float):
            # A blank left out must not put the score outside of what its answer could make of it.
            low, high = min(cast(Number, low), score), max(cast(Number, high), score)
        return Outcome(
            status,
            None if self.withheld(node) or score == UNKNOWN else score,
            cast("Number | None", low),
            cast("Number | None", high),
            self.published_stage(node),
            coverage,
        )

    def withheld(self, node: Node) -> bool:
        coverage = self.coverage(node)
        if self.status(node) not in STAGED or coverage is None:
            return True
        needed = cast(Fraction, self.policies[node.id].withheld_below)
        return bool(node.children) and coverage < needed

    def published_stage(self, node: Node) -> int | None:
        stage = self.stage(node, None)
        if isinstance(node.stage, Staged) and node.stage.needs_every_child:
            below = [self.published_stage(child) for child in self.counted(node)]
            stage = None if None in below else stage
        if isinstance(node.stage, Bands) and self.withheld(node):
            return None
        return stage if self.status(node) in STAGED and isinstance(stage, int) else None

    def status(self, node: Node) -> str:
        """The word of which least can be said, of those that fit."""
        policy = self.policies[node.id]
        coverage = self.coverage(node)
        if isinstance(node.stage, Staged) and node.stage.needs_every_child:
            return min((self.status(child) for child in self.counted(node)), key=WORDS.index)
        if coverage is None:
            return "not_applicable"
        if coverage == 0 and not self.answered(node):
            return "not_assessed"
        if self.opted_out(node) or (node.stage is not None and self.stage(node, 0) is None):
            return "not_assessable"
        bar = cast(Fraction, policy.provisional_below)
        thin = coverage < bar
        stage = self.stage(node, None)
        if policy.provisional_next_level and isinstance(stage, int):
            following = self.coverage(node, stage + 1)
            thin = thin or (following is not None and following < bar)
        return "provisional" if thin else "final"

    def opted_out(self, node: Node) -> bool:
        """Whether more than the ceiling is not applicable, over all or in any one level."""
        policy = self.policies[node.id]
        groups: dict[int | None, dict[str, Fraction]] = {}
        for leaf, (level, weight) in self.weights(node).items():
            # What has no level stands together, so that opting out of it has a ceiling too.
            key = level if policy.not_applicable_by == "level" else None
            groups.setdefault(key, {})[leaf] = weight
        return any(
            sum(w for leaf, w in group.items() if self.sheet[leaf] == NOT_APPLICABLE)
            > cast(Fraction, policy.not_applicable_ceiling) * sum(group.values())
            for group in groups.values()
        )

    def counted(self, node: Node) -> list[Node]:
        return [child for child in node.children if child.weight and self.asked(child)]

    def coverage(self, node: Node, level: int | None = None) -> Fraction | None:
        """The share of what applies, in all or at one level, that is answered."""
        weights = {
            leaf: weight
            for leaf, (own, weight) in self.weights(node).items()
            if weight and not self.excluded(leaf) and level in (None, own)
        }
        whole = sum(weights.values())
        part = sum(w for leaf, w in weights.items() if self.sheet[leaf] != UNANSWERED)
        return Fraction(part) / whole if whole else None

    def answered(self, node: Node) -> bool:
        return any(
            weight and not self.excluded(leaf) and self.sheet[leaf] != UNANSWERED
            for leaf, (_, weight) in self.weights(node).items()
        )

    def asked(self, node: Node) -> bool:
        if not node.children:
            return self.sheet[node.id] != OUT_OF_SCOPE
        return any(self.asked(child) for child in node.children)

    def excluded(self, leaf: str) -> bool:
        return (
            self.sheet[leaf] == NOT_APPLICABLE and self.policies[leaf].not_applicable == "exclude"
        )

    def weights(self, node: Node) -> dict[str, tuple[int | None, Fraction]]:
        """Each leaf that is asked: its level below the node, and its weight along the path."""
        if not node.children:
            return {node.id: (None, Fraction(1))} if self.asked(node) else {}
        total = sum((child.weight for child in node.children), Fraction(0))
        return {
            leaf: (child.level if level is None else level, weight * child.weight / total)
            for child in node.children
            for leaf, (level, weight) in self.weights(child).items()
        }

    def leaf_value(
        self, leaf: Node, track: str, filled: int | None
    ) -> int | Literal["unknown"] | Anchor | None:
        """A code, an anchor, nothing, or not known."""
        state, policy = self.sheet[leaf.id], self.policies[leaf.id]
        top = self.model.scale_of(leaf).top
        if isinstance(state, int):
            return state
        if state == OUT_OF_SCOPE:
            return None
        if state == NOT_APPLICABLE:
            if isinstance(policy.not_applicable, Anchor):
                return policy.not_applicable
            return {"exclude": None, "full": top, "zero": 0}[cast(str, policy.not_applicable)]
        if filled is not None:
            return top * filled
        word = policy.unanswered_stage if track == "stage" else policy.unanswered_score
        return {"exclude": None, "zero": 0, "null": UNKNOWN}[cast(str, word)]

    def score(self, node: Node, filled: int | None) -> Value:
        """Every blank at its lowest (0) or highest (1) answer, or as the policies say (None)."""
        if not node.children:
            value = self.leaf_value(node, "score", filled)
            if isinstance(value, Anchor):
                return value.value
            return (
                self.model.scale_of(node).labels[value].value if isinstance(value, int) else value
            )
        match node.score:
            case None:
                return None
            case FromStage():
                return self.score_from_stage(node, node.score, filled)
        scored = [(child, self.score(child, filled)) for child in node.children if child.weight]
        scored = [(child, value) for child, value in scored if value is not None]
        if not scored:
            return None
        if any(value == UNKNOWN for _, value in scored):
            return UNKNOWN
        known = [(child, cast(Number, value)) for child, value in scored]
        pairs = [(child.weight, value) for child, value in known]
        match node.score:
            case Power(p=p):
                return power_mean(pairs, p)
            case Quantile(alpha=alpha, side=side):
                return quantile(pairs, alpha, side)
            case Sum(scale=scale, incomplete=incomplete):
                points = scale * sum(weight * value for weight, value in pairs)
                if incomplete == "as_is":
                    return points
                possible = scale * sum(child.weight * self.highest(child) for child, _ in known)
                return points * self.highest(node) / possible
            case CumulativeProduct():
                in_order = sorted(known, key=lambda pair: pair[0].level or 0)
                return cumulative_product([value for _, value in in_order])
        raise AssertionError(node.score)

    def highest(self, node: Node) -> Fraction:
        """The score where every question that weighs anything has its best answer."""
        weighed = [(child.weight, self.highest(child)) for child in node.children if child.weight]
        ends = [end for _, end in weighed]
        match node.score:
            case Sum(scale=scale):
                return scale * sum((weight * end for weight, end in weighed), Fraction(0))
            case CumulativeProduct():
                return Fraction(cumulative_product(ends))
            case Power() | Quantile():
                # They load only where all of these end at the same value.
                return ends[0]
        return Fraction(1)

    def score_from_stage(self, node: Node, rule: FromStage, filled: int | None) -> Value:
        """Counts only as far as the answers below count for a score."""
        below = self.leaf_values(node, filled)
        stage = self.stage(node, filled)
        if not below:
            return None
        if stage == UNKNOWN or UNKNOWN in below:
            return UNKNOWN
        if stage is None:
            return None
        if (
            rule.nothing_answered == "whole_range"
            and filled is not None
            and not self.answered(node)
        ):
            return Fraction(filled)
        return Fraction(stage, cast(int, self.model.top_stage(node)))

    def leaf_values(self, node: Node, filled: int | None) -> list[object]:
        """What counts for a score of the leaves below that weigh anything."""
        if node.children:
            return [v for c in self.counted(node) for v in self.leaf_values(c, filled)]
        value = self.leaf_value(node, "score", filled)
        return [] if value is None else [value]

    def stage(self, node: Node, filled: int | None) -> Stage:
        if not node.children:
            value = self.leaf_value(node, "stage", filled)
            if isinstance(value, Anchor):
                labels = self.model.scale_of(node).labels
                return max(
                    (k for k, label in enumerate(labels) if label.value <= value.value), default=0
                )
            return value
        if node.stage is None:
            return None
        if isinstance(node.stage, Bands):
            score = self.score(node, filled)
            if score is None:
                return None
            if score == UNKNOWN:
                return UNKNOWN
            return band(score, node.stage.cuts)
        if isinstance(node.stage, Table):
            return self.in_table(node, node.stage, filled)
        staged = [(child, self.stage(child, filled)) for child in node.children if child.weight]
        staged = [(child, stage) for child, stage in staged if stage is not None]
        if not staged:
            return None
        if any(stage == UNKNOWN for _, stage in staged):
            return UNKNOWN
        known = [(child, cast(int, stage)) for child, stage in staged]
        match node.stage:
            case Staged():
                return self.staged(node, node.stage, known, filled)
            case Levels():
                return self.levels(node, node.stage, known, filled)
            case Quantile(alpha=alpha, side=side):
                return quantile([(c.weight, k) for c, k in known], alpha, side)
            case AnyAll():
                return any_all(
                    [k for _, k in known],
                    node.stage.not_achieved_if_any,
                    node.stage.achieved_if_all,
                )
        raise AssertionError(node.stage)

    def in_table(self, node: Node, rule: Table, filled: int | None) -> Stage:
        """The row of the inputs, whatever they weigh; there is none where an input is missing."""
        row = [self.stage(self.model.node(name), filled) for name in rule.inputs]
        if UNKNOWN in row:
            return UNKNOWN
        if None in row:
            return None
        return rule.rows[tuple(cast("list[int]", row))]

    def staged(
        self, node: Node, rule: Staged, known: list[tuple[Node, int]], filled: int | None
    ) -> int | None:
        core = [(c, k) for c, k in known if c.core or rule.over == "all"]
        others = [(c, k) for c, k in known if not c.core and rule.over == "core"]
        if not core:
            return None
        reached = 0
        for stage in range(1, cast(int, self.model.top_stage(node)) + 1):
            left = self.left(rule, core, stage, filled)
            enough = bool(left) and share(left, stage.__le__) >= rule.share_at(stage)
            if rule.others_share is not None:
                left = self.left(rule, others, stage, filled)
                enough = enough and share(left, stage.__le__) >= rule.others_share
            for gate in rule.gates:
                at = self.stage(self.model.node(gate.item), filled)
                if (
                    stage >= gate.from_stage
                    and at is not None
                    and (at == UNKNOWN or at < gate.floor_stage)
                ):
                    enough = False
            if not enough:
                break
            reached = stage
        return reached

    def left(
        self, rule: Staged, known: list[tuple[Node, int]], stage: int, filled: int | None
    ) -> list[tuple[Fraction, int]]:
        """Weight and stage of the children that still count at a stage."""
        return [
            (child.weight, k)
            for child, k in known
            if not (rule.exhausted == "set_aside" and k == self.ceiling(child, filled) < stage)
        ]

    def ceiling(self, node: Node, filled: int | None) -> int:
        """The highest stage that is open to a node when some levels do not count."""
        top = cast(int, self.model.top_stage(node))
        if isinstance(node.stage, Levels) and node.stage.empty_level == "cap":
            counted = [c for c in node.children if c.weight and self.stage(c, filled) is not None]
            return max((cast(int, c.level) for c in counted), default=top)
        return top

    def levels(
        self, node: Node, rule: Levels, known: list[tuple[Node, int]], filled: int | None
    ) -> int:
        def share_at(level: int, bar: int | str) -> Fraction:
            here = [(c, k) for c, k in known if c.level == level]
            meets = [(c.weight, int(k >= self.model.bar_code(bar, c))) for c, k in here]
            return share(meets, (1).__eq__)

        reached = 0
        for level in range(1, cast(int, self.model.top_stage(node)) + 1):
            below = all(
                share_at(lower, rule.lower_bar) >= rule.lower_share for lower in range(1, level)
            )
            if below and share_at(level, rule.bar) >= rule.share:
                reached = level
        return min(reached, self.ceiling(node, filled))
