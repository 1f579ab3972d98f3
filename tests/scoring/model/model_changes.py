"""The same model written in another way: siblings moved, weights scaled, children added."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from model_strategies import OUT_OF_SCOPE, Sheet, State

from schemas.maturity import MaturityModel, Node, NodePolicy

Change = Callable[[Node], Node]


def changed(model: MaturityModel, change: Change, **fields: Any) -> MaturityModel:
    """The model with every node, children first, put through `change`; loaded anew."""

    def visit(node: Node) -> Node:
        below = tuple(visit(child) for child in node.children)
        return change(node.model_copy(update={"children": below}))

    written = model.model_copy(update={"root": visit(model.root), **fields})
    return MaturityModel.model_validate(written.model_dump())


def with_rules(
    model: MaturityModel,
    score: Mapping[str, Any] | None = None,
    stage: Mapping[str, Any] | None = None,
) -> MaturityModel:
    """The model with other settings of the rules that its nodes have."""

    def change(node: Node) -> Node:
        update: dict[str, Any] = {}
        if node.score is not None and score is not None:
            update["score"] = node.score.model_copy(update=score)
        if node.stage is not None and stage is not None:
            update["stage"] = node.stage.model_copy(update=stage)
        return node.model_copy(update=update)

    return changed(model, change)


def with_stage(model: MaturityModel, rule: Any) -> MaturityModel:
    """The model with this rule for the stage of every node that has one."""
    return changed(
        model, lambda node: node.model_copy(update={"stage": rule}) if node.stage else node
    )


def with_policy(model: MaturityModel, **fields: Any) -> MaturityModel:
    """The model with these policies throughout, whatever it had."""

    def change(node: Node) -> Node:
        if node.id == model.root.id or node.policy is not None:
            written = node.policy.model_dump() if node.policy is not None else {}
            policy = NodePolicy.model_validate({**written, **fields})
            return node.model_copy(update={"policy": policy})
        return node

    return changed(model, change)


def copy_of(node: Node, suffix: str) -> Node:
    """The node and all below it under other ids."""
    update: dict[str, Any] = {
        "id": node.id + suffix,
        "children": tuple(copy_of(child, suffix) for child in node.children),
    }
    renamed = {n.id for n in below(node)}
    if node.stage is not None and node.stage.rule == "table":
        inputs = tuple(name + suffix for name in node.stage.inputs)
        update["stage"] = node.stage.model_copy(update={"inputs": inputs})
    if node.stage is not None and node.stage.rule == "staged":
        gates = tuple(
            gate.model_copy(update={"item": gate.item + suffix})
            for gate in node.stage.gates
            if gate.item in renamed
        )
        update["stage"] = node.stage.model_copy(update={"gates": gates})
    return node.model_copy(update=update)


def below(node: Node) -> list[Node]:
    """The node and all below it."""
    return [node, *(found for child in node.children for found in below(child))]


def copied_answers(sheet: Sheet, node: Node, suffix: str, answer: Callable[[str], State]) -> Sheet:
    """The sheet with this answer for each leaf of a node's copy that is asked at all."""
    leaves = [found.id for found in below(node) if not found.children]
    new = {i + suffix: OUT_OF_SCOPE if sheet[i] == OUT_OF_SCOPE else answer(i) for i in leaves}
    return {**sheet, **new}
