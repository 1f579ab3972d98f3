"""`remi score`: any model's answers from a file, with declared totals beside computed ones."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from remi.cli.main import main
from remi.framework.model_file import load_model
from remi.settings import CHECKOUT

EDS = load_model(CHECKOUT / "config" / "models" / "eds-2022.yaml")
OUTCOMES = [leaf.id for leaf in EDS.leaves()]


def ratings_of(total: int) -> list[str]:
    """Ratings of the eleven outcomes that add up to this total."""
    return [str(min(3, max(0, total - 3 * place))) for place in range(len(OUTCOMES))]


def score(tmp_path: Path, rows: list[tuple[str, str, str]], *options: str) -> Result:
    file = tmp_path / "answers.csv"
    frame = pd.DataFrame(rows, columns=["organisation_id", "node_id", "answer"])
    frame.to_csv(file, index=False)
    return CliRunner().invoke(main, ["score", "eds-2022", str(file), *options])


def eds(organisation: str, total: int) -> list[tuple[str, str, str]]:
    ratings = zip(OUTCOMES, ratings_of(total), strict=True)
    return [(organisation, outcome, rating) for outcome, rating in ratings]


@pytest.mark.parametrize(
    ("total", "band"),
    [
        (7, "Undeveloped"),
        (8, "Developing"),
        (21, "Developing"),
        (22, "Achieving"),
        (32, "Achieving"),
        (33, "Excelling"),
    ],
)
def test_a_total_falls_into_its_band_exactly_at_the_cut(
    tmp_path: Path, total: int, band: str
) -> None:
    output = tmp_path / "results.csv"
    done = score(tmp_path, eds("R1", total), "-o", str(output))
    assert done.exit_code == 0, done.output
    whole = pd.read_csv(output).iloc[0]
    assert (whole["score"], whole["stage_name"]) == (total, band)


def test_a_declared_total_that_differs_is_shown_beside_the_computed_one(tmp_path: Path) -> None:
    done = score(tmp_path, [*eds("R1", 21), ("R1", "eds", "22")])
    assert done.exit_code == 0, done.output
    assert "22 (differs)" in done.output
    assert "Developing" in done.output


def test_an_unknown_label_is_an_error_with_its_line_and_never_zero(tmp_path: Path) -> None:
    rows = eds("R1", 21)
    rows[4] = (*rows[4][:2], "Splendid")
    done = score(tmp_path, rows)
    assert done.exit_code == 1
    assert "Splendid" in done.output
    assert "answers.csv, line 6, column answer" in done.output


def test_a_model_that_is_not_there_is_answered_with_those_that_are(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["score", "eds-2021", __file__])
    assert done.exit_code == 2
    assert "eds-2022" in done.output
