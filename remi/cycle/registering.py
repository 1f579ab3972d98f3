"""The partner register, read into the store for all cycles."""

from __future__ import annotations

import pandas as pd

from remi.store import register
from remi.store.frames import replace_all
from remi.workspace import Workspace
from schemas import store


def load_register(workspace: Workspace) -> pd.DataFrame:
    """Read the partner register into the store. Raises RegisterError naming line and column."""
    partners = register.read_register(workspace.settings.register)
    for cycle in workspace.configuration.cycles.cycles:
        valid = register.as_at(partners, cycle.closes)
        register.check_places(valid, workspace.configuration.places(cycle))
    replace_all(workspace.engine, store.organisation, partners)
    return partners
