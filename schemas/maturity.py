"""A maturity model that can be computed: what `schemas.maturity_tree` may say, looked over whole.

Any framework that asks questions with ordered answers and combines them upwards is one such file;
the scoring engine knows no framework. A model that cannot be computed, or in which a stage could
never be reached, is refused when it is loaded, with the field and the reason.
"""

from __future__ import annotations

from pydantic import model_validator

from schemas.loading import FaultsError
from schemas.maturity_faults import rule_faults, tree_faults
from schemas.maturity_tree import (
    DEFAULT_POLICY,
    Anchor,
    MaturityTree,
    Node,
    NodePolicy,
    Scale,
    ScaleLabel,
)
from schemas.operators import (
    AnyAll,
    Bands,
    Code,
    CumulativeProduct,
    FromStage,
    Gate,
    Levels,
    Power,
    Quantile,
    ScoreOperator,
    Staged,
    StageOperator,
    Sum,
    Table,
)

__all__ = [
    "DEFAULT_POLICY",
    "Anchor",
    "AnyAll",
    "Bands",
    "Code",
    "CumulativeProduct",
    "FromStage",
    "Gate",
    "Levels",
    "MaturityModel",
    "Node",
    "NodePolicy",
    "Power",
    "Quantile",
    "Scale",
    "ScaleLabel",
    "ScoreOperator",
    "StageOperator",
    "Staged",
    "Sum",
    "Table",
]


class MaturityModel(MaturityTree):
    """A whole maturity model: how it is answered, what it is made of, and how it is scored."""

    @model_validator(mode="after")
    def _can_be_computed(self) -> MaturityModel:
        # What the rules mean can be looked into only once the tree itself holds together.
        if faults := list(tree_faults(self)) or list(rule_faults(self)):
            raise FaultsError(faults)
        return self
