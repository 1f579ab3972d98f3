"""How far declared and reviewed ratings agree: shares, shift, and agreement beyond chance.

Ratings are ordinal codes, 0 for the least. The whole domain of values is given, because what was
never chosen belongs to the scale too. Where a figure would mislead there is none, and a reason.

Sources: J. Cohen, Weighted kappa (1968), with squared distances; K. Krippendorff, Computing
Krippendorff's alpha-reliability (2011), ordinal metric.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pandas as pd

LEAST_PAIRS = 10
"""From fewer than this no figure is made."""

RESAMPLES = 2_000
INTERVAL = (0.025, 0.975)

COLUMNS = ("statistic", "value", "low", "high", "n", "reason")

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Statistic:
    """One figure, or the reason why there is none."""

    value: float | None
    n: int
    """Pairs, or items with two ratings or more, that it is made from."""
    reason: str = ""
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Agreement:
    """Declared against reviewed ratings of the same items."""

    pairs: Statistic
    exact: Statistic
    """Share of the pairs, 0 to 1."""
    within_one: Statistic
    """Share of the pairs that are at most one step apart."""
    mean_shift: Statistic
    """Reviewed less declared, in steps, with a 95 % bootstrap interval."""
    weighted_kappa: Statistic
    ordinal_alpha: Statistic


def agreement(
    declared: pd.Series[int], reviewed: pd.Series[int], n_categories: int, seed: int
) -> Agreement:
    """The agreement of two ratings of each item; items with only one are left out.

    Both hold codes from 0 to `n_categories` - 1 or are missing, in the same order. The interval of
    the shift comes from resampled pairs; the same seed gives the same interval. Raises ValueError,
    naming item and rating, for a code that is not on the scale.
    """
    if len(declared) != len(reviewed):
        raise ValueError(f"{len(declared)} declared ratings, but {len(reviewed)} reviewed ones")
    ratings = pd.DataFrame(
        {"declared": declared.to_numpy(), "reviewed": reviewed.to_numpy()}, index=declared.index
    )
    _refuse(ratings, n_categories)
    both = ratings.dropna().astype("int64")
    one, other = both["declared"].to_numpy(), both["reviewed"].to_numpy()
    n, shift = len(both), other - one
    return Agreement(
        pairs=Statistic(float(n), n),
        exact=_share(np.abs(shift) == 0),
        within_one=_share(np.abs(shift) <= 1),
        mean_shift=_mean_shift(shift, seed),
        weighted_kappa=_weighted_kappa(one, other),
        ordinal_alpha=ordinal_alpha(ratings, n_categories),
    )


def ordinal_alpha(ratings: pd.DataFrame, n_categories: int) -> Statistic:
    """Krippendorff's alpha for ordinal ratings by any number of raters, with gaps.

    One row an item, one column a rater, each cell a code from 0 to `n_categories` - 1 or missing.
    Items with fewer than two ratings do not count. Raises ValueError for a code that is not on the
    scale.
    """
    _refuse(ratings, n_categories)
    codes = ratings.astype("Float64").to_numpy(dtype=np.float64, na_value=np.nan)
    given = np.stack([(codes == c).sum(axis=1) for c in range(n_categories)], axis=1)
    given = given[given.sum(axis=1) >= 2]
    n, of_category = len(given), given.sum(axis=0)
    if reason := _too_few(n) or _all_the_same(of_category):
        return Statistic(None, n, reason)
    distance = _ordinal_distances(of_category)
    seen = Fraction(0)
    raters = given.sum(axis=1)
    for m in np.unique(raters):
        items = given[raters == m]
        # A rating is paired with itself too, but at no distance.
        seen += Fraction(_total(items.T @ items, distance), int(m) - 1)
    by_chance = _total(np.outer(of_category, of_category), distance)
    return Statistic(float(1 - (int(of_category.sum()) - 1) * seen / by_chance), n)


def to_frame(found: Agreement) -> pd.DataFrame:
    """One row a statistic: `statistic`, `value`, `low`, `high` (missing where there is none), `n`
    and `reason` (empty where there is a value)."""
    rows = []
    for field in fields(Agreement):
        one: Statistic = getattr(found, field.name)
        rows.append((field.name, one.value, one.low, one.high, one.n, one.reason))
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    numbers = dict.fromkeys(("value", "low", "high"), "Float64")
    return frame.astype({"statistic": "str", "reason": "str", "n": "int64", **numbers})


def _share(flags: npt.NDArray[np.bool_]) -> Statistic:
    n = len(flags)
    if reason := _too_few(n):
        return Statistic(None, n, reason)
    return Statistic(int(flags.sum()) / n, n)


def _mean_shift(shift: Counts, seed: int) -> Statistic:
    n = len(shift)
    if reason := _too_few(n):
        return Statistic(None, n, reason)
    steps, times = np.unique(shift, return_counts=True)
    # To draw pairs is to draw how often each step occurs, which needs far less room.
    drawn = np.random.default_rng(seed).multinomial(n, times / n, size=RESAMPLES)
    low, high = np.quantile(drawn @ steps / n, INTERVAL, method="linear")
    mean = int(shift.sum()) / n
    return Statistic(mean, n, low=min(float(low), mean), high=max(float(high), mean))


def _weighted_kappa(one: Counts, other: Counts) -> Statistic:
    """1 less the squared distance within pairs over that between all ratings of both."""
    n = len(one)
    occurring = np.bincount(np.concatenate([one, other]))
    if reason := _too_few(n) or _all_the_same(occurring):
        return Statistic(None, n, reason)
    within = n * int(((one - other) ** 2).sum())
    squares = n * int((one**2).sum() + (other**2).sum())
    return Statistic(
        float(1 - Fraction(within, squares - 2 * int(one.sum()) * int(other.sum()))), n
    )


def _ordinal_distances(of_category: Counts) -> Counts:
    """Squares of twice the ratings that lie from the middle of one category to that of another."""
    middles = 2 * np.cumsum(of_category) - of_category
    between: Counts = (middles[:, None] - middles[None, :]) ** 2
    return between


def _total(times: Counts, distance: Counts) -> int:
    # Squares of counts times counts: beyond 64 bits for some tens of thousands of ratings.
    return int((times.astype(object) * distance.astype(object)).sum())


def _too_few(n: int) -> str:
    if n >= LEAST_PAIRS:
        return ""
    return f"Rated twice are {n}; from fewer than {LEAST_PAIRS} the figure would mislead."


def _all_the_same(of_category: Counts) -> str:
    if np.count_nonzero(of_category) > 1:
        return ""
    return "All ratings are the same, so agreement cannot be told from chance."


def _refuse(ratings: pd.DataFrame, n_categories: int) -> None:
    """Raise ValueError for the first code that is not on the scale."""
    for rater in ratings.columns:
        for item, code in ratings[rater].dropna().items():
            if code != int(code) or not 0 <= code < n_categories:
                raise ValueError(
                    f"item {item}, {rater}: {code} is not one of the {n_categories} codes from 0"
                )
