#!/usr/bin/env bash
# pandera 0.35.0 on pandas 3.1.1: with ignore_na=False a blank fails as float and passes as Int64.
#
# Seen 2026-12-01. `ignore_na=False` asks a check to look at missing values too. In a column of float64
# a blank then fails "at least 0". In a column of Int64 the same blank passes, because the comparison
# with pd.NA gives pd.NA and what is neither true nor false counts as kept. The same happens in a check
# between columns: "no more than" passes for the row whose other number is missing.
# The documentation names no difference between types. What it does say, that a check of a whole frame
# is not given rows with any null, does not hold: by default, too, a row with a blank beside the two
# numbers fails, and only a row that is blank throughout is passed over.
# Why it matters here: whole numbers that may be missing are Int64 everywhere in such data, and a
# frame changes from float64 to Int64 by reading it once more.
# The product asks for missing values by themselves (notna, a column of states) and never by a
# comparison: schemas/checks.py, schemas/engagement.py, schemas/results.py;
# tests/scoring/test_result_contracts.py (test_a_result_that_cannot_be_is_refused).
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


def fails(schema: pa.DataFrameSchema, frame: pd.DataFrame) -> bool:
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors:
        return True
    return False


at_least_0 = pa.Check.ge(0, ignore_na=False)
no_more = pa.Check(lambda frame: frame["part"] <= frame["whole"], ignore_na=False)
seen = {}
for kind in ("float64", "Int64"):
    one = pd.DataFrame({"people": pd.array([1, None], dtype="Float64").astype(kind)})
    two = pd.DataFrame({"part": [5, 9], "whole": [10, None]}).astype(kind)
    column = pa.Column(kind, at_least_0, nullable=True)
    pair = {name: pa.Column(kind, nullable=True) for name in two}
    seen[kind] = (
        fails(pa.DataFrameSchema({"people": column}), one),
        fails(pa.DataFrameSchema(pair, checks=no_more), two),
    )
beside = pd.DataFrame({"part": [9.0, None], "whole": [2.0, None], "note": [None, None]})
usual = pa.DataFrameSchema(checks=pa.Check(lambda frame: frame["part"] <= frame["whole"]))
seen["by default"] = (fails(usual, beside.iloc[:1]), fails(usual, beside.iloc[1:]))
print({name: version(name) for name in ("pandera", "pandas")})
print("a blank fails 'at least 0', 'part no more than whole':")
for kind in ("float64", "Int64"):
    print(f"  {kind}: {seen[kind]}")
print("by default, 'part no more than whole' fails where a third cell is blank, where all are:",
      seen["by default"])
assert seen["by default"] == (True, False), "rows with a blank are passed over now"
assert seen["float64"] == (True, True)
assert seen["Int64"] == (False, False), "a blank in Int64 is looked at now"
PYTHON
