"""What partners do to a workbook, or send, that a message is about: one function a thing."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import cache
from io import BytesIO

import pandas as pd
from example_workbooks import (
    ABOUT,
    FORM,
    WHOLE,
    Change,
    Example,
    Make,
    Place,
    Sent,
    Value,
    cell,
    changed,
    clean,
    clean_engagement,
    coordinate,
)
from openpyxl import Workbook, load_workbook
from verdict_samples import (
    CONFIGURATION,
    CYCLE,
    KEY,
    TODAY,
    add_record,
    assessment,
    column_of,
    context,
    context_with,
    fill_form,
    header_row,
    put,
    register,
    row_of,
    rows_of,
    template,
)

from remi.intake.judging.context import JudgingContext, judging_context
from remi.intake.template.write import workbook_bytes

# ---- which workbook, and whose


def sheets_of_two_kinds(_: str | None) -> Sent:
    book, other = load_workbook(BytesIO(clean_engagement())), template("QAB")
    for row in range(1, 6):
        book["_meta"].cell(row, 1).value = other["_meta"].cell(row, 1).value
    return Sent((workbook_bytes(book),), ("Start", code_cell(book)))


def code_cell(book: Workbook) -> str:
    cells = (c for row in book["Start"].iter_rows() for c in row)
    return next(str(c.coordinate) for c in cells if str(c.value).startswith("REMI-"))


def of_last_year(_: str | None) -> Sent:
    book = assessment(cycle=CONFIGURATION.cycles.get("2024-25"))
    return Sent((workbook_bytes(book),), ("Start", code_cell(book)))


def before_the_change(_: str | None) -> Sent:
    newer = context().framework.model_copy(update={"version": "1.1"})
    place = ("Start", code_cell(load_workbook(BytesIO(clean()))))
    return Sent((clean(),), place, context_with(framework=newer))


def anothers_template(book: Workbook, _: str | None) -> Place:
    sheet = book[FORM]
    put(sheet, row_of(sheet, "O2"), "Your answer", value="East Mead NHS Foundation Trust")
    return FORM, put(sheet, row_of(sheet, "O1"), "Your answer", value="ELT002")


def sent_for(organisation_id: str) -> Make:
    place = (FORM, "C8")
    return lambda _: Sent((clean(),), place, sent_for=organisation_id)


# ---- parts of the workbook


def delete_sheet(book: Workbook, written: str | None) -> Place:
    assert written is not None
    del book[written]
    return written, None


def copy_sheet(book: Workbook, written: str | None) -> Place:
    assert written is not None
    book.copy_worksheet(book[written]).title = f"{written} (2)"
    return written, None


def delete_headings(book: Workbook, _: str | None) -> Place:
    sheet = book["Leadership"]
    sheet.delete_rows(header_row(sheet))
    return "Leadership", None


def lower_headings(book: Workbook, _: str | None) -> Place:
    sheet = book["Leadership"]
    sheet.row_dimensions[header_row(sheet)].height = 12
    return WHOLE


def overwrite_heading(book: Workbook, written: str | None) -> Place:
    sheet = book["Leadership"]
    heading = sheet.cell(header_row(sheet), column_of(sheet, "Stage 3 ", ": your answer"))
    heading.value = written
    return "Leadership", str(heading.coordinate)


def copy_column(book: Workbook, _: str | None) -> Place:
    sheet = book["Leadership"]
    column, end = column_of(sheet, "Stage 3 ", ": your answer"), sheet.max_column + 1
    for row in range(header_row(sheet), sheet.max_row + 1):
        sheet.cell(row, end).value = sheet.cell(row, column).value
    return "Leadership", str(sheet.cell(header_row(sheet), end).coordinate)


def write_beside_the_table(book: Workbook, _: str | None) -> Place:
    sheet = book["Leadership"]
    sheet.cell(header_row(sheet) + 2, sheet.max_column + 2).value = "Ask Workforce"
    return WHOLE


def delete_row(book: Workbook, _: str | None) -> Place:
    sheet = book["Leadership"]
    row = row_of(sheet, "L3")
    sheet.delete_rows(row)
    return "Leadership", f"A{row}"


def not_applicable_with_reason(book: Workbook, written: str | None) -> Place:
    sheet = book["Leadership"]
    row = row_of(sheet, "L5")
    put(sheet, row, "Stage 1 ", "answer", value=written)
    put(sheet, row, "Reason for not applicable", value="We employ nobody.")
    return WHOLE


def not_applicable_without_reason(book: Workbook, written: str | None) -> Place:
    sheet = book["Leadership"]
    row = row_of(sheet, "L5")
    put(sheet, row, "Stage 1 ", "answer", value=written)
    return "Leadership", coordinate(sheet, row, "Reason for not applicable")


def row_of_a_trust(_: str | None) -> Sent:
    """In a community organisation's sheet, a row that it is not asked."""
    book = load_workbook(BytesIO(clean("VC0001")))
    for commitment in context().framework.commitments:
        for indicator in commitment.indicators:
            if not context().framework.applies(indicator, "vcse"):
                sheet = book[commitment.short_name[:31]]
                row = rows_of(sheet)[-1] + 1
                sheet.cell(row, 1).value = indicator.id
                put(sheet, row, "Stage 1 ", ": your answer", value="met")
                return Sent((workbook_bytes(book),), (sheet.title, None))
    raise AssertionError("every indicator is asked of community organisations")


def note_below_the_table(book: Workbook, _: str | None) -> Place:
    sheet = book["Leadership"]
    put(sheet, rows_of(sheet)[-1] + 1, "Evidence title", value="Ask Workforce")
    return "Leadership", None


def rename_sheet(book: Workbook, written: str | None) -> Place:
    assert written is not None
    book[written].title = "Our people"
    return "Our people", None


def hide_sheet(book: Workbook, _: str | None) -> Place:
    book["Leadership"].sheet_state = "hidden"
    return "Leadership", None


def hide_rows(book: Workbook, _: str | None) -> Place:
    for row in rows_of(book["Leadership"])[1:3]:
        book["Leadership"].row_dimensions[row].hidden = True
    return "Leadership", None


def hide_column(book: Workbook, _: str | None) -> Place:
    sheet = book["Leadership"]
    letters = re.sub("[0-9]", "", coordinate(sheet, 1, "What holds you back most"))
    sheet.column_dimensions[letters].hidden = True
    return "Leadership", None


def put_back(book: Workbook, written: str | None) -> Place:
    sheet = book["Workforce"]
    said = sheet.cell(header_row(sheet) - 1, 1)
    said.value = written
    return "Workforce", str(said.coordinate)


def day_as_number(book: Workbook, written: str | None) -> Place:
    sheet = book[FORM]
    place = put(sheet, row_of(sheet, "O5"), "Your answer", value=int(written or ""))
    sheet[place].number_format = "General"
    return FORM, place


# ---- codes with zeros in front


@cache
def _register_with_digits() -> JudgingContext:
    added = register().iloc[[0]].assign(organisation_id="0417", name="Line Four Trust")
    organisations = pd.concat([register(), added], ignore_index=True)
    return judging_context(CONFIGURATION, CYCLE, organisations, KEY, TODAY)


def code_of_digits(as_typed: Callable[[str], Value]) -> Make:
    change = cell("Events", "E1", "Lead organisation code", as_typed=as_typed)

    def make(written: str | None) -> Sent:
        sent = changed(clean_engagement(), change, written)
        return Sent(sent.files, sent.place, _register_with_digits())

    return make


# ---- what belongs together


def unfinished_action(book: Workbook, written: str | None) -> Place:
    cells: dict[str, object] = {"Ref": "2", "What will be done": written}
    return "Action points", f"B{add_record(book['Action points'], cells)}"


def finished_action(book: Workbook, _: str | None) -> Place:
    cells: dict[str, object] = {
        "Commitment": "Leadership",
        "What will be done": "Train all panels",
        "Owner (role)": "Director of People",
        "Due date": date(2026, 3, 31),
        "Where it stands": "planned",
    }
    add_record(book["Action points"], cells)
    return WHOLE


def no_action(book: Workbook, _: str | None) -> Place:
    sheet = book["Action points"]
    first = header_row(sheet) + 1
    for empty in sheet[first]:
        empty.value = None
    return "Action points", f"B{first}"


def first_page_only(_: str | None) -> Sent:
    book = template("NLT014")
    facts: dict[str, object] = {
        "O4": "Head of Equality",
        "O5": date(2025, 11, 10),
        "O7": "yes",
    }
    fill_form(book[FORM], facts)
    sheet = book["Leadership"]
    first = coordinate(sheet, header_row(sheet) + 1, "Stage 1 ", ": your answer")
    return Sent((workbook_bytes(book),), ("Leadership", first))


def about_page_only(_: str | None) -> Sent:
    book = template("QAB", "engagement")
    facts: dict[str, object] = {"A3": "Learning", "A4": "Lead", "A5": date(2025, 10, 20)}
    fill_form(book[ABOUT], facts)
    return Sent((workbook_bytes(book),))


def answers(named: int, *given: str | None) -> Change:
    """The answers of one row from its first stage on; the message is at stage `named`."""

    def write(book: Workbook, _: str | None) -> Place:
        sheet = book["Leadership"]
        row = row_of(sheet, "L1")
        for stage, value in enumerate(given, start=1):
            put(sheet, row, f"Stage {stage} ", ": your answer", value=value)
        return "Leadership", coordinate(sheet, row, f"Stage {named} ", ": your answer")

    return write


def done(book: Workbook, written: str | None) -> Place:
    sheet = book["Action points"]
    row = header_row(sheet) + 1
    put(sheet, row, "Where it stands", value="done")
    return "Action points", put(sheet, row, "Date done", value=written)


def cancelled(book: Workbook, written: str | None) -> Place:
    sheet = book["Events"]
    row = row_of(sheet, "E2")
    put(sheet, row, "Held or not", value="cancelled")
    return "Events", put(sheet, row, "People who came", value=int(written) if written else None)


def present_of_four_seats(book: Workbook, written: str | None) -> Place:
    """A meeting of four community seats, and how many of them were taken."""
    sheet = book["Governance meetings"]
    row = row_of(sheet, "M1")
    put(sheet, row, "Community seats", value=4)
    return sheet.title, put(
        sheet, row, "Community members present", value=int(written) if written else None
    )


def count_of(column: str, event: str, counted_by: str, category: str) -> Change:
    """A count more on the attendance sheet, with what was written in one of its cells."""

    def write(book: Workbook, written: str | None) -> Place:
        cells: dict[str, object] = {
            "Event ref": event,
            "Counted by": counted_by,
            "Category": category,
            "People": 5,
        }
        sheet = book["Attendance"]
        row = add_record(sheet, cells if written is None else {**cells, column: written})
        return "Attendance", coordinate(sheet, row, column)

    return write


def alike(one: str, other: str) -> Example:
    def make(_: str | None) -> Sent:
        first, second = (load_workbook(BytesIO(clean(code))) for code in (one, other))
        for line in first["Workforce"].iter_rows():
            for copied in line:
                second["Workforce"][copied.coordinate].value = copied.value
        return Sent((workbook_bytes(first), workbook_bytes(second)), ("Workforce", None))

    return Example(make, lambda _: Sent((clean(one), clean(other))))


# ---- text beside references


def reference_over_another(book: Workbook, written: str | None) -> Place:
    sheet = book["Communities"]
    *_, before, last = rows_of(sheet)
    gone = sheet.cell(last, 1).value
    sheet.delete_rows(last)
    sheet.cell(before, 1).value = gone
    return "Communities", sheet.cell(before, 1).coordinate


def criterion_written_over(book: Workbook, written: str | None) -> Place:
    sheet = book["Communities"]
    text = "We have begun to think about it."
    cell = put(sheet, row_of(sheet, "C2"), "Stage 3 ", ": what it takes", value=text)
    return "Communities", cell
