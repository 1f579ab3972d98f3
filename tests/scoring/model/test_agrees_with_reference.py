"""The engine that evaluates all organisations at once, against one that takes them one by one."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from model_evaluation import Said, near, said
from model_strategies import Sheet, models, sheets
from reference_model import Outcome, Reference

from schemas.maturity import MaturityModel

Drawn = tuple[MaturityModel, list[Sheet]]


@st.composite
def cases(draw: st.DrawFn) -> Drawn:
    model = draw(models())
    return model, draw(st.lists(sheets(model), min_size=1, max_size=4))


def difference(expected: Outcome | None, found: Said) -> str:
    """The first thing in which the two differ; nothing where they agree."""
    if expected is None:
        return "" if found.status is None else f"status {found.status} where nothing is asked"
    for name in ("status", "stage", "coverage"):
        if getattr(expected, name) != getattr(found, name):
            return f"{name} {getattr(found, name)}, not {getattr(expected, name)}"
    for name in ("score", "low", "high"):
        wanted = getattr(expected, name)
        if not near(None if wanted is None else float(wanted), getattr(found, name)):
            return f"{name} {getattr(found, name)}, not {wanted}"
    return ""


def agree(model: MaturityModel, drawn: list[Sheet]) -> None:
    differences: list[str] = []
    for sheet, results in zip(drawn, said(model, *drawn), strict=True):
        reference = Reference(model, sheet)
        differences += [
            f"{node.id}: {found}; answers {sheet}"
            for node in model.nodes()
            if (found := difference(reference.outcome(node), results[node.id]))
        ]
    if differences:
        note(model.model_dump_json(exclude_defaults=True, indent=1))
    assert not differences


any_model = settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@settings(any_model, max_examples=300)
@given(cases())
def test_both_engines_say_the_same_of_every_node_of_any_model(drawn: Drawn) -> None:
    agree(*drawn)


@pytest.mark.slow
@settings(any_model, max_examples=5000)
@given(cases())
def test_both_engines_say_the_same_of_thousands_of_models(drawn: Drawn) -> None:
    agree(*drawn)
