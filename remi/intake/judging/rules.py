"""Judge the stacked frames of a batch with Pandera, and turn each failure into a finding.

One call a frame, never one a file. A check that cannot run is our own fault and stops the batch:
it must never reach a partner as theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrorReason

from remi.intake.judging.context import JudgingContext
from remi.intake.judging.frames import inherited_rows, row_meaning
from remi.intake.judging.opened import Reading
from remi.intake.judging.problems import JudgingError
from remi.intake.judging.values import Value
from remi.intake.judging.words import Phrase, listed
from remi.intake.locating.plan import ANSWER_CODES
from schemas import assessment

REASON = "reason_not_applicable"
_NOT_COUNTED = frozenset({"not_collected", "declined"})
_NOT_TAKEN_PLACE = frozenset({"planned", "cancelled"})


def failures(
    schemas: Iterable[pa.DataFrameSchema], frame: pd.DataFrame
) -> Iterator[tuple[str, int]]:
    """(rule, row) of everything that fails; rows are places in the frame.

    Raises JudgingError for a failure that is not a named rule's.
    """
    if frame.empty:
        return
    for schema in schemas:
        try:
            schema.validate(frame, lazy=True)
        except pa.errors.SchemaErrors as error:
            for failure in error.schema_errors:
                kept = failure.check_output
                is_rule = failure.reason_code is SchemaErrorReason.DATAFRAME_CHECK
                if not is_rule or not isinstance(kept, pd.Series) or failure.check.name is None:
                    raise JudgingError(f"{failure.check}: {failure}") from error
                for row in kept.index[~kept.astype(bool)]:
                    yield str(failure.check.name), int(row)


def find_in_answers(readings: Sequence[Reading], context: JudgingContext) -> None:
    """Reasons, blanks and claims ahead, row by row of the commitment sheets."""
    may_stop = context.framework.scoring.missing.stop_at_first_not_met
    stages = context.framework.stages
    labels = {ANSWER_CODES[answer.meaning]: answer.label for answer in context.framework.answers}
    rows: list[tuple[Reading, list[Any]]] = []
    facts: list[tuple[int, bool, int, int]] = []
    for reading in readings:
        if reading.kind != "assessment":
            continue
        reasons = {
            (value.sheet_id, value.record)
            for value in reading.values.in_columns(lambda _, name: name == REASON)
            if value.said.state in ("value", "bad")
        }
        inherited = inherited_rows(reading)
        for entry in reading.located["answers"]:
            sheet_id, ref, _, letters, _ = entry
            if ref not in reading.asked[sheet_id]:
                continue
            meaning = row_meaning(letters, may_stop)
            no_column = REASON in reading.sheets[sheet_id]["missing"]
            given = (sheet_id, ref) in reasons or no_column
            unanswered = 0 if (sheet_id, ref) in inherited else len(meaning.unanswered)
            rows.append((reading, entry))
            facts.append((meaning.n_not_applicable, given, unanswered, len(meaning.claims_ahead)))
    names = ["n_not_applicable", "reason_given", "n_unanswered", "n_claims_ahead"]
    frame = pd.DataFrame(facts, columns=names)
    for rule, row in failures(assessment.indicator_rows(context.framework), frame):
        reading, (sheet_id, ref, _, letters, _) = rows[row]
        meaning = row_meaning(letters, may_stop)
        if rule == "reason_missing":
            cell = reading.cell(sheet_id, ref, REASON)
            reading.find(rule, sheet_id, cell, ref)
            continue
        places = meaning.unanswered if rule == "unanswered" else meaning.claims_ahead
        cell = reading.cell(sheet_id, ref, f"answer_{stages[places[0]].number}")
        names_of = listed(f"{stages[place].number} {stages[place].name}" for place in places)
        phrase = "one_stage" if len(places) == 1 else "several_stages"
        seen = ", ".join(labels.get(letter, "–") for letter in letters)
        reading.find(rule, sheet_id, cell, ref, seen, stages=Phrase(phrase, {"names": names_of}))


def find_empty(reading: Reading) -> bool:
    """Whether the workbook came back empty; one finding then says all there is to say."""
    if reading.kind == "engagement":
        sheets = [s.id for s in reading.context.layouts[reading.kind].sheets if s.kind == "records"]
        found = [sheet_id for sheet_id in sheets if sheet_id in reading.sheets]
        if not found or any(reading.sheets[sheet_id]["rows"] for sheet_id in found):
            return False
        reading.find("nothing_recorded")
        return True
    answers = [a for a in reading.located["answers"] if a[1] in reading.asked[a[0]]]
    if not answers or any(a[3].strip("-?") for a in answers):
        return False
    sheet_id, ref = answers[0][:2]
    cell = reading.cell(sheet_id, ref, f"answer_{reading.context.framework.stages[0].number}")
    reading.findings = [f for f in reading.findings if f.rule != "action_point_missing"]
    reading.find("nothing_answered", sheet_id, cell)
    return True


def find_in_values(readings: Sequence[Reading], context: JudgingContext) -> None:
    """What is required and blank, one finding a record, and days that have not come yet."""
    at: list[tuple[Reading, Value]] = []
    facts: list[tuple[str, bool, str | None, bool, date]] = []
    for reading in readings:
        columns = context.columns[reading.kind]
        waived = _waived(reading)
        for value in reading.values.that_say(lambda one: one.state == "blank" or bool(one.day)):
            sheet_id, record, column_id, said, _ = value
            column = columns[sheet_id, column_id]
            required = column.required and (sheet_id, record, column_id) not in waived
            at.append((reading, value))
            facts.append((said.state, required, said.day, column.may_be_future, reading.last_day))
    frame = pd.DataFrame(facts, columns=["state", "required", "day", "may_be_future", "last_day"])
    frame = frame.astype({"state": "str", "required": "bool", "may_be_future": "bool"})
    frame["day"] = pd.to_datetime(frame["day"], format="%Y-%m-%d").astype("datetime64[s]")
    frame["last_day"] = pd.to_datetime(frame["last_day"]).astype("datetime64[s]")
    blanks: dict[tuple[int, str, str], list[tuple[Reading, Value]]] = {}
    for rule, row in failures(assessment.typed_values(), frame):
        reading, value = at[row]
        if rule == "required_missing":
            blanks.setdefault((id(reading), value.sheet_id, value.record), []).append(at[row])
        else:
            _find_day(rule, reading, value)
    for missing in blanks.values():
        _find_missing(missing)


def _find_day(rule: str, reading: Reading, value: Value) -> None:
    sheet_id, _, column_id, said, cell = value
    heading, day = reading.column(sheet_id, column_id).heading, date.fromisoformat(said.day or "")
    reading.find(rule, sheet_id, cell, None, said.seen, heading=heading, day=day)


def _find_missing(missing: list[tuple[Reading, Value]]) -> None:
    """The blanks of one record in one finding, at the first of them."""
    reading, (sheet_id, _, column_id, _, cell) = missing[0]
    heading = reading.column(sheet_id, column_id).heading
    if len(missing) == 1:
        reading.find("required_missing", sheet_id, cell, heading=heading)
        return
    headings = listed(
        Phrase(
            "heading_at",
            {"heading": reading.column(sheet_id, value.column_id).heading, "cell": value.cell},
        )
        for _, value in missing
    )
    # Only the rows of records are the partner's own, to be filled in or not.
    own = reading.layout(sheet_id).kind == "records"
    clear = Phrase("clear_the_row") if own else ""
    reading.find("several_required_missing", sheet_id, cell, headings=headings, clear_the_row=clear)


def _waived(reading: Reading) -> set[tuple[str, str, str]]:
    """Required cells that another cell of the same row makes needless.

    An event that did not take place has no attendance; a count that was not collected has no
    category; a blank organisation code has a finding of its own.
    """
    form = next(s for s in reading.context.layouts[reading.kind].sheets if s.kind == "form")
    waived = {(form.id, "1", "organisation_code")}
    for sheet_id, column_id, waives, wanted in (
        ("events", "state", "attendances", lambda said: said.text in _NOT_TAKEN_PLACE),
        ("attendance", "people", "category", lambda said: said.state in _NOT_COUNTED),
    ):
        here = reading.values.of_column(sheet_id, column_id).that_say(wanted)
        waived |= {(sheet_id, value.record, waives) for value in here}
    return waived
