"""The partner register, read into the store for all cycles."""

from __future__ import annotations

import pandas as pd

from remi.store import register
from remi.store.frames import replace_all
from remi.workspace import Workspace
from schemas import store


def load_register(workspace: Workspace) -> pd.DataFrame:
    """Read the partner register into the store. Raises RegisterError naming line and column."""
    partners = register_as_written(workspace)
    replace_all(workspace.engine, store.organisation, partners)
    return partners


def register_as_written(workspace: Workspace) -> pd.DataFrame:
    """The partner register as its file says now. Raises RegisterError naming line and column."""
    configuration = workspace.configuration
    vintages = [
        (cycle.closes, configuration.places(cycle)) for cycle in configuration.cycles.cycles
    ]
    return register.read_register(workspace.settings.register, vintages)
