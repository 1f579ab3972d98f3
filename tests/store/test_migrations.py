from __future__ import annotations

import subprocess
import sys
import time

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

from remi.store.database import MIGRATIONS, migrate, open_engine
from schemas import reviews

metadata = reviews.review_decision.metadata

NEWEST = ScriptDirectory(str(MIGRATIONS)).get_current_head()

MIGRATE = """
import sys, time
from remi.store.database import migrate, open_engine
while time.time() < float(sys.argv[2]):
    pass
migrate(open_engine(sys.argv[1]))
"""


def test_migrations_make_the_tables_that_the_contract_describes(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": "remi_version"})
        assert compare_metadata(context, metadata) == []
    for table in metadata.tables.values():
        made = inspect(engine).get_pk_constraint(table.name)["constrained_columns"]
        assert made == [column.name for column in table.primary_key]


def test_migrating_again_changes_nothing(engine: Engine) -> None:
    migrate(engine)
    with engine.connect() as connection:
        assert connection.scalars(text("SELECT version_num FROM remi_version")).all() == [NEWEST]


def test_twelve_processes_may_start_on_an_empty_database_at_once(database_url: str) -> None:
    command = [sys.executable, "-c", MIGRATE, database_url, str(time.time() + 4)]
    started = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(12)]
    errors = [process.communicate(timeout=120)[1] for process in started]
    assert [process.returncode for process in started] == [0] * 12, errors
    engine = open_engine(database_url)
    assert set(inspect(engine).get_table_names()) == {*metadata.tables, "remi_version"}
    with engine.connect() as connection:
        assert connection.scalars(text("SELECT version_num FROM remi_version")).all() == [NEWEST]
        if engine.dialect.name == "sqlite":
            assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
            assert connection.scalar(text("PRAGMA foreign_keys")) == 1
    engine.dispose()
