"""The cells of one row of an OpenDocument sheet, as the parser comes upon them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple
from xml.parsers.expat import XMLParserType

from remi.intake.reading.cell_values import LAST_COLUMN, MAXIMUM_CHARACTERS, whole_number
from remi.intake.reading.open_document_values import (
    LINE_BREAK,
    OFFICE,
    SPACE,
    TAB,
    TABLE,
    Content,
    content_of,
    paragraph,
)
from remi.intake.reading.parts import Attributes
from remi.intake.reading.preflight import Refused

TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
ROW = f"{TABLE} table-row"
CELL, COVERED = f"{TABLE} table-cell", f"{TABLE} covered-table-cell"
_TEXT_ELEMENT = f"{TEXT} "
PARAGRAPH, HEADING = f"{TEXT} p", f"{TEXT} h"

SHEET = f"{TABLE} table"
_MARKS = {f"{TEXT} s": SPACE, f"{TEXT} tab": TAB, f"{TEXT} line-break": LINE_BREAK}
_NOT_THE_TEXT = (f"{TEXT} ruby-text", f"{TEXT} note")
_COUNT = f"{TEXT} c"
_REPEATED = f"{TABLE} number-columns-repeated"
_OTHER_FILE = "'#$"
_VALUE_TYPE, _FORMULA = f"{OFFICE} value-type", f"{TABLE} formula"


class Filled(NamedTuple):
    """Cells side by side that hold the same; `column` counts from 1."""

    column: int
    times: int
    content: Content


def times(attributes: Attributes, name: str, most: int) -> int:
    """How often something is there. Raises Refused for no times at all, or more than `most`."""
    written = attributes.get(name)
    if written is None:
        return 1
    number = whole_number(written, most)
    if number == 0:
        raise Refused("file_is_damaged", number=written[:20])
    return number


def pass_over(parser: XMLParserType) -> None:
    """Let the parser pass over the element that has just begun, with everything in it."""
    before = parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler
    depth = 1

    def start(_: str, __: Attributes) -> None:
        nonlocal depth
        depth += 1

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1
        if not depth:
            (
                parser.StartElementHandler,
                parser.EndElementHandler,
                parser.CharacterDataHandler,
            ) = before

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = None


def row_reader(
    parser: XMLParserType,
    first_day: datetime,
    finished: Callable[[list[Filled], bool], None],
) -> Callable[[], None]:
    """A function to call whenever a row has begun: the parser then reads that row's cells.

    At the row's end the parser has its handlers back, and `finished` is given the filled cells and
    whether a formula among them takes something from another file.
    """
    column = repeated = marks = 0
    cell: Attributes | None = None
    in_paragraph = has_links = False
    before: tuple[Any, Any] = (None, None)
    text: list[str] = []
    paragraphs: list[str] = []
    filled: list[Filled] = []

    def begin() -> None:
        nonlocal before, column, filled, has_links
        before = parser.StartElementHandler, parser.EndElementHandler
        column, filled, has_links = 0, [], False
        parser.StartElementHandler, parser.EndElementHandler = start, end
        parser.CharacterDataHandler = text.append

    def start(name: str, attributes: Attributes) -> None:
        nonlocal cell, repeated, in_paragraph, marks
        if cell is None:
            if name in (CELL, COVERED):
                cell = attributes
                repeated = times(attributes, _REPEATED, LAST_COLUMN)
            else:
                pass_over(parser)
        elif name in (PARAGRAPH, HEADING):
            if in_paragraph:
                raise Refused("file_is_damaged", element="p")
            in_paragraph = True
            text.clear()
        elif name in _MARKS and in_paragraph:
            number = times(attributes, _COUNT, MAXIMUM_CHARACTERS)
            marks += number
            if marks > MAXIMUM_CHARACTERS:
                raise Refused("file_too_large", limit="number of cells")
            text.append(_MARKS[name] * number)
        elif name == SHEET:
            raise Refused("file_is_damaged", element="table")
        elif not name.startswith(_TEXT_ELEMENT) or name in _NOT_THE_TEXT:
            pass_over(parser)

    def end(name: str) -> None:
        nonlocal cell, column, has_links, in_paragraph
        if name in (PARAGRAPH, HEADING):
            paragraphs.append(paragraph("".join(text)))
            in_paragraph = False
        elif cell is not None and name in (CELL, COVERED):
            if paragraphs or _VALUE_TYPE in cell or _FORMULA in cell:
                content = content_of(cell, paragraphs, first_day)
                if content is not None:
                    if column + repeated > LAST_COLUMN:
                        raise Refused("file_is_damaged", column=column + repeated)
                    filled.append(Filled(column + 1, repeated, content))
                paragraphs.clear()
                has_links = has_links or _OTHER_FILE in cell.get(_FORMULA, "")
            column += repeated
            cell = None
        elif name == ROW:
            parser.StartElementHandler, parser.EndElementHandler = before
            parser.CharacterDataHandler = None
            finished(filled, has_links)

    return begin
