"""The operators of a maturity model in plain fractions, for one node of one organisation.

Written from the words of the specification alone, one rule a function, and sharing nothing with
`remi.scoring`. A pair is (weight, value); a value is a Fraction, or a float once a root was taken.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import partial
from operator import ge, le
from typing import TypeVar

Number = Fraction | float
Value = TypeVar("Value", int, Number)
Pairs = Sequence[tuple[Fraction, Number]]


def power_mean(pairs: Pairs, p: Fraction | str) -> Number | None:
    """Nothing where no child weighs anything; 0 where p <= 0 and any child that weighs is 0."""
    pairs = [(weight, value) for weight, value in pairs if weight > 0]
    if not pairs:
        return None
    values = [value for _, value in pairs]
    if p == "minimum":
        return min(values)
    if p == "maximum":
        return max(values)
    total = sum((weight for weight, _ in pairs), Fraction(0))
    shares = [(weight / total, value) for weight, value in pairs]
    order = {"geometric": Fraction(0), "harmonic": Fraction(-1)}[p] if isinstance(p, str) else p
    if order <= 0 and 0 in values:
        return Fraction(0)
    if order == 0:
        return math.exp(math.fsum(float(u) * math.log(value) for u, value in shares))
    if order == 1:
        return sum((u * value for u, value in shares), Fraction(0))
    if order == -1:
        return 1 / sum((u / value for u, value in shares), Fraction(0))
    raised = math.fsum(float(u) * float(value) ** float(order) for u, value in shares)
    return float(raised ** float(1 / order))


def share(ranks: Sequence[tuple[Fraction, Value]], holds: Callable[[Value], bool]) -> Fraction:
    """The share of the weight for which something holds; all of it where nothing weighs."""
    total = sum((weight for weight, _ in ranks), Fraction(0))
    if total == 0:
        return Fraction(1)
    return sum((weight for weight, k in ranks if holds(k)), Fraction(0)) / total


def quantile(ranks: Sequence[tuple[Fraction, Value]], alpha: Fraction, side: str) -> Value | None:
    """Lower: the smallest k with alpha of the weight at or below; upper: from the other end."""
    codes = {k for weight, k in ranks if weight > 0}
    if not codes:
        return None
    if side == "lower":
        return min(k for k in codes if share(ranks, partial(ge, k)) >= alpha)
    return max(k for k in codes if share(ranks, partial(le, k)) >= 1 - alpha)


def band(value: Number, cuts: Sequence[Fraction]) -> int:
    """How many cuts the number has reached; a cut belongs to the band above it."""
    return sum(value >= cut for cut in cuts)


def cumulative_product(steps: Sequence[Number]) -> Number:
    """1 + s2 + s2 s3 + s2 s3 s4 ..."""
    if not steps:
        return Fraction(1)
    return 1 + steps[0] * cumulative_product(steps[1:])


def any_all(stages: Sequence[int], not_achieved_if_any: int, achieved_if_all: int) -> int:
    """0 not achieved, 1 partly, 2 achieved."""
    if any(stage <= not_achieved_if_any for stage in stages):
        return 0
    return 2 if all(stage >= achieved_if_all for stage in stages) else 1
