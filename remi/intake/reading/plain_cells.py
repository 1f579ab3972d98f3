"""Take cells out of a sheet, and texts out of the shared ones, at the speed of one expression.

Nearly every part is written plainly: rows of `<c r= s= t=><v>…</v></c>` and nothing between them.
Then the cells need no parser, and the parser reads only what is left: the sheet with its cells
taken out. A part that is not wholly of this form is left alone, to be parsed as it is.

Why this cannot differ from parsing. A part with a comment, CDATA, instruction, DOCTYPE, another
encoding than UTF-8, a character that XML forbids or normalises, or more than one `sheetData` is
left alone; so `<` only ever begins a tag, and a tag means what it says. The expression must match
from the first row to the last without a gap, in the order row, cells, end of row, and each cell
is balanced in itself and declares no namespace. The parser still sees a row of each kind, every
row that may be hidden, and all the rest. A large part is taken in pieces of whole rows; cells that
are not in order, which could be one cell twice, are left to the parser.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from remi.intake.reading.cell_values import (
    LAST_COLUMN,
    LAST_ROW,
    MAXIMUM_CELLS,
    Shared,
    position,
    typed,
    unescape,
)
from remi.intake.reading.cells import Cells, Content, place_number
from remi.intake.reading.parts import ORDINARY, STRICT, feed, new_parser
from remi.intake.reading.preflight import Refused

_BEGIN, _END, _DATA, _ROW_END = b"<sheetData>", b"</sheetData>", b"sheetData", b"</row>"
_UTF8 = re.compile(
    rb"""(?:\xef\xbb\xbf)?(?:<\?xml version=["']1\.0["'](?: encoding=["'](?:UTF|utf)-8["'])?"""
    rb"""(?: standalone=["'](?:yes|no)["'])?\s*\?>)?\s*(?=<)"""
)
_CELL_OR_ROW = re.compile(rb"<(?:[^<>\s/]*:)?(?:c|row)[\s/>]")
_NORMALISED_OR_FORBIDDEN = bytes({*range(32)} - {*b"\t\n"})
_TOKEN = re.compile(
    # a cell that holds a value: address, style, type, value or text in place
    r'<c r="([A-Z]{1,3})([1-9][0-9]{0,6})"(?: s="([0-9]{1,5})")?(?: t="([a-zA-Z]+)")?>'
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
_ROOT_AND_ITEM = tuple([f"{space} sst", f"{space} si"] for space in (ORDINARY, STRICT))
_REFERENCE = re.compile(r"&(?:(amp|lt|gt|quot|apos)|#([0-9]{1,7})|#x([0-9a-fA-F]{1,6}));|&")
AT_ONCE = 256 * 1024
_MOST_KNOWN = 65_536
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


class _NotPlain(Exception):  # noqa: N818 - raised and caught here
    """This part must be parsed as it is."""


class Plain(NamedTuple):
    """The cells of a sheet by (row, column), and its XML without them: up to the end of the last
    row, and from there on, where no cell or row is."""

    cells: Cells
    before: bytes
    after: bytes


def take_cells(pieces: Iterable[bytes], shared: Shared) -> Plain | None:
    """The cells of a sheet that is written plainly; None for any other, also for a faulty one."""
    taken = _Taken(shared)
    before = waiting = after = b""
    try:
        for piece in _small(pieces):
            if after:
                after += piece
                continue
            waiting += piece
            if not before:
                begin = waiting.find(_BEGIN) + len(_BEGIN)
                if begin < len(_BEGIN):
                    return None
                before, waiting = waiting[:begin], waiting[begin:]
            end = waiting.find(_END)
            if end >= 0:
                waiting, after = waiting[:end], waiting[end:]
                taken.take(waiting)
            else:
                end = waiting.rfind(_ROW_END) + len(_ROW_END)
                if end < len(_ROW_END):
                    return None
                taken.take(waiting[:end])
                waiting = waiting[end:]
        if before.count(_DATA) != 1 or after.count(_DATA) != 1 or _CELL_OR_ROW.search(after):
            return None
        _check_around(before, after)
        return Plain(taken.cells, before + taken.rest().encode(), after)
    except (_NotPlain, Refused):
        return None


def _small(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces that are not much larger than an ordinary sheet."""
    for piece in pieces:
        for start in range(0, len(piece), AT_ONCE):
            yield piece[start : start + AT_ONCE]


def take_texts(part: bytes) -> list[str] | None:
    """The shared texts of a part that is written plainly; None for any other."""
    begin, end = part.find(b"<si>"), part.rfind(b"</si>") + 5
    if begin < 0 or end < begin:
        return None
    before, after = part[:begin], part[end:]
    try:
        _check_around(before, after)
        items = _ITEM.findall(_plain(part[begin:end]))
        # An item without a prefix is of the root's vocabulary, or of another one.
        if _elements(before + b"<si/>" + after) not in _ROOT_AND_ITEM:
            return None
        if any(strange for _, strange in items):
            return None
        return [unescape(_text(text)) for text, _ in items]
    except (_NotPlain, Refused):
        return None


def _elements(part: bytes) -> list[str]:
    """Names of its elements, with their namespaces. Raises Refused."""
    names: list[str] = []
    parser = new_parser()
    parser.StartElementHandler = lambda name, _: names.append(name)
    feed(parser, [part], "")
    return names


def _check_around(before: bytes, after: bytes) -> None:
    """Raises _NotPlain where what stands around the data could hide a tag."""
    declared = _UTF8.match(before)
    if (
        declared is None
        or before.find(b"<?", declared.end()) >= 0
        or b"<?" in after
        or b"<!" in before
        or b"<!" in after
    ):
        raise _NotPlain


def _plain(data: bytes) -> str:
    """The data as text, when nothing in it can hide a tag. Raises _NotPlain."""
    if (
        b"]]>" in data
        or b"\xef\xbf" in data  # U+FFFE and U+FFFF, which XML forbids, begin so
        or len(data.translate(None, _NORMALISED_OR_FORBIDDEN)) < len(data)
    ):
        raise _NotPlain
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise _NotPlain from error


class _Taken:
    """The cells that were taken out so far, and the rows without them."""

    def __init__(self, shared: Shared) -> None:
        self.cells = Cells()
        self._shared = shared
        self._last = 0  # the place number of the latest cell
        self._columns: dict[str, int] = {}
        self._known: dict[tuple[str, str, str, str], int] = {}  # as it is written -> what it holds
        self._rows: dict[str, list[str]] = {}  # what follows a row's number -> the rows

    def take(self, data: bytes) -> None:
        """Take out the cells of some whole rows. Raises _NotPlain, Refused."""
        rows = _plain(data)
        if not rows:
            return
        if rows.count("<row") != rows.count("</row>"):
            rows = _EMPTY_ROW.sub(r"<row\1></row>", rows)
        if not rows.endswith("</row>") or "sheetData" in rows:
            raise _NotPlain
        places, holds = [], []
        known = self._known
        for letters, digits, style, kind, value, inline, tag, end, strange in _TOKEN.findall(
            "</row>" + rows
        ):
            if letters:
                column = self._columns.get(letters)
                if column is None:
                    _, column = position(f"{letters}1")
                    self._columns[letters] = column
                place = place_number(int(digits), column)
                if place <= self._last:
                    raise _NotPlain  # one cell twice, or out of order
                self._last = place
                places.append(place)
                written = (style, kind, value, inline)
                number = known.get(written)
                holds.append(self._newly_written(written) if number is None else number)
            elif tag:
                self._keep_row(tag, end)
            elif strange:
                raise _NotPlain
        if self._last > place_number(LAST_ROW, LAST_COLUMN):
            raise _NotPlain
        self.cells.extend(places, holds)
        if len(self.cells) > MAXIMUM_CELLS:
            raise _NotPlain

    def rest(self) -> str:
        """The rows without their cells; one for all visible rows alike. Raises _NotPlain."""
        rest = "".join(f"{tag}{end}</row>" for end, tags in self._rows.items() for tag in tags)
        if "xmlns" in rest:  # another vocabulary
            raise _NotPlain
        return rest

    def _keep_row(self, tag: str, end: str) -> None:
        alike = self._rows.setdefault(end, [])
        if not alike or _MAY_HIDE.search(end):
            alike.append(tag)

    def _newly_written(self, written: tuple[str, str, str, str]) -> int:
        """What a cell holds that is written so: style, kind, value, text in place."""
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        number = self._known[written] = self.cells.number_of(self._content(*written))
        return number

    def _content(self, style: str, kind: str, value: str, inline: str) -> Content:
        if inline:
            return "text", unescape(_text(inline)), None, "", False
        return (*typed(kind or "n", _text(value), style or None, self._shared), False)


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
