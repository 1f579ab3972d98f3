"""The one way in: files to a verdict, for every door alike. A single file is a batch of one."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Sequence, Set
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

import pandas as pd

from remi.intake.counting import which_count
from remi.intake.identity import LISTS_SHEET, NOT_READ_SHEET, TO_FIX_SHEET
from remi.intake.judging.alike import find_alike
from remi.intake.judging.context import JudgingContext
from remi.intake.judging.faults import find_faults
from remi.intake.judging.frames import Kept, answer_frame, kept_values, value_frame, value_frames
from remi.intake.judging.model_answers import model_answer_frame
from remi.intake.judging.model_rules import find_in_model_answers, find_no_answer
from remi.intake.judging.opened import Reading
from remi.intake.judging.problems import Finding, problems_of
from remi.intake.judging.record_rules import find_in_records, resolve_attendance
from remi.intake.judging.rules import find_empty, find_in_answers, find_in_values
from remi.intake.judging.structure import find_structural
from remi.intake.judging.whose import decide_whose
from remi.intake.reading.preflight import Refusal
from remi.intake.reading.sandbox import Sandbox
from schemas import assessment, model_answers
from schemas.intake import Outcome, Received, Verdict
from schemas.store import problem as problem_table
from schemas.store import verdict as verdict_table

LOCATE = "remi.intake.locating.locate:locate"
"""What runs in the sandboxed worker, on the partner's bytes."""

UNREAD = (LISTS_SHEET, TO_FIX_SHEET, NOT_READ_SHEET)
"""Sheets that only help to fill in the others: nothing is answered there."""

TOGETHER = 50
"""Workbooks of a batch that one process may read: a process for each took two thirds more time."""


@dataclass(frozen=True)
class Judged:
    """A judged batch. The frames have the columns of the tables of `schemas.store`.

    `model_answers` has those of `schemas.model_answers`, for `remi.scoring.model`. These,
    `answers` and `kept`, from which `record_values` are made, hold every file whose organisation
    is known, accepted or not; `verdicts.counts` says which of an organisation's files counts.
    `by_submission` holds what each file is told whichever others it came with; `problems` and the
    counts in `verdicts` also hold what only shows when files are compared.
    """

    answers: pd.DataFrame
    model_answers: pd.DataFrame
    kept: list[Kept]
    problems: pd.DataFrame
    verdicts: pd.DataFrame
    by_submission: dict[str, Verdict]

    @property
    def record_values(self) -> pd.DataFrame:
        """The whole `record_value` table."""
        return value_frame(self.kept)

    def record_value_parts(self) -> Iterator[pd.DataFrame]:
        """The same, in frames that are small: the table of a batch may be large."""
        return value_frames(self.kept)

    def verdict_of(self, submission_id: str) -> Verdict:
        """What was decided about one file. Raises KeyError for a file that was not in the batch."""
        return self.by_submission[submission_id]


@contextmanager
def _all_kept() -> Iterator[None]:
    # Everything made for a batch lasts as long as the batch: to look through it again and again
    # for what can be thrown away took a third of the host's time.
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


@_all_kept()
def judge(
    files: Iterable[Received], context: JudgingContext, sandbox: Sandbox | None = None
) -> Judged:
    """Read and judge files, in the order in which they arrived.

    A door that judges often keeps a `sandbox` open and passes it; otherwise one is made. Raises
    JudgingError or SandboxError when a fault of ours keeps the batch from being judged.
    """
    readings = read_files(files, context, sandbox)
    filled = find_problems(readings, context)
    alone = {reading.submission_id: verdict_on(reading) for reading in readings}
    find_alike(filled)
    return _judged(readings, context, alone)


def read_files(
    files: Iterable[Received],
    context: JudgingContext,
    sandbox: Sandbox | None,
    function: str = LOCATE,
    unread: Sequence[str] = UNREAD,
) -> list[Reading]:
    """Each file as `function` read it in the sandbox, with what it is and whose."""
    readings: list[Reading] = []

    def contents() -> Iterator[bytes]:
        # Files are drawn as they are read, so that a whole round need not fit in memory.
        for file in files:
            readings.append(
                Reading(
                    file.submission_id,
                    context,
                    file.sent_for,
                    may_count=file.may_count,
                    arrived_on=file.arrived_on,
                )
            )
            yield file.content

    with nullcontext(sandbox) if sandbox else Sandbox(files_per_process=TOGETHER) as pool:
        for place, located in enumerate(pool.map(function, contents(), context.plan, unread)):
            begin(readings[place], located)
    return readings


def begin(reading: Reading, located: dict[str, Any] | Refusal) -> None:
    """Take in what the worker answered, and decide what the file is and whose."""
    if isinstance(located, Refusal):
        reading.findings.append(Finding(located.rule, facts=located.details))
        reading.unusable = reading.stopped = True
    else:
        reading.take(located)
        decide_whose(reading)


def find_problems(readings: Sequence[Reading], context: JudgingContext) -> list[Reading]:
    """Find everything that each file shows by itself; gives those that are filled in."""
    going_on = [reading for reading in readings if not reading.stopped]
    for reading in going_on:
        find_structural(reading)
        find_faults(reading)
        resolve_attendance(reading, context)
    filled = [
        reading
        for reading in going_on
        if not (find_no_answer(reading) if reading.model else find_empty(reading))
    ]
    find_in_answers(filled, context)
    find_in_model_answers(filled)
    find_in_values(going_on, context)
    find_in_records(filled, context)
    return filled


def _judged(
    readings: Sequence[Reading], context: JudgingContext, alone: dict[str, Verdict]
) -> Judged:
    verdicts = {r.submission_id: verdict_on(r) for r in readings}
    answers = answer_frame(readings)
    if not answers.empty:
        assessment.answers(context.framework).validate(answers)
    return Judged(
        answers=answers,
        model_answers=_model_answers(readings, context),
        kept=kept_values(readings),
        problems=_problem_frame(verdicts.values()),
        verdicts=_verdict_frame(
            verdicts.values(), {r.submission_id for r in readings if r.may_count}
        ),
        by_submission=alone,
    )


def _model_answers(readings: Sequence[Reading], context: JudgingContext) -> pd.DataFrame:
    frame = model_answer_frame(readings)
    for name, model in context.models.items():
        of_model = frame[frame["model_version"] == name]
        if not of_model.empty:
            model_answers.answers(model).validate(of_model)
    return frame


def verdict_on(reading: Reading) -> Verdict:
    """What is decided from everything that was found so far."""
    sheets = [reading.name(s.id) for s in reading.layouts()]
    problems = problems_of(reading.findings, reading.context.messages, sheets)
    outcome: Outcome = "accepted"
    if any(problem.severity == "must_fix" for problem in problems):
        outcome = "needs_changes"
    asks = reading.model or reading.context.framework
    judged_by_it = reading.model is not None or reading.kind == "assessment"
    layout = reading.context.layouts.get(reading.kind)
    return Verdict(
        submission_id=reading.submission_id,
        cycle=reading.context.cycle.id,
        outcome="unusable" if reading.unusable else outcome,
        kind=layout.kind if layout else "unknown",
        organisation_id=reading.organisation.id if reading.organisation else None,
        framework_version=asks.name_and_version if judged_by_it and not reading.stopped else None,
        cells_read=reading.cells_read(),
        problems=problems,
    )


def _problem_frame(verdicts: Iterable[Verdict]) -> pd.DataFrame:
    rows = [
        (
            *(verdict.cycle, verdict.submission_id, number, problem.rule, problem.severity),
            *(problem.sheet, problem.cell, problem.seen, problem.ref, problem.wrong, problem.fix),
        )
        for verdict in verdicts
        for number, problem in enumerate(verdict.problems, start=1)
    ]
    names = [column.name for column in problem_table.columns]
    return pd.DataFrame(rows, columns=names).astype(dict.fromkeys(names, "str") | {"number": int})


def _verdict_frame(verdicts: Iterable[Verdict], may_count: Set[str]) -> pd.DataFrame:
    rows = list(verdicts)
    severities = [[problem.severity for problem in v.problems] for v in rows]
    frame = pd.DataFrame(
        {
            "cycle": [v.cycle for v in rows],
            "submission_id": [v.submission_id for v in rows],
            "kind": [v.kind for v in rows],
            "organisation_id": [v.organisation_id for v in rows],
            "outcome": [v.outcome for v in rows],
            "counts": False,
            "superseded_by": None,
            "framework_version": [v.framework_version for v in rows],
            "cells_read": [v.cells_read for v in rows],
            "n_must_fix": [s.count("must_fix") for s in severities],
            "n_check": [s.count("check") for s in severities],
            "n_note": [s.count("note") for s in severities],
        }
    )
    numbers = ["cells_read", "n_must_fix", "n_check", "n_note"]
    texts = [name for name in frame.columns if name not in (*numbers, "counts")]
    types = dict.fromkeys(texts, "str") | dict.fromkeys(numbers, "int64") | {"counts": "bool"}
    typed = frame.astype(types)[[column.name for column in verdict_table.columns]]
    return which_count(typed, may_count)
