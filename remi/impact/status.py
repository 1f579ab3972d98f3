"""The words of results: where a return stands, how a position reads, why there is no number."""

from __future__ import annotations

from schemas.framework import Framework
from schemas.impact import Status
from schemas.results import ResultStatus, ReturnStatus

WORDS: dict[str, str] = {
    ResultStatus.FINAL: "Final",
    ResultStatus.PROVISIONAL: "Provisional: too much is not answered",
    ResultStatus.NOT_ASSESSABLE: "Not assessable: too much is not applicable",
    ResultStatus.NOT_ASSESSED: "Not assessed: nothing was answered",
    ResultStatus.NOT_APPLICABLE: "Not applicable: nothing here is asked of this partner",
    ReturnStatus.NOT_RETURNED: "Not returned",
    ReturnStatus.NEEDS_CHANGES: "Needs changes before it can be accepted",
}
"""How the state of a partner's commitment is said; “returned” is said by its result's status."""


def why_blank(status: str) -> Status:
    """Why there is no number: not applicable, or nothing that could be assessed was returned."""
    if status == ResultStatus.NOT_APPLICABLE:
        return Status.NOT_APPLICABLE
    return Status.NOT_AVAILABLE


def stage_words(framework: Framework, number: int) -> str:
    """“Stage 2 Commitment”; before the first stage only the framework's words for that."""
    name = framework.stage_name(number)
    return f"Stage {number} {name}" if number else name


def position_text(framework: Framework, stage: int, met_next: int, total_next: int) -> str:
    """“Stage 2 Commitment, 4 of 6 of Implementation”; the core criteria of the next stage."""
    here = stage_words(framework, stage)
    if stage == len(framework.stages):
        return f"{here}, nothing above"
    return f"{here}, {met_next} of {total_next} of {framework.stage_name(stage + 1)}"
