"""One cycle of one installation: its choices, its rows in the store, and the cycle before it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import pandas as pd
from sqlalchemy import Table

from remi.dates import day_in_words
from remi.framework.issued import differences
from remi.impact.registry import annual_tables
from remi.store import register
from remi.store.frames import read_all, read_cycle, replace_cycle
from remi.store.frameworks import framework_kept
from remi.workspace import Workspace
from schemas import store
from schemas.framework import Framework
from schemas.impact import AnnualTable
from schemas.loading import ConfigurationError
from schemas.programme import Cycle, Places


@dataclass(frozen=True)
class CycleWork:
    """One cycle of one installation, with the choices that hold for it."""

    workspace: Workspace
    cycle_id: str
    run_id: str = ""
    """The run that this work is part of; empty outside one, from which nothing is published."""

    @cached_property
    def cycle(self) -> Cycle:
        """Its dates, period and framework name."""
        return self.workspace.configuration.cycles.get(self.cycle_id)

    @cached_property
    def framework(self) -> Framework:
        """What it is assessed against.

        Raises ConfigurationError where its words or rules are no longer those that the cycle's
        answers were given to.
        """
        framework = self.workspace.configuration.framework(self.cycle)
        name = framework.name_and_version
        kept = framework_kept(self.workspace.engine, self.cycle_id, name)
        if kept and (changed := differences(kept.issued, framework)):
            raise ConfigurationError(
                f"{self.cycle.framework}.yaml: version {framework.version} is not what it was "
                f"when {self.cycle.label} was answered, since {day_in_words(kept.since)}: "
                f"{changed}. Undo the change, or keep the file as it was and give what is new "
                "a file and a version of its own, for a later round in cycles.yaml"
            )
        return framework

    @cached_property
    def places(self) -> Places:
        """Sectors, systems, boroughs and ethnic groups as they stood."""
        return self.workspace.configuration.places(self.cycle)

    @cached_property
    def tables(self) -> tuple[AnnualTable, ...]:
        """The register of annual tables, for this framework."""
        return annual_tables(self.framework)

    @cached_property
    def register(self) -> pd.DataFrame:
        """Every organisation that is or was on the register, with its days of validity."""
        return read_all(self.workspace.engine, store.organisation)

    @cached_property
    def partners(self) -> pd.DataFrame:
        """The register as it stood on the last day of the collection: who the cycle is about."""
        return register.as_at(self.register, self.cycle.closes).reset_index(drop=True)

    def partner(self, organisation_id: str) -> pd.DataFrame:
        """Its row of `partners`, without reading the others; no row where it has none."""
        own = {"organisation_id": organisation_id}
        rows = read_all(self.workspace.engine, store.organisation, own)
        return register.as_at(rows, self.cycle.closes)

    def read(self, table: Table, **where: str) -> pd.DataFrame:
        """The stored rows of this cycle."""
        return read_cycle(self.workspace.engine, table, self.cycle_id, where)

    def replace(
        self, table: Table, rows: pd.DataFrame | Iterable[pd.DataFrame], **where: str
    ) -> None:
        """Put these rows, whole or in parts, in place of the cycle's, in one transaction."""
        replace_cycle(self.workspace.engine, table, self.cycle_id, rows, where)


def before(work: CycleWork) -> CycleWork | None:
    """The work on the cycle before, if there is one."""
    cycle = work.workspace.configuration.cycles.before(work.cycle_id)
    return CycleWork(work.workspace, cycle.id, work.run_id) if cycle else None
