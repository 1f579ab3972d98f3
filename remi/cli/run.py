"""`remi run`: start the pipeline for a cycle. Dagster runs in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

import click

from remi import configuration
from remi.cli.choosing import chosen_cycle
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
    chosen = [chosen_cycle(known, cycle).id for cycle in cycles or (None,)]
    jobs = ("score_cycle", "publish_cycle") if publish else ("score_cycle",)
    raise SystemExit(run_pipeline(chosen, jobs, "manual"))
