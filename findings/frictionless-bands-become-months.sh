#!/usr/bin/env bash
# frictionless 5.21.0: a column of bands such as "1-7" and "8-12" becomes months of the years 1 and 8.
#
# Seen 2026-12-01. Where no schema is given, frictionless infers one and reads by it. Bands of people in
# which every second number is 12 or less are taken for the type yearmonth: "1-7" is July of the year 1.
# Validation says the table is valid, and a copy written from it says "1-07". One band more, "13-20",
# and the column is text. So this year's file of small counts is dates and last year's was text. The
# standard refers to XML Schema's gYearMonth, usually written YYYY-MM; the type takes a year of any
# number of digits.
# Why it matters here: "1-7" is how a withheld count of people is published by NHS bodies.
# The product reads "8-10" as at least 8 and says so, a cell that became a date as an error, and
# publishes withheld counts as an empty number with a status: tests/intake/test_values.py
# (test_a_range_keeps_its_lower_end_and_says_so), tests/release/test_release_opendata.py
# (test_a_data_file_says_what_the_page_and_the_workbook_say).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check frictionless==5.21.0
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
from importlib.metadata import version
from pathlib import Path

from frictionless import Resource


def read(*bands: str) -> tuple[str, bool, list[str]]:
    lines = [f"Group {n},{band}" for n, band in enumerate(bands)]
    Path("table.csv").write_text("\n".join(["group,people", *lines]) + "\n")
    table = Resource(path="table.csv")
    table.infer()
    Path("copy.csv").unlink(missing_ok=True)
    Resource(path="table.csv").write("copy.csv")
    copied = [line.split(",")[1] for line in Path("copy.csv").read_text().splitlines()[1:]]
    return table.schema.get_field("people").type, Resource(path="table.csv").validate().valid, copied


print("frictionless", version("frictionless"))
small, larger = read("1-7", "8-12", "8-10"), read("1-7", "8-12", "13-20")
print("1-7, 8-12, 8-10 is (type, valid, as copied):", small)
print("1-7, 8-12, 13-20 is (type, valid, as copied):", larger)
assert small == ("yearmonth", True, ["1-07", "8-12", "8-10"]), "bands are read otherwise now"
assert larger == ("string", True, ["1-7", "8-12", "13-20"])
PYTHON
