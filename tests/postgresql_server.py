"""A PostgreSQL server of the tests' own, for whoever needs one."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text


def _programs() -> Path | None:
    """The newest PostgreSQL's programs: Debian keeps them off the path."""
    installed = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3])
    )
    found = installed[-1] if installed else shutil.which("initdb")
    return Path(found).parent if found else None


def _run(*command: str | Path) -> None:
    # PostgreSQL refuses to be started by root.
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    done = subprocess.run(
        [*prefix, *map(str, command)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        cwd="/",
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {done.stderr}")


@pytest.fixture(scope="session")
def postgresql_folder() -> Iterator[Path]:
    """A running server's socket folder. Its texts sort as in English, unlike SQLite's."""
    programs = _programs()
    if programs is None:
        reason = "PostgreSQL is not installed (apt-get install postgresql)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    # A socket's path must be short, and pytest's own folders are closed to other users.
    folder = Path(tempfile.mkdtemp(prefix="remi-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    data = folder / "data"
    try:
        _run(
            *(programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8"),
            *("--no-sync", "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-GB"),
        )
        options = f"-k {folder} -c listen_addresses='' -c fsync=off"
        log = folder / "log"
        _run(programs / "pg_ctl", "-D", data, "-l", log, "-o", options, "-w", "start")
        try:
            yield folder
        finally:
            _run(programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def empty_database(folder: Path) -> Iterator[str]:
    """The address of an empty database on the server whose socket lies in this folder."""
    name = f"remi_{os.urandom(4).hex()}"
    server = create_engine(
        f"postgresql+psycopg2://postgres@/postgres?host={folder}", isolation_level="AUTOCOMMIT"
    )
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield f"postgresql+psycopg2://postgres@/{name}?host={folder}"
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()
