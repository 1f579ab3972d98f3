"""A workbook to plan with: what an organisation has not met of the next stage, a row each, beside
the columns of the sheet of action points, so that lines can be copied into the next return."""

from __future__ import annotations

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from remi.intake.template import look
from remi.intake.template.cells import add_table, put, put_page_head, set_row_height
from remi.intake.template.text_size import wrapped
from remi.intake.template.write import workbook_bytes
from remi.partner.own_result import OwnResult
from remi.scoring.explanation import CriterionRead
from schemas.framework import Framework
from schemas.intake import AnswerState
from schemas.workbook import AssessmentPages, Column

ACTION_POINTS = "action_points"
"""Id of the sheet in config/assessment.yaml on which action points are written."""

GIVEN: tuple[tuple[str, float], ...] = (
    ("Commitment", 22),
    ("Row", 8),
    ("What it is about", 30),
    ("Next stage", 18),
    ("What would be met", 52),
    ("Your answer now", 16),
)

LINE_HEIGHT = 15.0
TITLE = "Action plan"


def action_plan(
    result: OwnResult, framework: Framework, pages: AssessmentPages, organisation: str, year: str
) -> bytes:
    """The workbook as an .xlsx file, the same bytes each time."""
    workbook = Workbook()
    look.add_styles(workbook)
    sheet: Worksheet = workbook.worksheets[0]
    sheet.title = TITLE
    planned = _planned(pages)
    widths = [width for _, width in GIVEN] + [column.width for column in planned]
    lines = (
        f"Drawn up from the return of {organisation} for {year}. It is yours: nothing is sent.",
        "Each row is a criterion that is not met yet and that the next stage of its commitment "
        "needs. Fill in the columns to the right; use roles, never names.",
        "The columns to the right are those of the sheet for action points in next year's "
        "workbook, so you can copy them there.",
    )
    head = put_page_head(sheet, f"{TITLE}, {organisation}", lines, sum(widths)) + 1
    headings = [name for name, _ in GIVEN] + [column.heading for column in planned]
    for place, (heading, width) in enumerate(zip(headings, widths, strict=True), start=1):
        style = look.WORDING_HEADER if place <= len(GIVEN) else look.FILL_IN_HEADER
        put(sheet, head, place, heading, style)
        sheet.column_dimensions[get_column_letter(place)].width = width
    rows = [
        (commitment.name, criterion)
        for commitment in result.commitments
        for criterion in commitment.blockers
    ]
    for number, (commitment, criterion) in enumerate(rows, start=head + 1):
        _put_row(sheet, number, _given(framework, commitment, criterion), planned)
    last = head + max(len(rows), 1)
    if not rows:
        put(sheet, last, 1, "Nothing is left to reach.", look.WORDING)
    add_table(sheet, "ActionPlan", head, last)
    _offer_choices(sheet, head, last, planned)
    sheet.freeze_panes = f"A{head + 1}"
    return workbook_bytes(workbook)


def _planned(pages: AssessmentPages) -> tuple[Column, ...]:
    """The columns of action points that say what is done, by whom and by when."""
    (page,) = (page for page in pages.records if page.id == ACTION_POINTS)
    known = {"ref", "commitment", "indicator"}
    return tuple(column for column in page.columns if column.id not in known)


def _given(framework: Framework, commitment: str, criterion: CriterionRead) -> tuple[str, ...]:
    labels = {answer.meaning.value: answer.label for answer in framework.answers}
    blank = criterion.answer in (AnswerState.UNANSWERED, AnswerState.NOT_NEEDED)
    return (
        commitment,
        criterion.indicator_id,
        criterion.title,
        f"{criterion.stage} {framework.stage_name(criterion.stage)}",
        criterion.criterion,
        "left blank" if blank else labels[criterion.answer.value],
    )


def _put_row(
    sheet: Worksheet, row: int, texts: tuple[str, ...], planned: tuple[Column, ...]
) -> None:
    for place, text in enumerate(texts, start=1):
        put(sheet, row, place, text, look.WORDING)
    for place in range(len(texts) + 1, len(texts) + len(planned) + 1):
        put(sheet, row, place, None, look.FILL_IN)
    heights = (
        len(wrapped(text, width, look.BODY_SIZE)) * LINE_HEIGHT
        for text, (_, width) in zip(texts, GIVEN, strict=True)
    )
    set_row_height(sheet, row, heights)


def _offer_choices(sheet: Worksheet, head: int, last: int, planned: tuple[Column, ...]) -> None:
    for place, column in enumerate(planned, start=len(GIVEN) + 1):
        if column.choices:
            labels = ",".join(choice.label for choice in column.choices)
            offered = DataValidation(type="list", formula1=f'"{labels}"', allow_blank=True)
            letters = get_column_letter(place)
            offered.add(f"{letters}{head + 1}:{letters}{last}")
            sheet.add_data_validation(offered)
