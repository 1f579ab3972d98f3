"""What a review workbook says when it comes back: read in the same closed-off process as partners'
files, its rows found by their reference and its columns by their headings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from remi.cycle.work import CycleWork
from remi.intake.judging.faults import facts_of
from remi.intake.judging.problems import Finding, problems_of
from remi.intake.judging.values import Values
from remi.intake.locating.plan import reading_plan
from remi.intake.reading.preflight import Refusal
from remi.intake.reading.sandbox import Sandbox
from remi.intake.verdict import LOCATE, UNREAD
from remi.review.deciding import Fault, Place, Wish
from remi.review.workbook import (
    DECISION,
    GRADE,
    MARK,
    REASON,
    SHEET,
    SHEET_NAME,
    ref_of,
    review_layout,
    whose,
)
from schemas.intake import Problem
from schemas.workbook import Row, SheetLayout

RULE = "review"

ANOTHER = "This row belongs to the review of another organisation or round."
TWICE = "This claim stands on two rows. Keep one of them."
NOT_OURS = "This row's reference is none of this review's. Put it back as it was."
TWO_SHEETS = "The review stands on two sheets. Keep one of them."
TWO_COLUMNS = "This heading stands twice. Keep one of the two columns."
NOTHING = "No decision is written in this workbook."
NO_HEADINGS = (
    "The headings of the review were not found. Download a new workbook and copy your decisions "
    "into it."
)


@dataclass(frozen=True)
class ReadReview:
    """What a workbook says: wishes by claim, where each stands, and what cannot be read."""

    wishes: dict[Place, Wish]
    cells: dict[Place, dict[str, str]]
    """Field (as in `Fault`) -> cell."""
    sheet: str
    """The sheet's name as it was sent."""
    problems: tuple[Problem, ...]


def read_review(
    work: CycleWork,
    organisation_id: str,
    organisation_name: str,
    content: bytes,
    sandbox: Sandbox,
) -> ReadReview:
    """What a workbook that came back says. Nothing of it is decided here."""
    refs = {
        ref_of((indicator.id, stage.number)): (indicator.id, stage.number)
        for _, indicator in work.framework.indicators()
        for stage in work.framework.stages
    }
    # Every criterion, so that what is claimed no more is known for what it was.
    layout = review_layout(work, organisation_name, [Row(ref=ref) for ref in refs])
    plan = reading_plan({SHEET: layout})
    found = next(iter(sandbox.map(LOCATE, [content], plan, UNREAD)))
    messages = work.workspace.configuration.messages
    if isinstance(found, Refusal):
        refusal = Finding(found.rule, facts=found.details)
        return ReadReview({}, {}, SHEET_NAME, problems_of([refusal], messages, ()))
    if not found["sheets"] or found["sheets"][0]["missing"]:
        return ReadReview({}, {}, SHEET_NAME, (_problem(NO_HEADINGS),))
    place = found["sheets"][0]
    name, columns = place["name"], place["columns"]
    cells = {
        refs[ref]: {
            field: f"{columns[column]}{row}"
            for field, column in (
                ("decision", DECISION),
                ("grade", GRADE),
                ("reason", REASON),
                ("version", DECISION),
            )
        }
        for ref, row in place["rows"].items()
    }
    values = {
        (value.record, value.column_id): value.said.text
        for value in Values.of(found["values"])
        if value.said.text is not None
    }
    problems = list(problems_of(_findings(found, layout.sheets[0], name), messages, [name]))
    letter, header = columns[DECISION], place["header_row"]
    problems += [_problem(TWO_SHEETS, copy) for _, _, copy in found["copies"]]
    problems += [
        _problem(TWO_COLUMNS, name, f"{second}{header}") for _, _, second in place["repeated"]
    ]
    problems += [_problem(TWICE, name, f"{letter}{row}") for _, row in place["doubles"]]
    problems += [
        _problem(NOT_OURS, name, f"{columns['ref']}{row}") for _, row, _ in place["strangers"]
    ]
    ours = whose(work, organisation_id)
    wishes = {}
    for ref in place["rows"]:
        decision = values.get((ref, DECISION), "")
        written = values.get((ref, MARK), "")
        if decision and written.rpartition(" ")[0] != ours:
            problems.append(_problem(ANOTHER, name, f"{letter}{place['rows'][ref]}"))
            continue
        wishes[refs[ref]] = Wish(
            decision,
            values.get((ref, GRADE), ""),
            values.get((ref, REASON), ""),
            written.rpartition(" ")[2],
        )
    if not problems and not any(wish.decision for wish in wishes.values()):
        problems.append(_problem(NOTHING))
    return ReadReview(wishes, cells, name, tuple(problems))


def problems_with(read: ReadReview, faults: Iterable[Fault]) -> list[Problem]:
    """What cannot be read, and what is wrong with the wishes besides: one problem a cell."""
    told = {problem.cell for problem in read.problems}
    wrong = (problem_of(fault, read) for fault in faults)
    return [*read.problems, *(problem for problem in wrong if problem.cell not in told)]


def problem_of(fault: Fault, read: ReadReview) -> Problem:
    """A fault with the cell that it is about."""
    return _problem(f"{fault.text}.", read.sheet, read.cells[fault.place][fault.field])


def _findings(found: dict[str, Any], sheet: SheetLayout, name: str) -> Iterator[Finding]:
    """Cells that could not be read, with what they may hold."""
    columns = {column.id: column for column in sheet.columns}
    for _, cell, ref, rule, facts, seen, column_id in found["faults"]:
        told = facts_of(rule, facts, seen, columns[column_id], sheet)
        yield Finding(rule, name, cell, ref, seen or None, told)


def _problem(text: str, sheet: str | None = None, cell: str | None = None) -> Problem:
    return Problem(rule=RULE, severity="must_fix", wrong=text, fix="", sheet=sheet, cell=cell)
