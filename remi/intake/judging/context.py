"""What a judgement depends on besides the files: round, framework, register and words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

import pandas as pd

from remi.configuration import Configuration
from remi.intake.judging.register import Register, standing
from remi.intake.layout import assessment_layout, engagement_layout
from remi.intake.locating.plan import reading_plan
from remi.intake.model_layout import model_layout
from schemas.framework import Framework
from schemas.maturity import MaturityModel
from schemas.messages import Messages
from schemas.programme import Cycle, Places
from schemas.workbook import Column, ModelPages, SheetLayout, WorkbookLayout


@dataclass(frozen=True)
class JudgingContext:
    """One per round and door. Nothing here is read from a clock: `today` is given.

    `organisations` are all that ever were on the register, with the columns of
    `schemas.store.organisation`; `layouts` are by kind and
    hold every indicator and every column, for whoever they are; `department_columns` are those
    that only a department is asked; `models` are the maturity models whose workbooks are taken
    besides, by the key of their layout.
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
    models: Mapping[str, MaturityModel] = field(default_factory=dict)

    @cached_property
    def plan(self) -> dict[str, Any]:
        """What the sandboxed worker is given."""
        return reading_plan(self.layouts)

    @cached_property
    def register(self) -> Register:
        """Organisations by code and by name, as they stand in this round."""
        return Register.of(self.organisations, self.cycle)

    @cached_property
    def partners(self) -> pd.DataFrame:
        """Those that take part: as the register stands on the closing day."""
        return standing(self.organisations, self.cycle.closes, self.cycle.closes)

    @cached_property
    def named_in_records(self) -> pd.DataFrame:
        """Those that a record of the period may name: an event has its organisations of its day."""
        return standing(self.organisations, self.cycle.period_start, self.cycle.closes)

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
                    *(row.column for row in sheet.rows if row.column and sheet.kind == "form"),
                )
            }
            for kind, made in self.layouts.items()
        }

    @cached_property
    def questions(self) -> dict[str, dict[tuple[str, str], Column]]:
        """How each row that asks in its own way is answered, by kind and (sheet id, reference)."""
        return {
            kind: {
                (sheet.id, row.ref): row.column
                for sheet in made.sheets
                for row in sheet.rows
                if row.column is not None
            }
            for kind, made in self.layouts.items()
        }


def judging_context(
    configuration: Configuration,
    cycle: Cycle,
    organisations: pd.DataFrame,
    signing_key: bytes,
    today: date,
) -> JudgingContext:
    """The context of a round, from the configuration and everybody ever on the register."""
    framework, places = configuration.framework(cycle), configuration.places(cycle)
    named = standing(organisations, cycle.period_start, cycle.closes)
    return JudgingContext(
        cycle=cycle,
        framework=framework,
        places=places,
        organisations=organisations,
        layouts={
            "assessment": assessment_layout(
                framework, configuration.assessment, places, named, cycle, None, True
            ),
            "engagement": engagement_layout(
                framework, configuration.engagement, places, named, cycle
            ),
        },
        messages=configuration.messages,
        signing_key=signing_key,
        today=today,
        department_columns=frozenset(c.id for c in configuration.assessment.department_columns),
    )


def with_models(
    context: JudgingContext, models: Iterable[MaturityModel], pages: ModelPages
) -> JudgingContext:
    """The same round, in which workbooks of these maturity models are taken besides."""
    collected = {model.name_and_version: model for model in models}
    layouts = {
        name: model_layout(model, pages, context.cycle, sector=None)
        for name, model in collected.items()
    }
    return replace(context, layouts={**context.layouts, **layouts}, models=collected)
