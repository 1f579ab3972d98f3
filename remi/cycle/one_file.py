"""One file at a time, sent by somebody who is known: keep it, judge it at once, sign it off.

The same functions as for a whole cycle, on one file; the next run of the pipeline judges it again
among all others and comes to the same verdict.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from remi.cycle.arrivals import arrivals_of, received
from remi.cycle.judging import judging, keep_what_was_asked, say_what_counts
from remi.cycle.work import CycleWork
from remi.intake.judging.context import JudgingContext
from remi.intake.reading.sandbox import Sandbox
from remi.intake.verdict import Judged, judge
from remi.store import verdicts
from remi.store.database import writing
from remi.store.deliveries import Delivered, Sender, SignOff, deliver, recover, sign
from remi.store.frames import read_cycle, replace_cycle
from schemas import store
from schemas.intake import Verdict


def take_in(
    work: CycleWork, sender: Sender, file_name: str, content: bytes, now: datetime
) -> Delivered:
    """Keep a file byte for byte, with who sent it. `now` is UTC without its zone."""
    workspace = work.workspace
    return deliver(
        workspace.engine, workspace.objects, work.cycle_id, sender, file_name, content, now
    )


def recover_deliveries(work: CycleWork, now: datetime) -> int:
    """Finish what a process that was killed had begun to keep; how many files came of it."""
    return len(recover(work.workspace.engine, work.workspace.objects, now))


def verdict_of(
    work: CycleWork,
    submission_id: str,
    sandbox: Sandbox | None = None,
    context: JudgingContext | None = None,
) -> Verdict:
    """What was decided about this file; it is judged now where that was not done, or was lost."""
    known = verdicts.stored_verdict(work.workspace.engine, submission_id)
    return known or judge_submission(work, submission_id, sandbox, context).verdict_of(
        submission_id
    )


def judge_submission(
    work: CycleWork,
    submission_id: str,
    sandbox: Sandbox | None = None,
    context: JudgingContext | None = None,
) -> Judged:
    """Judge one file and store what was found. A door that judges often passes its `sandbox` and
    `context`. Raises KeyError for a file that was not received in this cycle."""
    files = list(received(work, arrivals_of(work, [submission_id])))
    if not files:
        raise KeyError(submission_id)
    judged = judge(files, context or judging(work), sandbox)
    found = judged.verdict_of(submission_id)
    # At once, so that a process that is killed leaves a whole verdict or none.
    with writing(work.workspace.engine) as connection:
        for table, rows in (
            (store.verdict, judged.verdicts),
            (store.problem, judged.problems),
            (store.answer, judged.answers),
            (store.record_value, judged.record_value_parts()),
        ):
            place = {"submission_id": submission_id}
            replace_cycle(connection, table, work.cycle_id, rows, place)
        keep_what_was_asked(work, connection)
        if found.organisation_id:
            settle(work, connection, found.organisation_id)
    return judged


def sign_off(work: CycleWork, said: SignOff) -> SignOff:
    """Record that the organisation stands by its return, which counts from now on."""
    recorded = sign(work.workspace.engine, said)
    with writing(work.workspace.engine) as connection:
        settle(work, connection, said.organisation_id)
    return recorded


def settle(work: CycleWork, connection: Connection, organisation_id: str) -> None:
    """Say anew which of an organisation's returns count, as the next run of the pipeline will.

    Inside `writing`: what is read here must not change before it is acted on.
    """
    own = {"organisation_id": organisation_id}
    rows = read_cycle(connection, store.verdict, work.cycle_id, own)
    if rows.empty:
        return
    arrived = arrivals_of(work, rows["submission_id"].tolist(), connection)
    say_what_counts(connection, rows, arrived)
