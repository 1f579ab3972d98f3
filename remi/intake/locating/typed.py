"""The parts that every typed cell is made of: its value or fault, and how texts are compared.

Only the standard library is used here, because the sandboxed worker loads this module.
"""

from __future__ import annotations

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


_PLAIN = str.maketrans(
    {**dict.fromkeys("‘’‛ʼ´`", "'"), **dict.fromkeys("“”„‟", '"'), **dict.fromkeys("‐‑‒–—―−", "-")}
    | dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad", "")
)


@lru_cache(maxsize=50_000)
def plain(text: str) -> str:
    """Text as it is compared: one width, one kind of space, quotation mark and dash, no case."""
    return " ".join(unicodedata.normalize("NFKC", text.translate(_PLAIN)).split()).casefold()


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
