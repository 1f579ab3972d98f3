"""Judge the answers to a maturity model's questions: blanks, and reasons that are missing."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from remi.intake.judging.model_answers import Answered, answered
from remi.intake.judging.opened import Reading
from remi.intake.judging.rules import failures
from remi.intake.model_layout import REASON
from schemas import model_answers


def find_in_model_answers(readings: Sequence[Reading]) -> None:
    """Reasons and blanks, question by question; nothing is said of rows that are gone."""
    at: list[tuple[Reading, Answered]] = []
    for reading in readings:
        if reading.model is not None:
            at += [(reading, one) for one in answered(reading) if one.cell is not None]
    frame = pd.DataFrame(
        {
            "not_applicable": [one.answer == model_answers.NOT_APPLICABLE for _, one in at],
            "reason_given": [one.has_reason for _, one in at],
            "unanswered": [one.is_blank for _, one in at],
        }
    )
    for rule, row in failures(model_answers.question_rows(), frame):
        reading, one = at[row]
        if rule == "reason_missing":
            cell = reading.cell(one.sheet_id, one.ref, REASON)
            reading.find(rule, one.sheet_id, cell, one.ref)
        else:
            reading.find(rule, one.sheet_id, one.cell, one.ref)


def find_no_answer(reading: Reading) -> bool:
    """Whether nothing at all is answered; one finding then says so, where to begin."""
    there = [one for one in answered(reading) if one.cell is not None]
    if not there or not all(one.is_blank for one in there):
        return False
    reading.find("no_question_answered", there[0].sheet_id, there[0].cell)
    return True
