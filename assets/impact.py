"""The annual tables: one asset for each entry of the register of annual tables.

What belongs here: turning register entries into assets. What does not: any table's arithmetic,
which is `remi.impact`. See Dagster's “Defining assets”.
"""

from collections.abc import Iterator

import dagster as dg

from assets.cycles import by_cycle, configured_cycles
from assets.metadata import OWNERS, materialised, of_annual_table
from assets.resources import Installation
from remi import configuration
from remi.cycle.tables import tabulate
from remi.impact.registry import all_columns, annual_tables
from remi.settings import Settings
from schemas.impact import AnnualTable

GROUP = "impact"


def registered_tables() -> tuple[AnnualTable, ...]:
    """The annual tables of the newest cycle's framework."""
    loaded = configuration.load(Settings.from_environment().config)
    return annual_tables(loaded.framework(configured_cycles().cycles[-1]))


TABLES = registered_tables()

INTAKE_AND_RESULTS = [
    "partner_register",
    "submissions",
    "verdicts",
    "problems",
    "assessment_answers",
    "record_values",
    "indicator_stages",
    "commitment_stages",
    "organisation_profiles",
    "assured_stages",
    "stage_sensitivity",
    "maturity_change",
    "linked_change",
    "score_change",
]


@dg.multi_asset(
    name="make_annual_tables",
    specs=[
        dg.AssetSpec(
            table.name,
            deps=INTAKE_AND_RESULTS,
            group_name=GROUP,
            owners=OWNERS,
            kinds={"python", "table"},
            description=f"{table.id}. {table.title}. One row for each {table.one_row_per}.",
            tags={"annual_table": table.id},
            partitions_def=by_cycle,
        )
        for table in TABLES
    ],
    pool="warehouse",
)
def make_annual_tables(
    context: dg.AssetExecutionContext, installation: Installation
) -> Iterator[dg.MaterializeResult[None]]:
    """Make every annual table of the cycle, before anything is withheld. Not for publication."""
    work = installation.cycle(context.partition_key, context.run)
    made = tabulate(work)
    for table in work.tables:
        yield dg.MaterializeResult(
            asset_key=table.name,
            metadata=materialised(
                made[table.id], of_annual_table(all_columns(table)), annual_table=table.id
            ),
        )
