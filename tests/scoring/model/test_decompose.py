"""What a change between two years is made of: the parts, their sum, their sign and their names."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise, permutations, product
from typing import Literal

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scoring_samples import framework, indicator

from remi.scoring.model.change_effects import (
    Cause,
    Effect,
    YearValues,
    effects_frame,
    other_effects,
)
from remi.scoring.model.change_means import (
    Leaf,
    cause_of,
    geometric_effects,
    mean_effects,
)
from remi.scoring.model.decompose import decompose, leaves_of, value_in
from remi.scoring.model.index import as_model
from remi.scoring.model.owen import MOST_STEPS, Part, TooManyPartsError, owen_values
from remi.scoring.model.plan import compiled
from remi.scoring.model.states import NOT_APPLICABLE, OUT_OF_SCOPE, UNANSWERED
from schemas.maturity import (
    Anchor,
    MaturityModel,
    Node,
    NodePolicy,
    Power,
    Quantile,
    Scale,
    ScaleLabel,
    Staged,
)

HALF = Fraction(1, 2)
KINDS: list[Literal["answered", "unanswered", "not_applicable"]] = [
    "answered",
    "unanswered",
    "not_applicable",
]
Year = Mapping[str, Leaf]


@dataclass(frozen=True)
class Tree:
    id: str
    weight: Fraction = Fraction(1)
    children: tuple[Tree, ...] = ()


def leaf_ids(tree: Tree) -> list[str]:
    return [i for c in tree.children for i in leaf_ids(c)] if tree.children else [tree.id]


def mean(tree: Tree, year: Year) -> Fraction | None:
    """The mean of what counts, from the bottom up: not a path weight anywhere."""
    if not tree.children:
        value = year[tree.id].value
        return None if value is None else Fraction(value)
    found = [(c.weight, mean(c, year)) for c in tree.children]
    counted = [(w, x) for w, x in found if x is not None]
    weight = sum(w for w, _ in counted)
    return sum(w * x for w, x in counted) / weight if weight else None


def swapped_signs(effects: Sequence[Effect]) -> list[tuple[str, Cause, Fraction | float]]:
    return [(e.node_id, e.cause, -e.amount) for e in effects]


def by_node(effects: Sequence[Effect]) -> dict[str, Fraction | float]:
    amounts: dict[str, Fraction | float] = {}
    for effect in effects:
        amounts[effect.node_id] = amounts.get(effect.node_id, Fraction(0)) + effect.amount
    return amounts


weights = st.sampled_from([Fraction(n, d) for n in range(1, 6) for d in (1, 3, 7)])
weights_or_none = st.sampled_from([Fraction(n, d) for n in range(4) for d in (1, 3, 7)])
values = st.sampled_from([Fraction(n, 6) for n in range(7)])


@st.composite
def trees(draw: st.DrawFn) -> tuple[Tree, Tree]:
    """The same tree of two levels, uneven, with the weights of two versions."""
    sizes = draw(st.lists(st.integers(0, 4), min_size=1, max_size=4))

    def weighed() -> Tree:
        return Tree(
            "root",
            children=tuple(
                Tree(
                    f"c{n}",
                    draw(weights_or_none),
                    tuple(Tree(f"c{n}.{m}", draw(weights_or_none)) for m in range(size)),
                )
                for n, size in enumerate(sizes)
            ),
        )

    return weighed(), weighed()


@st.composite
def years(draw: st.DrawFn, tree: Tree, kinds: Sequence[str] = KINDS) -> dict[str, Leaf]:
    """Any answers of which one at least counts; what is not answered does not count."""
    made: dict[str, Leaf] = {}
    for leaf_id in leaf_ids(tree):
        kind = draw(st.sampled_from(kinds))
        value = draw(values) if kind == "answered" else None
        made[leaf_id] = Leaf(kind, value)  # type: ignore[arg-type]
    if all(leaf.value is None for leaf in made.values()):
        made[leaf_ids(tree)[0]] = Leaf("answered", draw(values))
    return made


# Trees of means


@settings(deadline=None)
@given(st.data())
def test_the_parts_of_a_mean_add_up_to_its_change_exactly(data: st.DataObject) -> None:
    roots = data.draw(trees())
    two = data.draw(years(roots[0])), data.draw(years(roots[0]))
    before, after = mean(roots[0], two[0]), mean(roots[1], two[1])
    assume(before is not None and after is not None)
    assert sum(e.amount for e in mean_effects(roots, two)) == after - before  # type: ignore[operator]


@settings(deadline=None)
@given(st.data())
def test_swapping_the_years_turns_the_sign_of_every_part(data: st.DataObject) -> None:
    roots = data.draw(trees())
    two = data.draw(years(roots[0])), data.draw(years(roots[0]))
    assume(mean(roots[0], two[0]) is not None and mean(roots[1], two[1]) is not None)
    back = mean_effects(roots[::-1], two[::-1])
    assert sorted(swapped_signs(back)) == sorted(map(tuple, mean_effects(roots, two)))


@settings(deadline=None)
@given(st.data())
def test_where_the_same_is_answered_a_part_is_its_weight_times_its_change(
    data: st.DataObject,
) -> None:
    root, _ = data.draw(trees())
    before, after = (data.draw(years(root, ["answered"])) for _ in range(2))
    assume(mean(root, before) is not None)
    found = mean_effects((root, root), (before, after))
    assert {e.cause for e in found} <= {Cause.PERFORMANCE}
    top = sum(c.weight for c in root.children)
    expected = {}
    for child in root.children:
        below = child.children or (Tree(child.id),)
        within = sum(leaf.weight for leaf in below)
        assume(within)
        for leaf in below:
            moved = after[leaf.id].value - before[leaf.id].value  # type: ignore[operator]
            if moved and child.weight and leaf.weight:
                expected[leaf.id] = child.weight / top * leaf.weight / within * moved
    assert by_node(found) == expected


TWO = Tree("root", children=(Tree("a"), Tree("b")))


def two(a: Fraction | int | None, b: Fraction | int | None, absent: str = "unanswered") -> Year:
    return {
        name: Leaf("answered", Fraction(x)) if x is not None else Leaf(absent, None)  # type: ignore[arg-type]
        for name, x in (("a", a), ("b", b))
    }


def test_a_blank_that_is_answered_moves_the_mean_by_coverage_alone() -> None:
    found = mean_effects((TWO, TWO), (two(1, None), two(1, 0)))
    # a weighed all and weighs half; both lie 1/4 and 3/4 from the middle of the two years.
    assert found == (
        Effect("a", Cause.COVERAGE, Fraction(-1, 8)),
        Effect("b", Cause.COVERAGE, Fraction(-3, 8)),
    )


def test_what_comes_to_apply_moves_the_mean_by_applicability_alone() -> None:
    found = mean_effects((TWO, TWO), (two(1, None, "not_applicable"), two(1, 0)))
    assert {e.cause for e in found} == {Cause.APPLICABILITY}
    assert sum(e.amount for e in found) == -HALF


def test_a_blank_that_ceases_to_apply_changes_nothing() -> None:
    assert mean_effects((TWO, TWO), (two(1, None), two(1, None, "not_applicable"))) == ()


def test_other_weights_alone_are_an_effect_of_weights_alone() -> None:
    heavier = Tree("root", children=(Tree("a", Fraction(3)), Tree("b")))
    found = mean_effects((TWO, heavier), (two(1, 0), two(1, 0)))
    assert {e.cause for e in found} == {Cause.WEIGHTS}
    assert sum(e.amount for e in found) == Fraction(1, 4)


def test_an_answer_blanks_and_weights_that_change_at_once_are_told_apart() -> None:
    three = Tree("root", children=(Tree("a"), Tree("b"), Tree("c"), Tree("d")))
    heavier = Tree("root", children=(Tree("a", Fraction(2)), *three.children[1:]))
    answered = Leaf("answered", Fraction(1))
    before = {
        "a": Leaf("answered", Fraction(0)),
        "b": Leaf("unanswered", None),
        "c": Leaf("not_applicable", None),
        "d": answered,
    }
    after = {"a": answered, "b": Leaf("answered", Fraction(0)), "c": answered, "d": answered}
    found = mean_effects((three, heavier), (before, after))
    causes = {cause: sum(e.amount for e in found if e.cause == cause) for cause in Cause}
    assert {c for c, amount in causes.items() if amount} == {
        Cause.PERFORMANCE,
        Cause.COVERAGE,
        Cause.APPLICABILITY,
        Cause.WEIGHTS,
    }
    assert causes[Cause.PERFORMANCE] == (HALF + Fraction(2, 5)) / 2
    assert sum(causes.values()) == Fraction(4, 5) - HALF


def test_a_year_in_which_nothing_counts_has_no_change_to_split() -> None:
    with pytest.raises(ValueError, match="nothing counts"):
        mean_effects((TWO, TWO), (two(None, None), two(1, 1)))


def test_years_with_different_questions_are_refused() -> None:
    with pytest.raises(ValueError, match="different questions"):
        mean_effects((TWO, TWO), ({"a": Leaf("answered", HALF)}, two(1, 1)))


# Trees of geometric means

above_zero = st.sampled_from([Fraction(n, 6) for n in range(1, 7)])


@settings(deadline=None)
@given(st.lists(st.tuples(above_zero, above_zero, weights), min_size=1, max_size=6))
def test_the_parts_of_a_geometric_mean_add_up_and_turn_their_signs(
    rows: list[tuple[Fraction, Fraction, Fraction]],
) -> None:
    tree = Tree("root", children=tuple(Tree(str(n), w) for n, (*_, w) in enumerate(rows)))
    before, after = (
        {str(n): Leaf("answered", row[side]) for n, row in enumerate(rows)} for side in (0, 1)
    )
    whole = float(sum(w for *_, w in rows))
    values = [
        math.exp(sum(float(r[2]) / whole * math.log(r[side]) for r in rows)) for side in (0, 1)
    ]
    found = geometric_effects((tree, tree), (before, after))
    assert sum(e.amount for e in found) == pytest.approx(values[1] - values[0], abs=1e-12)
    back = geometric_effects((tree, tree), (after, before))
    assert swapped_signs(back) == list(map(tuple, found))
    for effect in found:
        row = rows[int(effect.node_id)]
        assert (effect.amount > 0) == (row[1] > row[0])


def test_a_geometric_part_is_its_logarithm_times_the_logarithmic_mean() -> None:
    before, after = two(Fraction(1, 4), 1), two(1, 1)
    (only,) = geometric_effects((TWO, TWO), (before, after))
    assert only.node_id == "a"
    assert only.amount == pytest.approx(0.5 * math.log(4) * (1 - 0.5) / math.log(1 / 0.5))


# Shares over nested parts


@st.composite
def games(draw: st.DrawFn) -> tuple[tuple[Part, ...], dict[frozenset[int], Fraction]]:
    """Up to three wholes of up to three parts, and any value for every set of moved columns."""
    sizes = draw(st.lists(st.integers(1, 3), min_size=1, max_size=3))
    column = iter(range(9))
    parts = []
    for n, size in enumerate(sizes):
        own = tuple(Part(f"{n}.{m}", "performance", (next(column),)) for m in range(size))
        parts.append(Part(str(n), "", tuple(c for p in own for c in p.columns), own))
    n_columns = sum(sizes)
    sets = [
        frozenset(c for c in range(n_columns) if bits[c])
        for bits in product((0, 1), repeat=n_columns)
    ]
    drawn = draw(st.lists(st.integers(-9, 9), min_size=len(sets), max_size=len(sets)))
    return tuple(parts), {s: Fraction(v) for s, v in zip(sets, drawn, strict=True)}


@settings(deadline=None)
@given(games())
def test_a_share_is_the_mean_contribution_over_all_orders_that_keep_wholes_together(
    game: tuple[tuple[Part, ...], dict[frozenset[int], Fraction]],
) -> None:
    parts, value = game
    total: dict[str, Fraction] = {}
    n_orders = 0
    for wholes in permutations(parts):
        for inner in product(*(permutations(whole.parts) for whole in wholes)):
            n_orders += 1
            moved: frozenset[int] = frozenset()
            for part in (p for whole in inner for p in whole):
                further = moved | set(part.columns)
                total[part.node_id] = total.get(part.node_id, Fraction(0)) + (
                    value[further] - value[moved]
                )
                moved = further
    shares = owen_values(parts, lambda sets: [value[s] for s in sets])
    assert shares is not None
    assert {p.node_id: share for p, share in shares} == {i: t / n_orders for i, t in total.items()}


def test_five_wholes_of_eight_parts_are_within_bounds_and_six_are_refused_unevaluated() -> None:
    def wholes(n: int) -> tuple[Part, ...]:
        return tuple(
            Part(
                str(i),
                "",
                tuple(range(8 * i, 8 * i + 8)),
                tuple(Part(f"{i}.{m}", "performance", (8 * i + m,)) for m in range(8)),
            )
            for i in range(n)
        )

    shares = owen_values(wholes(5), lambda sets: [Fraction(len(s)) for s in sets])
    assert shares is not None
    assert [share for _, share in shares] == [Fraction(1)] * 40

    def never(sets: Sequence[frozenset[int]]) -> list[Fraction | None]:
        raise AssertionError("evaluated")

    with pytest.raises(TooManyPartsError):
        owen_values(wholes(6), never)
    assert MOST_STEPS < 6 * 8 * 2 * 2**5 * 2**7


# Whole models

SCALE = Scale(
    id="quarters",
    labels=tuple(ScaleLabel(label=f"at {n}", value=Fraction(n, 4)) for n in range(5)),
)
TOP = 4


def model(
    sizes: Sequence[int],
    score: Power | Quantile | None = None,
    policy: NodePolicy | None = None,
    node_weights: Mapping[str, Fraction] | None = None,
) -> MaturityModel:
    """A root of groups of questions; groups `c0` ..., questions `c0.0` ..."""
    weight = node_weights or {}
    rules = {"score": score or Power(), "stage": Staged(shares=Fraction(1))}
    groups = tuple(
        Node(
            id=f"c{n}",
            name=f"Group {n}",
            weight=weight.get(f"c{n}", Fraction(1)),
            children=tuple(
                Node(
                    id=f"c{n}.{m}",
                    name=f"Question {n}.{m}",
                    weight=weight.get(f"c{n}.{m}", Fraction(1)),
                    scale=SCALE.id,
                )
                for m in range(size)
            ),
            **rules,
        )
        for n, size in enumerate(sizes)
    )
    return MaturityModel(
        id="sample",
        version="1.0",
        name="Sample",
        scales=(SCALE,),
        stages=("One", "Two", "Three", "Four"),
        root=Node(id="root", name="Whole", children=groups, policy=policy, **rules),
    )


def rows_of(value: Callable[[np.ndarray], float | Fraction]) -> Callable[[np.ndarray], np.ndarray]:
    return lambda states: np.array([float(value(row)) for row in states])


def states(*codes: int) -> np.ndarray:
    return np.array(codes, dtype=np.int8)


def groups_of(sizes: Sequence[int], row: np.ndarray) -> list[list[int]]:
    ends = np.cumsum([0, *sizes])
    return [[int(k) for k in row[a:b]] for a, b in pairwise(ends)]


def lower_median(codes: list[int]) -> int:
    return sorted(codes)[(len(codes) - 1) // 2]


OPERATORS: dict[str, Callable[[list[list[int]]], float]] = {
    "lowest of the lowest": lambda groups: min(min(g) for g in groups),
    "median of medians": lambda groups: lower_median([lower_median(g) for g in groups]),
    "highest, unless any is nought": lambda groups: (
        max(max(g) for g in groups) * all(min(g) > 0 for g in groups)
    ),
}

codes = st.integers(0, TOP)


@st.composite
def two_years(draw: st.DrawFn) -> tuple[list[int], np.ndarray, np.ndarray]:
    sizes = draw(st.lists(st.integers(1, 3), min_size=1, max_size=3))
    drawn = st.lists(codes, min_size=sum(sizes), max_size=sum(sizes))
    return sizes, states(*draw(drawn)), states(*draw(drawn))


@pytest.mark.parametrize("name", OPERATORS)
@settings(deadline=None)
@given(years=two_years())
def test_any_rule_is_split_exactly_and_the_other_way_round_with_the_other_sign(
    name: str, years: tuple[list[int], np.ndarray, np.ndarray]
) -> None:
    sizes, before, after = years
    value_of = rows_of(lambda row: OPERATORS[name](groups_of(sizes, row)))
    found = decompose(model(sizes), "root", before, after, value_of, "stage")
    change = value_of(np.stack([after]))[0] - value_of(np.stack([before]))[0]
    assert sum(e.amount for e in found) == change
    back = decompose(model(sizes), "root", after, before, value_of, "stage")
    assert swapped_signs(back) == list(map(tuple, found))


@pytest.mark.parametrize("name", OPERATORS)
@settings(deadline=None)
@given(years=two_years())
def test_what_did_not_move_has_no_part_and_what_rose_none_that_lowers(
    name: str, years: tuple[list[int], np.ndarray, np.ndarray]
) -> None:
    sizes, before, after = years
    value_of = rows_of(lambda row: OPERATORS[name](groups_of(sizes, row)))
    found = decompose(model(sizes), "root", before, after, value_of, "stage")
    moved = dict(
        zip(
            (leaf.id for leaf in model(sizes).leaves()),
            after.astype(int) - before.astype(int),
            strict=True,
        )
    )
    for effect in found:
        assert moved[effect.node_id] * effect.amount > 0
        assert effect.cause == Cause.PERFORMANCE


@settings(deadline=None)
@given(years=two_years(), data=st.data())
def test_the_general_split_of_a_mean_is_that_of_the_closed_form(
    years: tuple[list[int], np.ndarray, np.ndarray], data: st.DataObject
) -> None:
    sizes, before, after = years
    powers_of_two = st.sampled_from([Fraction(1), Fraction(2), Fraction(4)])
    names = [n.id for n in model(sizes).nodes()]
    of = model(sizes, node_weights={name: data.draw(powers_of_two) for name in names})

    def value(row: np.ndarray) -> Fraction:
        return mean(of.root, leaves_of(of, of.root, row))  # type: ignore[arg-type,return-value]

    closed = by_node(decompose(of, "root", before, after, rows_of(value), "score"))
    general = by_node(decompose(of, "root", before, after, rows_of(value), "stage"))
    assert set(closed) == {
        leaf.id for leaf, a, b in zip(of.leaves(), before, after, strict=True) if a != b
    }
    for leaf_id, amount in closed.items():
        assert isinstance(amount, Fraction)
        assert float(general[leaf_id]) == pytest.approx(float(amount), abs=1e-12)


def test_a_question_that_moved_in_vain_has_no_part() -> None:
    value_of = rows_of(lambda row: min(row))
    found = decompose(model([1, 1]), "root", states(0, 3), states(1, 4), value_of, "stage")
    assert found == (Effect("c0.0", Cause.PERFORMANCE, Fraction(1)),)


def test_two_that_only_together_reach_a_stage_share_it_evenly() -> None:
    value_of = rows_of(lambda row: min(row))
    found = decompose(model([1, 2]), "root", states(1, 1, 4), states(2, 2, 4), value_of, "stage")
    assert by_node(found) == {"c0.0": HALF, "c1.0": HALF}


def test_a_group_of_many_weighs_no_more_than_a_group_of_one() -> None:
    value_of = rows_of(lambda row: min(row))
    found = decompose(model([1, 2]), "root", states(1, 1, 1), states(2, 2, 2), value_of, "stage")
    assert by_node(found) == {"c0.0": HALF, "c1.0": Fraction(1, 4), "c1.1": Fraction(1, 4)}


def test_a_commitment_is_split_into_its_own_questions_only() -> None:
    value_of = rows_of(lambda row: min(row[1:]))
    found = decompose(model([1, 2]), "c1", states(0, 1, 1), states(4, 2, 3), value_of, "stage")
    assert by_node(found) == {"c1.0": HALF, "c1.1": HALF}


def test_a_blank_that_was_answered_is_coverage_under_any_rule() -> None:
    value_of = rows_of(lambda row: min(max(int(k), 0) for k in row))
    found = decompose(model([1, 1]), "root", states(UNANSWERED, 1), states(2, 2), value_of, "stage")
    assert found == (
        Effect("c0.0", Cause.COVERAGE, Fraction(3, 2)),
        Effect("c1.0", Cause.PERFORMANCE, HALF),
    )


def test_causes_within_one_part_are_told_apart() -> None:
    deep = model([2]).model_copy(
        update={"root": Node(id="top", name="Top", score=Power(), children=(model([2]).root,))}
    )
    value_of = rows_of(lambda row: sum(max(int(k), 0) for k in row))
    found = decompose(deep, "top", states(UNANSWERED, 1), states(2, 2), value_of, "stage")
    assert found == (
        Effect("c0", Cause.PERFORMANCE, Fraction(1)),
        Effect("c0", Cause.COVERAGE, Fraction(2)),
    )


def test_a_mixture_of_years_without_a_value_leaves_the_change_whole() -> None:
    def value(row: np.ndarray) -> float:
        return math.nan if (row == UNANSWERED).all() else float(max(row))

    found = decompose(
        model([1, 1]), "root", states(UNANSWERED, 1), states(2, UNANSWERED), rows_of(value), "stage"
    )
    assert found == (Effect("root", Cause.NOT_SPLIT, Fraction(1)),)


def test_more_than_can_be_split_exactly_leaves_the_change_whole() -> None:
    value_of = rows_of(lambda row: min(row))
    sizes = [8] * 6
    found = decompose(model(sizes), "root", states(*[1] * 48), states(*[3] * 48), value_of, "stage")
    assert found == (Effect("root", Cause.NOT_SPLIT, Fraction(2)),)


def test_what_did_not_move_costs_nothing() -> None:
    value_of = rows_of(lambda row: sum(row))
    before = states(*[1] * 48)
    after = before.copy()
    after[[0, 9, 18]] = 2
    found = decompose(model([8] * 6), "root", before, after, value_of, "stage")
    assert by_node(found) == {"c0.0": 1, "c1.1": 1, "c2.2": 1}


def test_a_year_without_a_value_is_no_change() -> None:
    value_of = rows_of(lambda row: math.nan if (row == UNANSWERED).any() else 1.0)
    assert decompose(model([1]), "root", states(UNANSWERED), states(2), value_of, "stage") == ()


def test_a_closed_form_that_is_not_the_engines_value_is_not_used() -> None:
    value_of = rows_of(lambda row: min(row) / 4)
    found = decompose(model([1, 1]), "root", states(0, 4), states(2, 4), value_of, "score")
    assert by_node(found) == {"c0.0": HALF}
    assert math.isclose(sum(float(e.amount) for e in found), 0.5)


def test_a_geometric_mean_with_a_nought_is_split_by_the_general_rule() -> None:
    value_of = rows_of(lambda row: math.sqrt(row[0] / 4 * row[1] / 4))
    of = model([1, 1], score=Power(p="geometric"))
    found = decompose(of, "root", states(0, 1), states(4, 4), value_of, "score")
    assert float(sum(e.amount for e in found)) == 1.0
    assert by_node(found) == {"c0.0": Fraction(3, 4), "c1.0": Fraction(1, 4)}


def test_what_is_not_there_counts_as_the_policy_of_its_question_says() -> None:
    row = states(UNANSWERED, NOT_APPLICABLE, OUT_OF_SCOPE, 3)
    counted = [
        (NodePolicy(), (None, None, None, Fraction(3, 4))),
        (NodePolicy(unanswered_score="zero"), (0, None, None, Fraction(3, 4))),
        (NodePolicy(not_applicable="full"), (None, 1, None, Fraction(3, 4))),
        (NodePolicy(not_applicable="zero"), (None, 0, None, Fraction(3, 4))),
        (NodePolicy(not_applicable=Anchor(value=HALF)), (None, HALF, None, Fraction(3, 4))),
    ]
    for policy, expected in counted:
        of = model([4], policy=policy)
        assert tuple(x.value for x in leaves_of(of, of.root, row).values()) == expected


def test_a_blank_scored_nought_and_then_answered_is_coverage_and_not_performance() -> None:
    of = model([2], policy=NodePolicy(unanswered_score="zero"))
    value_of = rows_of(lambda row: sum(max(int(k), 0) for k in row) / 8)
    found = decompose(of, "root", states(UNANSWERED, 4), states(4, 4), value_of, "score")
    assert found == (Effect("c0.0", Cause.COVERAGE, HALF),)


def test_one_blank_or_not_applicable_year_decides_the_cause() -> None:
    assert cause_of("answered", "answered") == Cause.PERFORMANCE
    assert cause_of("answered", "unanswered") == Cause.COVERAGE
    assert cause_of("unanswered", "not_applicable") == Cause.APPLICABILITY


# With the engine

KINDS_OF_STATE = st.sampled_from([0, 1, 2, 3, 4, UNANSWERED, NOT_APPLICABLE])


@pytest.mark.parametrize("unanswered", ["exclude", "zero"])
@pytest.mark.parametrize("p", [1, "geometric", "minimum"])
@settings(deadline=None)
@given(data=st.data())
def test_the_parts_add_up_to_what_the_engine_gives(
    unanswered: Literal["exclude", "zero"], p: int | str, data: st.DataObject
) -> None:
    sizes = [1, 2, 2]
    policy = NodePolicy(not_applicable_ceiling=1, withheld_below=0, unanswered_score=unanswered)
    of = model(sizes, score=Power(p=p), policy=policy)
    drawn = st.lists(KINDS_OF_STATE, min_size=5, max_size=5)
    before, after = states(*data.draw(drawn)), states(*data.draw(drawn))
    value_of = value_in(compiled(of), "root", "score")
    start, end = value_of(np.stack([before, after]))
    found = decompose(of, "root", before, after, value_of, "score")
    if math.isnan(start) or math.isnan(end):
        assert found == ()
    else:
        assert math.fsum(float(e.amount) for e in found) == pytest.approx(end - start, abs=1e-9)


def test_the_index_is_split_by_indicator_and_a_commitment_by_criterion() -> None:
    names = ["L1", "L2", "L3"]
    index = as_model(framework({"leadership": [indicator(name) for name in names]}))
    plan = compiled(index)

    def sheet(*reached: int) -> np.ndarray:
        return states(*(2 if n < stage else 0 for stage in reached for n in range(6)))

    before, after = sheet(2, 2, 3), sheet(4, 3, 3)
    stage = value_in(plan, "leadership", "stage")
    # Both were at 2 and neither reaches 3 alone; that L1 went on to 4 carries nothing further.
    assert decompose(index, "leadership", before, after, stage, "stage") == (
        Effect("L1.3", Cause.PERFORMANCE, HALF),
        Effect("L2.3", Cause.PERFORMANCE, HALF),
    )
    score = value_in(plan, "index", "score")
    found = decompose(index, "index", before, after, score, "score")
    assert {e.node_id: float(e.amount) for e in found} == pytest.approx(
        {"L1": 2 / 18, "L2": 1 / 18}
    )


def test_a_commitment_without_a_stage_in_one_year_has_no_parts() -> None:
    index = as_model(framework({"leadership": [indicator("L1")]}))
    value_of = value_in(compiled(index), "leadership", "stage")
    silent, answered = states(*[UNANSWERED] * 6), states(*[2] * 6)
    assert decompose(index, "leadership", silent, answered, value_of, "stage") == ()


# Version, moderation, and the frame

shares = st.fractions(0, 1, max_denominator=12)
year_values = st.builds(YearValues, shares, shares, shares)


@settings(deadline=None)
@given(year_values, year_values)
def test_version_and_moderation_are_what_the_declared_change_leaves_of_the_published_one(
    before: YearValues, after: YearValues
) -> None:
    found = other_effects("root", before, after)
    left = sum(e.amount for e in found)
    assert after.declared - before.declared + left == after.published - before.published
    back = other_effects("root", after, before)
    assert swapped_signs(back) == list(map(tuple, found))


def test_a_year_scored_anew_under_the_next_version_is_an_effect_of_the_version() -> None:
    before = YearValues(published=Fraction(3, 5), final=HALF, declared=HALF)
    after = YearValues(published=Fraction(4, 5), final=Fraction(4, 5), declared=Fraction(9, 10))
    assert other_effects("root", before, after) == (
        Effect("root", Cause.VERSION, Fraction(-1, 10)),
        Effect("root", Cause.MODERATION, Fraction(-1, 10)),
    )


def test_the_frame_has_a_row_for_every_part_by_organisation() -> None:
    frame = effects_frame(
        {
            "B": [Effect("c0", Cause.PERFORMANCE, Fraction(1, 3))],
            "A": [Effect("c1", Cause.COVERAGE, HALF), Effect("c0", Cause.VERSION, -0.25)],
        }
    )
    expected = pd.DataFrame(
        {
            "organisation_id": ["A", "A", "B"],
            "node_id": ["c1", "c0", "c0"],
            "effect": ["coverage", "version", "performance"],
            "amount": [0.5, -0.25, 1 / 3],
        }
    )
    pd.testing.assert_frame_equal(frame, expected)
    nobody = effects_frame({})
    assert list(nobody.columns) == list(expected.columns)
    assert (nobody.dtypes == expected.dtypes).all()
