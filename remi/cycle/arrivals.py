"""What arrived for a cycle, in the order in which one file takes another's place."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import Connection

from remi.cycle.following import LONDON
from remi.cycle.work import CycleWork
from remi.store.deliveries import signed_of
from remi.store.inbox import InboxFile
from remi.store.submissions import Submission, current, receive_inbox, submissions_of
from schemas import people, store
from schemas.intake import Received


def receive(
    work: CycleWork, arrived: Callable[[InboxFile], datetime] | None = None
) -> list[Submission]:
    """Take in what lies in the cycle's inbox; give the submissions that are new. `arrived` as for
    `receive_inbox`."""
    workspace = work.workspace
    return receive_inbox(workspace.settings, workspace.engine, work.cycle_id, arrived)


@dataclass(frozen=True)
class Arrival:
    """A submission in its place, and whether it may take the place of those before it."""

    submission: Submission
    may_count: bool


def arrivals(work: CycleWork) -> list[Arrival]:
    """What arrived, in the order in which one takes another's place.

    A return takes effect when it is signed off, or when it arrives where no sign-off is needed:
    each time anew, so that what was sent, or signed off, last counts.
    """
    signed = work.read(people.sign_off)
    last = signed.groupby("submission_id")["place"].max()
    places = dict(zip(last.index, last.tolist(), strict=True))
    rows = current(work.workspace.engine, work.cycle_id).to_dict("records")
    found = [Submission(**{str(name): value for name, value in row.items()}) for row in rows]
    return _in_order(work, found, places)


def arrivals_of(
    work: CycleWork, submission_ids: Collection[str], within: Connection | None = None
) -> list[Arrival]:
    """Those of `arrivals` that are named, without reading the others.

    With `within`, as it stands in that transaction.
    """
    source = within or work.workspace.engine
    places = {key: said.place for key, said in signed_of(source, submission_ids).items()}
    found = [s for s in submissions_of(source, submission_ids) if s.cycle == work.cycle_id]
    return _in_order(work, found, places)


def _in_order(work: CycleWork, found: list[Submission], signed: Mapping[str, int]) -> list[Arrival]:
    """`signed`: the place of the last sign-off of each submission that has one."""
    needed = work.workspace.configuration.portal.sign_off_needed

    def waits(one: Submission) -> bool:
        return needed and one.sent_for != store.ANYONE

    def takes_effect(one: Submission) -> int:
        last = signed.get(one.submission_id)
        if last is None:
            return one.place
        return last if waits(one) else max(last, one.place)

    found.sort(key=takes_effect)
    return [Arrival(one, not waits(one) or one.submission_id in signed) for one in found]


def _day_in_london(moment: datetime) -> date:
    return moment.replace(tzinfo=UTC).astimezone(LONDON).date()


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
            arrived_on=_day_in_london(one.submission.came_last_at),
        )
