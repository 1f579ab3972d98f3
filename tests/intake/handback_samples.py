"""Workbooks of the register of `verdict_samples`, spoilt, handed back and judged again."""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import mkdtemp

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from verdict_samples import CONFIGURATION, CYCLE, received, register

from remi.cycle.work import CycleWork
from remi.intake.handback.annotate import HandedBack
from remi.intake.handback.to_fix import ToFix
from remi.intake.identity import NOT_READ_SHEET, TO_FIX_SHEET
from remi.intake.judging.context import JudgingContext
from remi.intake.reading.sandbox import Sandbox
from remi.intake.template.write import workbook_bytes
from remi.intake.verdict import judge
from remi.partner.annotated import annotated_workbook
from remi.settings import Settings
from remi.store.database import migrate, open_engine
from remi.store.frames import replace_all
from remi.store.objects import Objects
from remi.workspace import Workspace
from schemas import store
from schemas.intake import Problem, Verdict

ABOUT_THE_FILE = frozenset(
    {
        *("sheet_renamed", "sheet_hidden", "rows_hidden", "columns_hidden", "rows_ignored"),
        *("saved_as_strict", "macros_ignored", "links_ignored", "row_not_asked"),
    }
)
"""Notes about how a file was kept; a workbook that is made anew no longer has it."""


@cache
def work() -> CycleWork:
    """The round of `verdict_samples` in an installation of its own."""
    home = Path(mkdtemp(prefix="handback"))
    settings = Settings(
        home=home,
        config=CONFIGURATION.folder,
        database_url=f"sqlite:///{home / 'remi.db'}",
        objects_url=f"file://{home / 'objects'}",
        inbox=home / "inbox",
        releases=home / "releases",
        register=home / "register.csv",
        dagster_home=home / "dagster",
    )
    engine = open_engine(settings.database_url)
    migrate(engine)
    replace_all(engine, store.organisation, register())
    made = Workspace(settings, CONFIGURATION, engine, Objects(settings.objects_url))
    return CycleWork(made, CYCLE.id)


def handed_back(content: bytes, context: JudgingContext, sandbox: Sandbox) -> HandedBack:
    """What the sender of these bytes is handed back."""
    made = annotated_workbook(work(), received(content), context, sandbox)
    assert made is not None
    return made


def verdict_on(content: bytes, context: JudgingContext, sandbox: Sandbox) -> Verdict:
    file = received(content)
    return judge([file], context, sandbox).verdict_of(file.submission_id)


def kept(problems: tuple[Problem, ...]) -> Counter[tuple[str, str | None, str | None]]:
    """What must be the same when a workbook that was handed back is sent again untouched."""
    return Counter(
        (
            "sheet_put_back" if p.rule in ("sheet_missing", "headings_missing") else p.rule,
            p.ref,
            p.seen,
        )
        for p in problems
        if p.rule not in ABOUT_THE_FILE
    )


def put_right(content: bytes, listed: tuple[ToFix, ...], clean: bytes) -> bytes:
    """The workbook with every listed cell as it is in a clean one of the same template.

    What a clean workbook has nothing for is cleared; what needs something new is given it.
    """
    book, good = load_workbook(BytesIO(content)), load_workbook(BytesIO(clean))
    for one in listed:
        problem = one.problem
        if problem.rule == "sheet_repeated":
            for name in set(book.sheetnames) - {*good.sheetnames, TO_FIX_SHEET, NOT_READ_SHEET}:
                del book[name]
        elif problem.rule == "sheet_put_back":
            _fill_sheet(book[str(problem.sheet)], good[str(problem.sheet)], str(problem.cell))
        elif problem.cell and problem.severity != "note":
            _fill_cell(problem, book[str(problem.sheet)], good[str(problem.sheet)])
    return workbook_bytes(book)


def _fill_cell(problem: Problem, page: Worksheet, good: Worksheet) -> None:
    cell = page[str(problem.cell)]
    if problem.rule in NEW_ANSWERS:
        cell.value = NEW_ANSWERS[problem.rule]  # type: ignore[assignment]
    elif problem.rule in WHOLE_ROW:
        for there in page[cell.row]:
            there.value = good.cell(cell.row, there.column).value
    else:
        cell.value = good[str(problem.cell)].value
        if problem.rule == "other_organisations_template":
            # Nothing else was checked: the name in the row below is another's too.
            page.cell(cell.row + 1, cell.column).value = good.cell(cell.row + 1, cell.column).value


def _fill_sheet(page: Worksheet, good: Worksheet, says_so: str) -> None:
    """Everything as on the clean sheet, which lacks the row that says that it was put back."""
    for row in good.iter_rows():
        for cell in row:
            if cell.value is not None and cell.row > 1:
                page.cell(cell.row + 1, cell.column).value = cell.value
    page[says_so].value = None


NEW_ANSWERS: dict[str, object] = {
    "reason_missing": "We employ nobody.",
    "done_without_date": date(2025, 10, 1),
}

WHOLE_ROW = (
    *("several_required_missing", "required_missing", "action_point_missing"),
    *("reference_not_among_records", "category_not_on_list", "count_given_twice"),
    "reference_missing",
)
"""Rules that are kept by filling in or clearing the whole row, as their words say."""
