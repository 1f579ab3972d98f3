"""Protected tables and the published release.

What belongs here: the two steps that a person starts when results may be published. What does not:
protection and rendering, which are `remi.disclosure` and `remi.release`. See “Defining assets”.
"""

from collections.abc import Callable, Mapping
from typing import TypeVar

import dagster as dg
import pandas as pd

from assets.cycles import by_cycle
from assets.impact import TABLES
from assets.metadata import OWNERS
from assets.resources import Installation
from remi.cycle.clearance import NotClearedError
from remi.cycle.inputs import input_hash
from remi.cycle.publishing import make_release, protect_tables
from remi.cycle.work import CycleWork
from remi.impact.registry import all_columns
from schemas.impact import AnnualTable

Made = TypeVar("Made")

GROUP = "release"
PREVIEW_ROWS = 8


@dg.asset(
    group_name=GROUP,
    owners=OWNERS,
    kinds={"python", "table"},
    partitions_def=by_cycle,
    deps=[table.name for table in TABLES],
    pool="warehouse",
)
def protected_tables(
    context: dg.AssetExecutionContext, installation: Installation
) -> dg.MaterializeResult[None]:
    """The annual tables as they may be published: small counts withheld, others rounded."""
    work = installation.cycle(context.partition_key, context.run)
    protected = _if_cleared(protect_tables, work)
    return dg.MaterializeResult(
        metadata={
            "cells_withheld": dg.MetadataValue.int(sum(protected.cells_withheld.values())),
            "disclosure_rule": dg.MetadataValue.text(
                work.workspace.configuration.policy.people.sentence
            ),
            **_previews(work.tables, protected.tables),
        }
    )


@dg.asset(
    group_name=GROUP,
    owners=OWNERS,
    kinds={"html", "excel", "csv"},
    partitions_def=by_cycle,
    deps=[protected_tables],
    pool="warehouse",
)
def release(
    context: dg.AssetExecutionContext, installation: Installation
) -> dg.MaterializeResult[None]:
    """The published folder: page, workbook, CSV files and manifest. A version is never changed.

    The same figures again make no new version; other figures make the next one.
    """
    work = installation.cycle(context.partition_key, context.run)
    written = _if_cleared(make_release, work)
    return dg.MaterializeResult(
        metadata={
            "version": dg.MetadataValue.int(written.version),
            "new_version": dg.MetadataValue.bool(written.changed),
            "content_sha256": dg.MetadataValue.text(written.content_sha256),
            "folder": dg.MetadataValue.path(written.folder),
            "page": dg.MetadataValue.url((written.folder / "index.html").as_uri()),
            "input_hash": dg.MetadataValue.text(input_hash(work)),
        }
    )


def _if_cleared(publish: Callable[[CycleWork], Made], work: CycleWork) -> Made:
    """What was made, or a failure that says in one sentence why nothing may be published."""
    try:
        return publish(work)
    except NotClearedError as refused:
        raise dg.Failure(str(refused), allow_retries=False) from None


def _previews(
    tables: tuple[AnnualTable, ...], protected: Mapping[str, pd.DataFrame]
) -> dict[str, dg.MetadataValue]:
    """The first rows of each protected table, which anybody may see."""
    made: dict[str, dg.MetadataValue] = {}
    for table in tables:
        columns = [column.id for column in all_columns(table)]
        rows = protected[table.id][columns].head(PREVIEW_ROWS).astype("object")
        made[f"{table.id}_{table.name}"] = dg.MetadataValue.md(_markdown(rows))
    return made


def _markdown(rows: pd.DataFrame) -> str:
    heading = "| " + " | ".join(rows.columns) + " |"
    rule = "|" + "---|" * len(rows.columns)
    lines = [
        "| " + " | ".join("" if pd.isna(v) else str(v) for v in row) + " |"
        for row in rows.itertuples(index=False)
    ]
    return "\n".join([heading, rule, *lines])
