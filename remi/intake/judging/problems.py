"""From a rule and what was found to the words that a partner reads. No rule is decided here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from remi.intake.judging.words import Fact, WordsError, filled
from remi.intake.locating.typed import SEEN_LENGTH
from schemas.intake import Problem
from schemas.messages import Message, Messages

_SEVERITIES = ("must_fix", "check", "note")
_ADDRESS = re.compile(r"([A-Z]+)([0-9]+)")


class JudgingError(RuntimeError):
    """A rule, its words or their facts do not fit together: our fault, never a partner's."""


@dataclass(frozen=True)
class Finding:
    """A rule that a file does not keep, where, and the details that its words need."""

    rule: str
    sheet: str | None = None
    cell: str | None = None
    ref: str | None = None
    seen: str | None = None
    facts: Mapping[str, Fact] = field(default_factory=dict)


def problems_of(
    findings: Iterable[Finding], messages: Messages, sheets: Iterable[str]
) -> tuple[Problem, ...]:
    """The findings in words, in the order in which to fix them: one for each fault and cell.

    Of several about one cell the most severe is kept, and of those the first found. `sheets`:
    their names in the order of the workbook.
    """
    words = {message.rule: message for message in messages.messages}
    order = {name: place for place, name in enumerate(sheets)}
    made = [(_problem(finding, words, messages), n) for n, finding in enumerate(findings)]
    made.sort(key=lambda pair: (_SEVERITIES.index(pair[0].severity), pair[1]))
    kept: dict[object, Problem] = {}
    for problem, n in made:
        kept.setdefault((problem.sheet, problem.cell) if problem.cell else n, problem)
    return tuple(sorted(kept.values(), key=lambda p: _place(p, order)))


def _problem(finding: Finding, words: Mapping[str, Message], messages: Messages) -> Problem:
    message = words.get(finding.rule)
    if message is None:
        raise JudgingError(f"there are no words for the rule {finding.rule}")
    facts: dict[str, Fact] = {
        name: value
        for name, value in (
            ("sheet", finding.sheet),
            ("cell", finding.cell),
            ("ref", finding.ref),
            ("seen", finding.seen),
        )
        if value is not None
    }
    facts |= finding.facts
    try:
        wrong, fix = (filled(text, facts, messages) for text in (message.wrong, message.fix))
    except WordsError as error:
        raise JudgingError(f"the words of {finding.rule}: {error}") from error
    return Problem(
        rule=finding.rule,
        severity=message.severity,
        wrong=wrong,
        fix=fix,
        sheet=finding.sheet,
        cell=finding.cell,
        ref=finding.ref,
        seen=None if finding.seen is None else finding.seen[:SEEN_LENGTH],
    )


def _place(problem: Problem, order: Mapping[str, int]) -> tuple[int, int, int, int, str]:
    row = column = 0
    if found := _ADDRESS.fullmatch(problem.cell or ""):
        row = int(found[2])
        for letter in found[1]:
            column = column * 26 + ord(letter) - ord("A") + 1
    sheet = order.get(problem.sheet, len(order)) if problem.sheet else -1
    return (_SEVERITIES.index(problem.severity), sheet, row, column, problem.rule)
