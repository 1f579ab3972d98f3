"""What any model's node lacks for its next stage: sound, minimal, and short where few are asked."""

from __future__ import annotations

from fractions import Fraction
from itertools import chain, combinations, product
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from model_evaluation import states_of
from model_strategies import TOPS, Sheet, models, sheets
from reference_model import Reference

from remi.framework.model_file import load_model
from remi.scoring.arrays import Bools
from remi.scoring.model import blockers_search
from remi.scoring.model.blockers import Blockers, Without, blockers
from remi.scoring.model.blockers_search import OpenItems, smaller_set
from remi.scoring.model.evaluate import evaluate
from remi.scoring.model.plan import Plan, compiled
from remi.scoring.model.states import NOT_APPLICABLE, UNANSWERED
from schemas.maturity import MaturityModel

CONFIG = Path(__file__).resolve().parents[3] / "config"
BLANK, NA = UNANSWERED, NOT_APPLICABLE

States = npt.NDArray[np.int8]

any_case = settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.function_scoped_fixture,
    ],
)


@st.composite
def staged_cases(draw: st.DrawFn, /, **allowed: Any) -> tuple[MaturityModel, Sheet]:
    """A model whose whole has a stage, and answers to it."""
    model = draw(models(top=draw(st.sampled_from(TOPS)), depths=(1, 3), **allowed))
    return model, draw(sheets(model))


def with_rises(plan: Plan, states: States, found: Blockers, chosen: tuple[int, ...]) -> States:
    """The states with only these of the named answers given."""
    raised = states.copy()
    for number in chosen:
        rise = found.rises[number]
        raised[plan.leaf_ids.index(rise.node_id)] = rise.needed
    return raised


def stages_of(plan: Plan, rows: list[States], node_id: str) -> list[int]:
    return list(evaluate(np.array(rows), plan).stage[plan.place(node_id)])


def proper_subsets(n: int) -> list[tuple[int, ...]]:
    """All of them; of many only the smallest and the largest."""
    sizes = range(n) if n <= 10 else (0, 1, n - 1)
    return list(chain(*(combinations(range(n), size) for size in sizes)))


def must_be_sound(model: MaturityModel, sheet: Sheet) -> None:
    """The promise, for every node of the model."""
    plan = compiled(model)
    states = states_of(model, [sheet])[0]
    for node in model.nodes():
        found = blockers(plan, states, node.id)
        now = stages_of(plan, [states], node.id)[0]
        assert (found.without is None) == bool(found.rises)
        if not found.rises:
            continue
        everything = tuple(range(len(found.rises)))
        assert found.next_stage == now + 1
        raised = with_rises(plan, states, found, everything)
        assert stages_of(plan, [raised], node.id)[0] >= found.next_stage
        fewer = [with_rises(plan, states, found, s) for s in proper_subsets(len(everything))]
        assert max(stages_of(plan, fewer, node.id)) < found.next_stage
        columns = plan.node(node.id).columns
        below = set(plan.leaf_ids[columns])
        for rise in found.rises:
            assert rise.node_id in below
            state = sheet[rise.node_id]
            assert rise.now == (state if isinstance(state, int) else None)
            assert rise.now is not None or state == "unanswered"
            assert rise.needed > (-1 if rise.now is None else rise.now)


@any_case
@given(staged_cases())
def test_giving_exactly_the_named_answers_reaches_the_next_stage_and_only_some_do_not(
    drawn: tuple[MaturityModel, Sheet],
) -> None:
    must_be_sound(*drawn)


@any_case
@given(staged_cases())
def test_a_list_of_many_questions_shrunk_one_by_one_keeps_the_same_promise(
    monkeypatch: pytest.MonkeyPatch, drawn: tuple[MaturityModel, Sheet]
) -> None:
    monkeypatch.setattr(blockers_search, "COMBINATIONS", 4)
    must_be_sound(*drawn)


@any_case
@given(staged_cases())
def test_the_engine_that_takes_organisations_one_by_one_says_so_too(
    drawn: tuple[MaturityModel, Sheet],
) -> None:
    model, sheet = drawn
    found = blockers(compiled(model), states_of(model, [sheet])[0], model.root.id)
    assume(found.rises)
    given_now = Reference(model, {**sheet, **{r.node_id: r.needed for r in found.rises}})
    stage = given_now.published_stage(model.root)
    assert stage is not None
    assert stage >= (found.next_stage or 0)
    for left_out in found.rises:
        some = {r.node_id: r.needed for r in found.rises if r != left_out}
        stage = Reference(model, {**sheet, **some}).published_stage(model.root)
        assert stage is None or stage < (found.next_stage or 0)


@any_case
@given(staged_cases())
def test_no_named_answer_could_be_one_step_lower(drawn: tuple[MaturityModel, Sheet]) -> None:
    model, sheet = drawn
    plan, states = compiled(model), states_of(model, [sheet])[0]
    found = blockers(plan, states, model.root.id)
    for number, rise in enumerate(found.rises):
        if rise.needed > (0 if rise.now is None else rise.now + 1):
            lower = with_rises(plan, states, found, tuple(range(len(found.rises))))
            lower[plan.leaf_ids.index(found.rises[number].node_id)] -= 1
            assert stages_of(plan, [lower], model.root.id)[0] < (found.next_stage or 0)


@any_case
@given(staged_cases())
def test_of_few_questions_no_fewer_reach_the_stage_and_none_where_it_is_out_of_reach(
    drawn: tuple[MaturityModel, Sheet],
) -> None:
    model, sheet = drawn
    plan, states = compiled(model), states_of(model, [sheet])[0]
    found = blockers(plan, states, model.root.id)
    assume(found.next_stage is not None)
    better = [
        [state, *range(max(int(state), -1) + 1, int(top) + 1)] if state >= BLANK else [state]
        for state, top in zip(states, plan.tops, strict=True)
    ]
    assume(prod(map(len, better)) <= 3000)
    every = [np.array(row, dtype=np.int8) for row in product(*better)]
    reached = np.array(stages_of(plan, every, model.root.id)) >= (found.next_stage or 0)
    n_asked = [int((row != states).sum()) for row, good in zip(every, reached, strict=True) if good]
    if found.rises:
        assert min(n_asked) == len(found.rises)
    else:
        assert not n_asked


# By hand


STEPS = {"id": "steps", "labels": [{"label": f"step {k}", "value": f"{k}/4"} for k in range(5)]}


def flat(n: int, *, policy: dict[str, Any] | None = None, **rules: Any) -> MaturityModel:
    """Questions of five steps below one node."""
    named = 4 if rules.get("stage", {"rule": "bands"})["rule"] != "bands" else 0
    return MaturityModel.model_validate(
        {
            "id": "flat",
            "version": "1.0",
            "name": "Flat",
            "scales": [STEPS],
            "stages": [f"stage {k}" for k in range(1, named + 1)],
            "root": {
                "id": "all",
                "name": "All",
                "children": [{"id": f"q{k}", "name": f"Q{k}", "scale": "steps"} for k in range(n)],
                "policy": {"not_applicable_ceiling": 1, "withheld_below": 0, **(policy or {})},
                **rules,
            },
        }
    )


def lacking(model: MaturityModel, *row: int) -> Blockers:
    return blockers(compiled(model), np.array(row, dtype=np.int8), "all")


def rises(model: MaturityModel, *row: int) -> list[tuple[str, int]]:
    return [(rise.node_id, rise.needed) for rise in lacking(model, *row).rises]


def test_four_fifths_of_twenty_questions_need_only_what_is_still_lacking() -> None:
    most = flat(20, stage={"rule": "staged", "shares": "4/5"})
    assert rises(most, *[1] * 14, *[0] * 6) == [("q14", 1), ("q15", 1)]
    assert len(rises(most, *[0] * 20)) == 16


def test_those_that_are_nearest_are_asked() -> None:
    half = flat(4, stage={"rule": "staged", "shares": "1/2"})
    assert rises(half, 4, 0, 3, 1) == [("q2", 4)]
    median = flat(3, stage={"rule": "quantile"})
    assert rises(median, 0, 2, 3) == [("q1", 3)]


def test_a_gate_is_asked_of_its_own_item_only() -> None:
    gate = {"item": "q0", "from_stage": 1, "floor_stage": 3}
    gated = flat(3, stage={"rule": "staged", "shares": "1/2", "gates": [gate]})
    assert rises(gated, 2, 1, 1) == [("q0", 3)]


def test_what_does_not_apply_is_never_asked_for() -> None:
    lowest = flat(3, stage={"rule": "staged"})
    assert rises(lowest, 1, NA, 2) == [("q0", 2)]
    as_zero = flat(3, stage={"rule": "staged"}, policy={"not_applicable": "zero"})
    assert lacking(as_zero, 1, NA, 2).without is Without.APPLYING


def test_without_a_stage_or_above_the_last_there_is_no_list_but_a_reason() -> None:
    lowest = flat(2, stage={"rule": "staged"}, score={"rule": "power"})
    assert lacking(lowest, BLANK, BLANK).without is Without.STAGE
    assert lacking(lowest, NA, NA).without is Without.STAGE
    assert lacking(lowest, 4, 4).without is Without.HIGHER
    as_zero = flat(2, stage={"rule": "staged"}, policy={"not_applicable": "zero"})
    assert lacking(as_zero, 4, NA).without is Without.OPEN
    assert lacking(flat(2, score={"rule": "power"}), 1, 1).without is Without.RULE


@pytest.mark.parametrize("combinations_tried", [blockers_search.COMBINATIONS, 4])
def test_a_blank_that_is_left_out_of_the_mean_is_not_asked_for_where_better_answers_will_do(
    monkeypatch: pytest.MonkeyPatch, combinations_tried: int
) -> None:
    monkeypatch.setattr(blockers_search, "COMBINATIONS", combinations_tried)
    bands = {"rule": "bands", "of": "score", "cuts": ["1/2", "1"], "labels": ["a", "b", "c"]}
    mean = flat(16, score={"rule": "power"}, stage=bands)
    found = lacking(mean, *[1] * 8, *[BLANK] * 8)
    # Two wholes of eight are there and four are needed: three questions can give at most 9/4.
    assert [rise.now for rise in found.rises] == [1, 1, 1]
    assert sum(rise.needed - 1 for rise in found.rises) == 8


def test_a_set_is_not_kept_where_leaving_out_two_blanks_at_once_reaches_the_stage_too() -> None:
    now = np.array([0, BLANK, BLANK], dtype=np.int8)
    tops = np.ones(3, dtype=np.int8)
    found = OpenItems(np.arange(3), now, tops, np.array([False, True, True]))

    def reaches(chosen: Bools, _: States) -> Bools:
        # One of the two blanks alone lowers the stage again; both or none of them do not.
        reached: Bools = chosen[:, 0] & (chosen[:, 1] == chosen[:, 2])
        return reached

    smaller = smaller_set(found, tops, reaches)
    assert smaller is not None
    assert smaller.tolist() == [True, False, False]
    alone = np.array([1, BLANK, BLANK], dtype=np.int8)
    assert smaller_set(found, alone, reaches) is None


def test_where_too_many_blanks_could_lower_the_stage_no_list_is_given() -> None:
    bands = {"rule": "bands", "of": "score", "cuts": ["19/20"], "labels": ["a", "b"]}
    low = {"rule": "sum", "scale": "1/20", "incomplete": "as_is"}
    blank = flat(20, score=low, stage={**bands, "of": "sum"})
    assert lacking(blank, 4, *[BLANK] * 19).without is Without.ORDER


def test_the_higher_level_is_asked_of_its_own_questions_and_all_below() -> None:
    model = load_model(CONFIG / "models" / "teaching-example.yaml")
    plan = compiled(model)
    found = blockers(plan, np.array([0, 1, 2, 2, 2], dtype=np.int8), "people")
    assert [(r.node_id, r.now, r.needed) for r in found.rises] == [("P1", 0, 2)]


@pytest.mark.parametrize(
    ("ratings", "needed"),
    [
        ([2] * 10 + [1], [("1A", 3)]),
        ([2] * 9 + [1, 1], [("3B", 3)]),
        ([0] * 11, [("1A", 2), ("1B", 3), ("1C", 3)]),
    ],
)
def test_the_next_band_of_the_equality_delivery_system(
    ratings: list[int], needed: list[tuple[str, int]]
) -> None:
    model = load_model(CONFIG / "models" / "eds-2022.yaml")
    found = blockers(compiled(model), np.array(ratings, dtype=np.int8), "eds")
    assert [(rise.node_id, rise.needed) for rise in found.rises] == needed
    points = sum(ratings) + sum(r.needed - (r.now or 0) for r in found.rises)
    assert Fraction(points) in (8, 22)
