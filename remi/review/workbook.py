"""The workbook in which a reviewer decides without a network: one row a claim.

Each row carries a mark of the claim as it was when the workbook was made; see
`remi.review.reading` for what becomes of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from remi.cycle.work import CycleWork
from remi.intake.layout import sheet_name, wording
from remi.intake.template import look as look
from remi.intake.template.cells import put
from remi.intake.template.guidance import Guidance
from remi.intake.template.lists import add_lists_sheet, word_lists
from remi.intake.template.sheets import add_sheet
from remi.intake.template.write import workbook_bytes
from remi.review.deciding import (
    DECISION_WORDS,
    GRADE_WORDS,
    LONGEST_REASON,
    Place,
    version,
)
from remi.scoring.assurance_words import asked_of_evidence
from remi.scoring.claims import EvidenceItem
from remi.scoring.reviewed import Reviewed
from schemas.framework import Choice, Framework
from schemas.intake import AnswerState
from schemas.reviews import Decision, Grade, Outcome
from schemas.workbook import REF, Column, Row, SheetLayout, ValueType, WorkbookLayout

SHEET, SHEET_NAME = "review", "Review"
DECISION, GRADE, REASON, MARK = "decision", "grade", "reason", "mark"

STANDS = {
    Outcome.UNREVIEWED: "Not reviewed yet",
    Outcome.LOOK_AGAIN: "Decided before, but changed since",
    Outcome.SECOND_NEEDED: "One reviewer decided; a second is needed",
    Outcome.THIRD_NEEDED: "Two reviewers disagree; a third is needed",
    Outcome.ACCEPTED: "Accepted",
    Outcome.NOT_ACCEPTED: "Not accepted",
    Outcome.MORE_EVIDENCE: "More evidence was asked for",
}


def review_layout(work: CycleWork, organisation_name: str, rows: Sequence[Row]) -> WorkbookLayout:
    """The workbook with its one sheet, for writing it and for finding what was written in it."""
    title = f"Review of {organisation_name}, {work.cycle.label}"
    sheet = SheetLayout(
        id=SHEET,
        name=sheet_name(SHEET_NAME),
        title=title,
        kind="grid",
        introduction=(
            "Each row is one claim of the partner. Leave a row without a decision to leave it as "
            "it is.",
            f"A reason is needed unless you accept, of at most {LONGEST_REASON:,} characters.",
            "Please do not write names, e-mail addresses or telephone numbers of people.",
        ),
        columns=_columns(),
        rows=tuple(rows),
        record_name="claim",
    )
    return WorkbookLayout(
        kind="assessment",
        title=title,
        statement=work.framework.statement,
        framework_version=work.framework.name_and_version,
        cycle=work.cycle_id,
        sheets=(sheet,),
    )


def review_workbook(
    work: CycleWork, organisation_id: str, organisation_name: str, claims: Sequence[Reviewed]
) -> bytes:
    """The workbook as an .xlsx file, the highest stages of each indicator first; the same bytes
    for the same claims. What a department took over is not in it."""
    places = {indicator.id: n for n, (_, indicator) in enumerate(work.framework.indicators())}
    own = [one for one in claims if not one.claim.taken_over]
    own.sort(key=lambda one: (places[one.claim.indicator_id], -one.claim.stage))
    rows = [_row(work.framework, one) for one in own]
    layout = review_layout(work, organisation_name, rows)
    sheet = layout.sheets[0]
    marks = {_ref(one): mark(work, organisation_id, one) for one in claims}
    guidance = Guidance(
        source=("Framework", work.framework.name_and_version),
        answering=("Choose a decision in each row that you decide about.",),
        sections=(),
        meanings={},
    )
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    look.add_styles(workbook)
    add_sheet(workbook, sheet, guidance, layout.title, {})
    _put_marks(workbook[sheet.name], sheet, marks)
    add_lists_sheet(workbook, word_lists(layout, guidance), layout.title)
    properties = workbook.properties
    properties.title, properties.language = layout.title, "en-GB"
    properties.creator = work.workspace.configuration.policy.publisher
    properties.created = properties.modified = datetime.combine(work.cycle.closes, time())
    return workbook_bytes(workbook)


def mark(work: CycleWork, organisation_id: str, one: Reviewed) -> str:
    """What a row carries: whose it is, and the version of the claim."""
    return f"{whose(work, organisation_id)} {version(one)}"


def whose(work: CycleWork, organisation_id: str) -> str:
    """The beginning of every mark of one review."""
    return f"{organisation_id} {work.cycle_id}"


def _columns() -> tuple[Column, ...]:
    return (
        wording(REF, "Ref", 8),
        wording("indicator", "Indicator", 22),
        wording("stage", "Stage", 16),
        wording("criterion", "What is claimed", 36),
        wording("evidence", "Evidence that is named", 44),
        wording("asked", "What is asked for at this stage", 28),
        wording("stands", "Where the review stands", 22),
        Column(
            id=DECISION,
            heading="Your decision",
            type=ValueType.CHOICE,
            choices=_choices(DECISION_WORDS),
            width=20,
            help="Choose one from the list.",
        ),
        Column(
            id=GRADE,
            heading="How far you looked into it",
            type=ValueType.CHOICE,
            choices=_choices(GRADE_WORDS),
            width=24,
            help="Needed if you accept.",
        ),
        Column(
            id=REASON,
            heading="Reason",
            type=ValueType.TEXT,
            width=40,
            help="Needed unless you accept.",
        ),
        Column(
            id=MARK,
            heading="Mark (please leave as it is)",
            type=ValueType.CODE,
            width=20,
            help="It shows which state of the claim you looked at.",
        ),
    )


def _choices(words: Mapping[Decision, str] | Mapping[Grade, str]) -> tuple[Choice, ...]:
    return tuple(Choice(id=entry.value, label=label) for entry, label in words.items())


def _row(framework: Framework, one: Reviewed) -> Row:
    claim = one.claim
    indicator = next(i for _, i in framework.indicators() if i.id == claim.indicator_id)
    applies = claim.claim == AnswerState.MET.value
    said = indicator.criteria[claim.stage - 1]
    return Row(
        ref=_ref(one),
        texts={
            "indicator": f"{indicator.title}{' (core)' if indicator.core else ''}",
            "stage": f"{claim.stage} {framework.stage_name(claim.stage)}",
            "criterion": said if applies else f"Cannot apply: {said}",
            "evidence": "\n".join(_evidence(framework, one)),
            "asked": asked_of_evidence(claim.stage, framework) if applies else "A reason",
            "stands": STANDS[one.outcome],
        },
    )


def _evidence(framework: Framework, one: Reviewed) -> Iterator[str]:
    if one.claim.claim != AnswerState.MET.value:
        yield f"Their reason: {one.claim.reason or 'none is given'}"
    elif not one.claim.items:
        yield "None is named that shows this stage"
    for item in one.claim.items:
        yield _item(framework, item)


def _item(framework: Framework, item: EvidenceItem) -> str:
    labels = {kind.id: kind.label for kind in framework.evidence_types}
    returns = {some.id: some.name for some in framework.national_returns}
    parts = [
        labels.get(item.evidence_type or "", "No type given"),
        item.title or "no title",
        _day(item.dated_on) if item.dated_on else "no date",
        item.place or "no place",
    ]
    if item.national_return:
        parts.append(f"reported in {returns.get(item.national_return, item.national_return)}")
    if item.counts_until is not None:
        word = "in date until" if item.in_date else "OUT OF DATE since"
        parts.append(f"{word} {_day(item.counts_until)}")
    return "; ".join(parts)


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _put_marks(page: Worksheet, sheet: SheetLayout, marks: dict[str, str]) -> None:
    """The mark of each claim beside it, locked."""
    refs = {row.ref for row in sheet.rows}
    number = [column.id for column in sheet.columns].index(MARK) + 1
    for row in range(1, page.max_row + 1):
        ref = str(page.cell(row, 1).value)
        if ref in refs:
            put(page, row, number, marks[ref], look.WORDING)


def _ref(one: Reviewed) -> str:
    return ref_of(one.claim.place)


def ref_of(place: Place) -> str:
    """The reference of a claim's row: “L3-2”."""
    return f"{place[0]}-{place[1]}"
