"""The assured track: the declared rule, applied to what a reviewer accepted on good evidence.

On this track a criterion is met only if a reviewer accepted it and its evidence is in date and
enough; one that cannot apply leaves the count only if a reviewer accepted why. Everything is scored
twice, with what is not yet decided refused and accepted: a stage is assured once both give the
same, because nothing that is left to decide could change it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from remi.scoring.agreement import agreement, to_frame
from remi.scoring.arrays import AnswerArray, Bools, Code, Codes, Ints, Outline, outline, to_array
from remi.scoring.engine import ENGINE_VERSION, score_states
from remi.scoring.indicators import PROVISIONAL
from remi.scoring.reviewed import Reviewed
from schemas.framework import Framework
from schemas.intake import AnswerState
from schemas.results import STAGE_SENSITIVITY, STAGED
from schemas.reviews import (
    ASSURANCE_AGREEMENT,
    ASSURED_STAGES,
    DECIDED,
    EVERY_COMMITMENT,
    Grade,
    Outcome,
    ReviewStatus,
)

ASSURED_ONLY = "assured-only"
"""Id of this track among the alternatives of `stage_sensitivity`; no framework can have it too."""

SEED = 2023

COUNTS = ("n_claims", "n_decided", "n_accepted", "n_met", "n_met_accepted", "n_met_verified")


@dataclass
class _Tally:
    """What was counted of one commitment or indicator of one organisation."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))
    reviewers: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class _Level:
    """The results of one level, each [node, organisation]; stages mean nothing unless `staged`."""

    name: str
    asked: Bools
    staged: Bools
    declared: Ints
    low: Ints
    high: Ints


def counts_as_assured(one: Reviewed) -> bool:
    """Whether a claim counts on the assured track."""
    return one.outcome is Outcome.ACCEPTED and one.claim.enough


def may_still_count(one: Reviewed) -> bool:
    """Whether it counts, or would if all that is left to decide were accepted."""
    return counts_as_assured(one) or (one.outcome.value not in DECIDED and one.claim.enough)


def assured_stages(
    answers: pd.DataFrame,
    organisations: pd.DataFrame,
    reviewed: Sequence[Reviewed],
    framework: Framework,
    cycle: str,
    input_hash: str,
) -> pd.DataFrame:
    """The assured stage of every commitment and indicator, in the columns of `ASSURED_STAGES`.

    `answers` and `organisations` as of `score_cycle`; `reviewed` has every claim of these answers
    once. Sorted by organisation, commitments before indicators, in framework order. A stage is
    missing where none is declared, where nothing was decided, and where what is not yet decided
    could change it. Raises ValueError as scoring does.
    """
    given = to_array(answers, organisations, framework)
    shape = outline(framework)
    low, high = (
        _taken(given, shape, [one.claim.key for one in reviewed if counts(one)])
        for counts in (counts_as_assured, may_still_count)
    )
    tallies = _tallies(reviewed)
    commitment_of = np.array(shape.commitment_ids, dtype=object)[shape.commitment_of]
    rows = []
    for level in _levels((given.states, low, high), shape, framework):
        of_commitment = level.name == "commitment"
        ids = shape.commitment_ids if of_commitment else shape.indicator_ids
        for organisation, node in np.argwhere(level.asked.T):
            key = given.organisation_ids[organisation]
            tally = tallies.get((key, ids[node]), _Tally())
            at = (node, organisation)
            declared = int(level.declared[at]) if level.staged[at] else None
            status = _status(tally, same=level.low[at] == level.high[at])
            assured = int(level.low[at]) if status is ReviewStatus.REVIEWED else None
            known = declared is not None and assured is not None
            rows.append(
                {
                    "cycle": cycle,
                    "organisation_id": key,
                    "submission_id": given.submission_ids[organisation],
                    "level": level.name,
                    "commitment_id": ids[node] if of_commitment else commitment_of[node],
                    "indicator_id": None if of_commitment else ids[node],
                    "status": status.value,
                    "declared_stage": declared,
                    "assured_stage": assured if known else None,
                    "overclaim_gap": declared - assured if known else None,  # type: ignore[operator]
                    **tally.counts,
                    "n_reviewers": len(tally.reviewers),
                    "framework_version": framework.name_and_version,
                    "engine_version": ENGINE_VERSION,
                    "input_hash": input_hash,
                    "place": node,
                }
            )
    return _frame(rows)


def confirmed(assured: pd.DataFrame) -> frozenset[tuple[str, str]]:
    """(organisation_id, commitment_id) of which a review gave the very stage that is declared."""
    rows = assured[(assured["level"] == "commitment") & (assured["overclaim_gap"] == 0)]
    return frozenset(zip(rows["organisation_id"], rows["commitment_id"], strict=True))


def assured_only(
    sensitivity: pd.DataFrame, stages: pd.DataFrame, assured: pd.DataFrame
) -> pd.DataFrame:
    """`sensitivity` with the assured track as one more alternative, where there is one.

    All three in the columns of the store's tables of these names; `stages` are the commitments'.
    """
    rows = assured[(assured["level"] == "commitment") & assured["assured_stage"].notna()]
    keys = ["cycle", "organisation_id", "commitment_id"]
    found = stages.loc[stages["status"].isin(STAGED), [*keys, "status", "stage"]].merge(
        rows[[*keys, "assured_stage"]], on=keys, validate="one_to_one"
    )
    found = found.rename(columns={"assured_stage": "stage_alternative"})
    found["alternative"] = pd.Series(ASSURED_ONLY, found.index, dtype="str")
    found["changes"] = (found["stage"] != found["stage_alternative"]).astype(bool)
    columns = list(STAGE_SENSITIVITY.columns)
    return pd.concat([sensitivity[columns], found[columns]], ignore_index=True)


def assurance_agreement(assured: pd.DataFrame, framework: Framework, cycle: str) -> pd.DataFrame:
    """How far declared and assured stages of indicators agree: for each commitment and for all.

    In the columns of `ASSURANCE_AGREEMENT`. Only indicators with both stages are pairs.
    """
    rows = assured[assured["level"] == "indicator"]
    parts = []
    for commitment_id in (EVERY_COMMITMENT, *(c.id for c in framework.commitments)):
        mine = (
            rows
            if commitment_id == EVERY_COMMITMENT
            else rows[rows["commitment_id"] == commitment_id]
        )
        both = mine[mine["assured_stage"].notna()].reset_index(drop=True)
        found = agreement(
            both["declared_stage"], both["assured_stage"], len(framework.stages) + 1, SEED
        )
        parts.append(to_frame(found).assign(cycle=cycle, commitment_id=commitment_id))
    made = pd.concat(parts, ignore_index=True)
    made = made.astype({"cycle": "str", "commitment_id": "str", "n": "Int64"})
    return made[list(ASSURANCE_AGREEMENT.columns)]


def _taken(given: AnswerArray, shape: Outline, counting: Iterable[tuple[str, str, int]]) -> Codes:
    """The answers with every claim that is not among these read as not met."""
    row = {key: place for place, key in enumerate(given.organisation_ids)}
    column = {key: place * shape.n_stages for place, key in enumerate(shape.indicator_ids)}
    counts = np.zeros(given.states.shape, dtype=bool)
    for organisation_id, indicator_id, stage in counting:
        counts[row[organisation_id], column[indicator_id] + stage - 1] = True
    claimed = (given.states == Code.MET) | (given.states == Code.NOT_APPLICABLE)
    states: Codes = np.where(claimed & ~counts, Code.NOT_MET, given.states).astype(np.int8)
    return states


def _levels(
    states: tuple[Codes, Codes, Codes], shape: Outline, framework: Framework
) -> tuple[_Level, _Level]:
    """Declared, least and most that can be assured. Nothing is ever assured above the declared:
    a criterion that cannot apply, read as not met, may show a gap further up than before."""
    declared, low, high = (score_states(some, shape, framework.scoring) for some in states)
    made = []
    for name in ("commitment", "indicator"):
        stated, least, most = (getattr(one, f"{name}s") for one in (declared, low, high))
        ceiling = np.minimum(most.stage, stated.stage)
        made.append(
            _Level(
                name,
                stated.asked,
                stated.status >= PROVISIONAL,
                stated.stage,
                np.minimum(least.stage, ceiling),
                ceiling,
            )
        )
    return made[0], made[1]


def _tallies(reviewed: Sequence[Reviewed]) -> dict[tuple[str, str], _Tally]:
    """By organisation and commitment, and by organisation and indicator."""
    found: dict[tuple[str, str], _Tally] = {}
    for one in reviewed:
        met = one.claim.claim == AnswerState.MET.value
        accepted = one.outcome is Outcome.ACCEPTED
        marks = {
            "n_claims": True,
            "n_decided": one.outcome.value in DECIDED,
            "n_accepted": accepted,
            "n_met": met,
            "n_met_accepted": met and accepted,
            "n_met_verified": met and accepted and one.grade is Grade.VERIFIED,
        }
        for node in (one.claim.commitment_id, one.claim.indicator_id):
            tally = found.setdefault((one.claim.organisation_id, node), _Tally())
            tally.reviewers.update(decision.person_id for decision in one.standing)
            for name, counts in marks.items():
                tally.counts[name] += counts
    return found


def _status(tally: _Tally, *, same: bool) -> ReviewStatus:
    if not tally.counts["n_decided"]:
        return ReviewStatus.IN_REVIEW if tally.reviewers else ReviewStatus.NOT_REVIEWED
    return ReviewStatus.REVIEWED if same else ReviewStatus.IN_REVIEW


def _frame(rows: list[dict[str, object]]) -> pd.DataFrame:
    columns = list(ASSURED_STAGES.columns)
    frame = pd.DataFrame(rows, columns=[*columns, "place"])
    frame = frame.sort_values(["organisation_id", "level", "place"], ignore_index=True)[columns]
    whole = {"declared_stage", "assured_stage", "overclaim_gap", "n_reviewers", *COUNTS}
    return frame.astype({name: "Int64" if name in whole else "str" for name in columns})
