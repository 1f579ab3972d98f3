"""Confidence in words: never averaged, never part of a score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remi.scoring.confidence import (
    AGREEMENT,
    EVIDENCE,
    ConfidenceWords,
    node_confidence,
    unverified_shares,
)
from remi.scoring.model.evaluate import NodeResults, Results, evaluate
from remi.scoring.model.plan import compiled
from remi.scoring.model.states import LeafStates, to_states
from schemas.maturity import MaturityModel

FIVE = ("nothing to go by", "very low", "low", "medium", "high")
WORD_OF = {
    ("none", "low"): FIVE[0],
    ("none", "high"): FIVE[0],
    ("limited", "low"): FIVE[1],
    ("limited", "high"): FIVE[2],
    ("adequate", "low"): FIVE[3],
    ("adequate", "high"): FIVE[4],
}
WORDS = ConfidenceWords(FIVE, WORD_OF)
MODEL = MaturityModel.model_validate(
    {
        "id": "sample",
        "version": "1.0",
        "name": "Sample",
        "scales": [
            {
                "id": "half",
                "labels": [
                    {"label": "no", "value": 0},
                    {"label": "part", "value": "1/2"},
                    {"label": "yes", "value": 1},
                ],
            }
        ],
        "stages": ["begun", "done"],
        "root": {
            "id": "whole",
            "name": "Whole",
            "score": {"rule": "power"},
            "stage": {
                "rule": "staged",
                "shares": "1/2",
                "gates": [{"item": "pair", "from_stage": 1, "floor_stage": 1}],
            },
            "children": [
                {"id": "a", "name": "A", "scale": "half", "weight": 2},
                {
                    "id": "pair",
                    "name": "Pair",
                    "score": {"rule": "power"},
                    "stage": {"rule": "quantile"},
                    "children": [
                        {"id": "b", "name": "B", "scale": "half"},
                        {"id": "c", "name": "C", "scale": "half", "weight": 3},
                    ],
                },
            ],
        },
    }
)
PLAN = compiled(MODEL)
Answers = Mapping[str, str]


def frame(answers: Answers) -> pd.DataFrame:
    return pd.DataFrame(
        [("R1", leaf, answer, "sheet", "A1") for leaf, answer in answers.items()],
        columns=["organisation_id", "node_id", "answer", "sheet", "cell"],
    )


def states(answers: Answers | pd.DataFrame) -> LeafStates:
    rows = answers if isinstance(answers, pd.DataFrame) else frame(answers)
    return to_states(rows, pd.DataFrame({"organisation_id": ["R1"], "sector": ["any"]}), MODEL)


def judged(**by_leaf: tuple[str, str, bool]) -> pd.DataFrame:
    rows = [("R1", leaf, *judgement) for leaf, judgement in by_leaf.items()]
    columns = ["organisation_id", "node_id", "evidence", "agreement", "verified"]
    return pd.DataFrame(rows, columns=columns)


def test_a_node_has_the_weights_of_its_questions_by_word() -> None:
    given_answers = states({"a": "yes", "b": "no", "c": "part"})
    made = node_confidence(
        judged(a=("adequate", "high", True), b=("none", "high", True), c=("limited", "low", True)),
        given_answers,
        PLAN,
        WORDS,
    ).set_index(["node_id", "word"])
    # Paths: a has 2/3, b 1/3 * 1/4 and c 1/3 * 3/4: 8, 1 and 3 of 12.
    assert made.loc["whole", "weight"].to_dict() == {
        "nothing to go by": 1,
        "very low": 3,
        "low": 0,
        "medium": 0,
        "high": 8,
    }
    assert made.loc["pair", "weight"].tolist() == [1, 3, 0, 0, 0]
    # The gate is “pair”: the least word below it stands, whatever the rest says.
    assert made.loc["whole", "worst_gate"].unique().tolist() == ["nothing to go by"]
    assert made.loc["pair", "worst_gate"].isna().all()


def test_a_blank_has_no_confidence_and_holds_no_gate() -> None:
    made = node_confidence(judged(a=("limited", "high", True)), states({"a": "no"}), PLAN, WORDS)
    assert set(made["node_id"]) == {"whole", "a"}
    assert made["worst_gate"].isna().all()
    assert made[made["node_id"] == "whole"]["weight"].tolist() == [0, 0, 8, 0, 0]


def test_the_unverified_share_is_of_what_is_claimed() -> None:
    found = unverified_shares(
        judged(a=("none", "low", False), b=("none", "low", False), c=("none", "low", True)),
        states({"a": "part", "b": "no", "c": "yes"}),
        PLAN,
    ).set_index("node_id")
    # Claimed: 8 * 1/2 and 3 * 1 of 12; of these the first is not verified.
    assert found.loc["whole", "share"] == pytest.approx(4 / 7)
    assert (found.loc["pair", "share"], found.loc["a", "share"]) == (0, 1)
    # Nothing is claimed by “no”.
    assert found.loc["b", "share"] is pd.NA
    assert "claims" in found.loc["b", "reason"]


def test_every_pair_needs_a_word_that_is_in_order() -> None:
    with pytest.raises(ValueError, match="none evidence with high agreement"):
        ConfidenceWords(FIVE, {k: v for k, v in WORD_OF.items() if k != ("none", "high")})
    with pytest.raises(ValueError, match="has no word"):
        ConfidenceWords(FIVE[:4], WORD_OF)


def test_more_evidence_or_agreement_never_has_a_lower_word() -> None:
    for pair in (("limited", "high"), ("adequate", "low")):
        with pytest.raises(ValueError, match="is below that for"):
            ConfidenceWords(FIVE, {**WORD_OF, pair: FIVE[0]})


def test_only_what_is_answered_is_judged_and_once() -> None:
    answers = states({"a": "yes"})
    one = judged(a=("none", "low", True))
    with pytest.raises(ValueError, match="a of R1 is answered but not judged"):
        node_confidence(one.iloc[:0], answers, PLAN, WORDS)
    both = judged(a=("none", "low", True), b=("none", "low", True))
    with pytest.raises(ValueError, match="b of R1 is judged but not answered"):
        unverified_shares(both, answers, PLAN)
    with pytest.raises(ValueError, match="twice"):
        unverified_shares(pd.concat([one, one]), answers, PLAN)
    with pytest.raises(ValueError, match="not there"):
        unverified_shares(one.assign(node_id="z"), answers, PLAN)
    with pytest.raises(ValueError, match="splendid"):
        node_confidence(one.assign(evidence="splendid"), answers, PLAN, WORDS)


def same(one: Results, other: Results) -> None:
    for field in fields(NodeResults):
        np.testing.assert_array_equal(
            getattr(one, field.name), getattr(other, field.name), field.name
        )


@settings(max_examples=40, deadline=None)
@given(
    st.fixed_dictionaries({leaf: st.sampled_from(("no", "part", "yes")) for leaf in "abc"}),
    st.lists(st.sampled_from(list(product(EVIDENCE, AGREEMENT))), min_size=3, max_size=3),
    st.lists(st.booleans(), min_size=3, max_size=3),
)
def test_evidence_and_confidence_never_change_a_score(
    answers: dict[str, str], pairs: list[tuple[str, str]], verified: list[bool]
) -> None:
    plain = states(answers)
    before = evaluate(plain.states, PLAN)
    found = judged(**{leaf: (*p, v) for leaf, p, v in zip("abc", pairs, verified, strict=True)})
    node_confidence(found, plain, PLAN, WORDS)
    unverified_shares(found, plain, PLAN)
    same(before, evaluate(plain.states, PLAN))
    # Nor do they where they stand beside the answers.
    beside = frame(answers).merge(found, on=["organisation_id", "node_id"])
    same(before, evaluate(states(beside).states, PLAN))
