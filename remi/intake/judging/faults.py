"""Cells that could not be read, as findings with what the cell may hold."""

from __future__ import annotations

from remi.intake.judging.opened import Reading
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


def find_faults(reading: Reading) -> None:
    """One finding for each cell that the worker found fault with.

    Rows that this organisation is not asked were noted already, and are not judged.
    """
    for sheet_id, cell, ref, rule, facts, seen, column_id in reading.located["faults"]:
        layout = reading.layout(sheet_id)
        if layout.kind == "grid" and ref not in reading.asked[sheet_id]:
            continue
        column = reading.question(sheet_id, column_id, ref)
        labels = [choice.label for choice in column.choices]
        written = str(facts.get("part", seen))
        details: dict[str, Fact] = {
            "heading": column.heading,
            "allowed": allowed(labels),
            "suggestion": suggestion(written, labels),
            "record": layout.record_name,
            "may_be_without": _may_be_without(column.may_be_not_collected),
            **facts,
        }
        if rule == "reference_duplicated":
            details["suggestion"] = ""
        if rule == PERSONAL:
            details["kinds"] = kinds_in_words(facts["kinds"])
        reading.find(rule, sheet_id, cell, ref, seen or None, **details)


def _may_be_without(may_be_not_collected: bool) -> Fact:
    if not may_be_not_collected:
        return ""
    words = (quoted("not collected"), quoted("declined"))
    return Phrase("may_be_without", {"words": listed(words, "or")})
