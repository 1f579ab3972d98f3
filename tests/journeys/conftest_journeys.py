"""A whole collaboration, run by the real pipeline in a real Dagster instance, once for all."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from remi import configuration
from remi.cycle.work import CycleWork
from remi.demo.collaboration import write_demo
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
