"""Faults that assessments have, each put in by a function that says what is expected."""

from __future__ import annotations

from datetime import date
from functools import partial

from openpyxl.cell.cell import Cell
from seeded_cells import SAVED_ANEW, in_column, in_record, on_form, put_in, saved_as_strict
from seeded_drafts import Draft, NoRoom, cell_at

from remi.demo.partners import PARTNERS


def answer_of_its_own(draft: Draft) -> None:
    sheet_id, row = draft.take_grid_row()
    cell = draft.cell(row, sheet_id, draft.stages(sheet_id)[0])
    cell.value = draft.rng.choice(["mostly", "ok", "Met?", "3", "<b>met</b>", "met;part"])
    draft.expect("answer_not_on_list", cell)


def answer_in_other_letters(draft: Draft) -> None:
    """Harmless: what a web page, another keyboard or a formula makes of the same word."""
    sheet_id, row = draft.take_grid_row()
    cell = draft.cell(row, sheet_id, draft.stages(sheet_id)[0])
    cell.value = draft.rng.choice(["\u00a0met", "MET ", " Met\u200b", "met\u00a0\u00a0"])


def _error(draft: Draft, cell: Cell) -> None:
    cell.value = draft.rng.choice(["#REF!", "#N/A", "#DIV/0!", "#VALUE!", "#NAME?"])
    draft.expect("error_in_cell", cell)


def error_in_answer(draft: Draft) -> None:
    sheet_id, row = draft.take_grid_row()
    _error(draft, draft.cell(row, sheet_id, draft.stages(sheet_id)[0]))


def error_in_text(draft: Draft) -> None:
    sheet_id, row = draft.take_grid_row()
    _error(draft, draft.cell(row, sheet_id, "evidence_title"))


def blank_answer(draft: Draft) -> None:
    sheet_id, row, cells = _three_met(draft)
    del sheet_id, row
    cells[1].value = None
    draft.expect("unanswered", cells[1])


def merged_answers(draft: Draft) -> None:
    sheet_id, row, cells = _three_met(draft)
    sheet, heading = draft.sheets[sheet_id], draft.headings[sheet_id, draft.stages(sheet_id)[2]]
    # Between two answers stands the wording of the second: all three become one.
    sheet.merge_cells(
        start_row=row.row, end_row=row.row, start_column=cells[1].column, end_column=cells[2].column
    )
    # What is merged away is no cell any more, and does not move with the others.
    draft.expect_at("unanswered", row, heading)


def merged_titles(draft: Draft) -> None:
    """Harmless: one title for two rows; a title need not be given."""
    sheet_id = draft.take_sheet(draft.grids(), "order", "rows")
    upper, lower = draft.rows(sheet_id)[:2]
    column = draft.headings[sheet_id, "evidence_title"].column
    draft.take(sheet_id, str(upper.value), str(lower.value))
    draft.sheets[sheet_id].merge_cells(
        start_row=upper.row, end_row=lower.row, start_column=column, end_column=column
    )


def claim_ahead(draft: Draft) -> None:
    _, _, cells = _three_met(draft)
    cells[0].value = draft.rng.choice(["part", "not met"])
    draft.expect("claims_ahead", cells[1])


def _three_met(draft: Draft) -> tuple[str, Cell, list[Cell]]:
    """A row whose first three stages are met and nothing else is answered but the fourth."""
    sheet_id, row = draft.take_grid_row()
    cells = [draft.cell(row, sheet_id, stage) for stage in draft.stages(sheet_id)]
    for place, cell in enumerate(cells):
        cell.value = "met" if place < 3 else "not met" if place == 3 else None
    return sheet_id, row, cells


def not_applicable_without_reason(draft: Draft) -> None:
    sheet_id, row = draft.take_grid_row()
    draft.cell(row, sheet_id, draft.stages(sheet_id)[0]).value = "not applicable"
    draft.expect("reason_missing", draft.cell(row, sheet_id, "reason_not_applicable"))


def not_applicable_with_reason(draft: Draft) -> None:
    """Harmless: it cannot apply, and it is said why."""
    sheet_id, row = draft.take_grid_row()
    draft.cell(row, sheet_id, draft.stages(sheet_id)[0]).value = draft.rng.choice(["N/A", "n/a"])
    draft.cell(row, sheet_id, "reason_not_applicable").value = "Nobody works here for pay."


def date_as_number(draft: Draft) -> None:
    sheet_id, row = draft.take_grid_row()
    cell = draft.cell(row, sheet_id, "evidence_date")
    cell.value, cell.number_format = 45_900, "General"
    draft.expect("date_shown_as_number", cell)


def formula_without_value(draft: Draft) -> None:
    sheet_id, row = draft.take_grid_row()
    cell = draft.cell(row, sheet_id, "evidence_title")
    cell.value = '="Board "&"paper"'
    draft.expect("formula_without_value", cell, SAVED_ANEW)


def pasted_page(draft: Draft) -> None:
    """Harmless: text from a web page, with its marks and spaces."""
    sheet_id, row = draft.take_grid_row()
    text = "<p style='x'>Board&nbsp;paper</p>\n\u00a0<script>alert(1)</script>"
    draft.cell(row, sheet_id, "evidence_title").value = text


def department_word(draft: Draft) -> None:
    if draft.who.parent_id is None:
        raise NoRoom
    sheet_id, row = draft.take_grid_row()
    put_in(draft, draft.cell(row, sheet_id, "taken_from_parent"), "yes_no_expected", ("maybe",))


def code_and_name_disagree(draft: Draft) -> None:
    name, code = draft.question("organisation_name"), draft.question("organisation_code")
    del code  # nothing else is put there
    other = draft.rng.choice([p for p in PARTNERS if p.name != draft.who.name and not p.valid_to])
    name.value = other.name
    draft.expect("organisation_code_and_name_disagree", name)


def name_differs(draft: Draft) -> None:
    name, code = draft.question("organisation_name"), draft.question("organisation_code")
    del code
    name.value = f"{draft.who.name} (London)"
    draft.expect("organisation_name_differs", name)


def code_unknown(draft: Draft) -> None:
    code, name = draft.question("organisation_code"), draft.question("organisation_name")
    del name
    code.value = draft.rng.choice(["DEMO-Z99", "the same", "17"])
    draft.expect("organisation_code_unknown", code)


def two_blanks(draft: Draft) -> None:
    row = draft.take_row("action_points")
    first = draft.cell(row, "action_points", "action")
    first.value = draft.cell(row, "action_points", "due").value = None
    draft.expect("several_required_missing", first)


def two_blanks_on_form(draft: Draft) -> None:
    draft.take("", "a blank of the form")
    first, second = draft.question("completed_by_role"), draft.question("completed_on")
    first.value = second.value = None
    draft.expect("several_required_missing", first)


def done_without_date(draft: Draft) -> None:
    row = draft.take_row("action_points")
    draft.cell(row, "action_points", "state").value = "done"
    draft.expect("done_without_date", draft.cell(row, "action_points", "done_on"))


def no_action_point(draft: Draft) -> None:
    sheet_id = draft.take_whole_sheet(["action_points"])
    rows = draft.rows(sheet_id)
    for row in rows:
        for cell in draft.sheets[sheet_id][row.row]:
            cell.value = None
    heading, first = draft.headings[sheet_id, "ref"], draft.headings[sheet_id, "commitment"]
    draft.expect(
        "action_point_missing",
        cell_at(draft.sheets[sheet_id], heading.row + 1, first.column),
    )


# ---- references: one a sheet, since a row that lost its own is known by what is missing


def reference_twice(draft: Draft) -> None:
    sheet_id = draft.take_sheet(draft.grids(), "references", "order")
    first, second = draft.rows(sheet_id)[:2]
    draft.take(sheet_id, str(first.value), str(second.value))
    second.value = first.value
    draft.expect("reference_duplicated", second)


def reference_of_its_own(draft: Draft) -> None:
    sheet_id = draft.take_sheet(draft.grids(), "references")
    row = draft.take_row(sheet_id)
    row.value = draft.rng.choice([f"{row.value}{row.value}", f"{row.value} (new)", "?"])
    draft.expect("reference_unknown", row)


def reference_cleared(draft: Draft) -> None:
    sheet_id = draft.take_sheet(draft.grids(), "references")
    row = draft.take_row(sheet_id)
    row.value = None
    draft.expect("reference_missing", row)


def row_deleted(draft: Draft) -> None:
    sheet_id = draft.take_sheet(draft.grids(), "references", "rows", "shown")
    row = draft.take_row(sheet_id)
    refs = [one.ref for one in draft.of(sheet_id).rows]
    place = refs.index(str(row.value))
    above = draft.row_of(sheet_id, refs[place - 1]) if place else draft.headings[sheet_id, "ref"]
    draft.sheets[sheet_id].delete_rows(row.row)
    draft.expect_at("reference_missing", above, draft.headings[sheet_id, "ref"], below=1)


def note_below(draft: Draft) -> None:
    sheet_id = draft.take_sheet(draft.grids(), "references", "rows")
    sheet, last = draft.sheets[sheet_id], draft.rows(sheet_id)[-1]
    sheet.cell(last.row + 2, draft.headings[sheet_id, "evidence_title"].column).value = "See below"
    draft.expect_in("rows_ignored", sheet)


on_title = partial(in_column, "evidence_title")
on_day = partial(in_column, "evidence_date")
in_action = partial(in_record, "action_points")
in_more = partial(in_record, "more_evidence")

CELLS = (
    answer_of_its_own,
    answer_in_other_letters,
    error_in_answer,
    error_in_text,
    blank_answer,
    merged_answers,
    merged_titles,
    claim_ahead,
    not_applicable_without_reason,
    not_applicable_with_reason,
    on_day("date_not_a_date", "31/02/2025", "30/02/2025", "31 September 2025"),
    on_day("date_month_first", "04/25/2025", "12/31/2024"),
    on_day("date_not_understood", "last spring", "03/2025", "Q2"),
    on_day("date_in_future", date(2026, 5, 1), "1/6/2026"),
    on_day("date_unlikely", date(1925, 3, 1), "1/3/1925"),
    on_day("", "14/06/2025", "2025-06-14", "14 June 2025", "1.2.25"),
    date_as_number,
    formula_without_value,
    pasted_page,
    in_column("evidence_type", "choice_not_on_list", "a paper", "#policy"),
    in_column("challenge", "choice_not_on_list", "everything"),
    on_title("personal_data_found", "Ask jo.bloggs@example.org", "Ring 020 7946 0018"),
    department_word,
    on_form("completed_by_role", "required_missing", None),
    on_form("completed_by_role", "personal_data_found", "Jo, jo.bloggs@example.org"),
    on_form("completed_on", "required_missing", None),
    on_form("completed_on", "date_not_a_date", "31/02/2025"),
    on_form("completed_on", "date_in_future", date(2026, 2, 1)),
    on_form("hours_spent", "number_expected", "about a day and a half"),
    on_form("hours_spent", "number_below_zero", -3, "-3"),
    on_form("hours_spent", "percentage_in_number_cell", "12%"),
    on_form("hours_spent", "date_in_number_cell", date(2025, 10, 8)),
    on_form("hours_spent", "", "12", "12.5", "over 12", "1,200"),
    on_form("agrees_to_be_named", "yes_no_expected", "perhaps", 1),
    on_form("agrees_to_be_named", "required_missing", None),
    on_form("statement_adopted", "choice_not_on_list", "all of them"),
    on_form("organisation_code", "organisation_missing", None),
    code_and_name_disagree,
    name_differs,
    code_unknown,
    in_action("due", "date_not_a_date", "31/02/2026"),
    in_action("due", "required_missing", None),
    in_action("state", "choice_not_on_list", "nearly there"),
    in_action("commitment", "choice_not_on_list", "Everything"),
    in_action("owner_role", "personal_data_found", "jo.bloggs@example.org"),
    in_action("action", "error_in_cell", "#REF!"),
    two_blanks,
    two_blanks_on_form,
    done_without_date,
    no_action_point,
    in_more("indicator", "choice_not_on_list", "Q77"),
    in_more("evidence_title", "required_missing", None),
    in_more("evidence_date", "date_in_future", date(2027, 1, 1)),
    saved_as_strict,
)
REFERENCES = (reference_twice, reference_of_its_own, reference_cleared, row_deleted, note_below)
