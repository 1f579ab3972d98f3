"""The faults that real files have, by name, each put into a good workbook by a small function."""

from __future__ import annotations

from collections.abc import Callable

from remi.demo import cell_faults, file_faults

FAULTS: dict[str, Callable[[bytes], bytes]] = {
    "label_not_on_list": cell_faults.label_not_on_list,
    "error_in_cell": cell_faults.error_in_cell,
    "date_that_does_not_exist": cell_faults.date_that_does_not_exist,
    "text_in_number": cell_faults.text_in_number,
    "unknown_code": cell_faults.unknown_code,
    "code_and_name_disagree": cell_faults.code_and_name_disagree,
    "reference_twice": cell_faults.reference_twice,
    "row_deleted": cell_faults.row_deleted,
    "sorted_and_hidden_rows": cell_faults.sorted_and_hidden_rows,
    "sheet_renamed": cell_faults.sheet_renamed,
    "csv_renamed": file_faults.csv_renamed,
    "password_protected": file_faults.password_protected,
    "truncated": file_faults.truncated,
    "strict_save": file_faults.strict_save,
    "far_cell": file_faults.far_cell,
    "empty": file_faults.empty,
    "personal_data": cell_faults.personal_data,
    "no_action_point": cell_faults.no_action_point,
}
"""Fault -> the function that puts it into the bytes of a good assessment workbook."""

LAST_YEARS_TEMPLATE = "last_years_template"
ANOTHER_ORGANISATIONS_TEMPLATE = "another_organisations_template"
"""Faults of the template, so that they are made when it is filled in (`filled_assessment`)."""
