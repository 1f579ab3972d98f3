#!/usr/bin/env bash
# flattentool 0.28.0 (360Giving, Open Contracting): an .ods that it writes has lost every zero.
#
# Seen 2026-12-01. `flatten` turns structured data into spreadsheets and `unflatten` turns them back.
# Through .xlsx and .csv the number 0 comes back as 0. Into .ods it is written as a cell without a type
# and a value, so it comes back not at all: the key is gone, as if nothing had been known, and no
# warning is raised. Text that consists of digits is written as a number: the room "007" is 7, and the
# reference "1E5" is 100000.
# The documentation names .ods as one of three formats and no difference between them.
# Why it matters here: "nobody came" and "we do not know" are different answers, and grants and
# open-data publishers in the public sector are asked for .ods.
# The product's own reader keeps 0, blank and text apart: remi/intake/reading/open_document.py;
# tests/intake/test_ods_reader.py (test_each_type_of_value_is_read_as_the_workbook_reader_reads_it).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    flattentool==0.28.0 openpyxl==3.1.5 odfpy==1.4.1
cd "$folder"
"$folder/venv/bin/python" - 2>errors <<'PYTHON' || { cat errors >&2; exit 1; }
import json
from importlib.metadata import version
from pathlib import Path

import flattentool
from odf import opendocument
from odf.table import TableCell

given = {"id": "E1", "title": "Open evening", "people": 0, "room": "007", "ref": "1E5"}
Path("in.json").write_text(json.dumps({"events": [given]}))
print("flattentool", version("flattentool"))
print("given:    ", given)
seen = {}
for kind in ("xlsx", "csv", "ods"):
    name = "out" if kind == "csv" else f"out.{kind}"
    flattentool.flatten(
        "in.json", output_format=kind, output_name=name, main_sheet_name="events",
        root_list_path="events", root_id="",
    )
    flattentool.unflatten(
        name, input_format=kind, output_name="back.json", root_list_path="events", root_id="",
    )
    seen[kind] = json.loads(Path("back.json").read_text())["events"][0]
    print(f"from {kind:4}:", seen[kind])
cells = opendocument.load("out.ods").getElementsByType(TableCell)
values = [cell.getAttribute("value") for cell in cells if cell.getAttribute("value") is not None]
print("numbers that the .ods file itself holds:", values)
assert seen["xlsx"]["people"] == 0 and seen["csv"]["people"] == "0"
assert "people" not in seen["ods"], "the zero comes back now"
assert seen["xlsx"]["room"] == "007" and seen["xlsx"]["ref"] == "1E5"
assert (seen["ods"]["room"], seen["ods"]["ref"]) == (7, 100000), "text stays text now"
assert values == ["7.0", "100000.0"]
PYTHON
