"""Dagster's home: a folder of its own with the shipped settings, prepared once and first.

What belongs here: making DAGSTER_HOME ready. What does not: anything about cycles. A fresh home
that several processes open at once is damaged for good, so this runs before any of them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

import dagster as dg

from remi.settings import Settings

SETTINGS_FILE = "dagster.yaml"
PREPARED = ".prepared"
"""Says for which version of Dagster the home's storage was last brought up to date."""


def prepare(settings: Settings) -> Path:
    """Put the shipped settings into the home, set DAGSTER_HOME and bring its storage up to date."""
    home = settings.dagster_home
    home.mkdir(parents=True, exist_ok=True)
    shipped = (settings.config / SETTINGS_FILE).read_bytes()
    placed = home / SETTINGS_FILE
    if not placed.exists() or placed.read_bytes() != shipped:
        placed.write_bytes(shipped)
    os.environ["DAGSTER_HOME"] = str(home)
    stamp = home / PREPARED
    if not stamp.exists() or stamp.read_text() != dg.__version__:
        # The upgrade draws progress bars of its own, also where there is nothing to upgrade.
        with (
            open(os.devnull, "w") as nowhere,
            redirect_stderr(nowhere),
            redirect_stdout(nowhere),
            dg.DagsterInstance.get() as instance,
        ):
            instance.upgrade()
        stamp.write_text(dg.__version__)
    return home


@contextmanager
def prepared_instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    """The real instance of this installation."""
    prepare(settings)
    with dg.DagsterInstance.get() as instance:
        yield instance


if __name__ == "__main__":
    prepare(Settings.from_environment())
