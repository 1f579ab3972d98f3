"""Clean workbooks, open, so that faults can be put into them, and what is then expected.

A draft remembers cells as openpyxl's own objects, which keep their identity while rows and columns
move, so that an expected address is that of the cell where it stands at the end.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from io import BytesIO

from clean_books import clean, layout_of
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from remi.demo.partners import Partner, partner
from schemas.workbook import REF, SheetLayout, WorkbookLayout

Place = tuple[str, str | None, str]
"""Sheet (or "" for the whole file), cell and rule of one message."""


PARTS = ("order", "references", "shown", "name", "rows")
"""What of a sheet only one fault at a time may change."""


class NoRoom(Exception):  # noqa: N818 - another fault is drawn
    """There is no place left in this workbook where a fault could be put by itself."""


@dataclass
class Draft:
    """An open workbook, the sheets of its layout, what was put into it and what is expected."""

    kind: str
    who: Partner
    book: Workbook
    layout: WorkbookLayout
    rng: random.Random
    sheets: dict[str, Worksheet] = field(default_factory=dict)
    headings: dict[tuple[str, str], Cell] = field(default_factory=dict)
    taken: set[tuple[str, str]] = field(default_factory=set)
    done: list[str] = field(default_factory=list)
    expected: list[tuple[Callable[[], Place], frozenset[str]]] = field(default_factory=list)
    alter: list[Callable[[bytes], bytes]] = field(default_factory=list)

    def expect(self, rule: str, cell: Cell, lost_by: frozenset[str] = frozenset()) -> None:
        """A message about this cell, wherever it stands at the end."""
        self.expected.append(
            (lambda: (str(cell.parent.title), str(cell.coordinate), rule), lost_by)
        )

    def expect_at(self, rule: str, row: Cell, heading: Cell, below: int = 0) -> None:
        """A message about the cell in the row of one and the column of the other, or below it."""
        self.expected.append(
            (
                lambda: (
                    str(row.parent.title),
                    f"{heading.column_letter}{row.row + below}",
                    rule,
                ),
                frozenset(),
            )
        )

    def expect_in(
        self, rule: str, sheet: Worksheet | None, lost_by: frozenset[str] = frozenset()
    ) -> None:
        """A message about a sheet, or about the file."""
        self.expected.append((lambda: (sheet.title if sheet else "", None, rule), lost_by))

    def places(self, saved_as: str = "sent") -> list[Place]:
        """What is expected after it was saved like this, in order."""
        return sorted(
            (place() for place, lost_by in self.expected if saved_as not in lost_by), key=repr
        )

    def grids(self) -> list[str]:
        return [sheet.id for sheet in self.layout.sheets if sheet.kind == "grid"]

    def of(self, sheet_id: str) -> SheetLayout:
        return next(sheet for sheet in self.layout.sheets if sheet.id == sheet_id)

    def stages(self, sheet_id: str) -> list[str]:
        return [c.id for c in self.of(sheet_id).columns if c.stage is not None]

    def cell(self, row: Cell, sheet_id: str, column_id: str) -> Cell:
        """The cell of a row, given by its reference's, in a column."""
        return cell_at(self.sheets[sheet_id], row.row, self.headings[sheet_id, column_id].column)

    def rows(self, sheet_id: str) -> list[Cell]:
        """The reference cells of all rows that have one, from the top."""
        heading = self.headings[sheet_id, REF]
        sheet = self.sheets[sheet_id]
        cells = (
            cell_at(sheet, r, heading.column) for r in range(heading.row + 1, sheet.max_row + 1)
        )
        return [cell for cell in cells if cell.value is not None]

    def row_of(self, sheet_id: str, ref: str) -> Cell:
        return next(cell for cell in self.rows(sheet_id) if cell.value == ref)

    def question(self, column_id: str) -> Cell:
        """The answer to a question of the form, which is taken from now on. Raises NoRoom."""
        form = next(sheet for sheet in self.layout.sheets if sheet.kind == "form")
        asked = [row for row in form.rows if row.column and row.column.id == column_id]
        if not asked:
            raise NoRoom
        self.take(form.id, asked[0].ref)
        return self.cell(self.row_of(form.id, asked[0].ref), form.id, "answer")

    def take(self, sheet_id: str, *what: str) -> None:
        """Keep these for one fault alone; raises NoRoom where one is taken already."""
        keys = {(sheet_id, one) for one in what}
        if self.taken & keys:
            raise NoRoom
        self.taken |= keys

    def take_row(self, sheet_id: str, fits: Callable[[Cell], bool] = lambda _: True) -> Cell:
        """Any row that no fault was put into yet."""
        free = [c for c in self.rows(sheet_id) if (sheet_id, str(c.value)) not in self.taken]
        free = [cell for cell in free if fits(cell)]
        if not free:
            raise NoRoom
        found = self.rng.choice(free)
        self.take(sheet_id, str(found.value))
        return found

    def take_grid_row(self) -> tuple[str, Cell]:
        sheet_id = self.rng.choice(self.grids())
        return sheet_id, self.take_row(sheet_id)

    def take_sheet(self, sheet_ids: list[str], *parts: str) -> str:
        """Any sheet of these with such parts, which are PARTS, that no fault was put into yet."""
        for sheet_id in self.rng.sample(sheet_ids, len(sheet_ids)):
            with suppress(NoRoom):
                self.take(sheet_id, *parts)
                return sheet_id
        raise NoRoom

    def take_whole_sheet(self, sheet_ids: list[str]) -> str:
        """Any sheet of these that no fault was put into, and none will be."""
        free = [one for one in sheet_ids if not any(sheet == one for sheet, _ in self.taken)]
        if not free:
            raise NoRoom
        sheet_id = self.rng.choice(free)
        self.take(sheet_id, *PARTS, *(str(cell.value) for cell in self.rows(sheet_id)))
        return sheet_id


def open_draft(kind: str, organisation_id: str, rng: random.Random, **made: str) -> Draft:
    """A clean workbook, open. `made` may name another `cycle` or `version`."""
    book = load_workbook(BytesIO(clean(kind, organisation_id, **made)))
    layout = layout_of(kind, partner(organisation_id))
    draft = Draft(kind, partner(organisation_id), book, layout, rng)
    for sheet in layout.sheets:
        page = draft.sheets[sheet.id] = book[sheet.name]
        wanted = {column.heading: column.id for column in sheet.columns}
        for row in page.iter_rows(max_row=40):
            found = {wanted[str(c.value)]: c for c in row if str(c.value) in wanted}
            if len(found) == len(wanted):
                for column_id, cell in found.items():
                    assert isinstance(cell, Cell)
                    draft.headings[sheet.id, column_id] = cell
                break
    return draft


def cell_at(sheet: Worksheet, row: int, column: int) -> Cell:
    """The cell, which must not be merged away."""
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell), cell.coordinate
    return cell
