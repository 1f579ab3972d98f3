"""How much room a text takes in a cell, so that rows are tall enough and no word is split.

Widths are those of Arial, in tenths of an em, by groups of letters; a little is added because
spreadsheet programs break lines slightly differently.
"""

from __future__ import annotations

import math
from functools import lru_cache

_GROUPS = {2.8: " ijltfI.,:;'’‘!|()[]/", 3.6: "r-“”", 5.0: "ckszvxy", 8.9: "mwMW@%—"}
_TENTHS = {letter: tenths for tenths, letters in _GROUPS.items() for letter in letters}
_CAPITAL, _OTHER, _DIGIT = 7.0, 5.6, 5.6
_BOLD = 1.08
_PADDING = 1.0  # a cell keeps about one character's width free at its sides
_COLUMN_FONT = 10  # column widths count digits of the workbook's own font, Arial 10

# Every template of a round shows the same texts, so what they take is worked out once.


def text_width(text: str, size: int, bold: bool = False) -> float:
    """The width of one line of text, in the unit in which columns are as wide as digits."""
    tenths = sum(_TENTHS.get(c, _CAPITAL if c.isupper() else _OTHER) for c in text)
    return tenths / _DIGIT * size / _COLUMN_FONT * (_BOLD if bold else 1.0)


def least_column_width(text: str, size: int, bold: bool = False) -> int:
    """The narrowest column in which no word of `text` is split."""
    longest = max((text_width(word, size, bold) for word in text.split()), default=0.0)
    return math.ceil(longest + _PADDING)


def row_height(text: str, width: float, size: int, bold: bool = False) -> float:
    """The height in points that `text` needs when wrapped in a column of this width."""
    return lines_needed(text, width, size, bold) * size * 1.27 + 6


@lru_cache(maxsize=20_000)
def lines_needed(text: str, width: float, size: int, bold: bool = False) -> int:
    """How many lines `text` takes when it is wrapped at words."""
    room = max((width - _PADDING) * 0.97, 1.0)
    lines = 0
    for paragraph in text.split("\n"):
        lines += 1
        used = 0.0
        for word in paragraph.split():
            wide = text_width(word, size, bold)
            step = wide if not used else wide + text_width(" ", size, bold)
            if used and used + step > room:
                lines += 1
                used = wide
            else:
                used += step
            # A word wider than the column, such as a web address, runs on over several lines.
            lines += int(used // room) if used > room else 0
            used = used % room if used > room else used
    return lines


@lru_cache(maxsize=2_000)
def wrapped(text: str, width: float, size: int) -> tuple[str, ...]:
    """The text as lines that fit `width` without wrapping."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and text_width(longer, size) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return tuple(lines)
