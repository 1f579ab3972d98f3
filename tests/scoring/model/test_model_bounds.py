"""A score lies between what the unanswered questions could make of it.

Numbers are those of the invariants in the specification of scoring.
"""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st
from model_cases import (
    OPEN,
    any_case,
    draw_case,
)
from model_changes import (
    with_policy,
)
from model_evaluation import NEAR, near, one, states_of
from model_strategies import (
    SCORE_RULES,
    UNANSWERED,
)
from reference_model import Reference

from remi.scoring.model.explain import explain
from remi.scoring.model.plan import compiled

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


@settings(any_case, max_examples=300)
@given(st.data())
def test_no_score_is_above_the_highest_of_its_node(data: st.DataObject) -> None:
    model, sheet = draw_case(data, top=None, score_rules=SCORE_RULES)
    model = with_policy(model, **OPEN)
    results = one(model, sheet)
    reference = Reference(model, sheet)
    for node in model.nodes():
        highest = model.highest_score(node)
        if highest is None:
            continue
        assert highest == reference.highest(node)
        for found in (results[node.id].score, results[node.id].low, results[node.id].high):
            assert found is None or found <= highest * (1 + NEAR)


@any_case
@given(st.data())
def test_no_exact_score_is_above_the_highest_by_the_least_fraction(data: st.DataObject) -> None:
    model, sheet = draw_case(data, top=None, score_rules=("sum",), depths=(2, 3))
    model = with_policy(model, **OPEN)
    plan, states = compiled(model), states_of(model, [sheet])[0]
    found = explain(plan, states, model.root.id, "R1")
    assert found.highest_score is not None
    for figure in (found.score, found.low, found.high):
        assert figure is None or (isinstance(figure, Fraction) and figure <= found.highest_score)


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
