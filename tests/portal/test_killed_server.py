"""A real `remi serve` that is killed at the worst moments, and started again."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import yaml
from portal_samples import TRUST, api, send
from scanning import scanner

from remi.cycle.registering import load_register
from remi.demo.fill import filled_assessment, setting_of
from remi.demo.partners import register_csv
from remi.portal.templates import LONDON
from remi.settings import CHECKOUT, DEMONSTRATION, Settings, signing_key
from remi.store.deliveries import all_sent_for
from remi.store.people import add_person, grant
from remi.store.tokens import make_token
from remi.store.verdicts import stored_verdict
from remi.workspace import Workspace, open_workspace

SECONDS = 90


@dataclass
class Installation:
    """A home whose newest round is open today, and a program's token for it."""

    workspace: Workspace
    environment: dict[str, str]
    cycle: str
    token: str
    port: int

    @property
    def database(self) -> Path:
        return self.workspace.settings.home / "remi.db"

    def program(self) -> httpx.Client:
        headers = {"authorization": f"Bearer {self.token}"}
        return httpx.Client(
            base_url=f"http://127.0.0.1:{self.port}", headers=headers, timeout=SECONDS
        )

    def workbook(self) -> bytes:
        setting = setting_of(
            self.workspace.configuration, self.cycle, signing_key(self.workspace.settings)
        )
        return filled_assessment(setting, TRUST, setting.cycle.opens)

    def submissions(self) -> list[str]:
        found = all_sent_for(self.workspace.engine, TRUST, self.cycle)
        return [one.submission_id for one in found]

    def objects(self) -> list[Path]:
        objects = self.workspace.settings.home / "objects"
        files = [file for file in objects.rglob("*") if file.is_file()]
        return [file for file in files if not file.name.endswith(".draft")]

    @contextmanager
    def served(self) -> Iterator[subprocess.Popen[bytes]]:
        """`remi serve` in a process of its own; whatever it started ends with it."""
        command = [sys.executable, "-m", "remi.cli.main", "serve", "--port", str(self.port)]
        server = subprocess.Popen(
            command, cwd=CHECKOUT, env=self.environment, start_new_session=True
        )
        try:
            with self.program() as program:
                until(lambda: server.poll() is None and answers(program))
            yield server
        finally:
            if server.poll() is None:
                server.terminate()
                server.wait(SECONDS)
            with suppress(ProcessLookupError):
                os.killpg(server.pid, signal.SIGKILL)


def answers(program: httpx.Client) -> bool:
    try:
        return program.get("/").status_code == 200
    except httpx.TransportError:
        return False


def until(true: Callable[[], bool], seconds: float = SECONDS) -> None:
    over = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < over, "it did not happen in time"
        time.sleep(0.005)


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    home, config = tmp_path / "home", tmp_path / "config"
    shutil.copytree(Settings.from_environment().config, config)
    cycle = opened_today(config / "cycles.yaml")
    monkeypatch.setenv("REMI_HOME", str(home))
    monkeypatch.setenv("REMI_CONFIG", str(config))
    monkeypatch.delenv("REMI_DATABASE", raising=False)
    home.mkdir()
    (home / DEMONSTRATION).write_text("Invented.\n")
    (home / "register.csv").write_text(register_csv(), encoding="utf-8", newline="")
    workspace = open_workspace()
    load_register(workspace)
    now = datetime.now(UTC).replace(tzinfo=None)
    lead = add_person(workspace.engine, "lead@trust.example", None, now)
    grant(workspace.engine, lead, "lead", TRUST, now)
    over = now + timedelta(days=1)
    made = make_token(workspace.engine, "Test", TRUST, cycle, "send", lead, now, over)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    yield Installation(workspace, dict(os.environ), cycle, made.secret, port)
    workspace.engine.dispose()


def opened_today(cycles: Path) -> str:
    """Let the newest round be open on the day of the test; gives its id."""
    written = yaml.safe_load(cycles.read_text())
    newest, today = written["cycles"][-1], datetime.now(LONDON).date()
    newest["opens"] = max(newest["period_end"] + timedelta(days=1), today - timedelta(days=20))
    newest["closes"] = today + timedelta(days=20)
    newest["publishes"] = today + timedelta(days=90)
    cycles.write_text(yaml.safe_dump(written))
    return str(newest["id"])


@contextmanager
def sending(installation: Installation, content: bytes) -> Iterator[None]:
    """A program that sends this, and to whose connection the server's end puts an end."""

    def send_it() -> None:
        with installation.program() as program, pytest.raises(httpx.TransportError):
            send(program, content, api(cycle=installation.cycle))

    with ThreadPoolExecutor(1) as thread:
        sent = thread.submit(send_it)
        yield
        sent.result(SECONDS)


def killed(server: subprocess.Popen[bytes]) -> None:
    server.send_signal(signal.SIGKILL)
    server.wait(SECONDS)


def test_a_file_is_not_lost_between_its_bytes_and_its_row(installation: Installation) -> None:
    """The scanner is asked last before a file is kept: then the test takes the database's lock."""
    content = installation.workbook()
    lock = sqlite3.connect(installation.database, isolation_level=None, check_same_thread=False)

    def says(_: bytes) -> bytes:
        lock.execute("BEGIN IMMEDIATE")
        return b"stream: OK"

    with scanner(says) as address:
        installation.environment["REMI_CLAMD"] = address
        with installation.served() as server, sending(installation, content):
            # The bytes, and beside them what is about to be written about them.
            until(lambda: len(installation.objects()) == 2)
            killed(server)
    lock.execute("ROLLBACK")
    lock.close()
    assert installation.submissions() == []

    installation.environment.pop("REMI_CLAMD")
    with installation.served(), installation.program() as program:
        (submission_id,) = installation.submissions()
        assert len(installation.objects()) == 1, "what was announced is done"
        sent = f"{api(cycle=installation.cycle)}/submissions"
        (listed,) = program.get(sent).json()["submissions"]
        assert program.get(f"{sent}/{submission_id}").json()["outcome"] == "accepted"
        again = send(program, content, api(cycle=installation.cycle))
    assert listed["standing"] == "ready"
    assert again.status_code == 200
    assert installation.submissions() == [submission_id]


def test_a_file_whose_judging_was_cut_off_is_judged_when_it_is_looked_at(
    installation: Installation,
) -> None:
    content = installation.workbook()
    lock = sqlite3.connect(installation.database, isolation_level=None, timeout=SECONDS)
    with installation.served() as server, sending(installation, content):
        until(lambda: len(installation.submissions()) == 1)
        # Its verdict cannot be stored from now on, and there was no time for it before.
        lock.execute("BEGIN IMMEDIATE")
        (submission_id,) = installation.submissions()
        assert stored_verdict(installation.workspace.engine, submission_id) is None
        killed(server)
    lock.execute("ROLLBACK")
    lock.close()
    with installation.served(), installation.program() as program:
        assert stored_verdict(installation.workspace.engine, submission_id) is None
        path = f"{api(cycle=installation.cycle)}/submissions/{submission_id}"
        assert program.get(path).json()["outcome"] == "accepted"
    assert stored_verdict(installation.workspace.engine, submission_id) is not None
