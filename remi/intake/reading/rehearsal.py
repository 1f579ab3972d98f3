"""What must have happened in a reading process before it is closed off: nothing can be loaded then.

A small workbook of our own, read once in each of the ways, loads what reading loads at first use,
and proves that a process under all limits can still read.
"""

from __future__ import annotations

import codecs
import io
import zipfile

from remi.intake.reading.parts import ORDINARY
from remi.intake.reading.reader import read_workbook

_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_CODECS = ("ascii", "cp437", "latin-1", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be")
_ROWS = "".join(
    f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c><c r="B{row}" s="0"><v>{row}</v></c></row>'
    for row in range(1, 40)
)
_PARTS = {
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="r" '
    f'Type="{_LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}">'
    + "".join(
        f'<Relationship Id="r{name}" Type="{_LINKS}/{kind}" Target="{name}.xml"/>'
        for name, kind in {
            "plain": "worksheet",
            "parsed": "worksheet",
            "texts": "sharedStrings",
            "styles": "styles",
        }.items()
    )
    + "</Relationships>",
    "xl/workbook.xml": f'<workbook xmlns="{ORDINARY}" xmlns:r="{_LINKS}"><sheets>'
    '<sheet name="plain" r:id="rplain"/><sheet name="parsed" r:id="rparsed"/></sheets></workbook>',
    "xl/texts.xml": f'<sst xmlns="{ORDINARY}"><si><t>met</t></si></sst>',
    "xl/styles.xml": f'<styleSheet xmlns="{ORDINARY}"><numFmts><numFmt numFmtId="164" '
    'formatCode="yyyy-mm-dd"/></numFmts><cellXfs><xf numFmtId="164"/></cellXfs></styleSheet>',
    "xl/plain.xml": f'<worksheet xmlns="{ORDINARY}"><sheetData>{_ROWS}</sheetData></worksheet>',
    "xl/parsed.xml": f'<worksheet xmlns="{ORDINARY}"><!-- --><sheetData>{_ROWS}</sheetData>'
    "</worksheet>",
}


def own_workbook() -> bytes:
    """A workbook with two sheets of 78 cells each, one of them in need of a parser."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in _PARTS.items():
            archive.writestr(name, part)
    return buffer.getvalue()


def rehearse() -> None:
    """Load all that reading needs. Raises Refused if our own workbook cannot be read."""
    for codec in _CODECS:
        codecs.lookup(codec)
    read_workbook(own_workbook())
