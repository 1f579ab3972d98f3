"""`remi score --targets`: how far each organisation is, and nothing said that is not known."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from remi.cli.main import main
from remi.framework.model_file import load_model
from remi.settings import CHECKOUT

OUTCOMES = [
    leaf.id for leaf in load_model(CHECKOUT / "config" / "models" / "eds-2022.yaml").leaves()
]


def answers(path: Path, **ratings: int) -> str:
    """A file in which each organisation gives every outcome the same rating."""
    lines = [f"{who},{outcome},{rating}" for who, rating in ratings.items() for outcome in OUTCOMES]
    path.write_text("\n".join(["organisation_id,node_id,answer", *lines]), encoding="utf-8")
    return str(path)


def score(tmp_path: Path, targets: str, *options: str) -> Result:
    now = answers(tmp_path / "now.csv", R1=2, R2=3)
    file = tmp_path / "targets.csv"
    file.write_text(targets, encoding="utf-8")
    return CliRunner().invoke(main, ["score", "eds-2022", now, "--targets", str(file), *options])


def line_of(result: Result, organisation: str) -> list[str]:
    """Its line of the last table."""
    lines = [line.split() for line in result.output.splitlines() if line.startswith(organisation)]
    return next(line for line in reversed(lines) if line[0] == organisation)


def test_the_share_of_the_way_is_printed_beside_where_it_began(tmp_path: Path) -> None:
    before = answers(tmp_path / "before.csv", R1=1, R2=1)
    done = score(tmp_path, "node_id,target\neds,33\n", "--before", before)
    assert done.exit_code == 0, done.output
    assert line_of(done, "R1") == ["R1", "66.7%", "50.0%"]
    assert line_of(done, "R2") == ["R2", "100%", "100%"]


def test_what_lies_beyond_a_target_makes_up_for_no_gap(tmp_path: Path) -> None:
    done = score(tmp_path, "node_id,target\ndomain-1,1\ndomain-2,12\n")
    assert line_of(done, "R1") == ["R1", f"{100 * 9 / 13:.1f}%"]


def test_an_organisation_may_have_targets_of_its_own(tmp_path: Path) -> None:
    done = score(tmp_path, "organisation_id,node_id,target\n,eds,33\nR1,domain-1,8\n")
    assert line_of(done, "R1") == ["R1", "100%"]
    assert line_of(done, "R2") == ["R2", "100%"]


def test_an_organisation_that_was_not_there_at_the_start_has_a_reason_and_no_figure(
    tmp_path: Path,
) -> None:
    before = answers(tmp_path / "before.csv", R1=1)
    done = score(tmp_path, "node_id,target\neds,33\n", "--before", before)
    assert line_of(done, "R2") != ["R2", "100%", "100%"]
    assert "R2: There is no score at the start for eds." in done.output


@pytest.mark.parametrize(
    ("targets", "said"),
    [
        (
            "node_id,target\nnowhere,1\n",
            "line 2, column node_id: “nowhere” is not one of the parts",
        ),
        ("node_id,target\neds,34\n", "line 2, column target: “34” is no number from 0 to 33"),
        ("node_id,target\neds,many\n", "line 2, column target: “many” is no number"),
        ("node_id,target\neds,33\neds,22\n", "line 3, column node_id: eds has two targets"),
        ("node,target\neds,33\n", "missing: node_id; not known: node"),
    ],
)
def test_a_target_that_cannot_be_is_refused_with_its_line(
    tmp_path: Path, targets: str, said: str
) -> None:
    done = score(tmp_path, targets)
    assert done.exit_code == 1
    assert said in done.output


def test_where_they_began_is_asked_only_with_targets(tmp_path: Path) -> None:
    now = answers(tmp_path / "now.csv", R1=2)
    done = CliRunner().invoke(main, ["score", "eds-2022", now, "--before", now])
    assert done.exit_code == 2
    assert "towards --targets" in done.output
