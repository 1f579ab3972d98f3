"""When it runs: each night while a collection is open, and soon after a file arrives or a return is
signed off.

What belongs here: schedules and sensors. What does not: what a run does (jobs). See Dagster's
“Schedules” and “Sensors”.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import TypedDict, cast

import dagster as dg

from assets.cycles import configured_cycles
from assets.resources import Installation
from pipelines.alone import UNFINISHED
from pipelines.jobs import remind_partners, score_cycle
from remi.cycle.waiting import waiting
from remi.settings import run_seconds
from remi.store.submissions import pending

ATTEMPTS = 3
"""How often a run is asked for on the same news."""


@dg.schedule(
    cron_schedule="0 5 * * *",
    target=score_cycle,
    execution_timezone="Europe/London",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Rebuild the cycle whose collection is open, so that nothing is ever stale.",
)
def nightly(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Score the open cycle; say so when none is open."""
    day = context.scheduled_execution_time.date()
    cycle = configured_cycles().open_on(day)
    if cycle is None:
        return dg.SkipReason(f"No collection is open on {day:%d/%m/%Y}.")
    return dg.RunRequest(
        run_key=f"{cycle.id} {day.isoformat()}",
        partition_key=cycle.id,
        tags={"cycle": cycle.id, "trigger": "nightly"},
    )


@dg.schedule(
    cron_schedule="0 9 * * *",
    target=remind_partners,
    execution_timezone="Europe/London",
    default_status=dg.DefaultScheduleStatus.STOPPED,
    description="Send the reminder that is due, if one is. Off until somebody turns it on.",
)
def reminders(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Remind partners of the open cycle; say so when none is open."""
    day = context.scheduled_execution_time.date()
    cycle = configured_cycles().open_on(day)
    if cycle is None:
        return dg.SkipReason(f"No collection is open on {day:%d/%m/%Y}.")
    return dg.RunRequest(
        run_key=f"{cycle.id} {day.isoformat()}",
        run_config={"ops": {"send_what_is_due": {"config": {"cycle": cycle.id}}}},
        tags={"cycle": cycle.id, "trigger": "reminders"},
    )


@dg.sensor(
    target=score_cycle,
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Score a cycle when anything is new in it: one run for all that has come in.",
)
def inbox(context: dg.SensorEvaluationContext, installation: Installation) -> dg.SensorResult:
    """Ask for at most one run a cycle: for files that wait in its inbox, and for what was sent,
    signed off or decided in the portal and is in no run that passed its checks.

    The same news is asked for again where its run failed or was cancelled, a few times in all.
    """
    workspace = installation.open()
    cycles = [cycle.id for cycle in workspace.configuration.cycles.cycles]
    for found in pending(workspace.settings, workspace.engine):
        if found.cycle not in cycles:
            context.log.warning(
                f"{found.files} files wait in the inbox folder “{found.cycle}”, which is no cycle."
            )
    remembered = json.loads(context.cursor) if context.cursor else {}
    # Until 2026-12 two texts were remembered of each cycle, and no attempt.
    asked: dict[str, Asked] = {
        key: cast(Asked, one) for key, one in remembered.items() if isinstance(one, dict)
    }
    requests, given_up = [], []
    for cycle, waits in waiting(workspace, cycles).items():
        if not waits.news or _under_way(context.instance, cycle):
            continue
        before = asked.get(cycle)
        if before is None or before["news"] != waits.news:
            attempt = 1
        elif not _failed(context.instance, before["run_key"]):
            continue
        elif before["attempt"] == ATTEMPTS:
            given_up.append(cycle)
            continue
        else:
            attempt = before["attempt"] + 1
        run_key = f"{cycle} {waits.news} {attempt}"
        asked[cycle] = {"news": waits.news, "attempt": attempt, "run_key": run_key}
        requests.append(
            dg.RunRequest(
                run_key=run_key,
                partition_key=cycle,
                tags={"cycle": cycle, "trigger": "inbox", "attempt": str(attempt)},
            )
        )
    return dg.SensorResult(
        run_requests=requests,
        skip_reason=None if requests else _why_none(given_up),
        cursor=json.dumps(asked),
    )


class Asked(TypedDict):
    """The last run that the sensor asked for in a cycle: for which news, and for which time."""

    news: str
    attempt: int
    run_key: str


def _under_way(instance: dg.DagsterInstance, cycle: str) -> bool:
    """Whether a run of the cycle waits for its turn or works: what it leaves is asked for later.

    One that is older than a run may take does not count: its process is gone.
    """
    begun = datetime.now(UTC) - timedelta(seconds=run_seconds())
    running = dg.RunsFilter(
        job_name=score_cycle.name,
        tags={"dagster/partition": cycle},
        statuses=[dg.DagsterRunStatus.QUEUED, *UNFINISHED],
        updated_after=begun,
    )
    return instance.get_runs_count(running) > 0


def _failed(instance: dg.DagsterInstance, run_key: str) -> bool:
    """Whether the run that was asked for by this key ended without success."""
    ended = dg.RunsFilter(
        tags={"dagster/run_key": run_key},
        statuses=[dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED],
    )
    return instance.get_runs_count(ended) > 0


def _why_none(given_up: list[str]) -> str:
    if given_up:
        return (
            f"{ATTEMPTS} runs of {', '.join(given_up)} failed on the same news. Look at the last "
            "one, put right what it says and start score_cycle again."
        )
    return "Nothing has come in that was not asked for before."
