"""The sheets that a partner fills in: a form, a commitment's grid, or rows for records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from remi.intake.identity import LISTS_SHEET
from remi.intake.layout import HEADING_SIZE
from remi.intake.template import look as look
from remi.intake.template.cells import add_table, put, put_cursor, put_page_head, set_row_height
from remi.intake.template.guidance import Guidance
from remi.intake.template.lists import asked_columns, choices_of, joined
from remi.intake.template.prompts import add_validation
from remi.intake.template.text_size import row_height
from schemas.workbook import ANSWER, REF, Row, SheetLayout, ValueType

_CREAM = "Fill in the cream cells with a dark border. Everything else is locked."
_LINE_WIDTH = 126.0  # what fits on one page of paper
_ONE_PAGE_WIDTH = 200
_LEAST_ROW_HEIGHT = 20.0
_FEW = 12  # longer lists are only written out on the Lists sheet
_STYLES = {ValueType.DATE: look.FILL_IN_DATE, ValueType.CODE: look.FILL_IN_CODE}


def add_sheet(
    workbook: Workbook,
    layout: SheetLayout,
    guidance: Guidance,
    footer: str,
    filled_in: Mapping[str, str],
) -> None:
    """Add one sheet of the layout. `filled_in` holds what is already known, by question id."""
    sheet = workbook.create_sheet(layout.name)
    width = min(_LINE_WIDTH, sum(c.width for c in layout.columns))
    header = put_page_head(sheet, layout.title, list(_introduction(layout, guidance)), width)
    _put_headings(sheet, layout, header)
    first = header + 1
    if layout.kind == "records":
        last = header + max(layout.blank_rows, 1)  # a table needs a row under its headings
        _put_blank_rows(sheet, layout, first, last)
    else:
        last = header + len(layout.rows)
        for row, content in enumerate(layout.rows, start=first):
            _put_row(sheet, layout, row, content, filled_in)
    _add_validations(sheet, layout, first, last)
    add_table(sheet, f"table_{layout.id}", header, last)
    _finish(sheet, layout, header, last, footer)
    put_cursor(sheet, _first_answer(layout, first, filled_in))


def _introduction(layout: SheetLayout, guidance: Guidance) -> Iterator[str]:
    """What the sheet is about, what to fill in, and the choices in words."""
    yield from layout.introduction
    if layout.kind == "grid":
        first, *more = guidance.answering
        yield f"{_CREAM} {first}"
        yield from more
    else:
        yield _CREAM
    if layout.kind == "records":
        required = [f"“{c.heading}”" for c in layout.columns if c.required]
        if required:
            yield f"For each {layout.record_name} always fill in {joined(required)}."
    yield from _choices_in_words(layout)


def _choices_in_words(layout: SheetLayout) -> Iterator[str]:
    elsewhere: list[str] = []
    yes_no: list[str] = []
    for column in asked_columns(layout):
        choices = choices_of(column)
        if not choices or column.type is ValueType.ANSWER:
            continue
        if column.type is ValueType.YES_NO:
            yes_no.append(f"“{column.heading}”")
        elif len(choices) > _FEW or column.codelist:
            elsewhere.append(f"“{column.heading}”")
        else:
            yield f"Choices for “{column.heading}”: {joined([c.label for c in choices], 'or')}."
    if yes_no:
        yield f"Write yes or no under {joined(yes_no)}."
    if elsewhere:
        yield f"The {LISTS_SHEET} sheet writes out the choices for {joined(elsewhere)}."


def _put_headings(sheet: Worksheet, layout: SheetLayout, header: int) -> None:
    for number, column in enumerate(layout.columns, start=1):
        style = look.WORDING_HEADER if column.criterion_text else look.FILL_IN_HEADER
        put(sheet, header, number, column.heading, style)
        sheet.column_dimensions[get_column_letter(number)].width = column.width
    heights = (row_height(c.heading, c.width, HEADING_SIZE, bold=True) for c in layout.columns)
    set_row_height(sheet, header, heights)


def _put_row(
    sheet: Worksheet, layout: SheetLayout, row: int, content: Row, filled_in: Mapping[str, str]
) -> None:
    """One question or indicator: its wording, and the cells for its answers."""
    heights = [_LEAST_ROW_HEIGHT]
    for number, column in enumerate(layout.columns, start=1):
        asked = content.column if column.id == ANSWER and content.column else column
        if column.id == REF:
            text, style = content.ref, look.WORDING_STRONG
        elif column.criterion_text:
            text = content.texts.get(column.id, "")
            style = look.WORDING_STRONG if number == 2 else look.WORDING
        elif filled_in.get(asked.id):
            text, style = filled_in[asked.id], look.WORDING
        else:
            text, style = "", _STYLES.get(asked.type, look.FILL_IN)
        put(sheet, row, number, text, style)
        bold = style == look.WORDING_STRONG
        heights.append(row_height(text, column.width, look.BODY_SIZE, bold))
    set_row_height(sheet, row, heights)


def _put_blank_rows(sheet: Worksheet, layout: SheetLayout, first: int, last: int) -> None:
    styles = [_STYLES.get(c.type, look.FILL_IN) for c in layout.columns]
    for row in range(first, last + 1):
        for number, style in enumerate(styles, start=1):
            put(sheet, row, number, None, style)
    # Only a default: a row that is given a height does not grow with what is typed into it.
    sheet.sheet_format.defaultRowHeight = _LEAST_ROW_HEIGHT


def _add_validations(sheet: Worksheet, layout: SheetLayout, first: int, last: int) -> None:
    """A dropdown or a check, with a prompt in words, on every cell that is to be filled in."""
    for number, column in enumerate(layout.columns, start=1):
        letter = get_column_letter(number)
        if column.id == ANSWER:
            for row, content in enumerate(layout.rows, start=first):
                if content.column is not None:
                    add_validation(sheet, layout, content.column, f"{letter}{row}")
        elif not column.criterion_text:
            add_validation(sheet, layout, column, f"{letter}{first}:{letter}{last}")


def _finish(sheet: Worksheet, layout: SheetLayout, header: int, last: int, footer: str) -> None:
    look.protect(sheet)
    total = sum(c.width for c in layout.columns)
    pages_wide = 1 if total <= _ONE_PAGE_WIDTH else 2
    look.set_up_page(sheet, footer, landscape=True, pages_wide=pages_wide)
    sheet.print_title_rows = f"{header}:{header}"
    if pages_wide == 2:
        # Explanations that run over several columns would be cut where the page ends, so on
        # paper the table stands alone under its title; the Start sheet has the explanations.
        last_column = get_column_letter(len(layout.columns))
        sheet.print_area = f"A{header}:{last_column}{last}"
        look.set_page_title(sheet, layout.title)
        sheet.print_title_cols = "A:B" if layout.kind == "grid" else "A:A"
    # Rows are not frozen: at 200 per cent the explanations above would fill the whole screen.
    if layout.kind == "grid":
        sheet.freeze_panes = "C1"
    elif layout.kind == "records":
        sheet.freeze_panes = "B1"


def _first_answer(layout: SheetLayout, first: int, filled_in: Mapping[str, str]) -> str:
    """The first cell, row by row, that waits for an answer."""
    if layout.kind == "form":
        number = [c.id for c in layout.columns].index(ANSWER) + 1
        open_rows = [
            row
            for row, content in enumerate(layout.rows, start=first)
            if content.column is None or not filled_in.get(content.column.id)
        ]
        return f"{get_column_letter(number)}{min(open_rows, default=first)}"
    number = next(n for n, c in enumerate(layout.columns, start=1) if not c.criterion_text)
    return f"{get_column_letter(number)}{first}"
