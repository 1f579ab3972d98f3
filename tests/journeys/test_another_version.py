"""Two real cycles, the second under version 1.1: one indicator reworded, one retired, one new."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from click.testing import CliRunner
from conftest_journeys import run_here

from remi.cli.main import main
from remi.configuration import load
from remi.cycle.changes import compare_linked, compared_by
from remi.cycle.inputs import input_hash
from remi.cycle.publishing import make_release
from remi.cycle.registering import load_register
from remi.cycle.scoring import as_scored
from remi.cycle.tables import read_tables
from remi.cycle.work import CycleWork, before
from remi.demo.collaboration import write_demo
from remi.framework.crosswalk import compare
from remi.settings import CHECKOUT
from remi.workspace import Workspace, open_workspace
from schemas import store
from schemas.results import LINKED_CHANGE, MATURITY_CHANGE, SCORE_CHANGE, ComparedBy

BEFORE, NOW = "2024-25", "2025-26"
OLD, NEW = "race-equality-maturity-1.0", "race-equality-maturity-1.1"
REWORDED, RETIRED, ADDED = "L2", "L5", "L7"


def version_1_1(content: dict[str, Any]) -> dict[str, Any]:
    """The shipped framework with L2 in other words, without L5 and with L7."""
    leadership = content["commitments"][0]["indicators"]
    reworded = next(i for i in leadership if i["id"] == REWORDED)
    reworded["criteria"][2] = "A dated plan says who spends how much on which of these aims."
    retired = next(i for i in leadership if i["id"] == RETIRED)
    new = {
        **{key: value for key, value in retired.items() if key not in ("reuses",)},
        "id": ADDED,
        "title": "Leaders who listen",
        "core": True,
        "criteria": [f"Leaders listen in the way that stage {n} describes." for n in range(1, 7)],
    }
    content["commitments"][0]["indicators"] = [
        *(i for i in leadership if i["id"] != RETIRED),
        new,
    ]
    return {**content, "version": "1.1"}


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation with both cycles scored, and no crosswalk yet. Never changed by a test."""
    folder = tmp_path_factory.mktemp("versions")
    config = Path(shutil.copytree(CHECKOUT / "config", folder / "config"))
    frameworks = config / "frameworks"
    content = yaml.safe_load((frameworks / f"{OLD}.yaml").read_text(encoding="utf-8"))
    (frameworks / f"{NEW}.yaml").write_text(
        yaml.safe_dump(version_1_1(content), allow_unicode=True), encoding="utf-8"
    )
    cycles = yaml.safe_load((config / "cycles.yaml").read_text(encoding="utf-8"))
    for one in cycles["cycles"]:
        one["framework"] = NEW if one["id"] == NOW else OLD
    (config / "cycles.yaml").write_text(yaml.safe_dump(cycles), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        workspace = opened(folder, patch)
        write_demo(workspace.settings, workspace.configuration, [BEFORE, NOW])
        load_register(workspace)
        for name in (BEFORE, NOW):
            run_here(CycleWork(workspace, name))
    return folder


def opened(folder: Path, patch: pytest.MonkeyPatch) -> Workspace:
    patch.setenv("REMI_HOME", str(folder / "home"))
    patch.setenv("REMI_CONFIG", str(folder / "config"))
    patch.setenv("COLUMNS", "1000")
    return open_workspace()


@pytest.fixture
def work(scored: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CycleWork:
    """The later cycle of a copy without a crosswalk."""
    copy = Path(shutil.copytree(scored, tmp_path / "copy"))
    return CycleWork(opened(copy, monkeypatch), NOW)


def with_crosswalk(work: CycleWork) -> CycleWork:
    """The same cycle after the owners wrote down what is proposed, and the steps ran again."""
    workspace = work.workspace
    configuration = workspace.configuration
    old, new = (configuration.framework(configuration.cycles.get(c)) for c in (BEFORE, NOW))
    written = {
        "from_framework": {"id": old.id, "version": old.version},
        "to_framework": {"id": new.id, "version": new.version},
        "rows": [r.model_dump(mode="json", exclude_none=True) for r in compare(old, new)],
    }
    folder = workspace.settings.config / "crosswalks"
    folder.mkdir()
    (folder / f"{OLD}--{NEW}.yaml").write_text(yaml.safe_dump(written), encoding="utf-8")
    again = replace(workspace, configuration=load(workspace.settings.config))
    return run_here(CycleWork(again, NOW))


def leadership(table: pd.DataFrame) -> pd.DataFrame:
    rows = table[table["commitment"] == "Leadership"]
    return rows[rows["sector"] == "All"] if "sector" in rows else rows


def test_without_a_crosswalk_there_is_no_figure_of_change_and_the_reason_is_said(
    work: CycleWork,
) -> None:
    assert work.framework.version == "1.1"
    assert compared_by(work).how is ComparedBy.NO_CROSSWALK
    published = work.read(store.maturity_change)
    assert len(published) > 100
    assert published["break_in_series"].all()
    assert work.read(store.linked_change).empty
    assert work.read(store.score_change).empty

    tables = read_tables(work, "published")
    said = (
        "Not compared: the framework changed from Race equality maturity framework 1.0 to Race "
        "equality maturity framework 1.1, and it is not agreed which indicators ask the same."
    )
    for table_id, number in (("A25", "n_before"), ("A26", "change")):
        table = tables[table_id]
        assert set(table["comparison"]) == {said}
        assert set(table["break_in_series"]) == {"yes"}
        assert table[number].isna().all()
        assert "x" in set(table[f"{number}_status"])
        assert (table["n_matched"] == 0).all()
    make_release(work)
    page = next(work.workspace.settings.releases.rglob("index.html")).read_text(encoding="utf-8")
    assert said in page
    assert "There is no earlier year with which these results can be compared." not in page

    partner = work.read(store.commitment_stage)["organisation_id"].iloc[0]
    told = CliRunner().invoke(main, ["explain", partner, "leadership", "--cycle", NOW])
    assert "the framework changed" in told.output, told.output


def test_with_a_crosswalk_both_years_are_linked_and_the_published_series_is_kept(
    work: CycleWork,
) -> None:
    published, made_from = work.read(store.maturity_change), input_hash(work)
    linked = with_crosswalk(work)
    assert compared_by(linked).how is ComparedBy.LINKED
    assert input_hash(linked) != made_from, "another agreement, another source of its figures"
    pd.testing.assert_frame_equal(linked.read(store.maturity_change), published)
    MATURITY_CHANGE.validate(published)

    moved = LINKED_CHANGE.validate(linked.read(store.linked_change))
    assert len(moved) > 100
    compared = set(moved["indicator_id"].dropna())
    assert compared.isdisjoint({REWORDED, RETIRED, ADDED})
    assert {"L1", "L3", "W1"} <= compared

    tables = read_tables(linked, "published")
    moves = leadership(tables["A25"])
    assert set(moves["break_in_series"]) == {"yes"}
    assert set(moves["n_indicators_compared"]) == {4}
    assert set(moves["n_indicators"]) == {6}
    assert moves["comparison"].str.startswith("Linked: the framework changed from").all()
    assert moves["n_before"].sum() == moves["n_matched"].iloc[0] > 5
    assert leadership(tables["A03"])["n_matched"].iloc[0] == 0, "as published it stays broken"


def test_the_effects_add_up_to_the_change_between_the_two_published_scores(
    work: CycleWork,
) -> None:
    linked = with_crosswalk(work)
    made = SCORE_CHANGE.validate(linked.read(store.score_change))
    assert made["break_in_series"].all()
    by_version = made[made["effect"] == "version"].set_index(["organisation_id", "commitment_id"])
    moved = by_version["amount"] != 0
    assert set(by_version.index[moved].get_level_values("commitment_id")) == {"leadership"}
    for column, year in (("score_now", linked), ("score_before", before(linked))):
        assert year is not None
        stored = year.read(store.commitment_stage).set_index(["organisation_id", "commitment_id"])
        assert (by_version[column] == stored["score"].reindex(by_version.index)).all()

    row = leadership(read_tables(linked, "published")["A26"]).iloc[0]
    effects = made["effect"].unique()
    assert sum(row[effect] for effect in effects) == pytest.approx(row["change"])
    assert row["version"] != 0


def test_the_change_of_a_commitment_is_explained_in_one_sentence(work: CycleWork) -> None:
    linked = with_crosswalk(work)
    made = linked.read(store.score_change)
    partner = made.loc[(made["effect"] == "version") & (made["amount"] != 0), "organisation_id"]
    told = CliRunner().invoke(main, ["explain", partner.iloc[0], "leadership", "--cycle", NOW])
    assert told.exit_code == 0, told.output
    assert "Since 2024/25 its score" in told.output
    assert "because the framework changed" in told.output


def test_the_earlier_year_under_its_own_version_is_what_was_stored_to_the_bit(
    work: CycleWork,
) -> None:
    earlier = before(work)
    assert earlier is not None
    assert earlier.framework.version == "1.0"
    assert as_scored(earlier)
    stages = earlier.read(store.commitment_stage)
    nudged = stages.assign(score=stages["score"] * (1 + 2**-52))
    assert not (nudged["score"].dropna() == stages["score"].dropna()).all()
    earlier.replace(store.commitment_stage, nudged)
    assert not as_scored(earlier)


def test_a_crosswalk_that_forgets_an_indicator_is_refused_with_its_file(work: CycleWork) -> None:
    linked = with_crosswalk(work)
    folder = linked.workspace.settings.config / "crosswalks"
    file = folder / f"{OLD}--{NEW}.yaml"
    written = yaml.safe_load(file.read_text(encoding="utf-8"))
    written["rows"] = [row for row in written["rows"] if row.get("old") != RETIRED]
    file.write_text(yaml.safe_dump(written), encoding="utf-8")
    with pytest.raises(ValueError, match=f"no row for {RETIRED} of race-equality-maturity 1.0"):
        compare_linked(linked)
