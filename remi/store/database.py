"""The connection to the database, its one writer at a time, and its tables' migrations.

SQLite and PostgreSQL run the same code. What they do differently by default (transactions, locks,
foreign keys) is made the same here, and nowhere else is the kind of database asked for.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from threading import Lock
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, Table, create_engine, event, insert, make_url, text

MIGRATIONS = Path(__file__).parent / "migrations"

BUSY_MILLISECONDS = 60_000

WRITING = "remi_writing"
MIGRATING = "remi_migrating"

WRITER_LOCK = 0x72656D69
"""Any number that no other program takes for its PostgreSQL advisory lock: “remi” in ASCII."""

_turns: dict[str, Lock] = {}


def open_engine(database_url: str) -> Engine:
    """The engine for this address. Makes the folder of a SQLite file, but no table: see `migrate`.

    Its errors do not repeat the rows that they are about: they are kept in logs.
    """
    url = make_url(database_url)
    if url.drivername == "postgresql":
        # SQLAlchemy 2.1 takes psycopg 3 when no driver is named; psycopg2 is the one we install.
        url = url.set(drivername="postgresql+psycopg2")
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True, hide_parameters=True)
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # Python's driver would start transactions late and leave DDL outside them.
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_sqlite(connection: Connection) -> None:
    # A reader that turns writer half way is refused at once instead of waiting its turn.
    options = connection.get_execution_options()
    if options.get(MIGRATING):
        # A table is altered by copying it, which must not trouble those that refer to it. Only
        # outside a transaction does SQLite heed this.
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get(WRITING) else "BEGIN")


def connected(source: Engine | Connection) -> AbstractContextManager[Connection]:
    """A connection for reading: a new one, or the caller's with what it has written so far."""
    return nullcontext(source) if isinstance(source, Connection) else source.connect()


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction, committed at the end or wholly undone; one writer at a time.

    Readers never wait. Another writer waits, so what is read here stays true until the end.
    """
    with (
        _turn(engine),
        engine.connect().execution_options(**{WRITING: True}) as connection,
        connection.begin(),
    ):
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITER_LOCK})
        yield connection


def _turn(engine: Engine) -> AbstractContextManager[object]:
    """SQLite lets those who wait look again ever more seldom, so that one of eight can wait for
    seconds while others pass it. The threads of one process therefore queue here first."""
    if engine.dialect.name != "sqlite":
        return nullcontext()
    return _turns.setdefault(str(engine.url), Lock())


def insert_columns(connection: Connection, table: Table, columns: Sequence[list[Any]]) -> None:
    """Add rows, given as one list of values for each column of the table, in its order.

    SQLAlchemy looks at each value of each row. To hand SQLite's driver all rows at once, with days
    and times as SQLAlchemy would write them, takes less than half the time.
    """
    if not columns or not columns[0]:
        return
    dialect = connection.dialect
    if dialect.name != "sqlite":
        names = [column.name for column in table.columns]
        rows = [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
        connection.execute(insert(table), rows)
        return
    written = []
    for column, values in zip(table.columns, columns, strict=True):
        convert = column.type.dialect_impl(dialect).bind_processor(dialect)
        written.append([convert(value) for value in values] if convert else values)
    statement = str(insert(table).compile(dialect=dialect))
    connection.exec_driver_sql(statement, list(zip(*written, strict=True)))


def migrate(engine: Engine) -> None:
    """Bring the tables up to date, if they are not. Many processes may do it at once."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    try:
        with writing(engine.execution_options(**{MIGRATING: True})) as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            if (
                engine.dialect.name == "sqlite"
                and connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            ):
                raise RuntimeError("the tables refer to rows that are not there; nothing changed")
    finally:
        if engine.dialect.name == "sqlite":
            engine.dispose()  # the next connection heeds foreign keys again
    if engine.dialect.name == "sqlite":
        _write_ahead(engine)


def _write_ahead(engine: Engine) -> None:
    """Let readers and the writer of a SQLite file work at the same time; the file remembers it.

    Changing over is the one thing for which SQLite does not wait when another process is busy.
    """
    connection = engine.raw_connection()
    until = time.monotonic() + BUSY_MILLISECONDS / 1000
    try:
        while True:
            try:
                connection.cursor().execute("PRAGMA journal_mode = WAL")
                return
            except sqlite3.OperationalError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.02)
    finally:
        connection.close()
