"""`remi explain` on a small stored cycle: cells, names that are not known, results gone stale."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import insert

from remi.cli.main import main
from remi.cycle.changes import compare_years, split_change
from remi.cycle.scoring import score
from remi.cycle.work import CycleWork, before
from remi.store.frames import replace_all
from remi.workspace import open_workspace
from schemas import store

CYCLE = "2024-25"
TRUST, COUNCIL = "DEMO-T1", "DEMO-C1"


def partner(key: str, name: str, sector: str) -> dict[str, object]:
    return {
        "organisation_id": key,
        "valid_from": date(2022, 1, 1),
        "valid_to": None,
        "name": name,
        "sector": sector,
        "lead_system": "QMJ",
        "systems": "QMJ",
        "borough": None,
        "unit_type": "organisation",
        "parent_id": None,
        "joint_group": None,
        "agreed_to_be_named": True,
        "successor_id": None,
    }


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CycleWork:
    """One trust, all of whose indicators are at stage 2 but L3, which met its first stage alone."""
    monkeypatch.setenv("REMI_HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "300")
    work = CycleWork(open_workspace(), CYCLE)
    register = [
        partner(TRUST, "Marlow Fields Hospitals", "nhs_trust"),
        partner(COUNCIL, "Marlow Fields Council", "local_authority"),
    ]
    replace_all(work.workspace.engine, store.organisation, pd.DataFrame(register))
    submission = f"{CYCLE}-abc"
    sent = {
        "submission_id": submission,
        "cycle": CYCLE,
        "sha256": "abc",
        "size": 1,
        "file_name": "return.xlsx",
        "door": "inbox",
        "received_at": datetime(2024, 11, 1),  # noqa: DTZ001
        "came_last_at": datetime(2024, 11, 1),  # noqa: DTZ001
        "place": 1,
    }
    with work.workspace.engine.begin() as connection:
        connection.execute(insert(store.submission), [sent])
    verdict = {
        "cycle": CYCLE,
        "submission_id": submission,
        "kind": "assessment",
        "organisation_id": TRUST,
        "outcome": "accepted",
        "counts": True,
        "superseded_by": None,
        "framework_version": work.framework.name_and_version,
        **dict.fromkeys(("cells_read", "n_must_fix", "n_check", "n_note"), 0),
    }
    work.replace(store.verdict, pd.DataFrame([verdict]))
    put_answers(work, l3=1)
    score(work)
    return work


def put_answers(work: CycleWork, l3: int) -> None:
    rows = [
        {
            "cycle": CYCLE,
            "organisation_id": TRUST,
            "submission_id": f"{CYCLE}-abc",
            "commitment_id": commitment.id,
            "indicator_id": indicator.id,
            "stage": stage.number,
            "answer": "met" if stage.number <= (l3 if indicator.id == "L3" else 2) else "not_met",
            "inherited": False,
            "sheet": commitment.short_name,
            "cell": f"D{stage.number}{indicator.id[1:]}",
            "seen": None,
        }
        for commitment, indicator in work.framework.indicators()
        if work.framework.applies(indicator, "nhs_trust")
        for stage in work.framework.stages
    ]
    work.replace(store.answer, pd.DataFrame(rows))


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["explain", *arguments])


def in_one_line(done: Result) -> str:
    return " ".join(done.output.split())


def test_the_newest_cycle_with_results_is_explained_to_the_cell(work: CycleWork) -> None:
    done = run(TRUST.lower(), "Leadership")
    assert done.exit_code == 0, done.output
    assert "Marlow Fields Hospitals, Leadership, 2024/25" in done.output
    assert (
        "Leadership is at stage 1, Awareness, because L3 Who leads has not met its stage 2 "
        "criterion. To reach stage 2, Commitment, one criterion is needed: L3 Who leads, “"
    ) in done.output
    assert "Leadership D23" in done.output
    assert "in 5 of a commitment's criteria" in done.output


def test_a_whole_organisation_is_explained_by_its_commitments(work: CycleWork) -> None:
    done = run("marlow fields hospitals")
    assert done.exit_code == 0, done.output
    assert "because Leadership has reached no further" in done.output
    for commitment in work.framework.commitments:
        assert f"{commitment.name} is at stage" in done.output


def test_programs_get_every_input_with_its_cell(work: CycleWork) -> None:
    said = json.loads(run(TRUST, "l3", "--json", "--cycle", CYCLE).output)
    assert (said["cycle"], said["stage"], said["next_stage"]) == (CYCLE, 1, 2)
    assert [(b["sheet"], b["cell"], b["answer"]) for b in said["blockers"]] == [
        ("Leadership", "D23", "not_met")
    ]
    assert len(said["inputs"]) == len(work.framework.stages)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (
            ["marlow"],
            "Nearest: Marlow Fields Council (DEMO-C1); Marlow Fields Hospitals (DEMO-T1).",
        ),
        (["nobody at all"], "There is no partner “nobody at all”. No name is like it."),
        ([TRUST, "Who led"], "Nearest: L3 Who leads."),
        ([TRUST, "leader"], "Nearest: Leadership"),
        ([COUNCIL], "No return of Marlow Fields Council counts in 2024-25"),
        ([TRUST, "--cycle", "1999-00"], "There is no cycle 1999-00; there are"),
        ([TRUST, "--cycle", "2023-24"], "2023-24 has no results yet"),
    ],
)
def test_what_cannot_be_explained_is_said_with_the_nearest_names(
    work: CycleWork, arguments: list[str], says: str
) -> None:
    done = run(*arguments)
    assert done.exit_code == 1
    assert says in done.output


def test_results_that_no_longer_follow_from_the_answers_are_not_explained(work: CycleWork) -> None:
    put_answers(work, l3=2)
    done = run(TRUST, "leadership")
    assert done.exit_code == 1
    assert "Run “remi run --cycle 2024-25” and ask again" in done.output


def test_a_commitment_says_what_its_change_since_last_year_is_made_of(work: CycleWork) -> None:
    asked = in_one_line(run(TRUST, "leadership"))
    assert "Its change since 2023/24 cannot be given: there is no score in both years" in asked

    earlier = before(work)
    assert earlier is not None
    put_year_before(earlier, l3=2)
    compare_years(work)
    split_change(work)
    said = (
        "Since 2023/24 its score fell from 33.3 to 30.6 of 100, in points: −2.8 because answers "
        "moved."
    )
    assert said in in_one_line(run(TRUST, "leadership"))
    assert said in json.loads(run(TRUST, "leadership", "--json").output)["sentences"]
    assert said in in_one_line(run(TRUST)), "a whole organisation is explained by its commitments"
    assert "Since 2023/24 its score has stayed at 33.3 of 100." in in_one_line(
        run(TRUST, "workforce")
    )
    assert "Since" not in run(TRUST, "L3").output


def test_a_change_between_scores_that_are_no_longer_stored_is_not_explained(
    work: CycleWork,
) -> None:
    earlier = before(work)
    assert earlier is not None
    put_year_before(earlier, l3=2)
    compare_years(work)
    split_change(work)
    put_answers(work, l3=2)
    score(work)
    done = run(TRUST, "leadership")
    assert done.exit_code == 1
    assert "Run “remi run --cycle 2024-25” and ask again" in done.output


def put_year_before(earlier: CycleWork, l3: int) -> None:
    """Last year's return of the trust, scored."""
    now = CycleWork(earlier.workspace, CYCLE)
    put_answers(now, l3)
    year = {"cycle": earlier.cycle_id, "submission_id": f"{earlier.cycle_id}-abc"}
    sent = now.read(store.submission).assign(**year).to_dict("records")
    with earlier.workspace.engine.begin() as connection:
        connection.execute(insert(store.submission), sent)
    earlier.replace(store.verdict, now.read(store.verdict).assign(**year))
    earlier.replace(store.answer, now.read(store.answer).assign(**year))
    score(earlier)
    put_answers(now, l3=1)


def test_before_anything_is_scored_there_is_nothing_to_explain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REMI_HOME", str(tmp_path / "empty"))
    assert "No cycle has results yet" in run(TRUST).output
