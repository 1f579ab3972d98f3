"""The engine asked for one model and a few sheets, and its answers node by node."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt
from model_strategies import NOT_APPLICABLE, OUT_OF_SCOPE, UNANSWERED, Sheet

from remi.scoring.indicators import STATUSES
from remi.scoring.model import states as engine_states
from remi.scoring.model.evaluate import Results, evaluate
from remi.scoring.model.plan import Plan, compiled
from schemas.maturity import MaturityModel

CODES: Mapping[int | str, int] = {
    UNANSWERED: engine_states.UNANSWERED,
    NOT_APPLICABLE: engine_states.NOT_APPLICABLE,
    OUT_OF_SCOPE: engine_states.OUT_OF_SCOPE,
}
NEAR = 1e-9


@dataclass(frozen=True)
class Said:
    """What the engine says of one node of one organisation."""

    status: str | None
    """None where the organisation is not asked."""
    score: float | None
    low: float | None
    high: float | None
    stage: int | None
    coverage: Fraction | None


def states_of(model: MaturityModel, sheets: Sequence[Sheet]) -> npt.NDArray[np.int8]:
    """[organisation, leaf] as the engine takes them."""
    rows = [
        [CODES.get(state, state) for leaf in model.leaves() for state in (sheet[leaf.id],)]
        for sheet in sheets
    ]
    return np.array(rows, dtype=np.int8).reshape(len(sheets), len(model.leaves()))


def said(model: MaturityModel, *sheets: Sheet) -> list[dict[str, Said]]:
    """For each sheet, what the engine says of each node."""
    plan = compiled(model)
    results = evaluate(states_of(model, sheets), plan)
    return [
        {node.id: _said(results, plan, node.id, number) for node in model.nodes()}
        for number in range(len(sheets))
    ]


def one(model: MaturityModel, sheet: Sheet) -> dict[str, Said]:
    """What the engine says of each node of one organisation."""
    return said(model, sheet)[0]


def at_root(model: MaturityModel, sheet: Sheet) -> Said:
    """What the engine says of the whole."""
    return one(model, sheet)[model.root.id]


def _said(results: Results, plan: Plan, node_id: str, number: int) -> Said:
    at = plan.place(node_id), number
    status, stage = int(results.status[at]), int(results.stage[at])
    whole = int(results.coverage_applicable[at])
    return Said(
        status=STATUSES[status].value if status >= 0 else None,
        score=_number(results.score[at]),
        low=_number(results.low[at]),
        high=_number(results.high[at]),
        stage=stage if stage >= 0 else None,
        coverage=Fraction(int(results.coverage_answered[at]), whole) if whole else None,
    )


def _number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


def near(one: float | None, other: float | None) -> bool:
    """Whether two scores are the same, or both not there."""
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=NEAR, abs_tol=NEAR)
