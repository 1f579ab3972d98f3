"""How far stages depend on the rule: every commitment scored again under other rules.

The alternatives are data of the framework (`scoring.sensitivity`); the engine is the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

import numpy as np
import pandas as pd

from remi.scoring.arrays import CODE_OF, Bools, Code, Codes, Ints, Outline, outline, to_array
from remi.scoring.engine import score_states
from remi.scoring.indicators import PROVISIONAL, STATUSES
from remi.scoring.stages import CommitmentStages
from schemas.framework import Alternative, Framework, Model, ScoringPolicy
from schemas.results import STAGE_SENSITIVITY, ResultStatus

MANY = Fraction(1, 4)
"""Where more than this share of organisations would be at another stage, it must be said."""

ModelType = TypeVar("ModelType", bound=Model)


@dataclass(frozen=True)
class Trial:
    """One alternative as it is tried: a policy, answers read otherwise, an indicator left out."""

    id: str
    name: str
    policy: ScoringPolicy
    read_as: tuple[tuple[int, int], ...] = ()
    """Pairs of codes: what is answered, and what it is read as."""
    left_out: int | None = None
    """Place of the indicator that is left out."""
    commitment: int | None = None
    """Place of the one commitment that is tried, where it is not every one."""


def trials(framework: Framework) -> tuple[Trial, ...]:
    """Every alternative of the framework that differs from its policy, in the framework's order.

    One that leaves out each indicator is tried once for each, under “its id:L1”.
    """
    made: list[Trial] = []
    for alternative in framework.scoring.sensitivity:
        policy = _policy(framework.scoring, alternative)
        pairs = ((CODE_OF[a.value], CODE_OF[b.value]) for a, b in alternative.read_as.items())
        read_as = tuple((a, b) for a, b in pairs if a != b)
        if alternative.leave_out_each_indicator:
            made += _without_each(alternative, policy, read_as, framework)
        elif read_as or policy != framework.scoring:
            made.append(Trial(alternative.id, alternative.name, policy, read_as))
    return tuple(made)


def stage_sensitivity(
    answers: pd.DataFrame, organisations: pd.DataFrame, framework: Framework, cycle: str
) -> pd.DataFrame:
    """The stage of every organisation and commitment under the policy and each alternative.

    Arguments as of `remi.scoring.engine.score_cycle`. Columns of `schemas.store.stage_sensitivity`,
    sorted by organisation, commitment and alternative in framework order. An alternative that
    leaves an indicator out has a row for its own commitment alone, where the organisation is asked
    the indicator and another core one. Raises ValueError as scoring does.
    """
    given = to_array(answers, organisations, framework)
    shape = outline(framework)
    declared = score_states(given.states, shape, framework.scoring).commitments
    stage, status = _stages(declared), np.array([s.value for s in STATUSES])[declared.status]
    ids = np.array(given.organisation_ids, dtype=object)
    commitments = np.array(shape.commitment_ids, dtype=object)
    parts = []
    for order, trial in enumerate(trials(framework)):
        other = score_states(_states(given.states, trial, shape), shape, trial.policy).commitments
        tried = declared.asked & _tried(given.states, trial, shape)
        organisation, commitment = np.nonzero(tried.T)
        parts.append(
            pd.DataFrame(
                {
                    "organisation_id": ids[organisation],
                    "commitment_id": commitments[commitment],
                    "alternative": trial.id,
                    "status": status[commitment, organisation],
                    "stage": stage[commitment, organisation],
                    "stage_alternative": _stages(other)[commitment, organisation],
                    "place": commitment,
                    "order": order,
                }
            )
        )
    columns = ["organisation_id", "commitment_id", "alternative", "status", "stage"]
    none = pd.DataFrame(columns=[*columns, "stage_alternative", "place", "order"])
    made = pd.concat(parts or [none], ignore_index=True)
    made = made.sort_values(["organisation_id", "place", "order"], ignore_index=True)
    made["changes"] = made["stage"] != made["stage_alternative"]
    for column in ("stage", "stage_alternative"):
        made[column] = made[column].astype("Int64").where(made[column] >= 0)
    texts = dict.fromkeys(columns[:4], "str")
    made = made.astype({**texts, "changes": bool}).assign(cycle=pd.Series(cycle, made.index, "str"))
    return made[list(STAGE_SENSITIVITY.columns)]


def share_that_change(sensitivity: pd.DataFrame) -> pd.DataFrame:
    """For each alternative and commitment, how many final stages there are and how many change.

    Exact counts: `n_assessed` final results that were tried, `n_change` of them with another stage
    or none, and of these `n_higher`, `n_lower` and `n_no_stage`. In the order of the rows given.
    """
    final = sensitivity[sensitivity["status"] == ResultStatus.FINAL.value]
    one, other = final["stage"].astype("Int64"), final["stage_alternative"].astype("Int64")
    counted = pd.DataFrame(
        {
            "alternative": final["alternative"],
            "commitment_id": final["commitment_id"],
            "n_assessed": 1,
            "n_change": final["changes"].astype(bool).astype(int),
            "n_higher": (other > one).fillna(False).astype(int),
            "n_lower": (other < one).fillna(False).astype(int),
            "n_no_stage": other.isna().astype(int),
        }
    )
    return counted.groupby(["alternative", "commitment_id"], sort=False, as_index=False).sum()


def many_change(n_change: int, n_assessed: int) -> bool:
    """Whether more than `MANY` of the results change."""
    return n_change * MANY.denominator > n_assessed * MANY.numerator


def _policy(policy: ScoringPolicy, alternative: Alternative) -> ScoringPolicy:
    """The policy with the fields that the alternative gives in place of its own."""
    return policy.model_copy(
        update={
            "attainment": _merged(policy.attainment, alternative.attainment),
            "not_applicable": _merged(policy.not_applicable, alternative.not_applicable),
            "missing": _merged(policy.missing, alternative.missing),
        }
    )


def _merged(policy: ModelType, other: ModelType | None) -> ModelType:
    given = other.model_fields_set if other else ()
    return policy.model_copy(update={name: getattr(other, name) for name in given})


def _without_each(
    alternative: Alternative,
    policy: ScoringPolicy,
    read_as: tuple[tuple[int, int], ...],
    framework: Framework,
) -> list[Trial]:
    # One indicator fewer makes each “not applicable” a larger share. That is no effect of the
    # indicator, so what could be assessed with it is assessed without it.
    lenient = policy.not_applicable.model_copy(update={"ceiling": Fraction(1)})
    homes = outline(framework).commitment_of
    return [
        Trial(
            id=f"{alternative.id}:{indicator.id}",
            name=f"{alternative.name}: {indicator.id} {indicator.title}",
            policy=policy.model_copy(update={"not_applicable": lenient}),
            read_as=read_as,
            left_out=place,
            commitment=int(homes[place]),
        )
        for place, (_, indicator) in enumerate(framework.indicators())
    ]


def _states(states: Codes, trial: Trial, shape: Outline) -> Codes:
    """The answers as the alternative reads them."""
    made = states.copy()
    for answered, read in trial.read_as:
        made[states == answered] = read
    if trial.left_out is not None:
        start = trial.left_out * shape.n_stages
        made[:, start : start + shape.n_stages] = Code.OUT_OF_SCOPE
    return made


def _tried(states: Codes, trial: Trial, shape: Outline) -> Bools:
    """[commitment, organisation]: where the alternative says something."""
    everywhere = np.ones((len(shape.commitment_ids), len(states)), dtype=bool)
    if trial.left_out is None:
        return everywhere
    asked = (states[:, :: shape.n_stages] != Code.OUT_OF_SCOPE).T
    left = (shape.commitment_of == trial.commitment) & shape.core
    left[trial.left_out] = False
    here = np.arange(len(shape.commitment_ids)) == trial.commitment
    can_be_left_out: Bools = asked[trial.left_out] & asked[left].any(axis=0)
    tried: Bools = here[:, None] & can_be_left_out
    return tried


def _stages(found: CommitmentStages) -> Ints:
    """[commitment, organisation]: the stage, -1 where there is none; never leaves this module."""
    return np.where(found.asked & (found.status >= PROVISIONAL), found.stage, -1).astype(np.int64)
