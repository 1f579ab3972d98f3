"""The parts that every typed cell is made of: its value or fault, and how texts are compared.

Only the standard library is used here, because the sandboxed worker loads this module.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any, NamedTuple

from remi.intake.reading.cells import Cell, Kind

SEEN_LENGTH = 200
"""Characters of a cell that are kept to show a partner what was seen."""

PERSONAL = "personal_data_found"
"""The rule about a cell that holds personal details. Of these only the kinds are said, as the fact
`kinds`; what is seen of such a cell is empty."""

Plan = dict[str, Any]
"""How one column is typed, as plain data made by `remi.intake.locating.plan`."""


class Fault(NamedTuple):
    """What is wrong, by the id of its rule, and the details that its words need."""

    rule: str
    facts: dict[str, str | int] = {}  # noqa: RUF012 - never changed


class Value(NamedTuple):
    """A cell as it was understood. `day` is in ISO form, `state` one of `ValueState`."""

    state: str
    seen: str = ""
    text: str | None = None
    number: float | None = None
    day: str | None = None
    qualifier: str | None = None
    fault: Fault | None = None


BLANK = Value("blank")


def bad(seen: str, rule: str, **facts: str | int) -> Value:
    """A cell that cannot be used, by the rule that says why."""
    return Value("bad", seen, fault=Fault(rule, facts))


_IN_WORDS: dict[Kind, str] = {"error": "(error) ", "formula_without_value": "(formula) ="}


def in_words(kind: Kind, value: str) -> str:
    """As text, an error or a formula that we must not or cannot write as it was."""
    return f"{_IN_WORDS[kind]}{value}"


def out_of_words(cell: Cell) -> Cell:
    """The cell as it was before `in_words`; any other cell as it is."""
    if cell.kind == "text" and cell.value.startswith("("):
        for kind, words in _IN_WORDS.items():
            if cell.value.startswith(words):
                return cell._replace(kind=kind, value=cell.value.removeprefix(words))
    return cell


_UNSEEN = dict.fromkeys(
    [
        *(0xAD, 0x34F, 0x61C, 0x180E, 0xFEFF, 0xFFFC),
        *range(0x180B, 0x180E),  # which of two shapes a letter takes
        *range(0x200B, 0x2010),  # no width; which way to write
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2070),
        *range(0xFE00, 0xFE10),
        *range(0xFFF9, 0xFFFC),
        *range(0xE0000, 0xE0080),
    ],
    "",
)
"""Characters that cannot be seen: marks that come with text copied from Word, Teams or a page."""

_PLAIN = str.maketrans(
    {**dict.fromkeys("‘’‛ʼ´`", "'"), **dict.fromkeys("“”„‟", '"'), **dict.fromkeys("‐‑‒–—―−", "-")}
) | dict(_UNSEEN)


def _only_looks_like_digits(character: str) -> bool:
    if character.isdecimal():
        return False
    return character.isdigit() or any(
        c.isdecimal() for c in unicodedata.normalize("NFKC", character)
    )


# From the first raised digit to the last in a circle; the planes above have some with a mark.
_RAISED = "".join(
    c
    for c in map(chr, (*range(0xB2, 0x3400), *range(0x1F100, 0x1F10D)))
    if _only_looks_like_digits(c)
)
_HAS_RAISED = re.compile(f"[{_RAISED}]")
_AROUND_RAISED = re.compile(f"([{_RAISED}]+)")


def has_raised_digits(text: str) -> bool:
    """Whether a figure in it is raised, lowered, in a circle or a fraction, as notes are marked:
    30² is neither 302 nor 900."""
    return not text.isascii() and _HAS_RAISED.search(text) is not None


def without_raised_digits(text: str) -> str:
    """The text with a space for each of them."""
    return _HAS_RAISED.sub(" ", text)


def without_unseen(text: str) -> str:
    """The text without characters that cannot be seen, and without spaces around it."""
    return text.strip() if text.isascii() else text.translate(_UNSEEN).strip()


def of_one_width(text: str) -> str:
    """One width and one kind of space, as NFKC has it; but a raised figure stays a raised one."""
    if not text.isascii():
        text = "".join(
            part if place % 2 else unicodedata.normalize("NFKC", part)
            for place, part in enumerate(_AROUND_RAISED.split(text))
        )
    return " ".join(text.split())


@lru_cache(maxsize=50_000)
def plain(text: str) -> str:
    """Text as it is compared: one width, one kind of space, quotation mark and dash, no case, and
    nothing that cannot be seen."""
    return of_one_width(text.translate(_PLAIN)).casefold()


def is_time(cell: Cell) -> bool:
    """Whether a cell holds a time of day or a length of time, however the program kept it.

    A time of 24 hours or more that is shown as a time of day is kept as a day of the first years
    that a spreadsheet knows, which nobody means.
    """
    if cell.shown_as == "duration":
        return True
    if cell.kind != "date":
        return False
    day, _, time = cell.value.partition("T")
    return ":" in day or (bool(time) and cell.number is not None and int(day[:4]) <= _FIRST_YEARS)


_FIRST_YEARS = 1904


def as_seen(cell: Cell) -> str:
    """The cell as the partner sees it, at most `SEEN_LENGTH` characters of it."""
    if cell.kind == "date":
        day, _, time = cell.value.partition("T")
        if ":" in day:
            return day[:5]
        if is_time(cell) and cell.number is not None:
            return _hours_and_minutes(cell.number)
        year, month, of_month = day.split("-")
        return f"{of_month}/{month}/{year}" + (f" {time[:5]}" if time else "")
    if cell.kind == "number" and cell.number is not None:
        if cell.shown_as == "percentage":
            return f"{cell.number * 100:g}%"
        if cell.shown_as == "duration":
            return _hours_and_minutes(cell.number)
        if cell.number.is_integer() and abs(cell.number) < 1e15:
            return str(int(cell.number))
    return cell.value.strip()[:SEEN_LENGTH]


def _hours_and_minutes(days: float) -> str:
    minutes = round(abs(days) * 24 * 60)
    return f"{'-' if days < 0 else ''}{minutes // 60:02}:{minutes % 60:02}"
