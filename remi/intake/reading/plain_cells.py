"""Take cells out of a sheet, and texts out of the shared ones, at the speed of one expression.

Nearly every part is written plainly: rows of `<c r= s= t=><v>…</v></c>` and nothing between them.
Then the cells need no parser, and the parser reads only what is left: the sheet with its cells
taken out. A part that is not wholly of this form is left alone, to be parsed as it is.

Why this cannot differ from parsing. A part with a comment, CDATA, instruction, DOCTYPE, another
encoding than UTF-8, a character that XML forbids or normalises, or more than one `sheetData` is
left alone; so `<` only ever begins a tag, and a tag means what it says. The expression must match
from the first row to the last without a gap, in the order row, cells, end of row, and each cell
is balanced in itself and declares no namespace. The parser still sees every row and all the rest.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from remi.intake.reading.cell_values import Shared, position, typed, unescape, whole_number
from remi.intake.reading.cells import Cell
from remi.intake.reading.parts import ORDINARY, STRICT, feed, new_parser
from remi.intake.reading.preflight import Refused

_BEGIN, _END = b"<sheetData>", b"</sheetData>"
_UTF8 = re.compile(
    rb"""(?:\xef\xbb\xbf)?(?:<\?xml version=["']1\.0["'](?: encoding=["'](?:UTF|utf)-8["'])?"""
    rb"""(?: standalone=["'](?:yes|no)["'])?\s*\?>)?\s*(?=<)"""
)
_CELL_OR_ROW = re.compile(rb"<(?:[^<>\s/]*:)?(?:c|row)[\s/>]")
_NORMALISED_OR_FORBIDDEN = bytes({*range(32)} - {*b"\t\n"})
_TOKEN = re.compile(
    # a cell that holds a value: address, style, type, value or text in place
    r'<c r="([A-Z]{1,3}[1-9][0-9]{0,6})"(?: s="([0-9]{1,5})")?(?: t="([a-zA-Z]+)")?>'
    r'(?:<v>([^<]+)</v>|<is><t(?: xml:space="preserve")?>([^<]+)</t></is>)</c>'
    # empty cells
    r'|(?:<c r="[A-Z0-9]+"(?: s="[0-9]+")?(?: t="[a-zA-Z]+")?(?: ?/>|></c>))++'
    # from one row to the next; the end of the last row; anything else
    r'|</row>(<row r="[1-9][0-9]{0,5}")([^<>]*>)|</row>\Z|([\s\S]+)'
)
_EMPTY_ROW = re.compile(r"<row([^<>]*)/>")
_MAY_HIDE = re.compile(r"""hidden(?!="(?:0|false)")|\bht\s*=\s*["']0["']|&""")
_ITEM = re.compile(
    r'<si><t(?: xml:space="preserve")?>([^<]*)</t></si>|<si><t(?: xml:space="preserve")?/></si>'
    r"|([\s\S]+)"
)
_cell = tuple.__new__  # half the time of calling Cell
_ROOTS = (f"{ORDINARY} sst", f"{STRICT} sst")
_REFERENCE = re.compile(r"&(?:(amp|lt|gt|quot|apos)|#([0-9]{1,7})|#x([0-9a-fA-F]{1,6}));|&")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


class _NotPlain(Exception):  # noqa: N818 - raised and caught here
    """This part must be parsed as it is."""


class Plain(NamedTuple):
    """The cells of a sheet by (row, column), and its XML without them: up to the end of the last
    row, and from there on, where no cell or row is."""

    cells: dict[tuple[int, int], Cell]
    before: bytes
    after: bytes


def take_cells(part: bytes, shared: Shared) -> Plain | None:
    """The cells of a sheet that is written plainly; None for any other, also for a faulty one."""
    begin = part.find(_BEGIN) + len(_BEGIN)
    end = part.find(_END, begin)
    if begin < len(_BEGIN) or end < 0 or part.count(b"sheetData") != 2:
        return None
    before, after = part[:begin], part[end:]
    if _CELL_OR_ROW.search(after):
        return None
    try:
        rows = _plain(before, part[begin:end], after)
        cells, tags = _cells(rows, shared) if rows else ({}, "")
    except (_NotPlain, Refused):
        return None
    return Plain(cells, before + tags.encode(), after)


def take_texts(part: bytes) -> list[str] | None:
    """The shared texts of a part that is written plainly; None for any other."""
    begin, end = part.find(b"<si>"), part.rfind(b"</si>") + 5
    if begin < 0 or end < begin:
        return None
    before, after = part[:begin], part[end:]
    try:
        items = _ITEM.findall(_plain(before, part[begin:end], after))
        root = _only_element(before + after)
        if root not in _ROOTS or any(strange for _, strange in items):
            return None
        return [unescape(_text(text)) for text, _ in items]
    except (_NotPlain, Refused):
        return None


def _only_element(part: bytes) -> str:
    """Name of the element, with its namespace, that is all there is. Raises _NotPlain, Refused."""
    names: list[str] = []
    parser = new_parser()
    parser.StartElementHandler = lambda name, _: names.append(name)
    feed(parser, [part], "")
    if len(names) != 1:
        raise _NotPlain
    return names[0]


def _plain(before: bytes, data: bytes, after: bytes) -> str:
    """The data as text, when nothing before or in it can hide a tag. Raises _NotPlain."""
    declared = _UTF8.match(before)
    if (
        declared is None
        or before.find(b"<?", declared.end()) >= 0
        or b"<?" in after
        or b"<!" in before
        or b"<!" in after
        or b"]]>" in data
        or b"\xef\xbf" in data  # U+FFFE and U+FFFF, which XML forbids, begin so
        or len(data.translate(None, _NORMALISED_OR_FORBIDDEN)) < len(data)
    ):
        raise _NotPlain
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise _NotPlain from error


def _cells(rows: str, shared: Shared) -> tuple[dict[tuple[int, int], Cell], str]:
    """The cells by (row, column), and the rows without them; one for all visible rows alike."""
    if rows.count("<row") != rows.count("</row>"):
        rows = _EMPTY_ROW.sub(r"<row\1></row>", rows)
    if not rows.endswith("</row>"):
        raise _NotPlain
    cells: dict[tuple[int, int], Cell] = {}
    tags: dict[str, list[str]] = {}  # what follows a row's number -> the rows
    filled = 0
    strings, last = shared.strings, len(shared.strings) - 1
    for address, style, kind, value, inline, tag, end, strange in _TOKEN.findall("</row>" + rows):
        if address:
            filled += 1
            row, column = at = position(address)
            if inline:
                text = unescape(_text(inline)) if "&" in inline or "_x" in inline else inline
                cells[at] = _cell(Cell, (row, column, "text", text, None, "", False))
            elif kind == "s":
                text = strings[whole_number(value, last)]
                cells[at] = _cell(Cell, (row, column, "text", text, None, "", False))
            else:
                found = typed(kind or "n", _text(value), style or None, shared)
                cells[at] = Cell(row, column, *found)
        elif tag:
            tags.setdefault(end, []).append(tag)
        elif strange:
            raise _NotPlain
    rest = "".join(
        f"{tag}{end}</row>"
        for end, alike in tags.items()
        for tag in (alike if _MAY_HIDE.search(end) else alike[:1])
    )
    if filled != len(cells) or "xmlns" in rest:  # one cell twice, or another vocabulary
        raise _NotPlain
    return cells, rest


def _text(written: str) -> str:
    return _REFERENCE.sub(_character, written) if "&" in written else written


def _character(found: re.Match[str]) -> str:
    name, decimal, hexadecimal = found.groups()
    if name:
        return _NAMED[name]
    number = int(decimal or hexadecimal or "0", 16 if hexadecimal else 10)
    if number in (9, 10, 13) or 32 <= number < 0xD800 or 0xE000 <= number < 0xFFFE:
        return chr(number)
    if 0x10000 <= number < 0x110000:
        return chr(number)
    raise _NotPlain  # no character of XML, or an entity of the file's own
