"""Open data: one CSV for each table, and CSVW metadata that says what every column holds."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from remi.release.content import Content
from remi.release.present import NUMERIC
from remi.release.tables import Cell, ReleaseTable
from schemas.impact import STATUS_MEANING, Holds, Status, TableColumn

FOLDER = "data"
METADATA = f"{FOLDER}/metadata.json"

_RUNS_IN_A_SPREADSHEET = ("=", "+", "-", "@", "\t", "\r")


def data_files(content: Content) -> dict[str, bytes]:
    """File name to bytes: a CSV for each table (UTF-8) and `metadata.json` for all of them."""
    files = {csv_name(table): _csv(table) for table in content.tables}
    files[METADATA] = _as_json(_metadata(content))
    return files


def csv_name(table: ReleaseTable) -> str:
    """Where the table's CSV lies in the release."""
    return f"{FOLDER}/{table.file_stem}.csv"


def harmless(text: str) -> str:
    """The text so that a spreadsheet never runs it: a leading = + - @ TAB or CR is quoted."""
    return f"'{text}" if text.startswith(_RUNS_IN_A_SPREADSHEET) else text


def _csv(table: ReleaseTable) -> bytes:
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\r\n")
    writer.writerow(name for column in table.columns for name in _names(column))
    for row in table.rows:
        fields: list[str] = []
        for column, cell in zip(table.columns, row, strict=True):
            fields += _fields(column, cell)
        writer.writerow(fields)
    return lines.getvalue().encode("utf-8")


def _names(column: TableColumn) -> tuple[str, ...]:
    """A column of numbers has its status beside it, so that it holds nothing but numbers."""
    return (column.id, f"{column.id}_status") if column.holds in NUMERIC else (column.id,)


def _fields(column: TableColumn, cell: Cell) -> tuple[str, ...]:
    if column.holds not in NUMERIC:
        return (harmless(cell.text),)
    return ("" if cell.value is None else str(cell.value), cell.status or "")


def _metadata(content: Content) -> dict[str, Any]:
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "dc:title": content.title,
        "dc:description": " ".join(content.cautions),
        "dc:publisher": content.publisher,
        "dc:temporal": f"{content.cycle.period_start}/{content.cycle.period_end}",
        "dc:conformsTo": content.framework,
        "dc:source": content.source_run_id,
        "dialect": {"encoding": "utf-8", "header": True},
        "tables": [_table_metadata(table) for table in content.tables],
    }


def _table_metadata(table: ReleaseTable) -> dict[str, Any]:
    columns: list[dict[str, Any]] = []
    for column in table.columns:
        columns.append(_column_metadata(column))
        if column.holds in NUMERIC:
            columns.append(_status_metadata(column))
    return {
        "url": csv_name(table).removeprefix(f"{FOLDER}/"),
        "dc:title": f"{table.id}: {table.title}",
        "dc:description": " ".join((f"One row for each {table.one_row_per}.", *table.notes)),
        "tableSchema": {"columns": columns},
    }


def _column_metadata(column: TableColumn) -> dict[str, Any]:
    datatype: dict[str, Any] | str
    if column.holds not in NUMERIC:
        datatype = "string"
    elif column.holds in (Holds.SCORE, Holds.MEASURE):
        datatype = "decimal"
    else:
        datatype = "integer"
    if column.holds in (Holds.SCORE, Holds.PERCENTAGE):
        datatype = {"base": datatype, "minimum": 0, "maximum": 100}
    return {
        "name": column.id,
        "titles": column.id,
        "dc:title": column.heading,
        "dc:description": column.meaning,
        "datatype": datatype,
    }


def _status_metadata(column: TableColumn) -> dict[str, Any]:
    meanings = "; ".join(f"{status.value}: {STATUS_MEANING[status]}" for status in Status)
    return {
        "name": f"{column.id}_status",
        "titles": f"{column.id}_status",
        "dc:title": f"{column.heading}: status",
        "dc:description": f"Why there is no value in “{column.heading}”. {meanings}",
        "datatype": {"base": "string", "format": "|".join(status.value for status in Status)},
    }


def _as_json(content: dict[str, Any]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode("utf-8")
