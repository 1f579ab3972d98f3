"""What somebody may have meant by words that are on no list: a slip of the pen, never an opposite.

Words that look alike can mean the contrary: “now met” looks like “not met”, “mostly met” like
“not met”. A choice is offered where it differs by slips of spelling alone, or by meaning, or not
at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher, get_close_matches

from remi.intake.locating.typed import plain

Words = frozenset[str]

_WORD = re.compile(r"[^\W_]+")
_SHORT_DENIAL = re.compile(
    r"\b(?:(?:is|was|are|were|has|have|does|do|did|could|would|should|wo)n't|can't|cannot)\b"
)
_DENIALS = frozenset(
    ("not", "no", "never", "none", "nor", "neither", "without", "non", "nobody", "nothing")
)
_DENYING_STARTS = ("non", "un", "dis", "mis", "in", "im", "ir", "il", "anti", "de", "ex", "counter")
_IN_PART = frozenset(
    (
        *("part", "parts", "partly", "partial", "partially", "mostly", "mainly", "largely"),
        *("nearly", "almost", "some", "somewhat", "half", "most"),
    )
)
_WHOLLY = frozenset(("fully", "all", "completely", "entirely", "wholly", "always", "quite"))
_OPEN = frozenset(
    (
        *("hardly", "barely", "scarcely", "rarely", "seldom", "sometimes", "few", "little"),
        *("soon", "planned", "pending", "maybe", "perhaps", "unsure", "except", "formerly"),
        *("once", "nil"),
    )
)
_OPPOSITES = frozenset(
    frozenset(pair.split())
    for pair in (
        "yes no", "true false", "in out", "inside outside", "internal external", "before after",
        "more less", "more fewer", "most least", "over under", "above below", "include exclude",
        "included excluded", "including excluding", "accept except", "accepted excepted",
        "increase decrease", "increased decreased", "increasing decreasing", "major minor",
        "majority minority", "employer employee", "employers employees", "online offline",
        "male female", "early late", "with without", "import export", "agree disagree",
        "inpatient outpatient", "inpatients outpatients", "inbound outbound", "up down",
        "interior exterior", "man woman", "men women", "north south", "east west", "new old",
    )
)  # fmt: skip
_SMALL = frozenset(
    ("a", "an", "the", "of", "or", "and", "for", "to", "at", "by", "is", "was", "it")
)
_SLIP, _BEGUN_WITH = 0.7, 0.6
"""How alike two words are when one is a slip of the other, or the other with a new beginning."""


def near(written: str, choices: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The choice that is meant by what was written; None where that cannot be told."""
    spoken = {_spoken(choice): choice for choice in choices}
    wanted = _spoken(written)
    said = _words(wanted)
    if bool(said & _IN_PART) != bool(said & _WHOLLY and _denies(said)):
        return _said_in_part(wanted, spoken)
    alike = get_close_matches(wanted, spoken, n=max(len(spoken), 1), cutoff=cutoff)
    return next((spoken[one] for one in alike if _is_slip(wanted, one)), None)


def _spoken(text: str) -> str:
    return _SHORT_DENIAL.sub("not", plain(text))


def _words(text: str) -> Words:
    return frozenset(_WORD.findall(text))


def _is_slip(written: str, choice: str) -> bool:
    """Whether the two differ by spelling alone, or the choice says more that turns nothing."""
    if _joined(written) == _joined(choice):
        return True
    ours, theirs = _words(written), _words(choice)
    if _denies(ours) != _denies(theirs):
        return False
    left, right = (
        frozenset(word for word in words - _SMALL if not _denies({word}))
        for words in (ours - theirs, theirs - ours)
    )
    if any(_turned(one, other) for one in left for other in right):
        return False
    missing = right - {other for other in right for one in left if _alike(one, other) >= _SLIP}
    if missing & (_IN_PART | _OPEN):
        return False
    return all(any(_alike(one, other) >= _SLIP for other in right) for one in left)


def _joined(text: str) -> str:
    return "".join(_WORD.findall(text))


def _denies(words: Iterable[str]) -> bool:
    """A denial, also with its letters out of order: “nto”."""
    return any(word in _DENIALS or sorted(set(word)) == ["n", "o", "t"] for word in words)


def _alike(one: str, other: str) -> float:
    if one.isdigit() and other.isdigit() and len(one) == len(other) == 1:
        return 1.0
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _turned(one: str, other: str) -> bool:
    """Whether one word is the contrary of the other, slips of the pen allowed."""
    if frozenset((one, other)) in _OPPOSITES:
        return True
    for longer, shorter in ((one, other), (other, one)):
        for start in _DENYING_STARTS:
            rest = longer.removeprefix(start)
            begun = rest != longer and len(rest) >= 3 and not shorter.startswith(start)
            if begun and _alike(rest, shorter) >= _BEGUN_WITH:
                return True
    return False


def _said_in_part(wanted: str, spoken: Mapping[str, str]) -> str | None:
    """The one choice of a scale that says “in part”, where another has the rest of what was said.

    So “mostly met” is “part” among met, part and not met.
    """
    partly = [choice for one, choice in spoken.items() if _words(one) & _IN_PART]
    rest = _words(wanted) - _IN_PART - _DENIALS - _WHOLLY - _SMALL
    scale = any(rest <= _words(one) for one in spoken)
    turned = _denies(_words(wanted)) and bool(_words(wanted) & _IN_PART)
    return partly[0] if len(partly) == 1 and scale and not turned else None
