"""What Dagster shows: the graph as it is meant to be, and when it runs by itself."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
import pytest
import yaml

from assets.resources import Installation
from pipelines.automation import inbox, nightly
from pipelines.definitions import definitions
from pipelines.home import prepare
from remi.settings import CHECKOUT, Settings

GOLDEN = Path(__file__).parent / "asset_graph.json"


def graph() -> dict[str, object]:
    loaded = definitions()
    specs = sorted(loaded.resolve_all_asset_specs(), key=lambda spec: spec.key.to_user_string())
    checks = loaded.resolve_asset_graph().asset_check_keys
    jobs = {job.name for job in loaded.resolve_all_job_defs() if not job.name.startswith("__")}
    return {
        "assets": {
            spec.key.to_user_string(): {
                "group": spec.group_name,
                "owners": list(spec.owners),
                "partitions": "cycle" if spec.partitions_def else None,
                "after": sorted(dep.asset_key.to_user_string() for dep in spec.deps),
            }
            for spec in specs
        },
        "checks": sorted(f"{key.asset_key.to_user_string()}: {key.name}" for key in checks),
        "jobs": sorted(jobs),
        "schedules": [schedule.name for schedule in loaded.schedules or ()],
        "sensors": [sensor.name for sensor in loaded.sensors or ()],
    }


def test_the_asset_graph_is_the_one_that_was_agreed() -> None:
    """After a wanted change: `python tests/pipelines/test_definitions.py` writes it anew."""
    assert graph() == json.loads(GOLDEN.read_text())


def test_every_asset_is_described_and_owned() -> None:
    for spec in definitions().resolve_all_asset_specs():
        assert spec.description, spec.key
        assert spec.owners, spec.key


def test_checks_that_guard_a_wrong_table_stop_the_run() -> None:
    loaded = definitions()
    asset_graph = loaded.resolve_asset_graph()
    warnings = {
        "files_that_could_not_be_read",
        "partners_without_a_return",
        "stages_depend_on_the_rule",
    }
    for key in asset_graph.asset_check_keys:
        assert asset_graph.get_check_spec(key).blocking == (key.name not in warnings), key


def test_workspace_file_loads_in_dagster() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "dagster", "definitions", "validate"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_shipped_settings_send_no_telemetry() -> None:
    shipped = yaml.safe_load((CHECKOUT / "config" / "dagster.yaml").read_text())
    assert shipped["telemetry"] == {"enabled": False}


def at_five(day: str) -> dg.ScheduleEvaluationContext:
    moment = datetime.fromisoformat(f"{day}T05:00").replace(tzinfo=ZoneInfo("Europe/London"))
    return dg.build_schedule_context(scheduled_execution_time=moment)


def test_the_open_cycle_is_rebuilt_each_night() -> None:
    asked = nightly(at_five("2025-10-14"))
    assert isinstance(asked, dg.RunRequest)
    assert asked.partition_key == "2025-26"


def test_nothing_runs_at_night_when_no_collection_is_open() -> None:
    asked = nightly(at_five("2025-12-01"))
    assert isinstance(asked, dg.SkipReason)
    assert "01/12/2025" in str(asked.skip_message)


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dg.DagsterInstance:
    monkeypatch.setenv("REMI_HOME", str(tmp_path))
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "dagster"))
    prepare(Settings.from_environment())
    return dg.DagsterInstance.get()


def requests(instance: dg.DagsterInstance) -> list[dg.RunRequest]:
    context = dg.build_sensor_context(instance=instance)
    found = list(inbox(context, installation=Installation()))
    return [request for request in found if isinstance(request, dg.RunRequest)]


def test_files_that_wait_ask_for_one_run_of_their_cycle(
    instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    assert requests(instance) == []
    folder = tmp_path / "inbox" / "2025-26"
    folder.mkdir(parents=True)
    for number in range(3):
        (folder / f"return {number}.xlsx").write_bytes(b"x" * number)
    (asked,) = requests(instance)
    assert asked.partition_key == "2025-26"
    (again,) = requests(instance)
    assert again.run_key == asked.run_key, "the same waiting files are asked for once"
    (folder / "another.xlsx").write_bytes(b"new")
    (after,) = requests(instance)
    assert after.run_key != asked.run_key


def test_a_folder_that_is_no_cycle_asks_for_no_run(
    instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    folder = tmp_path / "inbox" / "2025-6"
    folder.mkdir(parents=True)
    (folder / "return.xlsx").write_bytes(b"x")
    assert requests(instance) == []


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps(graph(), indent=2) + "\n")
