"""Files made to take a reader down, each a few kilobytes, with the rule that must answer them."""

import io
import random
import struct
import warnings
import zipfile

from made_workbooks import GOOD, MAIN, parts_of, workbook_of, zipped

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
NUMBER = '<row r="1"><c r="A1"><v>1</v></c></row>'


def _utf16(text: str) -> bytes:
    return text.encode("utf-16-le")


def _with_part(name: str, content: bytes = b"x") -> bytes:
    return zipped({**parts_of(NUMBER), name: content})


def _duplicate_parts() -> bytes:
    buffer = io.BytesIO(GOOD)
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "a") as archive:
        warnings.simplefilter("ignore")
        archive.writestr("xl/worksheets/sheet1.xml", "<worksheet/>")
    return buffer.getvalue()


def _overlapping_parts() -> bytes:
    """Two entries of the directory that point at the same bytes."""
    content = bytearray(_with_part("xl/media/a.bin", b"y" * 5000))
    first = content.find(b"PK\x01\x02")
    second = content.find(b"PK\x01\x02", first + 1)
    third = content.find(b"PK\x01\x02", second + 1)
    content[third + 42 : third + 46] = content[second + 42 : second + 46]
    return bytes(content)


def _encrypted_part() -> bytes:
    content = bytearray(GOOD)
    content[content.find(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def _lying_size(declared: int) -> bytes:
    """A part that inflates to 260 MB, or says so."""
    content = bytearray(_with_part("xl/zeros.bin"))
    entry = content.rfind(b"PK\x01\x02")
    content[entry + 24 : entry + 28] = struct.pack("<I", declared)
    return bytes(content)


def _bomb_in_the_sheet() -> bytes:
    """Inflates to 210 MB of spaces while its directory says 100 bytes."""
    buffer = io.BytesIO()
    parts = parts_of("")
    sheet = str(parts.pop("xl/worksheets/sheet1.xml"))
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
        with archive.open("xl/worksheets/sheet1.xml", "w") as out:
            out.write(sheet.removesuffix("</sheetData></worksheet>").encode())
            for _ in range(210):
                out.write(b" " * 1024 * 1024)
    content = bytearray(buffer.getvalue())
    entry = content.rfind(b"PK\x01\x02")
    content[entry + 24 : entry + 28] = struct.pack("<I", 100)
    return bytes(content)


def _many_parts() -> bytes:
    return zipped({f"p{n}": b"" for n in range(2_500)}, zipfile.ZIP_STORED)


def _wrong_bit() -> bytes:
    """One bit of a sheet changed on the way, in a part that is stored as it is."""
    content = bytearray(zipped(parts_of(NUMBER), zipfile.ZIP_STORED))
    content[content.find(b"<v>1") + 3] ^= 2
    return bytes(content)


_LAUGHS = '<!DOCTYPE x [<!ENTITY a0 "ha">' + "".join(
    f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12)
)

REFUSED: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "file_empty"),
    "only zeros": (b"\0" * 4000, "file_did_not_arrive_whole"),
    "cut off": (GOOD[: len(GOOD) // 2], "file_did_not_arrive_whole"),
    "cut within its directory": (GOOD[:-10], "file_did_not_arrive_whole"),
    "one byte changed": (GOOD.replace(b"PK\x01\x02", b"PK\x01\x09", 1), "file_is_damaged"),
    "password": (OLE + _utf16("EncryptedPackage"), "file_is_password_protected"),
    "label": (
        OLE + _utf16("EncryptedPackage") + _utf16("DRMEncryptedTransform"),
        "file_is_protected_by_label",
    ),
    "zip password": (_encrypted_part(), "file_is_password_protected"),
    "old Excel": (OLE + _utf16("Workbook"), "file_is_old_excel"),
    "very old Excel": (b"\x09\x08\x10\x00\x00\x05", "file_is_old_excel"),
    "Excel 2003 XML": (
        b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
        "file_is_old_excel",
    ),
    "old Word": (OLE + _utf16("WordDocument"), "file_is_word"),
    "some other old file": (OLE, "file_is_not_a_workbook"),
    "binary Excel": (
        zipped({"[Content_Types].xml": "", "xl/workbook.bin": ""}),
        "file_is_binary_excel",
    ),
    "Word": (zipped({"[Content_Types].xml": "", "word/document.xml": ""}), "file_is_word"),
    "PowerPoint": (
        zipped({"[Content_Types].xml": "", "ppt/presentation.xml": ""}),
        "file_is_powerpoint",
    ),
    "OpenDocument": (
        zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}),
        "file_is_opendocument",
    ),
    "Numbers": (zipped({"Index/Document.iwa": "", "preview.jpg": ""}), "file_is_numbers"),
    "OpenDocument text": (
        zipped({"mimetype": "application/vnd.oasis.opendocument.text", "styles.xml": ""}),
        "file_is_opendocument",
    ),
    "flat OpenDocument": (
        b'<?xml version="1.0"?><office:document xmlns:office='
        b'"urn:oasis:names:tc:opendocument:xmlns:office:1.0"/>',
        "file_is_opendocument",
    ),
    "zip of two workbooks": (zipped({"a.xlsx": GOOD, "b.xlsx": GOOD}), "file_is_zip"),
    "zip of a workbook and a letter": (zipped({"a.xlsx": GOOD, "a.pdf": ""}), "file_is_zip"),
    "zip of a letter": (zipped({"return.docx": GOOD}), "file_is_zip"),
    "zip of nothing": (zipped({}), "file_is_zip"),
    "zip in a zip": (
        zipped({"return.xlsx": zipped({"return.xlsx": GOOD})}),
        "file_is_zip",
    ),
    "zip of an old workbook": (
        zipped({"return.xlsx": OLE + _utf16("Workbook")}),
        "file_is_old_excel",
    ),
    "zip of too much": (
        zipped({"return.xlsx": random.Random(1).randbytes(10**6) + b"\0" * (20 * 1024 * 1024)}),
        "file_too_large",
    ),
    "PDF": (b"%PDF-1.7\n\xff\xff", "file_is_pdf"),
    "picture": (b"\x89PNG\r\n\x1a\n", "file_is_picture"),
    "web page": (b"\xef\xbb\xbf  <!DOCTYPE html><html><table>", "file_is_html"),
    "web archive": (b"MIME-Version: 1.0\r\n", "file_is_html"),
    "CSV": ("Ref,Answer\r\nC01,Part met £\r\n".encode("cp1252"), "file_is_csv"),
    "CSV in UTF-16": ("Ref\tAnswer\r\n".encode("utf-16"), "file_is_csv"),
    "letter": (b"Dear colleague\n", "file_is_text"),
    "unknown": (bytes(range(256)), "file_is_not_a_workbook"),
    "too many bytes": (b"PK\x03\x04" + b"\0" * (20 * 1024 * 1024), "file_too_large"),
    "too many parts": (_many_parts(), "file_too_large"),
    "says 4 GB": (_lying_size(0xFFFFFFF0), "file_too_large"),
    "says 100 MB in 3 bytes": (_lying_size(100 * 1024 * 1024), "file_unsafe"),
    "duplicate parts": (_duplicate_parts(), "file_unsafe"),
    "duplicate parts by capitals": (_with_part("XL/Workbook.xml"), "file_unsafe"),
    "duplicate parts by separators": (_with_part("xl\\workbook.xml"), "file_unsafe"),
    "path upwards": (_with_part("../../etc/passwd"), "file_unsafe"),
    "path upwards, Windows": (_with_part("..\\..\\win.ini"), "file_unsafe"),
    "absolute path": (_with_part("/etc/passwd"), "file_unsafe"),
    "drive": (_with_part("C:\\x"), "file_unsafe"),
    "overlapping parts": (_overlapping_parts(), "file_unsafe"),
    "unusual compression": (zipped(parts_of(NUMBER), zipfile.ZIP_BZIP2), "file_unsafe"),
}
"""Answered before any XML is read."""

REFUSED_WHEN_READ: dict[str, tuple[bytes, str]] = {
    "bomb that lies about its size": (_bomb_in_the_sheet(), "file_unsafe"),
    "one wrong bit": (_wrong_bit(), "file_is_damaged"),
    "own file as an entity": (
        workbook_of(
            '<row r="1"><c r="A1" t="str"><v>&x;</v></c></row>',
            before='<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        ),
        "file_unsafe",
    ),
    "one long entity many times": (
        workbook_of(
            f'<row r="1"><c r="A1" t="str"><v>{"&x;" * 50_000}</v></c></row>',
            before=f'<!DOCTYPE x [<!ENTITY x "{"x" * 50_000}">]>',
        ),
        "file_unsafe",
    ),
    "entities in the shared texts": (
        workbook_of(NUMBER, strings=_LAUGHS + f']><sst xmlns="{MAIN}"><si><t>&a11;</t></si></sst>'),
        "file_unsafe",
    ),
    "an encoding that is a module": (
        workbook_of(NUMBER, before='<?xml version="1.0" encoding="idna"?>'),
        "file_is_damaged",
    ),
    "an encoding that nobody knows": (
        workbook_of(NUMBER, before='<?xml version="1.0" encoding="x-none"?>'),
        "file_is_damaged",
    ),
    "billion laughs": (
        workbook_of('<row><c t="str"><v>&a11;</v></c></row>', before=_LAUGHS + "]>"),
        "file_unsafe",
    ),
    "outside entity": (
        workbook_of(NUMBER, before='<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">'),
        "file_unsafe",
    ),
    "millions of cell styles": (
        workbook_of(
            NUMBER,
            styles=f'<styleSheet xmlns="{MAIN}"><cellXfs>{"<xf/>" * 1_000_000}</cellXfs>'
            "</styleSheet>",
        ),
        "file_too_large",
    ),
    "one long text in many cells": (
        workbook_of(
            "<row>" + '<c t="s"><v>0</v></c>' * 2000 + "</row>",
            strings=f'<sst xmlns="{MAIN}"><si><t>{"x" * 1_000_000}</t></si></sst>',
        ),
        "file_too_large",
    ),
    "row number overflow": (
        workbook_of('<row r="18446744073709551617"><c r="A18446744073709551617"/></row>'),
        "file_is_damaged",
    ),
    "broken XML": (workbook_of("<row><c></row>"), "file_is_damaged"),
    "no sheet part": (
        zipped({k: v for k, v in parts_of("").items() if "sheet1" not in k}),
        "file_is_damaged",
    ),
    "text claimed but missing": (
        workbook_of('<row><c t="s"><v>4294967295</v></c></row>'),
        "file_is_damaged",
    ),
}

TWO = NUMBER + '<row r="2"><c r="B2"><v>2</v></c></row>'

READ_ANYWAY: dict[str, bytes] = {
    "last cell of all": workbook_of(
        NUMBER + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    ),
    "lying count of texts": workbook_of(
        NUMBER + '<row r="2"><c r="A2" t="s"><v>0</v></c></row>',
        strings=f'<sst xmlns="{MAIN}" count="4294967295" uniqueCount="4294967295">'
        "<si><t>Met</t></si></sst>",
    ),
    "whole sheet merged": workbook_of(
        TWO, after='<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    ),
    "long number format": workbook_of(
        '<row r="1"><c r="A1" s="0"><v>1</v></c><c r="B1"><v>2</v></c></row>',
        styles=f'<styleSheet xmlns="{MAIN}"><numFmts><numFmt numFmtId="164" formatCode="'
        + "[" * 1_000_000
        + '"/></numFmts><cellXfs><xf numFmtId="164"/></cellXfs></styleSheet>',
    ),
    "deep nesting": workbook_of(TWO + "<a>" * 200_000 + "</a>" * 200_000),
    "columns hidden again and again": workbook_of(
        TWO, columns="<cols>" + '<col min="1" max="16384" hidden="1"/>' * 20_000 + "</cols>"
    ),
    "a number of a million digits": workbook_of(
        NUMBER + f'<row r="2"><c r="A2"><v>{"9" * 1_000_000}</v></c></row>'
    ),
}
"""Two cells each, whatever else they claim."""
