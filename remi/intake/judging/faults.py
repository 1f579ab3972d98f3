"""Cells that could not be read, as findings with what the cell may hold."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from remi.intake.judging.opened import Reading
from remi.intake.judging.whose import became
from remi.intake.judging.words import (
    Fact,
    Phrase,
    allowed,
    kinds_in_words,
    listed,
    quoted,
    suggestion,
)
from remi.intake.locating.typed import PERSONAL
from schemas.workbook import Column, SheetLayout, ValueType

_UNITS = {"number": "unit_number", "hours": "unit_hours"}


def find_faults(reading: Reading) -> None:
    """One finding for each cell that the worker found fault with.

    Rows that this organisation is not asked were noted already, and are not judged.
    """
    for sheet_id, cell, ref, rule, facts, seen, column_id in reading.located["faults"]:
        layout = reading.layout(sheet_id)
        if layout.kind == "grid" and ref not in reading.asked[sheet_id]:
            continue
        column = reading.question(sheet_id, column_id, ref)
        told = facts_of(rule, facts, seen, column, layout)
        if column.codelist == "organisations":
            told["suggestion"] = became(reading.context.register, seen) or told["suggestion"]
        reading.find(rule, sheet_id, cell, ref, seen or None, **told)


def facts_of(
    rule: str, facts: Mapping[str, str], seen: str, column: Column, sheet: SheetLayout
) -> dict[str, Fact]:
    """What a message about a faulty cell may say: what the worker found, and what is asked."""
    labels = [choice.label for choice in column.choices]
    told: dict[str, Fact] = {
        "heading": column.heading,
        "allowed": allowed(labels),
        "suggestion": suggestion(facts.get("part", seen), labels),
        "record": sheet.record_name,
        "what": Phrase(_UNITS[column.unit]),
        "examples": Phrase("whole_numbers" if column.type is ValueType.COUNT else "any_numbers"),
        "may_be_without": _may_be_without(column.may_be_not_collected),
        **facts,
    }
    if rule == "reference_duplicated":
        told["suggestion"] = ""
    if rule == "date_weekday_differs":
        told |= {name: Phrase(facts[name]) for name in ("named_weekday", "falls_on")}
        told["day"] = date.fromisoformat(facts["day"])
    if rule == PERSONAL:
        told["kinds"] = kinds_in_words(facts["kinds"])
    return told


def _may_be_without(may_be_not_collected: bool) -> Fact:
    if not may_be_not_collected:
        return ""
    words = (quoted("not collected"), quoted("declined"))
    return Phrase("may_be_without", {"words": listed(words, "or")})
