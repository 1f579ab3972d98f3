"""Shapley values over parts that lie in parts (Owen values), exactly, in fractions.

A part's share is its average contribution over every order in which parts of the same whole can
come, wholes staying together. Shares of what lies in a part add up to its own, and all of them to
the difference between nothing moved and everything moved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import combinations
from math import comb
from typing import NamedTuple

MOST_STEPS = 200_000
"""Contributions that are averaged at most: five wholes of eight parts each need 163,840."""


class TooManyPartsError(ValueError):
    """More contributions than `MOST_STEPS` would have to be averaged."""


class Part(NamedTuple):
    """Something that moves as one (`columns`), for one `cause`, or that is made of other parts."""

    node_id: str
    cause: str
    columns: tuple[int, ...]
    parts: tuple[Part, ...] = ()


Order = tuple[frozenset[int], Fraction]
"""Columns that have moved already, and the share of all orders in which exactly they have."""

ValuesOf = Callable[[Sequence[frozenset[int]]], Sequence[Fraction | None]]
"""Sets of moved columns -> the value of each; None where it has none."""


def owen_values(
    parts: Sequence[Part], values_of: ValuesOf
) -> tuple[tuple[Part, Fraction], ...] | None:
    """Every part that holds no other with its share; None where some mixture has no value.

    Raises TooManyPartsError before anything is evaluated.
    """
    if _steps(parts, 1) > MOST_STEPS:
        raise TooManyPartsError("too much has moved for an exact split")
    orders = [(part, list(found)) for part, found in _orders(parts, [(frozenset(), Fraction(1))])]
    sets = dict.fromkeys(
        columns
        for part, found in orders
        for moved, _ in found
        for columns in (moved, moved.union(part.columns))
    )
    value = dict(zip(sets, values_of(list(sets)), strict=True))
    shares = []
    for part, found in orders:
        total = Fraction(0)
        for moved, share in found:
            low, high = value[moved], value[moved.union(part.columns)]
            if low is None or high is None:
                return None
            # Most contributions to a stage are nought, and a sum of fractions is slow.
            if high != low:
                total += share * (high - low)
        shares.append((part, total))
    return tuple(shares)


def _steps(parts: Sequence[Part], outside: int) -> int:
    """How many contributions `owen_values` averages."""
    orders = outside * 2 ** (len(parts) - 1) if parts else 0
    return sum(_steps(part.parts, orders) if part.parts else orders * 2 for part in parts)


def _orders(parts: Sequence[Part], outside: list[Order]) -> Iterator[tuple[Part, list[Order]]]:
    """Every part that holds no other, with what may have moved before it."""
    for part in parts:
        others = [other for other in parts if other is not part]
        found: list[Order] = []
        for size in range(len(parts)):
            share = Fraction(1, len(parts) * comb(len(others), size))
            for chosen in combinations(others, size):
                columns = frozenset(column for other in chosen for column in other.columns)
                found += [(columns | moved, share * before) for moved, before in outside]
        if part.parts:
            yield from _orders(part.parts, found)
        else:
            yield part, found
