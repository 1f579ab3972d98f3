#!/usr/bin/env bash
# pandera 0.35.0, drop_invalid_rows=True: good rows are dropped and bad rows are kept.
#
# Seen 2026-12-01. Rows are dropped by the index labels that failure_cases lists. After pd.concat of two
# partners' frames both have a row 1: where the first partner's row 1 is wrong, the second partner's
# row 1, which is right, goes with it. And where a check limits what it lists (n_failure_cases=1), the
# wrong rows that are not listed stay in what is returned as valid. No warning in either case.
# The documentation of drop_invalid_rows asks for lazy=True and names neither condition.
# Why it matters here: workbooks are read one by one and their frames are put together.
# The product drops no row: each row of a batch has a place of its own, and what fails is told to its
# partner with its cell: remi/intake/judging/rules.py; tests/journeys/test_seeded_faults.py.
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


def kept(check: pa.Check, frame: pd.DataFrame) -> list[list[object]]:
    columns = {"partner": pa.Column(str), "people": pa.Column(int, check)}
    schema = pa.DataFrameSchema(columns, drop_invalid_rows=True)
    return schema.validate(frame, lazy=True).to_numpy().tolist()


first = pd.DataFrame({"partner": ["A", "A"], "people": [5, -1]})
second = pd.DataFrame({"partner": ["B", "B"], "people": [7, 8]})
three = pd.DataFrame({"partner": ["A", "A", "A"], "people": [-1, -2, 3]})
at_least_0 = pa.Check.ge(0)
seen = {
    "labels of their own": kept(at_least_0, pd.concat([first, second], ignore_index=True)),
    "labels twice": kept(at_least_0, pd.concat([first, second])),
    "one failure listed": kept(pa.Check.ge(0, n_failure_cases=1), three),
}
print({name: version(name) for name in ("pandera", "pandas")})
for name, rows in seen.items():
    print(f"{name:20} {rows}")
assert seen["labels of their own"] == [["A", 5], ["B", 7], ["B", 8]]
assert seen["labels twice"] == [["A", 5], ["B", 7]], "B's second row is kept now"
assert seen["one failure listed"] == [["A", -2], ["A", 3]], "-2 is dropped now"
PYTHON
