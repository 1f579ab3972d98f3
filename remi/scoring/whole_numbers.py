"""Whole numbers in arrays: the fewest bits that suffice, Python's own, without a limit, elsewhere.

Weights with a few decimals on several floors of a tree soon make whole numbers of more than 64
bits. Those few nodes are worked out more slowly; none is worked out wrongly or refused.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from remi.scoring.arrays import Bools, Ints

LARGEST = 2**62
"""Whole numbers up to here can be added and compared within 64 bits."""

WholeType = type[np.signedinteger[Any]] | type[object]

WholeNumbers = npt.NDArray[Any]
"""Of signed whole numbers, or of Python's (dtype object)."""

_NARROW = ((2**7 - 1, np.int8), (2**15 - 1, np.int16), (2**31 - 1, np.int32))


def whole_type(largest: int) -> WholeType:
    """The type of an array that holds whole numbers up to this one, to be handed out."""
    return np.int64 if largest <= LARGEST else object


def narrow_type(largest: int) -> WholeType:
    """The smallest such type, to be worked with: the smaller, the more at a time."""
    return next((kind for end, kind in _NARROW if largest <= end), whole_type(largest))


def below(
    part: Ints | WholeNumbers,
    whole: Ints | WholeNumbers,
    share: Fraction,
    largest: int | None = None,
) -> Bools:
    """Whether part of whole is less than the share, without leaving whole numbers.

    Neither is below 0, no part is more than its whole, and no whole more than `largest`.
    """
    if largest is None:
        largest = _largest(whole)
    kind = narrow_type(largest * max(share.numerator, share.denominator))
    # Numbers of this kind stay of it when they are multiplied with Python's.
    one, other = part.astype(kind, copy=False), whole.astype(kind, copy=False)
    less: Bools = (one * share.denominator < other * share.numerator).astype(bool, copy=False)
    return less


def _largest(numbers: Ints | WholeNumbers) -> int:
    if numbers.dtype != object and numbers.dtype.itemsize < np.dtype(np.int64).itemsize:
        return int(np.iinfo(numbers.dtype).max)
    return int(numbers.max(initial=0))
