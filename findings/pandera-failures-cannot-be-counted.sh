#!/usr/bin/env bash
# pandera 0.35.0: failure_cases has nothing for some failures and one line a column for others.
#
# Seen 2026-12-01. Of a failed lazy validation `failure_cases` is documented as the frame of what failed.
# Where two rows are not unique because both are blank, validation fails and the frame is empty: no
# row, no column, no check. Where one row breaks a rule between columns, the frame has a line for each
# column of the row that holds something, also for columns that the rule does not look at, and fewer
# where the row has blanks. So its length says neither whether nor how often data failed.
# Why it matters here: "3 rows are wrong" and the rows themselves are what a data team is told.
# The product takes the rows from each error's own check_output, and counts a rule once a row:
# remi/intake/judging/rules.py, assets/checks.py; tests/pipelines/test_broken_rules.py.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    pandera==0.35.0 pandas==3.1.1 numpy==2.4.6
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
from importlib.metadata import version

import pandas as pd
import pandera.pandas as pa


def cases(schema: pa.DataFrameSchema, frame: pd.DataFrame) -> pd.DataFrame:
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        return error.failure_cases
    raise AssertionError("valid")


text, number = pa.Column(str, nullable=True), pa.Column(float)
once = pa.DataFrameSchema({"partner": text, "question": text}, unique=["partner", "question"])
blanks = cases(once, pd.DataFrame({"partner": [None, None, "B"], "question": [None, None, "L1"]}))
halves = cases(once, pd.DataFrame({"partner": ["A", "A", "B"], "question": [None, None, "L1"]}))
rule = pa.Check(lambda frame: frame["part"] <= frame["whole"], name="no more than the whole")
between = pa.DataFrameSchema({"part": number, "whole": number}, checks=rule)
row = pd.DataFrame({"part": [5.0, 9.0], "whole": [10.0, 2.0], "note": ["", "x"], "by": ["y", None]})
wide = cases(between, row)
print({name: version(name) for name in ("pandera", "pandas")})
print("two rows alike, both blank: lines of failure_cases:", len(blanks))
print("two rows alike, half blank: lines:", len(halves), "of columns", set(halves["column"]))
print("one row breaks one rule:", wide[["column", "index"]].to_numpy().tolist())
assert len(blanks) == 0, "blanks that are alike are told now"
assert len(halves) == 2 and set(halves["column"]) == {"partner"}
assert sorted(wide["column"]) == ["note", "part", "whole"] and set(wide["index"]) == {1}
PYTHON
