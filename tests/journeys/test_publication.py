"""Only what one run made of today's inputs, and found in order, can be published; whoever asks."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import dagster as dg
import pandas as pd
import pytest
from conftest_journeys import LAST, run_pipeline, work_in

from assets.release import protected_tables
from pipelines.definitions import definitions
from pipelines.home import prepared_instance
from pipelines.run import innermost
from remi.cycle.clearance import NotClearedError, cleared_for_release
from remi.cycle.one_file import take_in
from remi.cycle.publishing import make_release, protect_tables
from remi.cycle.scoring import score
from remi.cycle.steps import STEPS
from remi.cycle.tables import read_tables
from remi.cycle.work import CycleWork, before
from remi.release.published import latest_release
from remi.settings import Settings
from remi.store.deliveries import Sender, SignOff, sign
from remi.store.people import add_person
from remi.store.reviews import decide
from schemas import reviews, store

NOW = datetime.fromisoformat("2026-01-10T09:00")


def releases(home: Path) -> dict[str, str]:
    return {
        path.relative_to(home).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted((home / "releases").rglob("*"))
        if path.is_file()
    }


def a_stored_stage_of_the_year_before_is_changed(work: CycleWork) -> None:
    earlier = before(work)
    assert earlier is not None
    stages = earlier.read(store.commitment_stage)
    place = stages.index[stages["stage"].notna() & (stages["stage"] > 0)][0]
    stages.loc[place, "stage"] -= 1
    earlier.replace(store.commitment_stage, stages)


def test_a_run_that_fails_a_check_publishes_nothing_now_or_later(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = work_in(home, monkeypatch)
    a_stored_stage_of_the_year_before_is_changed(work)
    there = releases(home)
    done = run_pipeline(home, LAST)
    assert done.returncode == 1
    assert "stopped by: the year before is as it was scored" in done.stderr
    assert "publish_cycle  not started: score_cycle did not succeed" in done.stderr
    later = run_pipeline(home, LAST, "publish_cycle")
    assert later.returncode == 1
    told = " ".join(later.stderr.split())
    assert "2025/26 is not published: the last run of it was not finished" in told
    assert "remi run --cycle 2025-26 --publish" in told
    assert releases(home) == there


# ---- what comes in or changes after the run


def a_file_is_left_in_the_inbox(work: CycleWork) -> None:
    folder = work.workspace.settings.inbox / work.cycle_id
    (folder / "late.xlsx").write_bytes(b"late")


def a_file_is_sent_in_the_portal(work: CycleWork) -> None:
    take_in(work, Sender("DEMO-T01", "portal"), "late.xlsx", b"late", NOW)


def a_return_is_signed_off(work: CycleWork) -> None:
    person_id = add_person(work.workspace.engine, "lead@trust.example", None, NOW)
    kept = take_in(work, Sender("DEMO-T01", "portal"), "late.xlsx", b"late", NOW).submission
    said = SignOff(kept.submission_id, work.cycle_id, "DEMO-T01", person_id, NOW)
    sign(work.workspace.engine, said)


def a_reviewer_decides(work: CycleWork) -> None:
    verdicts = work.read(store.verdict)
    of = verdicts[verdicts["counts"].astype(bool)].iloc[0]
    person_id = add_person(work.workspace.engine, "reviewer@trust.example", None, NOW)
    decide(
        work.workspace.engine,
        [
            reviews.DecisionMade(
                cycle=work.cycle_id,
                organisation_id=of["organisation_id"],
                submission_id=of["submission_id"],
                indicator_id="L1",
                stage=1,
                claim="met",
                basis="x" * 64,
                decision=reviews.Decision.ACCEPTED,
                grade=reviews.Grade.DOCUMENTED,
                reason=None,
                person_id=person_id,
                decided_at=NOW,
            )
        ],
    )


def the_register_is_written_anew(work: CycleWork) -> None:
    register = work.workspace.settings.register
    text = register.read_text(encoding="utf-8")
    register.write_text(text.replace("Harrowmere", "Harrowmere and Dale"), encoding="utf-8")


def the_smallest_group_is_another_one(work: CycleWork) -> None:
    policy = work.workspace.settings.config / "release.yaml"
    text = policy.read_text(encoding="utf-8")
    changed = re.sub(r"smallest_group: \d+", "smallest_group: 9", text)
    assert changed != text
    policy.write_text(changed, encoding="utf-8")


def the_year_before_is_scored_otherwise(work: CycleWork) -> None:
    earlier = before(work)
    assert earlier is not None
    kept = earlier.read(store.verdict)
    gone = kept[kept["counts"].astype(bool)].iloc[0]["submission_id"]
    kept.loc[kept["submission_id"] == gone, "counts"] = False
    earlier.replace(store.verdict, kept)
    score(earlier)


def a_run_is_stopped_after_scoring(work: CycleWork) -> None:
    score(replace(work, run_id="a run that was stopped"))


def one_step_is_made_again_by_hand(work: CycleWork) -> None:
    score(work)


CHANGES = [
    (a_file_is_left_in_the_inbox, "1 file waits in its inbox"),
    (a_file_is_sent_in_the_portal, "changed since its last run: files and sign-offs"),
    (a_return_is_signed_off, "changed since its last run: files and sign-offs"),
    (a_reviewer_decides, "changed since its last run: reviewers' decisions"),
    (the_register_is_written_anew, "changed since its last run: register"),
    (the_smallest_group_is_another_one, "changed since its last run: configuration"),
    (the_year_before_is_scored_otherwise, "changed since its last run: results of the year before"),
    (a_run_is_stopped_after_scoring, "the last run of it was not finished"),
    (one_step_is_made_again_by_hand, "the last run of it was not finished"),
]


@pytest.fixture
def own_choices(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The installation with a copy of the configuration that a test may change."""
    config = home / "config"
    shutil.copytree(Settings.from_environment().config, config)
    monkeypatch.setenv("REMI_CONFIG", str(config))
    return home


@pytest.mark.parametrize(
    ("change", "why"), CHANGES, ids=lambda value: getattr(value, "__name__", "")
)
def test_nothing_is_published_once_something_is_otherwise_than_in_the_run(
    change: Callable[[CycleWork], None],
    why: str,
    own_choices: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cleared_for_release(work_in(own_choices, monkeypatch))
    there = releases(own_choices)
    change(work_in(own_choices, monkeypatch))
    work = work_in(own_choices, monkeypatch)
    for step in (protect_tables, make_release):
        with pytest.raises(NotClearedError, match="2025/26 is not published: ") as refused:
            step(work)
        assert why in str(refused.value)
    assert releases(own_choices) == there


def test_a_change_that_is_taken_back_can_be_published(
    own_choices: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    register = own_choices / "register.csv"
    before_it = register.read_text(encoding="utf-8")
    the_register_is_written_anew(work_in(own_choices, monkeypatch))
    register.write_text(before_it, encoding="utf-8")
    cleared_for_release(work_in(own_choices, monkeypatch))


# ---- from Dagster's pages


def launched(home: Path, *assets: str) -> dg.ExecuteInProcessResult:
    """Chosen assets materialised, as the pages and the API do it."""
    job = definitions().resolve_implicit_global_asset_job_def()
    with prepared_instance(Settings.from_environment()) as instance:
        return job.execute_in_process(
            instance=instance,
            partition_key=LAST,
            asset_selection=[dg.AssetKey(asset) for asset in assets],
            raise_on_error=False,
        )


def why_failed(result: dg.ExecuteInProcessResult) -> list[str]:
    return [innermost(event.step_failure_data.error) for event in result.get_step_failure_events()]


def test_assets_chosen_on_dagsters_pages_are_published_only_from_a_whole_run(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REMI_HOME", str(home))
    there = releases(home)
    scored = ("indicator_stages", "commitment_stages", "organisation_profiles")
    result = launched(home, *scored)
    assert result.success
    for chosen in (("protected_tables", "release"), ("release",), (*scored, "protected_tables")):
        result = launched(home, *chosen)
        (why,) = why_failed(result)
        assert "2025/26 is not published: the last run of it was not finished" in why, chosen
    assert releases(home) == there


def test_tables_that_were_protected_without_their_checks_are_not_released(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REMI_HOME", str(home))
    with prepared_instance(Settings.from_environment()) as instance:
        done = dg.materialize(
            [protected_tables],
            instance=instance,
            partition_key=LAST,
            resources=dict(definitions().resources or {}),
        )
    assert done.success
    (why,) = why_failed(launched(home, "release"))
    assert "did not make the check “no small count of people is published”" in why
    assert launched(home, "protected_tables", "release").success


def test_tables_manifest_and_page_name_one_run(work: CycleWork) -> None:
    folder = latest_release(work.workspace.settings.releases, work.cycle_id)
    assert folder is not None
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    run = manifest["source_run_id"]
    assert run == cleared_for_release(work).source_run_id
    tables = read_tables(work, "published")
    assert {name for table in tables.values() for name in table["source_run_id"]} == {run}
    csvs = list(folder.rglob("*.csv"))
    named = {
        name
        for file in csvs
        for name in pd.read_csv(file, dtype=str).get("source_run_id", pd.Series([run]))
    }
    assert csvs
    assert named == {run}
    assert run in (folder / "index.html").read_text(encoding="utf-8")


# ---- what the record rests on


def test_steps_follow_each_other_as_dagster_runs_them() -> None:
    """The order in which records go is that of the asset graph."""
    graph = definitions().resolve_asset_graph()
    made_by = step_names()
    for step, after in STEPS.items():
        assets = [asset for asset, name in made_by.items() if name == step]
        assert assets, step
        wanted = {
            made_by[parent.to_user_string()]
            for asset in assets
            for parent in graph.get(dg.AssetKey(asset)).parent_keys
            if made_by.get(parent.to_user_string()) in STEPS
        } - {step}
        assert wanted <= {one for one in STEPS if one in ancestors(step)}, step
        assert set(after) <= wanted, step


def step_names() -> dict[str, str]:
    loaded = definitions()
    found = {}
    for assets in loaded.assets or ():
        assert isinstance(assets, dg.AssetsDefinition)
        for key in assets.keys:
            found[key.to_user_string()] = assets.op.name
    return found


def ancestors(step: str) -> set[str]:
    direct = set(STEPS[step])
    return direct.union(*(ancestors(one) for one in direct)) if direct else direct
