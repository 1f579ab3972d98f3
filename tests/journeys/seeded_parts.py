"""Faults in the parts of any workbook, each put in by a function that says what is expected.

What a partner does all the time and what is read all the same (`harmless`) expects nothing.
"""

from __future__ import annotations

from datetime import date

from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet
from seeded_drafts import Draft, NoRoom, cell_at

from schemas.workbook import REF

# ---- first: what moves values from cell to cell


def rows_sorted(draft: Draft) -> None:
    """Harmless: rows in another order, as a filter leaves them."""
    sheet_id = draft.take_sheet(_tables(draft), "order")
    rows = [draft.sheets[sheet_id][cell.row] for cell in draft.rows(sheet_id)]
    values = [[cell.value for cell in row] for row in rows]
    draft.rng.shuffle(values)
    for row, moved in zip(rows, values, strict=True):
        for cell, value in zip(row, moved, strict=True):
            cell.value = value


# ---- last: what moves whole rows and columns


def row_inserted(draft: Draft) -> None:
    """Harmless: an empty row between others, or above the headings."""
    sheet_id = draft.take_sheet(_tables(draft), "rows")
    heading = draft.headings[sheet_id, REF].row
    last = draft.rows(sheet_id)[-1].row
    _insert_rows(draft.sheets[sheet_id], draft.rng.choice([1, heading, heading + 1, last]))


def blank_first_column(draft: Draft) -> None:
    """Harmless: everything one column to the right."""
    sheet_id = draft.take_sheet(_tables(draft), "shown")
    draft.sheets[sheet_id].insert_cols(1)


def rows_hidden(draft: Draft) -> None:
    sheet_id = draft.take_sheet(_tables(draft), "shown")
    sheet = draft.sheets[sheet_id]
    for cell in draft.rng.sample(draft.rows(sheet_id), 2):
        sheet.row_dimensions[cell.row].hidden = True
    draft.expect_in("rows_hidden", sheet)


def column_hidden(draft: Draft) -> None:
    sheet_id = draft.take_sheet(_tables(draft), "shown")
    sheet = draft.sheets[sheet_id]
    column = draft.rng.choice([c for s, c in draft.headings if s == sheet_id and c != REF])
    column_layout = next(c for c in draft.of(sheet_id).columns if c.id == column)
    sheet.column_dimensions[draft.headings[sheet_id, column].column_letter].hidden = True
    if not column_layout.criterion_text:
        draft.expect_in("columns_hidden", sheet)


def sheet_hidden(draft: Draft) -> None:
    sheet = draft.sheets[draft.take_sheet(_tables(draft), "shown")]
    sheet.sheet_state = draft.rng.choice(["hidden", "veryHidden"])
    draft.expect_in("sheet_hidden", sheet)


def sheet_renamed(draft: Draft) -> None:
    sheet = draft.sheets[draft.take_sheet(_tables(draft), "name")]
    sheet.title = draft.rng.choice([f"{sheet.title[:20]} DONE", f"Page {len(draft.done) + 1}"])
    draft.expect_in("sheet_renamed", sheet)


def sheet_moved(draft: Draft) -> None:
    """Harmless: the sheets in another order."""
    sheet = draft.sheets[draft.take_sheet(_tables(draft), "name")]
    draft.book.move_sheet(sheet, draft.rng.choice([-2, -1, 1, 2]))


def sheet_deleted(draft: Draft) -> None:
    sheet_id = draft.take_whole_sheet([s for s in _tables(draft) if s not in NEEDED])
    name = draft.of(sheet_id).name
    del draft.book[name]
    draft.expected.append((lambda: (name, None, "sheet_missing"), frozenset()))


def sheet_copied(draft: Draft) -> None:
    sheet = draft.sheets[draft.take_sheet(_tables(draft), "name")]
    draft.book.copy_worksheet(sheet).title = f"{sheet.title[:27]} (2)"
    draft.expect_in("sheet_repeated", sheet)


def heading_overwritten(draft: Draft) -> None:
    sheet_id = draft.take_whole_sheet(draft.grids() or _tables(draft))
    wanted = [c for c in draft.of(sheet_id).columns if not (c.criterion_text or c.id == REF)]
    optional = [c for c in wanted if not c.required and c.id != "taken_from_parent"]
    heading = draft.headings[sheet_id, draft.rng.choice(optional).id]
    heading.value = draft.rng.choice(["Notes", "x", None])
    draft.expect("column_missing", heading)


def column_copied(draft: Draft) -> None:
    sheet_id = draft.take_whole_sheet(_tables(draft))
    sheet = draft.sheets[sheet_id]
    wanted = [c.id for c in draft.of(sheet_id).columns if not (c.criterion_text or c.id == REF)]
    copied, end = draft.headings[sheet_id, draft.rng.choice(wanted)], sheet.max_column + 1
    for row in range(copied.row, sheet.max_row + 1):
        sheet.cell(row, end).value = sheet.cell(row, copied.column).value
    draft.expect("column_repeated", cell_at(sheet, copied.row, end))


def ghost_rows(draft: Draft) -> None:
    """Harmless: rows below that were coloured, or hold nothing but spaces."""
    sheet_id = draft.take_sheet(_tables(draft), "rows")
    sheet, begin = draft.sheets[sheet_id], draft.rows(sheet_id)[-1].row + 3
    fill = PatternFill("solid", fgColor="00FFEE99")
    for row in range(begin, begin + draft.rng.choice([40, 400])):
        sheet.cell(row, draft.headings[sheet_id, REF].column).fill = fill
        sheet.cell(row, draft.rng.randint(2, 8)).value = draft.rng.choice([None, " ", "\u00a0 "])


def beside_the_table(draft: Draft) -> None:
    """Harmless: notes to the right, and on a hidden sheet of the partner's own."""
    sheet_id = draft.take_sheet(_tables(draft), "references")
    sheet, row = draft.sheets[sheet_id], draft.rows(sheet_id)[0].row
    sheet.cell(row, sheet.max_column + 3).value = "Ask Workforce by " + str(date(2025, 10, 1))
    if "Rota" not in draft.book.sheetnames:
        own = draft.book.create_sheet("Rota")
        own["A1"], own["B2"] = "Who does what", "=1/0"
        own.sheet_state = "hidden"


NEEDED = ("events",)
"""Without these a whole other sheet would have to be judged otherwise."""

FIRST = (rows_sorted,)
LAST = (
    row_inserted,
    blank_first_column,
    rows_hidden,
    column_hidden,
    sheet_hidden,
    sheet_renamed,
    sheet_moved,
    sheet_deleted,
    sheet_copied,
    heading_overwritten,
    column_copied,
    ghost_rows,
    beside_the_table,
)


def _tables(draft: Draft) -> list[str]:
    """The sheets with several rows to move: grids, and records that were filled in."""
    found = [s.id for s in draft.layout.sheets if s.kind != "form" and len(draft.rows(s.id)) > 2]
    if not found:
        raise NoRoom
    return found


def _insert_rows(sheet: Worksheet, row: int) -> None:
    hidden = [at for at, one in sheet.row_dimensions.items() if one.hidden and at >= row]
    sheet.insert_rows(row)
    # openpyxl moves cells, and leaves what is hidden where it was.
    for at in sorted(hidden, reverse=True):
        sheet.row_dimensions[at].hidden = False
        sheet.row_dimensions[at + 1].hidden = True
