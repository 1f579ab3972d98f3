"""The return of one organisation that counts in a cycle, as it is stored."""

from __future__ import annotations

from remi.cycle.work import CycleWork
from remi.intake.template.earlier import Return, stored_return
from schemas import store
from schemas.framework import Framework


def has_counting_return(work: CycleWork, organisation_id: str) -> bool:
    """Whether an assessment of the organisation counts in the cycle."""
    own = {"organisation_id": organisation_id, "kind": "assessment"}
    return bool(work.read(store.verdict, **own)["counts"].astype(bool).any())


def counting_return(work: CycleWork, organisation_id: str, framework: Framework) -> Return | None:
    """The assessment of the organisation that counts, with its values; None where none does.

    `framework` is the cycle's, which takes long to read.
    """
    own = {"organisation_id": organisation_id}
    verdicts = work.read(store.verdict, **own, kind="assessment")
    counting = verdicts[verdicts["counts"].astype(bool)]
    if counting.empty:
        return None
    submission_id = {"submission_id": str(counting["submission_id"].iloc[0])}
    arrived = work.read(store.submission, **submission_id)["received_at"]
    return stored_return(
        work.cycle.label,
        framework,
        work.read(store.answer, **own, **submission_id),
        work.read(store.record_value, **own, **submission_id),
        arrived.iloc[0].date() if len(arrived) else None,
    )
