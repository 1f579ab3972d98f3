"""What a verdict in a cycle depends on, and the verdicts of everything that arrived for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pandas as pd
from sqlalchemy import Connection

from remi.cycle.arrivals import Arrival, arrivals, received
from remi.cycle.steps import JUDGE, making
from remi.cycle.work import CycleWork
from remi.framework.issued import issued_text
from remi.intake.counting import which_count
from remi.intake.judging.context import JudgingContext, judging_context
from remi.intake.verdict import Judged, judge
from remi.settings import signing_key
from remi.store.frames import read_cycle, replace_cycle
from remi.store.frameworks import InUse, keep_framework
from remi.store.verdicts import write_counts
from remi.store.watermark import NOTHING, watermarks
from schemas import store


def judge_cycle(work: CycleWork) -> Judged:
    """Read and judge everything that was received for the cycle, and store what was found.

    Reading takes a while, in which the portal takes in files and sign-offs. They are looked at
    again in the transaction that stores: a file that came meanwhile keeps what the portal found in
    it, and which files count is said from the sign-offs of that moment.
    """
    mark = watermarks(work.workspace.engine).get(work.cycle_id, NOTHING)
    arrived = arrivals(work)
    judged = judge(received(work, arrived), judging(work))
    with making(work, JUDGE) as made:
        known = {one.submission.submission_id for one in arrived}
        now = {one.submission.submission_id for one in arrivals(work)}
        for table, rows in (
            (store.verdict, judged.verdicts),
            (store.problem, judged.problems),
            (store.answer, judged.answers),
            (store.record_value, judged.record_value_parts()),
        ):
            replace_cycle(made.connection, table, work.cycle_id, rows, keep=now - known)
        keep_what_was_asked(work, made.connection)
        verdicts = read_cycle(made.connection, store.verdict, work.cycle_id)
        made.content.append(say_what_counts(made.connection, verdicts, arrivals(work)))
        made.mark = mark
        made.last_place = max((one.submission.place for one in arrived), default=0)
    return judged


def say_what_counts(
    connection: Connection, rows: pd.DataFrame, arrived: Sequence[Arrival]
) -> pd.DataFrame:
    """Say anew which of these verdicts count; all of them as they then are, in order of arrival.

    `rows` are columns of the table of verdicts, `arrived` their files. Inside `writing`: what was
    read for it must not change before it is acted on.
    """
    places = {one.submission.submission_id: place for place, one in enumerate(arrived)}
    may_count = {one.submission.submission_id for one in arrived if one.may_count}
    rows = rows.sort_values("submission_id", key=lambda ids: ids.map(places), ignore_index=True)
    settled = which_count(rows, may_count)
    changed = settled["counts"].ne(rows["counts"]) | settled["superseded_by"].fillna("").ne(
        rows["superseded_by"].fillna("")
    )
    write_counts(connection, settled[changed])
    return settled


def judging(work: CycleWork) -> JudgingContext:
    """What a verdict in this cycle depends on besides the file itself.

    A date counts as lying ahead when it comes after the closing day, and after the day on which
    the file came; never after the day of the run, so that the same file gets the same verdict
    whenever it is judged.
    """
    work.framework  # noqa: B018 - is refused where it changed under its answers
    return judging_context(
        work.workspace.configuration,
        work.cycle,
        work.register,
        signing_key(work.workspace.settings),
        today=work.cycle.closes,
    )


def keep_what_was_asked(work: CycleWork, connection: Connection) -> None:
    """Keep the framework's words beside the first answers to them. Inside `writing`."""
    asked = InUse(datetime.now(UTC).replace(tzinfo=None), issued_text(work.framework))
    keep_framework(connection, work.cycle_id, work.framework.name_and_version, asked)
