"""What makes a maturity model impossible to compute, or one of its stages impossible to reach."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.loading import Fault, Steps
from schemas.maturity_rules import score_faults, stage_faults
from schemas.maturity_tree import MaturityTree, Node

Place = tuple[Steps, Node]
"""A node and the steps that lead to it in the file."""


def places(model: MaturityTree) -> Iterator[Place]:
    """Every node with its steps, each before its children."""
    waiting: list[Place] = [(("root",), model.root)]
    while waiting:
        steps, node = waiting.pop()
        yield steps, node
        below = [((*steps, "children", n), child) for n, child in enumerate(node.children)]
        waiting.extend(reversed(below))


def tree_faults(model: MaturityTree) -> Iterator[Fault]:
    """Ids, scales, groups and weights that do not fit each other."""
    for name, ids in {
        "scales": [s.id for s in model.scales],
        "stages": [s.strip().casefold() for s in model.stages],
        "organisation_groups": [g.id for g in model.organisation_groups],
    }.items():
        for place, entry in enumerate(ids):
            if entry in ids[:place] or not entry:
                reason = f"is used twice in {name}" if entry else "has no wording"
                yield Fault((name, place), reason)
    if not model.root.children:
        yield Fault(("root", "children"), "has no questions below it")
    seen: set[str] = set()
    scales = {scale.id for scale in model.scales}
    for steps, node in places(model):
        if node.id in seen:
            yield Fault((*steps, "id"), f"{node.id} is used twice in the tree")
        seen.add(node.id)
        yield from _group_faults(model, steps, node)
        yield from (
            _inner_faults(steps, node) if node.children else _leaf_faults(steps, node, scales)
        )


def _group_faults(model: MaturityTree, steps: Steps, node: Node) -> Iterator[Fault]:
    if node.applies_to == "all":
        return
    groups = {group.id for group in model.organisation_groups}
    if not node.applies_to:
        yield Fault((*steps, "applies_to"), "nobody is asked; write all, or some groups")
    for place, group in enumerate(node.applies_to):
        if group not in groups:
            yield Fault((*steps, "applies_to", place), f"no organisation group “{group}”")


def _leaf_faults(steps: Steps, node: Node, scales: set[str]) -> Iterator[Fault]:
    if node.scale is None:
        reason = "has no children, so it is a question: write the scale it is answered on"
        yield Fault((*steps, "scale"), reason)
    elif node.scale not in scales:
        yield Fault((*steps, "scale"), f"no scale “{node.scale}”")
    for name in ("stage", "score"):
        if getattr(node, name) is not None:
            yield Fault((*steps, name), "a question needs no rule; it is worth its answer")


def _inner_faults(steps: Steps, node: Node) -> Iterator[Fault]:
    if node.scale is not None:
        reason = "only a question is answered on a scale, and this has children"
        yield Fault((*steps, "scale"), reason)
    if node.stage is None and node.score is None:
        yield Fault(steps, "has no rule; write a stage, a score or both")
    if not any(child.weight for child in node.children):
        yield Fault((*steps, "children"), "every weight is 0, so nothing is counted")


def rule_faults(model: MaturityTree) -> Iterator[Fault]:
    """Rules whose children, levels, cuts or rows do not suffice. The tree itself is sound."""
    sound, reached = True, 0
    for steps, node in places(model):
        if not node.children:
            continue
        for fault in (*score_faults(model, steps, node), *stage_faults(model, steps, node)):
            sound = False
            yield fault
        reached = max(reached, model.top_stage(node) or 0)
    # A rule with a fault may well be the one that reaches a stage once it is put right.
    for place in range(reached, len(model.stages)) if sound else ():
        yield Fault(("stages", place), "is reached by no rule of this model")
