#!/usr/bin/env bash
# typst 0.15.2 (Python), PDF/UA-1: a chart that is drawn is left out for screen readers, and a table
# needs no headings; the file still claims to be universally accessible.
#
# Seen 2026-12-01. Asked for PDF/UA-1, typst refuses to compile an image or figure without a description
# and a heading that skips a level. It does not refuse a bar drawn with its own shapes: the bar is marked
# as decoration and has no place among the tags, so a chart of shapes is silence. Nor does it refuse a
# table without a heading: every cell is plain data (TD). Both files carry the PDF/UA mark, on which
# readers and checks rely. The same chart inside figure() is refused until it is described. That shapes
# count as decoration stands in the reference of pdf.artifact, where nobody looks who has marked nothing.
# Why it matters here: a public body's report must be accessible by law, and the mark is taken as proof.
# The product's users never meet it: the report is a web page and its charts stand beside their tables;
# tests/release/test_release_page.py (test_every_table_has_a_caption_and_headings_both_ways,
# test_charts_are_hidden_from_screen_readers_and_their_numbers_are_not).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check typst==0.15.2 pikepdf==10.17.0
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import io
from importlib.metadata import version
from pathlib import Path

import pikepdf
import typst

HEAD = '#set document(title: "Stages")\n#set text(lang: "en")\n= Stages\n'
BARS = "#stack(rect(width: 90pt, height: 9pt, fill: navy), rect(width: 30pt, height: 9pt, fill: navy))"


def tags_of(element: object) -> list[str]:
    if isinstance(element, pikepdf.Array):
        return [tag for one in element for tag in tags_of(one)]
    if not isinstance(element, pikepdf.Dictionary):
        return []
    own = [str(element.S).lstrip("/")] if "/S" in element else []
    return own + (tags_of(element.K) if "/K" in element else [])


def made(body: str) -> tuple[list[str], bool] | str:
    Path("report.typ").write_text(HEAD + body)
    try:
        data = typst.compile("report.typ", format="pdf", pdf_standards="ua-1")
    except typst.TypstError as error:
        return str(error).splitlines()[0]
    with pikepdf.open(io.BytesIO(data)) as file:
        return tags_of(file.Root.StructTreeRoot), b"pdfuaid" in file.Root.Metadata.read_bytes()


seen = {
    "bars": made(BARS),
    "bars as a figure": made(f"#figure({BARS[1:]}, caption: [Where partners stand])"),
    "table without headings": made("#table(columns: 2, [Partner], [Stage], [A], [3])"),
    "table with headings": made("#table(columns: 2, table.header([Partner], [Stage]), [A], [3])"),
}
print("typst", version("typst"), "with pikepdf", version("pikepdf"))
for name, result in seen.items():
    print(f"{name}: {result}")
assert seen["bars"] == (["Document", "H1"], True), "drawn bars are tagged now"
assert "missing alt text" in seen["bars as a figure"]
tags, claims = seen["table without headings"]
assert claims and "TD" in tags and "TH" not in tags, "headings are asked for now"
assert "TH" in seen["table with headings"][0]
PYTHON
