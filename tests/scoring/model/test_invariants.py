"""What holds of every maturity model: the sentences of the specification, each a property."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from model_changes import (
    changed,
    copied_answers,
    copy_of,
    with_policy,
    with_rules,
    with_stage,
)
from model_evaluation import Said, at_root, near, one, said, states_of
from model_strategies import (
    NOT_APPLICABLE,
    OUT_OF_SCOPE,
    TOPS,
    UNANSWERED,
    Sheet,
    answers,
    models,
    sheets,
)

from remi.scoring.model.evaluate import evaluate
from remi.scoring.model.plan import compiled
from remi.scoring.model.states import to_states
from schemas.maturity import MaturityModel, Node, Quantile, Scale, ScaleLabel, Staged

any_case = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.filter_too_much,
    ],
)
ORDINAL: dict[str, Any] = {
    "stage_rules": ("staged", "quantile"),
    "score_rules": ("power", "quantile"),
}
STAGES_BY_STAGES = ("staged", "levels", "any_all", "table", "quantile")
MEANS: dict[str, Any] = {"score_rules": ("power",), "powers": ("1",)}
OPEN = {"provisional_below": 0, "withheld_below": 0, "not_applicable_ceiling": 1}
"""Policies under which nothing is withheld, so that there is something to compare."""


def draw_case(
    data: st.DataObject, *, complete: bool = False, **allowed: Any
) -> tuple[MaturityModel, Sheet]:
    model = data.draw(models(**allowed))
    return model, data.draw(sheets(model, complete=complete))


def assert_same(one: Said, other: Said, *, coverage: bool = True) -> None:
    """Scores to the nearness of floats, everything else exactly."""
    assert (one.stage, one.status) == (other.stage, other.status)
    if coverage:
        assert one.coverage == other.coverage
    for name in ("score", "low", "high"):
        assert near(getattr(one, name), getattr(other, name)), name


def assert_never_lower(before: dict[str, Said], after: dict[str, Said], *names: str) -> None:
    """No figure there before is missing or lower after."""
    for node, results in before.items():
        for name in names:
            was, now = getattr(results, name), getattr(after[node], name)
            if was is not None:
                assert now is not None, (node, name)
                assert now >= was - 1e-9, (node, name)


def with_one(data: st.DataObject, sheet: Sheet, places: list[str], new: Any) -> Sheet:
    """The sheet with the answer of one of these leaves put through `new`."""
    assume(places)
    leaf = data.draw(st.sampled_from(places))
    return {**sheet, leaf: new(leaf)}


# 1


@any_case
@given(st.data())
def test_the_score_lies_between_its_bounds_and_between_0_and_1(data: st.DataObject) -> None:
    model, sheet = draw_case(data, score_rules=("power", "quantile", "from_stage"), end=Fraction(1))
    model = with_policy(model, **OPEN)
    for results in one(model, sheet).values():
        if results.low is not None and results.high is not None:
            assert -1e-9 <= results.low <= results.high + 1e-9
            assert results.high <= 1 + 1e-9
        if results.score is not None:
            assert results.low is not None
            assert results.high is not None
            assert results.low - 1e-9 <= results.score <= results.high + 1e-9


@any_case
@given(st.data())
def test_answers_filled_in_later_land_between_the_bounds(data: st.DataObject) -> None:
    model, sheet = draw_case(data)
    model = with_policy(model, **OPEN)
    filled = {
        leaf.id: data.draw(st.integers(0, model.scale_of(leaf).top))
        if sheet[leaf.id] == UNANSWERED
        else sheet[leaf.id]
        for leaf in model.leaves()
    }
    before, after = one(model, sheet), one(model, filled)
    for node, results in after.items():
        if results.score is not None:
            low, high = before[node].low, before[node].high
            assert low is not None
            assert high is not None
            assert low - 1e-9 <= results.score <= high + 1e-9
            assert near(results.low, results.high)


# 2


@any_case
@given(st.data(), st.sampled_from(TOPS))
def test_all_items_at_one_answer_give_that_answer(data: st.DataObject, top: int) -> None:
    model = data.draw(models(plain=True, top=top, end=Fraction(1), **ORDINAL))
    code = data.draw(st.integers(0, top))
    sheet: Sheet = {leaf.id: code for leaf in model.leaves()}
    value = float(model.scale_of(model.leaves()[0]).labels[code].value)
    for node_id, results in one(model, sheet).items():
        node = model.node(node_id)
        assert results.stage in (code, None if node.stage is None and node.children else code)
        if node.score is not None:
            assert near(results.score, value)


# 3


@settings(any_case, max_examples=200)
@given(st.data())
def test_raising_one_answered_item_never_lowers_score_stage_or_bounds(
    data: st.DataObject,
) -> None:
    model, sheet = draw_case(data)
    model = with_policy(model, **OPEN)
    below_top = [
        leaf.id
        for leaf in model.leaves()
        if isinstance(sheet[leaf.id], int) and sheet[leaf.id] != model.scale_of(leaf).top
    ]

    def raised(leaf: str) -> int:
        now = sheet[leaf]
        assert isinstance(now, int)
        return data.draw(st.integers(now + 1, model.scale_of(model.node(leaf)).top))

    after = with_one(data, sheet, below_top, raised)
    before, risen = one(model, sheet), one(model, after)
    assert_never_lower(before, risen, "score", "low", "high", "stage")
    assert [r.coverage for r in before.values()] == [r.coverage for r in risen.values()]


# 4


def two_halves(unanswered_score: str) -> MaturityModel:
    scale = Scale(
        id="halves",
        labels=tuple(
            ScaleLabel(label=word, value=Fraction(k, 2))
            for k, word in enumerate(("no", "so", "yes"))
        ),
    )
    return MaturityModel.model_validate(
        {
            "id": "halves",
            "version": "1.0",
            "name": "Halves",
            "scales": [scale.model_dump()],
            "root": {
                "id": "all",
                "name": "All",
                "score": {"rule": "power"},
                "policy": {**OPEN, "unanswered_score": unanswered_score},
                "children": [{"id": i, "name": i, "scale": "halves"} for i in ("a", "b")],
            },
        }
    )


def test_a_blank_that_becomes_an_answer_can_lower_a_score_where_blanks_are_left_out() -> None:
    assert at_root(two_halves("exclude"), {"a": 2, "b": UNANSWERED}).score == 1
    assert at_root(two_halves("exclude"), {"a": 2, "b": 1}).score == 0.75


def test_where_blanks_are_zero_the_same_answer_raises_the_score() -> None:
    assert at_root(two_halves("zero"), {"a": 2, "b": UNANSWERED}).score == 0.5
    assert at_root(two_halves("zero"), {"a": 2, "b": 1}).score == 0.75


@any_case
@given(st.data())
def test_where_blanks_are_zero_a_blank_that_becomes_an_answer_never_lowers_score_or_stage(
    data: st.DataObject,
) -> None:
    model, sheet = draw_case(data)
    model = with_policy(model, **OPEN, unanswered_score="zero", unanswered_stage="zero")
    blank = [leaf for leaf, state in sheet.items() if state == UNANSWERED]

    def answered(leaf: str) -> int:
        return data.draw(st.integers(0, model.scale_of(model.node(leaf)).top))

    after = with_one(data, sheet, blank, answered)
    assert_never_lower(one(model, sheet), one(model, after), "score", "low", "stage")


# 5


@any_case
@given(st.data())
def test_moving_siblings_and_columns_changes_nothing(data: st.DataObject) -> None:
    model, sheet = draw_case(data)

    def moved(node: Node) -> Node:
        order = data.draw(st.permutations(node.children)) if node.children else ()
        return node.model_copy(update={"children": tuple(order)})

    before, after = one(model, sheet), one(changed(model, moved), sheet)
    for node, results in before.items():
        assert_same(results, after[node])


@any_case
@given(st.data())
def test_moving_rows_changes_nothing(data: st.DataObject) -> None:
    model = data.draw(models())
    drawn = data.draw(st.lists(sheets(model), min_size=2, max_size=5))
    order = data.draw(st.permutations(range(len(drawn))))
    before, after = said(model, *drawn), said(model, *(drawn[n] for n in order))
    assert after == [before[n] for n in order]


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


# 7


@any_case
@given(st.data())
def test_minimum_harmonic_geometric_mean_quadratic_and_maximum_are_in_this_order(
    data: st.DataObject,
) -> None:
    model, sheet = draw_case(
        data, top=None, end=Fraction(1), score_rules=("power",), stage_rules=STAGES_BY_STAGES
    )
    model = with_policy(model, **OPEN)
    means = ("minimum", "harmonic", "geometric", Fraction(1), Fraction(2), "maximum")
    rising = [one(with_rules(model, score={"p": p}), sheet) for p in means]
    for lower, higher in pairwise(rising):
        for node, results in lower.items():
            for name in ("score", "low", "high"):
                was, now = getattr(results, name), getattr(higher[node], name)
                assert (was is None) == (now is None)
                assert was is None or was <= now + 1e-9


# 8


def staged_by(model: MaturityModel, sheet: Sheet, share: Fraction) -> dict[str, Said]:
    return one(with_stage(model, Staged(shares=share)), sheet)


def quantiles(model: MaturityModel, sheet: Sheet, alpha: Fraction, side: Any) -> dict[str, Said]:
    return one(with_stage(model, Quantile(alpha=alpha, side=side)), sheet)


def stages(results: dict[str, Said]) -> list[int | None]:
    return [r.stage for r in results.values()]


@any_case
@given(st.data(), st.sampled_from(TOPS))
def test_staged_over_all_is_the_lowest_and_over_half_the_upper_median(
    data: st.DataObject, top: int
) -> None:
    model, sheet = draw_case(data, top=top, end=None, stage_rules=("staged",))
    model = with_policy(model, **OPEN)
    lowest = quantiles(model, sheet, Fraction(0), "lower")
    median = quantiles(model, sheet, Fraction(1, 2), "upper")
    assert stages(staged_by(model, sheet, Fraction(1))) == stages(lowest)
    assert stages(staged_by(model, sheet, Fraction(1, 2))) == stages(median)


@any_case
@given(st.data(), st.sampled_from(TOPS))
def test_staged_lies_between_lowest_and_highest_and_never_rises_with_the_share(
    data: st.DataObject, top: int
) -> None:
    model, sheet = draw_case(data, top=top, end=None, stage_rules=("staged",))
    model = with_policy(model, **OPEN)
    shares = sorted(
        data.draw(
            st.lists(st.fractions(Fraction(1, 20), 1, max_denominator=60), min_size=2, max_size=4)
        )
    )
    falling = [staged_by(model, sheet, share) for share in shares]
    falling.append(quantiles(model, sheet, Fraction(0), "lower"))
    for higher, lower in pairwise([quantiles(model, sheet, Fraction(1), "upper"), *falling]):
        assert_never_lower(lower, higher, "stage")


# 9


@any_case
@given(st.data())
def test_a_strictly_rising_relabelling_commutes_with_staged_and_median(
    data: st.DataObject,
) -> None:
    top = data.draw(st.sampled_from((1, 2)))
    rules = data.draw(
        st.sampled_from(
            [
                Staged(shares=Fraction(2, 3)),
                Staged(shares=Fraction(1)),
                Quantile(),
                Quantile(side="upper"),
            ]
        )
    )
    model, sheet = draw_case(
        data, complete=True, plain=True, top=top, end=None, stage_rules=("staged",)
    )
    model = with_stage(model, rules)
    relabelled = data.draw(
        st.lists(st.integers(0, 3), min_size=top + 1, max_size=top + 1, unique=True).map(sorted)
    )
    wider = changed(
        model,
        lambda node: node.model_copy(update={"scale": None if node.children else "scale3"}),
        stages=("one", "two", "three"),
    )
    before = one(model, sheet)
    after = one(
        wider, {leaf: relabelled[k] if isinstance(k, int) else k for leaf, k in sheet.items()}
    )
    for node, results in before.items():
        expected = None if results.stage is None else relabelled[results.stage]
        assert after[node].stage == expected


@any_case
@given(st.data())
def test_what_answers_are_worth_never_moves_a_stage(data: st.DataObject) -> None:
    model, sheet = draw_case(data, stage_rules=STAGES_BY_STAGES)
    assume(all(isinstance(p.not_applicable, str) for p in model.policies().values()))
    bent = tuple(
        scale.model_copy(
            update={
                "labels": tuple(
                    label.model_copy(update={"value": label.value**3}) for label in scale.labels
                )
            }
        )
        for scale in model.scales
    )
    before, after = one(model, sheet), one(changed(model, lambda node: node, scales=bent), sheet)
    assert stages(before) == stages(after)


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


# 11


def practice(levels: int, streams: int, *, by_stream: bool) -> MaturityModel:
    """A practice whose points are summed over levels of streams, or of streams of levels."""
    mean, points = {"rule": "power"}, {"rule": "sum", "incomplete": "as_is"}
    outer, inner = (streams, levels) if by_stream else (levels, streams)

    def leaf(a: int, b: int) -> dict[str, Any]:
        level, stream = (b, a) if by_stream else (a, b)
        return {"id": f"q{level}-{stream}", "name": "A question", "scale": "samm"}

    return MaturityModel.model_validate(
        {
            "id": "practice",
            "version": "2.0",
            "name": "A practice",
            "scales": [
                {
                    "id": "samm",
                    "labels": [
                        {"label": f"answer {k}", "value": value}
                        for k, value in enumerate(("0", "0.25", "0.5", "1"))
                    ],
                }
            ],
            "root": {
                "id": "practice",
                "name": "A practice",
                "score": mean if by_stream else points,
                "children": [
                    {
                        "id": f"part{a}",
                        "name": "A part",
                        "score": points if by_stream else mean,
                        "children": [leaf(a, b) for b in range(inner)],
                    }
                    for a in range(outer)
                ],
            },
        }
    )


@any_case
@given(st.data(), st.integers(1, 4), st.integers(1, 3))
def test_samm_by_levels_is_samm_by_streams(data: st.DataObject, levels: int, streams: int) -> None:
    by_level = practice(levels, streams, by_stream=False)
    by_stream = practice(levels, streams, by_stream=True)
    sheet = data.draw(sheets(by_level, complete=True))
    assert near(at_root(by_level, sheet).score, at_root(by_stream, sheet).score)


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


# 15


@any_case
@given(st.data(), st.text(min_size=1, max_size=8).filter(lambda text: text.strip() != ""))
def test_an_unknown_label_stops_the_return_and_names_its_cell(
    data: st.DataObject, word: str
) -> None:
    model = data.draw(models(plain=True))
    leaf = data.draw(st.sampled_from(model.leaves()))
    assume(not word.strip().casefold().startswith(("answer", "not_applicable")))
    rows = pd.DataFrame(
        {
            "organisation_id": ["o1"],
            "node_id": [leaf.id],
            "answer": [word],
            "sheet": ["Answers"],
            "cell": ["C7"],
        }
    )
    organisations = pd.DataFrame({"organisation_id": ["o1"], "sector": ["other"]})
    with pytest.raises(ValueError, match=r"o1.*C7"):
        to_states(rows, organisations, model)


@any_case
@given(st.data())
def test_a_code_that_no_label_stands_for_is_never_scored(data: st.DataObject) -> None:
    model, sheet = draw_case(data)
    states = states_of(model, [sheet])
    column = data.draw(st.integers(0, states.shape[1] - 1))
    top = model.scale_of(model.leaves()[column]).top
    states[0, column] = data.draw(st.one_of(st.integers(top + 1, 127), st.integers(-128, -4)))
    with pytest.raises(ValueError, match=model.leaves()[column].id):
        evaluate(states, compiled(model))


# 16


@any_case
@given(st.data())
def test_an_organisation_alone_is_as_among_others(data: st.DataObject) -> None:
    model = data.draw(models())
    drawn = data.draw(st.lists(sheets(model), min_size=2, max_size=5))
    plan = compiled(model)
    together = evaluate(states_of(model, drawn), plan)
    for number, sheet in enumerate(drawn):
        alone = evaluate(states_of(model, [sheet]), plan)
        for name, values in vars(together).items():
            np.testing.assert_array_equal(values[:, [number]], getattr(alone, name), name)
