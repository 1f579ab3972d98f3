#!/usr/bin/env bash
# gptables 2.0.2: a table named like a cell ("A02") is written without being marked as a table.
#
# Seen 2026-12-01. gptables marks every table, as the Analysis Function asks for, so that screen readers
# announce its headings. Its docstring says which characters a table's name may have, and "A02" has no
# others. But a spreadsheet allows no name that could be a cell (A02, T1) or a place by row and column
# (C, R1C1): xlsxwriter 3.3.1 warns and adds no table, and gptables goes on. The workbook looks the
# same and has no table in it.
# Why it matters here: official tables are named by number ("A02", "T1").
# The product names tables by number and words (a02_...), and a test counts the marked tables:
# tests/release/test_release_workbook.py
# (test_each_sheet_holds_one_marked_table_at_its_left_edge_and_nothing_below).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    gptables==2.0.2 xlsxwriter==3.3.1 pandas==2.3.3 numpy==2.4.6 openpyxl==3.1.5
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import warnings
from importlib.metadata import version

import gptables
import openpyxl
import pandas as pd


def marked(name: str) -> tuple[list[str], list[str]]:
    table = gptables.GPTable(
        table=pd.DataFrame({"Partner": ["A", "B"], "Stage": [3, 4]}), table_name=name,
        title="Stages", subtitles=["2026"], scope="All", source="Returns", index_columns={1: 0},
    )
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        gptables.write_workbook(filename="book.xlsx", sheets={"S": table}, contentsheet_label=None)
    sheet = openpyxl.load_workbook("book.xlsx")["S"]
    assert [cell.value for cell in sheet["A"]][-2:] == ["A", "B"], "the data are written"
    return list(sheet.tables), [str(one.message) for one in warned if "add_table" in str(one.message)]


print({name: version(name) for name in ("gptables", "xlsxwriter", "pandas")})
seen = {name: marked(name) for name in ("a02_stages", "A02", "T1", "C", "R1C1")}
for name, (tables, warned) in seen.items():
    print(f"{name:10} tables in the sheet: {tables} {warned}")
assert seen["a02_stages"][0] == ["a02_stages"]
others = {name: tables for name, (tables, _) in seen.items() if name != "a02_stages"}
assert not any(others.values()), "a table is marked now"
PYTHON
