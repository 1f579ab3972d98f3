"""Whether the workbook still has its parts: sheets, headings and references, each once.

Whatever is hidden, sorted, moved or renamed is read all the same and only noted. A part that is
gone is named once, with the cell where it belongs; nothing is said of the answers it held.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from remi.intake.judging.opened import Reading
from remi.intake.judging.words import Fact, Phrase, kinds_in_words, listed, rows_in_a_row
from remi.intake.locating.typed import PERSONAL, plain
from remi.intake.reading.cells import column_letters
from schemas.workbook import ANSWER, REF, SheetLayout


def find_structural(reading: Reading) -> None:
    """Everything about the workbook's parts, as findings of the reading."""
    located = reading.located
    for flag, rule in (
        ("strict", "saved_as_strict"),
        ("macros", "macros_ignored"),
        ("links", "links_ignored"),
    ):
        if located[flag]:
            reading.find(rule)
    put_back = dict(located["put_back"])
    for sheet_id, kept, other in located["copies"]:
        if sheet_id in reading.sheets:
            reading.find("sheet_repeated", sheet_id, kept=kept, other=other)
    for sheet in reading.context.layouts[reading.kind].sheets:
        if sheet.kind == "grid" and not reading.asked[sheet.id]:
            continue
        found = reading.sheets.get(sheet.id)
        if sheet.id in put_back:
            reading.find("sheet_put_back", sheet.id, put_back[sheet.id])
        elif found is None:
            reading.find("sheet_missing", sheet.id)
        elif not found["header_row"]:
            reading.find("headings_missing", sheet.id)
        else:
            _find_in_sheet(reading, sheet, found)


def _find_in_sheet(reading: Reading, sheet: SheetLayout, found: dict[str, Any]) -> None:
    if found["renamed"]:
        reading.find("sheet_renamed", sheet.id, name=sheet.name)
    if found["hidden"]:
        reading.find("sheet_hidden", sheet.id)
    if found["hidden_rows"]:
        reading.find("rows_hidden", sheet.id, rows=rows_in_a_row(found["hidden_rows"]))
    if found["hidden_columns"]:
        reading.find("columns_hidden", sheet.id, columns=listed(found["hidden_columns"]))
    for column_id, first, second in found["repeated"]:
        heading = reading.column(sheet.id, column_id).heading
        cell = f"{second}{found['header_row']}"
        first_cell = f"{first}{found['header_row']}"
        reading.find("column_repeated", sheet.id, cell, heading=heading, first=first_cell)
    is_department = reading.organisation is not None and reading.organisation.is_department
    for column_id in found["missing"]:
        if column_id not in reading.context.department_columns or is_department:
            heading = reading.column(sheet.id, column_id).heading
            cell = place_of_column(sheet, found, column_id)
            reading.find("column_missing", sheet.id, cell, heading=heading)
    if sheet.kind == "records":
        _find_too_few(reading, sheet, found)
    else:
        _find_references(reading, sheet, found)
        _find_wording(reading, sheet, found)


def place_of_column(sheet: SheetLayout, found: dict[str, Any], column_id: str) -> str:
    """The heading cell just right of the column that comes before."""
    before = 0
    for column in sheet.columns:
        if column.id == column_id:
            break
        if column.criterion_text and column.id != REF:
            before += 1 if before else 0
        elif column.id in found["columns"]:
            before = _column_number(found["columns"][column.id])
        else:
            before += 1
    return f"{column_letters(before + 1)}{found['header_row']}"


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _find_references(reading: Reading, sheet: SheetLayout, found: dict[str, Any]) -> None:
    """References that are gone, wrong or there twice.

    A row whose reference is wrong or repeated is taken to be one of those that are missing, so
    that one slip is named once, where it is.
    """
    rows: dict[str, int] = found["rows"]
    refs = [row.ref for row in sheet.rows]
    expected = reading.asked[sheet.id] if sheet.kind == "grid" else refs
    letter = found["columns"].get(REF, "A")
    odd, missing = odd_rows(found, expected)
    personal = {row: kinds for _, row, kinds in found["strangers"] if kinds}
    taken_over: list[int] = []
    for row, kind, written, ref in odd:
        cell = f"{letter}{row}"
        belongs: Fact = Phrase("row_should_be", {"ref": ref}) if ref else ""
        if kind == "double":
            first = f"{letter}{rows[written]}"
            facts: dict[str, Fact] = {"first": first, "suggestion": belongs}
            reading.find("reference_duplicated", sheet.id, cell, written, written, **facts)
        elif row in personal:
            reading.find(PERSONAL, sheet.id, cell, kinds=kinds_in_words(personal[row]))
        elif written:
            close: Fact = Phrase("did_you_mean", {"meant": ref}) if ref else ""
            reading.find("reference_unknown", sheet.id, cell, None, written, suggestion=close)
        elif ref:
            reading.find("reference_missing", sheet.id, cell, ref)
        else:
            taken_over.append(row)
    beside = {other for _, _, other in found["moved"]}
    for ref in missing:
        if ref in beside:
            continue  # its text was found; the reference beside that is named
        cell = f"{letter}{_row_where_it_belongs(ref, refs, expected, found)}"
        reading.find("reference_missing", sheet.id, cell, ref)
    if taken_over:
        reading.find("rows_ignored", sheet.id, rows=rows_in_a_row(taken_over))
    outside = [ref for ref in refs if ref in rows and ref not in expected]
    answered = {
        answer[1]
        for answer in reading.located["answers"]
        if answer[0] == sheet.id and answer[3].strip("-?")
    }
    answered |= reading.values.by_record(sheet.id, ANSWER).keys()
    if not_asked := [ref for ref in outside if ref in answered]:
        reading.find("row_not_asked", sheet.id, refs=listed(not_asked))


def _find_wording(reading: Reading, sheet: SheetLayout, found: dict[str, Any]) -> None:
    """Text beside a reference that is not the text that was issued under it."""
    letter = found["columns"].get(REF, "A")
    asked = set(reading.asked[sheet.id]) if sheet.kind == "grid" else set(found["rows"])
    for written, row, other in found["moved"]:
        if written in asked or other in asked:
            reading.find(
                "reference_beside_other_text", sheet.id, f"{letter}{row}", written, beside=other
            )
    by_row: dict[tuple[str, int], list[str]] = {}
    for ref, row, letters, _ in found["reworded"]:
        if ref in asked:
            by_row.setdefault((ref, row), []).append(f"{letters}{row}")
    for (ref, _), cells in by_row.items():
        reading.find("wording_differs", sheet.id, cells[0], ref, cells=listed(cells))


def odd_rows(
    found: dict[str, Any], expected: Iterable[str]
) -> tuple[list[tuple[int, str, str, str | None]], list[str]]:
    """Rows whose reference is not ours (“stranger”) or stands further up already (“double”).

    Each is (row, which of these, what is written, the missing reference that it is taken to be),
    from the top; then the references that are still missing.
    """
    missing = [ref for ref in expected if ref not in found["rows"]]
    oddities = sorted(
        [(row, "double", ref) for ref, row in found["doubles"]]
        + [(row, "stranger", text) for text, row, _ in found["strangers"]]
    )
    odd = []
    for row, kind, written in oddities:
        ref = _most_like(written, missing) if missing else None
        odd.append((row, kind, written, ref))
        if ref:
            missing.remove(ref)
    return odd, missing


def _most_like(written: str, missing: list[str]) -> str:
    """The missing reference that looks most like what is written; else the first."""
    by_plain = {plain(ref): ref for ref in missing}
    found = get_close_matches(plain(written), by_plain, n=1, cutoff=0.6)
    return by_plain[found[0]] if found and found[0][:1] == plain(written)[:1] else missing[0]


def _row_where_it_belongs(
    ref: str, refs: list[str], expected: list[str], found: dict[str, Any]
) -> int:
    """Below the nearest row before it that is still there, and below the missing ones between."""
    rows: dict[str, int] = found["rows"]
    row = int(found["header_row"])
    for earlier in refs[: refs.index(ref)]:
        if earlier in rows:
            row = rows[earlier]
        elif earlier in expected:
            row += 1
    return row + 1


def _find_too_few(reading: Reading, sheet: SheetLayout, found: dict[str, Any]) -> None:
    if len(found["rows"]) < sheet.at_least and not found["missing"]:
        first = next(c.id for c in sheet.columns if c.required)
        cell = f"{found['columns'][first]}{found['header_row'] + 1}"
        name = sheet.record_name
        reading.find("action_point_missing", sheet.id, cell, at_least=sheet.at_least, record=name)
