#!/usr/bin/env bash
# csvw 4.1.1 checks a table by the place of its columns and reads it by their names.
#
# Seen 2026-12-01. CSV on the Web describes columns by position and asks a validator to compare each
# heading with the described title. `CSVW.is_valid` takes the position and, where a column has a name
# (they all do, by recommendation), never looks at the heading; iterating over the table looks the
# heading up. So a table with two columns of numbers swapped is valid, and the same library then
# refuses to read it: the share is 140. With a heading renamed the table is valid and the described
# column is empty in every row that is read. With a column gone it is valid too.
# The README says that columns are matched by their headings, so that they may be in another order; it
# does not say that the verdict matches them by place. frictionless 5.21.0 refuses all three.
# Why it matters here: a renamed or moved column is the commonest change between two years' tables.
# The product compares headings with the description itself:
# tests/release/test_release_opendata.py (test_the_columns_of_a_file_are_exactly_those_described).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check csvw==4.1.1 frictionless==5.21.0
cd "$folder"
env -u PYTHONWARNINGS "$folder/venv/bin/python" - 2>errors <<'PYTHON' || { cat errors >&2; exit 1; }
import json
from importlib.metadata import version
from pathlib import Path

from csvw import CSVW, TableGroup
from frictionless import Resource, Schema

bounds = {"share": {"minimum": 0, "maximum": 100}, "people": {"minimum": 0}}
Path("metadata.json").write_text(json.dumps({
    "@context": "http://www.w3.org/ns/csvw",
    "tables": [{"url": "table.csv", "tableSchema": {"columns": [
        {"name": "partner", "titles": "partner"},
        *({"name": name, "titles": name, "datatype": {"base": "integer", **bound}}
          for name, bound in bounds.items()),
    ]}}],
}))
schema = Schema.from_descriptor({"fields": [
    {"name": "partner", "type": "string"},
    *({"name": name, "type": "integer", "constraints": bound} for name, bound in bounds.items()),
]})
print("csvw", version("csvw"), "and frictionless", version("frictionless"))
tables = {
    "share above 100": "partner,share,people\nA,140,41\n",
    "columns swapped": "partner,people,share\nA,41,140\n",
    "heading renamed": "partner,share_now,people\nA,41,140\n",
    "a column gone": "partner,share\nA,41\n",
}
seen = {}
for name, text in tables.items():
    Path("table.csv").write_text(text)
    by_csvw = CSVW("metadata.json", validate=True).is_valid
    by_frictionless = Resource(path="table.csv", schema=schema.to_copy()).validate().valid
    try:
        read = dict(next(iter(TableGroup.from_file("metadata.json").tables[0])))
    except ValueError as error:
        read = f"refused: {error}"
    seen[name] = (by_csvw, by_frictionless, read)
    print(f"{name}: valid by csvw {by_csvw}, by frictionless {by_frictionless}; as read: {read}")
assert [valid for valid, _, _ in seen.values()] == [False, True, True, True]
assert not any(valid for _, valid, _ in seen.values())
assert "value must be <= 100" in seen["columns swapped"][2]
assert seen["heading renamed"][2]["share"] is None
PYTHON
