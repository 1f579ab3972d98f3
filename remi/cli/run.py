"""`remi run`: start the pipeline for a cycle. Dagster runs in a process of its own."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import click

from remi import configuration
from remi.cli.choosing import chosen_cycle
from remi.settings import CHECKOUT, Settings, run_seconds


def run_pipeline(cycles: Sequence[str], jobs: Sequence[str], trigger: str) -> int:
    """Run each job for each cycle in the real instance; 0 when all succeeded.

    A run that takes longer than it may is ended, with every process that it started.
    """
    command = [sys.executable, "-W", "ignore", "-m", "pipelines.run", "--trigger", trigger]
    for cycle in cycles:
        command += ["--cycle", cycle]
    for job in jobs:
        command += ["--job", job]
    most = run_seconds()
    # Each run that begins writes one line; what people read goes to the other stream.
    with subprocess.Popen(  # noqa: S603 - our own module
        command, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        begun: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=_pass_on, args=(process, begun), daemon=True).start()
        running = "The run"
        try:
            while (line := begun.get(timeout=most)) is not None:
                running = line.strip()
            return process.wait(timeout=most)
        except (queue.Empty, subprocess.TimeoutExpired):
            end_with_children(process.pid)
            click.echo(
                f"{running} took longer than {in_words(most)} and was ended; nothing of it is "
                "published, and the next run starts afresh.",
                err=True,
            )
            return 1
        except BaseException:
            end_with_children(process.pid)
            raise


def _pass_on(process: subprocess.Popen[str], begun: queue.Queue[str | None]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        begun.put(line)
    begun.put(None)


def in_words(seconds: int) -> str:
    """“60 minutes”, or seconds where it is no whole number of them."""
    minutes, rest = divmod(seconds, 60)
    if rest:
        return "1 second" if seconds == 1 else f"{seconds} seconds"
    return "1 minute" if minutes == 1 else f"{minutes} minutes"


def end_with_children(pid: int) -> None:
    """End a process and all that it started, also those that went into a session of their own."""
    for one in [pid, *_descendants(pid)]:
        with suppress(ProcessLookupError):
            os.kill(one, signal.SIGKILL)


def _descendants(pid: int) -> list[int]:
    """What a process started, as Linux lists it. Elsewhere its readers end when it does."""
    found: list[int] = []
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            for child in map(int, children.read_text().split()):
                found += [child, *_descendants(child)]
    return found


@click.command()
@click.option("--cycle", "cycles", multiple=True, help="A cycle; the open one when left out.")
@click.option("--publish", is_flag=True, help="Write the release too.")
def run(cycles: tuple[str, ...], publish: bool) -> None:
    """Take in what arrived, judge it, score it and make the annual tables."""
    known = configuration.load(Settings.from_environment().config).cycles
    chosen = [chosen_cycle(known, cycle).id for cycle in cycles or (None,)]
    jobs = ("score_cycle", "publish_cycle") if publish else ("score_cycle",)
    raise SystemExit(run_pipeline(chosen, jobs, "manual"))
