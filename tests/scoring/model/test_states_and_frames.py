"""Answers on their way into the engine, and results on their way out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from remi.scoring.model.evaluate import evaluate, share_at_stage
from remi.scoring.model.frames import to_frame
from remi.scoring.model.plan import compiled
from remi.scoring.model.states import NOT_APPLICABLE, OUT_OF_SCOPE, UNANSWERED, to_states
from schemas.maturity import MaturityModel


def two_questions(*, allows_not_applicable: bool = True) -> MaturityModel:
    return MaturityModel.model_validate(
        {
            "id": "sample",
            "version": "1.0",
            "name": "Sample",
            "scales": [
                {
                    "id": "three",
                    "labels": [
                        {"label": "No", "value": 0},
                        {"label": "Partly", "value": "1/3", "also_accepted": ["In part"]},
                        {"label": "Yes", "value": 1},
                    ],
                    "allows_not_applicable": allows_not_applicable,
                }
            ],
            "stages": ["One", "Two"],
            "organisation_groups": [{"id": "trusts", "name": "Trusts", "sectors": ["trust"]}],
            "root": {
                "id": "all",
                "name": "All",
                "stage": {"rule": "staged"},
                "score": {"rule": "power"},
                "policy": {"not_applicable_ceiling": 1},
                "children": [
                    {"id": "a", "name": "A", "scale": "three", "weight": "2"},
                    {"id": "b", "name": "B", "scale": "three", "applies_to": ["trusts"]},
                ],
            },
        }
    )


ORGANISATIONS = pd.DataFrame(
    {"organisation_id": ["R2", "R1", "R3"], "sector": ["charity", "trust", "trust"]}
)


def answers(*rows: tuple[str, str, str | None]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["organisation_id", "node_id", "answer"])
    return frame.assign(sheet="Answers", cell=[f"C{n}" for n in range(1, len(frame) + 1)])


def test_a_blank_what_does_not_apply_and_what_was_never_asked_are_three_states_and_no_zero() -> (
    None
):
    given = answers(
        ("R1", "a", "in PART "), ("R1", "b", None), ("R2", "a", "No"), ("R3", "a", "not_applicable")
    )
    found = to_states(given, ORGANISATIONS, two_questions())
    assert found.organisation_ids == ("R1", "R2", "R3")
    assert found.states.tolist() == [
        [1, UNANSWERED],
        [0, OUT_OF_SCOPE],
        [NOT_APPLICABLE, UNANSWERED],
    ]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (("R1", "a", "Maybe"), "not known.*“Maybe” by organisation R1.*cell C2"),
        (("R1", "c", "Yes"), "not in the model"),
        (("R9", "a", "Yes"), "unknown organisations"),
        (("R2", "b", "Yes"), "not asked"),
        (("R3", "a", "Yes"), "a second time"),
    ],
)
def test_an_answer_that_cannot_be_used_is_refused_with_its_cell(
    row: tuple[str, str, str], reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        to_states(answers(("R3", "a", "Yes"), row), ORGANISATIONS, two_questions())


def test_not_applicable_is_no_answer_where_the_scale_does_not_allow_it() -> None:
    strict = two_questions(allows_not_applicable=False)
    with pytest.raises(ValueError, match="not known"):
        to_states(answers(("R1", "a", "not_applicable")), ORGANISATIONS, strict)
    with pytest.raises(ValueError, match="row 0 has -2 at a"):
        evaluate(np.array([[NOT_APPLICABLE, 1]], np.int8), compiled(strict))


def test_a_code_above_its_scale_is_refused() -> None:
    with pytest.raises(ValueError, match="row 1 has 3 at b"):
        evaluate(np.array([[1, 1], [1, 3]], np.int8), compiled(two_questions()))


def test_the_frame_has_a_row_for_what_is_asked_and_gaps_where_nothing_can_be_said() -> None:
    plan = compiled(two_questions())
    states = np.array([[2, 1], [UNANSWERED, OUT_OF_SCOPE]], np.int8)
    frame = to_frame(evaluate(states, plan), plan, ["R1", "R2"], "abc")
    rows = list(zip(frame["organisation_id"], frame["node_id"], strict=True))
    assert rows == [("R1", "all"), ("R1", "a"), ("R1", "b"), ("R2", "all"), ("R2", "a")]
    first, last = frame.iloc[0], frame.iloc[3]
    assert (first["stage"], first["status"], first["coverage"]) == (1, "final", 1)
    assert first["score"] == pytest.approx(7 / 9)
    assert last[["score", "stage"]].isna().all()
    assert (last["status"], last["low"], last["high"]) == ("not_assessed", 0, 1)
    assert set(frame["model_version"]) == {"sample 1.0"}
    assert set(frame["input_hash"]) == {"abc"}


def test_the_share_at_each_stage_is_of_the_weight_of_the_children_that_have_one() -> None:
    plan = compiled(two_questions())
    states = np.array([[2, 1], [0, UNANSWERED]], np.int8)
    at, whole = share_at_stage(evaluate(states, plan), plan, "all")
    assert at.tolist() == [[0, 2], [1, 0], [2, 0]]
    assert whole.tolist() == [3, 2]
