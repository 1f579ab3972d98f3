"""One file at a time, sent by somebody who is known: keep it, judge it at once, sign it off.

The same functions as for a whole cycle, on one file; the next run of the pipeline judges it again
among all others and comes to the same verdict.
"""

from __future__ import annotations

from datetime import datetime

from remi.cycle import CycleWork, arrivals, judging, received
from remi.intake.counting import which_count
from remi.intake.judging.context import JudgingContext
from remi.intake.reading.sandbox import Sandbox
from remi.intake.verdict import Judged, judge
from remi.store import verdicts
from remi.store.deliveries import Delivered, Sender, SignOff, deliver, recover, sign
from remi.store.frames import replace_cycle
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
    arrived = [one for one in arrivals(work) if one.submission.submission_id == submission_id]
    files = list(received(work, arrived))
    if not files:
        raise KeyError(submission_id)
    judged = judge(files, context or judging(work), sandbox)
    for table, frame in (
        (store.verdict, judged.verdicts),
        (store.problem, judged.problems),
        (store.answer, judged.answers),
        (store.record_value, judged.record_values),
    ):
        replace_cycle(
            work.workspace.engine, table, work.cycle_id, frame, {"submission_id": submission_id}
        )
    found = judged.verdict_of(submission_id)
    if found.organisation_id:
        settle(work, found.organisation_id)
    return judged


def sign_off(work: CycleWork, said: SignOff) -> SignOff:
    """Record that the organisation stands by its return, which counts from now on."""
    recorded = sign(work.workspace.engine, said)
    settle(work, said.organisation_id)
    return recorded


def settle(work: CycleWork, organisation_id: str) -> None:
    """Say anew which of an organisation's returns count, as the next run of the pipeline will."""
    rows = work.read(store.verdict, organisation_id=organisation_id)
    if rows.empty:
        return
    arrived = arrivals(work)
    places = {one.submission.submission_id: place for place, one in enumerate(arrived)}
    rows = rows.sort_values("submission_id", key=lambda ids: ids.map(places), ignore_index=True)
    may_count = {one.submission.submission_id for one in arrived if one.may_count}
    verdicts.write_counts(work.workspace.engine, which_count(rows, may_count))
