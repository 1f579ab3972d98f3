"""The index's own framework as a maturity model, so that it is one model among others.

It gives the stages, statuses, scores and bounds of `remi.scoring.engine` (docs/decisions/0004):
scores as 0 to 1 where the index shows 0 to 100.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from remi.scoring.arrays import Code, Codes
from remi.scoring.model.states import NOT_APPLICABLE, OUT_OF_SCOPE, UNANSWERED, States
from schemas.framework import AnswerMeaning, Commitment, Framework, Indicator
from schemas.maturity import (
    FromStage,
    Levels,
    MaturityModel,
    Node,
    NodePolicy,
    Power,
    Scale,
    ScaleLabel,
    Staged,
)

SCALE = "criterion"

MEANINGS = (AnswerMeaning.NOT_MET, AnswerMeaning.PART, AnswerMeaning.MET)
"""By code. Part of a criterion is worth nothing: only what is met counts."""

STATE_OF = {
    Code.OUT_OF_SCOPE: OUT_OF_SCOPE,
    Code.UNANSWERED: UNANSWERED,
    Code.NOT_NEEDED: MEANINGS.index(AnswerMeaning.NOT_MET),
    Code.NOT_MET: MEANINGS.index(AnswerMeaning.NOT_MET),
    Code.PART: MEANINGS.index(AnswerMeaning.PART),
    Code.MET: MEANINGS.index(AnswerMeaning.MET),
    Code.NOT_APPLICABLE: NOT_APPLICABLE,
}
"""A blank above a criterion that is not met, where answering may stop, is an answer: not met."""


def as_model(framework: Framework) -> MaturityModel:
    """The framework as root (`index`) > commitment > indicator > criterion (`L1.3`: stage 3 of L1).

    Leaves are in the order of the columns of `remi.scoring.arrays`.
    """
    scoring = framework.scoring
    return MaturityModel(
        id=framework.id,
        version=framework.version,
        name=framework.title,
        statement=framework.statement,
        scales=(_scale(framework),),
        stages=tuple(stage.name for stage in framework.stages),
        before_first_stage=scoring.before_first_stage,
        organisation_groups=framework.organisation_groups,
        root=Node(
            id="index",
            name=framework.title,
            stage=Staged(needs_every_child=True),
            score=Power(),
            policy=NodePolicy(
                not_applicable="exclude",
                not_applicable_ceiling=Fraction(1),
                not_applicable_by="level",
                unanswered_stage="zero",
                unanswered_score="exclude",
                provisional_below=scoring.missing.provisional_below,
                provisional_next_level=True,
                withheld_below=scoring.missing.score_withheld_below,
            ),
            children=tuple(
                _commitment(commitment, framework) for commitment in framework.commitments
            ),
        ),
    )


def index_states(codes: Codes) -> States:
    """An answer array of `remi.scoring.arrays` [organisation, criterion] as states of the model."""
    table = np.zeros(max(Code) + 1, dtype=np.int8)
    for code, state in STATE_OF.items():
        table[code] = state
    return table[codes]


def _scale(framework: Framework) -> Scale:
    answers = {answer.meaning: answer for answer in framework.answers}
    return Scale(
        id=SCALE,
        labels=tuple(
            ScaleLabel(
                label=answers[meaning].label,
                value=Fraction(meaning is AnswerMeaning.MET),
                also_accepted=answers[meaning].also_accepted,
            )
            for meaning in MEANINGS
        ),
    )


def _commitment(commitment: Commitment, framework: Framework) -> Node:
    attainment = framework.scoring.attainment
    shared = attainment.rule == "all_core_and_share_of_others"
    return Node(
        id=commitment.id,
        name=commitment.name,
        stage=Staged(
            over="core",
            others_share=attainment.share_of_others if shared else None,
            exhausted="set_aside",
        ),
        score=Power(),
        policy=NodePolicy(not_applicable_ceiling=framework.scoring.not_applicable.ceiling),
        children=tuple(_indicator(indicator) for indicator in commitment.indicators),
    )


def _indicator(indicator: Indicator) -> Node:
    return Node(
        id=indicator.id,
        name=indicator.title,
        core=indicator.core,
        applies_to=indicator.applies_to,
        stage=Levels(bar=MEANINGS.index(AnswerMeaning.MET), empty_level="cap"),
        score=FromStage(nothing_answered="whole_range"),
        # The ceiling is the commitment's: an indicator stops at its last applicable stage instead.
        policy=NodePolicy(not_applicable_ceiling=Fraction(1)),
        children=tuple(
            Node(id=f"{indicator.id}.{number}", name=criterion, level=number, scale=SCALE)
            for number, criterion in enumerate(indicator.criteria, 1)
        ),
    )
