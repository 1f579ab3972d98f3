"""Workbooks made byte by byte, for what no spreadsheet program would write."""

import io
import re
import zipfile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"

Parts = dict[str, str | bytes]


def zipped(parts: Parts, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def unzipped(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def parts_of(
    sheet_data: str,
    *,
    strings: str = "",
    styles: str = "",
    before: str = "",
    columns: str = "",
    after: str = "",
) -> Parts:
    """The parts of a workbook with one sheet, `sheet_data` being the rows' XML.

    `before` comes before the sheet's root, `columns` before its rows and `after` after them.
    """
    kinds = {"rId1": "worksheet", "rId2": "sharedStrings", "rId3": "styles"}
    files = {"rId1": "worksheets/sheet1.xml", "rId2": "sharedStrings.xml", "rId3": "styles.xml"}
    links = "".join(
        f'<Relationship Id="{i}" Type="{LINKS}/{kinds[i]}" Target="{files[i]}"/>' for i in kinds
    )
    spreadsheet = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    types = "".join(
        f'<Override PartName="/xl/{part}" ContentType="{spreadsheet}.{kind}+xml"/>'
        for part, kind in {
            "workbook.xml": "sheet.main",
            "worksheets/sheet1.xml": "worksheet",
            "sharedStrings.xml": "sharedStrings",
            "styles.xml": "styles",
        }.items()
    )
    return {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">{types}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets>'
        '<sheet name="Answers" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{links}'
        "</Relationships>",
        "xl/sharedStrings.xml": strings or f'<sst xmlns="{MAIN}"/>',
        "xl/styles.xml": styles or f'<styleSheet xmlns="{MAIN}"/>',
        "xl/worksheets/sheet1.xml": f'{before}<worksheet xmlns="{MAIN}">{columns}<sheetData>'
        f"{sheet_data}</sheetData>{after}</worksheet>",
    }


def workbook_of(sheet_data: str, **others: str) -> bytes:
    return zipped(parts_of(sheet_data, **others))


def replaced(content: bytes, *changes: tuple[str, str]) -> bytes:
    """The workbook with each (pattern, replacement) applied to all of its XML."""
    parts: Parts = {}
    for name, part in unzipped(content).items():
        text = part.decode()
        for pattern, replacement in changes:
            text = re.sub(pattern, replacement, text)
        parts[name] = text
    return zipped(parts)


def as_strict(content: bytes) -> bytes:
    """The same workbook as “Strict Open XML Spreadsheet” saves it."""
    return replaced(
        content,
        (re.escape(MAIN), "http://purl.oclc.org/ooxml/spreadsheetml/main"),
        (re.escape(LINKS), "http://purl.oclc.org/ooxml/officeDocument/relationships"),
    )


GOOD = workbook_of('<row r="1"><c r="A1" t="inlineStr"><is><t>Met</t></is></c></row>')
