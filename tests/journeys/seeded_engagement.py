"""Faults that engagement workbooks have, each put in by a function that says what is expected."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from openpyxl.cell.cell import Cell
from seeded_cells import Fault, in_record, on_form, put_in, saved_as_strict
from seeded_drafts import Draft, NoRoom, cell_at


def _count(draft: Draft, fits: Callable[[Cell], bool] = lambda _: True) -> Cell:
    """A count of an event whose total is not exact, so that nothing need add up."""
    exact = {
        event.value
        for event in draft.rows("events")
        if isinstance(draft.cell(event, "events", "attendances").value, int)
    }
    rows = [c for c in draft.rows("attendance") if c.value not in exact and fits(c)]
    free = [c for c in rows if ("attendance", f"row {c.row}") not in draft.taken]
    if not free:
        raise NoRoom
    row = draft.rng.choice(free)
    draft.take("attendance", f"row {row.row}")
    return row


def in_count(column_id: str, rule: str, *values: Any) -> Fault:
    """Something wrong in one count; harmless without a rule."""

    def put(draft: Draft) -> None:
        # A count that nobody made has no category, and is judged otherwise.
        row = _count(draft, lambda c: isinstance(_people(draft, c).value, int))
        put_in(draft, draft.cell(row, "attendance", column_id), rule, values)

    put.__name__ = f"attendance {column_id}: {rule or 'harmless'}"
    return put


def _people(draft: Draft, row: Cell) -> Cell:
    return draft.cell(row, "attendance", "people")


def count_given_twice(draft: Draft) -> None:
    draft.take("attendance", "order")
    row = _count(draft, lambda c: isinstance(_people(draft, c).value, int))
    sheet, end = draft.sheets["attendance"], draft.rows("attendance")[-1].row + 1
    for column_id in ("ref", "counted_by", "category", "people"):
        heading = draft.headings["attendance", column_id]
        sheet.cell(end, heading.column).value = draft.cell(row, "attendance", column_id).value
    draft.take("attendance", f"row {end}")
    draft.expect(
        "count_given_twice", cell_at(sheet, end, draft.headings["attendance", "category"].column)
    )


def does_not_add_up(draft: Draft) -> None:
    draft.take("attendance", "order", "sums")
    event = draft.take_row(
        "events", lambda c: isinstance(draft.cell(c, "events", "attendances").value, int)
    )
    of = [c for c in draft.rows("attendance") if c.value == event.value]
    by_sector = [c for c in of if draft.cell(c, "attendance", "counted_by").value == "sector"]
    if not by_sector:
        raise NoRoom
    changed = _people(draft, draft.rng.choice(by_sector))
    assert isinstance(changed.value, int)
    changed.value += 1
    draft.expect("attendance_does_not_add_up", _people(draft, by_sector[0]))


def event_twice(draft: Draft) -> None:
    """Of an event that did not take place, so that no count belongs to it."""
    draft.take("events", "references", "order")
    first, *others = draft.rows("events")
    cancelled = [c for c in others if draft.cell(c, "events", "state").value == "cancelled"]
    row = draft.rng.choice(cancelled)
    draft.take("events", str(first.value), str(row.value))
    row.value = first.value
    draft.expect("reference_duplicated", row)


def reference_twice(sheet_id: str) -> Fault:
    """Two records with one reference."""

    def put(draft: Draft) -> None:
        draft.take(sheet_id, "references", "order")
        first, second = draft.rows(sheet_id)[:2]
        draft.take(sheet_id, str(first.value), str(second.value))
        second.value = f" {first.value} "
        draft.expect("reference_duplicated", second)

    put.__name__ = f"{sheet_id} reference_duplicated"
    return put


def held(column_id: str, rule: str, value: Callable[[Draft, Cell], Any], at: str = "") -> Fault:
    """Something that does not fit together in a meeting that was held."""

    def put(draft: Draft) -> None:
        row = draft.take_row(
            "meetings", lambda c: draft.cell(c, "meetings", "held_on").value is not None
        )
        draft.cell(row, "meetings", column_id).value = value(draft, row)
        draft.expect(rule, draft.cell(row, "meetings", at or column_id))

    put.__name__ = f"meetings {column_id}: {rule}"
    return put


def _more_than(column_id: str) -> Callable[[Draft, Cell], Any]:
    def value(draft: Draft, row: Cell) -> int:
        count = draft.cell(row, "meetings", column_id).value
        assert isinstance(count, int)
        return count + 9

    return value


def published_without_date(draft: Draft) -> None:
    state = partial(draft.cell, sheet_id="communications", column_id="state")
    row = draft.take_row("communications", lambda c: state(c).value == "published")
    cell = draft.cell(row, "communications", "published_on")
    cell.value = None
    draft.expect("published_without_date", cell)


def event_outside_period(draft: Draft) -> None:
    row = draft.take_row("events", lambda c: draft.cell(c, "events", "state").value == "held")
    cell = draft.cell(row, "events", "held_on")
    cell.value = date(2023, 5, 4)
    draft.expect("date_outside_period", cell)


in_event = partial(in_record, "events")
in_item = partial(in_record, "communications")

CELLS = (
    in_count("ref", "reference_not_among_records", "E999", "X"),
    in_count("ref", "required_missing", None),
    in_count("counted_by", "choice_not_on_list", "department"),
    in_count("category", "category_not_on_list", "Nowhere", "Asian (other than listed)"),
    in_count("category", "required_missing", None),
    in_count("people", "required_missing", None),
    in_count("people", "number_expected", "lots", "a few"),
    in_count("people", "whole_number_expected", 12.5),
    in_count("people", "number_below_zero", -4),
    in_count("people", "percentage_in_number_cell", "40%"),
    in_count("people", "date_in_number_cell", date(2025, 10, 8)),
    in_count("people", "range_read_as_at_least", "8-10", "8 to 10"),
    in_count("people", "error_in_cell", "#N/A", "#REF!"),
    in_count("people", "", "12", "over 12", "not collected", "declined", "1,200"),
    in_count("multiple_responses", "yes_no_expected", "sometimes"),
    count_given_twice,
    does_not_add_up,
    event_twice,
    event_outside_period,
    in_event("title", "required_missing", None),
    in_event("event_type", "choice_not_on_list", "party"),
    in_event("lead_organisation", "code_not_on_list", "DEMO-Z99"),
    in_event("commitments", "choice_not_on_list", "Leadership; Catering"),
    in_event("title", "personal_data_found", "With jo.bloggs@example.org"),
    in_event("mode", "required_missing", None),
    published_without_date,
    reference_twice("communications"),
    reference_twice("meetings"),
    in_item("communication_type", "choice_not_on_list", "poster"),
    in_item("views", "number_expected", "many"),
    in_item("evidence_informed", "yes_no_expected", "partly"),
    held("quorate", "held_without_quorum", lambda *_: None),
    held("held_on", "quorum_without_date", lambda *_: None),
    held("held_on", "date_outside_period", lambda *_: date(2023, 5, 4)),
    held("decisions_from_community", "more_raised_than_taken", _more_than("decisions")),
    held("adopted", "more_answered_than_raised", _more_than("decisions_from_community")),
    held("decisions", "word_not_taken", lambda *_: "not collected"),
    on_form("programme", "required_missing", None),
    on_form("completed_on", "date_not_understood", "in the autumn"),
    saved_as_strict,
)
