"""What the words and numbers of a list stand for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction

from remi.intake.locating.typed import plain

LONGEST_NUMBER = 40

_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?|\.[0-9]+|[0-9]+/[0-9]+")


def words(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """What each word stands for, as words are compared; a word that stands for two is left out."""
    found: dict[str, str] = {}
    unclear: set[str] = set()
    for word, meaning in pairs:
        if found.setdefault(plain(word), meaning) != meaning:
            unclear.add(plain(word))
    return {word: meaning for word, meaning in found.items() if word not in unclear}


def number_written(text: str) -> Fraction | None:
    """A number of 0 or more as it is written (22, .6, 2/3), exactly; None for anything else."""
    if len(text) > LONGEST_NUMBER or not _NUMBER.fullmatch(text.strip()):
        return None
    try:
        return Fraction(text.strip())
    except ZeroDivisionError:
        return None


def is_what_was_written(number: Fraction | float, text: str) -> bool:
    """Whether a number, rounded to the decimals of what was written, is what was written."""
    written = number_written(text)
    if written is None:
        raise ValueError(f"“{text}” is no number")
    if "/" in text:
        return written == number
    _, _, decimals = text.strip().partition(".")
    return bool(abs(Fraction(number) - written) * 2 * 10 ** len(decimals) <= 1)
