"""Every test of the store runs on SQLite and on a PostgreSQL server of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from postgresql_server import empty_database
from sqlalchemy import Engine

from remi.settings import Settings
from remi.store.database import migrate, open_engine


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'remi.db'}"
        return
    with empty_database(request.getfixturevalue("postgresql_folder")) as address:
        yield address


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on a migrated database."""
    engine = open_engine(database_url)
    migrate(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def settings(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The settings of an installation in a folder of its own."""
    monkeypatch.setenv("REMI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("REMI_DATABASE", database_url)
    for name in ("REMI_CONFIG", "REMI_OBJECTS", "REMI_SIGNING_KEY"):
        monkeypatch.delenv(name, raising=False)
    return Settings.from_environment()
