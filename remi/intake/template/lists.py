"""The Lists sheet: every choice in words, in one table, with a named range for each dropdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName

from remi.intake.identity import LISTS_SHEET
from remi.intake.layout import code_lists
from remi.intake.template import look as look
from remi.intake.template.cells import add_table, put, put_page_head, set_row_height
from remi.intake.template.text_size import row_height
from schemas.framework import Choice, Framework
from schemas.programme import Places
from schemas.workbook import Column, SheetLayout, ValueType, WorkbookLayout

YES_NO = (Choice(id="yes", label="yes"), Choice(id="no", label="no"))
_YES_NO_NAME = "list_yes_no"

_HEADINGS = (("List", 26), ("Choose or write", 38), ("Meaning", 42))
# Attendance is counted by these, so their names must be on paper although no column lists them.
_COUNTED_BY = ("sectors", "systems", "boroughs", "ethnic_groups")
_NO_MORE_TO_SAY = "As it says"


@dataclass(frozen=True)
class WordList:
    """One list: the name that dropdowns use, its title, and its words with what they mean."""

    name: str
    title: str
    entries: tuple[tuple[str, str], ...]


def list_name(sheet: SheetLayout, column: Column) -> str | None:
    """The named range that holds the choices of a column; None where it has no choices."""
    if column.type is ValueType.YES_NO:
        return _YES_NO_NAME
    if not column.choices:
        return None
    if column.type is ValueType.ANSWER:
        return "list_answers"
    return f"list_{column.codelist or f'{sheet.id}_{column.id}'}"


def choices_of(column: Column) -> tuple[Choice, ...]:
    """What may be chosen in a column, yes and no included."""
    return YES_NO if column.type is ValueType.YES_NO else column.choices


def asked_columns(sheet: SheetLayout) -> tuple[Column, ...]:
    """The columns, or the questions of a form, that a partner fills in."""
    if sheet.kind == "form":
        return tuple(row.column for row in sheet.rows if row.column is not None)
    return tuple(c for c in sheet.columns if not c.criterion_text)


def joined(words: Sequence[str], last: str = "and") -> str:
    """“a, b and c”."""
    return f" {last} ".join(part for part in (", ".join(words[:-1]), words[-1]) if part)


def word_lists(
    layout: WorkbookLayout, framework: Framework, places: Places, organisations: pd.DataFrame
) -> tuple[WordList, ...]:
    """Every list of the workbook once, in the order in which it is first used."""
    meanings = _meanings(framework, places, organisations)
    lists: dict[str, WordList] = {}
    for sheet in layout.sheets:
        for column in asked_columns(sheet):
            name = list_name(sheet, column)
            if name is None or name in lists:
                continue
            own = name == f"list_{sheet.id}_{column.id}"
            title = f"{sheet.name}: {column.heading}" if own else _title(name)
            lists[name] = _word_list(name, title, choices_of(column), meanings)
    if layout.kind == "engagement":
        codes = code_lists(framework, places, organisations, set())
        for codelist in _COUNTED_BY:
            name = f"list_{codelist}"
            lists.setdefault(name, _word_list(name, _title(name), codes[codelist], meanings))
    return tuple(lists.values())


def add_lists_sheet(workbook: Workbook, lists: tuple[WordList, ...], footer: str) -> None:
    """Write the lists below each other and name the range of each."""
    sheet = workbook.create_sheet(LISTS_SHEET)
    introduction = (
        "Every choice in this workbook. Choose or write entries as they stand in the second "
        "column.",
    )
    header = put_page_head(sheet, "Lists", introduction, 100)
    for column, (heading, width) in enumerate(_HEADINGS, start=1):
        put(sheet, header, column, heading, look.WORDING_HEADER)
        sheet.column_dimensions["ABC"[column - 1]].width = width
    row = header
    for words in lists:
        first = row + 1
        for label, meaning in words.entries:
            row += 1
            texts = (words.title, label, meaning)
            heights = []
            for column, (text, (_, width)) in enumerate(zip(texts, _HEADINGS, strict=True), 1):
                strong = column == 2
                put(sheet, row, column, text, look.NOTE_STRONG if strong else look.NOTE)
                heights.append(row_height(text, width - look.INDENT, look.BODY_SIZE, strong))
            set_row_height(sheet, row, heights)
        reference = f"'{LISTS_SHEET}'!$B${first}:$B${row}"
        workbook.defined_names[words.name] = DefinedName(words.name, attr_text=reference)
    add_table(sheet, "table_lists", header, row)
    look.protect(sheet)
    look.set_up_page(sheet, footer, landscape=False, pages_wide=1)
    sheet.print_title_rows = f"{header}:{header}"


def _title(name: str) -> str:
    words = name.removeprefix("list_").replace("_", " ").capitalize()
    return "Yes or no" if name == _YES_NO_NAME else words


def _word_list(
    name: str, title: str, choices: tuple[Choice, ...], meanings: dict[str, dict[str, str]]
) -> WordList:
    explained = meanings.get(name, {})
    return WordList(
        name=name,
        title=title,
        entries=tuple((c.label, explained.get(c.id) or _NO_MORE_TO_SAY) for c in choices),
    )


def _meanings(
    framework: Framework, places: Places, organisations: pd.DataFrame
) -> dict[str, dict[str, str]]:
    """What each entry means, by list and by the entry's id."""
    systems = {s.id: s.name for s in places.systems}
    register = zip(organisations["organisation_id"], organisations["name"], strict=True)
    return {
        "list_answers": {a.meaning.value: a.explanation for a in framework.answers},
        "list_stages": {str(s.number): s.meaning for s in framework.stages},
        "list_commitments": {c.id: c.expectation for c in framework.commitments},
        "list_indicators": {i.id: i.title for _, i in framework.indicators()},
        "list_evidence_types": {
            e.id: f"{'Holds figures. ' if e.numeric else ''}Counts for {e.months_valid} months."
            for e in framework.evidence_types
        },
        "list_organisations": {str(code): str(name) for code, name in register},
        "list_boroughs": {b.id: f"In {systems.get(b.system_id, '')}" for b in places.boroughs},
        "list_ethnic_groups": {g.id: g.broad_group_name for g in places.ethnic_groups},
    }
