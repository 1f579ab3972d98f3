"""Answers as an array: one row an organisation, one column a criterion in framework order.

A criterion is one indicator at one stage, so column `i * n_stages + s` is stage s + 1 of
indicator i. Each cell is one `Code`; what an organisation is not asked is `OUT_OF_SCOPE`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt
import pandas as pd

from schemas.framework import Framework
from schemas.intake import AnswerState

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.integer]
Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int8]


class Code(IntEnum):
    """The state of one criterion of one organisation, as held in an answer array."""

    OUT_OF_SCOPE = 0
    """The indicator does not apply to the organisation's sector: it was never asked."""
    UNANSWERED = 1
    NOT_NEEDED = 2
    """Left blank above a criterion that is part or not met: answered, and not met."""
    NOT_MET = 3
    PART = 4
    MET = 5
    NOT_APPLICABLE = 6


CODE_OF = {state.value: int(Code[state.name]) for state in AnswerState}


@dataclass(frozen=True)
class Outline:
    """What the arithmetic needs of a framework, in the order of its file."""

    n_stages: int
    commitment_ids: tuple[str, ...]
    indicator_ids: tuple[str, ...]
    commitment_of: Ints
    """[indicator] -> place of its commitment."""
    first_indicator: Ints
    """[commitment] -> place of its first indicator; its others follow."""
    core: Bools
    """[indicator]."""


@dataclass(frozen=True)
class AnswerArray:
    """One cycle's answers; organisations in order of their ids."""

    organisation_ids: tuple[str, ...]
    submission_ids: tuple[str, ...]
    states: Codes
    """[organisation, criterion]."""
    inherited: Bools
    """[organisation, indicator]: any criterion taken over from a parent organisation."""


def outline(framework: Framework) -> Outline:
    """The framework as index arrays."""
    sizes = [len(c.indicators) for c in framework.commitments]
    return Outline(
        n_stages=len(framework.stages),
        commitment_ids=tuple(c.id for c in framework.commitments),
        indicator_ids=tuple(i.id for _, i in framework.indicators()),
        commitment_of=np.repeat(np.arange(len(sizes)), sizes),
        first_indicator=np.cumsum([0, *sizes[:-1]]),
        core=np.array([i.core for _, i in framework.indicators()]),
    )


def asked(framework: Framework, sectors: Sequence[str]) -> Bools:
    """Which indicators each organisation is asked: [organisation, indicator]."""
    kinds, which = np.unique(np.array(sectors, dtype=object), return_inverse=True)
    by_kind = [[framework.applies(i, kind) for _, i in framework.indicators()] for kind in kinds]
    n_indicators = sum(1 for _ in framework.indicators())
    return np.array(by_kind, dtype=bool).reshape(len(kinds), n_indicators)[which]


def to_array(
    answers: pd.DataFrame, organisations: pd.DataFrame, framework: Framework
) -> AnswerArray:
    """Answers in the columns of `schemas.store.answer`, as an array.

    `organisations` has one row for each organisation with `organisation_id` and `sector`. A
    criterion that an organisation is asked and that has no row is unanswered.

    Raises ValueError, naming organisation and cell, for an answer that is unknown, doubled,
    outside the framework or outside what the organisation is asked: none of them is a zero.
    """
    shape = outline(framework)
    n_indicators, n_stages = len(shape.indicator_ids), shape.n_stages
    ids = tuple(sorted(answers["organisation_id"].unique()))
    sectors = organisations.set_index("organisation_id")["sector"]
    if not sectors.index.is_unique:
        raise ValueError("give each organisation and its sector once")
    _refuse(answers, ~answers["organisation_id"].isin(sectors.index), "of unknown organisations")
    row = pd.Index(ids).get_indexer(pd.Index(answers["organisation_id"]))

    indicator = pd.Index(shape.indicator_ids).get_indexer(pd.Index(answers["indicator_id"]))
    _refuse(answers, indicator < 0, "to indicators that are not in the framework")
    commitment = pd.Index(shape.commitment_ids).get_indexer(pd.Index(answers["commitment_id"]))
    _refuse(answers, commitment != shape.commitment_of[indicator], "under another commitment")
    stage = answers["stage"].to_numpy(dtype=np.int64)
    _refuse(answers, (stage < 1) | (stage > n_stages), "to stages that are not in the framework")
    code = answers["answer"].map(CODE_OF)
    _refuse(answers, code.isna(), "with an answer that is not known")
    _refuse(
        answers,
        answers.duplicated(["organisation_id", "indicator_id", "stage"]),
        "given a second time",
    )

    scope = asked(framework, [sectors[i] for i in ids])
    _refuse(answers, ~scope[row, indicator], "to indicators that the organisation is not asked")
    submission = answers.drop_duplicates(["organisation_id", "submission_id"])
    _refuse(submission, submission.duplicated("organisation_id"), "from a second submission")

    states = np.where(np.repeat(scope, n_stages, axis=1), Code.UNANSWERED, Code.OUT_OF_SCOPE)
    states = states.astype(np.int8)
    states[row, indicator * n_stages + stage - 1] = code.to_numpy(dtype=np.int8)
    inherited = np.zeros((len(ids), n_indicators), dtype=bool)
    taken = answers["inherited"].to_numpy(dtype=bool)
    inherited[row[taken], indicator[taken]] = True
    submission_of = submission.set_index("organisation_id")["submission_id"]
    return AnswerArray(ids, tuple(submission_of[i] for i in ids), states, inherited)


def _refuse(answers: pd.DataFrame, bad: Bools | pd.Series[bool], what: str) -> None:
    """Raise ValueError if any answer is bad, naming the first one as a partner would find it."""
    wrong = answers.loc[np.asarray(bad, dtype=bool)]
    if wrong.empty:
        return
    first = wrong.iloc[0]
    raise ValueError(
        f"{len(wrong)} answers {what}; the first is “{first['answer']}” by organisation "
        f"{first['organisation_id']}, indicator {first['indicator_id']}, stage {first['stage']} "
        f"(sheet {first['sheet']}, cell {first['cell']})"
    )
