"""Run jobs for cycles in this process, in the real instance: `python -m pipelines.run`.

What belongs here: the way in for the command line and for a person's terminal. What does not: what
a job does. Exit code 0 when every run succeeded, 1 when one failed (the others still run).
"""

from __future__ import annotations

import re
import sys
import time

import click
import dagster as dg
from dagster_shared.error import SerializableErrorInfo
from rich.console import Console

from pipelines.alone import STARTED_HERE, alone
from pipelines.definitions import definitions
from pipelines.home import prepared_instance
from remi.settings import Settings

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@click.command()
@click.option("--cycle", "cycles", multiple=True, required=True, help="A cycle; may be repeated.")
@click.option("--job", "jobs", multiple=True, default=("score_cycle",), show_default=True)
@click.option("--trigger", default="manual", show_default=True, help="Recorded with the run.")
def main(cycles: tuple[str, ...], jobs: tuple[str, ...], trigger: str) -> None:
    """Run each job for each cycle, in the order given; after one fails, none of its cycle."""
    console = Console(stderr=True)
    loaded = definitions()
    failed = False
    settings = Settings.from_environment()
    with prepared_instance(settings) as instance, alone(instance, settings.dagster_home):
        for cycle in cycles:
            for place, job in enumerate(jobs):
                if not _run(console, loaded, instance, cycle, job, trigger):
                    failed = True
                    for left in jobs[place + 1 :]:
                        console.print(
                            f"{cycle}  {left:<14} not started: {job} did not succeed",
                            highlight=False,
                        )
                    break
    sys.exit(1 if failed else 0)


def _run(
    console: Console,
    loaded: dg.Definitions,
    instance: dg.DagsterInstance,
    cycle: str,
    job: str,
    trigger: str,
) -> bool:
    # For whoever started this and ends a run that takes too long.
    print(f"{cycle} {job}", flush=True)
    start = time.monotonic()
    with console.status(f"{cycle}  {job} …"):
        result = loaded.resolve_job_def(job).execute_in_process(
            run_config=QUIET,
            instance=instance,
            partition_key=cycle,
            tags={"cycle": cycle, "trigger": trigger, **STARTED_HERE},
            raise_on_error=False,
        )
    seconds = time.monotonic() - start
    checks = result.get_asset_check_evaluations()
    faults = [(c.severity, c.check_name) for c in checks if not c.passed]
    word = "[green]done[/]" if result.success else "[red]failed[/]"
    console.print(f"{cycle}  {job:<14} {word} in {seconds:.1f} s", highlight=False)
    for severity, name in faults:
        word = "look at" if severity is dg.AssetCheckSeverity.WARN else "stopped by"
        console.print(f"    {word}: {name.replace('_', ' ')}", highlight=False)
    for failure in result.get_step_failure_events() if not result.success else ():
        why = innermost(failure.step_failure_data.error)
        console.print(f"    {failure.step_key}: {why}", markup=False, highlight=False)
    return bool(result.success)


def innermost(error: SerializableErrorInfo | None) -> str:
    """What was wrong in the first place, without the names of the errors around it."""
    while error is not None and error.cause is not None:
        error = error.cause
    if error is None:
        return ""
    name = error.cls_name or ""
    return re.sub(rf"^(?:\w+\.)*{re.escape(name)}: ", "", error.message).strip()


if __name__ == "__main__":
    main()
