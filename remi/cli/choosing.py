"""What several commands ask in the same way, and how a fault of ours to mend is told plainly."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click

from remi.framework.model_file import load_model
from remi.models import shipped_models
from remi.release.stylesheet import StylesheetMissingError
from remi.settings import Settings
from remi.store.register import RegisterError
from schemas.loading import ConfigurationError
from schemas.maturity import MaturityModel
from schemas.programme import Cycle, Cycles

CANNOT_START = 3
"""Exit code where the installation is not ready; 0 to 2 are verdicts."""


class PlainGroup(click.Group):
    """Commands whose known faults end in a sentence, not in a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; say what must be put right where it cannot start."""
        try:
            return super().invoke(ctx)
        except (ConfigurationError, RegisterError, StylesheetMissingError) as error:
            click.echo(str(error), err=True)
            raise SystemExit(CANNOT_START) from error


def write_file(path: Path, content: bytes) -> None:
    """Write a file that somebody named; where that cannot be done, say so in a sentence."""
    try:
        path.write_bytes(content)
    except OSError as error:
        raise click.ClickException(f"{path} could not be written: {error.strerror}") from None


def chosen_cycle(cycles: Cycles, cycle_id: str | None) -> Cycle:
    """The cycle that was named, or the one whose collection is open today."""
    there = ", ".join(cycle.id for cycle in cycles.cycles)
    if cycle_id is not None:
        if cycle_id not in [cycle.id for cycle in cycles.cycles]:
            raise click.UsageError(f"there is no cycle “{cycle_id}”; there are {there}")
        return cycles.get(cycle_id)
    # A collection opens and closes by the calendar on the wall.
    opened = cycles.open_on(date.today())  # noqa: DTZ011
    if opened is None:
        raise click.UsageError(f"no collection is open today; name one with --cycle: {there}")
    return opened


def chosen_model(name: str) -> MaturityModel:
    """The maturity model in a file, or the one of this name in `config/models`."""
    return load_model(model_file(name))


def model_file(name: str) -> Path:
    """The file of this name, or the one in `config/models`."""
    shipped = shipped_models(Settings.from_environment().config)
    path = Path(name) if Path(name).is_file() else shipped.get(name)
    if path is None:
        raise click.UsageError(f"there is no model “{name}”; there are {', '.join(shipped)}")
    return path
