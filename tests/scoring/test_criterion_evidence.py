"""What stands behind a met criterion, and what a reviewer's acceptance makes of it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest
from scoring_samples import SIX_CORE, answer_frame, grid, organisation_frame

from remi.scoring.evidence import assured_stages, criterion_evidence

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


def test_without_a_review_nothing_is_assured() -> None:
    sheet = grid("\n".join(f"L{n}: mmmnnn" for n in range(1, 7)))
    answers = answer_frame({"ORG": sheet}, SIX_CORE)
    evidence = pd.DataFrame(
        [("ORG", name, 1, 3, "policy", date(2025, 1, 1), None) for name in sheet],
        columns=COLUMNS,
    )

    def assured(accepted: set[tuple[str, str, int]]) -> list[int]:
        organisations = organisation_frame({"ORG": "trust"})
        rows = assured_stages(answers, organisations, evidence, accepted, SIX_CORE, CLOSES)
        return rows["assured_stage"].tolist()

    assert assured(set()) == [0]
    assert assured({("ORG", name, stage) for name in sheet for stage in (1, 2)}) == [2]
