#!/usr/bin/env bash
# pyexcel-ods 0.6.0: equal rows are read once, and what stands right of a merged cell moves left.
#
# Seen 2026-12-01. OpenDocument writes equal rows that follow each other as one row with a repeat count,
# and the cells under a merged cell as covered cells. LibreOffice does so for every file it saves. This
# reader ignores the count, so three equal records are read as one and all rows below move up, and it
# leaves covered cells out, so the value of column D is returned as that of column C. No warning.
# Its sister pyexcel-ods3 0.6.1 reads the same file in its places. Where both are installed, importing
# the one may read by the other: both register with the same plug-in list.
# The documentation presents the two as alternatives and names neither difference.
# Why it matters here: attendance sheets hold equal rows (the same group, the same number), and an
# error message that names a cell must name the right one.
# The product reads repeats and covered cells in their places: tests/intake/test_ods_reader.py
# (test_repeats_stand_for_every_row_and_column_they_repeat,
# test_cells_under_a_merged_cell_keep_their_place).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for reader in pyexcel-ods==0.6.0 pyexcel-ods3==0.6.1; do
    python3 -m venv "$folder/${reader%%==*}"
    "$folder/${reader%%==*}/bin/pip" install --quiet --disable-pip-version-check \
        "$reader" odfpy==1.4.1 pyexcel-io==0.6.8
done
cd "$folder"
"$folder/pyexcel-ods/bin/python" - <<'PYTHON'
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import CoveredTableCell, Table, TableCell, TableRow
from odf.text import P


def cell(text: str, **more: str) -> TableCell:
    made = TableCell(valuetype="string", **more)
    made.addElement(P(text=text))
    return made


def row(*cells: object, **more: str) -> TableRow:
    made = TableRow(**more)
    for one in cells:
        made.addElement(one)
    return made


book, sheet = OpenDocumentSpreadsheet(), Table(name="Attendance")
sheet.addElement(row(cell("event"), cell("group", numbercolumnsspanned="2"),
                     CoveredTableCell(), cell("people")))
sheet.addElement(row(*map(cell, ("E1", "Asian", "x", "12")), numberrowsrepeated="3"))
sheet.addElement(row(*map(cell, ("E2", "Black", "y", "9"))))
book.spreadsheet.addElement(sheet)
book.save("book.ods")
PYTHON
read_by() {
    "$folder/$1/bin/python" - "$1" <<'PYTHON'
import importlib
import sys

rows = importlib.import_module(sys.argv[1].replace("-", "_")).get_data("book.ods")["Attendance"]
print(rows)
PYTHON
}
first=$(read_by pyexcel-ods)
sister=$(read_by pyexcel-ods3)
echo "pyexcel-ods 0.6.0:  $first"
echo "pyexcel-ods3 0.6.1: $sister"
equal="['E1', 'Asian', 'x', '12']"
last="['E2', 'Black', 'y', '9']"
[ "$first" = "[['event', 'group', 'people'], $equal, $last]" ] ||
    { echo "pyexcel-ods has changed" >&2; exit 1; }
[ "$sister" = "[['event', 'group', '', 'people'], $equal, $equal, $equal, $last]" ] ||
    { echo "pyexcel-ods3 has changed" >&2; exit 1; }
