#!/usr/bin/env bash
# csvw 4.1.1: the datatypes gYear, gYearMonth, gMonth, gMonthDay and gDay accept any text.
#
# Seen 2026-12-01. These are the datatypes with which a table says what year or month a row is of.
# XML Schema, to which CSV on the Web refers, asks for 2026 or 2026-04. csvw calls "2026-27" and
# "next year" valid years. It does check date, time, dateTime and durations, so a reader of the
# documentation, which lists them all together, would not expect a hole between them. dateTimeStamp
# is taken without the time zone that is all it adds to dateTime.
# Why it matters here: "2026-27" is how the NHS writes a financial year, and it is not a gYear.
# The product's users never meet it: cycles are published as text, and remi/release/opendata.py knows
# no datatypes but string, integer and decimal.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check csvw==4.1.1
cd "$folder"
env -u PYTHONWARNINGS "$folder/venv/bin/python" - <<'PYTHON'
import json
from importlib.metadata import version
from pathlib import Path

from csvw import CSVW


def is_valid(datatype: str, text: str) -> bool:
    column = {"name": "of", "titles": "of", "datatype": datatype}
    described = {"@context": "http://www.w3.org/ns/csvw", "url": "t.csv"}
    described["tableSchema"] = {"columns": [column]}
    Path("t.csv").write_text(f"of\n{text}\n")
    Path("metadata.json").write_text(json.dumps(described))
    return CSVW("metadata.json", validate=True).is_valid


print("csvw", version("csvw"))
seen = {
    (datatype, text): is_valid(datatype, text)
    for datatype, text in (
        ("gYear", "2026"), ("gYear", "2026-27"), ("gYear", "next year"),
        ("gYearMonth", "April"), ("gMonth", "April"), ("gMonthDay", "31 March"), ("gDay", "last"),
        ("date", "2026-13-01"), ("time", "25:00:00"), ("duration", "a year"),
        ("dateTimeStamp", "2026-03-31T00:00:00"),
    )
}
for (datatype, text), valid in seen.items():
    print(f"{datatype:14} {text:20} {'valid' if valid else 'not valid'}")
refused = {datatype for (datatype, _), valid in seen.items() if not valid}
assert refused == {"date", "time", "duration"}, "csvw checks other datatypes now"
PYTHON
