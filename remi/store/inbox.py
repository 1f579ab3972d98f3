"""Files that lie in the inbox folder: taken in from there, and asked after cheaply.

The inbox has one folder for each cycle. Files stay where they are; the table `inbox_file`
remembers which have been received, so that a file is read only when it is new or has changed.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, Engine, delete, insert, select

from remi.settings import Settings
from remi.store.database import writing
from remi.store.objects import Objects
from remi.store.submissions import Submission, record
from remi.store.text import storable
from schemas.store import inbox_file

DOOR = "inbox"


@dataclass(frozen=True)
class PendingCycle:
    """A folder of the inbox in which files wait.

    `fingerprint` stays the same for as long as the same files wait unchanged, so that a run that
    could not take them in is not started again and again.
    """

    cycle: str
    files: int
    fingerprint: str


@dataclass(frozen=True)
class _Found:
    """A file of the inbox as it was when the folder was listed."""

    file: Path
    path: str
    size: int
    modified_ns: int

    @property
    def state(self) -> tuple[str, int, int]:
        return self.path, self.size, self.modified_ns


def receive_inbox(settings: Settings, engine: Engine, cycle: str) -> list[Submission]:
    """Receive every waiting file under `inbox/<cycle>/` and give the submissions that are new.

    Taken in order of modification time, which is also the time of receipt, then of name. Hidden
    files and Office lock files are passed over; a file that is still being written is left for the
    next time. Raises OSError, after all others are received, naming the files that cannot be read.
    """
    objects = Objects(settings.objects_url)
    with engine.connect() as connection:
        waiting = _waiting(connection, settings.inbox / cycle, cycle)
    new: list[Submission] = []
    unreadable: list[str] = []
    for found in waiting:
        try:
            content = found.file.read_bytes()
            after = found.file.stat()
        except FileNotFoundError:
            continue
        except OSError as error:
            unreadable.append(f"{cycle}/{found.path} ({error.strerror})")
            continue
        if (len(content), after.st_mtime_ns) != (found.size, found.modified_ns):
            continue
        sha256 = objects.put(content)
        with writing(engine) as connection:
            kept, is_new = record(
                connection, cycle, found.file.name, sha256, found.size, DOOR, _time(found)
            )
            _remember(connection, cycle, found, kept.submission_id)
        if is_new:
            new.append(kept)
    if unreadable:
        raise OSError("files in the inbox that cannot be read: " + "; ".join(unreadable))
    return new


def pending(settings: Settings, engine: Engine) -> list[PendingCycle]:
    """The folders of the inbox in which files wait, by name. Reads no file.

    A folder that is not named as a cycle is given too: a partner's file may lie in it.
    """
    if not settings.inbox.is_dir():
        return []
    folders = sorted(
        f.name for f in settings.inbox.iterdir() if f.is_dir() and not _passed_over(f.name)
    )
    answer = []
    with engine.connect() as connection:
        for folder in folders:
            waiting = _waiting(connection, settings.inbox / folder, folder)
            if waiting:
                states = repr([found.state for found in waiting]).encode()
                answer.append(
                    PendingCycle(folder, len(waiting), hashlib.sha256(states).hexdigest())
                )
    return answer


def _waiting(connection: Connection, folder: Path, cycle: str) -> list[_Found]:
    rows = connection.execute(
        select(inbox_file.c.path, inbox_file.c.size, inbox_file.c.modified_ns).where(
            inbox_file.c.cycle == cycle
        )
    )
    known = {tuple(row) for row in rows}
    waiting = [found for found in _files(folder) if found.state not in known]
    return sorted(waiting, key=lambda found: (found.modified_ns, found.path))


def _files(folder: Path) -> Iterator[_Found]:
    for where, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not _passed_over(name)]
        for name in names:
            file = Path(where, name)
            if _passed_over(name) or not file.is_file():
                continue
            try:
                seen = file.stat()
            except FileNotFoundError:
                continue
            path = storable(file.relative_to(folder).as_posix())
            yield _Found(file, path, seen.st_size, seen.st_mtime_ns)


def _passed_over(name: str) -> bool:
    return name.startswith((".", "~$"))


def _time(found: _Found) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=found.modified_ns // 1000)


def _remember(connection: Connection, cycle: str, found: _Found, submission_id: str) -> None:
    connection.execute(
        delete(inbox_file).where(inbox_file.c.cycle == cycle, inbox_file.c.path == found.path)
    )
    connection.execute(
        insert(inbox_file).values(
            cycle=cycle,
            path=found.path,
            size=found.size,
            modified_ns=found.modified_ns,
            submission_id=submission_id,
        )
    )
