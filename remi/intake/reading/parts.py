"""Read one XML part of a workbook as a stream of events; nothing is kept but what is asked for."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable
from itertools import chain
from typing import Any
from xml.parsers import expat

from remi.intake.reading.preflight import CHUNK, Package, Refused

ORDINARY = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_COMPATIBILITY = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_ALTERNATIVES = frozenset({f"{_COMPATIBILITY} AlternateContent", f"{_COMPATIBILITY} Fallback"})
"""What stands in these, for readers without the extension, stands where they stand."""

_ENCODINGS = {
    *("utf-8", "utf8", "utf-16", "utf-16le", "utf-16be", "us-ascii", "ascii"),
    *("iso-8859-1", "iso-8859-15", "windows-1250", "windows-1252"),
}
"""The format allows the UTFs; some programs write the others."""
for _encoding in _ENCODINGS:
    codecs.lookup(_encoding)  # now, because a closed-off process cannot load what is missing

Attributes = dict[str, str]
Start = Callable[[str, Attributes], Any]


def _refuse_doctype(*_: object) -> None:
    # Entities, and with them every expansion or outside reference, are declared only here.
    raise Refused("file_unsafe", reason="declares its own XML entities")


def _refuse_other_encoding(_: str, encoding: str | None, __: int) -> None:
    # The name would be looked up among the program's own modules.
    if encoding is not None and encoding.lower() not in _ENCODINGS:
        raise Refused("file_is_damaged", encoding=encoding[:20])


def new_parser(names: dict[str, str] | None = None) -> expat.XMLParserType:
    """A parser whose names are `namespace name`, and which refuses any DOCTYPE and rare encodings.

    `names`: strings to be used as they are for element names; the parser adds to them.
    """
    parser = expat.ParserCreate(None, " ", names)
    parser.buffer_text = True
    parser.buffer_size = 65536
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.XmlDeclHandler = _refuse_other_encoding
    return parser


def feed(parser: expat.XMLParserType, pieces: Iterable[bytes], part: str) -> None:
    """Send the pieces of a part through the parser. Raises Refused for one that is broken."""
    try:
        for piece in pieces:
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        if error.code == expat.errors.codes[expat.errors.XML_ERROR_NO_MEMORY]:
            raise MemoryError from error
        raise Refused("file_is_damaged", part=part, line=error.lineno) from error


def in_pieces(package: Package, part: str) -> tuple[bytes | None, Iterable[bytes]]:
    """The whole part where it is a small one, else None; and its pieces. Raises Refused."""
    pieces = package.read(part)
    first = next(pieces, b"")
    second = next(pieces, None)
    if second is not None:
        return None, chain((first, second), pieces)
    return first if len(first) <= CHUNK else None, (first,)


def read_elements(package: Package, part: str, start: Start) -> None:
    """Call `start(name, attributes)` for each element of a part that holds no text."""
    parser = new_parser()
    parser.StartElementHandler = start
    feed(parser, package.read(part), part)


def read_own_elements(package: Package, part: str, start: Callable[[str, Attributes], Any]) -> bool:
    """Call `start(path, attributes)` for each element of the format's own, as in
    `workbook/sheets/sheet`, and return whether the part is a Strict one.

    Elements of other vocabularies are passed over with all they hold: an extension has elements of
    the same names, and repeats the format's own where they mean something else.
    Raises Refused where the root itself is not one of the format's own.
    """
    path: list[str | None] = []
    space = ""

    def begin(name: str, attributes: Attributes) -> None:
        nonlocal space
        of, _, element = name.rpartition(" ")
        if not path:
            if of not in (ORDINARY, STRICT):
                raise Refused("file_is_not_a_workbook")
            space = of
            path.append(element)
        elif path[-1] is None:
            path.append(None)
        elif of == space:
            path.append(f"{path[-1]}/{element}")
        else:
            path.append(path[-1] if name in _ALTERNATIVES else None)
            return
        if (at := path[-1]) is not None:
            start(at, attributes)

    parser = new_parser()
    parser.StartElementHandler, parser.EndElementHandler = begin, lambda _: path.pop()
    feed(parser, package.read(part), part)
    return space == STRICT


def is_true(value: str | None) -> bool:
    """An XML boolean attribute."""
    return value in ("1", "true")
