"""Better answers never lower a result; an answer in place of a blank can.

Numbers are those of the invariants in the specification of scoring.
"""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st
from model_cases import (
    OPEN,
    any_case,
    assert_never_lower,
    draw_case,
    with_one,
)
from model_changes import (
    with_policy,
)
from model_evaluation import at_root, one
from model_strategies import (
    UNANSWERED,
)

from schemas.maturity import MaturityModel, Scale, ScaleLabel

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
