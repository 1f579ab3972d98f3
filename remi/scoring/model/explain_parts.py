"""What an explanation of one node holds: what went in, what the rule found, what is missing.

Numbers are fractions wherever the model's rules give fractions, and floats after a root was taken.
Nothing here is rounded.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from remi.scoring.model.blockers import Without
from schemas.maturity import ScoreOperator, StageOperator

Number = Fraction | float

State = Literal[
    "answered",
    "unanswered",
    "not_applicable",
    "out_of_scope",
    "not_assessed",
    "not_assessable",
    "provisional",
    "final",
]
"""Of a question, what stands there; of a group of questions, a `ResultStatus`."""


@dataclass(frozen=True)
class Taken:
    """What a rule took from one child."""

    value: int | Number | None
    """A stage or a score; None where an unanswered question below takes it away."""
    share: Fraction
    """The child's weight in that of all children that count for the rule."""


@dataclass(frozen=True)
class InputRead:
    """One child of the node."""

    node_id: str
    name: str
    is_question: bool
    answer: str | None
    """The label; None where there is none."""
    state: State
    weight: Fraction
    """As the model gives it."""
    lowest_score: Fraction | None
    highest_score: Fraction | None
    """What it can be at most; None where no rule makes a score."""
    level: int | None
    core: bool
    stage: Taken | None
    """What the stage rule took; None where the child does not count for it."""
    score: Taken | None
    """What the score rule took; None where the child does not count for it."""
    last_stage: int | None
    """The highest stage that is open to it, where levels may not apply; None without stages."""


@dataclass(frozen=True)
class CheckRead:
    """One share that a stage asks for, in a rule that goes by shares."""

    stage: int
    """The stage that asks for it."""
    of: Literal["all", "core", "others", "level"]
    level: int | None
    """Whose children are looked at, where it is those of a level."""
    found: Fraction | None
    """The share that is there; None where nothing counts."""
    needed: Fraction
    holds: bool


@dataclass(frozen=True)
class GateRead:
    """One item that may not lag behind."""

    node_id: str
    name: str
    from_stage: int
    floor_stage: int
    stage: int | None
    """Its stage or the code of its answer; None where it has none."""
    holds: bool
    """Whether it lets stages from `from_stage` on through; one that does not count does."""


@dataclass(frozen=True)
class MissingRead:
    """One question without an answer on its scale, and what its policy makes of that."""

    node_id: str
    name: str
    state: Literal["unanswered", "not_applicable"]
    for_stage: str
    for_score: str


@dataclass(frozen=True)
class CoverageRead:
    """How much the result rests on, in shares of weight, and the policies that judge it."""

    answered: Fraction | None
    """Of what applies; None where nothing does."""
    next_level_answered: Fraction | None
    """The same of the level above the stage, where the policy looks at it."""
    provisional_below: Fraction
    withheld_below: Fraction
    not_applicable: Fraction | None
    """Of what is asked, or of the level of which it is the most if the policy goes by levels."""
    not_applicable_ceiling: Fraction


@dataclass(frozen=True)
class NeededAnswer:
    """One question that must be answered better, and the least answer that is enough."""

    node_id: str
    name: str
    now: str | None
    """The label; None where it is unanswered."""
    needed: str
    code: int
    """Of `needed`."""


@dataclass(frozen=True)
class Explanation:
    """Why one node of one organisation has its stage and score."""

    organisation_id: str
    model: str
    """Id and version."""
    node_id: str
    name: str
    is_question: bool
    state: State
    answer: str | None
    """The label, where the node is a question."""
    stage: int | None
    stage_name: str | None
    score: Number | None
    lowest_score: Fraction | None
    highest_score: Fraction | None
    """What it can be at most; None where no rule makes a score."""
    low: Number | None
    """The score with every unanswered question at its least answer."""
    high: Number | None
    """The score with every unanswered question at its best answer."""
    stage_rule: StageOperator | None
    score_rule: ScoreOperator | None
    rule: tuple[str, ...]
    """The rules and what is done about missing answers, in words."""
    inputs: tuple[InputRead, ...]
    checks: tuple[CheckRead, ...]
    gates: tuple[GateRead, ...]
    missing: tuple[MissingRead, ...]
    """Every question below, or the node itself, that is asked and has no answer on its scale."""
    coverage: CoverageRead
    next_stage: int | None
    """The stage above, where there is one to reach."""
    blockers: tuple[NeededAnswer, ...]
    """Answers that reach `next_stage`; only some of them do not."""
    without: Without | None
    """Why there are no blockers."""
    sentences: tuple[str, str]
    """Where it stands and why, and what would move it."""
