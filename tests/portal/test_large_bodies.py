"""What is far too large is refused quickly, and nothing of it comes to lie on a disk."""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest
from portal_samples import CYCLE, TRUST, Running, api, form_token
from test_access import address, everybody_in

from remi.portal.answers import WORKBOOK
from remi.portal.app import all_pages
from remi.store.deliveries import all_sent_for

MEGABYTES = 60
PIECE = b"x" * 1_000_000
SECONDS = 10
LEAD = "lead@trust.example"
UPLOAD = f"/organisations/{TRUST}/{CYCLE}/upload"


def pieces(before: bytes = b"", after: bytes = b"") -> Iterator[bytes]:
    yield before
    for _ in range(MEGABYTES):
        yield PIECE
    yield after


def in_a_form(token: str) -> tuple[bytes, bytes]:
    """What stands before and after the file in a form with its token."""
    before = (
        f'--edge\r\nContent-Disposition: form-data; name="form_token"\r\n\r\n{token}\r\n'
        '--edge\r\nContent-Disposition: form-data; name="workbook"; filename="large.xlsx"\r\n\r\n'
    )
    return before.encode(), b"\r\n--edge--\r\n"


@contextmanager
def watching(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The most bytes that this process, which the server runs in, kept in temporary files.

    A temporary file has no name, so that it is seen only among the files that are open.
    """
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    most, over = [0], threading.Event()

    def look() -> None:
        while not over.is_set():
            most[0] = max(most[0], in_temporary_files(folder))
            time.sleep(0.002)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield most
    finally:
        over.set()
        thread.join()


def in_temporary_files(folder: Path) -> int:
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    for link in Path("/proc/self/fd").iterdir():
        try:
            if os.readlink(link).startswith(str(folder)):
                size += link.stat().st_size
        except OSError:  # closed a moment ago
            continue
    return size


def test_the_watch_sees_a_temporary_file_without_a_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with watching(tmp_path / "temporary", monkeypatch) as most, tempfile.TemporaryFile() as file:
        file.write(PIECE)
        file.flush()
        time.sleep(0.1)
    assert most[0] >= len(PIECE)


@pytest.mark.parametrize("chunked", [False, True], ids=["with its length", "chunked"])
def test_a_form_with_a_file_that_is_far_too_large(
    running: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunked: bool
) -> None:
    with running.signed_in(LEAD) as browser:
        before, after = in_a_form(form_token(browser.get(f"/organisations/{TRUST}")))
        headers = {"content-type": "multipart/form-data; boundary=edge"}
        if not chunked:
            length = len(before) + MEGABYTES * len(PIECE) + len(after)
            headers["content-length"] = str(length)
        with watching(tmp_path / "temporary", monkeypatch) as most:
            began = time.monotonic()
            answer = browser.post(UPLOAD, content=pieces(before, after), headers=headers)
            took = time.monotonic() - began
    assert answer.status_code == 413
    assert "The file is too large" in answer.text
    assert most[0] == 0
    assert took < SECONDS
    assert all_sent_for(running.portal.workspace.engine, TRUST, CYCLE) == []


@pytest.mark.parametrize("chunked", [False, True], ids=["with its length", "chunked"])
def test_a_program_that_sends_what_is_far_too_large(
    running: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunked: bool
) -> None:
    headers = {"content-type": WORKBOOK}
    if not chunked:
        headers["content-length"] = str(MEGABYTES * len(PIECE))
    with running.program() as program, watching(tmp_path / "temporary", monkeypatch) as most:
        began = time.monotonic()
        answer = program.post(f"{api()}/submissions", content=pieces(), headers=headers)
        took = time.monotonic() - began
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert most[0] == 0
    assert took < SECONDS
    assert not list((running.portal.workspace.settings.home / "objects").rglob("*.draft"))


def test_a_workbook_of_the_largest_size_is_read_without_a_temporary_file(
    running: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    largest = running.portal.policy.largest_upload_megabytes * 1_000_000 - 10_000
    with running.signed_in(LEAD) as browser:
        token = form_token(browser.get(f"/organisations/{TRUST}"))
        files = {"workbook": ("large.xlsx", b"x" * largest)}
        with watching(tmp_path / "temporary", monkeypatch) as most:
            taken = browser.post(UPLOAD, data={"form_token": token}, files=files)
    assert taken.status_code == 303
    assert most[0] < 1_000_000, "the partner's bytes were written to a temporary file"


def test_no_other_page_takes_more_than_a_form(running: Running) -> None:
    wrong = []
    with everybody_in(running) as clients:
        for page in all_pages():
            if page.upload:
                continue
            for who in ("nobody", LEAD):
                headers = {"content-type": "application/x-www-form-urlencoded"}
                answer = clients[who].request(
                    page.method, address(page), content=PIECE, headers=headers
                )
                if answer.status_code != 413:
                    wrong.append(f"{page.method} {page.path}: {who} got {answer.status_code}")
    assert wrong == []


def test_who_may_not_send_is_told_before_anything_is_read(running: Running) -> None:
    host = running.address.removeprefix("http://")
    for path, status in ((f"{api()}/submissions", 401), (UPLOAD, 303)):
        connection = HTTPConnection(host, timeout=5)
        connection.putrequest("POST", path)
        connection.putheader("content-length", str(15_000_000))
        connection.endheaders()
        assert connection.getresponse().status == status
        connection.close()
