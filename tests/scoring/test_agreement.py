"""Declared against reviewed ratings: published and hand-worked figures, and what always holds."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from remi.scoring.agreement import (
    LEAST_PAIRS,
    Agreement,
    Statistic,
    agreement,
    ordinal_alpha,
    to_frame,
)

TOP = 5
any_case = settings(max_examples=80, deadline=None)
Codes = Sequence[int | None]

# Krippendorff (2011): four observers, twelve units, values 1 to 5, gaps; ordinal alpha is .815.
KRIPPENDORFF = """
1 2 3 3 2 1 4 1 2 . . .
1 2 3 3 2 2 4 1 2 5 . 3
. 3 3 3 2 3 4 2 2 5 1 .
1 2 3 3 2 4 4 1 2 5 1 .
"""


def series(codes: Codes) -> pd.Series:
    return pd.Series(list(codes), dtype="Int64")


def agreed(declared: Codes, reviewed: Codes, seed: int = 1) -> Agreement:
    return agreement(series(declared), series(reviewed), TOP + 1, seed)


def value(found: Statistic) -> float:
    assert found.value is not None, found.reason
    return found.value


def observers() -> pd.DataFrame:
    rows = [row.split() for row in KRIPPENDORFF.split("\n") if row]
    codes = [[pd.NA if cell == "." else int(cell) - 1 for cell in row] for row in rows]
    return pd.DataFrame(codes, dtype="Int64").T


def codes_of(n: int) -> st.SearchStrategy[list[int]]:
    return st.lists(st.integers(0, TOP), min_size=n, max_size=n)


@st.composite
def pairs(draw: st.DrawFn, top: int = TOP) -> tuple[list[int], list[int]]:
    n = draw(st.integers(LEAST_PAIRS, 40))
    one = st.lists(st.integers(0, top), min_size=n, max_size=n)
    return draw(one), draw(one)


def test_alpha_of_the_published_reference_data() -> None:
    found = ordinal_alpha(observers(), 5)
    assert value(found) == pytest.approx(0.815388, abs=5e-7)
    # The last unit has one value only: it cannot be compared with anything.
    assert found.n == 11


def test_kappa_as_worked_by_hand() -> None:
    # Twelve pairs of 0, 1 and 2. Squared distances within pairs: seven 0, four 1, one 4: 8 / 12.
    # One has 4, 4, 4 of the values; the other 4, 4, 4 too. Of the nine combinations of values,
    # each of chance 1/9, four are one apart and two are two apart: (4 + 2 * 4) / 9 = 4 / 3.
    # 1 - (8 / 12) / (4 / 3) = 1 / 2.
    one = [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]
    other = [0, 0, 1, 1, 0, 1, 1, 2, 2, 2, 2, 0]
    found = agreed(one, other)
    assert value(found.weighted_kappa) == 0.5
    assert value(found.exact) == 7 / 12
    assert value(found.within_one) == 11 / 12


def test_ratings_that_are_as_far_apart_as_by_chance_have_kappa_0() -> None:
    # Every combination of 0 and 3 equally often.
    one, other = [0, 0, 3, 3] * 3, [0, 3, 0, 3] * 3
    assert value(agreed(one, other).weighted_kappa) == 0


@any_case
@given(codes_of(15))
def test_perfect_agreement_is_1(codes: list[int]) -> None:
    assume(len(set(codes)) > 1)
    found = agreed(codes, codes)
    for statistic in (found.exact, found.within_one, found.weighted_kappa, found.ordinal_alpha):
        assert value(statistic) == 1
    shift = found.mean_shift
    assert (shift.value, shift.low, shift.high) == (0, 0, 0)


@any_case
@given(pairs())
def test_swapping_the_raters_turns_the_shift_and_nothing_else(
    drawn: tuple[list[int], list[int]],
) -> None:
    one, other = agreed(*drawn), agreed(*reversed(drawn))
    for name in ("pairs", "exact", "within_one", "weighted_kappa", "ordinal_alpha"):
        assert getattr(one, name) == getattr(other, name)
    assert value(one.mean_shift) == -value(other.mean_shift)


@any_case
@given(pairs())
def test_turning_the_scale_round_keeps_agreement(drawn: tuple[list[int], list[int]]) -> None:
    one = agreed(*drawn)
    other = agreed(*([TOP - code for code in codes] for codes in drawn))
    for name in ("exact", "within_one", "weighted_kappa", "ordinal_alpha"):
        assert getattr(one, name) == getattr(other, name)


@any_case
@given(st.lists(st.integers(0, TOP - 1), min_size=LEAST_PAIRS, max_size=40), st.integers(0, 9))
def test_a_shift_of_one_stage_everywhere_is_a_mean_shift_of_1(codes: list[int], seed: int) -> None:
    found = agreed(codes, [code + 1 for code in codes], seed)
    shift = found.mean_shift
    assert (shift.value, shift.low, shift.high) == (1, 1, 1)
    assert (found.exact.value, found.within_one.value) == (0, 1)


@any_case
@given(pairs(), st.integers(0, 99))
def test_the_mean_shift_lies_in_its_interval_and_a_seed_gives_it_again(
    drawn: tuple[list[int], list[int]], seed: int
) -> None:
    found = agreed(*drawn, seed)
    shift = found.mean_shift
    differences = [b - a for a, b in zip(*drawn, strict=True)]
    assert value(shift) == sum(differences) / len(differences)
    assert shift.low is not None
    assert shift.high is not None
    assert min(differences) <= shift.low <= value(shift) <= shift.high <= max(differences)
    assert found == agreed(*drawn, seed)


def test_the_interval_of_a_shift_is_that_of_the_mean_of_resampled_pairs() -> None:
    # 200 pairs, half of them one stage apart: the mean of 0s and 1s has a standard error of .0354.
    found = agreed([0, 0] * 100, [0, 1] * 100).mean_shift
    assert found.low == pytest.approx(0.5 - 1.96 * math.sqrt(0.25 / 200), abs=0.01)
    assert found.high == pytest.approx(0.5 + 1.96 * math.sqrt(0.25 / 200), abs=0.01)


@any_case
@given(pairs(top=1))
def test_on_two_values_kappa_is_the_plain_one(drawn: tuple[list[int], list[int]]) -> None:
    one, other = drawn
    assume(len({*one, *other}) == 2)
    n = len(one)
    by_chance = (sum(one) * sum(other) + (n - sum(one)) * (n - sum(other))) / n**2
    seen = sum(a == b for a, b in zip(one, other, strict=True)) / n
    found = agreed(one, other)
    assert value(found.weighted_kappa) == pytest.approx((seen - by_chance) / (1 - by_chance))
    assert found.exact.value == seen


@any_case
@given(pairs())
def test_gaps_and_a_rater_who_rates_nothing_change_no_alpha(
    drawn: tuple[list[int], list[int]],
) -> None:
    one, other = (series(codes) for codes in drawn)
    two = pd.DataFrame({"one": one, "other": other})
    gaps = pd.DataFrame({"one": [3, None], "other": [None, None]}, dtype="Int64")
    more = pd.concat([two, gaps], ignore_index=True).assign(third=pd.Series(dtype="Int64"))
    assert ordinal_alpha(more, TOP + 1) == ordinal_alpha(two, TOP + 1)


def test_a_rating_that_is_missing_is_no_pair_and_not_the_lowest() -> None:
    codes = [0, 1, 2, 3, 4, 5] * 2
    found = agreed([*codes, 5, None], [*codes, None, 5])
    assert found.pairs == Statistic(12, 12)
    assert value(found.exact) == 1
    assert value(found.ordinal_alpha) == 1


@given(st.integers(0, LEAST_PAIRS - 1))
def test_few_pairs_give_a_reason_and_no_figure(n: int) -> None:
    found = agreed([k % 3 for k in range(n)], [k % 2 for k in range(n)])
    for name in ("exact", "within_one", "mean_shift", "weighted_kappa", "ordinal_alpha"):
        statistic = getattr(found, name)
        assert (statistic.value, statistic.low, statistic.n) == (None, None, n)
        assert str(n) in statistic.reason
    assert found.pairs.value == n


def test_ten_pairs_are_enough() -> None:
    found = agreed([0, 1] * 5, [0, 2] * 5)
    assert all(math.isfinite(value(getattr(found, name))) for name in vars(found))


def test_where_one_value_occurs_agreement_beyond_chance_is_not_told() -> None:
    found = agreed([3] * 20, [3] * 20)
    for statistic in (found.weighted_kappa, found.ordinal_alpha):
        assert statistic.value is None
        assert "chance" in statistic.reason
    assert value(found.exact) == 1


@pytest.mark.parametrize("code", [-1, TOP + 1])
def test_a_code_that_is_not_on_the_scale_is_refused_with_its_place(code: int) -> None:
    codes = [0, 1, 2, 3, 4, 5, 0, 1, 2, 3]
    with pytest.raises(ValueError, match="item 9, reviewed"):
        agreed(codes, [*codes[:-1], code])
    with pytest.raises(ValueError, match=f"reviewed: {code}"):
        agreed(codes, [*codes[:-1], code])


def test_the_frame_has_a_row_a_statistic_and_a_reason_where_there_is_no_value() -> None:
    frame = to_frame(agreed([3] * 20, [3] * 20))
    assert list(frame["statistic"]) == list(Agreement.__dataclass_fields__)
    assert ((frame["reason"] == "") == frame["value"].notna()).all()
    shift = frame.set_index("statistic").loc["mean_shift"]
    assert (shift["value"], shift["low"], shift["high"], shift["n"]) == (0, 0, 0, 20)
