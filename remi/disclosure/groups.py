"""Which groups of organisations to withhold, so that no small group can be read or worked out.

Groups are sectors, systems, sectors within a system, and all of these together. Positions of
organisations that agreed are published by name, so whoever has both can take the named ones out of
a group: what is left, the organisations that are not named, is a group of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from schemas.impact import ALL

Key = tuple[str, str]
"""Sector and system; ALL for every one."""

Line = tuple[Key, tuple[Key, ...]]
"""A total and the parts that add up to it."""


@dataclass(frozen=True)
class Group:
    """How many organisations a figure describes, and how many of them are not named."""

    n: int
    n_not_named: int = 0

    def __add__(self, other: Group) -> Group:
        return Group(self.n + other.n, self.n_not_named + other.n_not_named)

    def is_safe(self, smallest: int) -> bool:
        """Neither the group nor those of it who are not named are few."""
        return self.n >= smallest and (self.n_not_named == 0 or self.n_not_named >= smallest)


def withheld(groups: Mapping[Key, Group], smallest: int) -> frozenset[Key]:
    """The groups to withhold: the unsafe ones, and enough others that none can be worked out.

    In every line of which the total is published, what is withheld is nothing, or at least two
    groups that are safe when taken together. A total that is withheld has a part withheld too.
    Empty groups say nothing and are never withheld. The same groups give the same answer.
    """
    filled = {key: group for key, group in groups.items() if group.n}
    hidden = {key for key, group in filled.items() if not group.is_safe(smallest)}
    lines = [(total, parts) for total, parts in _lines(groups) if total in filled]
    lines = [(total, tuple(p for p in parts if p in filled)) for total, parts in lines]
    order = {key: place for place, key in enumerate(groups)}
    while True:
        wanted = (_next(line, filled, hidden, order, smallest) for line in lines)
        more = next((key for key in wanted if key is not None), None)
        if more is None:
            return frozenset(hidden)
        hidden.add(more)


def _next(
    line: Line,
    groups: Mapping[Key, Group],
    hidden: set[Key],
    order: Mapping[Key, int],
    smallest: int,
) -> Key | None:
    """The group of this line to withhold next: its smallest part, or the total as the last."""
    total, parts = line
    taken = [part for part in parts if part in hidden]
    if total in hidden:
        enough = bool(taken) or not parts
    else:
        together = sum((groups[part] for part in taken), Group(0))
        enough = not taken or (len(taken) > 1 and together.is_safe(smallest))
    if enough:
        return None
    left = [part for part in parts if part not in hidden]
    return min(left, key=lambda part: (groups[part].n, order[part])) if left else total


def _lines(groups: Mapping[Key, Group]) -> Iterator[Line]:
    """All sectors, all systems, the systems of each sector and the sectors of each system."""
    sectors = tuple(key for key in groups if key[0] != ALL and key[1] == ALL)
    systems = tuple(key for key in groups if key[0] == ALL and key[1] != ALL)
    both = tuple(key for key in groups if ALL not in key)
    whole = (ALL, ALL)
    for parts in (sectors, systems):
        if parts:
            yield whole, parts
    for total in sectors:
        if within := tuple(key for key in both if key[0] == total[0]):
            yield total, within
    for total in systems:
        if within := tuple(key for key in both if key[1] == total[1]):
            yield total, within
