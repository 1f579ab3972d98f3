"""Rules that make a score of the children's scores, for all nodes and organisations at once.

`scores` and `counted` are [child, ..., organisation] and weights [child, ..., 1]: any number of
nodes stands between. Only children with a weight above 0 count. Where no child counts, the result
has no meaning. The functions also take scores that are `Fraction`s (dtype object), and are then
exact, except for powers that take a root.

Rows are added one after the other, never pairwise, so that an organisation scored alone gets the
same number as among others.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from remi.scoring.arrays import Bools, Floats
from remi.scoring.whole_numbers import WholeNumbers, narrow_type

Numbers = npt.NDArray[Any]
"""Of float64, of whole numbers or of `Fraction`."""

EXACT_IN_FLOATS = 2**53
"""Every whole number up to here is a float exactly."""

ORDERS = {"geometric": Fraction(0), "harmonic": Fraction(-1)}


def power(scores: Numbers, counted: Bools, weights: WholeNumbers, p: Fraction | str) -> Numbers:
    """The weighted power mean; 0 where p <= 0 and any score is 0."""
    if p == "minimum":
        return least(scores, counted)
    if p == "maximum":
        highest: Numbers = -least(-scores, counted)
        return highest
    order = ORDERS[p] if isinstance(p, str) else p
    factors, whole = _proportions(scores, counted, weights)
    if order > 0:
        usable = np.where(counted, scores, 0)
        if order == 1:
            mean: Numbers = added(usable, factors) / whole
            return mean
        powers = added(usable ** float(order), factors)
        root: Numbers = np.power(powers / whole, 1 / float(order))
        return root
    at_zero = counted & (scores == 0).astype(bool)
    usable = np.where(counted & ~at_zero, scores, 1)
    if order == -1:
        mean = whole / _positive(added(np.where(counted, 1 / usable, 0), factors))
    elif order == 0:
        mean = np.exp(added(np.log(usable), factors) / whole)
    else:
        powers = added(np.where(counted, usable ** float(order), 0), factors)
        mean = _positive(powers / whole) ** (1 / float(order))
    return np.where(at_zero.any(axis=0), 0, mean)


def mean_of_points(
    points: WholeNumbers, counted: Bools, factors: WholeNumbers, weights: WholeNumbers, unit: int
) -> Floats:
    """The weighted mean of whole numbers, of which `unit` is a score of 1: rounded once, at last.

    `factors` [child, ..., 1] are what one of each child's points weighs; their type holds the sum.
    """
    sum_so_far: WholeNumbers = np.zeros(points.shape[1:], dtype=factors.dtype)
    for row, counts, factor in zip(points, counted, factors, strict=True):
        sum_so_far += row.astype(factors.dtype, copy=False) * (counts * factor)
    whole = np.maximum(weight_of(counted, weights).astype(factors.dtype, copy=False), 1) * unit
    mean: Floats = np.divide(sum_so_far, whole, dtype=np.float64)
    return mean


def weighted_sum(
    scores: Numbers,
    counted: Bools,
    weights: Numbers,
    possible: WholeNumbers | None,
) -> Numbers:
    """The sum of weight times score, prorated where `possible` is given.

    `weights` are here those that a score is multiplied by, of the type of the scores. `possible` is
    what each child can give at most, in any unit: the prorated sum is the same share of what all
    can give as the sum is of what those that count can. None of it is 0, because a node that can
    give nothing is refused when it is loaded.
    """
    points = added(np.where(counted, scores, 0), weights)
    if possible is None:
        return points
    parts, part = _proportions(scores, counted, possible)
    there = counted | (possible == 0).astype(bool)
    return np.where(there.all(axis=0), points, points * parts.sum(axis=0) / part)


def weighted_quantile(
    values: Numbers, counted: Bools, weights: WholeNumbers, alpha: Fraction, upper: bool
) -> Numbers:
    """The smallest value with a cumulative weight of at least alpha; above alpha if `upper`."""
    order = np.argsort(values, axis=0, kind="stable")
    kind = narrow_type(_total(weights) * alpha.denominator)
    weighed = np.where(counted, weights.astype(kind), 0)
    cumulative = np.take_along_axis(weighed, order, axis=0).cumsum(axis=0, dtype=kind)
    whole = cumulative[-1]
    reached, needed = cumulative * alpha.denominator, whole * alpha.numerator
    enough = (reached > needed if upper else reached >= needed).astype(bool)
    # Of weight 1 nothing is above; then the highest value stands, as it does for `lower`.
    enough = (enough & (cumulative > 0).astype(bool)) | (cumulative == whole).astype(bool)
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


def added(rows: Numbers, factors: Numbers) -> Numbers:
    """The sum of the rows, each times its factor, one after the other."""
    sum_so_far: Numbers = rows[0] * factors[0]
    for row, factor in zip(rows[1:], factors[1:], strict=True):
        sum_so_far = sum_so_far + row * factor
    return sum_so_far


def weight_of(flags: Bools, weights: WholeNumbers) -> WholeNumbers:
    """The weight of the children [child, ..., organisation] that are flagged.

    `weights` [child, ..., 1] are of a type that holds their sum, and so is the result.
    """
    weight: WholeNumbers = np.zeros(flags.shape[1:], dtype=weights.dtype)
    for row, factor in zip(flags, weights, strict=True):
        weight += row * factor
    return weight


def _proportions(scores: Numbers, counted: Bools, weights: WholeNumbers) -> tuple[Numbers, Numbers]:
    """The weights as factors of these scores, and the weight of what counts, at least something.

    Weights that a decimal number cannot hold to the last figure are made shares of all, and what
    counts is then added up in the same way as the scores, so that equal scores have that mean.
    """
    if scores.dtype == object or _total(weights) <= EXACT_IN_FLOATS:
        factors = weights.astype(scores.dtype)
        return factors, np.maximum(weight_of(counted, weights), 1).astype(scores.dtype)
    shares: Floats = (weights / weights.sum(axis=0)).astype(np.float64)
    return shares, _positive(added(counted.astype(np.float64), shares))


def _total(weights: WholeNumbers) -> int:
    """The largest sum of one node's weights."""
    return int(weights.astype(object).sum(axis=0).max())


def _positive(values: Numbers) -> Numbers:
    """The values, or 1 where nothing was added up and the result has no meaning."""
    return np.where(values > 0, values, 1)
