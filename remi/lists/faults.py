"""What is wrong in a list, all of it at once: each fault with its lines, in plain words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from remi.near_words import near

LISTED = 20
"""Choices that are written out; of more only the near ones are named."""


class ListFault(NamedTuple):
    """One thing that is wrong. Without a line it is of the whole file."""

    line: int | None
    column: str | None
    why: str


class ListError(ValueError):
    """A list that cannot be used. Its text names every fault with file, lines and column."""

    def __init__(self, name: str, faults: Sequence[ListFault], unit: str = "line") -> None:
        self.name, self.faults, self.unit = name, tuple(faults), unit
        super().__init__(told(name, self.faults, unit))


def told(name: str, faults: Sequence[ListFault], unit: str = "line") -> str:
    """The faults in words. Those that say the same of one column are told once, with all lines."""
    lines_of: dict[tuple[str | None, str], list[int]] = {}
    for fault in sorted(faults, key=lambda fault: fault.line or 0):
        lines = lines_of.setdefault((fault.column, fault.why), [])
        if fault.line is not None and fault.line not in lines:
            lines.append(fault.line)
    sentences = []
    for (column, why), lines in lines_of.items():
        parts = [name]
        if lines:
            parts.append(f"{unit if len(lines) == 1 else unit + 's'} {in_a_row(lines)}")
        if column is not None:
            parts.append(f"column {column}")
        sentences.append(f"{', '.join(parts)}: {why}")
    if len(faults) > 1:
        sentences.insert(0, f"{name}: {len(faults)} things to fix")
    return "\n".join(sentences)


def in_a_row(numbers: Iterable[int]) -> str:
    """Numbers in a row: 4, 7 to 9 and 12."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    each = [
        part
        for run in runs
        for part in ([f"{run[0]} to {run[-1]}"] if len(run) > 2 else map(str, run))
    ]
    return joined(each, "and")


def joined(texts: Sequence[str], last: str) -> str:
    """Texts in a row: a, b and c."""
    return f" {last} ".join([", ".join(texts[:-1]), texts[-1]] if len(texts) > 1 else texts)


def not_one_of(seen: str, choices: Sequence[str], what: str) -> str:
    """Why a text that is none of the choices cannot be used: the choices, and a near one.

    `what` says what the choices are, as “answers to P1”.
    """
    if len(choices) <= LISTED:
        quoted = joined([f"“{choice}”" for choice in choices], "and")
        why = f"“{seen}” is not one of the {what}: {quoted}"
        if len(choices) == 1:
            why = f"“{seen}” is not the only one of the {what}: {quoted}"
    else:
        why = f"“{seen}” is not one of the {len(choices)} {what}"
    return why + did_you_mean(seen, choices)


def did_you_mean(seen: str, choices: Sequence[str]) -> str:
    """“. Did you mean ...?” where one choice looks like what was written, else nothing."""
    meant = near(seen, choices)
    return "" if meant is None else f". Did you mean “{meant}”?"
