"""`remi score --explain`: why one organisation stands where it does in any model."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from remi.cli.main import main

ANSWERS = {
    ("R1", "nhs_trust"): {"P1": "Fully", "P2": "In part", "L1": "Not yet", "L2": "In part"},
    ("R:2", "vcse"): {"P1": "Fully", "P2": "Not yet", "L1": "Fully", "L2": "not_applicable"},
}


def asked(tmp_path: Path, *options: str) -> Result:
    rows = [
        (organisation, sector, question, answer)
        for (organisation, sector), answers in ANSWERS.items()
        for question, answer in answers.items()
    ]
    file = tmp_path / "answers.csv"
    columns = ["organisation_id", "sector", "node_id", "answer"]
    pd.DataFrame(rows, columns=columns).to_csv(file, index=False)
    command = ["score", "teaching-example", str(file), *options]
    return CliRunner().invoke(main, command, env={"COLUMNS": "200"})


def test_an_organisation_is_told_why_and_what_the_next_stage_needs(tmp_path: Path) -> None:
    done = asked(tmp_path, "--explain", "R1")
    assert done.exit_code == 0, done.output
    lines = [line.rstrip() for line in done.output.splitlines()]
    assert lines[0] == "R1, Welcoming reception, Welcoming reception 1.0"
    said = " ".join(done.output.split())
    assert "is at stage 0, Not started, with a score of 0.5, because none of its other" in said
    assert "one answer is needed: L1 (Signs are in the languages of the area) “In part”." in said
    assert "Answered of what applies, by weight: 8/9." in said
    assert "Whatever is answered to the rest: between 0.48 and 0.59." in said
    needed = lines[lines.index("Needed for the next stage (1)") + 2].split("  ")
    assert [part.strip() for part in needed if part] == [
        "L1 Signs are in the languages of the area",
        "Not yet",
        "In part",
    ]
    missing = lines[lines.index("Without an answer (1)") + 2]
    assert missing.startswith("L3 Letters are translated  unanswered")
    assert "Status" not in done.output


def test_one_part_is_explained_by_its_id_even_where_ids_have_colons(tmp_path: Path) -> None:
    done = asked(tmp_path, "--explain", "R:2:languages")
    assert done.exit_code == 0, done.output
    assert done.output.startswith("R:2, Languages, Welcoming reception 1.0")
    rows = [line.split() for line in done.output.splitlines() if line.startswith("L")]
    assert [row[-2:] for row in rows if row[0] in ("L2", "L3")][:2] == [
        ["not", "applicable"],
        ["of", "scope"],
    ]


def test_the_data_for_programs_keep_their_fractions(tmp_path: Path) -> None:
    done = asked(tmp_path, "--explain", "R1:people", "--json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.output)
    assert (found["stage"], found["score"], found["next_stage"]) == (1, "2/3", 2)
    assert found["score_rule"] == {"rule": "power", "p": "1"}
    assert [i["score"] for i in found["inputs"]] == [
        {"value": "1", "share": "1/2"},
        {"value": "1/3", "share": "1/2"},
    ]
    assert [(b["node_id"], b["now"], b["needed"]) for b in found["blockers"]] == [
        ("P2", "In part", "Fully")
    ]
    assert asked(tmp_path, "--explain", "R1:people", "--json").output == done.output


@pytest.mark.parametrize(
    ("options", "code", "reason"),
    [
        (["--explain", "R9"], 1, "There are no answers of “R9”. Nearest: R1"),
        (["--explain", "R1:languges"], 1, "no part “languges”. Nearest: languages"),
        (["--explain", "R:2:L3"], 1, "Letters are translated is not asked of organisations"),
        (["--json"], 2, "write --explain and an organisation"),
    ],
)
def test_what_cannot_be_explained_is_said_plainly(
    tmp_path: Path, options: list[str], code: int, reason: str
) -> None:
    done = asked(tmp_path, *options)
    assert done.exit_code == code
    assert reason in " ".join(done.output.split())
