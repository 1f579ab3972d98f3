"""The engine that evaluates all organisations at once, against one that takes them one by one.

Where they ever differed, the model and the answers are in the folder `differed`, for good.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from model_evaluation import Said, near, said
from model_strategies import Sheet, models, sheets
from reference_model import Outcome, Reference

from schemas.maturity import MaturityModel

Drawn = tuple[MaturityModel, list[Sheet]]


DIFFERED = sorted((Path(__file__).parent / "differed").glob("*.json"))


@st.composite
def cases(draw: st.DrawFn, *, fine: bool = False) -> Drawn:
    model = draw(models(fine=fine))
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
        written = model.model_dump(mode="json", exclude_unset=True)
        kept = json.dumps({"model": written, "answers": drawn}, indent=1)
        pytest.fail("\n".join([*differences, "To be kept in the folder “differed”:", kept]))


any_model = settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@pytest.mark.parametrize("path", DIFFERED, ids=lambda path: path.stem)
def test_both_engines_say_the_same_where_they_once_differed(path: Path) -> None:
    kept = json.loads(path.read_text(encoding="utf-8"))
    agree(MaturityModel.model_validate(kept["model"]), kept["answers"])


@settings(any_model, max_examples=300)
@given(cases())
def test_both_engines_say_the_same_of_every_node_of_any_model(drawn: Drawn) -> None:
    agree(*drawn)


@settings(any_model, max_examples=100)
@given(cases(fine=True))
def test_both_engines_say_the_same_where_weights_have_many_decimals(drawn: Drawn) -> None:
    agree(*drawn)


# Without a seed: what it finds goes into the folder, and the ordinary run stays what it is.
free_search = settings(any_model, max_examples=5000, derandomize=False, print_blob=True)


@pytest.mark.slow
@settings(free_search)
@given(st.one_of(cases(), cases(fine=True)))
def test_both_engines_say_the_same_of_thousands_of_models(drawn: Drawn) -> None:
    agree(*drawn)
