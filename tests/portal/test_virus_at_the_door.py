"""A file that the installation's scanner knows is not kept, whichever door it came to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from portal_samples import CYCLE, TRUST, Running, form_token, send
from scanning import scanner
from sqlalchemy import select

from remi.store.deliveries import all_sent_for
from schemas.people import event

HOME = f"/organisations/{TRUST}"
INFECTED = b"PK a file that the scanner knows"


def by_portal(running: Running, content: bytes) -> httpx.Response:
    with running.signed_in("lead@trust.example") as browser:
        data = {"form_token": form_token(browser.get(HOME))}
        files = {"workbook": ("ours.xlsx", content)}
        return browser.post(f"{HOME}/{CYCLE}/upload", data=data, files=files)


def by_api(running: Running, content: bytes) -> httpx.Response:
    with running.program() as program:
        return send(program, content)


@pytest.fixture
def scanned(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A scanner that knows `INFECTED` and nothing else."""

    def says(content: bytes) -> bytes:
        return b"stream: Invented.Virus FOUND" if content == INFECTED else b"stream: OK"

    with scanner(says) as address:
        monkeypatch.setenv("REMI_CLAMD", address)
        yield


def kept(running: Running) -> list[Path]:
    objects = running.portal.workspace.settings.home / "objects"
    return [file for file in objects.rglob("*") if file.is_file()]


@pytest.mark.parametrize("door", [by_portal, by_api])
@pytest.mark.usefixtures("scanned")
def test_a_file_that_the_scanner_knows_is_refused_and_not_kept(
    running: Running, door: Callable[[Running, bytes], httpx.Response]
) -> None:
    answer = door(running, INFECTED)
    assert answer.status_code == 422
    assert "virus scanner recognised something harmful" in answer.text
    assert "Invented.Virus" not in answer.text
    assert kept(running) == []
    engine = running.portal.workspace.engine
    assert all_sent_for(engine, TRUST, CYCLE) == []
    with engine.connect() as connection:
        logged = connection.execute(select(event).where(event.c.what == "virus_refused")).one()
    assert (logged.organisation_id, logged.cycle) == (TRUST, CYCLE)


@pytest.mark.parametrize("door", [by_portal, by_api])
@pytest.mark.usefixtures("scanned")
def test_a_file_that_the_scanner_does_not_know_is_kept(
    running: Running, door: Callable[[Running, bytes], httpx.Response]
) -> None:
    assert door(running, running.workbook()).status_code in (201, 303)
    assert len(all_sent_for(running.portal.workspace.engine, TRUST, CYCLE)) == 1


@pytest.mark.parametrize(("policy", "statuses"), [("refuse", (503,)), ("accept", (201, 303))])
@pytest.mark.parametrize("door", [by_portal, by_api])
def test_without_an_answer_from_the_scanner_it_is_as_the_installation_says(
    running: Running,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    door: Callable[[Running, bytes], httpx.Response],
    policy: str,
    statuses: tuple[int, ...],
) -> None:
    monkeypatch.setenv("REMI_CLAMD", str(tmp_path / "nobody-listens"))
    monkeypatch.setenv("REMI_CLAMD_POLICY", policy)
    answer = door(running, running.workbook())
    assert answer.status_code in statuses
    assert bool(kept(running)) == (policy == "accept")
