"""Whole numbers in arrays: 64 bits where they suffice, Python's own, without a limit, elsewhere.

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

WholeType = type[np.int64] | type[object]

WholeNumbers = npt.NDArray[Any]
"""Of `np.int64`, or of Python's whole numbers (dtype object)."""


def whole_type(largest: int) -> WholeType:
    """The type of an array that holds whole numbers up to this one."""
    return np.int64 if largest <= LARGEST else object


def below(part: Ints | WholeNumbers, whole: Ints | WholeNumbers, share: Fraction) -> Bools:
    """Whether part of whole is less than the share, without leaving whole numbers.

    Neither is below 0, and no part is more than its whole.
    """
    kind = whole_type(_largest(whole) * max(share.numerator, share.denominator))
    less: Bools = part.astype(kind) * share.denominator < whole.astype(kind) * share.numerator
    return less


def _largest(numbers: Ints | WholeNumbers) -> int:
    if numbers.dtype != object and numbers.dtype.itemsize < np.dtype(np.int64).itemsize:
        return int(np.iinfo(numbers.dtype).max)
    return int(numbers.max(initial=0))
