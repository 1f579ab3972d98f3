from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from remi.settings import Settings
from remi.store.frames import read_cycle
from remi.store.objects import Objects
from remi.store.submissions import Submission, current, pending, receive, receive_inbox
from schemas.people import delivery
from schemas.store import submission

CYCLE = "2025-26"
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)

RECEIVE = """
import sys, time
from datetime import UTC, datetime
from remi.store.database import open_engine
from remi.store.frames import read_cycle
from remi.store.objects import Objects
from remi.store.submissions import receive
url, objects, start, me = sys.argv[1:]
engine = open_engine(url)
while time.time() < float(start):
    pass
for content in (b"same", me.encode(), b"also the same"):
    receive(engine, Objects(objects), "2025-26", me, content, "test", datetime.now(UTC))
"""

KILLED = """
import os, signal, sys
from sqlalchemy import event
from remi.settings import Settings
from remi.store.database import open_engine
from remi.store.submissions import receive_inbox
settings = Settings.from_environment()
engine = open_engine(settings.database_url)
def kill(connection, cursor, statement, *rest):
    if statement.startswith("INSERT INTO " + sys.argv[1]):
        os.kill(os.getpid(), signal.SIGKILL)
event.listen(engine, "before_cursor_execute", kill)
receive_inbox(settings, engine, "2025-26")
"""


@pytest.fixture
def objects(settings: Settings) -> Objects:
    return Objects(settings.objects_url)


def leave(settings: Settings, path: str, content: bytes, at: datetime = NOON) -> Path:
    """Put a file in the inbox as a partner's sync would, last written at this time."""
    file = settings.inbox / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    os.utime(file, (at.timestamp(), at.timestamp()))
    return file


def names(new: list[Submission]) -> list[str]:
    return [kept.file_name for kept in new]


def test_the_same_bytes_twice_are_one_submission(engine: Engine, objects: Objects) -> None:
    first = receive(engine, objects, CYCLE, "a.xlsx", b"1", "portal", NOON)
    again = receive(engine, objects, CYCLE, "b.xlsx", b"1", "inbox", NOON + timedelta(days=1))
    assert replace(again, place=1, came_last_at=first.came_last_at) == first
    assert again.came_last_at == first.received_at + timedelta(days=1)
    assert first.submission_id == "2025-26-6b86b273ff34"
    assert objects.get(first.sha256) == b"1"
    assert len(current(engine, CYCLE)) == 1


def test_the_same_bytes_in_another_cycle_are_another_submission(
    engine: Engine, objects: Objects
) -> None:
    one = receive(engine, objects, CYCLE, "a.xlsx", b"1", "portal", NOON)
    two = receive(engine, objects, "2026-27", "a.xlsx", b"1", "portal", NOON)
    assert one.submission_id != two.submission_id
    assert (one.place, two.place) == (1, 1)


def test_place_is_the_order_of_arrival_within_the_cycle(engine: Engine, objects: Objects) -> None:
    for number, content in enumerate((b"c", b"a", b"b"), start=1):
        kept = receive(engine, objects, CYCLE, f"{content!r}", content, "portal", NOON)
        assert kept.place == number
    frame = current(engine, CYCLE)
    assert frame["place"].tolist() == [1, 2, 3]
    assert frame["file_name"].tolist() == ["b'c'", "b'a'", "b'b'"]


def test_the_time_of_receipt_is_kept_in_utc(engine: Engine, objects: Objects) -> None:
    summer = datetime(2026, 6, 1, 0, 30, tzinfo=timezone(timedelta(hours=1)))
    kept = receive(engine, objects, CYCLE, "a.xlsx", b"1", "portal", summer)
    assert kept.received_at == datetime(2026, 5, 31, 23, 30)  # noqa: DTZ001
    assert current(engine, CYCLE)["received_at"].tolist() == [kept.received_at]
    with pytest.raises(ValueError, match="needs a time zone"):
        receive(engine, objects, CYCLE, "a.xlsx", b"2", "portal", summer.replace(tzinfo=None))


def test_processes_that_receive_the_same_file_at_once_make_one_row(
    engine: Engine, database_url: str, settings: Settings
) -> None:
    start = str(time.time() + 3)
    started = [
        subprocess.Popen(
            [sys.executable, "-c", RECEIVE, database_url, settings.objects_url, start, f"p{me}"],
            stderr=subprocess.PIPE,
            text=True,
        )
        for me in range(4)
    ]
    errors = [process.communicate(timeout=60)[1] for process in started]
    assert [process.returncode for process in started] == [0] * 4, errors
    frame = current(engine, CYCLE)
    assert len(frame) == 6
    assert frame["place"].is_unique
    assert frame["place"].max() == 12, "each of the twelve deliveries has a place of its own"
    assert len(read_cycle(engine, delivery, CYCLE)) == 12


def test_files_of_the_inbox_arrive_when_they_are_first_seen_there(
    settings: Settings, engine: Engine
) -> None:
    for path, content, at in (
        (f"{CYCLE}/first.xlsx", b"1", NOON + timedelta(hours=1)),
        (f"{CYCLE}/North/b (2).XLSX", b"2", NOON),
        (f"{CYCLE}/North/a", b"3", NOON + timedelta(days=3)),
    ):
        leave(settings, path, content, at)
        time.sleep(0.02)  # a file system counts in ticks
    leave(settings, f"{CYCLE}/~$late.xlsx", b"lock")
    leave(settings, f"{CYCLE}/.hidden", b"hidden")
    leave(settings, f"{CYCLE}/.sync/part.xlsx", b"hidden")
    leave(settings, "2024-25/other.xlsx", b"4")
    new = receive_inbox(settings, engine, CYCLE)
    assert names(new) == ["first.xlsx", "b (2).XLSX", "a"], "whenever they were written"
    assert [kept.place for kept in new] == [1, 2, 3]
    assert {kept.door for kept in new} == {"inbox"}
    (seen,) = {kept.received_at for kept in new}
    assert abs(seen - datetime.now(UTC).replace(tzinfo=None)) < timedelta(minutes=5)
    assert (settings.inbox / CYCLE / "first.xlsx").exists()


def test_a_correction_that_was_written_before_comes_after(
    settings: Settings, engine: Engine
) -> None:
    leave(settings, f"{CYCLE}/ours.xlsx", b"first", NOON)
    receive_inbox(settings, engine, CYCLE)
    leave(settings, f"{CYCLE}/ours corrected.xlsx", b"second", NOON - timedelta(days=40))
    leave(settings, f"{CYCLE}/ours.xlsx", b"third", NOON - timedelta(days=90))
    receive_inbox(settings, engine, CYCLE)
    assert current(engine, CYCLE)["file_name"].tolist()[0] == "ours.xlsx"
    assert current(engine, CYCLE)["place"].tolist() == [1, 2, 3]


def last_of(engine: Engine) -> bytes:
    """What came last."""
    kept = current(engine, CYCLE)["sha256"].tolist()[-1]
    known = {hashlib.sha256(content).hexdigest(): content for content in (b"H", b"changed")}
    return known[kept]


def test_bytes_that_come_again_come_last_and_are_kept_once(
    settings: Settings, engine: Engine
) -> None:
    for content in (b"H", b"changed", b"H"):
        leave(settings, f"{CYCLE}/ours.xlsx", content, NOON + timedelta(seconds=len(content)))
        os.utime(settings.inbox / CYCLE / "ours.xlsx")
        receive_inbox(settings, engine, CYCLE)
        assert last_of(engine) == content
    assert len(current(engine, CYCLE)) == 2
    assert len(read_cycle(engine, delivery, CYCLE)) == 3
    leave(settings, f"{CYCLE}/again.xlsx", b"changed")
    receive_inbox(settings, engine, CYCLE)
    assert last_of(engine) == b"changed", "in another place it has arrived anew"


def test_bytes_that_stay_where_they_are_do_not_come_again(
    settings: Settings, engine: Engine
) -> None:
    leave(settings, f"{CYCLE}/ours.xlsx", b"H")
    receive_inbox(settings, engine, CYCLE)
    leave(settings, f"{CYCLE}/new.xlsx", b"changed")
    receive_inbox(settings, engine, CYCLE)
    os.utime(settings.inbox / CYCLE / "ours.xlsx")
    receive_inbox(settings, engine, CYCLE)
    assert last_of(engine) == b"changed", "a new time is no new arrival"
    assert pending(settings, engine) == []

    away = settings.inbox / CYCLE
    kept = {file.name: file.read_bytes() for file in away.iterdir()}
    for name in kept:
        (away / name).unlink()
    receive_inbox(settings, engine, CYCLE)
    for name, content in kept.items():
        leave(settings, f"{CYCLE}/{name}", content)
    receive_inbox(settings, engine, CYCLE)
    assert last_of(engine) == b"changed", "the folder was away, and is back as it was"

    (away / "ours.xlsx").unlink()
    receive_inbox(settings, engine, CYCLE)
    leave(settings, f"{CYCLE}/ours.xlsx", b"H")
    receive_inbox(settings, engine, CYCLE)
    assert last_of(engine) == b"H", "what is put back has come again"


def test_a_clock_that_is_set_back_changes_no_order(engine: Engine, objects: Objects) -> None:
    receive(engine, objects, CYCLE, "a.xlsx", b"H", "portal", NOON)
    receive(engine, objects, CYCLE, "b.xlsx", b"changed", "portal", NOON - timedelta(days=2))
    assert last_of(engine) == b"changed"


def test_an_inbox_is_received_once(settings: Settings, engine: Engine) -> None:
    assert pending(settings, engine) == []
    assert receive_inbox(settings, engine, CYCLE) == []
    file = leave(settings, f"{CYCLE}/a.xlsx", b"1")
    leave(settings, f"{CYCLE}/copy of a.xlsx", b"1")
    waiting = pending(settings, engine)
    assert [(w.cycle, w.files) for w in waiting] == [(CYCLE, 2)]
    assert pending(settings, engine) == waiting
    assert names(receive_inbox(settings, engine, CYCLE)) == ["a.xlsx"]
    assert pending(settings, engine) == []
    assert receive_inbox(settings, engine, CYCLE) == []

    file.write_bytes(b"corrected")
    changed = pending(settings, engine)
    assert [(w.cycle, w.files) for w in changed] == [(CYCLE, 1)]
    assert changed != waiting
    assert names(receive_inbox(settings, engine, CYCLE)) == ["a.xlsx"]
    assert current(engine, CYCLE)["place"].tolist() == [2, 3]


def test_a_file_in_a_folder_that_is_no_cycle_is_not_lost_from_sight(
    settings: Settings, engine: Engine
) -> None:
    leave(settings, "2025_26/a.xlsx", b"1")
    assert [(w.cycle, w.files) for w in pending(settings, engine)] == [("2025_26", 1)]


def test_asking_what_waits_reads_no_file(settings: Settings, engine: Engine) -> None:
    file = leave(settings, f"{CYCLE}/a.xlsx", b"1")
    receive_inbox(settings, engine, CYCLE)
    file.write_bytes(b"2")
    os.utime(file, (NOON.timestamp(), NOON.timestamp()))
    assert pending(settings, engine) == []


def test_a_name_that_is_not_unicode_is_received(settings: Settings, engine: Engine) -> None:
    folder = settings.inbox / CYCLE
    folder.mkdir(parents=True)
    Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.xlsx")).write_bytes(b"1")
    assert names(receive_inbox(settings, engine, CYCLE)) == ["caf\\udce9.xlsx"]
    assert pending(settings, engine) == []


UNREADABLE = Path("/proc/self/mem")  # even to root


@pytest.mark.skipif(not UNREADABLE.exists(), reason="Linux only")
def test_a_file_that_cannot_be_read_is_named_after_the_others_are_received(
    settings: Settings, engine: Engine
) -> None:
    leave(settings, f"{CYCLE}/b.xlsx", b"2")
    (settings.inbox / CYCLE / "a.xlsx").symlink_to(UNREADABLE)
    with pytest.raises(OSError, match=r"cannot be read: 2025-26/a\.xlsx \(Input/output error\)"):
        receive_inbox(settings, engine, CYCLE)
    assert current(engine, CYCLE)["file_name"].tolist() == ["b.xlsx"]
    assert [waiting.files for waiting in pending(settings, engine)] == [1]


@pytest.mark.parametrize("before", ["submission", "inbox_file"])
def test_a_kill_between_bytes_and_row_is_made_good_by_the_next_attempt(
    settings: Settings, engine: Engine, objects: Objects, before: str
) -> None:
    leave(settings, f"{CYCLE}/a.xlsx", b"1")
    leave(settings, f"{CYCLE}/b.xlsx", b"2")
    killed = subprocess.run([sys.executable, "-c", KILLED, before], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert len(list(Path(objects.url.removeprefix("file://")).glob("*/*"))) == 1
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(submission)) == 0
    assert [w.files for w in pending(settings, engine)] == [2]

    assert names(receive_inbox(settings, engine, CYCLE)) == ["a.xlsx", "b.xlsx"]
    assert current(engine, CYCLE)["place"].tolist() == [1, 2]
    assert pending(settings, engine) == []
