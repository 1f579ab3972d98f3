"""An organisation's own result: where it stands, what the next stage needs, what changed, and how
many others are where, from published figures only."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from remi.cycle.tables import read_tables
from remi.cycle.work import CycleWork, before
from remi.impact.status import WORDS, position_text, stage_words
from remi.release.published import latest_release
from remi.scoring.engine import score_cycle
from remi.scoring.explain import NoExplanationError, explain
from remi.scoring.explanation import CriterionRead, Explanation
from remi.store.frames import holds
from schemas import store
from schemas.framework import Framework
from schemas.impact import ALL
from schemas.results import ResultStatus

Row = dict[Hashable, Any]

POSITIONS_OF_ALL = "A02"
"""The published table of how many partners are at each stage of each commitment."""


@dataclass(frozen=True)
class Place:
    """How many others are at one stage."""

    stage: str
    organisations: int
    here: bool


@dataclass(frozen=True)
class Comparison:
    """Where the organisations of one group are, as published; the organisation itself included."""

    group: str
    places: tuple[Place, ...]

    @property
    def organisations(self) -> int:
        """How many there are in all."""
        return sum(place.organisations for place in self.places)


@dataclass(frozen=True)
class CommitmentResult:
    """One commitment. `stage` is missing where none could be given; `position` then says why."""

    commitment_id: str
    name: str
    status: str
    stage: int | None
    position: str
    before: str | None
    direction: str | None
    sentences: tuple[str, ...]
    blockers: tuple[CriterionRead, ...]
    comparisons: tuple[Comparison, ...]

    @property
    def final(self) -> bool:
        """Whether nothing is missing from it."""
        return self.status == ResultStatus.FINAL


@dataclass(frozen=True)
class OwnResult:
    """The whole result, from the return that counts."""

    submission_id: str
    commitments: tuple[CommitmentResult, ...]
    sentences: tuple[str, ...]
    earlier: bool
    """Whether there are results of the round before: of the first one nothing is compared."""
    compared_when: str | None
    """Why there is no comparison, where there is none."""


def own_result(work: CycleWork, organisation_id: str, smallest_group: int) -> OwnResult | None:
    """The result of this organisation; nothing where no return of its counts.

    Raises ValueError where the register has no such organisation.
    """
    answers = own_answers(work, organisation_id)
    if answers.empty:
        return None
    (partner,) = work.partner(organisation_id).to_dict("records")
    steps = _steps(work, organisation_id, answers)
    earlier = before(work)
    stages_then = _stages_then(earlier, organisation_id) if earlier else {}
    published = _published(work)
    found = {
        commitment.id: _explained(work, answers, partner, commitment.id)
        for commitment in work.framework.commitments
    }
    commitments = tuple(
        _commitment(
            work.framework,
            explanation,
            steps[commitment_id],
            stages_then.get(commitment_id),
            _comparisons(work, published, commitment_id, explanation, partner, smallest_group),
        )
        for commitment_id, explanation in found.items()
        if explanation is not None and commitment_id in steps
    )
    whole = _explained(work, answers, partner, None)
    return OwnResult(
        submission_id=str(answers["submission_id"].iloc[0]),
        commitments=commitments,
        sentences=whole.sentences if whole else (),
        earlier=earlier is not None
        and holds(work.workspace.engine, store.commitment_stage, earlier.cycle_id),
        compared_when=None
        if published is not None
        else f"Comparisons are shown when the report of {work.cycle.label} is published.",
    )


def own_answers(work: CycleWork, organisation_id: str) -> pd.DataFrame:
    """The answers of the organisation's return that counts; empty where there is none."""
    verdicts = work.read(store.verdict, organisation_id=organisation_id)
    counting = verdicts[verdicts["counts"].astype(bool) & (verdicts["kind"] == "assessment")]
    answers = work.read(store.answer, organisation_id=organisation_id)
    return answers[answers["submission_id"].isin(counting["submission_id"])].reset_index(drop=True)


def _steps(
    work: CycleWork, organisation_id: str, answers: pd.DataFrame
) -> dict[str, tuple[int, int]]:
    """Of each commitment, how many core criteria of the next stage are met, and of how many.

    Scored now, on its own: an organisation's result does not depend on who else returned.
    """
    partners = work.partner(organisation_id)
    scored = score_cycle(answers, partners, work.framework, work.cycle_id, "0" * 64)
    rows = scored.commitment_stages[["commitment_id", "met_next", "total_next"]]
    known = rows.fillna({"met_next": 0, "total_next": 0})
    return {str(c): (int(met), int(of)) for c, met, of in known.itertuples(index=False)}


def _stages_then(earlier: CycleWork, organisation_id: str) -> dict[str, int]:
    rows = earlier.read(store.commitment_stage, organisation_id=organisation_id)
    final = rows[(rows["status"] == ResultStatus.FINAL) & rows["stage"].notna()]
    return {str(row["commitment_id"]): int(row["stage"]) for row in final.to_dict("records")}


def _explained(
    work: CycleWork, answers: pd.DataFrame, partner: Row, node: str | None
) -> Explanation | None:
    try:
        return explain(
            answers,
            str(partner["organisation_id"]),
            str(partner["sector"]),
            work.framework,
            node,
            str(partner["name"]),
        )
    except NoExplanationError:
        return None


def _commitment(
    framework: Framework,
    explanation: Explanation,
    step: tuple[int, int],
    then: int | None,
    comparisons: tuple[Comparison, ...],
) -> CommitmentResult:
    stage = explanation.stage
    if stage is None:
        position = WORDS[explanation.status]
    else:
        position = position_text(framework, stage, *step)
    direction = None
    # A stage that is not final rests on blanks: it did not move.
    if then is not None and stage is not None and explanation.status == ResultStatus.FINAL:
        direction = "up" if stage > then else "down" if stage < then else "same"
    return CommitmentResult(
        commitment_id=explanation.node,
        name=explanation.name,
        status=explanation.status,
        stage=stage,
        position=position,
        before=stage_words(framework, then) if then is not None else None,
        direction=direction,
        sentences=explanation.sentences,
        blockers=explanation.blockers,
        comparisons=comparisons,
    )


def _published(work: CycleWork) -> pd.DataFrame | None:
    """The published figures, if the round's report is out: nothing else is ever compared with, so
    that nobody can work out an answer from figures that change as returns come in."""
    if latest_release(work.workspace.settings.releases, work.cycle_id) is None:
        return None
    return read_tables(work, "published")[POSITIONS_OF_ALL]


def _comparisons(
    work: CycleWork,
    published: pd.DataFrame | None,
    commitment_id: str,
    explanation: Explanation | None,
    partner: Row,
    smallest_group: int,
) -> tuple[Comparison, ...]:
    if published is None or explanation is None or explanation.stage is None:
        return ()
    sectors = {sector.id: sector.name for sector in work.places.sectors}
    name = next(c.name for c in work.framework.commitments if c.id == commitment_id)
    made = []
    own_sector = sectors[str(partner["sector"])]
    for group, sector in (("All partners", ALL), (own_sector, own_sector)):
        rows = published[
            (published["commitment"] == name)
            & (published["sector"] == sector)
            & (published["system"] == ALL)
        ]
        comparison = _comparison(work.framework, rows, group, explanation.stage)
        # Others than the one who looks: whoever knows their own place could take it away.
        if comparison and comparison.organisations - 1 >= smallest_group:
            made.append(comparison)
    return tuple(made)


def _comparison(
    framework: Framework, rows: pd.DataFrame, group: str, stage: int
) -> Comparison | None:
    """Nothing where a figure of the group is withheld."""
    if len(rows) != 1:
        return None
    row, places = rows.iloc[0], []
    for number in range(len(framework.stages) + 1):
        count = row[f"n_stage_{number}"]
        if not isinstance(count, int | float) or pd.isna(count):
            return None
        places.append(Place(stage_words(framework, number), int(count), number == stage))
    return Comparison(group, tuple(places))
