"""What reading and judging a workbook hands over: problems, verdicts, answers, record values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Literal

Severity = Literal["must_fix", "check", "note"]
Outcome = Literal["accepted", "needs_changes", "unusable"]


class ValueState(StrEnum):
    """Why a value is there or is not: five different things that are never mixed up."""

    VALUE = "value"
    BLANK = "blank"
    NOT_APPLICABLE = "not_applicable"
    NOT_COLLECTED = "not_collected"
    DECLINED = "declined"
    BAD = "bad"
    """Something was written that cannot be used; a problem names the cell."""


class AnswerState(StrEnum):
    """The state of one criterion."""

    MET = "met"
    PART = "part"
    NOT_MET = "not_met"
    NOT_APPLICABLE = "not_applicable"
    UNANSWERED = "unanswered"
    NOT_NEEDED = "not_needed"
    """Left blank above a criterion that is not met, where answering may stop."""


@dataclass(frozen=True)
class Problem:
    """One thing a partner should know, with the cell it is about. All texts are plain English."""

    rule: str
    severity: Severity
    wrong: str
    fix: str
    sheet: str | None = None
    cell: str | None = None
    ref: str | None = None
    seen: str | None = None


@dataclass(frozen=True)
class Received:
    """A file as it arrived, already stored under its hash.

    `sent_for` is the organisation that was signed in, missing where nobody was; one that was sent
    at the portal `may_count` only once it is signed off, if the collaboration wants that.
    `arrived_on` is the day in London on which it last came, missing where that is not known.
    """

    submission_id: str
    cycle: str
    sha256: str
    file_name: str
    content: bytes
    sent_for: str | None = None
    may_count: bool = True
    arrived_on: date | None = None


@dataclass(frozen=True)
class Verdict:
    """What was decided about one file. Problems are in the order in which to fix them."""

    submission_id: str
    cycle: str
    outcome: Outcome
    kind: Literal["assessment", "engagement", "model", "unknown"]
    organisation_id: str | None = None
    framework_version: str | None = None
    cells_read: int = 0
    problems: tuple[Problem, ...] = field(default=())
