"""`remi model check`, and the recipes of the guide, each checked and scored as a reader would."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from remi.cli.main import main
from remi.settings import CHECKOUT

GUIDE = (CHECKOUT / "docs" / "models.md").read_text("utf-8")
RECIPES: dict[str, str] = {
    text.splitlines()[0].removeprefix("# Recipe: "): text
    for text in re.findall(r"```yaml\n(# Recipe: .*?)```", GUIDE, flags=re.DOTALL)
}
MODELS = CHECKOUT / "config" / "models"


def check(file: str | Path) -> Result:
    return CliRunner().invoke(main, ["model", "check", str(file)])


def scored(tmp_path: Path, recipe: str, answers: dict[str, str]) -> pd.Series:
    """The whole, as `remi score` writes it, for one organisation."""
    (model := tmp_path / "model.yaml").write_text(RECIPES[recipe], encoding="utf-8")
    rows = "".join(f"R1,{question},{answer}\n" for question, answer in answers.items())
    (file := tmp_path / "answers.csv").write_text(f"organisation_id,node_id,answer\n{rows}")
    output = tmp_path / "results.csv"
    done = CliRunner().invoke(main, ["score", str(model), str(file), "-o", str(output)])
    assert done.exit_code == 0, done.output
    return pd.read_csv(output).iloc[0]


@pytest.mark.parametrize("name", ["eds-2022", "teaching-example"])
def test_a_shipped_model_can_be_used_by_name_and_by_path(name: str) -> None:
    for file in (name, MODELS / f"{name}.yaml"):
        done = check(file)
        assert done.exit_code == 0
        assert f"{name}.yaml can be used: " in done.output
        assert "Please check" not in done.output


def test_a_model_that_cannot_be_used_says_every_reason_with_its_line(tmp_path: Path) -> None:
    text = (MODELS / "teaching-example.yaml").read_text("utf-8")
    text = text.replace("scale: how-far, level: 1", "scale: how-fat, level: 1")
    text = text.replace("applies_to: [statutory]", "applies_to: [statutary]")
    (file := tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    done = check(file)
    assert done.exit_code == 1
    assert "mine.yaml cannot be used. To fix (2):" in done.output
    for wrong, word in (("how-fat", "no scale “how-fat”"), ("statutary", "no organisation group")):
        line = next(n for n, one in enumerate(text.splitlines(), 1) if wrong in one)
        assert re.search(rf"- mine.yaml:{line}: .*{word}", done.output), done.output


@pytest.mark.parametrize("content", [b"", b"id: [", b"\xff\xfe\x00", b"- a\n- b\n"])
def test_what_is_no_model_at_all_is_refused_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    (file := tmp_path / "mine.yaml").write_bytes(content)
    done = check(file)
    assert done.exit_code == 1
    assert isinstance(done.exception, SystemExit)
    assert "mine.yaml cannot be used" in done.output


def test_a_file_that_is_not_there_is_answered_with_the_models_that_are() -> None:
    done = check("nowhere.yaml")
    assert done.exit_code == 2
    assert "eds-2022" in done.output


def test_a_sector_that_nobody_registered_can_be_of_is_pointed_out(tmp_path: Path) -> None:
    text = (MODELS / "teaching-example.yaml").read_text("utf-8")
    text = text.replace("[nhs_trust, local", "[nhs_trusts, local")
    (file := tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    done = check(file)
    assert done.exit_code == 0
    assert "“nhs_trusts”, which is not on the reference list. Did you mean “nhs_trust”?" in (
        done.output
    )


@pytest.mark.parametrize("recipe", RECIPES)
def test_every_recipe_of_the_guide_can_be_used(recipe: str, tmp_path: Path) -> None:
    (file := tmp_path / "recipe.yaml").write_text(RECIPES[recipe], encoding="utf-8")
    done = check(file)
    assert done.exit_code == 0, done.output


YES, NO = "Yes", "No"


@pytest.mark.parametrize(
    ("recipe", "answers", "score", "stage"),
    [
        ("levels", {"a": YES, "b": NO, "c": YES}, 1 / 3, "Basic"),
        ("levels", {"a": NO, "b": YES, "c": YES}, 0, "Not yet basic"),
        ("points to a maximum", {"a": "Full", "b": "Part", "c": "Full"}, 8.5, "High"),
        ("points to a maximum", {"a": "Full", "b": "Full", "c": "Full"}, 10, "High"),
        ("a mean shown 0 to 100", {"a": "Full", "b": "Part", "c": "N/A"}, 75, None),
        ("a mean shown 0 to 100", {"a": "Full", "b": "Full", "c": "Full"}, 100, None),
        ("two-state outcomes", dict.fromkeys("ab", "Achieved") | {"c": "Not achieved"}, 2 / 3,
         "Not achieved"),
        ("two-state outcomes", dict.fromkeys("abc", "achieved"), 1, "Achieved"),
        ("a ladder that begins at level 2", {"a": YES, "b": YES, "c": NO}, None, "Level 3"),
        ("a ladder that begins at level 2", {"a": NO, "b": NO, "c": NO}, None, "Level 1"),
        ("a blank is zero, also where nothing is answered", {"a": YES, "b": ""}, 0.5, None),
        ("a blank is zero, also where nothing is answered", {"a": "-", "b": "-"}, 0, None),
    ],
)  # fmt: skip
def test_a_recipe_gives_what_the_guide_says(
    tmp_path: Path, recipe: str, answers: dict[str, str], score: float | None, stage: str | None
) -> None:
    whole = scored(tmp_path, recipe, answers)
    assert whole["status"] == "final"
    assert pd.isna(whole["score"]) if score is None else whole["score"] == pytest.approx(score)
    assert pd.isna(whole["stage_name"]) if stage is None else whole["stage_name"] == stage


def test_where_nothing_is_answered_nothing_is_assessed_even_if_a_blank_is_zero(
    tmp_path: Path,
) -> None:
    recipe = "a blank is zero, also where nothing is answered"
    assert scored(tmp_path, recipe, {"a": "", "b": ""})["status"] == "not_assessed"
