"""The annual tables of a cycle, from everything that was stored for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import pandas as pd

from remi.cycle.changes import compared_by
from remi.cycle.inputs import inputs, source_run_id
from remi.cycle.scoring import counting, scored_cycle
from remi.cycle.steps import TABULATE, store_step
from remi.cycle.work import CycleWork, before
from remi.impact.figures import from_figures, to_figures
from remi.impact.registry import all_columns, make_tables
from remi.intake.layout import assessment_layout, engagement_layout
from remi.store.records import read_records
from schemas import people, reviews, store
from schemas.impact import Comparison, CycleData
from schemas.workbook import SheetLayout


def cycle_data(work: CycleWork) -> CycleData:
    """Everything the annual tables are made from, as it is stored."""
    scored = scored_cycle(work)
    earlier = before(work)
    compared = compared_by(work)
    return CycleData(
        cycle=work.cycle,
        framework=work.framework,
        places=work.places,
        policy=work.workspace.configuration.policy,
        organisations=work.partners,
        submissions=work.read(store.submission),
        verdicts=work.read(store.verdict),
        problems=work.read(store.problem),
        answers=counting(work, store.answer),
        records=records(work),
        indicator_stages=scored.indicator_stages,
        commitment_stages=scored.commitment_stages,
        organisation_profiles=scored.organisation_profiles,
        maturity_change=work.read(store.maturity_change),
        source_run_id=source_run_id(inputs(work)),
        engagement=work.workspace.configuration.engagement,
        previous_records=records(earlier) if earlier else {},
        stage_sensitivity=work.read(store.stage_sensitivity),
        comparison=Comparison(
            compared.how,
            f"{compared.before.title} {compared.before.version}" if compared.before else "",
            compared.compared(),
        ),
        linked_change=work.read(store.linked_change),
        score_change=work.read(store.score_change),
        assured_stages=work.read(reviews.assured_stage),
        arrived=Counter(work.read(people.delivery)["submission_id"]),
        organisation_codes=frozenset(work.register["organisation_id"]),
    )


def records(work: CycleWork) -> dict[str, pd.DataFrame]:
    """The records of the submissions that count, one wide frame a sheet."""
    return read_records(work.workspace.engine, work.cycle_id, record_sheets(work))


def record_sheets(work: CycleWork) -> list[SheetLayout]:
    """Every sheet of both workbooks on which records are written."""
    configuration = work.workspace.configuration
    shared = (work.places, work.partners, work.cycle)
    assessment = assessment_layout(
        work.framework, configuration.assessment, *shared, sector=None, department=True
    )
    engagement = engagement_layout(work.framework, configuration.engagement, *shared)
    return [*assessment.sheets, *engagement.sheets]


def tabulate(work: CycleWork) -> dict[str, pd.DataFrame]:
    """Make every annual table and store its figures as computed, before protection."""
    made = make_tables(cycle_data(work))
    store_figures(work, TABULATE, made, "computed")
    return made


def store_figures(
    work: CycleWork, step: str, tables: Mapping[str, pd.DataFrame], version: str
) -> None:
    """Keep annual tables as figures of this version, `computed` or `published`, of this step."""
    figures = [
        to_figures(tables[table.id], all_columns(table), table.id, work.cycle_id, version)
        for table in work.tables
    ]
    rows = pd.concat(figures, ignore_index=True)
    store_step(work, step, {store.figure: rows}, version=version)


def read_tables(work: CycleWork, version: str) -> dict[str, pd.DataFrame]:
    """The annual tables of the cycle as they were stored in this version."""
    rows = work.read(store.figure, version=version)
    return {
        table.id: from_figures(rows[rows["table_id"] == table.id], all_columns(table))
        for table in work.tables
    }
