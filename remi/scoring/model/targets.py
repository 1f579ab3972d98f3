"""How far organisations have come: towards their targets, and since they began.

Nothing beyond a target counts, and it never makes up for a gap elsewhere. Numbers are exact, so
that the whole way is said only of those who have gone it. Source: OWASP SAMM's relative scores.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

Number = Fraction | float
Scores = Mapping[str, Number | None]
"""Node id -> score; None where there is none."""


@dataclass(frozen=True)
class Way:
    """A share of the way, or the reason why there is none."""

    share: Fraction | None
    reason: str = ""


def percent_to_target(current: Scores, target: Mapping[str, Number]) -> Way:
    """1 less the gaps to the targets over the targets: 0 to 1, and 1 only without a gap.

    Every node with a target counts. There is no share where one of them has no current score: what
    is not known is not 0. Raises ValueError for a number below 0.
    """
    whole = sum(_exact(target).values(), Fraction(0))
    if reason := _missing(current, target, "now"):
        return Way(None, reason)
    if whole == 0:
        return Way(None, "No target is above 0, so there is no way to go.")
    return Way(1 - _gap(current, target) / whole)


def progress_to_date(baseline: Scores, current: Scores, target: Mapping[str, Number]) -> Way:
    """How much of the gap at the baseline is closed: at most 1, and below 0 where it has grown.

    For one node, (current - baseline) / (target - baseline). Raises ValueError as above.
    """
    if reason := _missing(baseline, target, "at the start") or _missing(current, target, "now"):
        return Way(None, reason)
    at_first = _gap(baseline, target)
    if at_first == 0:
        return Way(None, "Every target had been reached at the start.")
    return Way(1 - _gap(current, target) / at_first)


def _gap(scores: Scores, target: Mapping[str, Number]) -> Fraction:
    """What is lacking to the targets, node by node."""
    there, wanted = _exact(scores), _exact(target)
    return sum((max(Fraction(0), wanted[n] - there[n]) for n in wanted), Fraction(0))


def _exact(scores: Scores) -> dict[str, Fraction]:
    made = {node: Fraction(score) for node, score in scores.items() if score is not None}
    if below := [node for node, score in made.items() if score < 0]:
        raise ValueError(f"a score or a target is not below 0, but that of {below[0]} is")
    return made


def _missing(scores: Scores, target: Mapping[str, Number], when: str) -> str:
    lacking = [node for node in target if scores.get(node) is None]
    return f"There is no score {when} for {', '.join(lacking)}." if lacking else ""
