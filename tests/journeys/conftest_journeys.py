"""A whole collaboration, run by the real pipeline in a real Dagster instance, once for all."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from remi import configuration
from remi.cycle.arrivals import receive
from remi.cycle.changes import compare_linked, compare_years, split_change
from remi.cycle.checks import blocking
from remi.cycle.clearance import ask
from remi.cycle.judging import judge_cycle
from remi.cycle.publishing import protect_tables
from remi.cycle.scoring import score, try_alternatives
from remi.cycle.steps import PROTECT, RUN
from remi.cycle.tables import tabulate
from remi.cycle.work import CycleWork
from remi.demo.collaboration import write_demo
from remi.review.assuring import agree, assure
from remi.settings import CHECKOUT, DEMONSTRATION, Settings
from remi.workspace import open_workspace

CYCLES = ["2024-25", "2025-26"]
LAST = CYCLES[-1]

Installed = Callable[[Path], Settings]


def run_pipeline(home: Path, cycle: str, *jobs: str) -> subprocess.CompletedProcess[str]:
    """The pipeline as the command line starts it, for this home."""
    command = [sys.executable, "-W", "ignore", "-m", "pipelines.run", "--cycle", cycle]
    for job in jobs or ("score_cycle", "publish_cycle"):
        command += ["--job", job]
    return subprocess.run(
        command,
        cwd=CHECKOUT,
        env={**os.environ, "REMI_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )


def remi(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The `remi` command as a person would run it, for this home."""
    return subprocess.run(
        [sys.executable, "-m", "remi.cli.main", *arguments],
        cwd=CHECKOUT,
        env={**os.environ, "REMI_HOME": str(home), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def run_here(work: CycleWork, publish: bool = True) -> CycleWork:
    """Every step and check of a run, in its order, in this process and without Dagster."""
    work = replace(work, run_id=secrets.token_hex(8))
    receive(work)
    judge_cycle(work)
    for step in (score, assure, agree, try_alternatives):
        step(work)
    for step in (compare_years, compare_linked, split_change, tabulate):
        step(work)
    checked(work, RUN)
    if publish:
        protect_tables(work)
        checked(work, [PROTECT])
    return work


def checked(work: CycleWork, steps: Collection[str]) -> None:
    for check in blocking(steps):
        answer = ask(work, check)
        assert answer.passed, (check.name, answer.facts)


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The home of an installation with two scored and published cycles. Never changed by a test."""
    home = tmp_path_factory.mktemp("published")
    before = os.environ.get("REMI_HOME")
    os.environ["REMI_HOME"] = str(home)
    try:
        settings = Settings.from_environment()
        (home / DEMONSTRATION).write_text("Invented.\n")
        write_demo(settings, configuration.load(settings.config), CYCLES)
        for cycle in CYCLES:
            done = run_pipeline(home, cycle)
            assert done.returncode == 0, done.stderr
        yield home
    finally:
        os.environ.pop("REMI_HOME")
        if before is not None:
            os.environ["REMI_HOME"] = before


@pytest.fixture
def home(published: Path, tmp_path: Path) -> Path:
    """A copy of the published installation that a test may change."""
    return Path(shutil.copytree(published, tmp_path / "home"))


@pytest.fixture
def work(published: Path, monkeypatch: pytest.MonkeyPatch) -> CycleWork:
    """The last cycle, for reading."""
    return work_in(published, monkeypatch)


def work_in(home: Path, monkeypatch: pytest.MonkeyPatch, cycle: str = LAST) -> CycleWork:
    """One cycle of the installation in this home."""
    monkeypatch.setenv("REMI_HOME", str(home))
    return CycleWork(open_workspace(), cycle)
