"""Answers to the questions of a maturity model: what they say, one row a question, with cells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import pandas as pd

from remi.intake.judging.opened import Reading
from remi.intake.model_layout import REASON
from schemas.model_answers import ANSWER_COLUMNS
from schemas.workbook import ANSWER

_GIVEN = ("value", "bad")


class Answered(NamedTuple):
    """One question as it was found. `cell` is missing where its row or column is.

    `answer` is a label of its scale or “not_applicable”, missing where nothing usable stands
    there; `is_blank` where nothing does. `has_reason` is also said where there is no column to
    write it in, which was named already.
    """

    sheet_id: str
    ref: str
    cell: str | None
    answer: str | None
    is_blank: bool
    seen: str | None
    has_reason: bool


def answered(reading: Reading) -> Iterator[Answered]:
    """Every question that the organisation is asked, in the order of the workbook."""
    values = {(v.sheet_id, v.record, v.column_id): v.said for v in reading.values}
    for sheet_id, refs in reading.asked.items():
        found = reading.sheets.get(sheet_id)
        may_write = found is not None and REASON in found["columns"]
        for ref in refs:
            value = values.get((sheet_id, ref, ANSWER))
            reason = values.get((sheet_id, ref, REASON))
            yield Answered(
                sheet_id=sheet_id,
                ref=ref,
                cell=reading.cell(sheet_id, ref, ANSWER),
                answer=value.text if value else None,
                is_blank=value is None,
                seen=(value.seen or value.text) if value else None,
                has_reason=not may_write or (reason is not None and reason.state in _GIVEN),
            )


def model_answer_frame(readings: Iterable[Reading]) -> pd.DataFrame:
    """Answers in the form that `remi.scoring.model.states.to_states` takes, with their cells.

    One row for each question that each known organisation was asked; columns `ANSWER_COLUMNS`.
    """
    rows: list[tuple[Any, ...]] = []
    for reading in readings:
        if reading.model is None or reading.organisation is None or reading.stopped:
            continue
        whose = (
            *(reading.context.cycle.id, reading.organisation.id, reading.organisation.sector),
            *(reading.submission_id, reading.model.name_and_version),
        )
        for one in answered(reading):
            sheet = reading.name(one.sheet_id) if one.cell else None
            rows.append((*whose, one.ref, one.answer, sheet, one.cell, one.seen))
    return pd.DataFrame(rows, columns=list(ANSWER_COLUMNS)).astype("str")
