#!/usr/bin/env bash
# csvw 4.1.1 and frictionless 5.21.0: "25%" is 0.25 by one open-data standard and 25 by the other.
#
# Seen 2026-12-01. CSV on the Web says that a number with a percent sign is divided by 100, in any
# column of type decimal, with no format asked for. Table Schema (Data Package) says that with
# "bareNumber": false what stands around a number is dropped. A table described in both, as data
# services ask for, is valid in both and holds figures a hundredfold apart. A second surprise of the
# second: the brackets in which accounts write a fall are dropped too, and "(30)" is 30.
# Neither standard mentions the other.
# Why it matters here: coverage and attendance are percentages, and partners write the sign.
# The product publishes percentages as plain numbers of 0 to 100 whose unit stands in the heading,
# and its CSV never holds a sign: remi/release/opendata.py;
# tests/release/test_release_opendata.py (test_a_data_file_says_what_the_page_and_the_workbook_say).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check csvw==4.1.1 frictionless==5.21.0
cd "$folder"
env -u PYTHONWARNINGS "$folder/venv/bin/python" - <<'PYTHON'
import json
from importlib.metadata import version
from pathlib import Path

from csvw import CSVW, TableGroup
from frictionless import Resource, Schema

Path("table.csv").write_text("share,change\n25%,(30)\n")
Path("metadata.json").write_text(json.dumps({
    "@context": "http://www.w3.org/ns/csvw",
    "tables": [{"url": "table.csv", "tableSchema": {"columns": [
        {"name": "share", "titles": "share", "datatype": "decimal"},
        {"name": "change", "titles": "change"},
    ]}}],
}))
bare = Schema.from_descriptor({"fields": [
    {"name": "share", "type": "number", "bareNumber": False},
    {"name": "change", "type": "integer", "bareNumber": False},
]})
table = Resource(path="table.csv", schema=bare)
by_csvw = dict(next(iter(TableGroup.from_file("metadata.json").tables[0])))
by_frictionless = table.read_rows()[0].to_dict()
valid = (
    CSVW("metadata.json", validate=True).is_valid,
    Resource(path="table.csv", schema=bare.to_copy()).validate().valid,
)
print("csvw", version("csvw"), "and frictionless", version("frictionless"))
print("valid by each:", valid)
print("25% is", by_csvw["share"], "by csvw and", by_frictionless["share"], "by frictionless")
print("(30) is", by_frictionless["change"], "by frictionless")
assert valid == (True, True)
assert by_frictionless["share"] == 25 and float(by_csvw["share"]) == 0.25
assert by_frictionless["change"] == 30, "brackets mean something now"
PYTHON
