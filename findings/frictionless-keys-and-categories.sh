#!/usr/bin/env bash
# frictionless 5.21.0: uniqueKeys and categories of Data Package 2 are accepted and not checked.
#
# Seen 2026-12-01. A package that declares version 2 of the standard may say that columns are unique
# together ("uniqueKeys"), that a field takes one of some categories ("categories"), and what is
# missing in one field alone ("missingValues" of the field). The report is valid with two identical
# rows, with a category that is not on the list, and the symbol is missing in the column of numbers
# but not in a column of text whose field says so. Other parts of version 2 are checked
# (exclusiveMinimum) or refused under version 1, so the package does know which version it reads, and
# a misspelt constraint is refused by name: silence looks like agreement.
# Why it matters here: "one row for each partner and commitment" is the promise of every table.
# The product keeps that promise with its own contracts before anything is published:
# schemas/results.py (unique); tests/scoring/test_result_contracts.py.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check frictionless==5.21.0
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import json
from importlib.metadata import version
from pathlib import Path

from frictionless import validate

VERSION_2 = "https://datapackage.org/profiles/2.0/datapackage.json"


def report(text: str, fields: list[dict[str, object]], **more: object) -> tuple[bool, list[str]]:
    Path("table.csv").write_text(text)
    table = {"name": "table", "path": "table.csv", "type": "table"}
    table["schema"] = {"fields": fields, **more}
    Path("datapackage.json").write_text(json.dumps({"$schema": VERSION_2, "resources": [table]}))
    found = validate("datapackage.json")
    return found.valid, [error.type for task in found.tasks for error in task.errors]


partner, stage = {"name": "partner", "type": "string"}, {"name": "stage", "type": "integer"}
twice = "partner,stage\nA,1\nA,1\n"
listed = {"name": "answer", "type": "string", "categories": ["met", "not met"]}
seen = {
    "primaryKey, a row twice": report(twice, [partner, stage], primaryKey=["partner", "stage"]),
    "uniqueKeys, a row twice": report(twice, [partner, stage], uniqueKeys=[["partner", "stage"]]),
    "enum, another word": report(
        "answer\nbanana\n",
        [{"name": "answer", "type": "string", "constraints": {"enum": ["met", "not met"]}}],
    ),
    "categories, another word": report("answer\nbanana\n", [listed]),
    "exclusiveMinimum, too low": report(
        "stage\n0\n", [{**stage, "constraints": {"exclusiveMinimum": 0}}]
    ),
}
print("frictionless", version("frictionless"))
for name, (valid, errors) in seen.items():
    print(f"{name:26} {'valid' if valid else 'not valid'} {errors}")
valid = {name for name, (is_valid, _) in seen.items() if is_valid}
expected = {"uniqueKeys, a row twice", "categories, another word"}
assert valid == expected, "frictionless checks something else now"
PYTHON
