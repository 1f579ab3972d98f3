"""Who changes stage when a question is left out: by hand, and as the index's own engine has it."""

from __future__ import annotations

from fractions import Fraction

import pandas as pd
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from model_changes import changed, with_policy
from model_evaluation import states_of
from model_strategies import models, sheets
from scoring_samples import (
    CYCLE,
    Sheets,
    answer_frame,
    collections,
    organisation_frame,
)
from small_models import flat, rows

from remi.framework.model_file import load_model
from remi.scoring.arrays import to_array
from remi.scoring.model.evaluate import evaluate
from remi.scoring.model.index import as_model, index_states
from remi.scoring.model.leave_one_out import items, leave_one_out
from remi.scoring.model.plan import compiled
from remi.scoring.robustness import stage_sensitivity
from remi.settings import CHECKOUT
from schemas.framework import Alternative, Framework
from schemas.maturity import MaturityModel

any_case = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.filter_too_much,
    ],
)
EDS = load_model(CHECKOUT / "config" / "models" / "eds-2022.yaml")
OPEN = {"provisional_below": 0, "withheld_below": 0, "not_applicable_ceiling": 1}


def tried(model: MaturityModel, *organisations: str) -> pd.DataFrame:
    names = [f"R{n}" for n in range(1, len(organisations) + 1)]
    return leave_one_out(compiled(model), rows(*organisations), names)


def test_the_one_question_that_holds_the_whole_back_is_found() -> None:
    made = tried(flat(3, stage={"rule": "staged"}), "143")
    found = made.set_index("left_out")
    assert found["stage"].tolist() == [1, 1, 1]
    assert found["stage_without"].to_dict() == {"a": 3, "b": 1, "c": 1}
    assert found["changes"].to_dict() == {"a": True, "b": False, "c": False}


def test_a_sum_keeps_its_bands_when_a_question_is_left_out() -> None:
    # 10 + 8 + 4 points are 22, the lowest total of its band. Without a 3 the first domain has 7 of
    # 9, as good as 9 1/3 of 12; without a 2, 10 2/3. The second stays at exactly 8. The third has
    # 2 of 6 without its 2, as good as 3 of 9, and 4 1/2 without a 1.
    made = tried(EDS, "33222222211").set_index(["node_id", "left_out"]).loc["eds"]
    outcomes = [leaf.id for leaf in EDS.leaves()]
    assert made["stage"].unique().tolist() == [2]
    expected = [1, 1, 2, 2, 2, 2, 2, 2, 1, 2, 2]
    assert made.loc[outcomes, "stage_without"].tolist() == expected


def test_only_those_who_are_asked_and_have_a_stage_are_tried() -> None:
    made = tried(flat(2, stage={"rule": "staged"}), "11", "1o", "__")
    assert list(zip(made["organisation_id"], made["left_out"], strict=True)) == [
        ("R1", "a"),
        ("R1", "b"),
        ("R2", "a"),
    ]


def test_where_nothing_else_makes_a_stage_there_is_none_and_that_is_a_change() -> None:
    last = tried(flat(2, stage={"rule": "staged"}), "1o").iloc[0]
    assert (last["stage"], last["stage_without"] is pd.NA, last["changes"]) == (1, True, True)


def test_one_question_fewer_makes_nobody_too_thin_to_be_assessed() -> None:
    # One of five does not apply: a fifth, which is the ceiling. Of four it would be a quarter.
    made = tried(flat(5, stage={"rule": "staged"}), "1234n")
    assert made["stage"].tolist() == [1] * 5
    assert made.set_index("left_out")["stage_without"].tolist() == [2, 1, 1, 1, 1]


def test_an_input_of_a_decision_table_cannot_be_left_out() -> None:
    cells = {f"{a}, {b}": min(a, b) for a in range(3) for b in range(3)}
    model = flat(2, steps=2, stage={"rule": "table", "inputs": ["a", "b"], "rows": cells})
    assert items(compiled(model)) == ()
    assert tried(model, "22").empty


@any_case
@given(st.data())
def test_the_stage_without_a_question_is_that_of_the_model_without_it(data: st.DataObject) -> None:
    model = data.draw(
        models(
            plain=True,
            depths=(1, 2),
            top=2,
            end=Fraction(1),
            stage_rules=("staged", "quantile", "bands"),
            score_rules=("power", "quantile"),
        )
    )
    model = with_policy(model, **OPEN)
    sheet = data.draw(sheets(model))
    plan, states = compiled(model), states_of(model, [sheet])
    made = leave_one_out(plan, states, ["R1"])
    made = made[made["node_id"] == model.root.id]
    assume(len(made))
    row = made.iloc[data.draw(st.integers(0, len(made) - 1))]
    try:
        without = changed(
            model,
            lambda node: node.model_copy(
                update={"children": tuple(c for c in node.children if c.id != row["left_out"])}
            ),
        )
    except ValueError:
        # Without it there is no such model: a node without children, a stage out of reach.
        assume(False)
    rest = {leaf: state for leaf, state in sheet.items() if leaf != row["left_out"]}
    stage = evaluate(states_of(without, [rest]), compiled(without)).stage[0, 0]
    assert (-1 if row["stage_without"] is pd.NA else row["stage_without"]) == stage


@any_case
@given(collections())
def test_the_index_as_a_model_changes_where_its_own_engine_says(
    drawn: tuple[Framework, Sheets, dict[str, str]],
) -> None:
    of, sheets_of, sectors = drawn
    without = Alternative(id="without", name="Without one", leave_out_each_indicator=True)
    of = of.model_copy(
        update={"scoring": of.scoring.model_copy(update={"sensitivity": (without,)})}
    )
    answers, organisations = answer_frame(sheets_of, of), organisation_frame(sectors)
    theirs = stage_sensitivity(answers, organisations, of, CYCLE)
    theirs = theirs[theirs["stage"].notna()]
    theirs["left_out"] = theirs["alternative"].str.removeprefix("without:")
    given_answers = to_array(answers, organisations, of)
    ours = leave_one_out(
        compiled(as_model(of)), index_states(given_answers.states), given_answers.organisation_ids
    ).rename(columns={"node_id": "commitment_id"})
    keys = ["organisation_id", "commitment_id", "left_out"]
    both = theirs.merge(ours, on=keys, how="left", validate="one_to_one")
    assert both["stage_y"].equals(both["stage_x"].rename("stage_y"))
    assert (both["status_x"] == both["status_y"]).all()
    assert both["stage_without"].fillna(-1).eq(both["stage_alternative"].fillna(-1)).all()
    assert (both["changes_x"] == both["changes_y"]).all()
