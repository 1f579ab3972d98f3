"""What arrived: partners' files as they were sent, in the order in which they came.

Submissions are only ever added. The bytes are stored before the row is written, so that a row
never lacks its bytes; bytes without a row do no harm and are found again by the next attempt.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pandas as pd
from sqlalchemy import Connection, Engine, func, insert, select

from remi.store.database import writing
from remi.store.frames import read_cycle
from remi.store.objects import Objects
from remi.store.text import storable
from schemas.store import submission


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


def receive(
    engine: Engine,
    objects: Objects,
    cycle: str,
    file_name: str,
    content: bytes,
    door: str,
    received_at: datetime,
) -> Submission:
    """Keep a file that arrived by `door` and give its submission.

    The same bytes in the same cycle are the same submission, whoever sends them and however
    often: the first one is given back as it was. Raises ValueError where `received_at` has no
    time zone.
    """
    sha256 = objects.put(content)
    with writing(engine) as connection:
        kept, _ = record(connection, cycle, file_name, sha256, len(content), door, received_at)
    return kept


def record(
    connection: Connection,
    cycle: str,
    file_name: str,
    sha256: str,
    size: int,
    door: str,
    received_at: datetime,
) -> tuple[Submission, bool]:
    """The submission of these stored bytes, and whether it is new. Call inside `writing`."""
    if received_at.tzinfo is None:
        raise ValueError("the time at which a file was received needs a time zone")
    found = connection.execute(
        select(submission).where(submission.c.cycle == cycle, submission.c.sha256 == sha256)
    ).one_or_none()
    if found is not None:
        return Submission(**found._mapping), False
    last = connection.scalar(
        select(func.max(submission.c.place)).where(submission.c.cycle == cycle)
    )
    new = Submission(
        submission_id=f"{cycle}-{sha256[:12]}",
        cycle=cycle,
        sha256=sha256,
        size=size,
        file_name=storable(file_name),
        door=door,
        received_at=received_at.astimezone(UTC).replace(tzinfo=None),
        place=(last or 0) + 1,
    )
    connection.execute(insert(submission).values(vars(new)))
    return new, True


def current(engine: Engine, cycle: str) -> pd.DataFrame:
    """Every submission of the cycle, columns of the table `submission`, first to arrive first."""
    return read_cycle(engine, submission, cycle).sort_values("place", ignore_index=True)
