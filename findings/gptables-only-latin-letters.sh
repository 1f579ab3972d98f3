#!/usr/bin/env bash
# gptables 2.0.2: a cell written in Bengali, Arabic or Greek is "only special characters".
#
# Seen 2026-12-01. gptables refuses cells that hold only symbols, such as "-" or "*", since they say
# nothing to a screen reader. What is no symbol is decided by the letters a to z and the digits 0 to 9,
# so a name in another script is refused too, and with it the whole workbook: "containing only special
# characters, replace with alphanumeric characters". "Café" passes for its plain letters.
# The documentation gives the rule as one against symbols and names no scripts.
# Why it matters here: forums, languages and translated materials are named in the languages of
# London's communities, and one such name stops a release.
# The product publishes such names as they are written: remi/release/workbook.py;
# tests/release/test_release_workbook.py (test_a_name_in_another_script_is_written_as_it_is).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    gptables==2.0.2 xlsxwriter==3.3.1 pandas==2.3.3 numpy==2.4.6
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import warnings
from importlib.metadata import version

import gptables
import pandas as pd


def outcome(language: str) -> str:
    table = gptables.GPTable(
        table=pd.DataFrame({"Language": ["English", language], "Leaflets": [20, 15]}),
        table_name="leaflets", title="Leaflets", subtitles=["2026"], scope="All",
        source="Returns", index_columns={1: 0},
    )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            gptables.write_workbook("book.xlsx", sheets={"S": table}, contentsheet_label=None)
    except ValueError as error:
        return " ".join(str(error).split("\n")[1].split())
    return "written"


print({name: version(name) for name in ("gptables", "xlsxwriter", "pandas")})
seen = {word: outcome(word) for word in ("Bengali", "Café", "বাংলা", "العربية", "Ελληνικά", "-")}
for word, said in seen.items():
    print(f"{word}: {said}")
assert seen["Bengali"] == seen["Café"] == "written"
for word in ("বাংলা", "العربية", "Ελληνικά", "-"):
    assert "only special characters" in seen[word], f"{word} is written now"
PYTHON
