"""A department and its organisation are scored each for itself, and never made into one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from scoring_samples import CYCLE, SIX_CORE, answer_frame, grid, organisation_frame

from remi.scoring.engine import ScoredCycle, score_cycle
from remi.scoring.inherited import with_inherited

ORG, DEPARTMENT = "ORG", "ORG-DEPT"
REFS = [f"L{n}" for n in range(1, 7)]
ORGANISATIONS = organisation_frame({ORG: "trust", DEPARTMENT: "trust"}).assign(
    unit_type=["organisation", "department"], parent_id=[None, ORG]
)
ROWS = st.lists(st.text("mpnx.", min_size=6, max_size=6), min_size=6, max_size=6)
NOTHING = "......"


def sheet(rows: Sequence[str]) -> dict[str, list[str]]:
    return grid("\n".join(f"{ref}: {row}" for ref, row in zip(REFS, rows, strict=True)))


def scored(sheets: Mapping[str, Sequence[str]], taken: Sequence[str] = ()) -> ScoredCycle:
    answers = answer_frame(
        {name: sheet(rows) for name, rows in sheets.items()},
        SIX_CORE,
        inherited=[(DEPARTMENT, ref) for ref in taken],
    )
    return score_cycle(
        with_inherited(answers, ORGANISATIONS), ORGANISATIONS, SIX_CORE, CYCLE, "hash"
    )


def own(results: ScoredCycle, name: str) -> list[pd.DataFrame]:
    """Every result of one of them, without what says that a row was taken over."""
    return [
        frame[frame["organisation_id"] == name]
        .drop(columns=["inherited"], errors="ignore")
        .reset_index(drop=True)
        for frame in (
            *(results.indicator_stages, results.commitment_stages),
            results.organisation_profiles,
        )
    ]


def assert_same(one: list[pd.DataFrame], other: list[pd.DataFrame]) -> None:
    for frame, expected in zip(one, other, strict=True):
        pd.testing.assert_frame_equal(frame, expected)


@given(whole=ROWS, part=ROWS, taken=st.sets(st.sampled_from(REFS)))
def test_no_answer_of_a_department_is_ever_part_of_its_organisations_results(
    whole: list[str], part: list[str], taken: set[str]
) -> None:
    both = scored({ORG: whole, DEPARTMENT: part}, sorted(taken))
    assert_same(own(both, ORG), own(scored({ORG: whole}), ORG))


@given(whole=ROWS, part=ROWS, taken=st.sets(st.sampled_from(REFS)))
def test_a_department_is_scored_on_one_set_of_answers_its_own_or_those_it_takes_over(
    whole: list[str], part: list[str], taken: set[str]
) -> None:
    """Neither a mean nor a sum: the same as if it had copied the rows that it left to the other."""
    both = scored({ORG: whole, DEPARTMENT: part}, sorted(taken))
    copied = [
        of_whole if ref in taken and row == NOTHING else row
        for ref, row, of_whole in zip(REFS, part, whole, strict=True)
    ]
    assert_same(own(both, DEPARTMENT), own(scored({DEPARTMENT: copied}), DEPARTMENT))
    names = set(both.organisation_profiles["organisation_id"])
    assert names <= {ORG, DEPARTMENT}, "nothing stands for both together"


def taken_over(whole: Sequence[str] | None) -> pd.DataFrame:
    sheets = {DEPARTMENT: sheet([NOTHING] * 6)}
    if whole is not None:
        sheets[ORG] = sheet(whole)
    answers = answer_frame(sheets, SIX_CORE, inherited=[(DEPARTMENT, "L2")])
    made = with_inherited(answers, ORGANISATIONS)
    return made[(made["organisation_id"] == DEPARTMENT) & (made["indicator_id"] == "L2")]


def test_what_is_taken_over_says_whose_workbook_it_stands_in() -> None:
    rows = taken_over(["mmmnnn"] * 6)
    assert rows["answer"].tolist() == ["met"] * 3 + ["not_met"] * 3
    assert set(rows["sheet"]) == {"leadership (workbook of ORG)"}
    assert rows["cell"].tolist() == [f"C{stage}" for stage in range(1, 7)]
    assert rows["inherited"].all()
    assert set(rows["submission_id"]) == {f"{CYCLE}-{DEPARTMENT}"}


def test_nothing_is_taken_over_from_an_organisation_that_has_not_answered() -> None:
    assert set(taken_over(None)["answer"]) == {"unanswered"}


def test_only_a_department_takes_anything_over() -> None:
    answers = answer_frame(
        {ORG: sheet(["mmmnnn"] * 6), DEPARTMENT: sheet([NOTHING] * 6)},
        SIX_CORE,
        inherited=[(DEPARTMENT, "L2")],
    )
    everyone = ORGANISATIONS.assign(unit_type="organisation")
    pd.testing.assert_frame_equal(with_inherited(answers, everyone), answers)
