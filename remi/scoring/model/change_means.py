"""The closed forms of a change: trees of weighted means, and of geometric means.

With path weights W and values x of the leaves, each leaf gives (W0 + W1) / 2 * (x1 - x0) for its
answer and ((x0 + x1) / 2 - the middle of both years) * (W1 - W0) for its weight. The weight moves
because of what applies, what is answered and how questions are weighed: its change is shared among
the three by their average over all orders. Everything adds up, and swapping the years turns signs.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import product
from typing import Literal, NamedTuple, Protocol

from remi.scoring.model.change_effects import Cause, Effect

Kind = Literal["answered", "unanswered", "not_applicable"]
Number = Fraction | float


class Leaf(NamedTuple):
    """One question in one year: what stands there, and its value; None where it does not count."""

    kind: Kind
    value: Number | None


class Branch(Protocol):
    """What is needed of a node: a tree without rules will do."""

    @property
    def id(self) -> str:
        """Its name in the tree."""

    @property
    def weight(self) -> Fraction:
        """Its weight among its siblings."""

    @property
    def children(self) -> Sequence[Branch]:
        """What it is made of; nothing for a question."""


Year = Mapping[str, Leaf]
"""Leaf id -> leaf."""

Corner = tuple[int, int, int]
"""The year (0 or 1) that applicability, answers and weights are taken from."""

_WEIGHT_CAUSES = (Cause.APPLICABILITY, Cause.COVERAGE, Cause.WEIGHTS)


def mean_effects(roots: tuple[Branch, Branch], years: tuple[Year, Year]) -> tuple[Effect, ...]:
    """The parts of the change in a tree of weighted means, by leaf.

    `roots` is the tree before and after: the same leaves, perhaps with other weights. Exact where
    the values are fractions. Raises ValueError where nothing counts in one of the years, or where
    the years have different leaves.
    """
    if set(years[0]) != set(years[1]):
        raise ValueError("the two years have different questions; link them first")
    weights = _weights_between(roots, years)
    first, last = weights[0, 0, 0], weights[1, 1, 1]
    if not first or not last:
        raise ValueError("nothing counts in one of the years, so there is no change to split")
    middle = (total(first, years[0]) + total(last, years[1])) / 2
    effects = []
    for leaf_id, leaf in years[0].items():
        later = years[1][leaf_id]
        x0 = later.value if leaf.value is None else leaf.value
        x1 = leaf.value if later.value is None else later.value
        if x0 is None or x1 is None:
            continue
        own = {corner: found.get(leaf_id, Fraction(0)) for corner, found in weights.items()}
        amounts: dict[Cause, Number] = {
            cause: ((x0 + x1) / 2 - middle) * _weight_moved(own, place)
            for place, cause in enumerate(_WEIGHT_CAUSES)
        }
        cause = cause_of(leaf.kind, later.kind)
        answer = (own[0, 0, 0] + own[1, 1, 1]) / 2 * (x1 - x0)
        amounts[cause] = amounts.get(cause, Fraction(0)) + answer
        effects += [Effect(leaf_id, c, amounts[c]) for c in Cause if amounts.get(c)]
    return tuple(effects)


def geometric_effects(roots: tuple[Branch, Branch], years: tuple[Year, Year]) -> tuple[Effect, ...]:
    """The parts of the change in a tree of geometric means whose values are all above 0.

    In logarithms the tree is one of means; the logarithmic mean of the two years' values turns
    each part back. Raises ValueError as `mean_effects` does, and where a value is 0.
    """
    before, after = (
        {
            i: leaf if leaf.value is None else Leaf(leaf.kind, math.log(leaf.value))
            for i, leaf in year.items()
        }
        for year in years
    )
    effects = mean_effects(roots, (before, after))
    first = float(total(path_weights(roots[0], counting(before)), before))
    last = float(total(path_weights(roots[1], counting(after)), after))
    half = (last - first) / 2
    mean = math.exp((first + last) / 2) * (math.sinh(half) / half if half else 1.0)
    return tuple(Effect(e.node_id, e.cause, float(e.amount) * mean) for e in effects)


def path_weights(root: Branch, counted: frozenset[str]) -> dict[str, Fraction]:
    """The weight of every counted leaf in the whole: shares among what counts, down its path."""
    if not root.children:
        return {root.id: Fraction(1)} if root.id in counted else {}
    below = [(child.weight, path_weights(child, counted)) for child in root.children]
    whole = sum((weight for weight, found in below if found), Fraction(0))
    if whole == 0:
        return {}
    return {i: weight / whole * w for weight, found in below for i, w in found.items()}


def total(weights: Mapping[str, Fraction], year: Year) -> Number:
    """The weighted sum of a year's values."""
    found: Number = Fraction(0)
    for leaf_id, weight in weights.items():
        value = year[leaf_id].value
        if value is not None:
            found += weight * value
    return found


def counting(year: Year) -> frozenset[str]:
    """The leaves that count."""
    return frozenset(i for i, leaf in year.items() if leaf.value is not None)


def cause_of(before: Kind, after: Kind) -> Cause:
    """Why a leaf moved, from what stands there in the two years."""
    if "not_applicable" in (before, after):
        return Cause.APPLICABILITY
    return Cause.COVERAGE if "unanswered" in (before, after) else Cause.PERFORMANCE


def _weights_between(
    roots: tuple[Branch, Branch], years: tuple[Year, Year]
) -> dict[Corner, dict[str, Fraction]]:
    """Path weights at every mixture of the two years."""
    made: dict[tuple[frozenset[str], int], dict[str, Fraction]] = {}
    found: dict[Corner, dict[str, Fraction]] = {}
    for applies, answered, weighed in product((0, 1), repeat=3):
        counted = _counting_between(years[applies], years[answered])
        key = (counted, weighed)
        if key not in made:
            made[key] = path_weights(roots[weighed], counted)
        found[applies, answered, weighed] = made[key]
    return found


def _counting_between(applies: Year, answered: Year) -> frozenset[str]:
    """The leaves that count where one year says what applies and one what is answered.

    What does not apply in a year has no answer there: the other year's is taken.
    """
    counted = set()
    for leaf_id, leaf in applies.items():
        other = answered[leaf_id]
        stands = leaf if "not_applicable" in (leaf.kind, other.kind) else other
        if stands.value is not None:
            counted.add(leaf_id)
    return frozenset(counted)


def _weight_moved(weight: Mapping[Corner, Fraction], place: int) -> Fraction:
    """The part of one leaf's change of weight that is due to one of the three: Shapley's value."""
    moved = Fraction(0)
    for corner, with_it in weight.items():
        if corner[place]:
            a, b, c = (year if n != place else 0 for n, year in enumerate(corner))
            share = Fraction(1, 6) if sum(corner) == 2 else Fraction(1, 3)
            moved += share * (with_it - weight[a, b, c])
    return moved
