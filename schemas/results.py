"""Words that results use, and what must hold of every result: statuses and frame contracts."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from fractions import Fraction

import pandas as pd
import pandera.pandas as pa


class ResultStatus(StrEnum):
    """How far a result can be relied on."""

    FINAL = "final"
    PROVISIONAL = "provisional"
    """Too much unanswered to be counted in London's distributions."""
    NOT_ASSESSABLE = "not_assessable"
    """Too much not applicable."""
    NOT_ASSESSED = "not_assessed"
    """Nothing answered: no stage, which is not the same as stage 0."""
    NOT_APPLICABLE = "not_applicable"
    """Every criterion not applicable."""


class ReturnStatus(StrEnum):
    """Where a partner's return stands."""

    NOT_RETURNED = "not_returned"
    NEEDS_CHANGES = "needs_changes"
    """Something arrived, but no version of it could be accepted yet."""
    RETURNED = "returned"


class ScoreEffect(StrEnum):
    """What a part of a score's change comes from."""

    PERFORMANCE = "performance"
    """Answers moved that were given in both years."""
    COVERAGE = "coverage"
    """What is answered changed."""
    APPLICABILITY = "applicability"
    """What applies changed."""
    WEIGHTS = "weights"
    VERSION = "version"
    """The two years were published under different versions of the framework."""
    MODERATION = "moderation"
    """Reviewers changed more, or less, of what was declared."""


class ComparedBy(StrEnum):
    """How this cycle's results can be compared with those of the cycle before."""

    FIRST_CYCLE = "first_cycle"
    SAME_FRAMEWORK = "same_framework"
    LINKED = "linked"
    """By a crosswalk, on the indicators that are comparable."""
    NO_CROSSWALK = "no_crosswalk"
    NOTHING_COMPARABLE = "nothing_comparable"


STAGED = (ResultStatus.FINAL.value, ResultStatus.PROVISIONAL.value)
"""The statuses that come with a stage; any other comes without one."""


def _rule(sentence: str, holds: Callable[[pd.DataFrame], pd.Series[bool]]) -> pa.Check:
    """A rule between columns of one row; a comparison with a missing value is not a fault."""

    def check(frame: pd.DataFrame) -> pd.Series[bool]:
        return holds(frame).fillna(True)

    return pa.Check(check, error=sentence)


def _at_most(sentence: str, low: str, high: str) -> pa.Check:
    return _rule(sentence, lambda frame: frame[low] <= frame[high])


def _stage_iff_staged(frame: pd.DataFrame) -> pd.Series[bool]:
    return frame["stage"].notna() == frame["status"].isin(STAGED)


def _score_has_bounds(frame: pd.DataFrame) -> pd.Series[bool]:
    bounds = frame["score_low"].notna() & frame["score_high"].notna()
    return frame["score"].isna() | bounds


def _lowest_iff_all_assessed(frame: pd.DataFrame) -> pd.Series[bool]:
    return frame["lowest_stage"].notna() == (frame["n_assessed"] == frame["n_commitments"])


_STAGE_GIVEN = pa.Check(
    _stage_iff_staged, error="there is a stage exactly where the status is final or provisional"
)
_FLOOR = _at_most("the floor is not above the stage", "floor_stage", "stage")
_ANSWERED = _at_most("no more is answered than applies", "n_answered", "n_applicable")


def _text(*, nullable: bool = False) -> pa.Column:
    return pa.Column(str, nullable=nullable, coerce=True)


def _count() -> pa.Column:
    return pa.Column("Int64", pa.Check.ge(0), coerce=True)


def _stage() -> pa.Column:
    return pa.Column("Int64", pa.Check.ge(0), nullable=True, coerce=True)


def _score() -> pa.Column:
    return pa.Column("Float64", pa.Check.in_range(0, 100), nullable=True, coerce=True)


def _flag() -> pa.Column:
    return pa.Column("boolean", coerce=True)


def _status() -> pa.Column:
    return pa.Column(str, pa.Check.isin([s.value for s in ResultStatus]), coerce=True)


def _keys(*names: str) -> dict[str, pa.Column]:
    return {name: _text() for name in ("cycle", "organisation_id", *names)}


def _made_by() -> dict[str, pa.Column]:
    return {name: _text() for name in ("framework_version", "engine_version", "input_hash")}


INDICATOR_STAGES = pa.DataFrameSchema(
    {
        **_keys("submission_id", "commitment_id", "indicator_id"),
        "core": _flag(),
        "status": _status(),
        "stage": _stage(),
        "floor_stage": _stage(),
        "claims_ahead": _count(),
        "n_applicable": _count(),
        "n_answered": _count(),
        "inherited": _flag(),
        **_made_by(),
    },
    checks=[_STAGE_GIVEN, _FLOOR, _ANSWERED],
    unique=["cycle", "organisation_id", "indicator_id"],
    strict=True,
    ordered=True,
    name="indicator_stages",
)
"""One row for each organisation and indicator that it is asked."""

COMMITMENT_STAGES = pa.DataFrameSchema(
    {
        **_keys("submission_id", "commitment_id"),
        "status": _status(),
        "stage": _stage(),
        "met_next": _stage(),
        "total_next": _stage(),
        "floor_stage": _stage(),
        "floor_met_next": _stage(),
        "floor_total_next": _stage(),
        "claims_ahead": _count(),
        "n_applicable": _count(),
        "n_answered": _count(),
        "n_applicable_next": _count(),
        "n_answered_next": _count(),
        "n_not_applicable": _count(),
        "score": _score(),
        "score_low": _score(),
        "score_high": _score(),
        **_made_by(),
    },
    checks=[
        _STAGE_GIVEN,
        _FLOOR,
        _ANSWERED,
        _at_most("no more of the next stage is met than there is", "met_next", "total_next"),
        _at_most(
            "no more of the floor's next stage is met than there is",
            "floor_met_next",
            "floor_total_next",
        ),
        _at_most(
            "no more of the next stage is answered than applies",
            "n_answered_next",
            "n_applicable_next",
        ),
        _at_most("the lower bound is not above the score", "score_low", "score"),
        _at_most("the score is not above the upper bound", "score", "score_high"),
        _at_most("the lower bound is not above the upper", "score_low", "score_high"),
        pa.Check(_score_has_bounds, error="a score has both its bounds"),
    ],
    unique=["cycle", "organisation_id", "commitment_id"],
    strict=True,
    ordered=True,
    name="commitment_stages",
)
"""One row for each organisation and commitment of which it is asked anything."""

ORGANISATION_PROFILES = pa.DataFrameSchema(
    {
        **_keys("submission_id"),
        "status": _status(),
        "lowest_stage": _stage(),
        "n_commitments": _count(),
        "n_assessed": _count(),
        "n_applicable": _count(),
        "n_answered": _count(),
        "claims_ahead": _count(),
        **_made_by(),
    },
    checks=[
        _ANSWERED,
        _at_most("no more commitments are assessed than asked", "n_assessed", "n_commitments"),
        pa.Check(
            _lowest_iff_all_assessed,
            error="there is a lowest stage exactly where every commitment has a stage",
        ),
    ],
    unique=["cycle", "organisation_id"],
    strict=True,
    ordered=True,
    name="organisation_profiles",
)
"""One row for each organisation that has answers."""

INDICATOR_AT_ITS_LEVEL = pa.Check(
    lambda f: f["indicator_id"].notna() == (f["level"] == "indicator"),
    error="an indicator is named exactly at indicator level",
)

MATURITY_CHANGE = pa.DataFrameSchema(
    {
        **_keys("previous_cycle"),
        "level": pa.Column(str, pa.Check.isin(["commitment", "indicator"]), coerce=True),
        "commitment_id": _text(),
        "indicator_id": _text(nullable=True),
        "stage_before": _count(),
        "stage_now": _count(),
        "change": pa.Column("Int64", coerce=True),
        "direction": pa.Column(str, pa.Check.isin(["up", "same", "down"]), coerce=True),
        "confirmed": _flag(),
        "break_in_series": _flag(),
    },
    checks=[
        _rule(
            "the change is now less before",
            lambda f: f["change"] == f["stage_now"] - f["stage_before"],
        ),
        _rule("up is a rise", lambda f: (f["direction"] == "up") == (f["change"] > 0)),
        _rule("down is a fall", lambda f: (f["direction"] == "down") == (f["change"] < 0)),
        INDICATOR_AT_ITS_LEVEL,
    ],
    unique=["cycle", "organisation_id", "level", "commitment_id", "indicator_id"],
    strict=True,
    ordered=True,
    name="maturity_change",
)
"""One row for each organisation and commitment, and each indicator, final in both cycles."""


LINKED_CHANGE = pa.DataFrameSchema(
    MATURITY_CHANGE.columns,
    checks=[
        *MATURITY_CHANGE.checks,
        pa.Check(
            lambda f: f["break_in_series"].astype(bool),
            error="a linked series always bridges a break",
        ),
    ],
    unique=["cycle", "organisation_id", "level", "commitment_id", "indicator_id"],
    strict=True,
    ordered=True,
    name="linked_change",
)
"""As `maturity_change`, both years scored under what two framework versions have in common."""

LARGEST_DENOMINATOR = 10_000
"""More than any score's: it is a share of so many indicators times so many stages."""


def exact_score(score: float) -> Fraction:
    """The share of whole numbers that a score of 0 to 100 was divided from."""
    return Fraction(score).limit_denominator(LARGEST_DENOMINATOR)


def _amounts(frame: pd.DataFrame) -> list[Fraction]:
    pairs = zip(frame["amount_numerator"], frame["amount_denominator"], strict=True)
    return [Fraction(int(a), int(b)) for a, b in pairs]


def _amount_is_its_fraction(frame: pd.DataFrame) -> pd.Series[bool]:
    exact = [float(amount) for amount in _amounts(frame)]
    return frame["amount"] == pd.Series(exact, frame.index, dtype="Float64")


def _effects_add_up(frame: pd.DataFrame) -> bool:
    """Without any rounding: the parts are kept as fractions, and scores are shares."""
    keys = ["cycle", "organisation_id", "commitment_id"]
    for _, parts in frame.groupby(keys, sort=False):
        first = parts.iloc[0]
        change = exact_score(first["score_now"]) - exact_score(first["score_before"])
        if sum(_amounts(parts)) != change:
            return False
    return True


def _one_row_an_effect(frame: pd.DataFrame) -> bool:
    keys = ["cycle", "organisation_id", "commitment_id"]
    return bool((frame.groupby(keys)["effect"].nunique() == len(ScoreEffect)).all())


def _one_pair_of_scores(frame: pd.DataFrame) -> bool:
    keys = ["cycle", "organisation_id", "commitment_id"]
    pair = frame.groupby(keys)[["score_before", "score_now"]].nunique()
    return bool((pair == 1).all(axis=None))


SCORE_CHANGE = pa.DataFrameSchema(
    {
        **_keys("previous_cycle", "commitment_id"),
        "effect": pa.Column(str, pa.Check.isin([e.value for e in ScoreEffect]), coerce=True),
        "amount": pa.Column("Float64", coerce=True),
        "amount_numerator": pa.Column("Int64", coerce=True),
        "amount_denominator": pa.Column("Int64", pa.Check.ge(1), coerce=True),
        "score_before": pa.Column("Float64", pa.Check.in_range(0, 100), coerce=True),
        "score_now": pa.Column("Float64", pa.Check.in_range(0, 100), coerce=True),
        "break_in_series": _flag(),
    },
    checks=[
        pa.Check(_amount_is_its_fraction, error="an amount is its fraction"),
        pa.Check(_one_row_an_effect, error="every effect has one row, also where it is nought"),
        pa.Check(_one_pair_of_scores, error="one score before and one now"),
        pa.Check(_effects_add_up, error="the effects add up to the change of the score"),
    ],
    unique=["cycle", "organisation_id", "commitment_id", "effect"],
    strict=True,
    ordered=True,
    name="score_change",
)
"""One row for each effect, organisation and commitment with a score in both cycles."""


def _changes_iff_other(frame: pd.DataFrame) -> pd.Series[bool]:
    one, other = frame["stage"].fillna(-1), frame["stage_alternative"].fillna(-1)
    return frame["changes"] == (one != other)


STAGE_SENSITIVITY = pa.DataFrameSchema(
    {
        **_keys("commitment_id", "alternative"),
        "status": _status(),
        "stage": _stage(),
        "stage_alternative": _stage(),
        "changes": _flag(),
    },
    checks=[
        _STAGE_GIVEN,
        pa.Check(
            _changes_iff_other,
            error="a stage changes exactly where another one, or none, takes its place",
        ),
    ],
    unique=["cycle", "organisation_id", "commitment_id", "alternative"],
    strict=True,
    ordered=True,
    name="stage_sensitivity",
)
"""One row for each organisation, commitment and alternative rule that can be tried on them."""
