"""The guide's worked examples and the public models, computed: configuration and no code."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from remi.framework.model_file import editor_schema, load_model
from remi.scoring.model.evaluate import evaluate
from remi.scoring.model.plan import compiled
from remi.scoring.model.states import NOT_APPLICABLE, UNANSWERED
from schemas.maturity import MaturityModel, Node, NodePolicy

PROJECT = Path(__file__).parents[2]
GUIDE = (PROJECT / "docs" / "models.md").read_text("utf-8")
BLOCKS: list[str] = re.findall(r"```yaml\n(.*?)```", GUIDE, flags=re.DOTALL)
SCALES = next(yaml.safe_load(block) for block in BLOCKS if block.startswith("scales:"))
EXAMPLES: dict[str, dict[str, Any]] = {
    node["id"]: node for node in (yaml.safe_load(b) for b in BLOCKS if b.startswith("id: "))
}

NO, PART, FULL = 0, 1, 2

Outcome = tuple[float | None, int | None]
"""Score and stage of the node at the top."""


def outcome(model: MaturityModel, codes: list[int]) -> Outcome:
    found = evaluate(np.array([codes], dtype=np.int8), compiled(model))
    score, stage = float(found.score[0, 0]), int(found.stage[0, 0])
    return None if np.isnan(score) else score, None if stage < 0 else stage


def public(name: str) -> MaturityModel:
    return load_model(Path(__file__).parent / "models" / f"{name}.yaml")


# The guide


def example(name: str, **changes: object) -> MaturityModel:
    root = {**EXAMPLES[name], **changes}
    content = {**SCALES, "id": "guide", "version": "1.0", "name": "Guide", "root": root}
    if "stage" in root:
        content["stages"] = ["First", "Second"]
    return MaturityModel.model_validate(content)


@pytest.mark.parametrize(
    ("name", "changes", "codes", "expected"),
    [
        ("mean", {}, [FULL, NO], (0.75, None)),
        ("mean", {"score": {"rule": "power", "p": "geometric"}}, [FULL, NO], (0, None)),
        ("points", {}, [FULL, PART, NOT_APPLICABLE], (4.5, None)),
        (
            "points",
            {"score": {"rule": "sum", "scale": 2, "incomplete": "as_is"}},
            [FULL, PART, NOT_APPLICABLE],
            (3, None),
        ),
        ("median", {}, [NO, FULL], (None, 0)),
        ("median", {"stage": {"rule": "quantile", "side": "upper"}}, [NO, FULL], (None, 2)),
        ("journey", {}, [FULL, PART, PART], (2.75, None)),
        ("staged-indicator", {}, [FULL, PART], (0.5, 1)),
        ("most", {}, [FULL, FULL, NO], (None, 2)),
        ("most", {"stage": {"rule": "staged", "shares": [1, "2/3"]}}, [FULL, FULL, NO], (None, 0)),
        ("core-and-gate", {}, [FULL, FULL, NO], (None, 1)),
        (
            "core-and-gate",
            {"stage": {"rule": "staged", "over": "core", "others_share": "1/2"}},
            [FULL, FULL, NO],
            (None, 2),
        ),
        ("capability", {}, [FULL, PART], (None, 2)),
        ("capability", {}, [PART, FULL], (None, 1)),
        ("signs", {}, [FULL, PART], (None, 1)),
        ("signs", {}, [FULL, NO], (None, 0)),
        ("signs", {}, [FULL, FULL], (None, 2)),
        ("two-answers", {}, [NO, FULL], (None, 1)),
        ("total", {}, [FULL, PART], (3, 1)),
        ("total", {}, [FULL, FULL], (4, 2)),
    ],
)
def test_what_the_guide_says_of_its_examples_is_so(
    name: str, changes: dict[str, object], codes: list[int], expected: Outcome
) -> None:
    assert outcome(example(name, **changes), codes) == expected


def test_the_guide_has_an_example_of_every_rule_and_names_every_policy_and_field() -> None:
    nodes = EXAMPLES.values()
    shown = {node[kind]["rule"] for node in nodes for kind in ("stage", "score") if kind in node}
    rules = {
        definition["properties"]["rule"]["const"]
        for definition in json.loads(editor_schema())["$defs"].values()
        if "rule" in definition["properties"]
    }
    assert shown == rules
    for field in (*NodePolicy.model_fields, *Node.model_fields, *MaturityModel.model_fields):
        assert f"`{field}`" in GUIDE, field


# Public models


@pytest.mark.parametrize(
    ("total", "stage"), [(7, 0), (8, 1), (21, 1), (22, 2), (31, 2), (32, 2), (33, 3)]
)
@pytest.mark.parametrize("first", [0, 5])
def test_an_eds_total_is_the_sum_of_eleven_and_its_band_is_exact(
    total: int, stage: int, first: int
) -> None:
    eds = load_model(PROJECT / "config" / "models" / "eds-2022.yaml")
    ratings = [min(3, max(0, total - 3 * place)) for place in range(11)]
    assert outcome(eds, [*ratings[first:], *ratings[:first]]) == (total, stage)


def test_eds_gives_domain_sums_beside_the_total() -> None:
    eds = load_model(PROJECT / "config" / "models" / "eds-2022.yaml")
    plan = compiled(eds)
    found = evaluate(np.array([[1, 2, 3, 0, 2, 2, 2, 2, 3, 3, 1]], dtype=np.int8), plan)
    scores = {node.id: score for node, score in zip(eds.nodes(), found.score[:, 0], strict=True)}
    assert [scores[name] for name in ("domain-1", "domain-2", "domain-3", "eds")] == [6, 8, 7, 21]


def test_an_eds_total_of_ten_outcomes_is_not_given() -> None:
    eds = load_model(PROJECT / "config" / "models" / "eds-2022.yaml")
    assert outcome(eds, [UNANSWERED, *[3] * 10]) == (None, None)


def test_averaged_streams_give_each_function_0_to_3_and_a_blank_is_0() -> None:
    functions = public("business-functions")
    assert outcome(functions, [3] * 30) == (3, None)
    # Values .25 and .5 in every level: 3 levels of .375.
    assert outcome(functions, [1, 2] * 15) == (1.125, None)
    one_blank = outcome(functions, [UNANSWERED, *[3] * 29])
    assert one_blank == outcome(functions, [0, *[3] * 29])
    assert one_blank[0] == pytest.approx(2.9)


def test_a_cell_that_does_not_apply_leaves_the_count_of_its_dimension() -> None:
    points = public("proof-points")
    assert outcome(points, [3] * 12) == (1, None)
    assert outcome(points, [*[3, 0, NOT_APPLICABLE, NOT_APPLICABLE], *[3] * 8]) == (0.75, None)


@pytest.mark.parametrize(
    ("recruiting", "complaints", "stage"),
    [
        ([3, 2, 2, 2, 2], [3, 3, 3], 2),
        ([3, 3, 3, 2, 2], [3, 3, 2], 3),
        ([2, 3, 3, 3, 3], [3, 3, 3], 1),
        ([1, 3, 3, 3, 3], [3, 3, 3], 0),
    ],
)
def test_a_capability_level_needs_largely_at_the_level_and_fully_below_it(
    recruiting: list[int], complaints: list[int], stage: int
) -> None:
    assert outcome(public("capability-levels"), [*recruiting, *complaints]) == (None, stage)


@pytest.mark.parametrize(
    ("codes", "stage"), [([2, 2, 2, 2], 2), ([2, 1, 2, 2], 1), ([2, 2, 0, 2], 0)]
)
def test_one_bad_sign_is_enough_for_not_achieved(codes: list[int], stage: int) -> None:
    assert outcome(public("any-all"), codes) == (None, stage)


@pytest.mark.parametrize(
    ("policy", "practice", "stage"),
    [(0, 0, 0), (0, 1, 0), (0, 2, 1), (1, 0, 0), (1, 1, 1), (1, 2, 2)],
)
def test_a_decision_table_gives_the_row_that_is_written(
    policy: int, practice: int, stage: int
) -> None:
    assert outcome(public("decision-table"), [policy, practice]) == (None, stage)


def test_a_cumulative_product_counts_a_level_only_as_far_as_those_below_it() -> None:
    product = public("cumulative-product")
    assert outcome(product, [4, 4, 4, 4, 4]) == (5, 4)
    # 1 + 3/4 + 3/4 x 1/2 + 3/4 x 1/2 x 1/2 + 3/4 x 1/2 x 1/2 x 1/4
    assert outcome(product, [3, 2, 2, 3, 1]) == (2.359375, 1)
    assert outcome(product, [0, 4, 4, 4, 4]) == (1, 0)
    assert outcome(product, [4, 0, 4, 4, 4]) == (2, 1)


def test_a_high_water_mark_is_the_furthest_thing_that_is_done() -> None:
    assert outcome(public("high-water-mark"), [0, 0, 3]) == (1, 3)
    assert outcome(public("high-water-mark"), [1, 0, 0])[1] == 1


def test_an_offset_scale_starts_above_0() -> None:
    assert outcome(public("offset-scale"), [3, 4]) == (pytest.approx(0.9), None)
    assert outcome(public("offset-scale"), [0, 0]) == (pytest.approx(0.2), None)
