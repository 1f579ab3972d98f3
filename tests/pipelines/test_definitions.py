"""What Dagster shows: the graph as it is meant to be, and when it runs by itself."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
import pytest
import yaml
from dagster._core.remote_origin import InProcessCodeLocationOrigin, RemoteRepositoryOrigin
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin

from assets.cycles import configured_cycles
from assets.resources import Installation
from pipelines.automation import ATTEMPTS, inbox, nightly, reminders
from pipelines.definitions import definitions
from pipelines.home import prepare
from remi.cycle.arrivals import receive
from remi.cycle.following import LONDON
from remi.cycle.one_file import take_in
from remi.cycle.registering import load_register
from remi.cycle.waiting import waiting
from remi.cycle.work import CycleWork
from remi.demo.partners import register_csv
from remi.settings import CHECKOUT, Settings
from remi.store.database import writing
from remi.store.deliveries import Sender, SignOff, sign
from remi.store.people import add_person, grant
from remi.store.runs import record_passed
from remi.store.watermark import watermarks
from remi.workspace import open_workspace

GOLDEN = Path(__file__).parent / "asset_graph.json"

NOVEMBER = datetime.fromisoformat("2025-11-01T09:00")


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


def asked_after(
    instance: dg.DagsterInstance, cursor: str | None
) -> tuple[list[dg.RunRequest], str | None]:
    """What the sensor asks for, which remembers by its cursor what it asked for before."""
    context = dg.build_sensor_context(instance=instance, cursor=cursor)
    found = inbox(context, installation=Installation())
    assert isinstance(found, dg.SensorResult)
    return list(found.run_requests or ()), found.cursor


def requests(instance: dg.DagsterInstance) -> list[dg.RunRequest]:
    return asked_after(instance, None)[0]


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


def leave(folder: Path, name: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(name.encode())


def sent_in_the_portal(content: bytes, organisation_id: str = "DEMO-T01") -> str:
    """A file as the portal keeps it; its id."""
    workspace = open_workspace()
    sender = Sender(organisation_id, "portal")
    work = CycleWork(workspace, "2025-26")
    return take_in(work, sender, "a.xlsx", content, NOVEMBER).submission.submission_id


def test_what_is_sent_and_signed_off_in_the_portal_asks_for_one_run_for_all_of_it(
    instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    none, cursor = asked_after(instance, None)
    assert none == []
    first, _ = (sent_in_the_portal(content) for content in (b"one", b"two"))
    leave(tmp_path / "inbox" / "2025-26", "three.xlsx")
    (asked,), cursor = asked_after(instance, cursor)
    assert asked.partition_key == "2025-26"
    again, cursor = asked_after(instance, cursor)
    assert again == [], "the same news is asked for once"
    workspace = open_workspace()
    person_id = add_person(workspace.engine, "lead@trust.example", None, NOVEMBER)
    sign(workspace.engine, SignOff(first, "2025-26", "DEMO-T01", person_id, NOVEMBER))
    (after,), cursor = asked_after(instance, cursor)
    assert after.partition_key == "2025-26"
    assert after.run_key != asked.run_key
    assert asked_after(instance, cursor)[0] == []


def passed(work: CycleWork) -> None:
    """As a run that judged what is there now and passed every check records it."""
    mark = watermarks(work.workspace.engine)[work.cycle_id]
    with writing(work.workspace.engine) as connection:
        record_passed(connection, work.cycle_id, "a run", "a hash", [], mark)


def test_files_that_a_run_took_in_are_no_news(instance: dg.DagsterInstance, tmp_path: Path) -> None:
    leave(tmp_path / "inbox" / "2025-26", "one.xlsx")
    (asked,), cursor = asked_after(instance, None)
    work = CycleWork(open_workspace(), "2025-26")
    receive(work)
    passed(work)
    none, cursor = asked_after(instance, cursor)
    assert none == []
    sent_in_the_portal(b"two")
    (after,), _ = asked_after(instance, cursor)
    assert after.run_key != asked.run_key


def asked_run(
    instance: dg.DagsterInstance, asked: dg.RunRequest, status: dg.DagsterRunStatus
) -> None:
    """The run that the daemon makes of a request, in this state."""
    job = definitions().resolve_job_def("score_cycle")
    tags = {"dagster/partition": str(asked.partition_key), "dagster/run_key": str(asked.run_key)}
    instance.create_run_for_job(job, status=status, tags=tags)


@pytest.mark.parametrize("ended", [dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED])
def test_news_whose_run_failed_is_asked_for_again_a_few_times(
    instance: dg.DagsterInstance, ended: dg.DagsterRunStatus
) -> None:
    sent_in_the_portal(b"one")
    cursor, keys = None, []
    for _ in range(ATTEMPTS):
        (asked,), cursor = asked_after(instance, cursor)
        assert asked_after(instance, cursor)[0] == [], "not before its run has ended"
        asked_run(instance, asked, ended)
        keys.append(asked.run_key)
    assert len(set(keys)) == ATTEMPTS
    assert [key.split()[-1] for key in keys if key] == ["1", "2", "3"]
    none, cursor = asked_after(instance, cursor)
    assert none == [], "and then a person looks"
    assert waiting(open_workspace(), ["2025-26"])["2025-26"].in_words == "1 file waits for a run."
    sent_in_the_portal(b"two")
    (asked,), _ = asked_after(instance, cursor)
    assert str(asked.run_key).endswith(" 1"), "other news begins anew"


def test_a_sign_off_whose_run_failed_waits_though_the_collection_is_closed(
    instance: dg.DagsterInstance,
) -> None:
    first = sent_in_the_portal(b"one")
    workspace = open_workspace()
    passed(CycleWork(workspace, "2025-26"))
    assert requests(instance) == []
    person_id = add_person(workspace.engine, "lead@trust.example", None, NOVEMBER)
    sign(workspace.engine, SignOff(first, "2025-26", "DEMO-T01", person_id, NOVEMBER))
    (asked,), cursor = asked_after(instance, None)
    asked_run(instance, asked, dg.DagsterRunStatus.FAILURE)
    (again,), _ = asked_after(instance, cursor)
    assert again.run_key != asked.run_key
    waits = waiting(workspace, ["2025-26"])["2025-26"]
    assert (waits.files, waits.sign_offs) == (0, 1)
    assert waits.in_words == "1 sign-off waits for a run."


def test_what_the_sensor_remembered_before_attempts_were_counted_is_no_fault(
    instance: dg.DagsterInstance,
) -> None:
    sent_in_the_portal(b"one")
    (asked,), _ = asked_after(instance, json.dumps({"2025-26": ["", "1.0.0"]}))
    assert asked.partition_key == "2025-26"


def test_a_run_that_waits_for_its_turn_is_not_asked_for_a_second_time(
    instance: dg.DagsterInstance,
) -> None:
    sent_in_the_portal(b"one")
    job = definitions().resolve_job_def("score_cycle")
    here = InProcessCodeLocationOrigin(LoadableTargetOrigin(module_name="pipelines.definitions"))
    waiting = instance.create_run_for_job(
        job,
        status=dg.DagsterRunStatus.QUEUED,
        tags={"dagster/partition": "2025-26"},
        remote_job_origin=RemoteRepositoryOrigin(here, "here").get_job_origin(job.name),
    )
    none, cursor = asked_after(instance, None)
    assert none == []
    instance.delete_run(waiting.run_id)
    (asked,), _ = asked_after(instance, cursor)
    assert asked.partition_key == "2025-26", "the news was not forgotten meanwhile"


def test_reminders_are_sent_each_morning_of_an_open_collection_once_somebody_turns_them_on() -> (
    None
):
    assert reminders.default_status is dg.DefaultScheduleStatus.STOPPED
    asked = reminders(at_five("2025-11-02"))
    assert isinstance(asked, dg.RunRequest)
    assert asked.run_config["ops"]["send_what_is_due"]["config"] == {"cycle": "2025-26"}
    assert isinstance(reminders(at_five("2025-12-01")), dg.SkipReason)


def remind(instance: dg.DagsterInstance) -> dg.ExecuteInProcessResult:
    """Run the job for the collection that opened last."""
    cycle = configured_cycles().newest_on(datetime.now(LONDON).date())
    config = {"ops": {"send_what_is_due": {"config": {"cycle": cycle.id}}}}
    job = definitions().resolve_job_def("remind_partners")
    return job.execute_in_process(run_config=config, instance=instance, raise_on_error=False)


def test_the_job_sends_what_is_due_today_and_fails_where_it_cannot(
    instance: dg.DagsterInstance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The configuration is this installation's own, in which a reminder is due today."""
    config, today = tmp_path / "config", datetime.now(LONDON).date()
    shutil.copytree(Settings.from_environment().config, config)
    cycles = yaml.safe_load((config / "cycles.yaml").read_text())
    for name, days in (("opens", -5), ("closes", 5), ("publishes", 50)):
        cycles["cycles"][-1][name] = today + timedelta(days=days)
    (config / "cycles.yaml").write_text(yaml.safe_dump(cycles))
    monkeypatch.setenv("REMI_CONFIG", str(config))
    for name in ("REMI_SMTP", "REMI_ADDRESS"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "register.csv").write_text(register_csv())
    workspace = open_workspace()
    load_register(workspace)
    now = datetime.now(UTC).replace(tzinfo=None)
    person_id = add_person(workspace.engine, "lead@trust.example", None, now)
    grant(workspace.engine, person_id, "lead", "DEMO-T01", now)
    assert not remind(instance).success, "no mail server is set"
    (tmp_path / "DEMONSTRATION").touch()
    for _ in range(2):
        assert remind(instance).success
        assert len(list((tmp_path / "outbox").glob("*.eml"))) == 1


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps(graph(), indent=2) + "\n")
