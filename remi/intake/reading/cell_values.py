"""What one cell's XML means: text, number, day, error, or something that only looks like one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from remi.intake.reading.cells import Kind, ShownAs
from remi.intake.reading.number_formats import iso_date, iso_from_text
from remi.intake.reading.preflight import Refused

LAST_ROW = 1_048_576
LAST_COLUMN = 16_384
MAXIMUM_FORMATS = 65_536
MAXIMUM_SHEETS = 200
MAXIMUM_CELLS = 1_000_000
MAXIMUM_CHARACTERS = 30_000_000

_ADDRESS = re.compile(r"([A-Za-z]{1,3})([1-9][0-9]{0,6})")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True)
class Shared:
    """What a workbook's sheets share: its texts, its number formats and its first day."""

    strings: list[str]
    formats: list[ShownAs]
    counted_from_1904: bool


def unescape(text: str) -> str:
    """Turn the file's `_x000D_` escapes into characters; halves of characters and NUL become �."""
    if "_x" not in text:
        return text
    text = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    return (
        text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "\ufffd")
    )


def whole_number(text: str, largest: int) -> int:
    """A whole number from 0 to `largest`. Raises Refused."""
    try:
        number = int(text)
    except ValueError:
        number = -1
    if not 0 <= number <= largest:
        raise Refused("file_is_damaged", number=text[:20])
    return number


@lru_cache(maxsize=65536)
def position(address: str) -> tuple[int, int]:
    """(row, column) of an address as a file writes it. Raises Refused."""
    found = _ADDRESS.fullmatch(address)
    if not found:
        raise Refused("file_is_damaged", cell=address[:20])
    column = 0
    for letter in found[1].upper():
        column = column * 26 + ord(letter) - 64
    row = int(found[2])
    if row > LAST_ROW or column > LAST_COLUMN:
        raise Refused("file_is_damaged", row=row, column=column)
    return row, column


def typed(
    kind: str, value: str, style: str | None, shared: Shared
) -> tuple[Kind, str, float | None, ShownAs]:
    """Kind, value, number and how it is shown, of a cell whose XML type is `kind`.

    What cannot be read as its type says stays text: it is shown to the partner, never dropped.
    """
    if kind == "s":
        return "text", shared.strings[whole_number(value, len(shared.strings) - 1)], None, ""
    if kind in ("str", "inlineStr"):
        return "text", unescape(value), None, ""
    if kind == "e":
        return "error", value, None, ""
    if kind == "b":
        shown = {"1": "TRUE", "0": "FALSE", "true": "TRUE", "false": "FALSE"}.get(value)
        return ("boolean", shown, None, "") if shown else ("text", value, None, "")
    if kind == "d":
        iso = iso_from_text(value)
        return ("date", iso, None, "date") if iso else ("text", value, None, "")
    if kind != "n":
        raise Refused("file_is_damaged", cell_type=kind[:20])
    try:
        number = float(value)
    except ValueError:
        return "text", value, None, ""
    # Python also reads nan, inf and 1_000, which are no numbers to a spreadsheet.
    if number - number != 0 or "_" in value:
        return "text", value, None, ""
    seen: ShownAs = ""
    if style is not None:
        index = whole_number(style, MAXIMUM_FORMATS)
        seen = shared.formats[index] if index < len(shared.formats) else ""
    if seen == "date" and (day := iso_date(number, shared.counted_from_1904)):
        return "date", day, number, "date"
    return "number", value.strip(), number, seen
