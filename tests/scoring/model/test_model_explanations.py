"""An explanation says what the engine did: its numbers, put together again, give the result."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from model_evaluation import states_of
from model_explanations import score_again, stage_again
from model_strategies import NOT_APPLICABLE, TOPS, UNANSWERED, Sheet, models, sheets
from reference_model import UNKNOWN, Reference

from remi.framework.model_file import load_model
from remi.scoring.model.explain import NotAskedError, explain
from remi.scoring.model.explain_parts import Explanation, Taken
from remi.scoring.model.explain_why import figure
from remi.scoring.model.plan import compiled
from schemas.maturity import FromStage, Levels, MaturityModel, Node, Staged

CONFIG = Path(__file__).resolve().parents[3] / "config"
BLANK, NA, OUT = -1, -2, -3

Drawn = tuple[MaturityModel, Sheet]

any_case = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@st.composite
def cases(draw: st.DrawFn) -> Drawn:
    model = draw(models(depths=(1, 3)))
    return model, draw(sheets(model))


@st.composite
def share_cases(draw: st.DrawFn) -> Drawn:
    """Models whose stages go by shares, in which few levels apply."""
    rules = ("staged", "levels")
    model = draw(models(depths=(2, 3), top=draw(st.sampled_from(TOPS)), stage_rules=rules))
    return model, draw(sheets(model))


def explained(model: MaturityModel, sheet: Sheet) -> list[tuple[Node, Explanation]]:
    """Every node that the organisation is asked anything of, explained."""
    plan, states, found = compiled(model), states_of(model, [sheet])[0], []
    for node in model.nodes():
        if Reference(model, sheet).asked(node):
            found.append((node, explain(plan, states, node.id, "o1")))
        else:
            with pytest.raises(NotAskedError):
                explain(plan, states, node.id, "o1")
    return found


def same(one: object, other: object) -> bool:
    """Fractions exactly, what has been through a root nearly."""
    if isinstance(one, float) or isinstance(other, float):
        return one == other or one == pytest.approx(other, rel=1e-9, abs=1e-9)
    return one == other


def taken(one: Taken | None) -> object:
    """What the reference calls it."""
    if one is None:
        return None
    return UNKNOWN if one.value is None else one.value


@any_case
@given(cases())
def test_an_explanation_gives_the_figures_that_the_second_engine_gives(drawn: Drawn) -> None:
    model, sheet = drawn
    reference = Reference(model, sheet)
    for node, found in explained(*drawn):
        outcome = reference.outcome(node)
        assert outcome is not None
        assert (found.stage, found.coverage.answered) == (outcome.stage, outcome.coverage)
        for name in ("score", "low", "high"):
            assert same(getattr(found, name), getattr(outcome, name)), name
        if node.children:
            assert found.state == outcome.status
        assert (found.stage_name is None) == (found.stage is None)


@any_case
@given(cases())
def test_the_numbers_of_an_explanation_recompute_the_node(drawn: Drawn) -> None:
    model, sheet = drawn
    reference = Reference(model, sheet)
    for node, found in explained(*drawn):
        if not node.children:
            continue
        assert stage_again(found, model) == reference.stage(node, None)
        if not isinstance(node.score, FromStage):
            assert same(score_again(found), reference.score(node, None))
        elif found.score is not None:
            assert found.score * (model.top_stage(node) or 0) == stage_again(found, model)
        if found.stage is not None:
            assert found.stage == stage_again(found, model)


@any_case
@given(cases())
def test_every_input_is_what_the_second_engine_takes_of_that_child(drawn: Drawn) -> None:
    model, sheet = drawn
    reference = Reference(model, sheet)
    for node, found in explained(*drawn):
        assert [i.node_id for i in found.inputs] == [child.id for child in node.children]
        for child, one in zip(node.children, found.inputs, strict=True):
            for track, own in (("stage", one.stage), ("score", one.score)):
                if own is not None:
                    assert same(taken(own), getattr(reference, track)(child, None))
            assert (one.state == "out_of_scope") == (not reference.asked(child))
            assert one.weight == child.weight
            assert child.children or one.state in (sheet[child.id], "answered")
        for track in ("stage", "score"):
            shares = [own.share for i in found.inputs if (own := getattr(i, track)) is not None]
            assert sum(shares, Fraction(0)) in (0, 1)


@any_case
@given(share_cases())
def test_the_shares_and_gates_shown_decide_the_stage(drawn: Drawn) -> None:
    model, sheet = drawn
    reference = Reference(model, sheet)
    for _, found in explained(*drawn):
        for child in found.inputs:
            if child.stage is not None:
                assert child.last_stage == reference.ceiling(model.node(child.node_id), None)
        for gate in found.gates:
            at = reference.stage(model.node(gate.node_id), None)
            assert gate.stage == (at if isinstance(at, int) else None)
            assert gate.holds == (at is None or (isinstance(at, int) and at >= gate.floor_stage))
        if found.stage is None or not isinstance(found.stage_rule, Staged | Levels):
            continue
        holding = [
            all(check.holds for check in found.checks if check.stage == stage)
            and all(gate.holds for gate in found.gates if gate.from_stage <= stage)
            for stage in sorted({check.stage for check in found.checks})
        ]
        for check in found.checks:
            if check.found is not None:
                assert check.holds == (check.found >= check.needed)
        if isinstance(found.stage_rule, Staged):
            assert found.stage == [*holding, False].index(False)
        elif found.stage_rule.empty_level == "hold":
            assert found.stage == max((n for n, good in enumerate(holding, 1) if good), default=0)


@any_case
@given(cases())
def test_all_that_has_no_answer_is_listed_with_what_its_policy_makes_of_it(drawn: Drawn) -> None:
    model, sheet = drawn
    policies = model.policies()
    for node, found in explained(*drawn):
        below = [leaf.id for leaf in model.leaves() if leaf.id in ids_below(node)]
        missing = [i for i in below if sheet[i] in (UNANSWERED, NOT_APPLICABLE)]
        assert [m.node_id for m in found.missing] == missing
        for one in found.missing:
            assert one.state == sheet[one.node_id]
            policy = policies[one.node_id]
            blank = one.state == UNANSWERED
            out = (
                (policy.unanswered_stage, policy.unanswered_score)
                if blank
                else (policy.not_applicable, policy.not_applicable)
            )
            for said, word in zip((one.for_stage, one.for_score), out, strict=True):
                assert (said == "leaves the count") == (word == "exclude")
                assert (said == "counts as the least answer") == (word == "zero")
                assert said.endswith("until it is answered") == (word == "null")


@any_case
@given(cases())
def test_what_the_status_rests_on_is_what_the_second_engine_judges_it_by(drawn: Drawn) -> None:
    model, sheet = drawn
    reference, policies = Reference(model, sheet), model.policies()
    for node, found in explained(*drawn):
        if not node.children:
            continue
        too_much = (found.coverage.not_applicable or 0) > found.coverage.not_applicable_ceiling
        assert too_much == reference.opted_out(node)
        withheld = found.coverage.withheld_below
        thin = found.coverage.answered is None or found.coverage.answered < withheld
        assert (thin or found.state not in ("provisional", "final")) == reference.withheld(node)
        stage = reference.stage(node, None)
        following = None
        if policies[node.id].provisional_next_level and isinstance(stage, int):
            following = reference.coverage(node, stage + 1)
        assert found.coverage.next_level_answered == following


@any_case
@given(cases())
def test_two_sentences_say_where_it_stands_and_what_would_move_it(drawn: Drawn) -> None:
    model, _ = drawn
    for node, found in explained(*drawn):
        where, further = found.sentences
        assert where.endswith(".")
        assert further.endswith(".")
        assert all(line.endswith(".") for line in found.rule)
        assert not any(word in where + further for word in ("None", "Fraction", "()"))
        if node.children and node.stage is not None:
            assert (found.stage is None) == ("has no stage" in where)
            if found.stage is not None:
                assert model.stage_name(node, found.stage) in where
            assert bool(found.blockers) == further.startswith("To reach")
            assert bool(found.blockers) == (found.without is None)


def ids_below(node: Node) -> set[str]:
    return {node.id}.union(*(ids_below(child) for child in node.children))


# By hand


def shipped(name: str, node: str, *row: int) -> Explanation:
    plan = compiled(load_model(CONFIG / "models" / f"{name}.yaml"))
    return explain(plan, np.array(row, dtype=np.int8), node, "R1")


def test_the_equality_delivery_system_in_words() -> None:
    one_short = shipped("eds-2022", "eds", *[2] * 10, 1)
    assert one_short.sentences == (
        "Equality Delivery System 2022 is in the band “Developing”, because its score of 21 is "
        "below 22, where “Achieving” begins.",
        "To reach “Achieving”, one answer is needed: 1A (People can get to and use the service, "
        "whoever they are) “Excelling”.",
    )
    assert one_short.rule[0] == (
        "The score decides: “Developing” from 8, “Achieving” from 22 and “Excelling” from 33, and "
        "“Undeveloped” below."
    )
    assert [i.score for i in one_short.inputs] == [
        Taken(Fraction(points), Fraction(1, 3)) for points in (8, 8, 5)
    ]


def test_an_outcome_without_a_rating_takes_the_total_away_and_is_named() -> None:
    blank = shipped("eds-2022", "eds", *[3] * 10, BLANK)
    assert (blank.stage, blank.score, blank.blockers) == (None, None, ())
    assert blank.sentences[0] == (
        "Equality Delivery System 2022 has no stage, because 3C (Leaders have the means to follow "
        "progress with staff and patients, and use them) was left unanswered."
    )
    assert (blank.low, blank.high) == (30, 33)
    assert [(m.node_id, m.for_score) for m in blank.missing] == [
        ("3C", "leaves no score until it is answered")
    ]


def test_the_domain_of_the_equality_delivery_system_has_points_and_no_stage() -> None:
    domain = shipped("eds-2022", "domain-1", 3, 2, 2, 1, *[0] * 7)
    assert domain.sentences == (
        "Services that people are offered or commissioned has a score of 8 of at most 12, made of "
        "all 4 questions.",
        "Every question that applies to it is answered.",
    )
    assert (domain.score, domain.next_stage) == (8, None)


def test_the_teaching_example_in_words() -> None:
    whole = shipped("teaching-example", "reception", 2, 1, 0, 1, BLANK)
    assert whole.sentences == (
        "Welcoming reception is at stage 0, Not started, with a score of 0.5, because none of its "
        "other parts have reached stage 1, Started, and 1 in 2 is needed.",
        "To reach stage 1, Started, one answer is needed: L1 (Signs are in the languages of the "
        "area) “In part”.",
    )
    people, languages = whole.inputs
    assert (people.score, people.weight) == (Taken(Fraction(2, 3), Fraction(2, 3)), Fraction(2))
    assert (languages.score, languages.state) == (
        Taken(Fraction(1, 6), Fraction(1, 3)),
        "provisional",
    )
    assert [(c.stage, str(c.of), c.found, c.holds) for c in whole.checks[:2]] == [
        (1, "core", Fraction(1), True),
        (1, "others", Fraction(0), False),
    ]


@pytest.mark.parametrize(
    ("node", "row", "expected"),
    [
        (
            "people",
            (2, 1, 0, 0, 0),
            "People at the desk is at stage 1, Started, with a score of 0.67, because P2 (Staff "
            "are trained to put people at ease) has not reached “Fully”.",
        ),
        (
            "languages",
            (0, 0, 2, 2, OUT),
            "Languages is at stage 2, Established, with a score of 1, because the lower median, by "
            "weight, of those of its questions is this.",
        ),
        (
            "people",
            (NA, NA, 0, 0, 0),
            "People at the desk has no stage, because nothing that was asked applies.",
        ),
        (
            "reception",
            (NA, NA, 2, 2, 2),
            "Welcoming reception has no stage, because 2 in 3 of what is asked is not applicable "
            "and at most 1 in 4 may be.",
        ),
        (
            "reception",
            (BLANK,) * 5,
            "Welcoming reception has no stage, because none of its questions was answered.",
        ),
        (
            "P2",
            (2, BLANK, 0, 0, 0),
            "P2 (Staff are trained to put people at ease) was left unanswered: for a stage it "
            "counts as the least answer, for a score it leaves the count.",
        ),
    ],
)
def test_where_the_parts_of_the_teaching_example_stand(
    node: str, row: tuple[int, ...], expected: str
) -> None:
    assert shipped("teaching-example", node, *row).sentences[0] == expected


SCALE = {
    "id": "how-far",
    "labels": [
        {"label": "No", "value": 0},
        {"label": "Part", "value": "1/2"},
        {"label": "Full", "value": 1},
    ],
}


def told(n: int, *row: int, levels: bool = False, **rules: Any) -> Explanation:
    """One node over some questions, explained."""
    questions = [
        {"id": f"q{k}", "name": f"question {k}", "scale": "how-far", "level": k if levels else None}
        for k in range(1, n + 1)
    ]
    stages = ["First", "Second"] if rules.get("stage", {"rule": "bands"})["rule"] != "bands" else []
    policy = {"not_applicable_ceiling": 1, "withheld_below": 0}
    root = {"id": "all", "name": "The whole", "children": questions, "policy": policy, **rules}
    model = MaturityModel.model_validate(
        {
            "id": "small",
            "version": "1.0",
            "name": "Small",
            "scales": [SCALE],
            "stages": stages,
            "root": root,
        }
    )
    return explain(compiled(model), np.array(row, dtype=np.int8), "all", "R1")


def test_a_gate_is_named_where_it_holds_the_stage() -> None:
    gate = {"item": "q1", "from_stage": 2, "floor_stage": 2}
    held = told(2, 1, 2, stage={"rule": "staged", "shares": "1/2", "gates": [gate]})
    assert held.sentences[0] == (
        "The whole is at stage 1, First, because question 1, which may not lag behind, has not "
        "reached “Full”."
    )
    assert held.rule[1] == "From stage 2, Second, on, question 1 must itself be at “Full”."
    assert [(g.node_id, g.stage, g.holds) for g in held.gates] == [("q1", 1, False)]


def test_a_gate_on_what_does_not_apply_holds_nothing_back() -> None:
    gate = {"item": "q1", "from_stage": 1, "floor_stage": 2}
    through = told(2, NA, 1, stage={"rule": "staged", "gates": [gate]})
    assert through.stage == 1
    assert [(g.stage, g.holds) for g in through.gates] == [(None, True)]


def test_a_part_with_nothing_left_to_reach_is_not_in_the_share_above_its_last_stage() -> None:
    levels = {"rule": "levels", "bar": "Full", "empty_level": "cap"}
    parts = [
        {
            "id": part,
            "name": f"Part {part}",
            "stage": levels,
            "children": [
                {"id": f"{part}{n}", "name": "A question", "scale": "how-far", "level": n}
                for n in (1, 2)
            ],
        }
        for part in ("a", "b")
    ]
    rule = {"rule": "staged", "shares": "3/4", "exhausted": "set_aside"}
    policy = {"not_applicable_ceiling": 1}
    root = {"id": "all", "name": "All", "stage": rule, "policy": policy, "children": parts}
    model = MaturityModel.model_validate(
        {
            "id": "small",
            "version": "1.0",
            "name": "Small",
            "scales": [SCALE],
            "stages": ["First", "Second"],
            "root": root,
        }
    )
    found = explain(compiled(model), np.array([2, NA, 2, 0], dtype=np.int8), "all", "R1")
    assert [i.last_stage for i in found.inputs] == [1, 2]
    # The first part has no second stage to reach: only the second is looked at there.
    assert [(c.stage, c.found, c.holds) for c in found.checks] == [
        (1, Fraction(1), True),
        (2, Fraction(0), False),
    ]
    above = explain(compiled(model), np.array([2, NA, 2, 2], dtype=np.int8), "all", "R1")
    assert (above.stage, above.checks[1].found) == (2, Fraction(1))


def test_a_share_that_is_too_small_is_given_with_the_one_that_is_needed() -> None:
    found = told(3, 2, 1, 0, stage={"rule": "staged", "shares": "2/3"})
    assert found.sentences[0] == (
        "The whole is at stage 1, First, because only 1 in 3 of its questions have reached stage "
        "2, Second, and 2 in 3 is needed."
    )


def test_signs_and_tables_are_put_in_words() -> None:
    signs = {"rule": "any_all", "not_achieved_if_any": 0, "achieved_if_all": 2}
    assert told(2, 2, 1, stage=signs).sentences[0] == (
        "The whole is at stage 1, First, because q2 (question 2) has not reached “Full”."
    )
    rows = {f"{a}, {b}": min(a, b) for a in range(3) for b in range(3)}
    table = {"rule": "table", "inputs": ["q2", "q1"], "rows": rows}
    assert told(2, 2, 1, stage=table).sentences == (
        "The whole is at stage 1, First, because question 2 at “Part” and question 1 at “Full” "
        "together mean that.",
        "To reach stage 2, Second, one answer is needed: q2 (question 2) “Full”.",
    )


def test_a_prorated_sum_is_said_with_the_highest_that_it_can_be() -> None:
    most = {"rule": "sum", "incomplete": "as_is"}
    questions = [{"id": f"q{k}", "name": "A question", "scale": "how-far"} for k in range(4)]
    points = {"id": "points", "name": "Points", "score": most, "children": questions[1:]}
    model = MaturityModel.model_validate(
        {
            "id": "small",
            "version": "1.0",
            "name": "Small",
            "scales": [SCALE],
            "root": {
                "id": "all",
                "name": "The whole",
                "score": {**most, "incomplete": "prorate"},
                "policy": {"withheld_below": 0},
                "children": [points, questions[0]],
            },
        }
    )
    row = np.array([2, 2, 2, BLANK], dtype=np.int8)
    found = explain(compiled(model), row, "all", "R1")
    # The best of what counts is the best of the whole, and the blank could only take a point.
    assert (found.low, found.score, found.high) == (3, 4, 4)
    assert found.sentences[0] == (
        "The whole provisionally has a score of 4 of at most 4, made of 1 of 2 parts."
    )
    assert [one.highest_score for one in found.inputs] == [3, 1]


def test_a_score_is_never_shown_outside_its_bounds() -> None:
    half = {"id": "half", "labels": [{"label": "A", "value": "1/2"}, {"label": "B", "value": 1}]}
    model = MaturityModel.model_validate(
        {
            "id": "small",
            "version": "1.0",
            "name": "Small",
            "scales": [SCALE, half],
            "root": {
                "id": "all",
                "name": "The whole",
                "score": {"rule": "power"},
                "policy": {"withheld_below": 0},
                "children": [
                    {"id": "q1", "name": "Question 1", "scale": "how-far"},
                    {"id": "q2", "name": "Question 2", "scale": "half"},
                ],
            },
        }
    )
    found = explain(compiled(model), np.array([0, BLANK], dtype=np.int8), "all", "R1")
    # What counts is at 0, though every answer to the blank is worth something.
    assert (found.low, found.score, found.high) == (0, 0, Fraction(1, 2))


def test_a_score_that_a_root_was_taken_for_is_no_fraction_and_all_others_are() -> None:
    mean, geometric = (
        told(2, 2, 1, score={"rule": "power", "p": p}).score for p in ("1", "geometric")
    )
    assert (type(mean), mean) == (Fraction, Fraction(3, 4))
    assert type(geometric) is float
    assert geometric == pytest.approx(0.5**0.5)


def test_a_score_is_rounded_half_up_and_never_onto_a_cut_that_it_has_not_reached() -> None:
    assert (figure(Fraction(1, 8)), figure(Fraction(2, 3)), figure(Fraction(3))) == (
        "0.13",
        "0.67",
        "3",
    )
    assert figure(Fraction(21999, 1000), [Fraction(22)]) == "21.999"
    bands = {"rule": "bands", "of": "score", "cuts": ["501/1000"], "labels": ["Low", "High"]}
    low = told(2, 2, 0, score={"rule": "power"}, stage=bands)
    assert "its score of 0.5 is below 501/1000, where “High” begins" in low.sentences[0]
    assert figure(Fraction(4999, 10000), [Fraction(1, 2)]) == "0.4999"
