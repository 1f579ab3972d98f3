"""The cells of an OpenDocument spreadsheet (.ods), from its XML as a stream.

Only what belongs to a sheet's own cells is looked at: deleted cells kept by change tracking, notes,
text boxes and copies of other files' sheets are passed over whole. A repeat is multiplied only
where it repeats something, and only when the result is known to be within the limits.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from remi.intake.reading.cell_values import MAXIMUM_SHEETS
from remi.intake.reading.cells import SheetCells, WorkbookCells
from remi.intake.reading.file_kind import is_open_document_package
from remi.intake.reading.open_document_row import (
    CELL,
    COVERED,
    PARAGRAPH,
    ROW,
    SHEET,
    Filled,
    pass_over,
    row_reader,
)
from remi.intake.reading.open_document_sheet import (
    OpenSheet,
    Taken,
    sheet_cells,
    take_columns,
    take_rows,
)
from remi.intake.reading.open_document_values import FIRST_DAY, OFFICE, TABLE
from remi.intake.reading.parts import Attributes, feed, new_parser, read_elements
from remi.intake.reading.preflight import Package, Refused

_CONTENT, _MANIFEST = "content.xml", "meta-inf/manifest.xml"
_LISTED = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
_STYLE_SPACE = "urn:oasis:names:tc:opendocument:xmlns:style:1.0"
_ROOT, _BODY = f"{OFFICE} document-content", f"{OFFICE} body"
_STYLES, _STYLE = f"{OFFICE} automatic-styles", f"{_STYLE_SPACE} style"
_SHEET_LOOK = f"{_STYLE_SPACE} table-properties"
_SPREADSHEET = f"{OFFICE} spreadsheet"
_SETTINGS, _NULL_DATE = f"{TABLE} calculation-settings", f"{TABLE} null-date"
_COLUMN = f"{TABLE} table-column"
_GROUPS = frozenset(
    f"{TABLE} table-{kind}"
    for axis in ("row", "column")
    for kind in (f"{axis}s", f"{axis}-group", f"header-{axis}s")
)
_IN_A_SHEET = _GROUPS | {ROW, _COLUMN}
_INSIDE: dict[str, frozenset[str]] = {
    "": frozenset({_ROOT}),
    _ROOT: frozenset({_STYLES, _BODY}),
    _STYLES: frozenset({_STYLE}),
    _STYLE: frozenset({_SHEET_LOOK}),
    _BODY: frozenset({_SPREADSHEET}),
    _SPREADSHEET: frozenset({_SETTINGS, SHEET}),
    _SETTINGS: frozenset({_NULL_DATE}),
    SHEET: _IN_A_SHEET,
    **dict.fromkeys(_GROUPS, _IN_A_SHEET),
}
"""What is looked at inside each element; all else is passed over."""
_LINKS = frozenset({f"{TABLE} dde-links", f"{TABLE} table-source"})
_NO_MACROS = frozenset({"", "script-lb.xml", "script-lc.xml"})


def is_open_document(package: Package) -> bool:
    """Whether the package is an OpenDocument file, of whatever kind, and no Excel workbook."""
    return is_open_document_package(package.parts)


def read_open_document(package: Package, unread: Collection[str] = ()) -> WorkbookCells:
    """Every non-empty cell of every sheet of an .ods file, but for sheets in `unread`.

    Raises Refused, as `remi.intake.reading.reader.read_workbook` does.
    """
    _refuse_encrypted(package)
    sheets, has_links = _sheets(package, unread)
    return WorkbookCells(
        tuple(sheets),
        strict=False,
        has_macros=any(_is_macro(name) for name in package.parts),
        has_external_links=has_links,
    )


def _refuse_encrypted(package: Package) -> None:
    part = ""

    def start(name: str, attributes: Attributes) -> None:
        nonlocal part
        if name == f"{_LISTED} file-entry":
            part = attributes.get(f"{_LISTED} full-path", "").lower()
        elif name == f"{_LISTED} encryption-data" and part in (_CONTENT, "encrypted-package"):
            raise Refused("file_is_password_protected")

    if _MANIFEST in package.parts:
        read_elements(package, _MANIFEST, start)


def _is_macro(name: str) -> bool:
    folder, _, file = name.partition("/")
    return folder in ("basic", "scripts") and file.rpartition("/")[2] not in _NO_MACROS


def _is_copy_of_another_file(name: str) -> bool:
    """LibreOffice keeps what formulas took from other files in sheets called 'file:…'#Name."""
    return name.startswith("'") and "'#" in name


def _first_day(attributes: Attributes) -> datetime:
    written = attributes.get(f"{TABLE} date-value")
    try:
        return FIRST_DAY if written is None else datetime.fromisoformat(written[:10])
    except ValueError as error:
        raise Refused("file_is_damaged", element="null-date") from error


def _sheets(package: Package, unread: Collection[str]) -> tuple[list[SheetCells], bool]:
    """The sheets in the order of their tabs, and whether there are links to other files."""
    parser = new_parser({name: name for name in (ROW, CELL, COVERED, PARAGRAPH)})
    within = [""]
    sheets: list[SheetCells] = []
    names: set[str] = set()
    hidden_styles: set[str] = set()
    taken = Taken()
    first_day = FIRST_DAY
    has_links = False
    style = ""
    row: Attributes = {}
    sheet = OpenSheet("", False, taken)
    begin_row: Callable[[], None]

    def start(name: str, attributes: Attributes) -> None:
        nonlocal row
        if name not in _INSIDE.get(within[-1], ()):
            look_at_other(name)
            pass_over(parser)
        elif name == ROW:
            row = attributes
            begin_row()
        elif name == SHEET and not begin_sheet(attributes):
            pass_over(parser)
        else:
            look_at(name, attributes)
            within.append(name)

    def end(_: str) -> None:
        if within.pop() == SHEET:
            sheets.append(sheet_cells(sheet))

    def look_at_other(name: str) -> None:
        nonlocal has_links
        if within[-1] == "":
            raise Refused("file_is_damaged", part=_CONTENT)
        if within[-1] == _BODY:
            raise Refused("file_is_opendocument")
        has_links = has_links or name in _LINKS

    def look_at(name: str, attributes: Attributes) -> None:
        nonlocal first_day, style
        if name == _COLUMN:
            take_columns(sheet, attributes)
        elif name == _STYLE:
            style = attributes.get(f"{_STYLE_SPACE} name", "")
        elif name == _SHEET_LOOK and attributes.get(f"{TABLE} display") == "false":
            hidden_styles.add(style)
        elif name == _NULL_DATE:
            first_day = _first_day(attributes)

    def begin_sheet(attributes: Attributes) -> bool:
        """Whether this sheet is to be read."""
        nonlocal begin_row, has_links, sheet
        name = attributes.get(f"{TABLE} name", "")
        if _is_copy_of_another_file(name):
            has_links = True
            return False
        if not name or name.casefold() in names:  # two readers could mean different ones
            raise Refused("file_is_damaged", part=_CONTENT)
        names.add(name.casefold())
        if len(names) > MAXIMUM_SHEETS:
            raise Refused("file_too_large", limit="number of sheets")
        sheet = OpenSheet(name, attributes.get(f"{TABLE} style-name") in hidden_styles, taken)
        begin_row = row_reader(parser, first_day, finish_row)
        return name not in unread

    def finish_row(filled: list[Filled], row_has_links: bool) -> None:
        nonlocal has_links
        has_links = has_links or row_has_links
        take_rows(sheet, row, filled)

    parser.StartElementHandler, parser.EndElementHandler = start, end
    feed(parser, package.read(_CONTENT), _CONTENT)
    if not names:
        raise Refused("file_is_damaged", part=_CONTENT)
    return sheets, has_links
