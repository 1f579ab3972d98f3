"""Models of one level, and states of a few organisations, for figures worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from remi.scoring.model.plan import Plan, compiled
from remi.scoring.model.states import NOT_APPLICABLE, OUT_OF_SCOPE, UNANSWERED
from schemas.maturity import MaturityModel

WORDS = {"_": UNANSWERED, "n": NOT_APPLICABLE, "o": OUT_OF_SCOPE}


def flat(n: int, steps: int = 4, weights: Sequence[object] = (), **root: Any) -> MaturityModel:
    """`n` questions a, b, ... answered in equal steps, and the rules of the whole."""
    labels = [{"label": f"answer {k}", "value": f"{k}/{steps}"} for k in range(steps + 1)]
    children = [
        {"id": name, "name": name, "scale": "steps", "weight": str(weight)}
        for name, weight in zip("abcdefghij"[:n], weights or [1] * n, strict=True)
    ]
    named = root.get("stage", {"rule": "bands"})["rule"] != "bands"
    whole = {"id": "whole", "name": "Whole", "children": children, **root}
    return MaturityModel.model_validate(
        {
            "id": "flat",
            "version": "1.0",
            "name": "Flat",
            "scales": [{"id": "steps", "labels": labels}],
            "stages": [f"stage {k}" for k in range(1, steps + 1) if named],
            "root": whole,
        }
    )


def mean(n: int, steps: int = 4, weights: Sequence[object] = ()) -> Plan:
    """The same, its score the mean of what is answered, however little that is."""
    policy = {"withheld_below": 0, "provisional_below": 0, "not_applicable_ceiling": 1}
    return compiled(flat(n, steps, weights, score={"rule": "power"}, policy=policy))


def rows(*organisations: str) -> npt.NDArray[np.int8]:
    """[organisation, leaf] from one figure an answer: “4_n0”."""
    codes = [[WORDS.get(c) if c in WORDS else int(c) for c in one] for one in organisations]
    return np.array(codes, dtype=np.int8)
