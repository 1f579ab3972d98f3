"""What arrived for a cycle, in the order in which one file takes another's place."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from remi.cycle.work import CycleWork
from remi.store.deliveries import signed_of
from remi.store.submissions import Submission, current, receive_inbox, submissions_of
from schemas import people, store
from schemas.intake import Received


def receive(work: CycleWork) -> list[Submission]:
    """Take in what lies in the cycle's inbox; give the submissions that are new."""
    return receive_inbox(work.workspace.settings, work.workspace.engine, work.cycle_id)


@dataclass(frozen=True)
class Arrival:
    """A submission in its place, and whether it may take the place of those before it."""

    submission: Submission
    may_count: bool


def arrivals(work: CycleWork) -> list[Arrival]:
    """What arrived, in the order in which one takes another's place.

    A return takes effect when it is signed off, or when it arrives where no sign-off is needed.
    """
    signed = work.read(people.sign_off)
    moments = dict(zip(signed["submission_id"], signed["signed_at"], strict=True))
    rows = current(work.workspace.engine, work.cycle_id).to_dict("records")
    found = [Submission(**{str(name): value for name, value in row.items()}) for row in rows]
    return _in_order(work, found, moments)


def arrivals_of(
    work: CycleWork, submission_ids: Collection[str], within: Connection | None = None
) -> list[Arrival]:
    """Those of `arrivals` that are named, without reading the others.

    With `within`, as it stands in that transaction.
    """
    source = within or work.workspace.engine
    moments = {key: said.signed_at for key, said in signed_of(source, submission_ids).items()}
    found = [s for s in submissions_of(source, submission_ids) if s.cycle == work.cycle_id]
    return _in_order(work, found, moments)


def _in_order(
    work: CycleWork, found: list[Submission], moments: Mapping[str, datetime]
) -> list[Arrival]:
    needed = work.workspace.configuration.portal.sign_off_needed
    found.sort(key=lambda one: (moments.get(one.submission_id, one.received_at), one.place))
    return [
        Arrival(one, not (needed and one.sent_for != store.ANYONE) or one.submission_id in moments)
        for one in found
    ]


def received(work: CycleWork, arrived: Iterable[Arrival]) -> Iterator[Received]:
    """The files themselves, read one after another as they are asked for."""
    for one in arrived:
        known = one.submission.sent_for != store.ANYONE
        yield Received(
            submission_id=one.submission.submission_id,
            cycle=work.cycle_id,
            sha256=one.submission.sha256,
            file_name=one.submission.file_name,
            content=work.workspace.objects.get(one.submission.sha256),
            sent_for=one.submission.sent_for if known else None,
            may_count=one.may_count,
        )
