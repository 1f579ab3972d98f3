#!/usr/bin/env bash
# pandera 0.35.0, pointblank 1.1.1, dataframely 3.1.2, validoopsie 1.8.1: one NaN, several verdicts.
#
# Seen 2026-12-01. Five numbers are to lie between 0 and 5: 2, 5, 9, a blank and a NaN. How many fail?
# pandera: 1 on pandas and 2 on polars, by the same check (on polars the NaN is above 5). dataframely:
# the NaN breaks two rules, "is a number" and "at most 5", so three failures in two rows. pointblank: 3,
# or with na_pass=True 1 on pandas and 2 on polars; "is none of 9" fails for the blank and the NaN on
# pandas, where on polars the NaN passes. validoopsie lists NaN and 9 as failing items on pandas and
# counts 1. Each documents what it does with blanks, on one kind of frame at a time.
# Why it matters here: a pipeline that moves from pandas to polars publishes another number of faults.
# The product keeps no NaN: a cell is typed before it is judged, with a state (value, blank, bad), and
# a rule counts rows: remi/intake/judging/values.py; tests/intake/test_values.py.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pandera==0.35.0 \
    pointblank==1.1.1 dataframely==3.1.2 Validoopsie==1.8.1 pandas==3.1.1 numpy==2.4.6 polars==2.1.0
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import math
import warnings
from importlib.metadata import version

import dataframely as dy
import pandas as pd
import pandera.pandas as pa
import pandera.polars as pp
import pointblank as pb
import polars as pl
from validoopsie import Validate

warnings.simplefilter("ignore")
values = [2.0, 5.0, 9.0, None, math.nan]
frames = {"pandas": pd.DataFrame({"x": values}), "polars": pl.DataFrame({"x": values})}
kinds = {"pandas": (pa, float), "polars": (pp, pl.Float64)}


def by_pandera(name: str) -> int:
    module, kind = kinds[name]
    column = module.Column(kind, module.Check.in_range(0, 5), nullable=True)
    try:
        module.DataFrameSchema({"x": column}).validate(frames[name], lazy=True)
    except module.errors.SchemaErrors as error:
        return len(error.failure_cases)
    return 0


def by_pointblank(name: str, rule: str, **more: object) -> int:
    step = getattr(pb.Validate(frames[name]), rule)(columns="x", **more).interrogate()
    return int(step.n_failed(i=1, scalar=True))


def by_validoopsie(name: str) -> tuple[int, int]:
    made = Validate(frames[name])
    made.ValuesValidation.ColumnValuesToBeBetween(column="x", min_value=0, max_value=5)
    result = made.results["ColumnValuesToBeBetween_x"]["result"]
    return len(result["failing_items"]), result["failed_number"]


class Bounded(dy.Schema):
    x = dy.Float64(nullable=True, min=0, max=5)


seen = {name: {
    "pandera": by_pandera(name),
    "pointblank": by_pointblank(name, "col_vals_between", left=0, right=5),
    "pointblank, blanks pass": by_pointblank(name, "col_vals_between", left=0, right=5, na_pass=True),
    "pointblank, none of 9": by_pointblank(name, "col_vals_not_in_set", set=[9]),
    "validoopsie, listed and counted": by_validoopsie(name),
} for name in frames}
rules = Bounded.filter(frames["polars"])[1].counts()
names = ("pandera", "pointblank", "dataframely", "Validoopsie", "pandas", "polars")
print({name: version(name) for name in names})
for name, counts in seen.items():
    print(f"failures on {name}: {counts}")
print("dataframely:", rules)
assert list(seen["pandas"].values()) == [1, 3, 1, 3, (2, 1)], "verdicts on pandas have changed"
assert list(seen["polars"].values()) == [2, 3, 2, 2, (2, 2)], "verdicts on polars have changed"
assert rules == {"x|max": 2, "x|nan": 1}, "dataframely counts otherwise now"
PYTHON
