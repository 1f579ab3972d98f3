"""The workbook that a maturity model makes: a sheet for each part, a row for each question."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from remi.intake.layout import HEADING_SIZE, form_sheet, sheet_name, wording
from remi.intake.template.text_size import least_column_width
from schemas.framework import Choice
from schemas.maturity import MaturityModel, Node, Scale
from schemas.model_answers import NOT_APPLICABLE, NOT_APPLICABLE_LABEL, NOT_APPLICABLE_WORDS
from schemas.programme import Cycle
from schemas.workbook import (
    ANSWER,
    REF,
    Column,
    ModelPages,
    Row,
    SheetLayout,
    ValueType,
    WorkbookLayout,
)

REASON = "reason_not_applicable"
"""Id of the column for reasons; left out where no question may be not applicable."""

_WIDEST = 40
_FULL_NAME = 31  # what spreadsheet programs take as a sheet's name


def model_layout(
    model: MaturityModel, pages: ModelPages, cycle: Cycle, sector: str | None
) -> WorkbookLayout:
    """The workbook of a model: one sheet for each child of the root, in the order of the file.

    Questions directly below the root share a sheet of their own, the first. With a `sector`, only
    what it is asked; with None, every question. Parts that ask nothing have no sheet, and a sheet
    has the same id and name whoever is asked.
    """
    asked = (
        frozenset(node.id for node in model.nodes())
        if sector is None
        else model.asked(model.groups_of(sector))
    )
    shared = _columns(model, pages)
    parts = [
        (f"part_{number}", f"{number} {name}", name, questions)
        for number, (name, questions) in enumerate(_parts(model), start=1)
    ]
    return WorkbookLayout(
        kind="model",
        title=model.name,
        statement=model.statement,
        framework_version=model.name_and_version,
        cycle=cycle.id,
        sheets=(
            form_sheet(pages.organisation, "M", {}),
            *(
                _sheet(model, sheet_id, name, title, kept, shared)
                for sheet_id, name, title, questions in parts
                if (kept := [(path, leaf) for path, leaf in questions if leaf.id in asked])
            ),
        ),
    )


def scale_codelist(model: MaturityModel, scale: Scale) -> str:
    """How the list of a scale's answers is called in the workbook."""
    place = [s.id for s in model.scales].index(scale.id)
    return "answers" if len(model.scales) == 1 else f"answers_{place + 1}"


def answers_of(scale: Scale) -> tuple[Choice, ...]:
    """What may be chosen, the least first; not applicable comes last where the scale has it."""
    choices = tuple(Choice(id=label.label, label=label.label) for label in scale.labels)
    not_applicable = Choice(id=NOT_APPLICABLE, label=NOT_APPLICABLE_LABEL)
    return (*choices, not_applicable) if scale.allows_not_applicable else choices


def spellings_of(scale: Scale) -> dict[str, str]:
    """Other spellings that are accepted -> the answer that they stand for."""
    spellings = {word: label.label for label in scale.labels for word in label.also_accepted}
    words = NOT_APPLICABLE_WORDS if scale.allows_not_applicable else ()
    return spellings | {word: NOT_APPLICABLE for word in words if word not in spellings}


def _parts(model: MaturityModel) -> Iterator[tuple[str, list[tuple[str, Node]]]]:
    """The name of each sheet, and its questions with the headings above them."""
    root = model.root
    own = [(root.name, child) for child in root.children if not child.children]
    if own:
        yield root.name, own
    for child in root.children:
        if child.children:
            yield child.name, list(_questions(child, child.name))


def _questions(node: Node, path: str) -> Iterator[tuple[str, Node]]:
    for child in node.children:
        if child.children:
            yield from _questions(child, f"{path} › {child.name}")
        else:
            yield path, child


def _columns(model: MaturityModel, pages: ModelPages) -> tuple[Column, ...]:
    may_not_apply = any(model.scale_of(leaf).allows_not_applicable for leaf in model.leaves())
    refs = max(least_column_width(leaf.id, 11, bold=True) for leaf in model.leaves())
    heading = "Your answer"
    labels = [c.label for scale in model.scales for c in answers_of(scale)]
    width = max(
        least_column_width(heading, HEADING_SIZE, bold=True),
        *(least_column_width(label, 11) + 3 for label in labels),
    )
    return (
        wording(REF, "Ref", min(max(refs, 6), _WIDEST)),
        wording("part", "Part", 24, asked=True),
        wording("question", "Question", 40, asked=True),
        Column(id=ANSWER, heading=heading, type=ValueType.ANSWER, width=min(width, _WIDEST)),
        *(c for c in pages.question_columns if may_not_apply or c.id != REASON),
    )


def _sheet(
    model: MaturityModel,
    sheet_id: str,
    name: str,
    title: str,
    questions: list[tuple[str, Node]],
    columns: tuple[Column, ...],
) -> SheetLayout:
    return SheetLayout(
        id=sheet_id,
        name=_short_name(name),
        title=title,
        kind="grid",
        columns=columns,
        rows=tuple(_row(model, path, leaf) for path, leaf in questions),
        record_name="question",
    )


def _row(model: MaturityModel, path: str, leaf: Node) -> Row:
    scale = model.scale_of(leaf)
    column = Column(
        id=ANSWER,
        heading=leaf.name,
        type=ValueType.ANSWER,
        choices=answers_of(scale),
        spellings=spellings_of(scale),
        codelist=scale_codelist(model, scale),
        help="Choose one from the list.",
    )
    return Row(ref=leaf.id, texts={"part": path, "question": leaf.name}, column=column)


def _short_name(name: str) -> str:
    """A sheet name of whole words where they fit; it begins with a number, so no two are alike."""
    short = textwrap.shorten(name, _FULL_NAME, placeholder="")
    return sheet_name(short if " " in short else name).rstrip("' ")
