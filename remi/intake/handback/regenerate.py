"""A partner's workbook made anew from our template, with their values in its cells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from openpyxl import Workbook
from openpyxl.cell.cell import Cell as OpenCell
from openpyxl.worksheet.worksheet import Worksheet

from remi.intake.handback.values import Cells, OurTexts, PartnerValues
from remi.intake.identity import LISTS_SHEET, PUT_BACK
from remi.intake.locating.typed import plain
from remi.intake.template.entries import put_entry, roomy, write_entries
from remi.intake.template.start import START_SHEET
from remi.intake.template.write import Blank, compose_template
from schemas.workbook import WorkbookLayout

_LONGEST_NAME = 31
_NOT_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\", "-"))


@dataclass(frozen=True)
class Regenerated:
    """The workbook, still open; its layout; the row of each sheet's headings; our own texts."""

    workbook: Workbook
    layout: WorkbookLayout
    headers: dict[str, int]
    texts: OurTexts


def regenerated(blank: Blank, values: PartnerValues) -> Regenerated:
    """The workbook with every value in its place. Sheets that were lost are there, empty, and say
    so; a sheet that was there twice is there twice."""
    layout = roomy(_put_back(blank.layout, values.lost), values.entries)
    workbook = compose_template(layout, blank.identity, blank.facts, blank.signing_key, blank.known)
    texts = template_texts(workbook, layout)
    headers = write_entries(workbook, layout, values.entries)
    for name, cells in values.copies:
        _add_copy(workbook, name, cells)
    return Regenerated(workbook, layout, headers, texts)


def template_texts(workbook: Workbook, layout: WorkbookLayout) -> OurTexts:
    """Every text of a workbook that was just composed."""
    pages = [workbook[sheet.name] for sheet in layout.sheets]
    return OurTexts(frozenset(_texts(workbook[START_SHEET])), frozenset(chain(*map(_texts, pages))))


def _texts(page: Worksheet) -> Iterator[str]:
    for cell in page._cells.values():
        if isinstance(cell, OpenCell) and isinstance(cell.value, str):
            yield plain(cell.value)


def _put_back(layout: WorkbookLayout, lost: list[str]) -> WorkbookLayout:
    sheets = tuple(
        sheet.model_copy(update={"introduction": (PUT_BACK, *sheet.introduction)})
        if sheet.id in lost
        else sheet
        for sheet in layout.sheets
    )
    return layout.model_copy(update={"sheets": sheets})


def _add_copy(workbook: Workbook, name: str, cells: Cells) -> None:
    """The second sheet of a kind as it was, under a name that is not taken."""
    wanted = name.translate(_NOT_IN_NAMES).strip("'")[:_LONGEST_NAME] or "Sheet"
    taken = {title.casefold() for title in workbook.sheetnames}
    number = 1
    free = wanted
    while free.casefold() in taken:
        number += 1
        free = f"{wanted[: _LONGEST_NAME - 5]} ({number})"
    page = workbook.create_sheet(free, workbook.sheetnames.index(LISTS_SHEET))
    for (row, column), entry in cells.items():
        cell = page.cell(row, column)
        assert isinstance(cell, OpenCell)
        put_entry(cell, entry)
