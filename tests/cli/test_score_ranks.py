"""`remi score --ranks`: no rank without its range, its seed and what it does not mean."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from remi.cli.main import main
from remi.framework.model_file import load_model
from remi.settings import CHECKOUT

EDS = load_model(CHECKOUT / "config" / "models" / "eds-2022.yaml")
LEVELS = CHECKOUT / "tests" / "framework" / "models" / "capability-levels.yaml"
SHEETS = {"R1": "33333333333", "R2": "12321232123", "R3": "21232123213", "R4": "000000000_0"}
RANGES = ("--ranks", "--seed", "7")


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    outcomes = [leaf.id for leaf in EDS.leaves()]
    rows = [
        (organisation, outcome, rating)
        for organisation, sheet in SHEETS.items()
        for outcome, rating in zip(outcomes, sheet.replace("_", " "), strict=True)
    ]
    file = tmp_path / "answers.csv"
    pd.DataFrame(rows, columns=["organisation_id", "node_id", "answer"]).to_csv(file, index=False)
    return file


def score(answers: Path, *options: str, model: str = "eds-2022") -> Result:
    return CliRunner().invoke(main, ["score", model, str(answers), *options])


def test_ranks_are_shown_with_their_ranges_and_a_warning(answers: Path) -> None:
    done = score(answers, *RANGES)
    assert done.exit_code == 0, done.output
    said = " ".join(done.output.split())
    assert "R1 1 1 and 1 33" in said
    # Twice the same total: they share a rank, and the ranges say that it is not settled.
    assert "R2 2 2 and 3 22" in said
    assert "R3 2 2 and 3 22" in said
    assert "without a rank: R4" in said
    assert "means nothing" in said
    assert "nothing is estimated from a sample" in said
    assert "In 2 of 3 pairs" in said


def test_the_same_seed_prints_the_same(answers: Path) -> None:
    assert score(answers, *RANGES).output == score(answers, *RANGES).output


def test_without_the_option_there_is_no_rank(answers: Path, tmp_path: Path) -> None:
    output = tmp_path / "results.csv"
    done = score(answers, "-o", str(output))
    assert done.exit_code == 0, done.output
    assert "Rank" not in done.output
    assert not [column for column in pd.read_csv(output) if "rank" in column]


@pytest.mark.parametrize("options", [["--ranks"], ["--seed", "7"]])
def test_ranks_need_a_seed_and_a_seed_is_for_ranks(answers: Path, options: list[str]) -> None:
    done = score(answers, *options)
    assert done.exit_code == 2
    assert "belong together" in done.output


def test_a_model_without_a_score_of_the_whole_has_no_order(tmp_path: Path) -> None:
    file = tmp_path / "levels.csv"
    pd.DataFrame(
        [("R1", "recruiting-1-1", "F")], columns=["organisation_id", "node_id", "answer"]
    ).to_csv(file, index=False)
    done = score(file, *RANGES, model=str(LEVELS))
    assert done.exit_code == 1
    assert "no score of the whole" in done.output
