"""Read a workbook's cells without losing one: errors, Strict files, missing addresses included.

Compared with other readers in `docs/decisions/0003-reading-workbooks.md`. Partner files are read
only inside a worker process (`remi.intake.reading.sandbox`).
"""

from __future__ import annotations

import posixpath
from collections.abc import Collection
from typing import NamedTuple

from remi.intake.reading.cell_values import (
    MAXIMUM_CELLS,
    MAXIMUM_CHARACTERS,
    MAXIMUM_FORMATS,
    MAXIMUM_SHEETS,
    Shared,
    unescape,
)
from remi.intake.reading.cells import SheetCells, ShownAs, Visibility, WorkbookCells
from remi.intake.reading.number_formats import shown_as
from remi.intake.reading.open_document import is_open_document, read_open_document
from remi.intake.reading.parts import (
    ORDINARY,
    STRICT,
    Attributes,
    feed,
    in_pieces,
    is_true,
    new_parser,
    read_elements,
    read_own_elements,
)
from remi.intake.reading.plain_cells import take_texts
from remi.intake.reading.preflight import MAXIMUM_PARTS, Package, Refused, open_package
from remi.intake.reading.sheet import read_sheet

_OFFICE = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
)
"""Where the kinds of relationships are named, and the attribute that refers to one: as usual, and
in a Strict workbook. Others give the same last words to parts of their own."""
_LINKS = tuple(f"{space} id" for space in _OFFICE)
_RELATIONSHIP = "http://schemas.openxmlformats.org/package/2006/relationships Relationship"
_NO_CELLS = frozenset(
    {
        *("chartsheet", "dialogsheet"),
        "http://schemas.microsoft.com/office/2006/relationships/xlMacrosheet",
        "http://schemas.microsoft.com/office/2006/relationships/xlIntlMacrosheet",
    }
)
"""Kinds of sheets that hold none of a partner's answers."""

_VISIBILITY: dict[str, Visibility] = {
    "visible": "visible",
    "hidden": "hidden",
    "veryHidden": "very_hidden",
}


class _Sheet(NamedTuple):
    name: str
    visibility: Visibility
    relationship: str


def read_workbook(content: bytes, unread: Collection[str] = ()) -> WorkbookCells:
    """Every non-empty cell of every sheet of an .xlsx, .xlsm or .ods file, but for `unread` ones.

    Raises Refused, with a rule id from `remi.intake.reading.preflight`, for a file that cannot be
    read wholly: no part of it is guessed.
    """
    package = open_package(content)
    if is_open_document(package):
        return read_open_document(package, unread)
    workbook = _workbook_part(package)
    targets = _relationships(package, workbook)
    listed, strict, counted_from_1904 = _sheets(package, workbook)
    # A part that is named and not there is one that nothing needs, or a cell will say so.
    by_kind = {kind: part for kind, part in targets.values() if part in package.parts}
    shared = Shared(
        _strings(package, by_kind["sharedStrings"]) if "sharedStrings" in by_kind else [],
        _formats(package, by_kind["styles"]) if "styles" in by_kind else [],
        counted_from_1904,
    )
    sheets: list[SheetCells] = []
    cells = characters = 0
    for sheet in listed:
        kind, part = targets.get(sheet.relationship, ("", ""))
        if kind in _NO_CELLS:
            continue
        if sheet.name in unread:
            continue
        grid = read_sheet(package, part, shared)
        cells += len(grid.cells)
        # One long shared text can be shown in a million cells of a small file.
        characters += grid.cells.characters()
        if cells > MAXIMUM_CELLS or characters > MAXIMUM_CHARACTERS:
            raise Refused("file_too_large", limit="number of cells")
        sheets.append(
            SheetCells(
                sheet.name, sheet.visibility, grid.cells, grid.hidden_rows, grid.hidden_columns
            )
        )
    return WorkbookCells(
        tuple(sheets),
        strict=strict,
        has_macros=any(
            name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in package.parts
        ),
        has_external_links=any("/externallinks/" in name for name in package.parts),
    )


def _relationships(package: Package, source: str) -> dict[str, tuple[str, str]]:
    """Relationship id -> (its kind, part name) for the parts that `source` uses.

    A kind of the format's own is its last word, any other its whole name.
    """
    folder, name = posixpath.split(source)
    part = posixpath.join(folder, "_rels", f"{name}.rels")
    found: dict[str, tuple[str, str]] = {}

    def start(name: str, attributes: Attributes) -> None:
        if name == _RELATIONSHIP and attributes.get("TargetMode") != "External":
            target = attributes.get("Target", "").replace("\\", "/").lower()
            path = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            whole = attributes.get("Type", "")
            space, _, word = whole.rpartition("/")
            kind = word if space in _OFFICE else whole
            found[attributes.get("Id", "")] = (kind, path)
            if len(found) > MAXIMUM_PARTS:
                raise Refused("file_too_large", limit="number of parts")

    read_elements(package, part, start)
    return found


def _workbook_part(package: Package) -> str:
    """Name of the workbook part, which a package may call as it likes."""
    if "_rels/.rels" not in package.parts:
        return "xl/workbook.xml"
    for kind, part in _relationships(package, "").values():
        if kind == "officeDocument":
            return part
    raise Refused("file_is_not_a_workbook")


def _sheets(package: Package, part: str) -> tuple[list[_Sheet], bool, bool]:
    """The sheets in the order of their tabs, whether the file is Strict, and its first day."""
    sheets: list[_Sheet] = []
    counted_from_1904 = is_a_workbook = False

    def start(path: str, attributes: Attributes) -> None:
        nonlocal is_a_workbook, counted_from_1904
        if path == "workbook":
            is_a_workbook = True
        elif path == "workbook/workbookPr":
            counted_from_1904 = is_true(attributes.get("date1904"))
        elif path == "workbook/sheets/sheet":
            link = next((attributes[k] for k in _LINKS if k in attributes), "")
            visibility = _VISIBILITY.get(attributes.get("state", "visible"), "visible")
            sheets.append(_Sheet(unescape(attributes.get("name", "")), visibility, link))

    strict = read_own_elements(package, part, start)
    if not is_a_workbook:
        raise Refused("file_is_not_a_workbook")
    if len(sheets) > MAXIMUM_SHEETS:
        raise Refused("file_too_large", limit="number of sheets")
    if not sheets or len({sheet.name.casefold() for sheet in sheets}) < len(sheets):
        raise Refused("file_is_damaged", part=part)
    return sheets, strict, counted_from_1904


def _strings(package: Package, part: str) -> list[str]:
    """The shared texts, rich text joined and pronunciation guides left out."""
    small, read = in_pieces(package, part)
    if small is not None and (plain := take_texts(small)) is not None:
        return plain
    strings: list[str] = []
    pieces: list[str] = []
    text: list[str] = []
    phonetic = False
    item_name = text_name = phonetic_name = ""

    def start(name: str, _: Attributes) -> None:
        nonlocal phonetic, item_name, text_name, phonetic_name
        if name == text_name:
            text.clear()
        elif name == phonetic_name:
            phonetic = True
        elif not item_name:
            space, root = name.rpartition(" ")[::2]
            if space not in (ORDINARY, STRICT) or root != "sst":
                raise Refused("file_is_damaged", part=part)
            item_name, text_name, phonetic_name = f"{space} si", f"{space} t", f"{space} rPh"

    def end(name: str) -> None:
        nonlocal phonetic
        if name == text_name:
            if not phonetic:
                pieces.append("".join(text))
        elif name == item_name:
            strings.append(unescape("".join(pieces)))
            pieces.clear()
        elif name == phonetic_name:
            phonetic = False

    parser = new_parser()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = text.append
    feed(parser, read, part)
    return strings


def _formats(package: Package, part: str) -> list[ShownAs]:
    """For each cell style, in order, how it shows a number."""
    codes: dict[str, str] = {}
    formats: list[ShownAs] = []
    known: dict[str, ShownAs] = {}

    def start(path: str, attributes: Attributes) -> None:
        if path == "styleSheet/cellXfs/xf":
            number = attributes.get("numFmtId", "0")
            if number not in known:
                built_in = int(number) if number.isdecimal() and len(number) < 6 else 0
                known[number] = shown_as(built_in, codes.get(number))
            formats.append(known[number])
            if len(formats) > MAXIMUM_FORMATS:
                raise Refused("file_too_large", limit="number of cell styles")
        elif path == "styleSheet/numFmts/numFmt":
            codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")

    read_own_elements(package, part, start)
    return formats
