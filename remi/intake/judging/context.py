"""What a judgement depends on besides the files: round, framework, register and words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import pandas as pd

from remi.configuration import Configuration
from remi.intake.judging.register import Register
from remi.intake.layout import assessment_layout, engagement_layout
from remi.intake.locating.plan import reading_plan
from schemas.framework import Framework
from schemas.programme import Cycle, Messages, Places
from schemas.workbook import Column, SheetLayout, WorkbookLayout


@dataclass(frozen=True)
class JudgingContext:
    """One per round and door. Nothing here is read from a clock: `today` is given.

    `organisations` has the columns of `schemas.store.organisation`; `layouts` are by kind and
    hold every indicator and every column, for whoever they are; `department_columns` are those
    that only a department is asked; `expected_organisation` is the one that the door knows to be
    signed in.
    """

    cycle: Cycle
    framework: Framework
    places: Places
    organisations: pd.DataFrame
    layouts: dict[str, WorkbookLayout]
    messages: Messages
    signing_key: bytes
    today: date
    department_columns: frozenset[str] = frozenset()
    expected_organisation: str | None = None

    @cached_property
    def plan(self) -> dict[str, Any]:
        """What the sandboxed worker is given."""
        return reading_plan(self.layouts, self.framework)

    @cached_property
    def register(self) -> Register:
        """Organisations by code and by name, as they stand in this round."""
        return Register.of(self.organisations, self.cycle)

    @cached_property
    def sheets(self) -> dict[str, dict[str, SheetLayout]]:
        """Sheet layouts by kind and sheet id."""
        return {kind: {s.id: s for s in made.sheets} for kind, made in self.layouts.items()}

    @cached_property
    def columns(self) -> dict[str, dict[tuple[str, str], Column]]:
        """Columns by kind and (sheet id, column id); a form's are its questions."""
        return {
            kind: {
                (sheet.id, column.id): column
                for sheet in made.sheets
                for column in (
                    *sheet.columns,
                    *(row.column for row in sheet.rows if row.column is not None),
                )
            }
            for kind, made in self.layouts.items()
        }


def judging_context(
    configuration: Configuration,
    cycle: Cycle,
    organisations: pd.DataFrame,
    signing_key: bytes,
    today: date,
    expected_organisation: str | None = None,
) -> JudgingContext:
    """The context of a round, from the configuration."""
    framework, places = configuration.framework(cycle), configuration.places(cycle)
    return JudgingContext(
        cycle=cycle,
        framework=framework,
        places=places,
        organisations=organisations,
        layouts={
            "assessment": assessment_layout(
                framework, configuration.assessment, places, organisations, cycle, None, True
            ),
            "engagement": engagement_layout(
                framework, configuration.engagement, places, organisations, cycle
            ),
        },
        messages=configuration.messages,
        signing_key=signing_key,
        today=today,
        department_columns=frozenset(c.id for c in configuration.assessment.department_columns),
        expected_organisation=expected_organisation,
    )
