"""When it runs: each night while a collection is open, and soon after a file arrives.

What belongs here: schedules and sensors. What does not: what a run does (jobs). See Dagster's
“Schedules” and “Sensors”.
"""

from collections.abc import Iterator

import dagster as dg

from assets.cycles import configured_cycles
from assets.resources import Installation
from pipelines.jobs import score_cycle
from remi.store.submissions import pending


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


@dg.sensor(
    target=score_cycle,
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Score a cycle when files wait in its inbox: one run for all that arrived.",
)
def inbox(
    context: dg.SensorEvaluationContext, installation: Installation
) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """Ask for at most one run a cycle; the same waiting files are never asked for twice."""
    workspace = installation.open()
    known = {cycle.id for cycle in workspace.configuration.cycles.cycles}
    waiting = pending(workspace.settings, workspace.engine)
    strays = [found for found in waiting if found.cycle not in known]
    for found in strays:
        context.log.warning(
            f"{found.files} files wait in the inbox folder “{found.cycle}”, which is no cycle."
        )
    asked = [found for found in waiting if found.cycle in known]
    if not asked:
        yield dg.SkipReason("No file waits in the inbox of any cycle.")
    for found in asked:
        yield dg.RunRequest(
            run_key=f"{found.cycle} {found.fingerprint}",
            partition_key=found.cycle,
            tags={"cycle": found.cycle, "trigger": "inbox"},
        )
