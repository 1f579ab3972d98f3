"""Last year's return in this year's workbook: shown, or filled in where it claims nothing.

An answer is never filled in. It stands in words beside the empty cell, so that a blank stays a
blank until somebody answers for this year. Filled in is only what describes (`Column.carried`),
such as what an evidence document is called; days are never filled in, so none of it counts before
it is completed. See docs/decisions/0008-last-years-answers.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from remi.intake.template.earlier import Return, answers_in_words, filled_in, value_in_words
from remi.intake.template.entries import Entry, SheetEntries
from remi.intake.template.since import since_last_year
from remi.intake.template.write import Blank
from schemas.crosswalk import ONE_TO_ONE, Crosswalk, Relation
from schemas.framework import Framework
from schemas.workbook import ANSWER, TITLE, Row, SheetDefinition, SheetLayout

GRID = ""
"""Where `Return.values` has what was written beside an indicator."""


@dataclass(frozen=True)
class Became:
    """What a row of this year was last year: its references then, and how it relates to them."""

    refs: tuple[str, ...]
    relation: Relation

    @property
    def one(self) -> str | None:
        """The one row that it was, if its evidence is evidence for this row too."""
        return self.refs[0] if self.relation in ONE_TO_ONE else None


def with_last_year(
    blank: Blank, last: Return, crosswalk: Crosswalk | None, records: Sequence[SheetDefinition]
) -> Blank:
    """The blank with last year's return in it, and a section of the first sheet that says so.

    `crosswalk` leads from last year's framework to this year's; it is not needed where both are
    the same. `records`: how the sheets of records are configured.
    """
    now = blank.facts.framework
    assert isinstance(now, Framework), "a maturity model has no last year yet"
    became = what_became(last.framework, now, crosswalk)
    definitions = {definition.id: definition for definition in records}
    sheets: list[SheetLayout] = []
    entries: dict[str, SheetEntries] = {}
    for sheet in blank.layout.sheets:
        shown = sheet
        if sheet.kind == "grid":
            if became is not None:
                shown = _with_words(sheet, last, became)
                entries[sheet.id] = _grid_entries(sheet, last, became)
        elif sheet.kind == "form":
            shown = _form_with_words(sheet, last)
            entries[sheet.id] = _form_entries(sheet, last)
        else:
            entries[sheet.id] = _record_entries(sheet, last, became or {}, definitions[sheet.id])
        sheets.append(shown)
    kept = {sheet_id: made for sheet_id, made in entries.items() if made.rows}
    relations = None if became is None else {ref: was.relation for ref, was in became.items()}
    gone = {} if became is None else _no_longer_asked(last.framework, became)
    asked = [row.ref for sheet in sheets if sheet.kind == "grid" for row in sheet.rows]
    since = since_last_year(last, now, relations, gone, asked, anything_filled=bool(kept))
    return replace(
        blank,
        layout=blank.layout.model_copy(update={"sheets": tuple(sheets)}),
        facts=replace(blank.facts, since=since),
        entries=kept,
    )


def what_became(
    old: Framework, new: Framework, crosswalk: Crosswalk | None
) -> dict[str, Became] | None:
    """This year's indicators that were asked last year in some way; None where nobody has said."""
    if old.name_and_version == new.name_and_version:
        return {i.id: Became((i.id,), Relation.SAME) for _, i in new.indicators()}
    if crosswalk is None:
        return None
    found: dict[str, Became] = {}
    for row in crosswalk.rows:
        if row.old and row.new:
            before = found[row.new].refs if row.new in found else ()
            found[row.new] = Became((*before, row.old), row.relation)
    return found


def _no_longer_asked(old: Framework, became: Mapping[str, Became]) -> dict[str, str]:
    kept = {ref for was in became.values() for ref in was.refs}
    return {i.id: i.title for _, i in old.indicators() if i.id not in kept}


def _with_words(sheet: SheetLayout, last: Return, became: Mapping[str, Became]) -> SheetLayout:
    """The sheet with last year's answers under the name of each row."""

    def shown(row: Row) -> Row:
        told = _told(sheet, row.ref, last, became.get(row.ref))
        return row.model_copy(update={"texts": {**row.texts, TITLE: f"{row.texts[TITLE]}\n{told}"}})

    return sheet.model_copy(update={"rows": tuple(shown(row) for row in sheet.rows)})


def _told(sheet: SheetLayout, ref: str, last: Return, was: Became | None) -> str:
    if was is None:
        return "New this year."
    words = [(old, answers_in_words(last, old) or "not asked") for old in was.refs]
    parts = [text if was.refs == (ref,) else f"{old}: {text}" for old, text in words]
    told = f"{last.label}: {'; '.join(parts)}."
    if was.one is None:
        return f"Asked in another way before. {told}"
    for column in sheet.columns:
        if column.carried == "shown":
            remark = value_in_words(last, GRID, was.one, column)
            told += f" {column.heading}: {remark}." if remark else ""
    if was.relation is Relation.REWORDED:
        return f"Reworded this year, please read it again. {told}"
    return told


def _grid_entries(sheet: SheetLayout, last: Return, became: Mapping[str, Became]) -> SheetEntries:
    rows: dict[str, Mapping[str, Entry | None]] = {}
    for row in sheet.rows:
        was = became.get(row.ref)
        if was is not None and was.one is not None:
            filled = filled_in(last, GRID, was.one, sheet.columns, {})
            if filled:
                rows[row.ref] = filled
    return SheetEntries(rows=rows)


def _form_with_words(sheet: SheetLayout, last: Return) -> SheetLayout:
    def shown(row: Row) -> Row:
        if row.column is None or row.column.carried == "no":
            return row
        words = value_in_words(last, sheet.id, "1", row.column)
        if not words:
            return row
        told = f"{row.texts['help']} {last.label}: {words}.".strip()
        return row.model_copy(update={"texts": {**row.texts, "help": told}})

    return sheet.model_copy(update={"rows": tuple(shown(row) for row in sheet.rows)})


def _form_entries(sheet: SheetLayout, last: Return) -> SheetEntries:
    rows: dict[str, Mapping[str, Entry | None]] = {}
    for row in sheet.rows:
        if row.column is not None:
            filled = filled_in(last, sheet.id, "1", (row.column,), {})
            if filled:
                rows[row.ref] = {ANSWER: filled[row.column.id]}
    return SheetEntries(rows=rows)


def _record_entries(
    sheet: SheetLayout, last: Return, became: Mapping[str, Became], definition: SheetDefinition
) -> SheetEntries:
    """Records that are still open, in the order of their sheet, with what is left to complete."""
    now = {was.one: ref for ref, was in became.items() if was.one is not None}
    rows: dict[str, Mapping[str, Entry | None]] = {}
    notes: dict[str, Mapping[str, str]] = {}
    for record in last.records.get(sheet.id, ()):
        ended = any(
            last.values.get((sheet.id, record, column_id), {}).get("text") in choices
            for column_id, choices in definition.carried_unless.items()
        )
        filled = {} if ended else filled_in(last, sheet.id, record, sheet.columns, now)
        if filled:
            rows[record] = filled
            notes[record] = {
                column.id: f"{last.label}: {words}"
                for column in sheet.columns
                if column.carried == "shown"
                and (words := value_in_words(last, sheet.id, record, column))
            }
    return SheetEntries(rows=rows, notes=notes)
