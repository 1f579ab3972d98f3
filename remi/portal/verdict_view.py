"""A verdict as a person reads it: grouped, most important first, with what was read and what
changed since the file before. Pure: from what is stored to what the page shows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from remi.intake.judging.fingerprint import fingerprint
from remi.intake.judging.words import unfinished_rows
from remi.store.explanations import Explanation
from schemas.framework import Framework
from schemas.intake import AnswerState, Problem, Verdict
from schemas.messages import Messages

Answers = Mapping[tuple[str, int], tuple[str, str]]

SEVERITIES = {
    "must_fix": "Must be fixed",
    "check": "Please check, or explain",
    "note": "For your information",
}

NOT_FINISHED = {"required_missing", "several_required_missing"}
"""Rules about a row in which something is empty; a page of questions is a single one of these."""

MANY = 3
"""So many unfinished rows of one sheet are told in one line."""

_ROW = re.compile(r"[0-9]+")

OF_ANOTHER_ROUND = {"last_years_template", "template_version_differs"}
"""Rules about a workbook that is handed back brought up to date."""

OF_ANOTHER_ORGANISATION = {"other_organisations_template", "not_your_organisation"}
"""Rules about a workbook that names another organisation than the one that sent it."""

OF_ANOTHER_KIND = {"wrong_kind"}

Key = TypeVar("Key")


@dataclass(frozen=True)
class Line:
    """One problem on the page. `key` names its field for an explanation, where it may have one."""

    problem: Problem
    key: str | None
    explained: str | None
    new: bool


@dataclass(frozen=True)
class Group:
    """Problems of one severity under one heading."""

    severity: str
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class SectionRead:
    """How much of one section was read."""

    name: str
    answered: int
    asked: int

    @property
    def whole(self) -> bool:
        """Whether nothing is left out."""
        return self.answered == self.asked


@dataclass(frozen=True)
class Since:
    """What is different from the file that was sent before this one."""

    put_right: int
    still_there: int
    new: int
    answers_changed: int
    values_changed: int

    @property
    def nothing(self) -> bool:
        """Whether the two files say the same."""
        return not (self.put_right or self.new or self.answers_changed or self.values_changed)


def grouped(
    verdict: Verdict,
    messages: Messages,
    explanations: Mapping[str, Explanation],
    before: Verdict | None,
) -> tuple[Group, ...]:
    """The problems by severity, then by heading in the order of the catalogue."""
    known = {_same(problem) for problem in before.problems} if before else set()
    lines: dict[tuple[str, str], list[Line]] = {}
    for problem in verdict.problems:
        key = explained = None
        if problem.severity == "check" and verdict.organisation_id:
            key = fingerprint(problem.rule, verdict.organisation_id, problem.ref, problem.seen)
            explained = explanations[key].text if key in explanations else None
        line = Line(problem, key, explained, before is not None and _same(problem) not in known)
        group = messages.get(problem.rule).group
        lines.setdefault((problem.severity, group), []).append(line)
    return tuple(
        Group(severity, group.title, _rows_together(lines[severity, group.id], messages))
        for severity in SEVERITIES
        for group in messages.groups
        if (severity, group.id) in lines
    )


def _rows_together(lines: Sequence[Line], messages: Messages) -> tuple[Line, ...]:
    """The lines, with many unfinished rows of one sheet as one, where the first of them was."""
    unfinished: dict[str | None, list[Line]] = {}
    for line in lines:
        if line.problem.rule in NOT_FINISHED:
            unfinished.setdefault(line.problem.sheet, []).append(line)
    many = {id(of[0]): of for of in unfinished.values() if len(of) >= MANY}
    told = {id(line) for of in many.values() for line in of}
    return tuple(
        _together(many[id(line)], messages) if id(line) in many else line
        for line in lines
        if id(line) in many or id(line) not in told
    )


def _together(lines: Sequence[Line], messages: Messages) -> Line:
    cells = (_ROW.search(line.problem.cell or "") for line in lines)
    wrong, fix = unfinished_rows([int(found[0]) for found in cells if found], messages)
    problem = replace(lines[0].problem, wrong=wrong, fix=fix, cell=None, ref=None, seen=None)
    return Line(problem, None, None, any(line.new for line in lines))


def of_another_organisation(verdict: Verdict) -> bool:
    """Whether the workbook names another organisation than the one that sent it."""
    return _names(verdict, OF_ANOTHER_ORGANISATION)


def of_another_round(verdict: Verdict) -> bool:
    """Whether the workbook was made for another round or version."""
    return _names(verdict, OF_ANOTHER_ROUND)


def checked(verdict: Verdict, organisation_id: str) -> bool:
    """Whether its answers were looked at as this organisation's, so that it can be compared."""
    return (
        verdict.outcome != "unusable"
        and verdict.organisation_id == organisation_id
        and not _names(verdict, OF_ANOTHER_ROUND | OF_ANOTHER_KIND)
    )


def _names(verdict: Verdict, rules: Set[str]) -> bool:
    return any(problem.rule in rules for problem in verdict.problems)


def sections_read(
    framework: Framework, answers: Answers, asked: Sequence[str]
) -> tuple[SectionRead, ...]:
    """Of each commitment, how many of its criteria were answered, of those that are asked.

    A criterion that need not be answered, above one that is not met, counts as answered.
    """
    wanted = set(asked)
    made = []
    for commitment in framework.commitments:
        keys = [
            (indicator.id, stage.number)
            for indicator in commitment.indicators
            if indicator.id in wanted
            for stage in framework.stages
        ]
        missing = AnswerState.UNANSWERED.value
        answered = sum(key in answers and answers[key][1] != missing for key in keys)
        made.append(SectionRead(commitment.name, answered, len(keys)))
    return tuple(section for section in made if section.asked)


def since(
    verdict: Verdict,
    before: Verdict,
    answers: tuple[Answers, Answers],
    values_changed: int,
) -> Since:
    """What changed from `before`; `answers` are those of the file before, then of this one."""
    then = Counter(_same(p) for p in before.problems if p.severity != "note")
    now = Counter(_same(p) for p in verdict.problems if p.severity != "note")
    return Since(
        put_right=(then - now).total(),
        still_there=(then & now).total(),
        new=(now - then).total(),
        answers_changed=_differences(*answers),
        values_changed=values_changed,
    )


def _differences(then: Mapping[Key, Any], now: Mapping[Key, Any]) -> int:
    return sum(then.get(key) != now.get(key) for key in then.keys() | now.keys())


def _same(problem: Problem) -> tuple[str | None, ...]:
    """What makes it the same problem in another file, in which its row may have moved."""
    return problem.rule, problem.ref, problem.seen, None if problem.ref else problem.sheet
