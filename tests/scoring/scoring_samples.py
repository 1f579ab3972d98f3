"""Small frameworks and answers to score: written out as grids, or drawn at random."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Literal

import pandas as pd
from hypothesis import strategies as st

from schemas.framework import (
    Answer,
    AnswerMeaning,
    Attainment,
    Choice,
    Commitment,
    EvidenceType,
    Framework,
    Indicator,
    MissingPolicy,
    NationalReturn,
    NotApplicablePolicy,
    OrganisationGroup,
    ScoringPolicy,
    Stage,
)
from schemas.intake import AnswerState

CYCLE = "2025-26"
STATES = [state.value for state in AnswerState]
LETTERS = {
    "m": "met",
    "p": "part",
    "n": "not_met",
    "x": "not_applicable",
    ".": "unanswered",
    "-": "not_needed",
}
Sheets = dict[str, dict[str, list[str]]]
"""Organisation -> indicator -> states, first stage first; only what the organisation is asked."""


def framework(
    commitments: Mapping[str, Sequence[Indicator]],
    n_stages: int = 6,
    scoring: ScoringPolicy | None = None,
    version: str = "1.0",
) -> Framework:
    """A framework of these indicators; sectors `trust` and `voluntary` are a group each."""
    return Framework(
        id="sample",
        version=version,
        title="Sample",
        statement="A sample.",
        official=False,
        valid_from=date(2025, 1, 1),
        stages=tuple(
            Stage(number=n, id=f"s{n}", name=f"Stage {n}", meaning="")
            for n in range(1, n_stages + 1)
        ),
        answers=tuple(
            Answer(meaning=m, label=m.value.replace("_", " "), explanation="")
            for m in AnswerMeaning
        ),
        organisation_groups=(
            OrganisationGroup(id="trusts", name="Trusts", sectors=("trust",)),
            OrganisationGroup(id="charities", name="Charities", sectors=("voluntary",)),
        ),
        evidence_types=(
            EvidenceType(id="policy", label="Policy", months_valid=36),
            EvidenceType(id="data", label="Data", numeric=True, months_valid=18),
        ),
        evidence_minimums=(),
        national_returns=(NationalReturn(id="wres", name="WRES"),),
        challenges=(Choice(id="time", label="Time"),),
        scoring=scoring or ScoringPolicy(),
        commitments=tuple(
            Commitment(
                id=key, name=key, short_name=key, expectation="", indicators=tuple(indicators)
            )
            for key, indicators in commitments.items()
        ),
    )


def indicator(
    name: str,
    *,
    core: bool = True,
    applies_to: Literal["all"] | tuple[str, ...] = "all",
    n_stages: int = 6,
) -> Indicator:
    return Indicator(
        id=name,
        title=name,
        core=core,
        applies_to=applies_to,
        criteria=tuple(f"{name} {n}" for n in range(1, n_stages + 1)),
    )


SIX_CORE = framework({"leadership": [indicator(f"L{n}") for n in range(1, 7)]})
"""One commitment of six core indicators and six stages, as in the worked cases."""


def grid(text: str) -> dict[str, list[str]]:
    """Lines of `indicator: one letter a stage`; see LETTERS. Letters may be spaced out."""
    lines = [line.split(":") for line in text.strip().splitlines()]
    return {name.strip(): [LETTERS[c] for c in row if c != " "] for name, row in lines}


def answer_frame(
    sheets: Mapping[str, Mapping[str, Sequence[str]]],
    of: Framework,
    inherited: Sequence[tuple[str, str]] = (),
    cycle: str = CYCLE,
) -> pd.DataFrame:
    """Answers in the columns of the store's `answer` table."""
    commitment_of = {i.id: c.id for c, i in of.indicators()}
    rows = [
        {
            "cycle": cycle,
            "organisation_id": organisation,
            "submission_id": f"{cycle}-{organisation}",
            "commitment_id": commitment_of[name],
            "indicator_id": name,
            "stage": stage,
            "answer": state,
            "inherited": (organisation, name) in inherited,
            "sheet": commitment_of[name],
            "cell": f"C{stage}",
            "seen": None,
        }
        for organisation, indicators in sheets.items()
        for name, states in indicators.items()
        for stage, state in enumerate(states, 1)
    ]
    columns = "cycle organisation_id submission_id commitment_id indicator_id stage answer"
    return pd.DataFrame(rows, columns=[*columns.split(), "inherited", "sheet", "cell", "seen"])


def organisation_frame(sectors: Mapping[str, str]) -> pd.DataFrame:
    return pd.DataFrame({"organisation_id": list(sectors), "sector": list(sectors.values())})


@st.composite
def frameworks(draw: st.DrawFn) -> Framework:
    """Any small framework: 2 to 7 stages, 1 to 3 commitments of 1 to 5 indicators, any policy."""
    n_stages = draw(st.integers(2, 7))
    shares = st.fractions(0, 1, max_denominator=6)
    commitments: dict[str, list[Indicator]] = {}
    for place in range(draw(st.integers(1, 3))):
        cores = draw(st.lists(st.booleans(), min_size=1, max_size=5).filter(any))
        commitments[f"c{'abc'[place]}"] = [
            indicator(
                f"{'ABC'[place]}{n}",
                core=core,
                applies_to=("trusts",) if draw(st.integers(0, 2)) == 0 else "all",
                n_stages=n_stages,
            )
            for n, core in enumerate(cores, 1)
        ]
    policy = ScoringPolicy(
        attainment=Attainment(
            rule=draw(st.sampled_from(["all_core", "all_core_and_share_of_others"])),
            share_of_others=draw(shares),
        ),
        not_applicable=NotApplicablePolicy(
            ceiling=draw(st.sampled_from([Fraction(1, 5), Fraction(1, 3), Fraction(1)]))
        ),
        missing=MissingPolicy(
            provisional_below=draw(st.sampled_from([Fraction(4, 5), Fraction(1, 2), Fraction(0)])),
            score_withheld_below=draw(st.sampled_from([Fraction(2, 3), Fraction(0)])),
        ),
    )
    return framework(commitments, n_stages, policy)


@st.composite
def sheets(draw: st.DrawFn, of: Framework, sector: str) -> dict[str, list[str]]:
    """One organisation's states: met up to some stage, then one state or a mixture.

    States drawn evenly would hardly ever reach a stage, and so never test what happens there.
    """
    n = len(of.stages)
    mixture = st.lists(st.sampled_from(STATES), min_size=n, max_size=n)
    alike = st.sampled_from(["not_applicable", "not_applicable", "unanswered", "not_met"])
    tail = st.one_of(mixture, alike.map(lambda state: [state] * n))
    return {
        i.id: [*["met"] * (reached := draw(st.integers(0, n))), *draw(tail)[reached:]]
        for _, i in of.indicators()
        if of.applies(i, sector)
    }


@st.composite
def collections(draw: st.DrawFn, most: int = 4) -> tuple[Framework, Sheets, dict[str, str]]:
    """A framework, the sheets of some organisations, and the sector of each."""
    of = draw(frameworks())
    sectors = {
        f"ORG{n}": draw(st.sampled_from(["trust", "voluntary"]))
        for n in range(draw(st.integers(1, most)))
    }
    return of, {o: draw(sheets(of, sector)) for o, sector in sectors.items()}, sectors
