"""The cells of one sheet, from its XML as a stream; memory grows with cells, never with claims.

The dimension, counts and merged ranges that a file declares are not read at all. Positions come
from each cell's address, or from its place where the address is left out, as Excel allows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import NamedTuple
from xml.parsers.expat import XMLParserType

from remi.intake.reading.cell_values import (
    LAST_COLUMN,
    LAST_ROW,
    MAXIMUM_CELLS,
    Shared,
    position,
    typed,
    whole_number,
)
from remi.intake.reading.cells import Cells, Content, column_letters
from remi.intake.reading.parts import (
    ORDINARY,
    STRICT,
    Attributes,
    feed,
    is_true,
    new_parser,
)
from remi.intake.reading.plain_cells import Plain, take_cells
from remi.intake.reading.preflight import Package, Refused


class Grid(NamedTuple):
    """The cells of one sheet by (row, column), and which of their rows and columns are hidden."""

    cells: Cells
    hidden_rows: frozenset[int]
    hidden_columns: frozenset[int]


class _Names(NamedTuple):
    """Names of the elements that matter, as the parser gives them."""

    sheet: str
    column: str
    data: str
    row: str
    cell: str
    value: str
    formula: str
    text: str
    phonetic: str


_ELEMENTS = ("worksheet", "col", "sheetData", "row", "c", "v", "f", "t", "rPh")
_DIALECTS = [_Names(*(f"{space} {name}" for name in _ELEMENTS)) for space in (ORDINARY, STRICT)]
# Names that the parser hands over as these very objects compare at once.
_INTERNED = {name: name for names in _DIALECTS for name in names}


def read_sheet(package: Package, part: str, shared: Shared) -> Grid:
    """Every cell of the sheet that holds something. Raises Refused.

    A cell that appears twice with different content is refused: two readers could disagree.
    """
    taken = package.inflated, package.tags
    plain = take_cells(package.read(part), shared)
    if plain is not None:
        try:
            return _parsed((), part, shared, plain)
        except Refused:
            pass  # the whole part says what is wrong, and where
    package.inflated, package.tags = taken
    return _parsed(package.read(part), part, shared)


def _parsed(pieces: Iterable[bytes], part: str, shared: Shared, plain: Plain | None = None) -> Grid:
    """The grid of a sheet from its XML, or from its cells and the XML without them."""
    cells = Cells() if plain is None else plain.cells
    hidden_rows: set[int] = set()
    column_hidden = bytearray(LAST_COLUMN + 1)
    has_data = False
    parser = new_parser(dict(_INTERNED))

    def first(name: str, _: Attributes) -> None:
        names = next((names for names in _DIALECTS if names.sheet == name), None)
        if names is None:
            raise Refused("file_is_damaged", part=part)
        parser.StartElementHandler = partial(before_cells, names)

    def before_cells(names: _Names, name: str, attributes: Attributes) -> None:
        nonlocal has_data
        if name == names.data:
            has_data = True
            _read_cells(parser, names, shared, cells, hidden_rows)
        elif name == names.column and (
            is_true(attributes.get("hidden")) or attributes.get("width") == "0"
        ):
            first = whole_number(attributes.get("min", ""), LAST_COLUMN)
            last = whole_number(attributes.get("max", ""), LAST_COLUMN)
            column_hidden[first : last + 1] = b"\1" * (last + 1 - first)

    def without_cells(plain: Plain) -> Iterator[bytes]:
        yield plain.before
        if not has_data:  # the rows are of another vocabulary
            raise Refused("file_is_damaged", part=part)
        parser.StartElementHandler = None  # nothing that matters follows
        yield plain.after

    parser.StartElementHandler = first
    feed(parser, pieces if plain is None else without_cells(plain), part)
    return Grid(
        cells,
        frozenset(hidden_rows & {row for row, _ in cells}) if hidden_rows else frozenset(),
        frozenset(at for at in cells.columns() if column_hidden[at]),
    )


def _read_cells(
    parser: XMLParserType,
    names: _Names,
    shared: Shared,
    cells: Cells,
    hidden_rows: set[int],
) -> None:
    """Let the parser fill `cells` and `hidden_rows` from here on.

    Ends of elements are asked for only inside a cell that holds something: most cells of a
    template are empty, and each call costs.
    """
    _, _, data_name, row_name, cell_name, value_name, formula_name, text_name, phonetic_name = names
    names_of_text = (value_name, formula_name, text_name)
    row = 0
    address = ""  # of the latest cell in this row; "" before the first
    cell: Attributes = {}
    value: str | None = None
    formula: str | None = None
    phonetic = False
    text: list[str] = []
    inline: list[str] = []

    def start(name: str, attributes: Attributes) -> None:
        nonlocal address, cell, row, phonetic
        if name == cell_name:
            cell = attributes
            if "r" in attributes:
                address = attributes["r"]
            else:
                row, column = position(address) if address else (row, 0)
                address = f"{column_letters(column + 1)}{row}"
        elif name in names_of_text:
            text.clear()
            parser.EndElementHandler = end
        elif name == row_name:
            if len(cells) > MAXIMUM_CELLS:
                raise Refused("file_too_large", limit="number of cells")
            number = attributes.get("r")
            if number is None:
                row = (position(address)[0] if address else row) + 1
            else:
                row = whole_number(number, LAST_ROW)
            address = ""
            if is_true(attributes.get("hidden")) or attributes.get("ht") == "0":
                hidden_rows.add(row)
        elif name == phonetic_name:
            phonetic = True
            parser.EndElementHandler = end
        elif name == data_name:
            raise Refused("file_is_damaged", element="sheetData")

    def end(name: str) -> None:
        nonlocal value, formula, phonetic
        if name == value_name:
            value = "".join(text)
        elif name == cell_name:
            finish()
            value = formula = None
            inline.clear()
            parser.EndElementHandler = None
        elif name == text_name:
            if not phonetic:
                inline.append("".join(text))
        elif name == formula_name:
            formula = "".join(text)
        elif name == phonetic_name:
            phonetic = False

    def finish() -> None:
        kind = cell.get("t", "n")
        content = value
        if inline and value is None:
            kind, content = "inlineStr", "".join(inline)
        elif value == "" and kind not in ("str", "inlineStr"):
            content = None
        row, column = position(address)
        found: Content
        if content is not None:
            found = (*typed(kind, content, cell.get("s") or None, shared), formula is not None)
        elif formula is not None:
            found = ("formula_without_value", formula, None, "", True)
        elif kind == "e":
            found = ("error", "", None, "", False)
        else:
            return
        if not cells.put(row, column, found):
            raise Refused("file_is_damaged", cell=f"{column_letters(column)}{row}")

    parser.StartElementHandler = start
    parser.CharacterDataHandler = text.append
