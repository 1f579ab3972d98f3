"""Which sheet of a workbook is which sheet of the layout, and where its headings stand.

Sheets are known by their headings and references, so they may be renamed, moved, hidden, or have
rows and columns put in. Only the standard library is used here, because the sandboxed worker
loads this module.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from remi.intake.locating.typed import as_seen, plain
from remi.intake.reading.cells import Cell, SheetCells, WorkbookCells

SheetPlan = dict[str, Any]

_SHORT = 15
"""References are at least looked for in texts of so many characters, spaces around them too."""


class Match(NamedTuple):
    """One sheet of the layout as it was found. `headings`: heading -> columns, left to right."""

    plan: SheetPlan
    sheet: SheetCells
    header_row: int
    headings: dict[str, list[int]]
    score: float


class Matched(NamedTuple):
    """Every sheet that was found, and sheets that look like one that was already found."""

    kind: str | None
    matches: list[Match]
    copies: list[tuple[Match, Match]]


def match_sheets(
    workbook: WorkbookCells, plan: dict[str, Any], named: str | None = None
) -> Matched:
    """The kind whose sheets are found best, with its sheets in the order of the layout.

    The kind that the workbook is `named` by its code is taken wherever one of its questions is
    found: two versions of a maturity model may ask the same.
    """
    sheets_of = plan["kinds"]
    wanted = {heading for kind in sheets_of.values() for s in kind for heading in s["headings"]}
    longest = max(s["longest_row"] for kind in sheets_of.values() for s in kind)
    rows = [_rows_with_headings(sheet, wanted) for sheet in workbook.sheets]
    texts = [_short_texts(sheet, max(longest, _SHORT)) for sheet in workbook.sheets]
    best = Matched(None, [], [])
    best_score = 0.0
    for kind, sheets in sheets_of.items():
        found = _assign(workbook, rows, texts, sheets)
        if kind == named and any(m.plan["kind"] == "grid" and m.headings for m in found[0]):
            return Matched(kind, *found)
        score = sum(match.score for match in found[0])
        if score > best_score:
            best, best_score = Matched(kind, *found), score
    return best


def _rows_with_headings(sheet: SheetCells, wanted: set[str]) -> dict[int, dict[str, list[int]]]:
    longest = max(map(len, wanted))
    rows: dict[int, dict[str, list[int]]] = {}

    def is_heading(cell: Cell) -> bool:
        short = cell.kind == "text" and len(cell.value) <= longest + 8
        return short and plain(cell.value) in wanted

    for cell in sheet.cells.holding(is_heading):
        rows.setdefault(cell.row, {}).setdefault(plain(cell.value), []).append(cell.column)
    return rows


def _assign(
    workbook: WorkbookCells,
    rows: list[dict[int, dict[str, list[int]]]],
    texts: list[set[str]],
    sheets: list[SheetPlan],
) -> tuple[list[Match], list[tuple[Match, Match]]]:
    """Best pairs first; a second sheet that could stand in for one already taken is a copy."""
    candidates = [
        (match.score, -position, -place, match)
        for place, sheet in enumerate(workbook.sheets)
        for position, plan in enumerate(sheets)
        if (match := _match(sheet, rows[place], texts[place], plan)) is not None
    ]
    candidates.sort(key=lambda candidate: candidate[:3], reverse=True)
    by_plan: dict[int, Match] = {}
    by_sheet: dict[int, int] = {}
    for _, position, place, match in candidates:
        if position not in by_plan and place not in by_sheet:
            by_plan[position] = match
            by_sheet[place] = position
    copies = [
        (by_plan[position], match)
        for score, position, place, match in candidates
        if place not in by_sheet and score >= 1
    ]
    return [by_plan[position] for position in sorted(by_plan, reverse=True)], copies


def _match(
    sheet: SheetCells, rows: dict[int, dict[str, list[int]]], texts: set[str], plan: SheetPlan
) -> Match | None:
    """How well this sheet fits: its headings, its references, and whether its name is right.

    A sheet that has the name alone still counts, so that its missing headings can be named.
    """
    wanted = plan["headings"].keys()
    header_row, found = 0, 0
    for row, headings in rows.items():
        here = len(wanted & headings.keys())
        if here > found or (here == found and here and row < header_row):
            header_row, found = row, here
    named = plain(sheet.name) == plan["name"]
    share = found / len(wanted)
    headings = {h: columns for h, columns in rows.get(header_row, {}).items() if h in wanted}
    references = 0.0
    if plan["rows"] and found > 1:
        references = len(texts & plan["rows"].keys()) / len(plan["rows"])
    fits = references > 0 if plan["rows"] else share >= 0.5
    if not (fits or named):
        return None
    if found < 2:
        header_row, headings = 0, {}
    return Match(plan, sheet, header_row, headings, share + references + (0.5 if named else 0.0))


def _short_texts(sheet: SheetCells, longest: int) -> set[str]:
    """Every text of the sheet that could be a reference."""
    return {plain(one.value) for one in sheet.cells.contents if len(one.value) <= longest}


def reference_column(match: Match) -> int | None:
    """The column under the reference heading; without it, the one that holds most references."""
    reference = plain_heading_of_reference(match.plan)
    if reference in match.headings:
        return match.headings[reference][0]
    counts: dict[int, int] = {}
    for cell in match.sheet.cells.holding(lambda c: plain(as_seen(c)) in match.plan["rows"]):
        if cell.row > match.header_row:
            counts[cell.column] = counts.get(cell.column, 0) + 1
    return max(counts, key=lambda column: (counts[column], -column)) if counts else None


def plain_heading_of_reference(plan: SheetPlan) -> str:
    """The heading of the sheet's reference column."""
    headings: dict[str, str] = plan["headings"]
    return next(heading for heading, column in headings.items() if column == "ref")
