"""`remi run`: start the pipeline for a cycle. Dagster runs in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from datetime import date

import click

from remi import configuration
from remi.settings import CHECKOUT, Settings


def run_pipeline(cycles: Sequence[str], jobs: Sequence[str], trigger: str) -> int:
    """Run each job for each cycle in the real instance; 0 when all succeeded."""
    command = [sys.executable, "-W", "ignore", "-m", "pipelines.run", "--trigger", trigger]
    for cycle in cycles:
        command += ["--cycle", cycle]
    for job in jobs:
        command += ["--job", job]
    return subprocess.run(command, cwd=CHECKOUT, check=False).returncode  # noqa: S603


@click.command()
@click.option("--cycle", "cycles", multiple=True, help="A cycle; the open one when left out.")
@click.option("--publish", is_flag=True, help="Write the release too.")
def run(cycles: tuple[str, ...], publish: bool) -> None:
    """Take in what arrived, judge it, score it and make the annual tables."""
    known = configuration.load(Settings.from_environment().config).cycles
    if not cycles:
        current = known.open_on(date.today())  # noqa: DTZ011 - a collection closes by local date
        if current is None:
            raise click.UsageError("no collection is open today; name one with --cycle")
        cycles = (current.id,)
    for cycle in cycles:
        if cycle not in [c.id for c in known.cycles]:
            raise click.UsageError(
                f"no cycle {cycle}; there are {', '.join(c.id for c in known.cycles)}"
            )
    jobs = ("score_cycle", "publish_cycle") if publish else ("score_cycle",)
    raise SystemExit(run_pipeline(cycles, jobs, "manual"))
