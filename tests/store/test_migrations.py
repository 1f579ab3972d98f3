from __future__ import annotations

import subprocess
import sys
import time
from datetime import datetime

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

from remi.store.database import MIGRATING, MIGRATIONS, migrate, open_engine, writing
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


def test_what_happened_before_deliveries_were_numbered_keeps_its_order(database_url: str) -> None:
    engine = open_engine(database_url)
    migrate_to(engine, "0005")
    with engine.begin() as connection:
        connection.execute(
            text("INSERT INTO person (person_id, email, added_at) VALUES ('p', 'p@x.test', :at)"),
            {"at": at(1)},
        )
        for place, (name, when, whose) in enumerate(
            (("one", at(3), "ONE"), ("two", at(4), "ONE"), ("inbox", at(2), "anyone")), start=1
        ):
            connection.execute(
                text(
                    "INSERT INTO submission (submission_id, cycle, sha256, size, file_name, door,"
                    " received_at, place, sent_for) VALUES"
                    " (:name, '2025-26', :name, 1, 'x', 'portal', :at, :place, :whose)"
                ),
                {"name": name, "at": when, "place": place, "whose": whose},
            )
        for number, (name, when) in enumerate((("one", at(3)), ("two", at(4)), ("one", at(6)))):
            connection.execute(
                text(
                    "INSERT INTO delivery (delivery_id, submission_id, cycle, organisation_id,"
                    " door, person_id, file_name, delivered_at) VALUES"
                    " (:number, :name, '2025-26', 'ONE', 'portal', 'p', 'x', :at)"
                ),
                {"number": str(number), "name": name, "at": when},
            )
        connection.execute(
            text(
                "INSERT INTO sign_off (submission_id, cycle, organisation_id, person_id, signed_at)"
                " VALUES ('two', '2025-26', 'ONE', 'p', :at)"
            ),
            {"at": at(5)},
        )
    migrate(engine)
    with engine.connect() as connection:
        files = connection.execute(
            text("SELECT submission_id, place FROM submission ORDER BY place")
        ).all()
        sent = connection.execute(
            text("SELECT submission_id, place, door FROM delivery ORDER BY place")
        ).all()
        signed = connection.execute(text("SELECT submission_id, place FROM sign_off")).all()
    assert [tuple(row) for row in files] == [("inbox", 1), ("two", 3), ("one", 5)]
    assert [row.submission_id for row in sent] == ["inbox", "one", "two", "one"]
    assert [tuple(row) for row in signed] == [("two", 4)]
    engine.dispose()


def at(day: int) -> datetime:
    return datetime(2025, 11, day, 12)  # noqa: DTZ001 - as it is stored


def migrate_to(engine: Engine, revision: str) -> None:
    """The tables as they were at an earlier revision."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with writing(engine.execution_options(**{MIGRATING: True})) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()
