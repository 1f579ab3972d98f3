"""Why a stage is what it is, and the fewest criteria that would make it the next."""

from __future__ import annotations

from dataclasses import asdict
from fractions import Fraction
from itertools import chain, combinations
from math import comb

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scoring_samples import (
    CYCLE,
    SIX_CORE,
    Sheets,
    answer_frame,
    collections,
    framework,
    grid,
    indicator,
    organisation_frame,
)

from remi.scoring.arrays import Code, Codes, outline, to_array
from remi.scoring.blockers import (
    Criteria,
    blockers_of_commitment,
    blockers_of_indicator,
    raised,
)
from remi.scoring.engine import score_cycle, score_states
from remi.scoring.explain import NoExplanationError, explain
from remi.scoring.explanation import Explanation
from remi.scoring.indicators import PROVISIONAL
from schemas.framework import Attainment, Framework, NotApplicablePolicy, ScoringPolicy
from schemas.intake import AnswerState

any_case = settings(max_examples=60, deadline=None)

MIXED = framework(
    {
        "leadership": [
            indicator("L1"),
            indicator("L2"),
            *(indicator(f"L{n}", core=False) for n in range(3, 8)),
        ],
        "workforce": [indicator("W1", applies_to=("trusts",)), indicator("W2")],
    },
    scoring=ScoringPolicy(attainment=Attainment(rule="all_core_and_share_of_others")),
)


def explained(text: str, node: str | None = None, of: Framework = SIX_CORE) -> Explanation:
    return explain(answer_frame({"ORG": grid(text)}, of), "ORG", "trust", of, node)


def arrays(of: Framework, sheets: Sheets, sectors: dict[str, str]) -> Codes:
    return to_array(answer_frame(sheets, of), organisation_frame(sectors), of).states


def reach(
    of: Framework, states: Codes, place: int, sets: list[Criteria], target: int
) -> list[bool]:
    shape = outline(of)
    tried = np.array([raised(states, some, shape) for some in sets])
    found = score_states(tried, shape, of.scoring).commitments
    return list((found.stage[place] >= target) & (found.status[place] >= PROVISIONAL))


Drawn = tuple[Framework, Sheets, dict[str, str]]


@any_case
@given(collections(most=2))
def test_meeting_exactly_the_blockers_reaches_the_next_stage_and_any_fewer_do_not(
    drawn: Drawn,
) -> None:
    of, *_ = drawn
    shape = outline(of)
    for states in arrays(*drawn):
        now = score_states(states[None], shape, of.scoring).commitments
        for place in range(len(shape.commitment_ids)):
            blockers = blockers_of_commitment(states, place, shape, of.scoring)
            if not blockers:
                continue
            target = int(now.stage[place, 0]) + 1
            assert reach(of, states, place, [blockers], target) == [True]
            few = min(len(blockers), 8)
            proper = chain(
                *(combinations(blockers, n) for n in range(few)),
                combinations(blockers, len(blockers) - 1),
            )
            assert not any(reach(of, states, place, list(proper), target))


@any_case
@given(collections(most=2))
def test_no_smaller_set_of_criteria_reaches_the_next_stage(drawn: Drawn) -> None:
    of, *_ = drawn
    shape = outline(of)
    for states in arrays(*drawn):
        now = score_states(states[None], shape, of.scoring).commitments
        for place in range(len(shape.commitment_ids)):
            open_to_all = [
                (i, s)
                for i in np.flatnonzero(shape.commitment_of == place).tolist()
                for s in range(1, shape.n_stages + 1)
                if states[i * shape.n_stages + s - 1]
                not in (Code.MET, Code.NOT_APPLICABLE, Code.OUT_OF_SCOPE)
            ]
            blockers = blockers_of_commitment(states, place, shape, of.scoring)
            stage = int(now.stage[place, 0])
            if now.status[place, 0] < PROVISIONAL or stage == shape.n_stages:
                assert blockers == ()
            elif not blockers:
                assert not any(reach(of, states, place, [tuple(open_to_all)], stage + 1))
            elif comb(len(open_to_all), len(blockers) - 1) <= 3000:
                smaller = list(combinations(open_to_all, len(blockers) - 1))
                assert not any(reach(of, states, place, smaller, stage + 1))


@any_case
@given(collections(most=2))
def test_an_indicator_needs_one_criterion_for_its_next_stage(drawn: Drawn) -> None:
    of, *_ = drawn
    shape = outline(of)
    for states in arrays(*drawn):
        now = score_states(states[None], shape, of.scoring).indicators
        for place in range(len(shape.indicator_ids)):
            blockers = blockers_of_indicator(states, place, shape)
            then = score_states(raised(states, blockers, shape)[None], shape, of.scoring).indicators
            rises = then.stage[place, 0] > now.stage[place, 0]
            assert rises == bool(blockers)


@any_case
@given(collections(), st.data())
def test_an_explanation_gives_the_stage_that_is_published(
    drawn: Drawn, data: st.DataObject
) -> None:
    of, sheets, sectors = drawn
    answers = answer_frame(sheets, of)
    published = score_cycle(answers, organisation_frame(sectors), of, CYCLE, "hash")
    columns = ["organisation_id", "commitment_id", "status", "stage", "floor_stage"]
    for key, node, status, stage, floor in published.commitment_stages[columns].itertuples(
        index=False, name=None
    ):
        found = explain(answers, key, sectors[key], of, node)
        assert found.status == status
        assert found.stage == (None if pd.isna(stage) else stage)
        assert found.floor_stage == (None if pd.isna(floor) else floor)
        assert len(found.sentences) == 2
        assert (found.next_stage is None) == (found.blockers == ())
    lowest = published.organisation_profiles.set_index("organisation_id")["lowest_stage"]
    for key, stage in lowest.items():
        whole = explain(answers, str(key), sectors[str(key)], of)
        assert whole.stage == (None if pd.isna(stage) else stage)


def test_two_sentences_say_what_holds_a_commitment_back_and_what_it_needs() -> None:
    found = explained(
        """
        L1: m m m n n n
        L2: m m m n n n
        L3: m m p n n n
        L4: m m . n n n
        L5: m m m n n n
        L6: m m m n n n
        """,
        "leadership",
    )
    assert found.sentences == (
        "leadership is at stage 2, Stage 2, because L3 L3 has not met its stage 3 criterion and "
        "L4 L4 has left its stage 3 criterion unanswered.",
        "To reach stage 3, Stage 3, two criteria are needed: L3 L3, “L3 3”; L4 L4, “L4 3”.",
    )
    assert [(c.indicator_id, c.stage, c.sheet, c.cell) for c in found.blockers] == [
        ("L3", 3, "leadership", "C3"),
        ("L4", 3, "leadership", "C3"),
    ]
    assert [c.indicator_id for c in found.unanswered] == ["L4"]


def test_the_others_that_are_cheapest_are_asked_for() -> None:
    found = explained(
        """
        L1: m m n n n n
        L2: m m m n n n
        L3: m m m n n n
        L4: m m m n n n
        L5: m m m n n n
        L6: m n n n n n
        L7: m m p n n n
        W1: m m m m m m
        W2: m m m m m m
        """,
        "leadership",
        MIXED,
    )
    assert [(c.indicator_id, c.stage) for c in found.blockers] == [("L1", 3), ("L7", 3)]
    assert "fewer than 4 in 5 of its other indicators have reached stage 3" in found.sentences[0]


def test_completing_an_indicator_that_ends_early_can_be_cheaper_than_raising_one() -> None:
    lenient = ScoringPolicy(
        attainment=Attainment(rule="all_core_and_share_of_others", share_of_others=Fraction(3, 5)),
        not_applicable=NotApplicablePolicy(ceiling=Fraction(1)),
    )
    found = explained(
        """
        L1: m m m n n n
        L2: m m m n n n
        L3: m n x x x x
        L4: m m x x x x
        L5: m m m n n n
        L6: m m m n n n
        L7: n n n n n n
        """,
        "leadership",
        MIXED.model_copy(update={"scoring": lenient}),
    )
    assert (found.stage, found.next_stage) == (2, 3)
    assert [(c.indicator_id, c.stage) for c in found.blockers] == [("L3", 2)]
    assert found.sentences[1].endswith("one criterion is needed: L3 L3 at stage 2, “L3 2”.")


def test_everything_met_and_nothing_left_are_said_apart() -> None:
    top = explained("\n".join(f"L{n}: mmmmmm" for n in range(1, 7)), "leadership")
    assert top.sentences[0] == "leadership is at stage 6, Stage 6, because it is the last."
    assert (top.next_stage, top.blockers) == (None, ())
    done = explained("L1: m m m x x x\n" + "\n".join(f"L{n}: mmmnnn" for n in range(2, 7)), "L1")
    assert done.stage == 3
    assert "no criterion that applies to it is left to meet" in done.sentences[0]


def test_no_answer_is_never_explained_as_stage_zero() -> None:
    found = explained("\n".join(f"L{n}: ......" for n in range(1, 7)), "leadership")
    assert found.stage is None
    assert "none of its criteria was answered" in found.sentences[0]
    assert "not stage 0" in found.sentences[1]
    assert explained("\n".join(f"L{n}: ......" for n in range(1, 7))).stage is None


def test_too_much_not_applicable_is_explained_with_its_stage_and_ceiling() -> None:
    found = explained(
        "L1: m x n n n n\nL2: m x n n n n\n" + "\n".join(f"L{n}: mmnnnn" for n in range(3, 7)),
        "leadership",
    )
    assert found.sentences == (
        "leadership cannot be assessed, because 2 of 6 criteria of stage 2, Stage 2, were answered "
        "“not applicable”.",
        "It gets a stage once no more than 1 of 6 are at any stage.",
    )
    assert [c.indicator_id for c in found.not_applicable] == ["L1", "L2"]


def test_every_answer_says_how_it_was_treated() -> None:
    found = explained("L1: m x p m . -\n" + "\n".join(f"L{n}: mmnnnn" for n in range(2, 7)), "L1")
    said = {c.answer: c.treatment for c in found.inputs if c.stage != 1}
    assert "claim ahead" in said[AnswerState.MET]
    assert "floor" in said[AnswerState.NOT_APPLICABLE]
    assert "only “met” does" in said[AnswerState.PART]
    assert "counts as not met" in said[AnswerState.UNANSWERED]
    assert "earlier gap" in said[AnswerState.NOT_NEEDED]
    assert found.inputs[0].treatment == "counts"


def test_a_whole_organisation_must_raise_every_commitment_at_its_lowest_stage() -> None:
    text = "\n".join(f"L{n}: mmnnnn" for n in range(1, 8)) + "\nW1: mmnnnn\nW2: mmmnnn"
    found = explained(text, None, MIXED)
    assert found.stage == 2
    assert {c.commitment_id for c in found.blockers} == {"leadership", "workforce"}
    assert "leadership and workforce have reached no further" in found.sentences[0]


def test_the_rule_is_told_as_the_framework_has_it() -> None:
    strict = " ".join(explained("L1: mnnnnn", "leadership").rule)
    assert "1 in 5" in strict
    assert "other indicators" not in strict
    shares = " ".join(explained("L1: mnnnnn", "leadership", MIXED).rule)
    assert "At least 4 in 5 of its other indicators" in shares


def test_what_cannot_be_explained_is_said_plainly() -> None:
    answers = answer_frame({"ORG": grid("L1: mnnnnn")}, MIXED)
    with pytest.raises(NoExplanationError, match="no answers of OTHER"):
        explain(answers, "OTHER", "trust", MIXED)
    with pytest.raises(NoExplanationError, match="no commitment or indicator “L99”"):
        explain(answers, "ORG", "trust", MIXED, "L99")
    with pytest.raises(NoExplanationError, match="W1 is not asked of organisations of this kind"):
        explain(answers, "ORG", "voluntary", MIXED, "W1")


def test_an_explanation_can_be_written_for_programs() -> None:
    found = asdict(explained("L1: mnnnnn", "L1"))
    assert found["blockers"][0]["answer"] == "not_met"


def test_a_stage_that_rests_on_too_few_answers_is_said_to_be_provisional() -> None:
    found = explained("\n".join(f"L{n}: mm...." for n in range(1, 7)), "leadership")
    assert found.status == "provisional"
    assert found.sentences[0].startswith("leadership is provisionally at stage 2, Stage 2, because")
    assert "have left their stage 3 criterion unanswered" in found.sentences[0]
