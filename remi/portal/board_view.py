"""The board's totals: from what the database counted to the rows of its tables. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from remi.store.board import COUNTS, NEEDS_CHANGES, NOT_CHECKED, NOT_RECEIVED, READY, Count, Wanted

COLOURS = {
    NOT_RECEIVED: "grey",
    NOT_CHECKED: "yellow",
    NEEDS_CHANGES: "orange",
    READY: "blue",
    COUNTS: "green",
}
"""Of the tag of each standing, beside its words."""

DOORS = {"portal": "Portal", "api": "By program", "inbox": "Inbox"}


@dataclass(frozen=True)
class Total:
    """How many organisations of one kind there are, by standing; `late` are among the last."""

    value: str
    name: str
    by_standing: Mapping[str, int]
    late: int

    @property
    def expected(self) -> int:
        """How many returns are expected."""
        return sum(self.by_standing.values())


def total(counts: Iterable[Count], value: str, name: str, standings: Iterable[str]) -> Total:
    """All of these together. Departments are listed, but are no further organisations."""
    numbers, late = dict.fromkeys(standings, 0), 0
    for count in counts:
        if count.departments:
            continue
        numbers[count.standing] += count.number
        late += count.number if count.late else 0
    return Total(value, name, numbers, late)


def totals(
    counts: list[Count], by: str, names: Mapping[str, str], standings: Iterable[str]
) -> list[Total]:
    """One for each `sector` or `system` that is there, in the order of `names`."""
    groups: dict[str, list[Count]] = {}
    for count in counts:
        groups.setdefault(getattr(count, by), []).append(count)
    order = [*(name for name in names if name in groups), *sorted(groups.keys() - names.keys())]
    return [total(groups[value], value, names.get(value, value), standings) for value in order]


def how_many(counts: Iterable[Count], wanted: Wanted) -> int:
    """How many lines are wanted; departments have lines of their own."""
    return sum(
        count.number
        for count in counts
        if (not wanted.sector or count.sector == wanted.sector)
        and (not wanted.system or count.system == wanted.system)
        and (not wanted.standing or count.standing == wanted.standing)
        and (count.late or not wanted.late)
    )
