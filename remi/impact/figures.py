"""Annual tables as figures, one for each cell, and back.

A figure is what can be traced, protected, compared between releases and quoted: its table, its row,
its column, and a text, a number or the reason why there is none.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from schemas.impact import Holds, TableColumn
from schemas.store import figure

WORDS = (Holds.KEY, Holds.TEXT)


def status_column(column_id: str) -> str:
    """The column that says why `column_id` holds no number."""
    return f"{column_id}_status"


def to_figures(
    frame: pd.DataFrame, columns: Iterable[TableColumn], table_id: str, cycle: str, version: str
) -> pd.DataFrame:
    """Every cell of an annual table as one row of the store's table `figure`.

    `version` is `computed` (before protection) or `published`. Raises ValueError for a cell that
    has neither a text, a number nor a status: an annual table has no blanks.
    """
    pieces = []
    for column in columns:
        piece = pd.DataFrame(
            {
                "cycle": cycle,
                "version": version,
                "table_id": table_id,
                "row_number": range(1, len(frame) + 1),
                "column_id": column.id,
            }
        )
        values = frame[column.id].reset_index(drop=True)
        empty = pd.Series(pd.NA, index=piece.index)
        if column.holds in WORDS:
            piece["text"] = values.astype("object").where(values.notna(), None)
            piece["number"] = empty.astype("Float64")
            piece["status"] = None
            blank = values.isna()
        else:
            status = frame[status_column(column.id)].reset_index(drop=True)
            piece["text"] = None
            piece["number"] = pd.to_numeric(values).astype("Float64").where(status.isna())
            piece["status"] = status.astype("object").where(status.notna(), None)
            blank = piece["number"].isna() & status.isna()
        if blank.any():
            row = blank.to_numpy().argmax() + 1
            raise ValueError(f"{table_id}, row {row}: {column.id} is blank and does not say why")
        pieces.append(piece)
    made = pd.concat(pieces, ignore_index=True)
    return made.sort_values(["row_number"], kind="stable", ignore_index=True)[
        [c.name for c in figure.columns]
    ]


def from_figures(rows: pd.DataFrame, columns: Iterable[TableColumn]) -> pd.DataFrame:
    """One annual table's figures as the frame they were made from, rows in their order."""
    by_column = dict(list(rows.sort_values("row_number").groupby("column_id")))
    made: dict[str, pd.Series] = {}
    for column in columns:
        cells = by_column.get(column.id, rows.head(0))
        if column.holds in WORDS:
            made[column.id] = cells["text"].astype("str").reset_index(drop=True)
        else:
            made[column.id] = cells["number"].astype("Float64").reset_index(drop=True)
            made[status_column(column.id)] = cells["status"].astype("str").reset_index(drop=True)
    return pd.DataFrame(made)
