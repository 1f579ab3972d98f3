"""The one way in: files to a verdict, for every door alike. A single file is a batch of one."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

import pandas as pd

from remi.intake.identity import LISTS_SHEET
from remi.intake.judging.alike import find_alike
from remi.intake.judging.context import JudgingContext
from remi.intake.judging.faults import find_faults
from remi.intake.judging.frames import answer_frame, value_frame
from remi.intake.judging.opened import Reading
from remi.intake.judging.problems import Finding, problems_of
from remi.intake.judging.record_rules import find_in_records, resolve_attendance
from remi.intake.judging.rules import find_empty, find_in_answers, find_in_values
from remi.intake.judging.structure import find_structural
from remi.intake.judging.whose import decide_whose
from remi.intake.reading.preflight import Refusal
from remi.intake.reading.sandbox import Sandbox
from schemas import assessment
from schemas.intake import Outcome, Received, Verdict
from schemas.store import problem as problem_table
from schemas.store import verdict as verdict_table

LOCATE = "remi.intake.locating.locate:locate"
"""What runs in the sandboxed worker, on the partner's bytes."""

UNREAD = (LISTS_SHEET,)
"""Sheets that only help to fill in the others: nothing is answered there."""


@dataclass(frozen=True)
class Judged:
    """A judged batch. The frames have the columns of the tables of `schemas.store`.

    `answers` and `record_values` hold every file whose organisation is known, accepted or not;
    `verdicts.counts` says which of an organisation's files counts.
    """

    answers: pd.DataFrame
    record_values: pd.DataFrame
    problems: pd.DataFrame
    verdicts: pd.DataFrame
    by_submission: dict[str, Verdict]

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
    readings: list[Reading] = []

    def contents() -> Iterator[bytes]:
        # Files are drawn as they are read, so that a whole round need not fit in memory.
        for file in files:
            readings.append(Reading(file.submission_id, context))
            yield file.content

    with nullcontext(sandbox) if sandbox else Sandbox() as pool:
        for place, located in enumerate(pool.map(LOCATE, contents(), context.plan, UNREAD)):
            _begin(readings[place], located)
    going_on = [reading for reading in readings if not reading.stopped]
    for reading in going_on:
        find_structural(reading)
        find_faults(reading)
        resolve_attendance(reading, context)
    filled = [reading for reading in going_on if not find_empty(reading)]
    find_in_answers(filled, context)
    find_in_values(going_on, context)
    find_in_records(filled, context)
    find_alike(filled)
    return _judged(readings, context)


def _begin(reading: Reading, located: dict[str, Any] | Refusal) -> None:
    """Take in what the worker answered, and decide what the file is and whose."""
    if isinstance(located, Refusal):
        reading.findings.append(Finding(located.rule, facts=located.details))
        reading.unusable = reading.stopped = True
    else:
        reading.located = located
        decide_whose(reading)


def _judged(readings: Sequence[Reading], context: JudgingContext) -> Judged:
    verdicts = {r.submission_id: _verdict(r) for r in readings}
    answers = answer_frame(readings)
    if not answers.empty:
        assessment.answers(context.framework).validate(answers)
    return Judged(
        answers=answers,
        record_values=value_frame(readings),
        problems=_problem_frame(verdicts.values()),
        verdicts=_verdict_frame(verdicts.values()),
        by_submission=verdicts,
    )


def _verdict(reading: Reading) -> Verdict:
    sheets = [reading.name(s.id) for s in reading.layouts()]
    problems = problems_of(reading.findings, reading.context.messages, sheets)
    outcome: Outcome = "accepted"
    if any(problem.severity == "must_fix" for problem in problems):
        outcome = "needs_changes"
    framework = reading.context.framework
    judged_by_it = reading.kind == "assessment" and not reading.stopped
    return Verdict(
        submission_id=reading.submission_id,
        cycle=reading.context.cycle.id,
        outcome="unusable" if reading.unusable else outcome,
        kind=reading.kind,
        organisation_id=reading.organisation.id if reading.organisation else None,
        framework_version=framework.name_and_version if judged_by_it else None,
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


def _verdict_frame(verdicts: Iterable[Verdict]) -> pd.DataFrame:
    """The last accepted file of an organisation and kind counts; it supersedes those before it."""
    rows = list(verdicts)
    last: dict[tuple[str | None, str], str] = {
        (v.organisation_id, v.kind): v.submission_id for v in rows if v.outcome == "accepted"
    }
    severities = [[problem.severity for problem in v.problems] for v in rows]
    newest = [last[v.organisation_id, v.kind] if v.outcome == "accepted" else None for v in rows]
    counts = [new == v.submission_id for v, new in zip(rows, newest, strict=True)]
    frame = pd.DataFrame(
        {
            "cycle": [v.cycle for v in rows],
            "submission_id": [v.submission_id for v in rows],
            "kind": [v.kind for v in rows],
            "organisation_id": [v.organisation_id for v in rows],
            "outcome": [v.outcome for v in rows],
            "counts": counts,
            "superseded_by": [
                None if new is None or it_counts else new
                for new, it_counts in zip(newest, counts, strict=True)
            ],
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
    return frame.astype(types)[[column.name for column in verdict_table.columns]]
