#!/usr/bin/env bash
# csvw 4.1.1: whether data is valid depends on Python's warning filter.
#
# Seen 2026-12-01. `CSVW.is_valid` counts the warnings that were raised while the table was read. It
# records them without setting a filter of its own, so whatever silences warnings also makes bad data
# valid: a coverage of 140 where the metadata says "at most 100" is invalid by default and valid under
# `python -W ignore`, PYTHONWARNINGS=ignore, or after a library calls warnings.simplefilter("ignore").
# Under `-W error` the same data raises instead. The docstring says "Performs CSVW validation".
# Why it matters here: schedulers and notebooks silence warnings; a check before publication that can
# only pass is worse than none.
# The product's checks set the filter to "always" and prove that a wrong number is refused:
# tests/release/test_release_opendata.py (test_the_metadata_refuse_a_symbol_or_an_impossible_share).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check csvw==4.1.1
cd "$folder"
cat > table.csv <<'CSV'
partner,coverage
A,140
CSV
cat > table.csv-metadata.json <<'JSON'
{"@context": "http://www.w3.org/ns/csvw", "url": "table.csv", "tableSchema": {"columns": [
  {"name": "partner", "titles": "partner"},
  {"name": "coverage", "titles": "coverage",
   "datatype": {"base": "integer", "minimum": 0, "maximum": 100}}]}}
JSON
cat > check.py <<'PYTHON'
from csvw import CSVW

print(CSVW("table.csv-metadata.json", validate=True).is_valid)
PYTHON
echo "csvw $("$folder/venv/bin/python" -c 'from importlib.metadata import version; print(version("csvw"))')"
usual=$(env -u PYTHONWARNINGS "$folder/venv/bin/python" check.py)
silenced=$(env -u PYTHONWARNINGS "$folder/venv/bin/python" -W ignore check.py)
echo "is a coverage of 140 valid? as usual: $usual; with warnings silenced: $silenced"
[ "$usual" = False ] && [ "$silenced" = True ] || { echo "csvw has changed" >&2; exit 1; }
