"""The installation as a Dagster resource: opened when a run needs it, never at import.

What belongs here: turning settings into an open workspace. What does not: any step of the work.
See Dagster's “Defining resources”.
"""

from __future__ import annotations

import dagster as dg

from remi.cycle.work import CycleWork
from remi.workspace import Workspace, open_workspace


class Installation(dg.ConfigurableResource["Installation"]):
    """The folders, configuration and store that this process's environment names."""

    def open(self) -> Workspace:
        """The open workspace."""
        return open_workspace()

    def cycle(self, cycle_id: str, run: dg.DagsterRun | None = None) -> CycleWork:
        """The work on one cycle, which is one partition, in a run.

        A run that goes on where another one failed is the same run.
        """
        run_id = (run.root_run_id or run.run_id) if run else ""
        return CycleWork(self.open(), cycle_id, run_id)
