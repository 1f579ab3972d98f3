"""What arrived: partners' files as they were sent, in the order in which they came.

Submissions are only ever added. The bytes are stored before the row is written, so that a row
never lacks its bytes; bytes without a row do no harm and are found again by the next attempt.
The table `inbox_file` remembers what was received from the inbox, so that a file is read there
only when it is new or has changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

import pandas as pd
from sqlalchemy import Connection, Engine, delete, func, insert, select

from remi.settings import Settings
from remi.store import inbox
from remi.store.database import connected, writing
from remi.store.frames import read_cycle
from remi.store.objects import Objects
from remi.store.text import storable
from schemas.store import ANYONE, inbox_file, submission

INBOX = "inbox"
"""The door of files that were left in the inbox."""


@dataclass(frozen=True)
class Submission:
    """One row of the table `submission`. `received_at` is UTC without a zone, as it is stored."""

    submission_id: str
    cycle: str
    sha256: str
    size: int
    file_name: str
    door: str
    received_at: datetime
    place: int
    sent_for: str


@dataclass(frozen=True)
class Sent:
    """Stored bytes on their way to becoming a submission. `received_at` has a time zone."""

    cycle: str
    file_name: str
    sha256: str
    size: int
    door: str
    received_at: datetime
    sent_for: str


@dataclass(frozen=True)
class PendingCycle:
    """A folder of the inbox in which files wait.

    `fingerprint` stays the same for as long as the same files wait unchanged, so that a run that
    could not take them in need not be started again and again.
    """

    cycle: str
    files: int
    fingerprint: str


def receive(
    engine: Engine,
    objects: Objects,
    cycle: str,
    file_name: str,
    content: bytes,
    door: str,
    received_at: datetime,
    sent_for: str = ANYONE,
) -> Submission:
    """Keep a file that arrived by `door` and give its submission.

    `sent_for` is the organisation that was signed in. The same bytes sent for the same
    organisation in the same cycle are the same submission, however often: the first one is given
    back as it was. Raises ValueError where `received_at` has no time zone.
    """
    sha256 = objects.put(content)
    sent = Sent(cycle, file_name, sha256, len(content), door, received_at, sent_for)
    with writing(engine) as connection:
        kept, _ = _record(connection, sent)
    return kept


def receive_within(connection: Connection, sent: Sent) -> Submission:
    """The submission of bytes that are stored already, inside a transaction of the caller's."""
    return _record(connection, sent)[0]


def receive_inbox(settings: Settings, engine: Engine, cycle: str) -> list[Submission]:
    """Receive every waiting file under `inbox/<cycle>/` and give the submissions that are new.

    A file's time of receipt is the time at which it was last written; the earliest comes first.
    Files stay where they are; one that is still being written is left for the next time. Raises
    OSError, after all the others are received, naming the files that cannot be read.
    """
    objects = Objects(settings.objects_url)
    with engine.connect() as connection:
        waiting = _waiting(settings, connection, cycle)
    new: list[Submission] = []
    unreadable: list[str] = []
    for found in waiting:
        try:
            content = found.read()
        except OSError as error:
            unreadable.append(f"{cycle}/{found.path} ({error.strerror})")
            continue
        if content is None:
            continue
        sha256 = objects.put(content)
        name, moment = found.file.name, found.modified_at
        sent = Sent(cycle, name, sha256, found.size, INBOX, moment, ANYONE)
        with writing(engine) as connection:
            kept, is_new = _record(connection, sent)
            _remember(connection, found, kept)
        if is_new:
            new.append(kept)
    if unreadable:
        raise OSError(f"files in the inbox that cannot be read: {'; '.join(unreadable)}")
    return new


def pending(settings: Settings, engine: Engine) -> list[PendingCycle]:
    """The folders of the inbox in which files wait, by name. Reads no file.

    A folder that is not named as a cycle is given too: a partner's file may lie in it.
    """
    found = []
    with engine.connect() as connection:
        for cycle in inbox.folders(settings.inbox):
            states = [file.state for file in _waiting(settings, connection, cycle)]
            if states:
                fingerprint = hashlib.sha256(repr(states).encode()).hexdigest()
                found.append(PendingCycle(cycle, len(states), fingerprint))
    return found


def current(engine: Engine, cycle: str) -> pd.DataFrame:
    """Every submission of the cycle, columns of the table `submission`, first to arrive first."""
    return read_cycle(engine, submission, cycle).sort_values("place", ignore_index=True)


def submissions_of(
    source: Engine | Connection, submission_ids: Collection[str]
) -> list[Submission]:
    """These submissions, in no order; of an engine, or as they stand in a transaction."""
    wanted = select(submission).where(submission.c.submission_id.in_(submission_ids))
    with connected(source) as connection:
        return [Submission(**row._mapping) for row in connection.execute(wanted)]


def _record(connection: Connection, sent: Sent) -> tuple[Submission, bool]:
    """The submission of these stored bytes, and whether it is new. Call inside `writing`."""
    if sent.received_at.tzinfo is None:
        raise ValueError("the time at which a file was received needs a time zone")
    found = connection.execute(
        select(submission).where(
            submission.c.cycle == sent.cycle,
            submission.c.sha256 == sent.sha256,
            submission.c.sent_for == sent.sent_for,
        )
    ).one_or_none()
    if found is not None:
        return Submission(**found._mapping), False
    last = connection.scalar(
        select(func.max(submission.c.place)).where(submission.c.cycle == sent.cycle)
    )
    new = Submission(
        submission_id=submission_id(sent.cycle, sent.sha256, sent.sent_for),
        cycle=sent.cycle,
        sha256=sent.sha256,
        size=sent.size,
        file_name=storable(sent.file_name),
        door=sent.door,
        received_at=sent.received_at.astimezone(UTC).replace(tzinfo=None),
        place=(last or 0) + 1,
        sent_for=sent.sent_for,
    )
    connection.execute(insert(submission).values(vars(new)))
    return new, True


def submission_id(cycle: str, sha256: str, sent_for: str = ANYONE) -> str:
    """The cycle and the start of a hash: of the bytes, and of whom they speak for if known."""
    if sent_for == ANYONE:
        return f"{cycle}-{sha256[:12]}"
    both = hashlib.sha256(f"{sha256} {sent_for}".encode()).hexdigest()
    return f"{cycle}-{both[:12]}"


def _waiting(settings: Settings, connection: Connection, cycle: str) -> list[inbox.InboxFile]:
    rows = connection.execute(
        select(inbox_file.c.path, inbox_file.c.size, inbox_file.c.modified_ns).where(
            inbox_file.c.cycle == cycle
        )
    )
    known = {tuple(row) for row in rows}
    return [f for f in inbox.files(settings.inbox / cycle) if f.state not in known]


def _remember(connection: Connection, found: inbox.InboxFile, kept: Submission) -> None:
    connection.execute(
        delete(inbox_file).where(inbox_file.c.cycle == kept.cycle, inbox_file.c.path == found.path)
    )
    connection.execute(
        insert(inbox_file).values(
            cycle=kept.cycle,
            path=found.path,
            size=found.size,
            modified_ns=found.modified_ns,
            submission_id=kept.submission_id,
        )
    )
