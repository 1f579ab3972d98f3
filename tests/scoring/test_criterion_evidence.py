"""What stands behind a met criterion: how old it is, and whether it is enough."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest
from scoring_samples import SIX_CORE, answer_frame, grid

from remi.scoring.evidence import criterion_evidence, enough
from schemas.framework import EvidenceMinimum

CLOSES = date(2025, 11, 30)
ANSWERS = answer_frame({"ORG": grid("L1: mmmnnn\nL2: mnnnnn")}, SIX_CORE)
COLUMNS = [
    "organisation_id",
    "indicator_id",
    "first_stage",
    "last_stage",
    "evidence_type",
    "dated_on",
    "national_return",
]


def found(*items: tuple[object, ...]) -> pd.DataFrame:
    evidence = pd.DataFrame([("ORG", *item) for item in items], columns=COLUMNS)
    rows = criterion_evidence(ANSWERS, evidence, SIX_CORE, CLOSES)
    return rows.set_index(["indicator_id", "stage"])


def test_evidence_counts_for_the_stages_it_shows_and_no_others() -> None:
    rows = found(("L1", 1, 2, "policy", date(2025, 1, 1), None))
    assert rows["with_evidence"].to_dict() == {
        ("L1", 1): True,
        ("L1", 2): True,
        ("L1", 3): False,
        ("L2", 1): False,
    }


def test_only_met_criteria_are_asked_for_evidence() -> None:
    assert found(("L2", 1, 6, "policy", date(2025, 1, 1), None)).index.tolist() == [
        ("L1", 1),
        ("L1", 2),
        ("L1", 3),
        ("L2", 1),
    ]


def of_l2(*items: tuple[object, ...]) -> pd.Series[Any]:
    return found(*items).reset_index().query("indicator_id == 'L2'").iloc[0]


@pytest.mark.parametrize(
    ("kind", "dated_on", "in_date"),
    [
        ("policy", date(2022, 11, 30), True),
        ("policy", date(2022, 11, 29), False),
        ("data", date(2024, 5, 30), True),
        ("data", date(2024, 5, 29), False),
    ],
)
def test_evidence_is_in_date_to_the_day_for_the_months_of_its_type(
    kind: str, dated_on: date, in_date: bool
) -> None:
    row = of_l2(("L2", 1, 1, kind, dated_on, None))
    assert (row["in_date"], row["stale"]) == (in_date, not in_date)


def test_one_item_in_date_is_enough_beside_a_stale_one() -> None:
    row = of_l2(
        ("L2", 1, 1, "policy", date(2015, 1, 1), None),
        ("L2", 1, 1, "policy", date(2025, 1, 1), None),
    )
    assert (row["in_date"], row["stale"]) == (True, False)


def test_evidence_without_a_date_is_neither_in_date_nor_stale() -> None:
    row = of_l2(("L2", 1, 1, "policy", None, None), ("L1", 1, 1, "data", CLOSES, None))
    assert row[["with_evidence", "in_date", "stale"]].tolist() == [True, False, False]


def test_a_return_that_was_made_elsewhere_counts_as_reused_and_data_as_numeric() -> None:
    rows = found(
        ("L1", 1, 1, "data", date(2025, 1, 1), "wres"),
        ("L1", 2, 2, "policy", date(2025, 1, 1), None),
        ("L1", 3, 3, None, None, "wres"),
    )
    marks = rows[["numeric", "reused"]].to_numpy().tolist()
    assert marks[:3] == [[True, True], [False, False], [False, True]]


def test_no_evidence_at_all_leaves_every_criterion_without() -> None:
    rows = found()
    assert len(rows) == 4
    assert not rows[["with_evidence", "in_date", "stale", "numeric", "reused"]].any(axis=None)


def test_an_evidence_type_that_the_framework_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="rumour"):
        found(("L1", 1, 1, "rumour", date(2025, 1, 1), None))


MINIMUMS = SIX_CORE.model_copy(
    update={
        "evidence_minimums": (
            EvidenceMinimum(from_stage=1, to_stage=2, items=1),
            EvidenceMinimum(from_stage=3, to_stage=4, items=2, one_of=(("data",),)),
        )
    }
)


@pytest.mark.parametrize(
    ("kinds", "stage", "is_enough"),
    [
        ([], 1, False),
        (["policy"], 2, True),
        (["data"], 3, False),
        (["policy", "policy"], 3, False),
        (["policy", "data"], 4, True),
        ([], 5, False),
        (["policy"], 5, True),
    ],
)
def test_higher_stages_ask_for_more_evidence_and_none_for_less_than_one_item(
    kinds: list[str], stage: int, is_enough: bool
) -> None:
    assert enough(kinds, stage, MINIMUMS) is is_enough
