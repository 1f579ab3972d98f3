from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remi.release.present import number_text, rounded
from schemas.impact import Holds


@pytest.mark.parametrize(
    ("value", "shown"), [(44.5, "45%"), (28.499999999999996, "29%"), (0.4, "1%"), (100.0, "100%")]
)
def test_a_percentage_is_whole_and_half_goes_up(value: float, shown: str) -> None:
    assert number_text(rounded(value, Holds.PERCENTAGE), Holds.PERCENTAGE) == shown


@pytest.mark.parametrize(("value", "shown"), [(12.25, "12.3"), (0.05, "0.1"), (50, "50.0")])
def test_a_score_has_one_decimal_and_half_goes_up(value: float, shown: str) -> None:
    assert number_text(rounded(value, Holds.SCORE), Holds.SCORE) == shown


@pytest.mark.parametrize(
    ("value", "holds", "shown"),
    [
        (99.6, Holds.PERCENTAGE, "99%"),
        (0.3, Holds.PERCENTAGE, "1%"),
        (0, Holds.PERCENTAGE, "0%"),
        (99.99, Holds.SCORE, "99.9"),
        (0.01, Holds.SCORE, "0.1"),
        (0, Holds.SCORE, "0.0"),
        (100, Holds.SCORE, "100.0"),
    ],
)
def test_nothing_is_rounded_onto_none_or_all(value: float, holds: Holds, shown: str) -> None:
    assert number_text(rounded(value, holds), holds) == shown


def test_a_measure_drops_a_decimal_that_says_nothing() -> None:
    assert number_text(rounded(12.0, Holds.MEASURE), Holds.MEASURE) == "12"
    assert number_text(rounded(-1234.5, Holds.MEASURE), Holds.MEASURE) == "−1,234.5"


def test_a_count_that_is_not_whole_is_refused_rather_than_rounded() -> None:
    with pytest.raises(ValueError, match="whole number"):
        rounded(3.5, Holds.ORGANISATIONS)


@given(st.integers(0, 10**6))
def test_a_half_of_a_tenth_always_goes_up(tenths: int) -> None:
    assert rounded(Decimal(tenths) / 10 + Decimal("0.05"), Holds.SCORE) == Decimal(tenths + 1) / 10
