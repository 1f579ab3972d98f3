"""What an organisation answered as a whole, shown in the workbook of one of its departments."""

from __future__ import annotations

from dataclasses import replace

from remi.intake.template.earlier import Return, answers_in_words, value_in_words
from remi.intake.template.last_year import GRID
from remi.intake.template.write import Blank
from schemas.workbook import TITLE, Row, SheetLayout


def with_parents_answers(blank: Blank, parent: Return, name: str) -> Blank:
    """The blank with the organisation's answers and evidence in words under the name of each row.

    Nothing is filled in: a department takes a row over by saying so in that row.
    """
    sheets = tuple(
        _with_words(sheet, parent, name) if sheet.kind == "grid" else sheet
        for sheet in blank.layout.sheets
    )
    return replace(blank, layout=blank.layout.model_copy(update={"sheets": sheets}))


def _with_words(sheet: SheetLayout, parent: Return, name: str) -> SheetLayout:
    evidence = [c for c in sheet.columns if c.id.startswith("evidence_")]

    def shown(row: Row) -> Row:
        answers = answers_in_words(parent, row.ref)
        if not answers:
            return row
        told = f"{name}, {parent.label}: {answers}."
        found = [value_in_words(parent, GRID, row.ref, column) for column in evidence]
        if any(found):
            told += f" Evidence: {', '.join(part for part in found if part)}."
        return row.model_copy(update={"texts": {**row.texts, TITLE: f"{row.texts[TITLE]}\n{told}"}})

    return sheet.model_copy(update={"rows": tuple(shown(row) for row in sheet.rows)})
