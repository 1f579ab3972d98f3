"""The workbook that is handed back: regenerated, judged as it will be, and marked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Any

from remi.intake.handback.cells import cells_of
from remi.intake.handback.not_read import add_not_read_sheet
from remi.intake.handback.regenerate import Regenerated, regenerated
from remi.intake.handback.to_fix import SEVERITY_WORDS, ToFix, add_to_fix_sheet
from remi.intake.handback.values import (
    OurTexts,
    PartnerValues,
    Source,
    Stray,
    partner_values,
    strays,
)
from remi.intake.identity import LISTS_SHEET, NOT_READ_SHEET, TO_FIX_SHEET, template_code
from remi.intake.judging.context import JudgingContext
from remi.intake.judging.opened import Reading
from remi.intake.locating.locate import locate
from remi.intake.locating.typed import plain
from remi.intake.reading.cells import column_letters
from remi.intake.reading.sandbox import Sandbox
from remi.intake.template.entries import SheetEntries, row_names
from remi.intake.template.start import START_SHEET
from remi.intake.template.write import Blank, workbook_bytes
from remi.intake.verdict import UNREAD, begin, find_problems, read_files, verdict_on
from schemas.intake import Problem, Received, Verdict
from schemas.workbook import REF, SheetLayout

KEEP = "remi.intake.locating.keep:locate_and_keep"
"""What runs in the sandboxed worker for a workbook that is to be handed back."""

_ADDRESS = re.compile(r"([A-Z]+)([0-9]+)")


@dataclass(frozen=True)
class HandedBack:
    """A marked workbook. `listed` is what its first sheet lists, with the cells of this workbook;
    `not_read` what its sheet of that name lists, with the cells of the partner's file."""

    content: bytes
    listed: tuple[ToFix, ...]
    not_read: tuple[Stray, ...]


def read_and_keep(
    file: Received, context: JudgingContext, sandbox: Sandbox | None = None
) -> tuple[Reading, Verdict]:
    """One file read with every cell of it kept, and its verdict, as `judge` gives it."""
    (reading,) = read_files([file], context, sandbox, KEEP, (LISTS_SHEET, TO_FIX_SHEET))
    find_problems([reading], context)
    return reading, verdict_on(reading)


def annotated(
    reading: Reading, verdict: Verdict, blank: Blank, lines: Sequence[str] = ()
) -> HandedBack:
    """The partner's values in `blank`, with what is wrong listed and marked.

    `reading` is from `read_and_keep`. `lines` open the list. What is listed is what the workbook
    is told when it is sent again as it is; what was only wrong with the partner's file itself,
    and is put right by making it anew, stands below.
    """
    values = partner_values(reading.located, blank.layout.sheets, reading.asked)
    made = regenerated(blank, values)
    not_read = unread_cells(
        reading.located, values, made.texts.with_sheets(wording(reading.context))
    )
    return marked(reading, verdict.problems, blank, values, made, not_read, lines)


def marked(
    reading: Reading,
    problems: Sequence[Problem],
    blank: Blank,
    values: PartnerValues,
    made: Regenerated,
    not_read: tuple[Stray, ...],
    lines: Sequence[str],
) -> HandedBack:
    """The workbook with its two lists, saved. `problems` are those of the partner's file."""
    again = _judged_again(reading, made)
    told = [ToFix(p, _was_at(p, made, values)) for p in again.problems]
    listed = sorted(
        [*told, *_only_in_the_file(problems, again.problems)],
        key=lambda one: list(SEVERITY_WORDS).index(one.problem.severity),
    )
    footer = f"{blank.layout.title}  {template_code(blank.identity)}"
    add_not_read_sheet(made.workbook, not_read, footer)
    add_to_fix_sheet(made.workbook, listed, lines, footer)
    return HandedBack(workbook_bytes(made.workbook), tuple(listed), not_read)


def _judged_again(reading: Reading, made: Regenerated) -> Verdict:
    again = Reading(reading.submission_id, reading.context, reading.sent_for)
    begin(again, locate(cells_of(made.workbook, UNREAD), reading.context.plan))
    find_problems([again], reading.context)
    return verdict_on(again)


def _only_in_the_file(before: Sequence[Problem], after: Sequence[Problem]) -> list[ToFix]:
    """Problems of the file that the workbook made anew does not have."""
    left = Counter((p.rule, p.ref, p.seen) for p in after)
    only = []
    for problem in before:
        key = (problem.rule, problem.ref, problem.seen)
        if left[key]:
            left[key] -= 1
        elif not (problem.rule in _PUT_BACK_FROM and left["sheet_put_back", None, None]):
            only.append(ToFix(replace(problem, cell=None), problem.cell))
    return only


_PUT_BACK_FROM = ("sheet_missing", "headings_missing")


def _was_at(problem: Problem, made: Regenerated, values: PartnerValues) -> str | None:
    """The same cell in the partner's file, where it has another address or sheet there."""
    sheet = next((s for s in made.layout.sheets if s.name == problem.sheet), None)
    at = _ADDRESS.fullmatch(problem.cell or "")
    if sheet is None or at is None or sheet.id not in values.sources:
        return None
    source, entries = values.sources[sheet.id], values.entries[sheet.id]
    row = _row_in_source(int(at[2]) - made.headers[sheet.id], sheet, entries, source)
    column = _column_in_source(at[1], sheet, source)
    if row is None or column is None:
        return None
    cell = f"{column_letters(column)}{row}"
    if source.sheet != problem.sheet:
        return f"{source.sheet}, {cell}"
    return cell if cell != problem.cell else None


def _row_in_source(
    below: int, sheet: SheetLayout, entries: SheetEntries, source: Source
) -> int | None:
    if below == 0:
        return source.header_row
    names = row_names(sheet, entries)
    if 0 < below <= len(names):
        return source.rows.get(names[below - 1])
    more = below - len(names) - 1
    return source.more_rows[more] if 0 <= more < len(source.more_rows) else None


def _column_in_source(letters: str, sheet: SheetLayout, source: Source) -> int | None:
    places = {column_letters(n): c.id for n, c in enumerate(sheet.columns, start=1)}
    column_id = places.get(letters)
    return (
        None
        if column_id is None
        else source.columns.get(column_id, 1 if column_id == REF else None)
    )


def unread_cells(
    located: Mapping[str, Any], values: PartnerValues, ours: OurTexts
) -> tuple[Stray, ...]:
    """What was listed in an earlier workbook of ours stays listed; then what this file has."""
    kept = dict(located["kept"])
    before = _listed_before(kept.pop(NOT_READ_SHEET, []))
    rest = {**located, "kept": list(kept.items())}
    new = strays(rest, values.used | _start(kept.get(START_SHEET, []), ours.start), ours)
    return tuple(dict.fromkeys([*before, *new]))


def _listed_before(cells: list[list[Any]]) -> list[Stray]:
    """The lines of a list of ours: the rows with three texts, without their headings."""
    rows: dict[int, dict[int, str]] = {}
    for row, column, _, value, _ in cells:
        rows.setdefault(row, {})[column] = value
    lines = [
        Stray(*(rows[row][n] for n in (1, 2, 3))) for row in sorted(rows) if len(rows[row]) == 3
    ]
    return lines[1:]


def _start(cells: list[list[Any]], ours: Set[str]) -> set[tuple[str, int, int]]:
    """Cells of the Start sheet that stand beside a name of ours, such as that of the round."""
    named = {cell[0] for cell in cells if cell[1] == 1 and plain(cell[3]) in ours}
    return {(START_SHEET, row, column) for row in named for column in (1, 2)}


def wording(context: JudgingContext) -> set[str]:
    """Everything that any workbook of the round shows beside its questions."""
    return {
        plain(text)
        for layout in context.layouts.values()
        for sheet in layout.sheets
        for row in sheet.rows
        for text in (row.ref, *row.texts.values())
    }
