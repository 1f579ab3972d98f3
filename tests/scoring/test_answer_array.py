"""What is refused on the way in: every one of these would otherwise be a silent wrong number."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest
from scoring_samples import CYCLE, answer_frame, framework, grid, indicator, organisation_frame

from remi.scoring.arrays import Code, to_array
from remi.scoring.engine import score_cycle

OF = framework(
    {
        "leadership": [indicator("L1"), indicator("L2", applies_to=("trusts",))],
        "workforce": [indicator("W1")],
    }
)
SECTORS = organisation_frame({"TRUST": "trust", "CHARITY": "voluntary"})


def answers() -> pd.DataFrame:
    sheets = {
        "TRUST": grid("L1: mmmnnn\nL2: mxpn--\nW1: mm...."),
        "CHARITY": grid("L1: mmmnnn\nW1: mm...."),
    }
    return answer_frame(sheets, OF)


def test_every_state_has_its_own_code_and_what_is_not_asked_is_out_of_scope() -> None:
    given = to_array(answers(), SECTORS, OF)
    assert given.organisation_ids == ("CHARITY", "TRUST")
    charity, trust = given.states.reshape(2, 3, 6)
    assert set(charity[1]) == {Code.OUT_OF_SCOPE}
    assert trust[1].tolist() == [
        Code.MET,
        Code.NOT_APPLICABLE,
        Code.PART,
        Code.NOT_MET,
        Code.NOT_NEEDED,
        Code.NOT_NEEDED,
    ]
    assert trust[2].tolist() == [Code.MET] * 2 + [Code.UNANSWERED] * 4


def test_an_indicator_that_is_not_asked_has_no_row_and_does_not_count() -> None:
    result = score_cycle(answers(), SECTORS, OF, CYCLE, "hash")
    asked = result.indicator_stages.groupby("organisation_id")["indicator_id"].agg(list)
    assert asked["CHARITY"] == ["L1", "W1"]
    stages = result.commitment_stages.set_index(["organisation_id", "commitment_id"])
    assert stages.loc[("CHARITY", "leadership"), "n_applicable"] == 6
    assert stages.loc[("TRUST", "leadership"), "n_applicable"] == 11


def _first(column: str, value: str | int | None) -> Callable[[pd.DataFrame], pd.DataFrame]:
    def change(frame: pd.DataFrame) -> pd.DataFrame:
        frame.loc[0, column] = value
        return frame

    return change


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (_first("answer", "mostly"), "an answer that is not known"),
        (_first("answer", None), "an answer that is not known"),
        (_first("indicator_id", "L9"), "indicators that are not in the framework"),
        (_first("commitment_id", "workforce"), "under another commitment"),
        (_first("stage", 7), "stages that are not in the framework"),
        (_first("stage", 0), "stages that are not in the framework"),
        (_first("stage", 2), "given a second time"),
        (_first("organisation_id", "NOBODY"), "of unknown organisations"),
        (_first("submission_id", "another"), "from a second submission"),
        (_first("cycle", "2024-25"), "answers of 2024-25 among those of 2025-26"),
        (
            lambda f: f.replace({"organisation_id": {"TRUST": "CHARITY"}}).drop_duplicates(
                ["organisation_id", "indicator_id", "stage"]
            ),
            "indicators that the organisation is not asked",
        ),
    ],
)
def test_an_answer_that_cannot_be_used_stops_the_scoring(
    change: Callable[[pd.DataFrame], pd.DataFrame], says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        score_cycle(change(answers()), SECTORS, OF, CYCLE, "hash")


def test_an_unknown_answer_is_named_with_its_organisation_and_cell() -> None:
    wrong = answers()
    wrong.loc[4, "answer"] = "mostly"
    with pytest.raises(ValueError, match=r"“mostly” by organisation TRUST, .*, cell C5\)"):
        to_array(wrong, SECTORS, OF)


def test_an_organisation_with_two_sectors_is_refused() -> None:
    twice = pd.concat([SECTORS, organisation_frame({"TRUST": "voluntary"})])
    with pytest.raises(ValueError, match="once"):
        to_array(answers(), twice, OF)


def test_no_answers_give_empty_tables_with_their_columns() -> None:
    empty = score_cycle(answers().iloc[:0], SECTORS, OF, CYCLE, "hash")
    full = score_cycle(answers(), SECTORS, OF, CYCLE, "hash")
    for name in ("indicator_stages", "commitment_stages", "organisation_profiles"):
        assert len(getattr(empty, name)) == 0
        assert getattr(empty, name).dtypes.equals(getattr(full, name).dtypes)
