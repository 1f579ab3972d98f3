"""Table A04: for each criterion, how many partners meet it and how many it alone holds back."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from fractions import Fraction

import pandas as pd

from remi.impact.columns import COMMITMENT
from remi.impact.common import Cell, counted_answers, records, table_frame
from remi.impact.index import NONE, indicator_words
from remi.impact.partners import whole_partners
from remi.impact.results import results
from schemas.framework import Commitment, Framework
from schemas.impact import AnnualTable, CycleData, Holds, Status, TableColumn
from schemas.intake import AnswerState
from schemas.results import ReturnStatus

GROUP = ("n_applicable",)

ALONE_BASE = ("n_returned",)
"""Behind “held back by this alone”: those of the returns whose result is final."""

CORE_WORDS = {True: "yes", False: "no"}

COUNTED = {
    "n_met": AnswerState.MET,
    "n_part": AnswerState.PART,
    "n_not_met": AnswerState.NOT_MET,
    "n_unanswered": AnswerState.UNANSWERED,
    "n_not_needed": AnswerState.NOT_NEEDED,
}


def _count(id_: str, heading: str, meaning: str) -> TableColumn:
    return TableColumn(id_, heading, Holds.ORGANISATIONS, meaning, group=GROUP)


COLUMNS = (
    COMMITMENT,
    TableColumn("indicator", "Indicator", Holds.KEY, "Reference and title of the indicator"),
    TableColumn("core", "Core", Holds.KEY, "Whether the commitment's stage rests on the indicator"),
    TableColumn("stage", "Stage", Holds.KEY, "Number of the stage that the criterion is for"),
    TableColumn("stage_name", "Stage name", Holds.KEY, "Name of the stage"),
    TableColumn("n_asked", "Asked", Holds.ORGANISATIONS, "Partners that are asked the indicator"),
    TableColumn(
        "n_returned", "Returned", Holds.ORGANISATIONS, "Of those, partners with an accepted return"
    ),
    TableColumn(
        "coverage_pct",
        "Coverage",
        Holds.PERCENTAGE,
        "Accepted returns as a share of the partners that are asked",
        of=("n_returned", "n_asked"),
    ),
    TableColumn(
        "n_applicable", "Applies to", Holds.ORGANISATIONS, "Returns in which the criterion applies"
    ),
    _count("n_met", "Met", "Partners that answered met"),
    _count("n_part", "Part", "Partners that answered part"),
    _count("n_not_met", "Not met", "Partners that answered not met"),
    _count("n_unanswered", "Not answered", "Partners that left it unanswered"),
    _count(
        "n_not_needed",
        "Not reached",
        "Partners that could leave it out, since an earlier stage of the row is not met",
    ),
    TableColumn(
        "n_orgs_blocked_only_by_this",
        "Held back by this alone",
        Holds.ORGANISATIONS,
        "Partners whose next stage of the commitment needs this core criterion and nothing else",
        group=ALONE_BASE,
    ),
    TableColumn(
        "commonest_challenge",
        "Challenge named most",
        Holds.TEXT,
        "What partners most often say holds them back there; of several, the first listed. None "
        "where few name one",
        group=GROUP,
    ),
)


@dataclass(frozen=True)
class _Sheet:
    """One partner's answers to one commitment, by (indicator id, stage)."""

    answers: dict[tuple[str, int], str]
    indicator_stages: dict[str, int]


def what_holds_back(data: CycleData) -> pd.DataFrame:
    """A04: one row for each criterion, in framework order."""
    framework = data.framework
    members = whole_partners(data)
    back = {p.id for p in members if p.returned == ReturnStatus.RETURNED}
    answers = counted_answers(data)
    answers = answers[answers["organisation_id"].isin(back)]
    keys = ["indicator_id", "stage", "answer"]
    states = Counter(
        (str(i), int(s), str(a)) for i, s, a in answers[keys].itertuples(index=False, name=None)
    )
    alone = _held_back_by_one(data, answers)
    challenges = _challenges(data, back)
    rows: list[dict[str, Cell]] = []
    for commitment, indicator in framework.indicators():
        asked = [p for p in members if framework.applies(indicator, p.sector_id)]
        n_asked, n_returned = len(asked), sum(p.id in back for p in asked)
        for stage in framework.stages:
            counts = {c: states[indicator.id, stage.number, s.value] for c, s in COUNTED.items()}
            n_applicable = sum(counts.values())
            blank = Status.NOT_APPLICABLE if n_returned or not asked else Status.NOT_AVAILABLE
            shown: dict[str, Cell] = {
                **counts,
                "n_orgs_blocked_only_by_this": (
                    alone[indicator.id, stage.number] if indicator.core else Status.NOT_APPLICABLE
                ),
            }
            rows.append(
                {
                    "commitment": commitment.name,
                    "indicator": indicator_words(framework, indicator.id),
                    "core": CORE_WORDS[indicator.core],
                    "stage": str(stage.number),
                    "stage_name": stage.name,
                    "n_asked": n_asked,
                    "n_returned": n_returned,
                    "coverage_pct": 100 * n_returned / n_asked if asked else blank,
                    "n_applicable": n_applicable if n_returned else blank,
                    **(shown if n_applicable else dict.fromkeys(shown, blank)),
                    "commonest_challenge": challenges.get(indicator.id, NONE),
                    "n_base": n_returned,
                    "n_missing": n_asked - n_returned,
                }
            )
    return table_frame(data, COLUMNS, rows)


def _held_back_by_one(data: CycleData, answers: pd.DataFrame) -> Counter[tuple[str, int]]:
    """For each core criterion, partners with a final stage that lack it alone for the next."""
    framework, found = data.framework, results(data)
    sheets: dict[tuple[str, str], dict[tuple[str, int], str]] = defaultdict(dict)
    columns = ["organisation_id", "commitment_id", "indicator_id", "stage", "answer"]
    for organisation, commitment, indicator, stage, answer in answers[columns].itertuples(
        index=False, name=None
    ):
        sheets[organisation, commitment][indicator, int(stage)] = answer
    reached = data.indicator_stages.dropna(subset=["stage"])
    reached_keys = ["organisation_id", "indicator_id", "stage"]
    by_partner: dict[str, dict[str, int]] = defaultdict(dict)
    for organisation, indicator, stage in reached[reached_keys].itertuples(index=False, name=None):
        by_partner[organisation][indicator] = int(stage)
    alone: Counter[tuple[str, int]] = Counter()
    for partner in whole_partners(data):
        for commitment in framework.commitments:
            stage = found.final_stage(partner, commitment.id)
            if stage is None or stage == len(framework.stages):
                continue
            sheet = _Sheet(sheets[partner.id, commitment.id], by_partner[partner.id])
            lacking = _core_lacking(sheet, commitment, stage + 1)
            if len(lacking) == 1 and _others_hold(sheet, commitment, stage + 1, framework):
                alone[lacking[0], stage + 1] += 1
    return alone


def _core_lacking(sheet: _Sheet, commitment: Commitment, stage: int) -> list[str]:
    """Core indicators whose criterion for this stage applies and is not met."""
    enough = (None, AnswerState.MET, AnswerState.NOT_APPLICABLE)
    return [
        i.id
        for i in commitment.indicators
        if i.core and sheet.answers.get((i.id, stage)) not in enough
    ]


def _others_hold(sheet: _Sheet, commitment: Commitment, stage: int, framework: Framework) -> bool:
    """Whether enough of the indicators that are not core have reached this stage.

    As in scoring: an indicator that has met all that applies to it is not counted above that.
    """
    rule = framework.scoring.attainment
    if rule.rule == "all_core":
        return True
    counted = reached = 0
    for indicator in commitment.indicators:
        applying = [
            s.number
            for s in framework.stages
            if sheet.answers.get((indicator.id, s.number)) not in (None, AnswerState.NOT_APPLICABLE)
        ]
        at = sheet.indicator_stages.get(indicator.id, 0)
        if indicator.core or not applying or (at >= applying[-1] and stage > applying[-1]):
            continue
        counted += 1
        reached += at >= stage
    return counted == 0 or Fraction(reached, counted) >= rule.share_of_others


def _challenges(data: CycleData, back: set[str]) -> dict[str, str]:
    """For each indicator, the label of the challenge that most partners name, if not few do.

    The challenge itself must be named by enough, not all challenges together.
    """
    labels = {choice.id: choice.label for choice in data.framework.challenges}
    order = list(labels)
    named: dict[str, Counter[str]] = defaultdict(Counter)
    for commitment in data.framework.commitments:
        for record in records(data.records, commitment.id, ["challenge"]):
            if record["challenge"] is not None and record["organisation_id"] in back:
                named[record["record"]][record["challenge"]] += 1
    return {
        indicator: labels[min(counts, key=lambda c: (-counts[c], order.index(c)))]
        for indicator, counts in named.items()
        if max(counts.values()) >= data.policy.smallest_group
    }


WHAT_HOLDS_BACK = AnnualTable(
    id="A04",
    name="what_holds_back",
    title="Barriers: which criteria hold partners back",
    one_row_per="criterion (indicator and stage)",
    columns=COLUMNS,
    make=what_holds_back,
    notes=(
        "Every accepted return of a whole organisation is counted, provisional ones too. "
        "Unanswered criteria are shown as such.",
        "“Held back by this alone” counts partners with a final stage only.",
        "The challenge is named for the indicator as a whole and repeated for each stage.",
        "Answers are withheld where those of partners who are not named could be worked out from "
        "them and from any other table, version or year.",
    ),
    sources=("organisation", "verdict", "answer", "record_value", "commitment_stage"),
)
