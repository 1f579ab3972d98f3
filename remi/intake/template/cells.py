"""Writing cells: always as text, never as a formula, in a named style."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from copy import copy
from typing import cast
from weakref import WeakKeyDictionary

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.comments import Comment
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.table import Table, TableColumn
from openpyxl.worksheet.worksheet import Worksheet

from remi.intake.template import look as look
from remi.intake.template.text_size import wrapped

_AUTHOR = "REMI"
_NOTE_WIDTH, _NOTE_HEIGHT = 320, 160
_TALLEST_ROW = 409.0  # the most that spreadsheet programs take

# Characters that a file cannot hold, a carriage return, which would come back as a line break, and
# what would be taken for such a character once it is written.
_TO_ESCAPE = re.compile(
    "[\\x00-\\x08\\x0b-\\x1f\\ud800-\\udfff\\ufffe\\uffff]|_(?=x[0-9A-Fa-f]{4}_)"
)


def put(sheet: Worksheet, row: int, column: int, text: str | None, style: str) -> Cell:
    """Write `text` as text, whatever it begins with; None leaves the cell empty but styled."""
    cell = cast(Cell, sheet.cell(row, column))
    if text:
        put_text(cell, text)
    # Assigning a style by name looks all of them up again for every cell.
    cell._style = copy(_style(cast(Workbook, sheet.parent), style))  # type: ignore[attr-defined]
    return cell


def _style(workbook: Workbook, name: str) -> StyleArray:
    known = _styles.setdefault(workbook, {})
    if name not in known:
        known[name] = workbook._named_styles[name].as_tuple()  # type: ignore[attr-defined]
    return known[name]


_styles: WeakKeyDictionary[Workbook, dict[str, StyleArray]] = WeakKeyDictionary()


def put_text(cell: Cell, text: str) -> None:
    """Write any text as text: it is read back as it was given."""
    cell.value = _TO_ESCAPE.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
    cell.data_type = "s"


def put_note(cell: Cell, text: str) -> None:
    """Put a remark on a cell."""
    words = ILLEGAL_CHARACTERS_RE.sub("", text).replace("\r", " ")
    cell.comment = Comment(words, _AUTHOR, height=_NOTE_HEIGHT, width=_NOTE_WIDTH)


def put_page_head(sheet: Worksheet, title: str, lines: Sequence[str], width: float) -> int:
    """Write the title and the explanations from A1 down; the number of the row that follows.

    Each line stands in a cell of its own and runs over the empty cells beside it, so that no
    cells need to be merged.
    """
    put(sheet, 1, 1, title, look.TITLE)
    sheet.row_dimensions[1].height = 30
    texts = [part for line in lines for part in wrapped(line, width, look.BODY_SIZE)]
    for row, text in enumerate(texts, start=2):
        put(sheet, row, 1, text, look.EXPLANATION)
        sheet.row_dimensions[row].height = 16
    return len(texts) + 2


def set_row_height(sheet: Worksheet, row: int, heights: Iterable[float]) -> None:
    """Make a row as tall as its tallest cell needs."""
    sheet.row_dimensions[row].height = min(max(heights, default=0.0), _TALLEST_ROW)


def add_table(sheet: Worksheet, name: str, header_row: int, last_row: int) -> None:
    """Mark the cells as a table, so that a screen reader says which heading a cell is under."""
    headings = [cell.value for cell in sheet[header_row]]
    last = get_column_letter(len(headings))
    sheet.add_table(
        Table(
            displayName=name,
            ref=f"A{header_row}:{last}{last_row}",
            tableColumns=[
                TableColumn(id=number, name=str(heading))
                for number, heading in enumerate(headings, start=1)
            ],
        )
    )


def put_cursor(sheet: Worksheet, cell: str) -> None:
    """Let typing begin at `cell`; a sheet with frozen columns keeps a cursor in each part."""
    for selection in sheet.sheet_view.selection:
        selection.activeCell = cell
        selection.sqref = cell
