"""What weights mean: only their proportions, and nothing where they are 0.

Numbers are those of the invariants in the specification of scoring.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from model_cases import (
    MEANS,
    OPEN,
    any_case,
    assert_same,
    draw_case,
)
from model_changes import (
    changed,
    copied_answers,
    copy_of,
    with_policy,
)
from model_evaluation import at_root, near, one
from model_strategies import (
    NOT_APPLICABLE,
    OUT_OF_SCOPE,
    answers,
)

from schemas.maturity import MaturityModel, Node, Staged

# 6


@any_case
@given(st.data())
def test_weights_times_a_constant_change_nothing(data: st.DataObject) -> None:
    model, sheet = draw_case(data)

    def heavier(node: Node) -> Node:
        factor = data.draw(st.sampled_from([Fraction(7, 3), Fraction(1, 5), Fraction(10)]))
        below = [c.model_copy(update={"weight": c.weight * factor}) for c in node.children]
        update: dict[str, Any] = {"children": tuple(below)}
        if node.score is not None and node.score.rule == "sum":
            # Points are weight times score, so the scale takes the constant out again.
            update["score"] = node.score.model_copy(update={"scale": node.score.scale / factor})
        return node.model_copy(update=update)

    before, after = one(model, sheet), one(changed(model, heavier), sheet)
    for node, results in before.items():
        assert_same(results, after[node])


# 10


def path_weights(node: Node, weight: Fraction = Fraction(1)) -> dict[str, Fraction]:
    if not node.children:
        return {node.id: weight}
    total = sum((child.weight for child in node.children), Fraction(0))
    return {
        leaf: share
        for child in node.children
        for leaf, share in path_weights(child, weight * child.weight / total).items()
    }


@any_case
@given(st.data())
def test_a_tree_of_means_is_the_answers_times_their_path_weights(data: st.DataObject) -> None:
    model, sheet = draw_case(data, complete=True, plain=True, top=None, end=Fraction(1), **MEANS)
    assume(OUT_OF_SCOPE not in sheet.values())
    expected = sum(
        weight * model.scale_of(model.node(leaf)).labels[code].value
        for leaf, weight in path_weights(model.root).items()
        if isinstance(code := sheet[leaf], int)
    )
    assert near(at_root(model, sheet).score, float(expected))


# 13


def with_a_copy(
    data: st.DataObject, model: MaturityModel, weight: Fraction | None
) -> tuple[MaturityModel, Node]:
    """The model with a copy of some child beside it, of its own weight or this, and the child."""
    parents = [
        node
        for node in model.nodes()
        if node.children
        and (node.score is None or node.score.rule != "cumulative_product")
        and (weight == 0 or node.score is None or node.score.rule != "sum")
    ]
    assume(parents)
    parent = data.draw(st.sampled_from(parents))
    child = data.draw(st.sampled_from(parent.children))
    twin = copy_of(child, "-copy")
    if weight is not None:
        twin = twin.model_copy(update={"weight": weight})

    def add(node: Node) -> Node:
        if node.id != parent.id:
            return node
        return node.model_copy(update={"children": (*node.children, twin)})

    return changed(model, add), child


@any_case
@given(st.data())
def test_a_node_that_is_all_not_applicable_changes_no_score_and_no_stage(
    data: st.DataObject,
) -> None:
    model, sheet = draw_case(data)
    model = with_policy(model, **OPEN, not_applicable="exclude")
    model = changed(
        model,
        lambda n: (
            n.model_copy(update={"stage": n.stage.model_copy(update={"needs_every_child": False})})
            if isinstance(n.stage, Staged)
            else n
        ),
    )
    wider, child = with_a_copy(data, model, None)
    copied = copied_answers(sheet, child, "-copy", lambda leaf: NOT_APPLICABLE)
    before, after = one(model, sheet), one(wider, copied)
    for node, results in before.items():
        assert_same(results, after[node], coverage=False)


@settings(any_case, max_examples=300)
@given(st.data())
def test_an_item_of_weight_0_changes_nothing(data: st.DataObject) -> None:
    model, sheet = draw_case(data)
    wider, child = with_a_copy(data, model, Fraction(0))
    copied = copied_answers(
        sheet,
        child,
        "-copy",
        lambda leaf: data.draw(answers(model, model.node(leaf), complete=False)),
    )
    before, after = one(model, sheet), one(wider, copied)
    for node, results in before.items():
        assert_same(results, after[node])


# 14


@any_case
@given(st.data())
def test_splitting_an_item_into_two_halves_changes_nothing(data: st.DataObject) -> None:
    model, sheet = draw_case(data)
    parents = [
        node
        for node in model.nodes()
        if node.children and (node.score is None or node.score.rule != "cumulative_product")
    ]
    assume(parents)
    parent = data.draw(st.sampled_from(parents))
    whole = data.draw(st.sampled_from(parent.children))
    half = whole.model_copy(update={"weight": whole.weight / 2})

    def split(node: Node) -> Node:
        if node.id != parent.id:
            return node
        kept = (half if child.id == whole.id else child for child in node.children)
        return node.model_copy(update={"children": (*kept, copy_of(half, "-copy"))})

    before = one(model, sheet)
    after = one(changed(model, split), copied_answers(sheet, whole, "-copy", sheet.__getitem__))
    for node, results in before.items():
        assert_same(results, after[node])
