"""Rules that make a score of the children's scores, for all organisations at once.

`scores` and `counted` are [child, organisation]; only children with a weight above 0 come here.
Where no child counts, the result has no meaning. The functions also take scores that are
`Fraction`s (dtype object), and are then exact, except for powers that take a root.

Rows are added one after the other, never pairwise, so that an organisation scored alone gets the
same number as among others.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from remi.scoring.arrays import Bools

Numbers = npt.NDArray[Any]
"""Of float64, of whole numbers or of `Fraction`."""

Int64s = npt.NDArray[np.int64]

ORDERS = {"geometric": Fraction(0), "harmonic": Fraction(-1)}


def power(scores: Numbers, counted: Bools, weights: Sequence[int], p: Fraction | str) -> Numbers:
    """The weighted power mean; 0 where p <= 0 and any score is 0."""
    if p == "minimum":
        return least(scores, counted)
    if p == "maximum":
        highest: Numbers = -least(-scores, counted)
        return highest
    order = ORDERS[p] if isinstance(p, str) else p
    whole = np.maximum(weight_of(counted, weights), 1).astype(scores.dtype)
    if order > 0:
        usable = np.where(counted, scores, 0)
        if order == 1:
            mean: Numbers = added(usable, weights) / whole
            return mean
        powers = added(usable ** float(order), weights)
        root: Numbers = np.power(powers / whole, 1 / float(order))
        return root
    at_zero = counted & (scores == 0)
    usable = np.where(counted & ~at_zero, scores, 1)
    if order == -1:
        mean = whole / _positive(added(np.where(counted, 1 / usable, 0), weights))
    elif order == 0:
        mean = np.exp(added(np.log(usable), weights) / whole)
    else:
        powers = added(np.where(counted, usable ** float(order), 0), weights)
        mean = _positive(powers / whole) ** (1 / float(order))
    return np.where(at_zero.any(axis=0), 0, mean)


def weighted_sum(
    scores: Numbers,
    counted: Bools,
    weights: Sequence[int],
    one: Fraction,
    possible: Sequence[int] | None,
) -> Numbers:
    """The sum of weight times score, prorated where `possible` is given.

    `one` is what a weight of 1 is worth in points. `possible` is what each child can give at most,
    in any unit: the prorated sum is the same share of what all can give as the sum is of what those
    that count can. None of it is 0, because a node that can give nothing is refused when it is
    loaded.
    """
    exact = scores.dtype == object
    points = added(
        np.where(counted, scores, 0),
        [weight * one if exact else float(weight * one) for weight in weights],
    )
    if possible is None:
        return points
    part = np.maximum(weight_of(counted, possible), 1).astype(scores.dtype)
    return np.where(counted.all(axis=0), points, points * sum(possible) / part)


def weighted_quantile(
    values: Numbers, counted: Bools, weights: Sequence[int], alpha: Fraction, upper: bool
) -> Numbers:
    """The smallest value with a cumulative weight of at least alpha; above alpha if `upper`."""
    order = np.argsort(values, axis=0, kind="stable")
    weighed = np.where(counted, np.array(weights, dtype=np.int64)[:, None], 0)
    cumulative = np.take_along_axis(weighed, order, axis=0).cumsum(axis=0)
    whole = cumulative[-1]
    reached, needed = cumulative * alpha.denominator, whole * alpha.numerator
    enough = reached > needed if upper else reached >= needed
    # Of weight 1 nothing is above; then the highest value stands, as it does for `lower`.
    enough = (enough & (cumulative > 0)) | (cumulative == whole)
    place = np.take_along_axis(order, enough.argmax(axis=0)[None], axis=0)
    quantile: Numbers = np.take_along_axis(values, place, axis=0)[0]
    return quantile


def cumulative_product(scores: Numbers, counted: Bools) -> Numbers:
    """1 + s2 + s2 s3 + ..., children by level; a level that does not count is passed over."""
    points = np.ones(scores.shape[1:], dtype=scores.dtype)
    product = points
    for score, counts in zip(scores, counted, strict=True):
        product = np.where(counts, product * score, product)
        points = np.where(counts, points + product, points)
    return points


def least(values: Numbers, counted: Bools) -> Numbers:
    """The smallest value that counts."""
    smallest: Numbers = values[0]
    known = counted[0]
    for value, counts in zip(values[1:], counted[1:], strict=True):
        smallest = np.where(counts & (~known | (value < smallest)), value, smallest)
        known = known | counts
    return smallest


def added(rows: Numbers, factors: Sequence[Any]) -> Numbers:
    """The sum of the rows, each times its factor, one after the other."""
    sum_so_far: Numbers = rows[0] * factors[0]
    for row, factor in zip(rows[1:], factors[1:], strict=True):
        sum_so_far = sum_so_far + row * factor
    return sum_so_far


def weight_of(flags: Bools, weights: Sequence[int]) -> Int64s:
    """The weight of the children [child, organisation] that are flagged."""
    weight: Int64s = np.zeros(flags.shape[1:], dtype=np.int64)
    for row, factor in zip(flags, weights, strict=True):
        weight += row * np.int64(factor)
    return weight


def _positive(values: Numbers) -> Numbers:
    """The values, or 1 where nothing was added up and the result has no meaning."""
    return np.where(values > 0, values, 1)
