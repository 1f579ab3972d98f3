"""Files that were sent by somebody who is known: who sent what, for whom, and who signed it off.

A file is announced beside the bytes before they are stored, and the announcement is withdrawn
when the rows are written: a process that is killed in between leaves something to go on from.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine, insert, select

from remi.store.database import connected, writing
from remi.store.objects import Objects
from remi.store.submissions import Sent, Submission, next_place, receive_within
from remi.store.text import storable
from schemas.people import sign_off
from schemas.store import submission

FORGOTTEN_AFTER = timedelta(hours=1)
"""An announcement without its bytes that is older than this will never get them."""


@dataclass(frozen=True)
class Sender:
    """Who sends, for which organisation, through which door (`portal` or `api`)."""

    organisation_id: str
    door: str
    person_id: str | None = None
    token_id: str | None = None


@dataclass(frozen=True)
class Delivered:
    """What a file became. `again` says that the same bytes had been sent before."""

    submission: Submission
    again: bool


@dataclass(frozen=True)
class SignOff:
    """That an organisation stands by a return. `place` is known once it is recorded."""

    submission_id: str
    cycle: str
    organisation_id: str
    person_id: str
    signed_at: datetime
    place: int = 0


def deliver(
    engine: Engine,
    objects: Objects,
    cycle: str,
    sender: Sender,
    file_name: str,
    content: bytes,
    now: datetime,
) -> Delivered:
    """Keep what was sent, byte for byte, with who sent it. `now` is UTC without its zone."""
    number = secrets.token_hex(16)
    announcement = {
        **asdict(sender),
        "cycle": cycle,
        "file_name": storable(file_name),
        "sha256": hashlib.sha256(content).hexdigest(),
        "size": len(content),
        "delivered_at": now.isoformat(),
    }
    objects.announce(number, announcement)
    objects.put(content)
    delivered = _record(engine, number, announcement)
    objects.withdraw(number)
    return delivered


def recover(engine: Engine, objects: Objects, now: datetime) -> list[Submission]:
    """Finish what was announced and never recorded; the submissions that come of it."""
    found = []
    for number, announcement in objects.announced().items():
        if objects.has(str(announcement["sha256"])):
            found.append(_record(engine, number, announcement).submission)
        elif datetime.fromisoformat(str(announcement["delivered_at"])) > now - FORGOTTEN_AFTER:
            continue
        objects.withdraw(number)
    return found


def sign(engine: Engine, said: SignOff) -> SignOff:
    """Record that the organisation stands by this return, as it was sent last.

    Said twice of the same delivery, the first one stays.
    """
    with writing(engine) as connection:
        before = signed_of(connection, [said.submission_id]).get(said.submission_id)
        came_last = connection.scalar(
            select(submission.c.place).where(submission.c.submission_id == said.submission_id)
        )
        if before is not None and before.place > (came_last or 0):
            return before
        recorded = replace(said, place=next_place(connection, said.cycle))
        connection.execute(insert(sign_off).values(**asdict(recorded)))
    return recorded


def signed(engine: Engine, submission_id: str) -> SignOff | None:
    """Who signed this return off last, and when."""
    return signed_of(engine, [submission_id]).get(submission_id)


def signed_of(source: Engine | Connection, submission_ids: Collection[str]) -> dict[str, SignOff]:
    """Those of these returns that were signed off, the last time that they were, by submission."""
    wanted = (
        select(sign_off)
        .where(sign_off.c.submission_id.in_(submission_ids))
        .order_by(sign_off.c.place)
    )
    with connected(source) as connection:
        rows = connection.execute(wanted).all()
    return {row.submission_id: SignOff(**row._mapping) for row in rows}


def sent_for(engine: Engine, organisation_id: str, submission_id: str) -> Submission | None:
    """This submission, if it was sent for this organisation."""
    with engine.connect() as connection:
        row = connection.execute(
            select(submission).where(
                submission.c.submission_id == submission_id,
                submission.c.sent_for == organisation_id,
            )
        ).one_or_none()
    return Submission(**row._mapping) if row else None


def all_sent_for(engine: Engine, organisation_id: str, cycle: str) -> list[Submission]:
    """What was sent for this organisation in the cycle, the latest first."""
    with engine.connect() as connection:
        rows = connection.execute(
            select(submission)
            .where(submission.c.sent_for == organisation_id, submission.c.cycle == cycle)
            .order_by(submission.c.place.desc())
        ).all()
    return [Submission(**row._mapping) for row in rows]


def _record(engine: Engine, number: str, said: dict[str, object]) -> Delivered:
    at = datetime.fromisoformat(str(said["delivered_at"]))
    cycle, organisation_id = str(said["cycle"]), str(said["organisation_id"])
    sent = Sent(
        cycle=cycle,
        file_name=str(said["file_name"]),
        sha256=str(said["sha256"]),
        size=int(str(said["size"])),
        door=str(said["door"]),
        received_at=at.replace(tzinfo=UTC),
        sent_for=organisation_id,
        person_id=_text(said["person_id"]),
        token_id=_text(said["token_id"]),
        number=number,
    )
    with writing(engine) as connection:
        return Delivered(*receive_within(connection, sent))


def _text(value: object) -> str | None:
    return None if value is None else str(value)
