"""Every rule of the engine on cases small enough to work out by hand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from remi.scoring.indicators import STATUSES
from remi.scoring.model.blockers import blockers
from remi.scoring.model.evaluate import Results, evaluate
from remi.scoring.model.plan import compiled
from remi.scoring.model.states import NOT_APPLICABLE, UNANSWERED, to_states
from schemas.maturity import MaturityModel

BLANK, NA = UNANSWERED, NOT_APPLICABLE
EVEN_FIVE = {
    "id": "steps",
    "labels": [{"label": f"step {k}", "value": f"{k}/4"} for k in range(5)],
}


def leaf(name: str, scale: str = "steps", **more: Any) -> dict[str, Any]:
    return {"id": name, "name": name, "scale": scale, **more}


def node(name: str, children: Sequence[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {"id": name, "name": name, "children": list(children), **more}


def model(root: dict[str, Any], *scales: dict[str, Any], n_stages: int = 4) -> MaturityModel:
    return MaturityModel.model_validate(
        {
            "id": "sample",
            "version": "1.0",
            "name": "Sample",
            "scales": list(scales or (EVEN_FIVE,)),
            "stages": [f"Stage {n}" for n in range(1, n_stages + 1)],
            "root": root,
        }
    )


def flat(
    weights: Sequence[str],
    stage: dict[str, Any] | None = None,
    score: dict[str, Any] | None = None,
    policy: dict[str, Any] | None = None,
    core: Sequence[int] = (),
) -> MaturityModel:
    """One node over as many leaves of five steps as there are weights."""
    children = [leaf(f"q{n}", weight=w, core=n in core) for n, w in enumerate(weights)]
    more = {"stage": stage, "score": score, "policy": policy or {"not_applicable_ceiling": 1}}
    written = {key: value for key, value in more.items() if value is not None}
    return model(node("all", children, **written), n_stages=4 if stage else 0)


def results(of: MaturityModel, *rows: Sequence[int]) -> Results:
    return evaluate(np.array(rows, dtype=np.int8), compiled(of))


def stages(of: MaturityModel, *rows: Sequence[int]) -> list[int]:
    """The stage of the root, for each row of answers."""
    return [int(stage) for stage in results(of, *rows).stage[0]]


def score(of: MaturityModel, *row: int) -> float:
    return float(results(of, row).score[0, 0])


def status(of: MaturityModel, *row: int) -> str:
    return STATUSES[results(of, row).status[0, 0]].value


# Staged


def test_staged_over_all_is_the_lowest_child() -> None:
    assert stages(flat(["1"] * 3, {"rule": "staged"}), (4, 2, 3), (0, 4, 4)) == [2, 0]


def test_staged_over_a_half_is_the_upper_median() -> None:
    half = flat(["1"] * 4, {"rule": "staged", "shares": "1/2"})
    assert stages(half, (0, 1, 3, 4), (2, 2, 2, 4)) == [3, 2]
    upper = flat(["1"] * 4, {"rule": "quantile", "side": "upper"})
    assert stages(upper, (0, 1, 3, 4), (2, 2, 2, 4)) == [3, 2]


def test_exactly_four_fifths_of_the_weight_is_four_fifths() -> None:
    fifths = flat(["1/3"] * 5, {"rule": "staged", "shares": "4/5"})
    assert stages(fifths, (3, 3, 3, 3, 0), (3, 3, 3, 0, 0)) == [3, 0]


def test_the_share_may_differ_from_stage_to_stage_but_no_stage_is_jumped() -> None:
    falling = flat(["1"] * 4, {"rule": "staged", "shares": ["1", "1/2", "1/4", "1"]})
    assert stages(falling, (1, 1, 2, 3), (1, 1, 1, 4), (0, 4, 4, 4)) == [3, 1, 0]


def test_core_children_hold_the_stage_and_a_share_of_the_others_may_be_asked_besides() -> None:
    core = {"rule": "staged", "over": "core"}
    assert stages(flat(["1"] * 4, core, core=[0, 1]), (3, 4, 0, 0)) == [3]
    others = {**core, "others_share": "1/2"}
    assert stages(flat(["1"] * 4, others, core=[0, 1]), (3, 4, 0, 0), (3, 4, 2, 0)) == [0, 2]


def test_without_an_applicable_core_child_the_node_is_not_assessable() -> None:
    core = flat(["1"] * 3, {"rule": "staged", "over": "core"}, core=[0])
    assert status(core, NA, 4, 4) == "not_assessable"
    assert stages(core, (NA, 4, 4)) == [-1]


def test_a_gate_holds_the_stage_until_its_item_is_there() -> None:
    gate = {"item": "q0", "from_stage": 2, "floor_stage": 3}
    gated = flat(["1"] * 4, {"rule": "staged", "shares": "1/2", "gates": [gate]})
    assert stages(gated, (2, 4, 4, 4), (3, 4, 4, 4), (NA, 4, 4, 4)) == [1, 4, 4]


def test_an_explicit_weight_of_zero_stays_zero() -> None:
    heavy = flat(["1", "0", "1"], {"rule": "staged"}, {"rule": "power"})
    found = results(heavy, (4, 0, 2), (4, BLANK, 2), (BLANK, 4, BLANK))
    assert found.stage[0].tolist() == [2, 2, -1]
    assert found.score[0, :2].tolist() == [0.75, 0.75]
    assert STATUSES[found.status[0, 2]].value == "not_assessed"


@pytest.mark.parametrize("p", ["minimum", "harmonic", "geometric"])
def test_a_child_of_weight_zero_is_not_the_least_of_its_siblings(p: str) -> None:
    assert score(flat(["1", "0"], score={"rule": "power", "p": p}), 4, 0) == 1


# Quantile, levels, any or all, table


def test_the_lower_quantile_is_the_smallest_value_with_enough_weight_at_or_below_it() -> None:
    lower = flat(["1"] * 4, {"rule": "quantile"}, {"rule": "quantile"})
    assert stages(lower, (0, 1, 3, 4)) == [1]
    assert score(lower, 0, 1, 3, 4) == 0.25
    weighted = flat(["3", "1", "1"], {"rule": "quantile"})
    assert stages(weighted, (1, 4, 4)) == [1]
    lowest, highest = (flat(["1"] * 3, {"rule": "quantile", "alpha": a}) for a in ("0", "1"))
    assert stages(lowest, (2, 1, 4)) + stages(highest, (2, 1, 4)) == [1, 4]


NPLF = {
    "id": "nplf",
    "labels": [
        {"label": label, "value": value}
        for label, value in (("N", "0"), ("P", "1/3"), ("L", "2/3"), ("F", "1"))
    ],
}


def capability(**more: Any) -> MaturityModel:
    children = [leaf(f"a{n}", "nplf", level=level) for n, level in enumerate((1, 2, 2, 3))]
    rule = {"rule": "levels", "bar": "L", "lower_bar": "F", **more}
    return model(
        node("process", children, stage=rule, policy={"not_applicable_ceiling": 1}),
        NPLF,
        n_stages=3,
    )


def test_a_capability_level_needs_its_own_largely_and_all_lower_ones_fully() -> None:
    n, p, largely, fully = range(4)
    assert stages(
        capability(),
        (largely, n, n, n),
        (largely, fully, fully, fully),
        (fully, largely, fully, n),
        (fully, fully, fully, largely),
        (p, fully, fully, fully),
    ) == [1, 1, 2, 3, 0]


def test_opting_out_of_the_top_level_raises_only_where_the_model_says_that_empty_levels_hold() -> (
    None
):
    assert stages(capability(), (3, 3, 3, NA)) == [3]
    assert stages(capability(empty_level="cap"), (3, 3, 3, NA), (3, NA, NA, 3)) == [2, 3]


def test_one_not_achieved_statement_is_enough_for_not_achieved() -> None:
    rule = {"rule": "any_all", "not_achieved_if_any": 0, "achieved_if_all": 4}
    children = [leaf(f"q{n}") for n in range(3)]
    policy = {"not_applicable_ceiling": 1}
    outcome = model(node("all", children, stage=rule, policy=policy), n_stages=2)
    assert stages(outcome, (0, 4, 4), (1, 4, 4), (4, 4, 4), (NA, 4, 4)) == [0, 1, 2, 2]


def test_a_decision_table_is_read_row_by_row() -> None:
    yes_no = {
        "id": "yes_no",
        "labels": [{"label": "no", "value": 0}, {"label": "yes", "value": 1}],
    }
    rows = {"0, 0": 0, "0, 1": 1, "1, 0": 0, "1, 1": 2}
    table = {"rule": "table", "inputs": ["b", "a"], "rows": rows}
    policy = {"not_applicable_ceiling": 1}
    decided = model(
        node("all", [leaf("a", "yes_no"), leaf("b", "yes_no")], stage=table, policy=policy),
        yes_no,
        n_stages=2,
    )
    assert stages(decided, (0, 0), (1, 0), (0, 1), (1, 1)) == [0, 1, 0, 2]
    assert status(decided, 1, NA) == "not_assessable"


# Powers, sums, products, bands


def test_any_zero_makes_a_geometric_and_a_harmonic_mean_zero() -> None:
    for p in ("geometric", "harmonic", "-1/2", "0"):
        assert score(flat(["1", "1"], score={"rule": "power", "p": p}), 0, 4) == 0


def test_power_means_by_hand() -> None:
    def mean(p: str) -> float:
        return score(flat(["1", "3"], score={"rule": "power", "p": p}), 1, 4)

    assert mean("1") == pytest.approx(13 / 16)
    assert mean("harmonic") == pytest.approx(4 / 7)
    assert mean("geometric") == pytest.approx((1 / 4) ** (1 / 4))
    assert mean("2") == pytest.approx(math.sqrt((1 / 16 + 3) / 4))
    assert (mean("minimum"), mean("maximum")) == (0.25, 1.0)


def test_the_cumulative_product_of_the_published_example() -> None:
    children = [leaf(f"s{level}", level=level) for level in (3, 2, 5, 4)]
    tracc = model(node("all", children, score={"rule": "cumulative_product"}), n_stages=0)
    assert score(tracc, 2, 3, 1, 2) == 2.359375
    assert score(tracc, 4, 0, 4, 4) == 1


ZERO_TO_THREE = {
    "id": "points",
    "labels": [{"label": str(k), "value": f"{k}/3"} for k in range(4)],
}


def eds() -> MaturityModel:
    """Three domains of 4, 3 and 4 outcomes, each the lower middle of three services."""
    domains, number = [], 0
    for domain, size in enumerate((4, 3, 4), 1):
        outcomes = []
        for _ in range(size):
            number += 1
            services = [leaf(f"o{number}.{n}", "points") for n in range(3)]
            outcomes.append(node(f"o{number}", services, score={"rule": "quantile"}))
        points = {"rule": "sum", "scale": 3, "incomplete": "as_is"}
        domains.append(node(f"d{domain}", outcomes, score=points))
    labels = ["Undeveloped", "Developing", "Achieving", "Excelling"]
    bands = {"rule": "bands", "of": "sum", "cuts": [8, 22, 33], "labels": labels}
    total = {"rule": "sum", "incomplete": "as_is"}
    return model(node("all", domains, score=total, stage=bands), ZERO_TO_THREE, n_stages=0)


@pytest.mark.parametrize(
    ("total", "band"),
    [
        (7, "Undeveloped"),
        (8, "Developing"),
        (21, "Developing"),
        (22, "Achieving"),
        (32, "Achieving"),
        (33, "Excelling"),
    ],
)
def test_the_bands_of_the_equality_delivery_system(total: int, band: str) -> None:
    of = eds()
    whole, rest = divmod(total, 11)
    outcomes = [whole + (n < rest) for n in range(11)]
    # The middle of three services decides; the others lie on either side of it.
    row = [code for k in outcomes for code in (k, max(k - 1, 0), min(k + 1, 3))]
    found = results(of, row)
    assert found.score[0, 0] == pytest.approx(total)
    assert of.stage_name(of.root, int(found.stage[0, 0])) == band


def test_a_sum_counts_each_child_as_often_as_it_weighs() -> None:
    as_is, prorated = (
        flat(["3", "1/2", "1"], score={"rule": "sum", "scale": 2, "incomplete": incomplete})
        for incomplete in ("as_is", "prorate")
    )
    assert (score(as_is, 2, 4, 0), score(prorated, 2, 4, 0)) == (4, 4)
    assert score(as_is, 2, 4, NA) == 4
    assert score(prorated, 2, 4, NA) == pytest.approx(4 * 4.5 / 3.5)


def test_a_sum_over_what_is_left_can_be_prorated() -> None:
    row = (4, 2, NA, NA)
    as_is, prorated = (
        flat(["1", "1", "1", "1"], score={"rule": "sum", "scale": 2, "incomplete": incomplete})
        for incomplete in ("as_is", "prorate")
    )
    assert (score(as_is, *row), score(prorated, *row)) == (3, 6)


@pytest.mark.parametrize(
    ("row", "points"),
    [
        # Of 3 and 2 points: all of the 3, and all of the 2, are all of the 5.
        ((4, 4, 4, NA), 5),
        ((NA, NA, NA, 4), 5),
        # 1 1/2 points of 3, and 1 of 2, are half of what is there and half of the whole.
        ((2, 2, 2, NA), Fraction(5, 2)),
        ((NA, NA, NA, 2), Fraction(5, 2)),
        # The part itself adds up what is there, so it has 2 of its 3.
        ((4, 4, NA, NA), Fraction(10, 3)),
        ((4, 2, 0, 4), Fraction(7, 2)),
        ((0, 0, 0, NA), 0),
    ],
)
def test_a_sum_is_prorated_by_what_its_parts_can_give(
    row: tuple[int, ...], points: Fraction
) -> None:
    total = {"rule": "sum", "incomplete": "as_is"}
    part = node("part", [leaf(f"q{n}") for n in range(3)], score=total)
    top = leaf("top") | {"weight": 2}
    # Of weight 0, so none of its 12 points is made up for.
    beside = node("beside", [leaf("q9")], score=total | {"scale": 12}) | {"weight": 0}
    whole = model(
        node(
            "all",
            [part, top, beside],
            score=total | {"incomplete": "prorate"},
            policy={"not_applicable_ceiling": 1},
        ),
        n_stages=0,
    )
    assert score(whole, *row, 4) == pytest.approx(float(points))


def test_a_part_that_weighs_nothing_does_not_raise_what_a_mean_can_be() -> None:
    points = {"rule": "sum", "scale": 12, "incomplete": "as_is"}
    beside = node("beside", [leaf("q2")], score=points) | {"weight": 0}
    mean = node("mean", [leaf("q1"), beside], score={"rule": "power"})
    whole = model(
        node(
            "all",
            [mean, leaf("q3")],
            score={"rule": "sum", "incomplete": "prorate"},
            policy={"not_applicable_ceiling": 1},
        ),
        n_stages=0,
    )
    assert whole.highest_score(whole.root) == 2
    # One point of one, where it would be less than a tenth of the whole if the mean ended at 12.
    assert score(whole, NA, 4, 4) == 2


def test_a_sum_of_which_nothing_counts_has_no_score() -> None:
    prorated = flat(["1", "1"], score={"rule": "sum", "incomplete": "prorate"})
    assert np.isnan(results(prorated, [NA, NA]).score[0, 0])


def samm(by: str, **policy: str) -> MaturityModel:
    steps = {
        "id": "samm",
        "labels": [
            {"label": label, "value": value}
            for label, value in (("No", 0), ("Some", "0.25"), ("Half", "0.5"), ("Most", 1))
        ],
    }
    total = {"rule": "sum", "incomplete": "as_is"}
    answers = {(n, stream): leaf(f"{stream}{n}", "samm") for n in (1, 2, 3) for stream in "AB"}
    if by == "levels":
        levels = [
            node(f"L{n}", [answers[n, s] for s in "AB"], score={"rule": "power"}) for n in (1, 2, 3)
        ]
        practice = node("practice", levels, score=total)
    else:
        streams = [node(s, [answers[n, s] for n in (1, 2, 3)], score=total) for s in "AB"]
        practice = node("practice", streams, score={"rule": "power"})
    return model({**practice, "policy": policy}, steps, n_stages=0)


def test_a_practice_by_levels_is_the_practice_by_streams() -> None:
    assert score(samm("levels"), 3, 2, 1, 1, 0, 3) == 1.5
    assert score(samm("streams"), 3, 1, 0, 2, 1, 3) == 1.5


def test_a_blank_may_be_nothing_and_not_applicable_full_marks_where_the_model_says_so() -> None:
    blank = {"unanswered_score": "zero", "withheld_below": "0"}
    assert score(samm("levels", **blank), 3, BLANK, BLANK, BLANK, BLANK, BLANK) == 0.5
    full = {"not_applicable": "full", "not_applicable_ceiling": "1"}
    assert score(samm("levels", **full), NA, NA, 3, 0, 0, 0) == 1.5


# What is missing


def test_a_stage_is_provisional_where_the_level_above_it_is_blank_if_the_model_looks_there() -> (
    None
):
    def found(looks: bool, *row: int) -> str:
        children = [leaf(f"a{n}", "nplf", level=level) for n, level in enumerate((1, 1, 1, 1, 2))]
        policy = {"provisional_next_level": looks}
        rule = {"rule": "levels", "bar": "F"}
        return status(
            model(node("all", children, stage=rule, policy=policy), NPLF, n_stages=2), *row
        )

    # Four of five are answered, which is enough for the whole, but nothing of the level above.
    assert found(True, 3, 3, 3, 3, BLANK) == "provisional"
    assert found(False, 3, 3, 3, 3, BLANK) == "final"
    assert found(True, 3, 3, 3, 3, 0) == "final"
    # At stage 0 it is level 1 that decides, of which three of four are too few.
    assert found(True, 3, 3, 0, BLANK, 3) == "provisional"
    assert found(False, 3, 3, 0, BLANK, 3) == "final"


def test_a_blank_left_out_never_hides_what_it_could_be() -> None:
    mean = flat(["1", "1"], score={"rule": "power"}, policy={"withheld_below": "0"})
    found = results(mean, (4, BLANK), (4, 2))
    assert found.score[0].tolist() == [1, 0.75]
    assert (found.low[0].tolist(), found.high[0].tolist()) == ([0.5, 0.75], [1, 0.75])


def test_a_score_is_shown_at_exactly_two_thirds_of_coverage_and_withheld_below() -> None:
    thirds = flat(["1/3", "1/3", "1/3", "0.001"], score={"rule": "power"})
    just_short = results(thirds, (4, 4, BLANK, BLANK))
    assert np.isnan(just_short.score[0, 0])
    assert just_short.high[0, 0] == 1
    assert score(flat(["1/3"] * 3, score={"rule": "power"}), 4, 4, BLANK) == 1


def test_coverage_is_weighed_along_the_path_in_whole_numbers() -> None:
    below = [
        node("a", [leaf("a1"), leaf("a2"), leaf("a3")], score={"rule": "power"}, weight="1/2"),
        node("b", [leaf("b1", weight="2"), leaf("b2")], score={"rule": "power"}, weight="1"),
    ]
    found = results(
        model(node("all", below, score={"rule": "power"}), n_stages=0), (4, BLANK, BLANK, 4, NA)
    )
    shares = [
        Fraction(int(found.coverage_answered[place, 0]), int(found.coverage_applicable[place, 0]))
        for place in (0, 1, 5)
    ]
    assert shares == [Fraction(1 + 4, 3 + 4), Fraction(1, 3), Fraction(1)]


def test_what_does_not_apply_leaves_the_mean_and_no_answer_at_all_is_no_score() -> None:
    below = [
        node(name, [leaf(f"{name}1"), leaf(f"{name}2")], score={"rule": "power"}) for name in "ab"
    ]
    policy = {"not_applicable_ceiling": "1", "withheld_below": "0"}
    of = model(node("all", below, score={"rule": "power"}, policy=policy), n_stages=0)
    found = results(of, (NA, NA, 4, 2), (BLANK, BLANK, 4, 2), (NA, NA, NA, NA))
    assert found.score[0, :2].tolist() == [0.75, 0.75]
    words = [STATUSES[place].value for place in found.status[1]]
    assert words == ["not_applicable", "not_assessed", "not_applicable"]
    assert np.isnan(found.score[:, 2]).all()
    assert np.isnan(found.low[:, 2]).all()


def test_too_much_not_applicable_is_not_assessable_and_exactly_the_ceiling_is_not() -> None:
    of = flat(["1"] * 5, {"rule": "staged"}, policy={"not_applicable_ceiling": "1/5"})
    assert status(of, NA, 4, 4, 4, 4) == "final"
    assert status(of, NA, NA, 4, 4, 4) == "not_assessable"


def test_a_blank_counts_as_nothing_or_takes_the_stage_away_or_is_left_out_as_the_model_says() -> (
    None
):
    def left(policy: str) -> list[int]:
        rule = {"rule": "staged", "shares": "1/2"}
        return stages(flat(["1"] * 3, rule, policy={"unanswered_stage": policy}), (4, 2, BLANK))

    assert (left("zero"), left("null"), left("exclude")) == ([2], [-1], [4])


@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(1, 30)), min_size=1, max_size=6),
    st.sampled_from(["1", "-1"]),
)
def test_a_score_at_exactly_the_cut_is_in_the_band_above_it(
    answers: list[tuple[int, int]], p: str
) -> None:
    tenths = [Fraction(1, 10), Fraction(3, 10), Fraction(6, 10), Fraction(7, 10), Fraction(1)]
    scale = {
        "id": "steps",
        "labels": [{"label": f"{k}", "value": str(v)} for k, v in enumerate(tenths)],
    }
    weight = sum(w for _, w in answers)
    power = int(p)
    exact = (sum(w * tenths[k] ** power for k, w in answers) / Fraction(weight)) ** power
    for cut, reached in ((exact, 1), (exact + Fraction(1, 10**12), 0)):
        if cut > 1:
            continue
        bands = {"rule": "bands", "of": "score", "cuts": [str(cut)], "labels": ["below", "at"]}
        children = [leaf(f"q{n}", weight=str(w)) for n, (_, w) in enumerate(answers)]
        root = node("all", children, score={"rule": "power", "p": p}, stage=bands)
        assert stages(model(root, scale, n_stages=0), [k for k, _ in answers]) == [reached]


def test_coverage_of_weights_without_a_common_measure_is_exact() -> None:
    primes = ["1/1000000007", "1/998244353", "1/1000000009"]
    plan = compiled(flat(primes, score={"rule": "power"}))
    found = evaluate(np.array([[4, 4, BLANK], [4, 0, 4]], dtype=np.int8), plan)
    weights = [Fraction(prime) for prime in primes]
    answered, applicable = found.coverage_answered[0], found.coverage_applicable[0]
    assert Fraction(answered[0], applicable[0]) == sum(weights[:2]) / sum(weights)
    # Equal scores have that mean, and not one a hair away from it.
    assert found.score[0, 0] == 1
    assert found.score[0, 1] == pytest.approx(float((weights[0] + weights[2]) / sum(weights)))


@pytest.mark.parametrize(
    "rule",
    [
        {"rule": "staged", "shares": "1/2"},
        {"rule": "quantile", "alpha": "1/2", "side": "upper"},
        {"rule": "levels", "bar": 1, "share": "1/2"},
    ],
    ids=lambda rule: str(rule["rule"]),
)
def test_exactly_half_is_enough_of_weights_of_any_fineness(rule: dict[str, Any]) -> None:
    weights = [Fraction(whole, 10**31) for whole in (10**30, 10**30 - 1, 1)]
    children = [leaf(f"q{n}", weight=str(weight), level=1) for n, weight in enumerate(weights)]
    two = {"id": "steps", "labels": [{"label": "no", "value": 0}, {"label": "yes", "value": 1}]}
    of = model(node("all", children, stage=rule), two, n_stages=1)
    # The first is half of all, and so are the others; without the least of them they are not.
    assert stages(of, (1, 0, 0), (0, 1, 1), (0, 1, 0)) == [1, 1, 0]


def test_an_organisation_alone_gets_to_the_last_bit_what_it_gets_among_thousands() -> None:
    of = eds()
    rows = np.random.default_rng(3).integers(-2, 4, (5000, 33)).astype(np.int8)
    together = evaluate(rows, compiled(of))
    for number in (0, 4095, 4096, 4999):
        alone = evaluate(rows[[number]], compiled(of))
        for name in ("score", "low", "high", "stage", "status"):
            np.testing.assert_array_equal(
                getattr(alone, name)[:, 0], getattr(together, name)[:, number]
            )


def test_a_stage_that_needs_every_child_is_not_given_where_a_final_child_has_none() -> None:
    two = {"id": "steps", "labels": [{"label": "no", "value": 0}, {"label": "yes", "value": 1}]}
    table = {"rule": "table", "inputs": ["a1"], "rows": {"0": 0, "1": 1}}
    every = {"rule": "staged", "shares": 1, "needs_every_child": True}
    root = node(
        "root",
        [node("a", [leaf("a1"), leaf("a2")], stage=table), leaf("b")],
        stage=every,
        policy={"unanswered_stage": "exclude", "provisional_below": 0},
    )
    plan = compiled(model(root, two, n_stages=1))
    found = evaluate(np.array([[BLANK, 1, 1], [1, 1, 1]], dtype=np.int8), plan)
    assert list(found.stage[plan.place("a")]) == [-1, 1]
    assert list(found.stage[plan.place("root")]) == [-1, 1]


@pytest.mark.parametrize(
    "rule",
    [
        {"rule": "staged", "over": "core"},
        {
            "rule": "table",
            "inputs": ["a", "b"],
            "rows": {"0, 0": 0, "0, 1": 0, "1, 0": 0, "1, 1": 1},
        },
    ],
)
def test_a_blank_that_leaves_no_stage_does_so_beside_one_that_leaves_the_count(
    rule: dict[str, Any],
) -> None:
    two = {"id": "steps", "labels": [{"label": "no", "value": 0}, {"label": "yes", "value": 1}]}
    a = leaf("a", core=True, policy={"unanswered_stage": "exclude"})
    b = leaf("b", policy={"unanswered_stage": "null"})
    part = node("part", [a, b], stage=rule)
    of = model(node("root", [part, leaf("c")], stage={"rule": "staged"}), two, n_stages=1)
    assert stages(of, (BLANK, BLANK, 1), (1, BLANK, 1), (BLANK, 1, 1)) == [-1, -1, 1]


def test_a_prorated_sum_is_right_where_parts_can_give_more_than_64_bits_hold() -> None:
    huge = {"rule": "sum", "incomplete": "as_is", "scale": str(2**40)}
    part = node("part", [leaf("q1")], score=huge) | {"weight": str(2**30)}
    policy = {"not_applicable_ceiling": 1, "withheld_below": 0, "provisional_below": 0}
    rule = {"rule": "sum", "incomplete": "prorate"}
    of = model(node("all", [part, leaf("q2")], score=rule, policy=policy), n_stages=0)
    assert score(of, 4, 4) == pytest.approx(2**70 + 1)
    assert score(of, 4, NA) == pytest.approx(2**70 + 1)
    assert score(of, NA, 4) == pytest.approx(2**70 + 1)


def test_a_scale_may_have_more_answers_than_a_byte_has_codes() -> None:
    labels = [{"label": f"{k} %", "value": str(Fraction(k, 200))} for k in range(201)]
    scale = {"id": "steps", "labels": labels}
    bands = {"rule": "bands", "of": "score", "cuts": ["1/2", "1"], "labels": ["a", "b", "c"]}
    root = node("all", [leaf("q1"), leaf("q2")], score={"rule": "power"}, stage=bands)
    of = model(root, scale, n_stages=0)
    assert of.scale_of(of.leaves()[0]).top == 200
    answers = pd.DataFrame(
        {"organisation_id": "o1", "node_id": ["q1", "q2"], "answer": ["200 %", "129 %"]}
    ).assign(sheet="Answers", cell="A1")
    given = to_states(answers, pd.DataFrame({"organisation_id": ["o1"], "sector": ["s"]}), of)
    found = evaluate(given.states, compiled(of))
    assert found.score[0, 0] == pytest.approx(329 / 400)
    assert found.stage[:, 0].tolist() == [1, 200, 129]
    rises = blockers(compiled(of), given.states[0], "all").rises
    assert [(rise.node_id, rise.needed) for rise in rises] == [("q2", 200)]
