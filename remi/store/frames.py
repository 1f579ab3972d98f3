"""Data frames to tables and back, a whole cycle at a time, with nothing changed on the way.

A frame has exactly the columns of its table. Missing is missing in both (never zero, never an
empty text), and rows come back in the order of the table's key, or of all columns where there is
none, whichever database keeps them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext, suppress
from datetime import date, datetime, time
from functools import partial
from math import isfinite
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Date,
    DateTime,
    Engine,
    Float,
    Integer,
    String,
    Table,
    delete,
    exists,
    select,
)

from remi.store.database import connected, insert_columns, writing
from remi.store.text import storable
from schemas.store import submission

ROWS_AT_ONCE = 10_000

DTYPES: tuple[tuple[type[Any], str], ...] = (
    (Boolean, "boolean"),
    (Integer, "Int64"),
    (Float, "Float64"),
    (String, "str"),
    (DateTime, "datetime64[us]"),
    (Date, "object"),
)
"""The dtype in which a column of each kind is read. Dates are `datetime.date` or None."""

NO_PLACE: Mapping[str, str] = {}


class FrameError(ValueError):
    """A frame that does not fit its table; the text names table, column and row."""


def holds(source: Engine | Connection, table: Table, cycle: str) -> bool:
    """Whether the table has any row of the cycle."""
    with connected(source) as connection:
        return bool(connection.scalar(select(exists().where(table.c.cycle == cycle))))


def replace_cycle(
    engine: Engine | Connection,
    table: Table,
    cycle: str,
    rows: pd.DataFrame | Iterable[pd.DataFrame],
    where: Mapping[str, str] = NO_PLACE,
    keep: Collection[str] = (),
) -> None:
    """Put `rows` in place of all rows of the cycle (and of `where`, such as one version).

    Rows of the submissions `keep` stay as they are. The others are one frame, or several that are
    drawn one after another. One transaction, which is the caller's where a connection that is
    `writing` is given: either every row is replaced or none is. Raises FrameError where a frame
    does not fit the table, or holds a row of another cycle.
    """
    if table is submission:
        raise FrameError("submissions are only ever added, never replaced")
    place = {"cycle": cycle, **where}
    within: AbstractContextManager[Connection] = (
        nullcontext(engine) if isinstance(engine, Connection) else writing(engine)
    )
    with within as connection:
        others = [table.c.submission_id.not_in(keep)] if keep else []
        connection.execute(delete(table).where(*_conditions(table, place), *others))
        for frame in [rows] if isinstance(rows, pd.DataFrame) else rows:
            _check_columns(table, frame)
            for column, value in place.items():
                if (frame[column].notna() & (frame[column] != value)).any():
                    raise FrameError(f"table {table.name}: a row whose {column} is not {value}")
            _insert(connection, table, frame)


def replace_all(engine: Engine, table: Table, frame: pd.DataFrame) -> None:
    """Put `frame` in place of every row of a table that is not kept by cycle."""
    if "cycle" in table.columns:
        raise FrameError(f"table {table.name} is kept by cycle: replace one cycle of it")
    _check_columns(table, frame)
    with writing(engine) as connection:
        connection.execute(delete(table))
        _insert(connection, table, frame)


def read_cycle(
    engine: Engine | Connection, table: Table, cycle: str, where: Mapping[str, str] = NO_PLACE
) -> pd.DataFrame:
    """The rows of the cycle (and of `where`), typed and ordered as this module says.

    With a connection, as they stand in its transaction.
    """
    return _read(engine, table, _conditions(table, {"cycle": cycle, **where}))


def read_all(engine: Engine, table: Table, where: Mapping[str, str] = NO_PLACE) -> pd.DataFrame:
    """Every row of the table (and of `where`), typed and ordered as this module says."""
    return _read(engine, table, _conditions(table, where))


def typed(table: Table, values: Mapping[str, list[Any]]) -> pd.DataFrame:
    """Lists of Python values, None where missing, as a frame with the table's columns."""
    return pd.DataFrame(
        {
            column.name: pd.Series(values[column.name], dtype=_dtype(column))
            for column in table.columns
        }
    )


def _dtype(column: Column[Any]) -> str:
    return next(dtype for kind, dtype in DTYPES if isinstance(column.type, kind))


def _conditions(table: Table, place: Mapping[str, str]) -> list[ColumnElement[bool]]:
    return [table.c[column] == value for column, value in place.items()]


def _insert(connection: Connection, table: Table, frame: pd.DataFrame) -> None:
    # As Python's own values a large frame would take many times its memory.
    for start in range(0, len(frame), ROWS_AT_ONCE):
        part = frame.iloc[start : start + ROWS_AT_ONCE]
        columns = [_python(table, column, part[column.name], start) for column in table.columns]
        insert_columns(connection, table, columns)


def _read(
    engine: Engine | Connection, table: Table, conditions: list[ColumnElement[bool]]
) -> pd.DataFrame:
    with connected(engine) as connection:
        rows = connection.execute(select(table).where(*conditions)).all()
    names = [column.name for column in table.columns]
    values = zip(*rows, strict=True) if rows else ([] for _ in names)
    frame = typed(table, {name: list(some) for name, some in zip(names, values, strict=True)})
    # Sorted here because databases disagree about the order of texts and of what is missing.
    order = [column.name for column in table.primary_key] or names
    return frame.sort_values(order, kind="stable", na_position="first", ignore_index=True)


def _check_columns(table: Table, frame: pd.DataFrame) -> None:
    wanted, given = [column.name for column in table.columns], [str(c) for c in frame.columns]
    if sorted(wanted) != sorted(given):
        raise FrameError(
            f"table {table.name}: missing columns {_list(set(wanted) - set(given))}, "
            f"unknown columns {_list(set(given) - set(wanted))}, "
            f"columns twice {_list({c for c in given if given.count(c) > 1})}"
        )


def _list(names: set[str]) -> str:
    return ", ".join(sorted(names)) or "none"


def _python(table: Table, column: Column[Any], series: pd.Series[Any], start: int) -> list[Any]:
    """The values of a column as Python's own types, None where missing; all of them checked."""
    values, missing = series.tolist(), series.isna().tolist()
    if column.nullable and all(missing):
        return [None] * len(values)
    if isinstance(column.type, String) and (column.nullable or not any(missing)):
        # Texts repeat, so each is checked but once; which row is at fault is found below.
        with suppress(FrameError, TypeError, KeyError):
            convert = _converter(column)
            known = {value: convert(value) for value in set(values) if isinstance(value, str)}
            return [
                None if absent else known[value]
                for value, absent in zip(values, missing, strict=True)
            ]
    return list(_one_by_one(table, column, values, missing, start))


def _one_by_one(
    table: Table, column: Column[Any], values: list[Any], missing: list[bool], start: int
) -> Iterator[Any]:
    convert = _converter(column)
    for place, (value, absent) in enumerate(zip(values, missing, strict=True)):
        if absent and column.nullable:
            yield None
            continue
        try:
            if absent:
                raise FrameError("missing")
            yield convert(value.item() if isinstance(value, np.generic) else value)
        except FrameError as error:
            # The value itself stays out: logs are no place for what partners wrote.
            where = f"table {table.name}, column {column.name}, row {start + place}"
            raise FrameError(f"{where}: {error}") from None


def _converter(column: Column[Any]) -> Callable[[Any], Any]:
    if isinstance(column.type, String):
        return partial(_text, column.type.length)
    kinds: tuple[tuple[type[Any], Callable[[Any], Any]], ...] = (
        (Boolean, _boolean),
        (Integer, _whole),
        (Float, _number),
        (Date, _day),
        (DateTime, _time),
    )
    return next(convert for kind, convert in kinds if isinstance(column.type, kind))


def _text(length: int | None, value: Any) -> str:
    if not isinstance(value, str):
        raise FrameError(f"{type(value).__name__} instead of text")
    text = storable(value)
    if length is not None and len(text) > length:
        raise FrameError(f"longer than {length} characters")
    return text


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise FrameError(f"{type(value).__name__} instead of true or false")
    return value


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise FrameError(f"{type(value).__name__} instead of a number")
    return float(value)


def _whole(value: Any) -> int:
    if not _number(value).is_integer():
        raise FrameError("not a whole number")
    return int(value)


def _day(value: Any) -> date:
    if isinstance(value, datetime):
        if value.time() != time(0):
            raise FrameError("a time of day with the date")
        return value.date()
    if not isinstance(value, date):
        raise FrameError(f"{type(value).__name__} instead of a date")
    return value


def _time(value: Any) -> datetime:
    if not isinstance(value, datetime) or value.tzinfo is not None:
        raise FrameError(f"{type(value).__name__} instead of a time in UTC without its zone")
    return value
