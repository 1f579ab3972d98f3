"""`remi template --model`, `remi check` and `remi score`: a model's workbooks from end to end."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook

from remi.cli.main import main
from remi.framework.model_file import load_model
from remi.settings import CHECKOUT
from schemas.store import organisation

CYCLE = "2025-26"
EDS = load_model(CHECKOUT / "config" / "models" / "eds-2022.yaml")
RATINGS = [label.label for label in EDS.scales[0].labels]
HEADING = "Your answer"
REGISTER = (
    ("NLT014", "North Lane NHS Trust", "nhs_trust"),
    ("VC0001", "Harbour Community Voices", "vcse"),
)

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation with two partners."""
    monkeypatch.setenv("REMI_HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "300")
    names = [column.name for column in organisation.columns]
    with (tmp_path / "register.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, restval="")
        writer.writeheader()
        for code, name, sector in REGISTER:
            known = {"organisation_id": code, "name": name, "sector": sector}
            where = {"lead_system": "QKK", "systems": "QKK", "valid_from": "2022-01-01"}
            kept = {"unit_type": "organisation", "agreed_to_be_named": "yes"}
            writer.writerow(known | where | kept)
    return tmp_path


def remi(*arguments: str | Path) -> Result:
    command, *rest = map(str, arguments)
    return CliRunner().invoke(main, [command, *rest, "--cycle", CYCLE])


def workbook(folder: Path, organisation_id: str, answers: dict[str, str]) -> Path:
    """The organisation's workbook as `remi template` writes it, filled in."""
    path = folder / f"{organisation_id}.xlsx"
    done = remi("template", organisation_id, "--model", "eds-2022", "-o", path)
    assert done.exit_code == 0, done.output
    book = load_workbook(path)
    filled: dict[str, Any] = {"M3": "Head of Equality", "M4": date(2025, 11, 10)} | answers
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            if row[0].value in filled:
                place = next(c.column for r in sheet.iter_rows() for c in r if c.value == HEADING)
                sheet.cell(row[0].row or 0, place or 0).value = filled[str(row[0].value)]
    book.save(path)
    return path


def ratings_of(total: int) -> dict[str, str]:
    """Ratings of the eleven outcomes that add up to this total."""
    return {
        leaf.id: RATINGS[min(3, max(0, total - 3 * place))]
        for place, leaf in enumerate(EDS.leaves())
    }


def csv_of(folder: Path, answers: dict[str, dict[str, str]]) -> Path:
    rows = [
        {"organisation_id": code, "node_id": node_id, "answer": answer}
        for code, of_one in answers.items()
        for node_id, answer in of_one.items()
    ]
    path = folder / "answers.csv"
    pd.DataFrame(rows).to_csv(path, index=False)
    return path


def results(path: Path) -> pd.DataFrame:
    return pd.read_csv(path).drop(columns="input_hash")


def test_workbooks_score_as_the_same_answers_in_a_csv(tmp_path: Path) -> None:
    given = {"NLT014": ratings_of(22), "VC0001": ratings_of(7)}
    books = [workbook(tmp_path, code, answers) for code, answers in given.items()]
    assert remi("check", books[0]).exit_code == 0
    done = remi("score", "eds-2022", *books, "-o", tmp_path / "a.csv")
    assert done.exit_code == 0, done.output
    assert "Achieving" in done.output
    listed = remi("score", "eds-2022", csv_of(tmp_path, given), "-o", tmp_path / "b.csv")
    assert listed.exit_code == 0, listed.output
    pd.testing.assert_frame_equal(results(tmp_path / "a.csv"), results(tmp_path / "b.csv"))


def test_a_workbook_and_a_csv_are_scored_together(tmp_path: Path) -> None:
    book = workbook(tmp_path, "NLT014", ratings_of(33))
    more = csv_of(tmp_path, {"R1": ratings_of(8)})
    done = remi("score", "eds-2022", more, book, "-o", tmp_path / "all.csv")
    assert done.exit_code == 0, done.output
    whole = results(tmp_path / "all.csv").query("node_id == 'eds'").set_index("organisation_id")
    assert whole["score"].to_dict() == {"NLT014": 33, "R1": 8}


def test_a_workbook_that_must_be_fixed_is_told_its_cells_and_stops_no_other(
    tmp_path: Path,
) -> None:
    wrong = workbook(tmp_path, "NLT014", ratings_of(22) | {"1B": "Splendid"})
    right = workbook(tmp_path, "VC0001", ratings_of(7))
    checked = remi("check", wrong)
    assert checked.exit_code == 1
    done = remi("score", "eds-2022", wrong, right, "-o", tmp_path / "results.csv")
    assert done.exit_code == 1
    sheet = load_workbook(wrong).worksheets[2]
    row = next(c.row for c in sheet["A"] if c.value == "1B")
    cell = next(c.coordinate for c in sheet[row] if c.value == "Splendid")
    for output in (checked.output, done.output):
        assert f"{sheet.title}, cell {cell}" in output
        assert "“Splendid” is not one of the answers." in output
    assert set(results(tmp_path / "results.csv")["organisation_id"]) == {"VC0001"}


def test_where_no_workbook_can_be_scored_there_are_no_results(tmp_path: Path) -> None:
    wrong = workbook(tmp_path, "NLT014", {"1B": "Splendid"})
    done = remi("score", "eds-2022", wrong, "-o", tmp_path / "results.csv")
    assert done.exit_code == 1
    assert not (tmp_path / "results.csv").exists()


def test_the_last_workbook_of_an_organisation_is_the_one_that_is_scored(tmp_path: Path) -> None:
    first = workbook(tmp_path, "NLT014", ratings_of(7)).rename(tmp_path / "first.xlsx")
    second = workbook(tmp_path, "NLT014", ratings_of(22))
    done = remi("score", "eds-2022", first, second, "-o", tmp_path / "results.csv")
    assert done.exit_code == 1
    assert "first.xlsx: not scored. A later file holds the answers of NLT014." in done.output
    assert results(tmp_path / "results.csv")["score"].iloc[0] == 22


def test_a_workbook_of_the_round_is_not_scored_against_a_model(tmp_path: Path) -> None:
    own = tmp_path / "own.xlsx"
    assert remi("template", "NLT014", "-o", own).exit_code == 0
    done = remi("score", "eds-2022", own)
    assert done.exit_code == 1
    assert "own.xlsx" in done.output
    assert "Stage" not in done.output.splitlines()[0]


def test_nobody_outside_the_register_gets_a_models_workbook(tmp_path: Path) -> None:
    done = remi("template", "ZZZ", "--model", "eds-2022", "-o", tmp_path / "x.xlsx")
    assert done.exit_code == 2
    assert "ZZZ" in done.output
    done = remi("template", "NLT014", "--model", "eds-2021", "-o", tmp_path / "x.xlsx")
    assert done.exit_code == 2
    assert "eds-2022" in done.output
