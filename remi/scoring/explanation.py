"""What an explanation holds: a result, the answers it came from, and what is missing for more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from schemas.intake import AnswerState

Level = Literal["organisation", "commitment", "indicator"]


@dataclass(frozen=True)
class CriterionRead:
    """One criterion that an organisation is asked, its answer, and what the rule made of it."""

    commitment_id: str
    indicator_id: str
    title: str
    core: bool
    stage: int
    criterion: str
    answer: AnswerState
    treatment: str
    """How the rule counts the answer, to follow “This answer”."""
    inherited: bool
    sheet: str | None
    cell: str | None
    """Where it was read; missing where no row of the return is about it."""

    @property
    def indicator(self) -> str:
        """“L3 Who leads”."""
        return f"{self.indicator_id} {self.title}"


@dataclass(frozen=True)
class Explanation:
    """Why one organisation is where it is, as a whole or in one commitment or indicator."""

    organisation_id: str
    level: Level
    node: str
    """Id of the commitment or indicator; of the organisation where it is about the whole."""
    name: str
    status: str
    """A `ResultStatus`."""
    stage: int | None
    """Of a whole organisation, its lowest."""
    floor_stage: int | None
    """With not applicable read as not met; none for a whole organisation."""
    next_stage: int | None
    """The stage above, where it can be reached."""
    rule: tuple[str, ...]
    inputs: tuple[CriterionRead, ...]
    """In framework order."""
    blockers: tuple[CriterionRead, ...]
    """The fewest criteria whose being met reaches `next_stage`; none where there is no such."""
    sentences: tuple[str, ...]
    """Why it is where it is, what is needed for the next stage, and what else was asked."""

    @property
    def not_applicable(self) -> tuple[CriterionRead, ...]:
        """The criteria that were answered not applicable."""
        return tuple(c for c in self.inputs if c.answer is AnswerState.NOT_APPLICABLE)

    @property
    def unanswered(self) -> tuple[CriterionRead, ...]:
        """The criteria that were left blank where an answer was asked for."""
        return tuple(c for c in self.inputs if c.answer is AnswerState.UNANSWERED)
