"""Rule by rule, how the two examples of its message are made.

What stands in quotation marks first in an example of the catalogue is what is written here.
"""

from __future__ import annotations

from datetime import date
from functools import partial

import example_changes as change
from example_models import MODEL_EXAMPLES
from example_workbooks import (
    Example,
    Sent,
    answer,
    as_excel,
    both,
    cell,
    clean,
    damaged,
    file_of,
    good,
    good_engagement,
    in_assessment,
    in_engagement,
    number,
    of_our_own,
    one_refused,
    record_cell,
    with_part,
    with_pictures,
)
from made_workbooks import zipped

from remi.demo import file_faults

CAME = ("Events", "E2", "People who came")
MEETING = partial(cell, "Governance meetings", "M1")

EXAMPLES: dict[str, Example] = {
    "file_empty": file_of(file_faults.empty),
    "file_too_large": file_of(with_pictures),
    "file_did_not_arrive_whole": file_of(file_faults.truncated),
    "file_is_damaged": file_of(damaged),
    "file_is_password_protected": file_of(file_faults.password_protected),
    "file_is_protected_by_label": one_refused("file_is_protected_by_label"),
    "file_is_old_excel": one_refused("file_is_old_excel"),
    "file_is_binary_excel": one_refused("file_is_binary_excel"),
    "file_is_opendocument": one_refused("file_is_opendocument"),
    "file_is_numbers": one_refused("file_is_numbers"),
    "file_is_csv": file_of(file_faults.csv_renamed),
    "file_is_html": one_refused("file_is_html"),
    "file_is_pdf": one_refused("file_is_pdf"),
    "file_is_word": one_refused("file_is_word"),
    "file_is_powerpoint": one_refused("file_is_powerpoint"),
    "file_is_picture": one_refused("file_is_picture"),
    "file_is_text": one_refused("file_is_text"),
    "file_is_zip": file_of(lambda content: zipped({"return.xlsx": content, "letter.pdf": b"%PDF"})),
    "file_is_not_a_workbook": one_refused("file_is_not_a_workbook"),
    "file_unsafe": file_of(with_part("../../passwords", b"x")),
    "not_our_workbook": file_of(of_our_own),
    "wrong_kind": Example(change.sheets_of_two_kinds, good_engagement),
    "last_years_template": Example(change.of_last_year, good),
    "template_version_differs": Example(change.before_the_change, good),
    "other_organisations_template": in_assessment(change.anothers_template),
    "not_your_organisation": Example(change.sent_for("ELT002"), change.sent_for("NLT014")),
    "organisation_missing": in_assessment(answer("O1")),
    "organisation_code_unknown": both(answer("O1")),
    "organisation_code_ended": both(answer("O1")),
    "organisation_code_and_name_disagree": both(answer("O2")),
    "organisation_name_differs": both(answer("O2")),
    "sheet_missing": in_assessment(change.delete_sheet),
    "sheet_repeated": in_assessment(change.copy_sheet),
    "headings_missing": in_assessment(change.delete_headings, change.lower_headings),
    "column_missing": in_assessment(change.overwrite_heading),
    "column_repeated": in_assessment(change.copy_column, change.write_beside_the_table),
    "reference_missing": in_assessment(change.delete_row, change.not_applicable_with_reason),
    "reference_beside_other_text": in_assessment(change.reference_over_another),
    "wording_differs": in_assessment(change.criterion_written_over),
    "reference_unknown": both(cell("Communities", "C3", "Ref")),
    "reference_duplicated": both(cell("Communities", "C3", "Ref")),
    "reference_not_among_records": both(
        change.count_of("Event ref", "E2", "borough", "Camden"), in_engagement
    ),
    "row_not_asked": Example(change.row_of_a_trust, lambda _: Sent((clean("VC0001"),))),
    "rows_ignored": in_assessment(change.note_below_the_table, change.write_beside_the_table),
    "sheet_renamed": in_assessment(change.rename_sheet),
    "sheet_hidden": in_assessment(change.hide_sheet),
    "rows_hidden": in_assessment(change.hide_rows),
    "columns_hidden": in_assessment(change.hide_column),
    "saved_as_strict": file_of(file_faults.strict_save),
    "macros_ignored": file_of(with_part("xl/vbaProject.bin", b"x")),
    "links_ignored": file_of(with_part("xl/externalLinks/externalLink1.xml", b"<x/>")),
    "error_in_cell": both(cell("Workforce", "W3", "Stage 1 ", "answer")),
    "formula_without_value": both(cell("Workforce", "W2", "Evidence title")),
    "answer_not_on_list": both(cell("Leadership", "L2", "Stage 1 ", "answer")),
    "choice_not_on_list": both(cell("Leadership", "L1", "Evidence type")),
    "code_not_on_list": both(cell("Events", "E1", "Lead organisation code"), in_engagement),
    "organisation_of_another_day": both(
        cell("Events", "E1", "Lead organisation code"), in_engagement
    ),
    "code_expected": in_engagement(
        cell("Events", "E1", "Lead organisation code", as_typed=as_excel(date(2025, 2, 1))),
        cell("Events", "E1", "Lead organisation code"),
    ),
    "leading_zeros_restored": Example(change.code_of_digits(number), change.code_of_digits(str)),
    "raised_digit": both(cell(*CAME), in_engagement),
    "yes_no_expected": both(answer("O7")),
    "number_expected": both(answer("O6")),
    "whole_number_expected": both(cell(*CAME, as_typed=number), in_engagement),
    "number_below_zero": both(answer("O6", as_typed=number)),
    "percentage_in_number_cell": both(cell(*CAME), in_engagement),
    "date_in_number_cell": in_assessment(
        answer("O6", as_typed=as_excel(date(2025, 10, 8))), answer("O6")
    ),
    "range_read_as_at_least": both(cell(*CAME), in_engagement),
    "word_not_taken": in_engagement(
        MEETING("Decisions taken"), MEETING("Decisions taken", as_typed=number)
    ),
    "date_not_a_date": both(answer("O5")),
    "date_month_first": both(answer("O5")),
    "date_not_understood": both(answer("O5")),
    "date_weekday_differs": both(answer("O5")),
    "date_shown_as_number": in_assessment(change.day_as_number, answer("O5")),
    "date_unlikely": both(answer("O5")),
    "personal_data_found": both(record_cell("Action points", "Owner (role)")),
    "required_missing": both(cell(*CAME), in_engagement),
    "several_required_missing": in_assessment(change.unfinished_action, change.finished_action),
    "reason_missing": in_assessment(
        change.not_applicable_without_reason, change.not_applicable_with_reason
    ),
    "action_point_missing": in_assessment(change.no_action),
    "nothing_answered": Example(change.first_page_only, good),
    "nothing_recorded": Example(change.about_page_only, good_engagement),
    "unanswered": in_assessment(
        change.answers(2, "met", None, "met"), change.answers(1, "met", "part", *[None] * 4)
    ),
    "claims_ahead": in_assessment(
        change.answers(2, "part", "met", *[None] * 4), change.answers(1, "part", *[None] * 5)
    ),
    "date_in_future": both(answer("O5")),
    "date_outside_period": both(cell("Events", "E2", "Date"), in_engagement),
    "done_without_date": both(change.done),
    "published_without_date": both(cell("Communications", "C1", "Date published"), in_engagement),
    "held_without_quorum": both(MEETING("Quorate?"), in_engagement),
    "people_but_not_held": both(change.cancelled, in_engagement),
    "quorum_without_date": both(MEETING("Date held"), in_engagement),
    "time_in_number_cell": both(answer("O6")),
    "more_present_than_seats": both(change.present_of_four_seats, in_engagement),
    "more_counted_than_came": both(
        cell("Attendance", "E1", "People", as_typed=number), in_engagement
    ),
    "more_raised_than_taken": both(
        MEETING("Decisions raised by communities", as_typed=number), in_engagement
    ),
    "more_answered_than_raised": both(MEETING("Of those, adopted", as_typed=number), in_engagement),
    "category_not_on_list": both(
        change.count_of("Category", "E2", "borough", "Camden"), in_engagement
    ),
    "count_given_twice": in_engagement(
        change.count_of("Category", "E1", "sector", "NHS trust"),
        change.count_of("Category", "E2", "sector", "NHS trust"),
    ),
    "attendance_does_not_add_up": both(
        cell("Attendance", "E1", "People", as_typed=number), in_engagement
    ),
    "sheet_put_back": in_assessment(change.put_back),
    "sheets_alike": change.alike("NLT014", "ELT002"),
    "sheets_alike_in_joint_group": change.alike("VC0001", "VC0002"),
    **MODEL_EXAMPLES,
}
"""Rule -> its examples."""
