"""What a department takes over from its organisation: the organisation's own answers, row by row.

Answers go one way, from an organisation to a department that says so, and are never averaged or
added up: each is scored for itself, from one set of answers.
"""

from __future__ import annotations

import pandas as pd

from schemas.intake import AnswerState

KEY = ["organisation_id", "indicator_id", "stage"]


def with_inherited(answers: pd.DataFrame, organisations: pd.DataFrame) -> pd.DataFrame:
    """Answers in which the rows that a department takes over hold its organisation's answers.

    `answers` has the columns of `schemas.store.answer`, of every return that counts;
    `organisations` has `organisation_id`, `unit_type` and `parent_id`. A row is taken over where
    the department says so (`inherited`) and answers nothing in it itself; where the organisation
    has no such answer, it stays unanswered. `sheet`, `cell` and `seen` are then those of the
    organisation's workbook, and `sheet` says so. Rows and their order stay as they are.
    """
    departments = organisations[organisations["unit_type"] == "department"]
    parents = departments.set_index("organisation_id")["parent_id"]
    blank = answers["answer"] == AnswerState.UNANSWERED.value
    whole_row = blank.groupby([answers["organisation_id"], answers["indicator_id"]]).transform(
        "all"
    )
    taken = (
        answers["inherited"].astype(bool)
        & whole_row
        & answers["organisation_id"].isin(parents.index)
    )
    if not taken.any():
        return answers
    wanted = answers.loc[taken, KEY].assign(place=answers.index[taken])
    wanted["organisation_id"] = wanted["organisation_id"].map(parents).astype("str")
    given = answers[[*KEY, "answer", "sheet", "cell", "seen"]]
    found = wanted.merge(given, on=KEY, how="inner", validate="many_to_one").set_index("place")
    result = answers.copy()
    for column in ("answer", "cell", "seen"):
        result.loc[found.index, column] = found[column]
    result.loc[found.index, "sheet"] = (
        found["sheet"] + " (workbook of " + found["organisation_id"] + ")"
    )
    return result
