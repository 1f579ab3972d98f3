"""Words that results use: the status of an indicator, a commitment and an organisation."""

from __future__ import annotations

from enum import StrEnum


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
