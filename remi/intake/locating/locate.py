"""Find every answer of a workbook by its reference and heading, and type it where it stands.

Runs in the sandboxed worker on a partner's file, so only the standard library is used, and only
plain data leaves: lists of cells, with a cell's text only where it is not what we expect.
"""

from __future__ import annotations

import re
from typing import Any

from remi.intake.identity import LONGEST_CODE, META_SHEET, PUT_BACK, read_template_code
from remi.intake.locating.match import (
    Match,
    match_sheets,
    plain_heading_of_reference,
    reference_column,
)
from remi.intake.locating.packed import Packing
from remi.intake.locating.typed import BLANK, Value, as_seen, plain, without_unseen
from remi.intake.locating.values import personal_kinds, read_value
from remi.intake.locating.wording import Wording, compare_wording
from remi.intake.reading.cells import Cell, SheetCells, WorkbookCells, column_letters

_CODE = re.compile(r"REMI-\S+")
_IDENTITY_LENGTH = 2_000

WITHHELD = "…"
"""What is told of a text that must not be."""

ROW = "row "
"""How a record without a reference is called, with the number of its row."""


def locate(workbook: WorkbookCells, plan: dict[str, Any]) -> dict[str, Any]:
    """The workbook as typed values with their cells; `plan` is from `remi.intake.locating.plan`.

    - `kind`, `code` [sheet, cell, text], `signed` [text, signature]: what it says it is.
    - `sheets`: one for each sheet of the layout that was found (see `_sheet`), with what differs
      in its wording (see `Wording`).
    - `put_back`: [sheet id, cell] of sheets that we put back empty; nothing else is said of them.
    - `answers`: [sheet id, reference, row, one letter a stage, {place of stage: text seen}]; the
      one answer to a question of a maturity model is in `values`, with the column id `answer`.
    - `values`: as `remi.intake.locating.packed` packs them.
    - `faults`: [sheet id, cell, reference, rule, facts, seen, column id].
    """
    code = _visible_code(workbook)
    matched = match_sheets(workbook, plan, _named(code, plan))
    found: dict[str, Any] = {
        "kind": matched.kind,
        "code": code,
        "signed": _signed(workbook),
        "strict": workbook.strict,
        "macros": workbook.has_macros,
        "links": workbook.has_external_links,
        "sheets": [],
        "put_back": [],
        "copies": [
            [kept.plan["id"], kept.sheet.name, copy.sheet.name] for kept, copy in matched.copies
        ],
        "answers": [],
        "values": Packing(),
        "faults": [],
    }
    for match in matched.matches:
        if at := _put_back(match):
            found["put_back"].append([match.plan["id"], at])
            continue
        columns = {
            match.plan["headings"][heading]: places[0] for heading, places in match.headings.items()
        }
        reference = reference_column(match) if match.header_row else None
        if reference is not None:
            columns["ref"] = reference
        if match.plan["kind"] == "records":
            rows = _read_records(match, columns, found)
            strangers: list[list[Any]] = []
            doubles: list[list[Any]] = []
            wording = Wording([], [])
        else:
            rows, strangers, doubles = _rows_by_reference(match, columns)
            read = _read_form if match.plan["kind"] == "form" else _read_grid
            read(match, columns, rows, plan, found)
            wording = compare_wording(match, rows)
        found["sheets"].append(_sheet(match, columns, rows, strangers, doubles) | wording._asdict())
    return found | {"values": found["values"].as_data()}


def _put_back(match: Match) -> str | None:
    """Where the sheet still says that we put it back, if it does."""
    for row in range(1, match.header_row + 1):
        cell = match.sheet.cells.at(row, 1)
        if cell is not None and cell.value.strip() == PUT_BACK:
            return cell.address
    return None


def _sheet(
    match: Match,
    columns: dict[str, int],
    rows: dict[str, int],
    strangers: list[list[Any]],
    doubles: list[list[Any]],
) -> dict[str, Any]:
    """Where a sheet's parts stand.

    `strangers`: [text in the reference column, row, kinds of personal details in it] of filled rows
    whose reference is not ours. Of a text with personal details only `WITHHELD` is told.
    `doubles`: [reference, row] of rows whose reference stood further up already.
    """
    sheet, heading_of_reference = match.sheet, plain_heading_of_reference(match.plan)
    used_columns = set(columns.values())
    return {
        "id": match.plan["id"],
        "name": sheet.name,
        "renamed": plain(sheet.name) != match.plan["name"],
        "hidden": sheet.visibility != "visible",
        "header_row": match.header_row,
        "columns": {name: column_letters(column) for name, column in columns.items()},
        "rows": rows,
        "missing": [
            column
            for heading, column in match.plan["headings"].items()
            if column not in columns and heading != heading_of_reference
        ],
        "repeated": [
            [match.plan["headings"][heading], *(column_letters(place) for place in places[:2])]
            for heading, places in match.headings.items()
            if len(places) > 1
        ],
        "strangers": strangers,
        "doubles": doubles,
        "hidden_rows": sorted(sheet.hidden_rows & set(rows.values())),
        "hidden_columns": [column_letters(c) for c in sorted(sheet.hidden_columns & used_columns)],
    }


def _rows_by_reference(
    match: Match, columns: dict[str, int]
) -> tuple[dict[str, int], list[list[Any]], list[list[Any]]]:
    """Reference -> row, filled rows with another or no reference, and repeated references."""
    reference = columns.get("ref")
    if reference is None:
        return {}, [], []
    answered = {c for name, c in columns.items() if name in match.plan["columns"]}
    references: dict[int, Cell] = {}
    filled: set[int] = set()
    for cell in match.sheet.cells.holding(lambda cell: bool(without_unseen(cell.value))):
        if cell.row <= match.header_row:
            continue
        if cell.column == reference:
            references[cell.row] = cell
        elif cell.column in answered:
            filled.add(cell.row)
    rows: dict[str, int] = {}
    doubles: list[list[Any]] = []
    strangers: list[list[Any]] = []
    for row in sorted(references.keys() | filled):
        own = references.get(row)
        written = as_seen(own) if own else ""
        ref = match.plan["rows"].get(plain(written))
        if ref is None:
            if row in filled:
                kinds = personal_kinds(own) if own else ""
                strangers.append([WITHHELD if kinds else written, row, kinds])
        elif ref in rows:
            doubles.append([ref, row])
        else:
            rows[ref] = row
    return rows, strangers, doubles


def _read_grid(
    match: Match,
    columns: dict[str, int],
    rows: dict[str, int],
    plan: dict[str, Any],
    found: dict[str, Any],
) -> None:
    cells, sheet_id = match.sheet.cells, match.plan["id"]
    codes, questions = plan["answer_codes"], match.plan["questions"]
    stages = [c for c in match.plan["columns"].values() if c["stage"] is not None]
    others = [c for c in match.plan["columns"].values() if c["stage"] is None]
    for ref, row in rows.items():
        letters = []
        seen: dict[str, str] = {}
        for place, column in enumerate(stages):
            number = columns.get(column["id"])
            if number is None:
                letters.append("?")
                continue
            cell = cells.at(row, number)
            if cell is None:
                letters.append("-")
            elif cell.value in column["labels"] and cell.kind == "text":
                letters.append(codes[column["labels"][cell.value]])
            else:
                value = read_value(cell, column)
                if value.state == "blank":
                    letters.append("-")
                    continue
                letters.append("!" if value.text is None else codes[value.text])
                seen[str(place)] = value.seen
                _keep_fault(found, match, (row, number), ref, value, column["id"])
        if stages:
            found["answers"].append([sheet_id, ref, row, "".join(letters), seen])
        for column in others:
            number = columns.get(column["id"])
            if number is not None:
                asked = questions.get(ref, column) if column["id"] == "answer" else column
                _keep(found, match, (row, number), ref, ref, asked)


def _read_form(
    match: Match,
    columns: dict[str, int],
    rows: dict[str, int],
    _: dict[str, Any],
    found: dict[str, Any],
) -> None:
    if "answer" in columns:
        for ref, row in rows.items():
            column = match.plan["questions"][ref]
            _keep(found, match, (row, columns["answer"]), "1", ref, column)


def _read_records(match: Match, columns: dict[str, int], found: dict[str, Any]) -> dict[str, int]:
    """Type every row that holds something, and return record -> row.

    A row with nothing but a reference of the partner's own is not yet a record.
    """
    if not match.header_row:
        return {}
    plan, contents = match.plan, match.sheet.cells.contents
    named = {c: name for name, c in columns.items()}
    asked = [column for name, column in plan["columns"].items() if name in columns]
    known: dict[tuple[str, int], Value] = {}  # many cells of a column hold the same

    def value_of(number: int | None, column: dict[str, Any]) -> Value:
        if number is None:
            return BLANK
        key = (column["id"], number)
        if key not in known:
            known[key] = read_value(contents[number], column)
        return known[key]

    records: dict[str, int] = {}
    for row, held in match.sheet.cells.rows_below(match.header_row):
        filled = {
            named[c] for c, n in held.items() if c in named and without_unseen(contents[n].value)
        }
        if not filled or (filled == {"ref"} and not plan["reference"]["required"]):
            continue
        record, ref = f"{ROW}{row}", None
        if "ref" in columns:
            value = value_of(held.get(columns["ref"]), plan["reference"])
            ref = value.text
            if ref is not None and plan["keyed"]:
                if ref in records:
                    letters = column_letters(columns["ref"])
                    facts = {"first": f"{letters}{records[ref]}"}
                    rule = ("reference_duplicated", facts, value.seen, "ref")
                    found["faults"].append([plan["id"], f"{letters}{row}", ref, *rule])
                elif not ref.casefold().startswith(ROW):
                    # A reference like “row 12” could be taken for another record's place.
                    record = ref
            _keep_value(found, match, (row, columns["ref"]), record, ref, plan["reference"], value)
        records[record] = row
        for column in asked:
            at = row, columns[column["id"]]
            if at[1] in held or column["required"]:
                value = value_of(held.get(at[1]), column)
                _keep_value(found, match, at, record, ref, column, value)
    return records


def _keep(
    found: dict[str, Any],
    match: Match,
    at: tuple[int, int],
    record: str,
    ref: str | None,
    column: dict[str, Any],
) -> None:
    """Type the cell and keep it, unless it is blank and may be."""
    cell = match.sheet.cells.at(*at)
    if cell is not None or column["required"]:
        value = read_value(cell, column) if cell is not None else BLANK
        _keep_value(found, match, at, record, ref, column, value)


def _keep_value(
    found: dict[str, Any],
    match: Match,
    at: tuple[int, int],
    record: str,
    ref: str | None,
    column: dict[str, Any],
    value: Value,
) -> None:
    if value.state == "blank" and not column["required"]:
        return
    where = (match.plan["id"], column["id"], column_letters(at[1]))
    found["values"].add(where, (record, at[0]), value)
    _keep_fault(found, match, at, ref, value, column["id"])


def _keep_fault(
    found: dict[str, Any],
    match: Match,
    at: tuple[int, int],
    ref: str | None,
    value: Value,
    column_id: str,
) -> None:
    if value.fault is not None:
        address = f"{column_letters(at[1])}{at[0]}"
        rule, facts = value.fault
        found["faults"].append([match.plan["id"], address, ref, rule, facts, value.seen, column_id])


def _visible_code(workbook: WorkbookCells) -> list[str] | None:
    """[sheet, cell, code] of the first template code that is written on a sheet."""
    for sheet in workbook.sheets:
        if sheet.name == META_SHEET:
            continue
        for cell in sheet.cells.holding(lambda c: c.kind == "text" and "REMI-" in c.value):
            found = _CODE.search(without_unseen(cell.value))
            if found and len(found[0]) <= LONGEST_CODE:
                return [sheet.name, cell.address, found[0]]
    return None


def _named(code: list[str] | None, plan: dict[str, Any]) -> str | None:
    """The maturity model that the visible code names, if it is one that is collected."""
    identity = read_template_code(code[2]) if code else None
    if identity is None or identity.model_id is None:
        return None
    named: str | None = plan["made_for"].get(f"{identity.model_id} {identity.framework_version}")
    return named


def _signed(workbook: WorkbookCells) -> list[str] | None:
    for sheet in workbook.sheets:
        if sheet.name == META_SHEET:
            texts = [_text(sheet, row) for row in (1, 2)]
            return texts if all(0 < len(text) < _IDENTITY_LENGTH for text in texts) else None
    return None


def _text(sheet: SheetCells, row: int) -> str:
    cell = sheet.cells.at(row, 1)
    return cell.value if cell is not None else ""
