"""How rules stand to each other, whatever the model.

Numbers are those of the invariants in the specification of scoring.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st
from model_cases import (
    OPEN,
    ORDINAL,
    STAGES_BY_STAGES,
    any_case,
    assert_never_lower,
    draw_case,
    stages,
)
from model_changes import (
    changed,
    with_policy,
    with_rules,
    with_stage,
)
from model_evaluation import Said, at_root, near, one
from model_strategies import (
    TOPS,
    Sheet,
    models,
    sheets,
)

from schemas.maturity import MaturityModel, Quantile, Staged

# 2


@any_case
@given(st.data(), st.sampled_from(TOPS))
def test_all_items_at_one_answer_give_that_answer(data: st.DataObject, top: int) -> None:
    model = data.draw(models(plain=True, top=top, end=Fraction(1), **ORDINAL))
    code = data.draw(st.integers(0, top))
    sheet: Sheet = {leaf.id: code for leaf in model.leaves()}
    value = float(model.scale_of(model.leaves()[0]).labels[code].value)
    for node_id, results in one(model, sheet).items():
        node = model.node(node_id)
        assert results.stage in (code, None if node.stage is None and node.children else code)
        if node.score is not None:
            assert near(results.score, value)


# 7


@any_case
@given(st.data())
def test_minimum_harmonic_geometric_mean_quadratic_and_maximum_are_in_this_order(
    data: st.DataObject,
) -> None:
    model, sheet = draw_case(
        data, top=None, end=Fraction(1), score_rules=("power",), stage_rules=STAGES_BY_STAGES
    )
    model = with_policy(model, **OPEN)
    means = ("minimum", "harmonic", "geometric", Fraction(1), Fraction(2), "maximum")
    rising = [one(with_rules(model, score={"p": p}), sheet) for p in means]
    for lower, higher in pairwise(rising):
        for node, results in lower.items():
            for name in ("score", "low", "high"):
                was, now = getattr(results, name), getattr(higher[node], name)
                assert (was is None) == (now is None)
                assert was is None or was <= now + 1e-9


# 8


def staged_by(model: MaturityModel, sheet: Sheet, share: Fraction) -> dict[str, Said]:
    return one(with_stage(model, Staged(shares=share)), sheet)


def quantiles(model: MaturityModel, sheet: Sheet, alpha: Fraction, side: Any) -> dict[str, Said]:
    return one(with_stage(model, Quantile(alpha=alpha, side=side)), sheet)


@any_case
@given(st.data(), st.sampled_from(TOPS))
def test_staged_over_all_is_the_lowest_and_over_half_the_upper_median(
    data: st.DataObject, top: int
) -> None:
    model, sheet = draw_case(data, top=top, end=None, stage_rules=("staged",))
    model = with_policy(model, **OPEN)
    lowest = quantiles(model, sheet, Fraction(0), "lower")
    median = quantiles(model, sheet, Fraction(1, 2), "upper")
    assert stages(staged_by(model, sheet, Fraction(1))) == stages(lowest)
    assert stages(staged_by(model, sheet, Fraction(1, 2))) == stages(median)


@any_case
@given(st.data(), st.sampled_from(TOPS))
def test_staged_lies_between_lowest_and_highest_and_never_rises_with_the_share(
    data: st.DataObject, top: int
) -> None:
    model, sheet = draw_case(data, top=top, end=None, stage_rules=("staged",))
    model = with_policy(model, **OPEN)
    shares = sorted(
        data.draw(
            st.lists(st.fractions(Fraction(1, 20), 1, max_denominator=60), min_size=2, max_size=4)
        )
    )
    falling = [staged_by(model, sheet, share) for share in shares]
    falling.append(quantiles(model, sheet, Fraction(0), "lower"))
    for higher, lower in pairwise([quantiles(model, sheet, Fraction(1), "upper"), *falling]):
        assert_never_lower(lower, higher, "stage")


# 9


@any_case
@given(st.data())
def test_a_strictly_rising_relabelling_commutes_with_staged_and_median(
    data: st.DataObject,
) -> None:
    top = data.draw(st.sampled_from((1, 2)))
    rules = data.draw(
        st.sampled_from(
            [
                Staged(shares=Fraction(2, 3)),
                Staged(shares=Fraction(1)),
                Quantile(),
                Quantile(side="upper"),
            ]
        )
    )
    model, sheet = draw_case(
        data, complete=True, plain=True, top=top, end=None, stage_rules=("staged",)
    )
    model = with_stage(model, rules)
    relabelled = data.draw(
        st.lists(st.integers(0, 3), min_size=top + 1, max_size=top + 1, unique=True).map(sorted)
    )
    wider = changed(
        model,
        lambda node: node.model_copy(update={"scale": None if node.children else "scale3"}),
        stages=("one", "two", "three"),
    )
    before = one(model, sheet)
    after = one(
        wider, {leaf: relabelled[k] if isinstance(k, int) else k for leaf, k in sheet.items()}
    )
    for node, results in before.items():
        expected = None if results.stage is None else relabelled[results.stage]
        assert after[node].stage == expected


@any_case
@given(st.data())
def test_what_answers_are_worth_never_moves_a_stage(data: st.DataObject) -> None:
    model, sheet = draw_case(data, stage_rules=STAGES_BY_STAGES)
    assume(all(isinstance(p.not_applicable, str) for p in model.policies().values()))
    bent = tuple(
        scale.model_copy(
            update={
                "labels": tuple(
                    label.model_copy(update={"value": label.value**3}) for label in scale.labels
                )
            }
        )
        for scale in model.scales
    )
    before, after = one(model, sheet), one(changed(model, lambda node: node, scales=bent), sheet)
    assert stages(before) == stages(after)


# 11


def practice(levels: int, streams: int, *, by_stream: bool) -> MaturityModel:
    """A practice whose points are summed over levels of streams, or of streams of levels."""
    mean, points = {"rule": "power"}, {"rule": "sum", "incomplete": "as_is"}
    outer, inner = (streams, levels) if by_stream else (levels, streams)

    def leaf(a: int, b: int) -> dict[str, Any]:
        level, stream = (b, a) if by_stream else (a, b)
        return {"id": f"q{level}-{stream}", "name": "A question", "scale": "samm"}

    return MaturityModel.model_validate(
        {
            "id": "practice",
            "version": "2.0",
            "name": "A practice",
            "scales": [
                {
                    "id": "samm",
                    "labels": [
                        {"label": f"answer {k}", "value": value}
                        for k, value in enumerate(("0", "0.25", "0.5", "1"))
                    ],
                }
            ],
            "root": {
                "id": "practice",
                "name": "A practice",
                "score": mean if by_stream else points,
                "children": [
                    {
                        "id": f"part{a}",
                        "name": "A part",
                        "score": points if by_stream else mean,
                        "children": [leaf(a, b) for b in range(inner)],
                    }
                    for a in range(outer)
                ],
            },
        }
    )


@any_case
@given(st.data(), st.integers(1, 4), st.integers(1, 3))
def test_samm_by_levels_is_samm_by_streams(data: st.DataObject, levels: int, streams: int) -> None:
    by_level = practice(levels, streams, by_stream=False)
    by_stream = practice(levels, streams, by_stream=True)
    sheet = data.draw(sheets(by_level, complete=True))
    assert near(at_root(by_level, sheet).score, at_root(by_stream, sheet).score)
