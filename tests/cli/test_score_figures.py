"""Scores as `remi score` shows them: in the model's own range, exact, never rounded onto an end."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from click.testing import CliRunner

from remi.cli.main import main
from remi.scoring.model.figures import figure

HUNDREDTHS = {
    "id": "hundredths",
    "labels": [{"label": f"n{k}", "value": f"{k}/100"} for k in range(101)],
}
OFFSET = {"id": "offset", "labels": [{"label": "a", "value": "1/5"}, {"label": "b", "value": 1}]}


def model(tmp_path: Path, root: dict[str, Any], *scales: dict[str, Any]) -> Path:
    file = tmp_path / "model.yaml"
    content = {"id": "mine", "version": "1.0", "name": "Mine", "scales": list(scales)}
    file.write_text(yaml.safe_dump(content | {"root": root}), encoding="utf-8")
    return file


def score(tmp_path: Path, file: Path, answers: list[tuple[str, str]], *options: str) -> str:
    rows = "".join(f"R1,{question},{answer}\n" for question, answer in answers)
    (given := tmp_path / "answers.csv").write_text(f"organisation_id,node_id,answer\n{rows}")
    done = CliRunner().invoke(main, ["score", str(file), str(given), *options])
    assert done.exit_code == 0, done.output
    return done.output


def whole(tmp_path: Path, children: int, weights: str = "1") -> dict[str, Any]:
    below = [
        {"id": f"q{n}", "name": "A question", "scale": "hundredths", "weight": weights}
        for n in range(children)
    ]
    return {"id": "all", "name": "All", "score": {"rule": "power"}, "children": below}


@pytest.mark.parametrize(
    ("answers", "shown"),
    [
        (["n96", "n96"], "0.96"),
        (["n4", "n4"], "0.04"),
        (["n0", "n0"], "0"),
        (["n100", "n100"], "1"),
        (["n100", *["n100"] * 398, "n99"], "0.99998"),
        (["n1", *["n0"] * 399], "0.00003"),
    ],
)
def test_a_score_of_0_to_1_is_at_an_end_only_where_it_is_exactly_there(
    tmp_path: Path, answers: list[str], shown: str
) -> None:
    file = model(tmp_path, whole(tmp_path, len(answers)), HUNDREDTHS)
    given = [(f"q{n}", answer) for n, answer in enumerate(answers)]
    line = next(x for x in score(tmp_path, file, given).splitlines() if x.startswith("R1"))
    assert line.split()[2:6] == ["–", shown, shown, "and"]
    said = score(tmp_path, file, given, "--explain", "R1")
    assert f"a score of {shown} of at most 1" in " ".join(said.split())
    if len(given) == 2:
        ranked = score(tmp_path, file, given, "--ranks", "--seed", "1")
        line = [x for x in ranked.splitlines() if x.startswith("R1")][-1]
        assert line.split()[1:6] == ["1", "1", "and", "1", shown]


def test_an_offset_scale_ends_where_its_least_answer_is(tmp_path: Path) -> None:
    root = whole(tmp_path, 600)
    for child in root["children"]:
        child["scale"] = "offset"
    file = model(tmp_path, root, OFFSET)
    given = [("q0", "b"), *((f"q{n}", "a") for n in range(1, 600))]
    assert " 0.201 " in score(tmp_path, file, given)


@pytest.mark.parametrize("number", [Fraction(599, 100), 5.9999, Fraction(6), 0.0001])
def test_any_range_keeps_its_ends(number: Fraction | float) -> None:
    shown = Fraction(figure(number, (Fraction(0), Fraction(6))))
    assert (shown == 6, shown == 0) == (number == 6, number == 0)


@pytest.mark.parametrize(
    ("declared", "differs"),
    [("0.6", False), ("0.60", False), (".6", False), ("3/5", False), ("0.61", True), ("1", False),
     ("0.59", True), ("0", True)],
)  # fmt: skip
def test_a_declared_total_is_compared_to_the_decimals_in_which_it_is_declared(
    tmp_path: Path, declared: str, differs: bool
) -> None:
    root = whole(tmp_path, 3) | {"score": {"rule": "sum", "scale": 1, "incomplete": "as_is"}}
    file = model(tmp_path, root, HUNDREDTHS)
    answers = [("q0", "n10"), ("q1", "n20"), ("q2", "n30"), ("all", declared)]
    output = tmp_path / "results.csv"
    said = score(tmp_path, file, answers, "-o", str(output))
    assert ("(differs)" in said) == differs
    assert pd.read_csv(output)["declared_differs"].iloc[0] == differs


def test_the_whole_way_to_a_target_is_said_of_a_sum_of_decimals_that_is_there(
    tmp_path: Path,
) -> None:
    root = whole(tmp_path, 3) | {"score": {"rule": "sum", "scale": 1, "incomplete": "as_is"}}
    file = model(tmp_path, root, HUNDREDTHS)
    (targets := tmp_path / "targets.csv").write_text("node_id,target\nall,0.8\n")
    answers = [("q0", "n10"), ("q1", "n70"), ("q2", "n0")]
    assert 0.1 + 0.7 < 0.8
    assert "100%" in score(tmp_path, file, answers, "--targets", str(targets))


def test_weights_of_four_decimals_on_two_floors_are_exact(tmp_path: Path) -> None:
    """Five groups of six questions: their path weights have no common measure in 64 bits."""
    groups = []
    for g in range(5):
        group = whole(tmp_path, 6) | {"id": f"g{g}", "weight": f"0.{1873 + 1117 * g}"}
        for q, child in enumerate(group["children"]):
            child |= {"id": f"g{g}q{q}", "weight": f"0.{1009 + 613 * q + 97 * g * q}"}
        groups.append(group)
    root = {"id": "all", "name": "All", "score": {"rule": "power"}, "children": groups}
    file = model(tmp_path, root, HUNDREDTHS)
    answers = [(f"g{g}q{q}", f"n{(17 * g + 29 * q) % 101}") for g in range(5) for q in range(6)]
    expected = part = Fraction(0)
    for g, group in enumerate(groups):
        weights = [Fraction(child["weight"]) for child in group["children"]]
        values = [Fraction((17 * g + 29 * q) % 101, 100) for q in range(6)]
        mean = sum(w * v for w, v in zip(weights, values, strict=True)) / sum(weights)
        expected += Fraction(group["weight"]) * mean
        part += Fraction(group["weight"])
    output = tmp_path / "results.csv"
    score(tmp_path, file, answers[1:], "-o", str(output))
    score(tmp_path, file, answers, "-o", str(output), "--ranks", "--seed", "3")
    frame = pd.read_csv(output, dtype={"coverage_applicable": "str"})
    assert frame["score"].iloc[0] == pytest.approx(float(expected / part), rel=1e-12)
    assert frame["status"].iloc[0] == "final"
    assert int(frame["coverage_applicable"].iloc[0]) > 2**64
