#!/usr/bin/env bash
# pandas 3.1.1 (odfpy 1.4.1) and python-calamine 0.9.1: a tab in an .ods cell joins the words beside it.
#
# Seen 2026-12-01. OpenDocument writes a tab inside a cell's text as an element of its own, as it does
# several spaces and a line break. Both readers honour the spaces, and drop the tab without a space in
# its place: "not", tab, "met" is read as "notmet", and "10", tab, "2" as "102". calamine drops a line
# break inside a paragraph too ("two", "lines" is "twolines"); odf keeps it. From an .xlsx file
# calamine keeps the tab. pyexcel-ods3 0.6.1 keeps it from .ods too.
# The documentation of `pandas.read_excel` names both as engines for .ods and no such difference.
# Why it matters here: rows pasted from Word or from e-mail bring tabs into cells, and two numbers that
# become one are a silent wrong number.
# The product keeps a tab as white space: tests/intake/test_ods_reader.py
# (test_text_is_what_the_partner_sees).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pandas==3.1.1 numpy==2.4.6 \
    odfpy==1.4.1 python-calamine==0.9.1 openpyxl==3.1.5 pyexcel-ods3==0.6.1
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
from importlib.metadata import version

import openpyxl
import pandas as pd
import pyexcel_ods3
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.teletype import addTextToElement
from odf.text import P

texts = ["not\tmet", "10\t2", "two  spaces", "two\nlines"]
book, sheet = OpenDocumentSpreadsheet(), Table(name="Answers")
for text in texts:
    row, cell, words = TableRow(), TableCell(valuetype="string"), P()
    addTextToElement(words, text)
    cell.addElement(words)
    row.addElement(cell)
    sheet.addElement(row)
book.spreadsheet.addElement(sheet)
book.save("book.ods")
excel = openpyxl.Workbook()
for place, text in enumerate(texts, start=1):
    excel.active.cell(place, 1, text)
excel.save("book.xlsx")


def read(name: str, engine: str) -> list[str]:
    return pd.read_excel(name, engine=engine, header=None, dtype=str)[0].tolist()


print({name: version(name) for name in ("pandas", "odfpy", "python-calamine", "pyexcel-ods3")})
seen = {
    "ods by odf": read("book.ods", "odf"),
    "ods by calamine": read("book.ods", "calamine"),
    "ods by pyexcel-ods3": [row[0] for row in pyexcel_ods3.get_data("book.ods")["Answers"]],
    "xlsx by calamine": read("book.xlsx", "calamine"),
}
print("written:", texts)
for name, values in seen.items():
    print(f"{name}: {values}")
joined = ["notmet", "102", "two  spaces"]
assert seen["ods by odf"] == [*joined, "two\nlines"], "odf keeps the tab now"
assert seen["ods by calamine"] == [*joined, "twolines"], "calamine keeps the tab or break now"
assert seen["ods by pyexcel-ods3"] == seen["xlsx by calamine"] == texts
PYTHON
