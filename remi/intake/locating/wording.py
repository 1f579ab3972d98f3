"""The text beside a reference, compared with what was issued: rows that were sorted in part, and
wording that was changed.

Only the standard library is used here, because the sandboxed worker loads this module. Nothing of
what a partner wrote leaves it, only the places of what differs.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any, NamedTuple

from remi.intake.locating.match import Match
from remi.intake.locating.typed import plain
from remi.intake.reading.cells import column_letters

_PARTS = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+|[%<>=+×÷≤≥≠£$€]")


@lru_cache(maxsize=20_000)
def meaning(text: str) -> str:
    """The text without what programs change by themselves: spaces, line breaks, quotation marks,
    dashes, points, capitals. Words, numbers and signs stay, so that no meaning is lost."""
    parts = _PARTS.findall(unicodedata.normalize("NFKC", text).casefold())
    return "".join(f" {part} " if part[0].isdigit() else part for part in parts)


class Wording(NamedTuple):
    """What differs on a sheet.

    `moved`: [reference as written, row, reference whose text stands beside it]. `reworded`:
    [reference, row, letters, column id] of texts that are nobody's.
    """

    moved: list[list[Any]]
    reworded: list[list[Any]]


def compare_wording(match: Match, rows: dict[str, int]) -> Wording:
    """Each row's texts with those that were issued under its reference.

    A text may have more after it, since what was answered last year is shown under a name. A text
    that is gone says nothing. A row is `moved` where all of its texts are those of one other
    reference, which does not stand beside them itself.
    """
    columns = _columns(match)
    found = Wording([], [])
    if not columns or not rows:
        return found
    cells, issued = match.sheet.cells, match.plan["wording"]
    said: dict[str, dict[str, str]] = {}
    for ref, row in rows.items():
        texts = {name: cells.at(row, number) for name, number in columns.items()}
        said[ref] = {
            name: meaning(cell.value)
            for name, cell in texts.items()
            if cell is not None and cell.kind == "text" and meaning(cell.value)
        }
    wrong = {
        ref: [name for name, text in texts.items() if not _is(text, issued[name], ref)]
        for ref, texts in said.items()
    }
    for ref, names in wrong.items():
        if not names:
            continue
        others = [
            other
            for other in match.plan["rows"].values()
            if other != ref
            and wrong.get(other, [""])
            and all(_is(text, issued[name], other) for name, text in said[ref].items())
        ]
        if len(others) == 1:
            found.moved.append([ref, rows[ref], others[0]])
        else:
            found.reworded.extend(
                [ref, rows[ref], column_letters(columns[name]), name] for name in names
            )
    return found


def _is(text: str, issued: dict[str, Any], ref: str) -> bool:
    """Whether this is the text of the reference. One for which none was issued says nothing."""
    wanted = issued["texts"].get(ref, "")
    if issued["continues"]:
        return text.startswith(wanted)
    return not wanted or text == wanted


def _columns(match: Match) -> dict[str, int]:
    """Where the texts stand, by their headings; columns that were taken out are not compared."""
    wanted = {one["heading"]: name for name, one in match.plan["wording"].items()}
    found: dict[str, int] = {}
    if not match.header_row or not wanted:
        return found
    longest = max(map(len, wanted)) + 8
    for cell in match.sheet.cells.holding(
        lambda c: c.kind == "text" and len(c.value) <= longest and plain(c.value) in wanted
    ):
        if cell.row == match.header_row:
            found.setdefault(wanted[plain(cell.value)], cell.column)
    return found
