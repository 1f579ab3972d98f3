"""Maturity models small enough to work out by hand, drawn at random, and answers to them.

A model is drawn from the top down: a node is asked for the stages it must have and the score at
which it must end, and draws a rule and children that give them. So every model loads, whatever
its rules, and a model that does not load is a fault of the contract or of this file.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from schemas.maturity import MaturityModel, Node

GROUPS = ("trusts", "charities")
UNANSWERED, NOT_APPLICABLE, OUT_OF_SCOPE = "unanswered", "not_applicable", "out_of_scope"

State = int | str
Sheet = dict[str, State]
"""Leaf id -> code, or one of the three words above."""

STAGE_RULES = ("staged", "levels", "any_all", "table", "quantile", "bands")
SCORE_RULES = ("power", "sum", "quantile", "cumulative_product", "from_stage")
TOPS = (1, 2, 3)
SCORE_ENDS = (Fraction(1), Fraction(3))
WEIGHTS = ("1", "1", "2", "1/2", "1/3", "3", "0")
SHARES = ("1", "4/5", "2/3", "1/2", "1/3")
EXACT_POWERS = ("1", "1", "harmonic", "-1", "minimum", "maximum")
POWERS = (*EXACT_POWERS, "geometric", "0", "2", "3", "1/2", "-2", "-1/2")
OFFSETS = ("0", "0", "1/5", "1/2")


@dataclass
class Drawing:
    """What is allowed in one model, and how many nodes it has so far."""

    draw: st.DrawFn
    plain: bool = False
    """Only one policy (that of the root), no groups, no gates."""
    stage_rules: tuple[str, ...] = STAGE_RULES
    score_rules: tuple[str, ...] = SCORE_RULES
    powers: tuple[str, ...] = POWERS
    fine: bool = False
    """Weights have many decimals, so that nothing is made of them that 64 bits hold."""
    of_some: bool = False
    """Inside a node that only some organisations are asked."""
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def one(self, options: Sequence[Any]) -> Any:
        return self.draw(st.sampled_from(options))

    def weight(self) -> str:
        if self.fine and not self.seldom():
            return str(
                Decimal(self.draw(st.integers(1, 10**9))) / 10 ** self.draw(st.integers(4, 9))
            )
        return str(self.one(WEIGHTS))

    def often(self) -> bool:
        return bool(self.draw(st.booleans()))

    def seldom(self) -> bool:
        return bool(self.draw(st.integers(0, 4)) == 4)


@dataclass(frozen=True)
class Wanted:
    """What a node's parent needs of it."""

    top: int | None
    """Highest stage; None where no stage is needed."""
    end: Fraction | None
    """Highest score; None where no score is needed."""
    exact: bool = False
    """The score must be a fraction, because a band is read from it."""


def scale_of(top: int, offset: str, bent: bool) -> dict[str, Any]:
    first = Fraction(offset)
    parts = [Fraction(k, top) ** 2 if bent else Fraction(k, top) for k in range(top + 1)]
    labels = [
        {"label": f"answer {k}", "value": str(first + (1 - first) * part)}
        for k, part in enumerate(parts)
    ]
    return {"id": f"scale{top}", "labels": labels}


def policy(drawing: Drawing) -> dict[str, Any]:
    unanswered = ("exclude", "zero", "null")
    options: dict[str, Sequence[Any]] = {
        "not_applicable": ("exclude", "exclude", "full", "zero", {"value": "1/2"}),
        "not_applicable_ceiling": ("1/5", "1/2", "1/3", "0", "1"),
        "not_applicable_by": ("node", "level"),
        "unanswered_stage": unanswered,
        "unanswered_score": unanswered,
        "provisional_below": ("4/5", "1/2", "0", "1"),
        "provisional_next_level": (True, False),
        "withheld_below": ("2/3", "1/3", "0", "1"),
    }
    return {name: drawing.one(values) for name, values in options.items() if drawing.often()}


def draw_node(
    drawing: Drawing, depth: int, wanted: Wanted, *, root: bool = False
) -> dict[str, Any]:
    """A node that has what is wanted; a question where depth is 0, and sometimes before."""
    node: dict[str, Any] = {"id": f"n{next(drawing.numbers)}", "name": "A node"}
    if not drawing.plain and drawing.seldom():
        node["policy"] = policy(drawing)
    leaf_will_do = wanted.end in (None, Fraction(1)) and not root
    if depth == 0 or (leaf_will_do and drawing.seldom()):
        node["scale"] = f"scale{wanted.top or drawing.one(TOPS)}"
        return node
    stage = stage_rule(drawing, wanted) if wanted.top else None
    score = score_rule(drawing, depth, wanted, stage)
    children = draw_children(drawing, depth, wanted, stage, score)
    node["children"] = children
    if stage:
        node["stage"] = finished_stage(drawing, stage, wanted.top or 0, children)
    if score:
        node["score"] = finished_score(drawing, score, wanted, children)
    if stage == "bands":
        end, top = wanted.end or Fraction(1), wanted.top or 0
        twelfths = st.lists(st.integers(1, 12), min_size=top, max_size=top, unique=True)
        cuts = [str(end * cut / 12) for cut in sorted(drawing.draw(twelfths))]
        node["stage"] |= {"cuts": cuts, "of": "sum" if score == "sum" else "score"}
    return node


def stage_rule(drawing: Drawing, wanted: Wanted) -> str:
    rules = [r for r in drawing.stage_rules if r != "any_all" or wanted.top == 2]
    if wanted.end is not None and wanted.end != 1 and "cumulative_product" in drawing.score_rules:
        rules = [r for r in rules if r != "levels"] or rules
    return str(drawing.one(rules))


def score_rule(drawing: Drawing, depth: int, wanted: Wanted, stage: str | None) -> str | None:
    if wanted.end is None and stage != "bands":
        return None
    end = wanted.end or Fraction(1)
    rules = [r for r in drawing.score_rules if r in ("power", "quantile", "sum")]
    if end != 1 and depth == 1:
        rules = ["sum"]
    if "from_stage" in drawing.score_rules and end == 1 and stage not in (None, "bands"):
        rules.append("from_stage")
    if "cumulative_product" in drawing.score_rules and end == 3 and stage != "levels":
        rules.append("cumulative_product")
    return str(drawing.one(rules))


def draw_children(
    drawing: Drawing, depth: int, wanted: Wanted, stage: str | None, score: str | None
) -> list[dict[str, Any]]:
    exact = wanted.exact or stage == "bands"
    if score in (None, "from_stage"):
        ends: tuple[Fraction | None, ...] = (None, Fraction(1))
    elif score == "cumulative_product":
        ends = (Fraction(1),)
    elif score == "sum":
        ends = SCORE_ENDS if depth > 1 else (Fraction(1),)
    else:
        ends = (wanted.end or Fraction(1),)
    tops: tuple[int | None, ...]
    if stage in ("staged", "quantile"):
        tops = (wanted.top,)
    elif stage == "any_all":
        tops = (2, 3)
    elif stage == "table":
        tops = tuple(t for t in TOPS if t >= (wanted.top or 0))
    elif stage == "levels":
        tops = TOPS
    else:
        tops = (None, *TOPS) if ends != (None,) else TOPS
    if score == "cumulative_product":
        levels: list[int | None] = [2, 3]
    elif stage == "levels":
        more = drawing.draw(st.lists(st.integers(1, wanted.top or 1), max_size=2))
        levels = [*range(1, (wanted.top or 0) + 1), *more]
    else:
        levels = [None] * drawing.draw(st.integers(1, 3 if depth < 3 else 2))
    children = []
    for place, level in enumerate(levels):
        top, end = drawing.one(tops), drawing.one(ends)
        if top is None and end is None:
            end = Fraction(1)
        # The first of each level is asked of everybody and weighs something: else nothing loads.
        first = place == 0 or (level is not None and level not in levels[:place])
        of_some = not (first or drawing.plain or drawing.of_some) and drawing.seldom()
        drawing.of_some |= of_some
        child = draw_node(drawing, depth - 1, Wanted(top, end, exact))
        drawing.of_some &= not of_some
        plain_one = first and not drawing.fine and drawing.often()
        child["weight"] = "1" if plain_one else drawing.weight()
        if first and child["weight"] == "0":
            child["weight"] = "2"
        child["core"] = first or drawing.often()
        if level is not None:
            child["level"] = level
        if of_some:
            child["applies_to"] = [drawing.one(GROUPS)]
        children.append(child)
    return list(drawing.draw(st.permutations(children)))


def top_of(node: dict[str, Any]) -> int:
    """The highest stage of a node that was drawn."""
    if "scale" in node:
        return int(node["scale"].removeprefix("scale"))
    rule = node["stage"]
    match rule["rule"]:
        case "bands":
            return len(rule["cuts"])
        case "any_all":
            return 2
        case "table":
            return int(max(rule["rows"].values()))
        case "levels":
            return int(max(child["level"] for child in node["children"]))
    return max(top_of(child) for child in node["children"])


def end_of(node: dict[str, Any]) -> Fraction:
    """The highest score of a node that was drawn."""
    if "scale" in node:
        return Fraction(1)
    match node["score"]["rule"]:
        case "sum":
            points = sum(Fraction(c["weight"]) * end_of(c) for c in node["children"])
            return Fraction(node["score"]["scale"]) * points
        case "cumulative_product":
            return Fraction(1 + len(node["children"]))
        case "from_stage":
            return Fraction(1)
    return max(end_of(child) for child in node["children"])


def staged_below(node: dict[str, Any]) -> list[dict[str, Any]]:
    below = [found for child in node.get("children", ()) for found in staged_below(child)]
    return [
        *below,
        *(child for child in node.get("children", ()) if "scale" in child or "stage" in child),
    ]


def finished_stage(
    drawing: Drawing, rule: str, top: int, children: list[dict[str, Any]]
) -> dict[str, Any]:
    written: dict[str, Any] = {"rule": rule}
    match rule:
        case "staged":
            one_share = drawing.one(SHARES)
            written["shares"] = (
                one_share if drawing.often() else [drawing.one(SHARES) for _ in range(top)]
            )
            written["over"] = drawing.one(("all", "core"))
            if written["over"] == "core" and drawing.often():
                written["others_share"] = drawing.one(SHARES)
            written["exhausted"] = drawing.one(("count", "set_aside"))
            written["needs_every_child"] = not drawing.plain and drawing.seldom()
            if not drawing.plain and drawing.seldom():
                item = drawing.one(staged_below({"children": children}))
                written["gates"] = [
                    {
                        "item": item["id"],
                        "from_stage": drawing.draw(st.integers(1, top)),
                        "floor_stage": drawing.draw(st.integers(1, top_of(item))),
                    }
                ]
        case "quantile":
            written["alpha"] = drawing.one(("1/2", "1/2", "1/3", "0", "1", "3/4"))
            written["side"] = drawing.one(("lower", "upper"))
        case "levels":
            lowest = min(top_of(child) for child in children)
            written["bar"] = drawing.draw(st.integers(1, lowest))
            written["share"] = drawing.one(SHARES)
            written["empty_level"] = drawing.one(("hold", "cap"))
            if drawing.often():
                written["lower_bar"] = drawing.draw(st.integers(0, lowest))
                written["lower_share"] = drawing.one((*SHARES, "0"))
        case "any_all":
            written["not_achieved_if_any"] = 0
            written["achieved_if_all"] = 2
        case "table":
            written |= table(drawing, top, children)
        case "bands":
            written["labels"] = [f"band {k}" for k in range(top + 1)]
    return written


def table(drawing: Drawing, top: int, children: list[dict[str, Any]]) -> dict[str, Any]:
    """Codes are added up and cut, which never falls; at most two children are its inputs."""
    inputs = children[:2]
    tops = [top_of(child) for child in inputs]
    cuts = drawing.draw(
        st.lists(st.integers(1, sum(tops)), min_size=top, max_size=top, unique=True)
    )
    rows = {
        ", ".join(map(str, codes)): sum(sum(codes) >= cut for cut in cuts)
        for codes in itertools.product(*(range(t + 1) for t in tops))
    }
    return {"inputs": [child["id"] for child in inputs], "rows": rows}


def finished_score(
    drawing: Drawing, rule: str, wanted: Wanted, children: list[dict[str, Any]]
) -> dict[str, Any]:
    written: dict[str, Any] = {"rule": rule}
    match rule:
        case "power":
            exact = wanted.exact or wanted.top is not None
            powers = [p for p in drawing.powers if not exact or p in EXACT_POWERS]
            written["p"] = drawing.one(powers)
        case "sum":
            points = sum(Fraction(c["weight"]) * end_of(c) for c in children)
            written["scale"] = str((wanted.end or Fraction(1)) / points)
            written["incomplete"] = drawing.one(("as_is", "prorate"))
        case "from_stage":
            written["nothing_answered"] = drawing.one(("as_answers", "whole_range"))
        case "quantile":
            written["alpha"] = drawing.one(("1/2", "1/3", "0", "1"))
            written["side"] = drawing.one(("lower", "upper"))
    return written


def draw_model(drawing: Drawing, depth: int, wanted: Wanted) -> MaturityModel:
    """A whole model; raises what loading raises."""
    root = draw_node(drawing, depth, wanted, root=True)
    if not drawing.plain or drawing.often():
        root["policy"] = policy(drawing)
    named = max(
        (top_of(n) for n in inner(root) if n.get("stage", {"rule": "bands"})["rule"] != "bands"),
        default=0,
    )
    return MaturityModel.model_validate(
        {
            "id": "sample",
            "version": "1.0",
            "name": "Sample",
            "scales": [scale_of(top, drawing.one(OFFSETS), drawing.often()) for top in TOPS],
            "stages": [f"stage {k}" for k in range(1, named + 1)],
            "organisation_groups": [
                {"id": group, "name": group, "sectors": [group]} for group in GROUPS
            ],
            "root": root,
        }
    )


def inner(node: dict[str, Any]) -> list[dict[str, Any]]:
    children = node.get("children", [])
    return [node, *(n for child in children for n in inner(child))] if children else []


@st.composite
def models(
    draw: st.DrawFn,
    /,
    *,
    plain: bool = False,
    depths: tuple[int, int] = (1, 4),
    top: int | None = -1,
    end: Fraction | None = Fraction(-1),
    stage_rules: tuple[str, ...] = STAGE_RULES,
    score_rules: tuple[str, ...] = SCORE_RULES,
    powers: tuple[str, ...] = POWERS,
    fine: bool = False,
) -> MaturityModel:
    """A model with these rules allowed; `top` and `end` of the root are drawn unless given."""
    drawing = Drawing(draw, plain, stage_rules, score_rules, powers, fine)
    if top == -1:
        top = drawing.one((None, *TOPS))
    if end == -1:
        end = drawing.one((*SCORE_ENDS, *([None] if top else [])))
    return draw_model(drawing, draw(st.integers(*depths)), Wanted(top, end))


def sheets(model: MaturityModel, *, complete: bool = False) -> st.SearchStrategy[Sheet]:
    """What one organisation answers to each leaf; `complete` has codes only."""

    def of_sector(sector: str) -> st.SearchStrategy[Sheet]:
        asked = model.asked(model.groups_of(sector))
        return st.fixed_dictionaries(
            {
                leaf.id: answers(model, leaf, complete)
                if leaf.id in asked
                else st.just(OUT_OF_SCOPE)
                for leaf in model.leaves()
            }
        )

    return st.sampled_from(("other", *GROUPS)).flatmap(of_sector)


def answers(model: MaturityModel, leaf: Node, complete: bool) -> st.SearchStrategy[State]:
    codes: st.SearchStrategy[State] = st.integers(0, model.scale_of(leaf).top)
    missing: st.SearchStrategy[State] = st.sampled_from((UNANSWERED, NOT_APPLICABLE))
    return codes if complete else st.one_of(codes, codes, missing)
