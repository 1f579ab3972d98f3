"""When it runs: each night while a collection is open, and soon after a file arrives or a return is
signed off.

What belongs here: schedules and sensors. What does not: what a run does (jobs). See Dagster's
“Schedules” and “Sensors”.
"""

import json

import dagster as dg

from assets.cycles import configured_cycles
from assets.resources import Installation
from pipelines.jobs import remind_partners, score_cycle
from remi.store.submissions import pending
from remi.store.watermark import watermarks


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
    signed off or decided in the portal. The same news is never asked for twice."""
    workspace = installation.open()
    cycles = [cycle.id for cycle in workspace.configuration.cycles.cycles]
    waiting = {found.cycle: found for found in pending(workspace.settings, workspace.engine)}
    for name in waiting.keys() - set(cycles):
        context.log.warning(
            f"{waiting[name].files} files wait in the inbox folder “{name}”, which is no cycle."
        )
    marks = watermarks(workspace.engine)
    asked: dict[str, list[str]] = json.loads(context.cursor) if context.cursor else {}
    new = {}
    for cycle in cycles:
        files, mark = waiting[cycle].fingerprint if cycle in waiting else "", marks.get(cycle, "")
        files_before, mark_before = asked.get(cycle, ["", ""])
        # Files that no longer wait are no news: a run has taken them in.
        is_new = (files and files != files_before) or mark != mark_before
        if is_new and not _queued(context.instance, cycle):
            new[cycle] = [files or files_before, mark]
    return dg.SensorResult(
        run_requests=[
            dg.RunRequest(
                run_key=f"{cycle} {mark} {files}",
                partition_key=cycle,
                tags={"cycle": cycle, "trigger": "inbox"},
            )
            for cycle, (files, mark) in new.items()
        ],
        skip_reason=None if new else "Nothing has come in that was not asked for before.",
        cursor=json.dumps({**asked, **new}),
    )


def _queued(instance: dg.DagsterInstance, cycle: str) -> bool:
    """Whether a run of the cycle still waits for its turn: it will find the news too."""
    waiting = dg.RunsFilter(
        job_name=score_cycle.name,
        tags={"dagster/partition": cycle},
        statuses=[dg.DagsterRunStatus.QUEUED],
    )
    return instance.get_runs_count(waiting) > 0
