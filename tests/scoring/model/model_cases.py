"""What the properties of any model share: cases, and what it is to be the same or not lower."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, assume, settings
from hypothesis import strategies as st
from model_evaluation import Said, near
from model_strategies import (
    Sheet,
    models,
    sheets,
)

from schemas.maturity import MaturityModel

any_case = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.filter_too_much,
    ],
)
ORDINAL: dict[str, Any] = {
    "stage_rules": ("staged", "quantile"),
    "score_rules": ("power", "quantile"),
}
STAGES_BY_STAGES = ("staged", "levels", "any_all", "table", "quantile")
MEANS: dict[str, Any] = {"score_rules": ("power",), "powers": ("1",)}
OPEN = {"provisional_below": 0, "withheld_below": 0, "not_applicable_ceiling": 1}
"""Policies under which nothing is withheld, so that there is something to compare."""


def draw_case(
    data: st.DataObject, *, complete: bool = False, **allowed: Any
) -> tuple[MaturityModel, Sheet]:
    """A model and what one organisation answers to it."""
    model = data.draw(models(**allowed))
    return model, data.draw(sheets(model, complete=complete))


def assert_same(one: Said, other: Said, *, coverage: bool = True) -> None:
    """Scores to the nearness of floats, everything else exactly."""
    assert (one.stage, one.status) == (other.stage, other.status)
    if coverage:
        assert one.coverage == other.coverage
    for name in ("score", "low", "high"):
        assert near(getattr(one, name), getattr(other, name)), name


def assert_never_lower(before: dict[str, Said], after: dict[str, Said], *names: str) -> None:
    """No figure there before is missing or lower after."""
    for node, results in before.items():
        for name in names:
            was, now = getattr(results, name), getattr(after[node], name)
            if was is not None:
                assert now is not None, (node, name)
                assert now >= was - 1e-9, (node, name)


def with_one(data: st.DataObject, sheet: Sheet, places: list[str], new: Any) -> Sheet:
    """The sheet with the answer of one of these leaves put through `new`."""
    assume(places)
    leaf = data.draw(st.sampled_from(places))
    return {**sheet, leaf: new(leaf)}


def stages(results: dict[str, Said]) -> list[int | None]:
    """The stage of every node."""
    return [r.stage for r in results.values()]
