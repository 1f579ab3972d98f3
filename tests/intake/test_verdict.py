"""One fault in one clean workbook is named once, where it is, and harms no other file."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from io import BytesIO

import pandas as pd
import pytest
from hostile_workbooks import REFUSED
from made_workbooks import as_strict
from openpyxl import Workbook, load_workbook
from verdict_samples import (
    CONFIGURATION,
    CYCLE,
    KEY,
    TODAY,
    add_record,
    assert_plain,
    assessment,
    column_of,
    context,
    engagement,
    header_row,
    judged,
    problems,
    put,
    received,
    register,
    row_of,
    rows_of,
    template,
)

from remi.intake.judging.context import judging_context
from remi.intake.judging.problems import JudgingError
from remi.intake.judging.rules import failures
from remi.intake.reading.sandbox import Sandbox
from remi.intake.template.write import workbook_bytes
from remi.intake.verdict import Judged, judge
from schemas.checks import rule
from schemas.intake import Problem
from schemas.store import answer, problem, record_value, verdict

Place = tuple[str | None, str | None]
Spoil = Callable[[Workbook], Place]

FORM, ABOUT = "Your organisation", "About this workbook"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(2) as pool:
        yield pool


@cache
def clean(organisation_id: str = "NLT014") -> bytes:
    return workbook_bytes(assessment(organisation_id))


@cache
def clean_engagement() -> bytes:
    return workbook_bytes(engagement())


def opened(content: bytes) -> Workbook:
    return load_workbook(BytesIO(content))


# ---- assessment faults: how a workbook is spoiled, and the sheet and cell to be named


def an_answer_that_is_not_on_the_list(book: Workbook) -> Place:
    sheet = book["Leadership"]
    return "Leadership", put(sheet, row_of(sheet, "L2"), "Stage 1 ", "answer", value="mett")


def an_error_from_a_formula(book: Workbook) -> Place:
    sheet = book["Workforce"]
    return "Workforce", put(sheet, row_of(sheet, "W3"), "Stage 1 ", "answer", value="#REF!")


def a_formula_never_worked_out(book: Workbook) -> Place:
    sheet = book["Workforce"]
    return "Workforce", put(sheet, row_of(sheet, "W2"), "Evidence title", value="=A1&B1")


def a_day_that_does_not_exist(book: Workbook) -> Place:
    sheet = book[FORM]
    return FORM, put(sheet, row_of(sheet, "O5"), "Your answer", value="31/02/2025")


def half_a_date(book: Workbook) -> Place:
    sheet = book["Leadership"]
    return "Leadership", put(sheet, row_of(sheet, "L4"), "Evidence date", value="31/02")


def a_date_with_the_month_first(book: Workbook) -> Place:
    sheet = book["Leadership"]
    return "Leadership", put(sheet, row_of(sheet, "L4"), "Evidence date", value="11/14/2025")


def a_date_to_come(book: Workbook) -> Place:
    sheet = book[FORM]
    return FORM, put(sheet, row_of(sheet, "O5"), "Your answer", value=date(2026, 11, 1))


def words_where_a_number_belongs(book: Workbook) -> Place:
    sheet = book[FORM]
    return FORM, put(sheet, row_of(sheet, "O6"), "Your answer", value="a few days")


def a_date_where_a_number_belongs(book: Workbook) -> Place:
    sheet = book[FORM]
    return FORM, put(sheet, row_of(sheet, "O6"), "Your answer", value=date(2025, 10, 8))


def a_choice_that_is_not_on_the_list(book: Workbook) -> Place:
    sheet = book["Leadership"]
    return "Leadership", put(sheet, row_of(sheet, "L1"), "Evidence type", value="Polcy or strategy")


def neither_yes_nor_no(book: Workbook) -> Place:
    sheet = book[FORM]
    return FORM, put(sheet, row_of(sheet, "O7"), "Your answer", value="perhaps")


def an_unknown_organisation_code(book: Workbook) -> Place:
    sheet = book[FORM]
    return FORM, put(sheet, row_of(sheet, "O1"), "Your answer", value="NLT041")


def a_code_that_ended(book: Workbook) -> Place:
    sheet = book[FORM]
    return FORM, put(sheet, row_of(sheet, "O1"), "Your answer", value="OLD01")


def no_organisation_code(book: Workbook) -> Place:
    sheet = book[FORM]
    return FORM, put(sheet, row_of(sheet, "O1"), "Your answer", value=None)


def a_code_that_belongs_to_another_name(book: Workbook) -> Place:
    sheet = book[FORM]
    return FORM, put(sheet, row_of(sheet, "O1"), "Your answer", value="ELT002")


def a_name_that_belongs_to_another_code(book: Workbook) -> Place:
    sheet = book[FORM]
    return FORM, put(sheet, row_of(sheet, "O2"), "Your answer", value="East Mead NHS Trust")


def another_organisations_template(book: Workbook) -> Place:
    sheet = book[FORM]
    put(sheet, row_of(sheet, "O2"), "Your answer", value="East Mead NHS Foundation Trust")
    return FORM, put(sheet, row_of(sheet, "O1"), "Your answer", value="ELT002")


def a_reference_written_twice(book: Workbook) -> Place:
    sheet = book["Communities"]
    return "Communities", put(sheet, row_of(sheet, "C3"), "Ref", value="C2")


def a_reference_that_is_not_ours(book: Workbook) -> Place:
    sheet = book["Communities"]
    return "Communities", put(sheet, row_of(sheet, "C3"), "Ref", value="C3a")


def a_reference_wiped_out(book: Workbook) -> Place:
    sheet = book["Communities"]
    return "Communities", put(sheet, row_of(sheet, "C3"), "Ref", value=None)


def a_deleted_row(book: Workbook) -> Place:
    sheet = book["Leadership"]
    row = row_of(sheet, "L3")
    sheet.delete_rows(row)
    return "Leadership", f"A{row}"


def a_deleted_first_row(book: Workbook) -> Place:
    sheet = book["Workforce"]
    row = row_of(sheet, "W1")
    sheet.delete_rows(row)
    return "Workforce", f"A{row}"


def a_deleted_sheet(book: Workbook) -> Place:
    del book["Workforce"]
    return "Workforce", None


def a_heading_overwritten(book: Workbook) -> Place:
    sheet = book["Leadership"]
    cell = sheet.cell(header_row(sheet), column_of(sheet, "Stage 3 ", ": your answer"))
    cell.value = "Our view"
    return "Leadership", cell.coordinate


def a_heading_written_twice(book: Workbook) -> Place:
    sheet = book["Leadership"]
    cell = sheet.cell(header_row(sheet), sheet.max_column + 1)
    cell.value = sheet.cell(header_row(sheet), column_of(sheet, "Stage 3 ", ": your answer")).value
    return "Leadership", cell.coordinate


def a_copied_sheet(book: Workbook) -> Place:
    book.copy_worksheet(book["Leadership"]).title = "Leadership (2)"
    return "Leadership", None


def not_applicable_without_a_reason(book: Workbook) -> Place:
    sheet = book["Leadership"]
    row = row_of(sheet, "L5")
    put(sheet, row, "Stage 1 ", "answer", value="not applicable")
    reason = sheet.cell(row, column_of(sheet, "Reason for not applicable"))
    return "Leadership", reason.coordinate


def no_action_point(book: Workbook) -> Place:
    sheet = book["Action points"]
    first = header_row(sheet) + 1
    for cell in sheet[first]:
        cell.value = None
    return "Action points", f"B{first}"


def an_unfinished_action_point(book: Workbook) -> Place:
    sheet = book["Action points"]
    row = add_record(sheet, {"Ref": "2", "What will be done": "Train panels"})
    return "Action points", f"B{row}"


def an_action_done_without_its_date(book: Workbook) -> Place:
    sheet = book["Action points"]
    row = header_row(sheet) + 1
    put(sheet, row, "Where it stands", value="done")
    return "Action points", sheet.cell(row, column_of(sheet, "Date done")).coordinate


def an_action_reference_used_twice(book: Workbook) -> Place:
    sheet = book["Action points"]
    first = header_row(sheet) + 1
    for column in range(1, 9):
        sheet.cell(first + 1, column).value = sheet.cell(first, column).value
    return "Action points", f"A{first + 1}"


def an_e_mail_address(book: Workbook) -> Place:
    sheet = book["Action points"]
    row = header_row(sheet) + 1
    return "Action points", put(sheet, row, "Owner (role)", value="Ask jo.bloggs@example.org")


def a_telephone_number(book: Workbook) -> Place:
    sheet = book["Workforce"]
    return "Workforce", put(
        sheet, row_of(sheet, "W4"), "Evidence title", value="Call 020 7946 0958"
    )


ASSESSMENT_FAULTS: dict[str, list[Spoil]] = {
    "answer_not_on_list": [an_answer_that_is_not_on_the_list],
    "error_in_cell": [an_error_from_a_formula],
    "formula_without_value": [a_formula_never_worked_out],
    "date_not_a_date": [a_day_that_does_not_exist, half_a_date],
    "date_month_first": [a_date_with_the_month_first],
    "date_in_future": [a_date_to_come],
    "number_expected": [words_where_a_number_belongs],
    "date_in_number_cell": [a_date_where_a_number_belongs],
    "choice_not_on_list": [a_choice_that_is_not_on_the_list],
    "yes_no_expected": [neither_yes_nor_no],
    "organisation_code_unknown": [an_unknown_organisation_code],
    "organisation_code_ended": [a_code_that_ended],
    "organisation_missing": [no_organisation_code],
    "organisation_code_and_name_disagree": [
        a_code_that_belongs_to_another_name,
        a_name_that_belongs_to_another_code,
    ],
    "other_organisations_template": [another_organisations_template],
    "reference_duplicated": [a_reference_written_twice, an_action_reference_used_twice],
    "reference_unknown": [a_reference_that_is_not_ours],
    "reference_missing": [a_reference_wiped_out, a_deleted_row, a_deleted_first_row],
    "sheet_missing": [a_deleted_sheet],
    "column_missing": [a_heading_overwritten],
    "column_repeated": [a_heading_written_twice],
    "sheet_repeated": [a_copied_sheet],
    "reason_missing": [not_applicable_without_a_reason],
    "action_point_missing": [no_action_point],
    "several_required_missing": [an_unfinished_action_point],
    "done_without_date": [an_action_done_without_its_date],
    "personal_data_found": [an_e_mail_address, a_telephone_number],
}


# ---- engagement faults


def a_count_in_words(book: Workbook) -> Place:
    return "Events", put(
        book["Events"], row_of(book["Events"], "E2"), "People who came", value="lots"
    )


def a_percentage(book: Workbook) -> Place:
    sheet = book["Events"]
    cell = put(sheet, row_of(sheet, "E2"), "People who came", value=0.75)
    sheet[cell].number_format = "0%"
    return "Events", cell


def a_blank_where_a_count_belongs(book: Workbook) -> Place:
    return "Events", put(
        book["Events"], row_of(book["Events"], "E2"), "People who came", value=None
    )


def an_event_reference_used_twice(book: Workbook) -> Place:
    return "Events", put(book["Events"], row_of(book["Events"], "E2"), "Event ref", value="E1")


def an_unknown_lead_organisation(book: Workbook) -> Place:
    sheet = book["Events"]
    return "Events", put(sheet, row_of(sheet, "E1"), "Lead organisation code", value="QABX")


def a_held_event_in_the_future(book: Workbook) -> Place:
    return "Events", put(
        book["Events"], row_of(book["Events"], "E2"), "Date", value=date(2026, 3, 1)
    )


def attendance_of_no_event(book: Workbook) -> Place:
    cells = {"Event ref": "E9", "Counted by": "borough", "Category": "Camden", "People": 5}
    return "Attendance", f"A{add_record(book['Attendance'], cells)}"


def a_category_of_another_list(book: Workbook) -> Place:
    cells = {"Event ref": "E2", "Counted by": "borough", "Category": "Camdem", "People": 5}
    return "Attendance", f"C{add_record(book['Attendance'], cells)}"


def a_count_given_twice(book: Workbook) -> Place:
    cells = {"Event ref": "E1", "Counted by": "sector", "Category": "nhs trust", "People": 41}
    return "Attendance", f"C{add_record(book['Attendance'], cells)}"


def published_without_a_date(book: Workbook) -> Place:
    sheet = book["Communications"]
    return "Communications", put(sheet, row_of(sheet, "C1"), "Date published", value=None)


def held_without_a_quorum(book: Workbook) -> Place:
    sheet = book["Governance meetings"]
    return "Governance meetings", put(sheet, row_of(sheet, "M1"), "Quorate?", value=None)


def not_collected_where_it_cannot_be(book: Workbook) -> Place:
    sheet = book["Governance meetings"]
    cell = put(sheet, row_of(sheet, "M1"), "Decisions taken", value="not collected")
    return "Governance meetings", cell


ENGAGEMENT_FAULTS: dict[str, list[Spoil]] = {
    "number_expected": [a_count_in_words],
    "percentage_in_number_cell": [a_percentage],
    "required_missing": [a_blank_where_a_count_belongs],
    "reference_duplicated": [an_event_reference_used_twice],
    "code_not_on_list": [an_unknown_lead_organisation],
    "date_in_future": [a_held_event_in_the_future],
    "reference_not_among_records": [attendance_of_no_event],
    "category_not_on_list": [a_category_of_another_list],
    "count_given_twice": [a_count_given_twice],
    "published_without_date": [published_without_a_date],
    "held_without_quorum": [held_without_a_quorum],
    "word_not_taken": [not_collected_where_it_cannot_be],
}


def cases(faults: dict[str, list[Spoil]]) -> list[object]:
    return [
        pytest.param(rule_id, spoil, id=spoil.__name__)
        for rule_id, spoils in faults.items()
        for spoil in spoils
    ]


def assert_named_once(result: Judged, rule_id: str, place: Place, others: int) -> None:
    """The first file has one problem, of this rule and place; all the other files have none."""
    first, *rest = result.by_submission.values()
    for told in first.problems:
        assert_plain(told.wrong)
        assert_plain(told.fix)
    assert [(p.rule, p.sheet, p.cell) for p in first.problems] == [(rule_id, *place)]
    assert first.outcome == "needs_changes"
    assert len(rest) == others
    assert [v.outcome for v in rest] == ["accepted"] * others
    assert not any(v.problems for v in rest)


@pytest.mark.parametrize(("rule_id", "spoil"), cases(ASSESSMENT_FAULTS))
def test_a_fault_in_an_assessment_is_named_once_where_it_is(
    rule_id: str, spoil: Spoil, sandbox: Sandbox
) -> None:
    book = opened(clean())
    place = spoil(book)
    batch = [workbook_bytes(book), clean("ELT002"), clean("LBX")]
    assert_named_once(judged(batch, sandbox), rule_id, place, others=2)


@pytest.mark.parametrize(("rule_id", "spoil"), cases(ENGAGEMENT_FAULTS))
def test_a_fault_in_engagement_records_is_named_once_where_it_is(
    rule_id: str, spoil: Spoil, sandbox: Sandbox
) -> None:
    book = opened(clean_engagement())
    place = spoil(book)
    batch = [workbook_bytes(book), clean("ELT002")]
    assert_named_once(judged(batch, sandbox), rule_id, place, others=1)


@pytest.mark.parametrize(
    ("vintage", "category", "told"),
    [
        (
            "2026-27",
            "North west London",
            "North West London ended on 31 March 2026 and is now part",
        ),
        ("2026-27", "QMJ", "North Central London ended on 31 March 2026 and is now part of West"),
        ("2025-26", "Z9B2Z", "West and North London only begins on 1 April 2026."),
    ],
)
def test_a_care_system_of_another_day_is_told_what_has_become_of_it(
    vintage: str, category: str, told: str, sandbox: Sandbox
) -> None:
    book = opened(clean_engagement())
    cells = {"Event ref": "E2", "Counted by": "care system", "Category": category, "People": 5}
    row = add_record(book["Attendance"], cells)
    day = CONFIGURATION.cycles.get(vintage)
    stand = {"geography_vintage": day.geography_vintage}
    changes = {"places": CONFIGURATION.places(day), "cycle": CYCLE.model_copy(update=stand)}
    (found,) = problems(book, sandbox, **changes)
    assert (found.rule, found.cell) == ("category_not_on_list", f"C{row}")
    assert told in found.fix
    if "ended" in told:
        assert "now part of West and North London (Z9B2Z)." in found.fix


def test_an_organisation_that_ended_before_the_period_is_told_its_successor_in_records(
    sandbox: Sandbox,
) -> None:
    book = opened(clean_engagement())
    cells = {"Event ref": "E2", "Counted by": "organisation", "Category": "OLD01", "People": 5}
    add_record(book["Attendance"], cells)
    put(book["Events"], row_of(book["Events"], "E1"), "Lead organisation code", value="OLD01")
    found = problems(book, sandbox)
    assert {p.rule for p in found} == {"category_not_on_list", "code_not_on_list"}
    successor = register().set_index("organisation_id").loc["ELT002", "name"]
    assert all(f"It is now part of {successor} (ELT002)." in p.fix for p in found)


@pytest.mark.parametrize("organisation_id", ["NLT014", "QAB", "LBX", "VC0001", "NLT014-MAT"])
def test_a_clean_workbook_has_no_problem_and_every_criterion_that_is_asked(
    organisation_id: str, sandbox: Sandbox
) -> None:
    result = judged([clean(organisation_id)], sandbox)
    (only,) = result.by_submission.values()
    assert (only.outcome, only.problems, only.organisation_id) == ("accepted", (), organisation_id)
    framework = context().framework
    sector = register().set_index("organisation_id").loc[organisation_id, "sector"]
    asked = [i for _, i in framework.indicators() if framework.applies(i, sector)]
    assert len(result.answers) == len(asked) * len(framework.stages)


def test_the_frames_have_the_columns_of_their_tables(sandbox: Sandbox) -> None:
    result = judged([clean(), clean_engagement()], sandbox)
    for frame, table in (
        (result.answers, answer),
        (result.record_values, record_value),
        (result.problems, problem),
        (result.verdicts, verdict),
    ):
        assert list(frame.columns) == [column.name for column in table.columns]


def test_an_empty_batch_has_empty_frames(sandbox: Sandbox) -> None:
    result = judged([], sandbox)
    assert result.answers.empty
    assert result.verdicts.empty


# ---- what is read all the same


def test_sorted_and_hidden_rows_are_read_and_the_hidden_ones_noted(sandbox: Sandbox) -> None:
    book = opened(clean())
    sheet = book["Leadership"]
    rows = rows_of(sheet)
    values = [[cell.value for cell in sheet[row]] for row in rows]
    for row, line in zip(rows, reversed(values), strict=True):
        for column, value in enumerate(line, start=1):
            sheet.cell(row, column).value = value
    for row in rows[1:3]:
        sheet.row_dimensions[row].hidden = True
    result = judged([book], sandbox)
    (only,) = result.by_submission.values()
    assert [(p.rule, p.severity, p.sheet) for p in only.problems] == [
        ("rows_hidden", "note", "Leadership")
    ]
    assert f"{rows[1]} to {rows[2]}" in only.problems[0].wrong
    assert_same_answers(result, judged([clean()], sandbox), but_for=["cell", "submission_id"])


def assert_same_answers(one: Judged, other: Judged, but_for: list[str]) -> None:
    keys = ["indicator_id", "stage"]
    frames = [
        j.answers.drop(columns=but_for).sort_values(keys, ignore_index=True) for j in (one, other)
    ]
    pd.testing.assert_frame_equal(*frames)


def test_inserted_rows_and_columns_move_the_cell_that_is_named(sandbox: Sandbox) -> None:
    book = opened(clean())
    sheet = book["Leadership"]
    sheet.insert_cols(2, 2)
    sheet.insert_rows(header_row(sheet) + 2, 3)
    place = an_answer_that_is_not_on_the_list(book)
    assert [(p.sheet, p.cell) for p in problems(book, sandbox)] == [place]


def test_a_renamed_and_moved_sheet_is_read_and_noted(sandbox: Sandbox) -> None:
    book = opened(clean())
    book["Workforce"].title = "Our people"
    book.move_sheet("Our people", -4)
    result = judged([book], sandbox)
    (only,) = result.by_submission.values()
    assert [(p.rule, p.severity, p.sheet) for p in only.problems] == [
        ("sheet_renamed", "note", "Our people")
    ]
    assert_same_answers(result, judged([clean()], sandbox), ["sheet", "submission_id"])


def test_a_strict_save_is_read_and_noted(sandbox: Sandbox) -> None:
    result = judged([as_strict(clean())], sandbox)
    (only,) = result.by_submission.values()
    assert [(p.rule, p.severity) for p in only.problems] == [("saved_as_strict", "note")]
    assert_same_answers(result, judged([clean()], sandbox), ["submission_id"])


def test_a_workbook_without_its_hidden_identity_is_known_by_its_code_and_references(
    sandbox: Sandbox,
) -> None:
    book = opened(clean())
    del book["_meta"]
    assert problems(book, sandbox) == ()
    del book["Start"]
    assert problems(book, sandbox) == ()


# ---- the wrong file


def test_last_years_template_is_told_once_at_its_code_and_nothing_else_is(sandbox: Sandbox) -> None:
    book = assessment(cycle=CONFIGURATION.cycles.get("2024-25"))
    an_answer_that_is_not_on_the_list(book)
    (only,) = problems(book, sandbox)
    assert only.rule == "last_years_template"
    assert only.sheet == "Start"
    assert str(book["Start"][only.cell].value).startswith("REMI-A-2024-25-NLT014")
    assert "2024/25" in only.wrong
    assert "2025/26" in only.wrong
    assert "take the one that we can hand back, with your answers in it" in only.fix


def test_a_workbook_of_one_kind_with_the_sheets_of_the_other_is_told_so(sandbox: Sandbox) -> None:
    book = opened(clean_engagement())
    other = template("QAB")
    for row in range(1, 6):
        book["_meta"].cell(row, 1).value = other["_meta"].cell(row, 1).value
    assert [p.rule for p in problems(book, sandbox)] == ["wrong_kind"]


def test_a_workbook_of_an_organisation_that_is_not_signed_in_is_stopped(sandbox: Sandbox) -> None:
    def told(sent_for: str) -> tuple[Problem, ...]:
        file = received(clean(), sent_for=sent_for)
        return judge([file], context(), sandbox).verdict_of(file.submission_id).problems

    (only,) = told("ELT002")
    assert (only.rule, only.sheet) == ("not_your_organisation", FORM)
    assert told("NLT014") == ()


WRONG_FILES = {
    "file_is_csv": b"Ref,Answer\nL1,met\nL2,part\n",
    "file_is_password_protected": REFUSED["password"][0],
    "file_did_not_arrive_whole": b"",
    "file_empty": b"",
}


@pytest.mark.parametrize("rule_id", WRONG_FILES)
def test_a_wrong_file_is_named_for_what_it_is_and_costs_the_others_nothing(
    rule_id: str, sandbox: Sandbox
) -> None:
    content = WRONG_FILES[rule_id]
    if rule_id == "file_did_not_arrive_whole":
        content = clean()[: len(clean()) // 2]
    result = judged([content, clean("ELT002")], sandbox)
    first, second = result.by_submission.values()
    assert [(p.rule, p.sheet, p.cell) for p in first.problems] == [(rule_id, None, None)]
    assert (first.outcome, first.kind) == ("unusable", "unknown")
    assert (second.outcome, second.problems) == ("accepted", ())


def test_the_cell_at_the_far_end_of_a_tiny_file_is_only_not_our_workbook(sandbox: Sandbox) -> None:
    book = Workbook()
    book.active["XFD1048576"] = "x"
    far = workbook_bytes(book)
    result = judged([far, clean("ELT002")], sandbox)
    first, second = result.by_submission.values()
    assert (first.outcome, [p.rule for p in first.problems]) == ("unusable", ["not_our_workbook"])
    assert second.outcome == "accepted"


# ---- blanks, claims, counts


def test_a_workbook_sent_back_empty_is_told_so_once(sandbox: Sandbox) -> None:
    told = problems(template("NLT014"), sandbox)
    assert [p.rule for p in told] == ["several_required_missing", "nothing_answered"]
    told = problems(template("QAB", "engagement"), sandbox)
    assert [p.rule for p in told] == ["nothing_recorded", "several_required_missing"]


def test_blanks_are_named_once_a_row_and_never_after_the_first_that_is_not_met(
    sandbox: Sandbox,
) -> None:
    book = opened(clean())
    sheet = book["Leadership"]
    row = row_of(sheet, "L1")
    for stage, value in enumerate(["met", None, "met", None, "not met", None], start=1):
        put(sheet, row, f"Stage {stage} ", "answer", value=value)
    result = judged([book], sandbox)
    (only,) = result.by_submission.values()
    blank = sheet.cell(row, column_of(sheet, "Stage 2 ", "answer")).coordinate
    assert [(p.rule, p.severity, p.cell, p.ref) for p in only.problems] == [
        ("unanswered", "check", blank, "L1")
    ]
    assert "stages 2 Commitment and 4 Embedding" in only.problems[0].wrong
    assert only.outcome == "accepted"
    answers = result.answers.query("indicator_id == 'L1'")["answer"].tolist()
    assert answers == ["met", "unanswered", "met", "unanswered", "not_met", "not_needed"]


def test_a_claim_ahead_is_shown_but_kept(sandbox: Sandbox) -> None:
    book = opened(clean())
    sheet = book["Leadership"]
    row = row_of(sheet, "L1")
    for stage, value in enumerate(["met", "part", "met", "met", "not met", None], start=1):
        put(sheet, row, f"Stage {stage} ", "answer", value=value)
    ahead = sheet.cell(row, column_of(sheet, "Stage 3 ", "answer")).coordinate
    told = problems(book, sandbox)
    assert [(p.rule, p.severity, p.cell) for p in told] == [("claims_ahead", "check", ahead)]


def test_counts_that_do_not_add_up_are_shown_unless_people_may_count_twice(
    sandbox: Sandbox,
) -> None:
    book = opened(clean_engagement())
    sheet = book["Attendance"]
    first = header_row(sheet) + 1
    cell = put(sheet, first, "People", value=40)
    (only,) = problems(book, sandbox)
    assert (only.rule, only.severity, only.cell) == ("attendance_does_not_add_up", "check", cell)
    assert "72" in only.wrong
    assert "73" in only.wrong
    put(sheet, first, "Could people be counted twice?", value="yes")
    assert problems(book, sandbox) == ()


def test_an_event_outside_the_period_is_shown_and_one_not_held_is_not(sandbox: Sandbox) -> None:
    book = opened(clean_engagement())
    sheet = book["Events"]
    cell = put(sheet, row_of(sheet, "E2"), "Date", value=date(2023, 3, 1))
    (only,) = problems(book, sandbox)
    assert (only.rule, only.severity, only.cell) == ("date_outside_period", "check", cell)
    put(sheet, row_of(sheet, "E2"), "Held or not", value="cancelled")
    put(sheet, row_of(sheet, "E2"), "People who came", value=None)
    assert problems(book, sandbox) == ()


def test_blank_zero_not_collected_and_declined_stay_four_things(sandbox: Sandbox) -> None:
    book = opened(clean_engagement())
    for ref, people in (("E3", 0), ("E4", "not collected"), ("E5", "declined")):
        row = add_record(book["Events"], {"Event ref": ref})
        for column in range(2, 10):
            book["Events"].cell(row, column).value = book["Events"].cell(row - 1, column).value
        put(book["Events"], row, "People who came", value=people)
    frame = judged([book], sandbox).record_values.query("column_id == 'attendances'")
    kept = {r.record: (r.state, r.number, r.qualifier) for r in frame.itertuples()}
    assert kept["E1"][:2] == ("value", 73)
    assert kept["E2"] == ("value", 80, ">")
    assert kept["E3"][:2] == ("value", 0)
    assert kept["E4"][0] == "not_collected"
    assert kept["E5"][0] == "declined"
    assert pd.isna(kept["E4"][1])
    assert pd.isna(kept["E5"][1])


def test_a_reference_that_reads_like_a_row_is_never_taken_for_another_record(
    sandbox: Sandbox,
) -> None:
    book = assessment()
    sheet = book["Action points"]
    first = rows_of(sheet)[0]
    second = add_record(sheet, {"Commitment": "Workforce", "What will be done": "Train panels"})
    put(sheet, first, "Ref", value=f"row {second}")
    put(sheet, second, "Ref", value=None)
    records = judged([book], sandbox).record_values
    names = records.loc[
        (records["sheet_id"] == "action_points") & (records["column_id"] == "action"), "record"
    ]
    assert len(set(names)) == 2


def test_personal_details_are_neither_kept_nor_shown(sandbox: Sandbox) -> None:
    person = "Ann Smith, a.smith@example.org, 020 7946 0000"
    book, records = opened(clean()), opened(clean_engagement())
    sheet, points, events = book["Communities"], book["Action points"], records["Events"]
    placed = [
        put(sheet, row_of(sheet, "C3"), "Ref", value=person),
        put(sheet, row_of(sheet, "C4"), "Stage 1 ", ": your answer", value=person),
        put(sheet, row_of(sheet, "C5"), "Evidence title", value=person),
        put(sheet, row_of(sheet, "C5"), "Evidence date", value=f"2025-11-14 10:00 {person}"),
        put(sheet, row_of(sheet, "C5"), "Evidence type", value=person),
        put(points, header_row(points) + 1, "Owner (role)", value=person),
        put(events, header_row(events) + 1, "Event ref", value=person),
    ]
    result = judged([book, records], sandbox)
    tables = (result.answers, result.record_values, result.problems)
    everything = " ".join(table.to_csv() for table in tables) + str(result.by_submission)
    for part in ("Ann", "Smith", "a.smith", "7946"):
        assert part not in everything
    told = result.problems[result.problems["rule"] == "personal_data_found"]
    assert sorted(told["cell"]) == sorted(placed)
    assert told["seen"].isna().all()
    assert set(told["wrong"]) == {
        "Something in this cell looks like an e-mail address and a telephone number."
    }


# ---- whole batches


def test_the_last_accepted_file_counts_and_a_spoiled_later_one_does_not(sandbox: Sandbox) -> None:
    second, third = opened(clean()), opened(clean())
    put(second[FORM], row_of(second[FORM], "O6"), "Your answer", value=12)
    an_answer_that_is_not_on_the_list(third)
    frame = judged([clean(), second, third, clean_engagement()], sandbox).verdicts
    assert frame["outcome"].tolist() == ["accepted", "accepted", "needs_changes", "accepted"]
    assert frame["counts"].tolist() == [False, True, False, True]
    assert frame["superseded_by"].isna().tolist() == [False, True, True, True]
    assert frame["superseded_by"][0] == frame["submission_id"][1]


@pytest.mark.parametrize(
    ("organisations", "rule_id"),
    [(("NLT014", "ELT002"), "sheets_alike"), (("VC0001", "VC0002"), "sheets_alike_in_joint_group")],
)
def test_sheets_alike_word_for_word_are_shown_in_both_files(
    organisations: tuple[str, str], rule_id: str, sandbox: Sandbox
) -> None:
    one, other = (opened(clean(o)) for o in organisations)
    for line in one["Workforce"].iter_rows():
        for cell in line:
            other["Workforce"][cell.coordinate].value = cell.value
    result = judged([one, other], sandbox)
    assert len(result.problems) == 2
    for told in result.problems.to_dict("records"):
        assert (told["rule"], told["sheet"]) == (rule_id, "Workforce")
        assert not any(o in told["wrong"] for o in organisations)
    assert set(result.verdicts["outcome"]) == {"accepted"}
    # What a file says of itself does not depend on whose files came with it.
    assert all(found.problems == () for found in result.by_submission.values())


def test_a_file_that_is_not_signed_off_does_not_take_the_place_of_one_that_counts(
    sandbox: Sandbox,
) -> None:
    book = opened(clean())
    put(book[FORM], row_of(book[FORM], "O6"), "Your answer", value=12)
    first, later = received(clean()), replace(received(workbook_bytes(book)), may_count=False)
    frame = judge([first, later], context(), sandbox).verdicts
    assert frame["outcome"].tolist() == ["accepted", "accepted"]
    assert frame["counts"].tolist() == [True, False]
    assert frame["superseded_by"].isna().all()


def test_a_file_is_told_the_same_alone_and_among_others(sandbox: Sandbox) -> None:
    book = opened(clean())
    an_answer_that_is_not_on_the_list(book)
    a_telephone_number(book)
    content = workbook_bytes(book)
    alone = judged([content], sandbox)
    among = judged([clean("LBX"), content, clean_engagement()], sandbox)
    submission_id = received(content).submission_id
    assert alone.verdict_of(submission_id) == among.verdict_of(submission_id)


def test_a_rule_that_fails_to_run_is_our_fault_and_no_partners() -> None:
    import pandera.pandas as pa

    broken = pa.DataFrameSchema(checks=rule("broken", lambda frame: frame["no such column"] > 0))
    with pytest.raises(JudgingError):
        list(failures([broken], pd.DataFrame({"stage": [1]})))


def test_must_fix_comes_first_and_then_the_order_of_the_workbook(sandbox: Sandbox) -> None:
    book = opened(clean())
    book["Leadership"].sheet_state = "hidden"
    last = a_telephone_number(book)
    first = a_day_that_does_not_exist(book)
    told = problems(book, sandbox)
    assert [(p.sheet, p.cell) for p in told] == [first, last, ("Leadership", None)]


def test_rows_that_are_not_asked_are_left_out_and_noted(sandbox: Sandbox) -> None:
    changed = register().copy()
    changed.loc[changed["organisation_id"] == "NLT014", "sector"] = "vcse"
    own = judging_context(CONFIGURATION, CYCLE, changed, KEY, TODAY)
    result = judge([received(clean())], own, sandbox)
    (only,) = result.by_submission.values()
    assert {p.rule for p in only.problems} == {"row_not_asked"}
    assert "A1" not in result.answers["indicator_id"].tolist()


def test_a_template_of_another_framework_version_is_told_so(sandbox: Sandbox) -> None:
    newer = context().framework.model_copy(update={"version": "1.1"})
    (only,) = problems(clean(), sandbox, framework=newer)
    assert only.rule == "template_version_differs"
    assert "1.1" in only.wrong


def test_what_a_department_takes_over_need_not_be_answered(sandbox: Sandbox) -> None:
    book = opened(clean("NLT014-MAT"))
    sheet = book["Leadership"]
    row = row_of(sheet, "L2")
    for stage in range(1, len(context().framework.stages) + 1):
        put(sheet, row, f"Stage {stage} ", "answer", value=None)
    assert [p.rule for p in problems(book, sandbox)] == ["unanswered"]
    put(sheet, row, "Taken from your organisation as a whole", value="yes")
    result = judged([book], sandbox)
    (only,) = result.by_submission.values()
    assert only.problems == ()
    inherited = result.answers[result.answers["inherited"]]
    assert set(inherited["indicator_id"]) == {"L2"}
    assert set(inherited["answer"]) == {"unanswered"}


def test_a_workbook_spoiled_at_random_is_answered_in_plain_words(sandbox: Sandbox) -> None:
    odd = ["31/02", "n/a", "mett", -3, 0.5, True, date(2031, 1, 1), "#REF!", "L1", None, "8-10"]
    files = []
    for seed in range(10):
        rng = random.Random(seed)
        book = opened(clean() if seed % 2 else clean_engagement())
        for _ in range(30):
            sheet = rng.choice([s for s in book.worksheets if s.title != "_meta"])
            cell = sheet.cell(rng.randint(1, sheet.max_row), rng.randint(1, sheet.max_column))
            cell.value = rng.choice(odd)
        files.append(workbook_bytes(book))
    for found in judged(files, sandbox).by_submission.values():
        assert found.outcome == "needs_changes"
        cells = [(p.sheet, p.cell) for p in found.problems if p.cell]
        assert len(cells) == len(set(cells))
        assert "file_not_checked" not in {p.rule for p in found.problems}
