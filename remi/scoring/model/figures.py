"""Scores in figures, in the range of their own model, never rounded onto an end of it."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from remi.scoring.model.explain_parts import Number

LEAST_DIGITS, MOST_DIGITS = 2, 15
"""After the point."""

NOISE = Fraction(1, 10**12)
"""So far beside a number, in relation to it, a decimal number may lie that stands for it."""


def figure(number: Number, marks: Iterable[Fraction | None] = ()) -> str:
    """The number to two decimals, half up; more where it would seem to be at or across a mark.

    Marks are the ends of the range and the cuts of bands. Only what is exactly there is shown as
    being there.
    """
    exact, there = Fraction(number), [mark for mark in marks if mark is not None]
    if isinstance(number, float):
        # A half is rounded up as it is written, though what is held may lie a trifle below it.
        exact = Fraction(str(float(number)))
        near = (m for m in there if abs(exact - m) <= NOISE * max(Fraction(1), abs(m)))
        exact = next(near, exact)
    for digits in range(LEAST_DIGITS, MOST_DIGITS + 1):
        ten = 10**digits
        whole, rest = divmod((2 * exact * ten + 1) // 2, ten)
        said = f"{whole}.{rest:0{digits}d}".rstrip("0").rstrip(".")
        if all(_side(Fraction(said), mark) == _side(exact, mark) for mark in there):
            return said
    return str(exact)


def _side(number: Fraction, mark: Fraction) -> int:
    return (number > mark) - (number < mark)
