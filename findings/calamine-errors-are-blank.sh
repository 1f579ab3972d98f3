#!/usr/bin/env bash
# python-calamine 0.9.1 (also as the engine of pandas 3.1.1): an error in a cell is a blank cell.
#
# Seen 2026-12-01. A cell that shows #REF!, #N/A or #DIV/0! is returned as "" from .xlsx, and as NaN by
# pandas, exactly as a cell that nobody filled. openpyxl 3.1.5 returns the error's name from the same
# file. The library it wraps has a type of its own for errors; the wrapper's list of Python types has
# none and does not say what becomes of them. So a required figure that broke is told to be missing,
# and an optional one disappears.
# Why it matters here: a broken link between sheets is one of the commonest faults of returned
# workbooks, and its owner sees a number's name, not an empty cell.
# The product reads the error and names it with its cell (docs/decisions/0003-reading-workbooks.md):
# tests/intake/test_reader.py (test_an_error_cell_is_never_blank); for .ods tests/intake/test_ods_reader.py
# (test_an_error_in_an_ods_is_never_blank_and_never_zero).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    python-calamine==0.9.1 pandas==3.1.1 numpy==2.4.6 openpyxl==3.1.5 xlsxwriter==3.3.1
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
from importlib.metadata import version

import openpyxl
import pandas as pd
import xlsxwriter
from python_calamine import CalamineWorkbook

errors = ["#REF!", "#N/A", "#DIV/0!"]
with xlsxwriter.Workbook("book.xlsx") as book:
    sheet = book.add_worksheet()
    for place, error in enumerate(errors):
        sheet.write(place, 0, f"question {place}")
        sheet.write_formula(place, 1, "=Other!A1", None, error)
    sheet.write(3, 0, "nobody filled this")
    sheet.write(3, 2, "end")
print({name: version(name) for name in ("python-calamine", "pandas", "openpyxl")})
by_calamine = [row[1] for row in CalamineWorkbook.from_path("book.xlsx").get_sheet_by_index(0).to_python()]
by_pandas = pd.read_excel("book.xlsx", engine="calamine", header=None)[1].isna().tolist()
cells = openpyxl.load_workbook("book.xlsx", data_only=True).active["B"]
by_openpyxl = [cell.value for cell in cells]
print("openpyxl:        ", by_openpyxl)
print("python-calamine: ", by_calamine)
print("missing by pandas with engine calamine:", by_pandas)
assert by_openpyxl == [*errors, None]
assert by_calamine == [""] * 4, "errors are told from blanks now"
assert by_pandas == [True] * 4, "errors are told from blanks now"
PYTHON
