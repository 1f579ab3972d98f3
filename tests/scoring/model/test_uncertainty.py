"""Scores under drawn variations of a model: each source by hand, and what holds of every model."""

from __future__ import annotations

import math
from dataclasses import fields, replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from model_evaluation import states_of
from model_strategies import models, sheets
from small_models import flat, mean, rows

from remi.scoring.model.evaluate import evaluate
from remi.scoring.model.plan import Plan, compiled
from remi.scoring.model.uncertainty import (
    Simulation,
    Varied,
    interval,
    intervals_frame,
    simulate,
)
from schemas.maturity import MaturityModel

any_case = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
NOTHING = Varied(**{field.name: False for field in fields(Varied)})
Drawn = tuple[MaturityModel, Plan, np.ndarray]


@st.composite
def scored_models(draw: st.DrawFn) -> Drawn:
    """A model with a score, and the answers of some organisations."""
    model = draw(models(end=draw(st.sampled_from((Fraction(1), Fraction(3))))))
    drawn = draw(st.lists(sheets(model), min_size=1, max_size=4))
    return model, compiled(model), states_of(model, drawn)


def only(source: str) -> Varied:
    return replace(NOTHING, **{source: True})


def values_drawn(plan: Plan, states: np.ndarray, source: str, n_draws: int = 200) -> set[float]:
    """What the first organisation's score can be, rounded so that it can be compared."""
    (found,) = simulate(plan, states, ["whole"], 1, only(source), n_draws)
    return {round(float(score), 9) for score in found.draws[1:, 0]}


def near(*scores: float) -> set[float]:
    return {round(score, 9) for score in scores}


# Each source


def test_the_values_of_answers_are_bent_up_and_down() -> None:
    # Answers of 1/4 and 1: roots, as declared, and squares.
    drawn = values_drawn(mean(2), rows("14"), "values")
    assert drawn == near((0.5 + 1) / 2, (0.25 + 1) / 2, (0.0625 + 1) / 2)


def test_weights_move_by_a_quarter_at_most() -> None:
    drawn = values_drawn(mean(2, weights=[1, 3]), rows("40"), "weights", 3000)
    low, high = 0.75 / (0.75 + 3.75), 1.25 / (1.25 + 2.25)
    assert low <= min(drawn) <= low + 0.01
    assert high - 0.01 <= max(drawn) <= high


def test_a_weight_of_0_stays_0() -> None:
    drawn = values_drawn(mean(3, weights=[0, 1, 1]), rows("422"), "weights")
    assert drawn == near(0.5)


def test_the_mean_becomes_the_geometric_and_the_harmonic_one() -> None:
    drawn = values_drawn(mean(2), rows("14"), "powers")
    assert drawn == near(0.625, math.sqrt(0.25), 2 / (4 + 1))


def test_each_question_is_left_out_in_turn_and_sometimes_none() -> None:
    drawn = values_drawn(mean(3), rows("024"), "questions")
    assert drawn == near(3 / 4, 2 / 4, 1 / 4, 2 / 4)


def test_a_blank_stands_for_each_answer_of_its_scale() -> None:
    drawn = values_drawn(mean(2), rows("4_"), "unanswered")
    assert drawn == near(*((1 + k / 4) / 2 for k in range(5)))


def test_what_does_not_apply_or_is_not_asked_is_no_blank() -> None:
    for states in (rows("4n"), rows("4o")):
        assert values_drawn(mean(2), states, "unanswered") == near(1)


@pytest.mark.parametrize("incomplete", ["as_is", "prorate"])
def test_a_sum_without_a_question_keeps_its_highest_score(incomplete: str) -> None:
    rule = {"rule": "sum", "scale": 3, "incomplete": incomplete}
    plan = compiled(flat(3, steps=3, score=rule))
    # Points of 9: of 3, 2 and 1, two are added up and stretched from 6 to 9.
    drawn = values_drawn(plan, rows("321"), "questions")
    assert drawn == near(6, 3 * 1.5, 4 * 1.5, 5 * 1.5)


def test_a_sum_keeps_its_highest_score_however_its_parts_are_weighed() -> None:
    plan = compiled(
        flat(3, steps=3, weights=[1, 2, 5], score={"rule": "sum", "incomplete": "as_is"})
    )
    assert values_drawn(plan, rows("333"), "weights") == near(8)


def test_a_score_made_of_a_stage_is_bent_with_its_steps() -> None:
    rules = {"score": {"rule": "from_stage"}, "stage": {"rule": "staged"}}
    drawn = values_drawn(compiled(flat(2, **rules)), rows("14"), "values")
    assert drawn == near(0.5, 0.25, 0.0625)


def test_a_score_that_bands_are_read_from_never_becomes_a_root() -> None:
    bands = {"rule": "bands", "of": "score", "cuts": ["1/2", 1], "labels": ["low", "mid", "high"]}
    below = flat(2, score={"rule": "power"}, stage=bands).model_dump()
    part = {**below["root"], "id": "part"}
    rules = {"score": {"rule": "from_stage"}, "stage": {"rule": "staged"}}
    whole = {"id": "whole", "name": "Whole", "children": [part], **rules}
    model = MaturityModel.model_validate({**below, "stages": ("mid", "high"), "root": whole})
    # Exactly at the cut, which only fractions can tell; then .625, and .4 as a harmonic mean.
    assert values_drawn(compiled(model), rows("22"), "powers") == near(0.5)
    assert values_drawn(compiled(model), rows("14"), "powers") == near(0.5, 0)


def test_an_organisation_with_nothing_else_to_score_keeps_its_score() -> None:
    drawn = values_drawn(mean(2), rows("1_", "11"), "questions")
    assert drawn == near(0.25)


def test_switching_one_source_off_leaves_the_draws_of_the_others() -> None:
    plan, states = mean(2), rows("14")
    (weights,) = simulate(plan, states, ["whole"], 3, only("weights"))
    (both,) = simulate(plan, states, ["whole"], 3, replace(only("weights"), unanswered=True))
    np.testing.assert_array_equal(weights.draws, both.draws)


def test_one_source_says_nothing_of_what_another_draws() -> None:
    (found,) = simulate(mean(2), rows("14"), ["whole"], 1, replace(only("values"), powers=True))
    every_pair = {
        round(score, 9)
        for value in (0.5, 0.25, 0.0625)
        for score in ((value + 1) / 2, math.sqrt(value), 2 / (1 / value + 1))
    }
    assert {round(float(score), 9) for score in found.draws[:, 0]} == every_pair


# Every model


@any_case
@given(scored_models(), st.integers(0, 9))
def test_the_nominal_score_lies_inside_its_own_interval(drawn: Drawn, seed: int) -> None:
    model, plan, states = drawn
    (found,) = simulate(plan, states, [model.root.id], seed, n_draws=12)
    np.testing.assert_array_equal(found.nominal, evaluate(states, plan).score[0])
    np.testing.assert_array_equal(found.nominal, found.draws[0])
    low, high = interval(found.nominal, found.draws)
    known = ~np.isnan(found.nominal)
    assert (low[known] <= found.nominal[known]).all()
    assert (found.nominal[known] <= high[known]).all()
    assert np.isnan(found.draws[:, ~known]).all()
    assert not np.isnan(found.draws[:, known]).any()


def test_a_nominal_score_beyond_every_draw_is_still_inside() -> None:
    low, high = interval(np.array([1.0, 0.0]), np.full((100, 2), 0.5))
    assert (low.tolist(), high.tolist()) == ([0.5, 0.0], [1.0, 0.5])


@any_case
@given(scored_models(), st.integers(0, 9))
def test_the_same_seed_gives_the_same_bytes(drawn: Drawn, seed: int) -> None:
    model, plan, states = drawn
    once, again = (simulate(plan, states, [model.root.id], seed, n_draws=6) for _ in range(2))
    assert once[0].draws.tobytes() == again[0].draws.tobytes()


def test_another_seed_gives_other_draws() -> None:
    one, other = (simulate(mean(2), rows("14"), ["whole"], seed)[0] for seed in (1, 2))
    assert (one.draws != other.draws).any()


@any_case
@given(scored_models())
def test_with_nothing_varied_every_draw_is_the_nominal_score(drawn: Drawn) -> None:
    model, plan, states = drawn
    (found,) = simulate(plan, states, [model.root.id], 1, NOTHING, 3)
    np.testing.assert_array_equal(found.draws, np.broadcast_to(found.nominal, found.draws.shape))


@any_case
@given(st.data())
def test_all_at_the_highest_answer_stays_the_highest_score(data: st.DataObject) -> None:
    model = data.draw(models(plain=True, end=Fraction(3), score_rules=("power", "quantile", "sum")))
    states = np.array([[model.scale_of(leaf).top for leaf in model.leaves()]], dtype=np.int8)
    (found,) = simulate(compiled(model), states, [model.root.id], 1, Varied(), 12)
    np.testing.assert_allclose(found.draws, 3, rtol=1e-9)


@any_case
@given(st.data())
def test_draws_of_complete_answers_stay_within_those_answers(data: st.DataObject) -> None:
    """Weights, powers and questions only choose among means: none leaves the least and most."""
    model = data.draw(models(plain=True, end=Fraction(1), score_rules=("power", "quantile")))
    sheet = data.draw(sheets(model, complete=True))
    answers = [model.scale_of(leaf).labels[int(sheet[leaf.id])].value for leaf in model.leaves()]
    (found,) = simulate(
        compiled(model),
        states_of(model, [sheet]),
        [model.root.id],
        1,
        Varied(values=False),
        12,
    )
    known = found.draws[~np.isnan(found.draws)]
    assert (known >= float(min(answers)) - 1e-9).all()
    assert (known <= float(max(answers)) + 1e-9).all()


@any_case
@given(scored_models())
def test_several_nodes_share_their_draws(drawn: Drawn) -> None:
    model, plan, states = drawn
    scored = [node.id for node in model.nodes() if node.score is not None]
    together = simulate(plan, states, scored, 5, n_draws=2)
    for one, node_id in zip(together, scored, strict=True):
        (alone,) = simulate(plan, states, [node_id], 5, n_draws=2)
        assert one.node_id == node_id
        np.testing.assert_array_equal(one.draws, alone.draws)


def test_quantiles_are_of_type_7() -> None:
    draws = np.arange(1.0, 12.0)[:, None]
    low, high = interval(np.array([6.0]), draws)
    # 10 steps between 11 draws: P5 lies half a step above the first.
    assert (low[0], high[0]) == pytest.approx((1.5, 10.5))


def test_the_frame_has_a_row_for_each_organisation_and_node_and_no_number_without_a_score() -> None:
    found = simulate(mean(2), rows("14", "__"), ["whole", "a"], 1)
    frame = intervals_frame(found, ["R1", "R2"])
    keys = list(zip(frame["organisation_id"], frame["node_id"], strict=True))
    assert keys == [("R1", "whole"), ("R1", "a"), ("R2", "whole"), ("R2", "a")]
    assert frame[["score", "score_p5", "score_p95"]].iloc[2:].isna().all(axis=None)
    first = frame.iloc[0]
    assert first["score_p5"] < first["score"] < first["score_p95"]


def test_the_result_says_that_it_is_a_census() -> None:
    (found,) = simulate(mean(2), rows("14"), ["whole"], 1, n_draws=1)
    assert isinstance(found, Simulation)
    assert "sample" in found.statement


def test_a_node_without_a_score_has_nothing_to_vary() -> None:
    plan = compiled(flat(2, stage={"rule": "staged"}))
    with pytest.raises(ValueError, match="whole has no score"):
        simulate(plan, rows("14"), ["whole"], 1)


def test_weights_of_any_fineness_are_varied_as_their_proportions_are() -> None:
    # As whole numbers these and four times as many leave 64 bits, once they are varied.
    fine, plain = (mean(2, weights=weights) for weights in ([2**60, 2**61], [1, 2]))
    (wide,) = simulate(fine, rows("14", "31"), ["whole"], 1, n_draws=50)
    (narrow,) = simulate(plain, rows("14", "31"), ["whole"], 1, n_draws=50)
    np.testing.assert_allclose(wide.draws, narrow.draws, rtol=1e-12)
