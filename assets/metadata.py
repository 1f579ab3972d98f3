"""What every materialisation says of itself: row counts, columns and hashes.

Only counts, names and identifiers belong here. Dagster has no sign-in, so no partner's answer, no
name and no count of people may be put into metadata; previews are made of protected tables only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import dagster as dg
import pandas as pd
from sqlalchemy import Table

from assets.cycles import by_cycle
from remi.cycle.work import CycleWork
from schemas.impact import TableColumn

OWNERS = ["team:data"]

StoreTables = Mapping[str, tuple[Table, str]]
"""Asset name -> the table of the store that it is kept in, and what it holds."""


def store_specs(tables: StoreTables, group: str, deps: Iterable[str]) -> list[dg.AssetSpec]:
    """One asset for each of these tables, partitioned by cycle."""
    return [
        dg.AssetSpec(
            name,
            deps=list(deps),
            group_name=group,
            owners=OWNERS,
            kinds={"python", "sqlalchemy"},
            description=description,
            partitions_def=by_cycle,
        )
        for name, (_, description) in tables.items()
    ]


def stored(
    work: CycleWork, tables: StoreTables, **facts: object
) -> Iterator[dg.MaterializeResult[None]]:
    """What to tell Dagster of each of these tables, after its rows were replaced."""
    for name, (table, _) in tables.items():
        metadata = materialised(work.read(table), of_store_table(table), **facts)
        yield dg.MaterializeResult(asset_key=name, metadata=metadata)


def of_store_table(table: Table) -> dg.TableSchema:
    """The column schema of a table of the store."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                column.name,
                str(column.type),
                constraints=dg.TableColumnConstraints(nullable=bool(column.nullable)),
            )
            for column in table.columns
        ]
    )


def of_annual_table(columns: Iterable[TableColumn]) -> dg.TableSchema:
    """The column schema of an annual table, with each column's meaning."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(column.id, column.holds.value, description=column.meaning)
            for column in columns
        ]
    )


def materialised(
    frame: pd.DataFrame, schema: dg.TableSchema, **facts: object
) -> dict[str, dg.MetadataValue]:
    """Row count, columns and any further facts (counts and identifiers only)."""
    metadata: dict[str, dg.MetadataValue] = {
        "dagster/row_count": dg.MetadataValue.int(len(frame)),
        "dagster/column_schema": dg.MetadataValue.table_schema(schema),
    }
    metadata.update(_values(facts))
    return metadata


def _values(facts: Mapping[str, object]) -> dict[str, dg.MetadataValue]:
    made: dict[str, dg.MetadataValue] = {}
    for name, fact in facts.items():
        if isinstance(fact, dg.MetadataValue):
            made[name] = fact
        elif isinstance(fact, int):
            made[name] = dg.MetadataValue.int(fact)
        else:
            made[name] = dg.MetadataValue.text(str(fact))
    return made
