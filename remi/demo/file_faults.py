"""Faults of a whole file: another kind of file, cut off, locked, or saved in another way."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import datetime
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook, load_workbook

from remi.intake.template.write import workbook_bytes

FIRST_COMMITMENT = 2
"""Place of the first commitment's sheet, after Start and the form."""

STRICT = (
    (b"http://schemas.openxmlformats.org/spreadsheetml/2006/main", b"http://purl.oclc.org/ooxml/spreadsheetml/main"),
    (b"http://schemas.openxmlformats.org/officeDocument/2006/relationships", b"http://purl.oclc.org/ooxml/officeDocument/relationships"),
)  # fmt: skip
"""Names in an ordinary workbook, and in one saved as “Strict Open XML Spreadsheet”."""


def csv_renamed(content: bytes) -> bytes:
    """One sheet saved as text and renamed."""
    text = io.StringIO(newline="")
    page = load_workbook(io.BytesIO(content)).worksheets[FIRST_COMMITMENT]
    csv.writer(text).writerows(page.iter_rows(values_only=True))
    return text.getvalue().encode("cp1252", "replace")


def password_protected(content: bytes) -> bytes:
    """Saved with a password: an encrypted package in the old container."""
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
    entries = "EncryptionInfo\0EncryptedPackage\0".encode("utf-16-le")
    # Not encrypted, but no longer readable: what matters is that nothing of it can be read.
    return header + entries.ljust(512, b"\0") + bytes(byte ^ 0xA5 for byte in content)


def truncated(content: bytes) -> bytes:
    """Cut off on the way."""
    return content[: len(content) * 2 // 3]


def strict_save(content: bytes) -> bytes:
    """Saved as “Strict Open XML Spreadsheet”."""
    return _parts_changed(content, _strict)


def far_cell(content: bytes) -> bytes:
    """A tiny file whose one cell is the last that a sheet can have."""
    del content
    workbook = Workbook()
    page = workbook.worksheets[0]
    page.cell(1, 1).value = "x"
    # A new workbook says when it was made, and would differ each time.
    workbook.properties.created = workbook.properties.modified = datetime(2025, 10, 1)  # noqa: DTZ001 (documents keep no zone)

    def move(part: bytes) -> bytes:
        part = part.replace(b'ref="A1"', b'ref="A1:XFD1048576"')
        return part.replace(b'r="A1"', b'r="XFD1048576"').replace(b'r="1"', b'r="1048576"')

    return _parts_changed(workbook_bytes(workbook), move)


def empty(content: bytes) -> bytes:
    """Nothing at all."""
    del content
    return b""


def _strict(part: bytes) -> bytes:
    for ordinary, strict in STRICT:
        part = part.replace(ordinary, strict)
    return part.replace(b"<workbook xmlns", b'<workbook conformance="strict" xmlns')


def _parts_changed(content: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """Every XML part changed as bytes; dates of the parts stay as they were."""
    fixed = io.BytesIO()
    with ZipFile(io.BytesIO(content)) as parts, ZipFile(fixed, "w") as file:
        for info in parts.infolist():
            entry = ZipInfo(info.filename, info.date_time)
            entry.compress_type = ZIP_DEFLATED
            file.writestr(entry, change(parts.read(info)))
    return fixed.getvalue()
