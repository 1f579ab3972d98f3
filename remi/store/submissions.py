"""What arrived: partners' files as they were sent, in the order in which they came.

Bytes are kept once, and each time that they came is a delivery. The bytes are stored before the row
is written, so that a row never lacks its bytes; bytes without a row do no harm and are found again
by the next attempt. Deliveries and sign-offs of a cycle are numbered in one order, since clocks are
set back and a file's own time is that of its writing. The table `inbox_file` remembers what lay
where in the inbox, so that a file is read there only when it is new or has changed.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pandas as pd
from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from remi.settings import Settings
from remi.store import inbox
from remi.store.database import connected, writing
from remi.store.frames import read_cycle
from remi.store.objects import Objects
from remi.store.text import storable
from schemas.people import delivery, sign_off
from schemas.store import ANYONE, inbox_file, submission

INBOX = "inbox"
"""The door of files that were left in the inbox."""


@dataclass(frozen=True)
class Submission:
    """One row of the table `submission`. Times are UTC without a zone, as they are stored."""

    submission_id: str
    cycle: str
    sha256: str
    size: int
    file_name: str
    door: str
    received_at: datetime
    came_last_at: datetime
    place: int
    sent_for: str


@dataclass(frozen=True)
class Sent:
    """Stored bytes that came once. `received_at` has a time zone; who sent them where known.

    `number` is that of the delivery, of which there is one however often it is recorded.
    """

    cycle: str
    file_name: str
    sha256: str
    size: int
    door: str
    received_at: datetime
    sent_for: str
    person_id: str | None = None
    token_id: str | None = None
    number: str | None = None


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
    organisation in the same cycle are the same submission, however often: it is given back with
    its new place. Raises ValueError where `received_at` has no time zone.
    """
    sha256 = objects.put(content)
    sent = Sent(cycle, file_name, sha256, len(content), door, received_at, sent_for)
    with writing(engine) as connection:
        kept, _ = _record(connection, sent)
    return kept


def receive_within(connection: Connection, sent: Sent) -> tuple[Submission, bool]:
    """The submission of bytes that are stored already, inside a transaction of the caller's, and
    whether they had come before."""
    return _record(connection, sent)


def receive_inbox(
    settings: Settings,
    engine: Engine,
    cycle: str,
    arrived: Callable[[inbox.InboxFile], datetime] | None = None,
) -> list[Submission]:
    """Receive every waiting file under `inbox/<cycle>/` and give the submissions that are new.

    A file arrives when it is first seen in its place: when it was written says nothing, since
    synchronised folders, unpacking and copying keep that. Of those that are first seen together,
    the one that was put there first comes first. `arrived` gives another time, where files
    stand for deliveries of other days, as in the demonstration. Bytes that lie where they lay
    before are no new arrival; those that come back to their place are.

    Files stay where they are; one that is still being written is left for the next time. Raises
    OSError, after all the others are received, naming the files that cannot be read.
    """
    objects = Objects(settings.objects_url)
    now = datetime.now(UTC)
    with engine.connect() as connection:
        waiting = _waiting(settings, connection, cycle)
    if arrived is not None:
        waiting.sort(key=arrived)  # stable: the order of those of the same time stays
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
        moment = arrived(found) if arrived else now
        sent = Sent(cycle, found.file.name, sha256, found.size, INBOX, moment, ANYONE)
        with writing(engine) as connection:
            lay = _lay_there(connection, cycle, found.path)
            if lay == submission_id(cycle, sha256):
                _remember(connection, cycle, found, lay)
                continue
            kept, before = _record(connection, sent)
            _remember(connection, cycle, found, kept.submission_id)
        if not before:
            new.append(kept)
    _forget_what_is_gone(settings, engine, cycle)
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


def next_place(connection: Connection, cycle: str) -> int:
    """The place of what happens next in the cycle, after every delivery and sign-off.

    Call inside `writing`, so that nobody else takes it. A file's place is that of its last
    delivery, so that the deliveries need not be looked through.
    """
    last = (
        connection.scalar(select(func.max(table.c.place)).where(table.c.cycle == cycle))
        for table in (submission, sign_off)
    )
    return max(place or 0 for place in last) + 1


def _record(connection: Connection, sent: Sent) -> tuple[Submission, bool]:
    """The submission of these stored bytes, as it stands now that they came, and whether they had
    come before. Call inside `writing`."""
    if sent.received_at.tzinfo is None:
        raise ValueError("the time at which a file was received needs a time zone")
    at = sent.received_at.astimezone(UTC).replace(tzinfo=None)
    same = (
        submission.c.cycle == sent.cycle,
        submission.c.sha256 == sent.sha256,
        submission.c.sent_for == sent.sent_for,
    )
    row = connection.execute(select(submission).where(*same)).one_or_none()
    known = Submission(**row._mapping) if row else None
    if known is not None and sent.number is not None:
        recorded = select(delivery.c.delivery_id).where(delivery.c.delivery_id == sent.number)
        if connection.scalar(recorded) is not None:
            return known, _came_before(connection, known, sent.number)
    place = next_place(connection, sent.cycle)
    if known is not None:
        kept = replace(known, place=place, came_last_at=at)
        connection.execute(update(submission).where(*same).values(place=place, came_last_at=at))
    else:
        kept = Submission(
            submission_id=submission_id(sent.cycle, sent.sha256, sent.sent_for),
            cycle=sent.cycle,
            sha256=sent.sha256,
            size=sent.size,
            file_name=storable(sent.file_name),
            door=sent.door,
            received_at=at,
            came_last_at=at,
            place=place,
            sent_for=sent.sent_for,
        )
        connection.execute(insert(submission).values(vars(kept)))
    connection.execute(
        insert(delivery).values(
            delivery_id=sent.number or secrets.token_hex(16),
            submission_id=kept.submission_id,
            cycle=sent.cycle,
            organisation_id=sent.sent_for,
            door=sent.door,
            person_id=sent.person_id,
            token_id=sent.token_id,
            file_name=storable(sent.file_name),
            delivered_at=at,
            place=place,
        )
    )
    return kept, known is not None


def _came_before(connection: Connection, kept: Submission, number: str) -> bool:
    others = select(func.count()).where(
        delivery.c.submission_id == kept.submission_id, delivery.c.delivery_id != number
    )
    return bool(connection.scalar(others))


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


def _lay_there(connection: Connection, cycle: str, path: str) -> str | None:
    """The submission that was seen last in this place of the inbox."""
    return connection.scalar(
        select(inbox_file.c.submission_id).where(
            inbox_file.c.cycle == cycle, inbox_file.c.path == path
        )
    )


def _remember(
    connection: Connection, cycle: str, found: inbox.InboxFile, submission_id: str
) -> None:
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


def _forget_what_is_gone(settings: Settings, engine: Engine, cycle: str) -> None:
    """Forget places that are empty now: what is put there again has come again.

    Nothing is forgotten where nothing is left at all: then the folder itself is away, as that of
    another computer may be, and will come back as it was.
    """
    there = {found.path for found in inbox.files(settings.inbox / cycle)}
    if not there:
        return
    with engine.connect() as connection:
        known = connection.scalars(select(inbox_file.c.path).where(inbox_file.c.cycle == cycle))
        gone = set(known) - there
    if gone:
        with writing(engine) as connection:
            for path in sorted(gone):
                connection.execute(
                    delete(inbox_file).where(inbox_file.c.cycle == cycle, inbox_file.c.path == path)
                )
