"""The Lists sheet: every choice in words, in one table, with a named range for each dropdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName

from remi.intake.identity import LISTS_SHEET
from remi.intake.template import look as look
from remi.intake.template.cells import add_table, put, put_page_head, set_row_height
from remi.intake.template.guidance import Guidance
from remi.intake.template.text_size import row_height
from schemas.framework import Choice
from schemas.workbook import ANSWER, Column, SheetLayout, ValueType, WorkbookLayout

YES_NO = (Choice(id="yes", label="yes"), Choice(id="no", label="no"))
_YES_NO_NAME = "list_yes_no"

_HEADINGS = (("List", 26), ("Choose or write", 38), ("Meaning", 42))
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
    if column.type is ValueType.ANSWER and column.codelist is None:
        return "list_answers"
    return f"list_{column.codelist or f'{sheet.id}_{column.id}'}"


def choices_of(column: Column) -> tuple[Choice, ...]:
    """What may be chosen in a column, yes and no included."""
    return YES_NO if column.type is ValueType.YES_NO else column.choices


def asked_columns(sheet: SheetLayout) -> tuple[Column, ...]:
    """The columns that a partner fills in; where each row asks in its own way, its questions."""
    questions = tuple(row.column for row in sheet.rows if row.column is not None)
    others = (c for c in sheet.columns if not c.criterion_text)
    return (*questions, *(c for c in others if not (questions and c.id == ANSWER)))


def joined(words: Sequence[str], last: str = "and") -> str:
    """“a, b and c”."""
    return f" {last} ".join(part for part in (", ".join(words[:-1]), words[-1]) if part)


def word_lists(layout: WorkbookLayout, guidance: Guidance) -> tuple[WordList, ...]:
    """Every list of the workbook once, in the order in which it is first used."""
    meanings = guidance.meanings
    lists: dict[str, WordList] = {}
    for sheet in layout.sheets:
        for column in asked_columns(sheet):
            name = list_name(sheet, column)
            if name is None or name in lists:
                continue
            own = name == f"list_{sheet.id}_{column.id}"
            title = f"{sheet.name}: {column.heading}" if own else _title(name)
            lists[name] = _word_list(name, title, choices_of(column), meanings)
    for name, choices in guidance.more_lists.items():
        lists.setdefault(name, _word_list(name, _title(name), choices, meanings))
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
    name: str, title: str, choices: tuple[Choice, ...], meanings: Mapping[str, Mapping[str, str]]
) -> WordList:
    explained = meanings.get(name, {})
    return WordList(
        name=name,
        title=title,
        entries=tuple((c.label, explained.get(c.id) or _NO_MORE_TO_SAY) for c in choices),
    )
