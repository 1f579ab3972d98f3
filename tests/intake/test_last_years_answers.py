"""Last year's return is shown in this year's workbook, and nothing of it passes as confirmed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from last_year_samples import (
    BEFORE,
    DEPARTMENT,
    NEWCOMER,
    NOW,
    PARENT,
    TRUST,
    file_of,
    returned,
    reworded_config,
    workspace,
)
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from verdict_samples import column_of, header_row, received, row_of, rows_of

from remi.cycle.judging import judging
from remi.cycle.scoring import counting, score
from remi.cycle.work import CycleWork
from remi.intake.reading.sandbox import Sandbox
from remi.intake.template.write import workbook_bytes
from remi.intake.verdict import judge
from remi.partner.templates import partner_template
from remi.partner.upgraded import upgraded_workbook
from remi.store.submissions import receive
from schemas import store
from schemas.intake import Verdict
from schemas.workbook import Column, ValueType


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(1) as pool:
        yield pool


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> CycleWork:
    """The open cycle, after one in which a trust, an organisation and its department returned."""
    made = workspace(tmp_path_factory.mktemp("home"))
    returned(made, BEFORE, TRUST, PARENT, DEPARTMENT)
    return CycleWork(made, NOW)


@pytest.fixture(scope="module")
def reworded(tmp_path_factory: pytest.TempPathFactory) -> CycleWork:
    """The same where the open cycle has version 2.0 of the framework."""
    folder = tmp_path_factory.mktemp("reworded")
    made = workspace(folder, reworded_config(folder))
    returned(made, BEFORE, TRUST)
    return CycleWork(made, NOW)


def opened(content: bytes) -> Workbook:
    return load_workbook(BytesIO(content))


def template(work: CycleWork, organisation_id: str = TRUST, earlier: bool = True) -> Workbook:
    return opened(partner_template(work, organisation_id, "assessment", earlier))


def asked(sheet: Worksheet, ref: str) -> str:
    """What stands under “What is asked”."""
    return str(sheet.cell(row_of(sheet, ref), 2).value)


def start_of(book: Workbook) -> dict[str, str]:
    return {str(row[0].value): str(row[1].value) for row in book["Start"].iter_rows()}


def verdict_on(work: CycleWork, content: bytes, sandbox: Sandbox) -> Verdict:
    file = received(content)
    return judge([file], judging(work), sandbox).verdict_of(file.submission_id)


def test_last_years_answers_stand_beside_cells_that_are_empty(work: CycleWork) -> None:
    book = template(work)
    answers = CycleWork(work.workspace, BEFORE).read(store.answer, organisation_id=TRUST)
    for commitment in work.framework.commitments:
        sheet = book[commitment.short_name]
        cells = [c for c in sheet[header_row(sheet)] if str(c.value).endswith(": your answer")]
        for row in rows_of(sheet):
            ref = sheet.cell(row, 1).value
            assert [sheet.cell(row, cell.column).value for cell in cells] == [None] * len(cells)
            own = answers[answers["indicator_id"] == ref].sort_values("stage")["answer"].tolist()
            unbroken = next((n for n, answer in enumerate(own) if answer != "met"), len(own))
            if unbroken > 1:
                assert f"2024/25: stages 1 to {unbroken} met" in asked(sheet, str(ref))


def test_no_day_no_sign_off_and_no_consent_is_filled_in(work: CycleWork) -> None:
    book = template(work)
    form = book["Your organisation"]
    open_questions = [form.cell(row_of(form, f"O{n}"), 3).value for n in range(3, 10)]
    assert open_questions == [None] * 7
    helps = [str(form.cell(row_of(form, f"O{n}"), 4).value) for n in (4, 5, 7)]
    assert not any("2024/25" in text for text in helps)
    for sheet in book.worksheets[2:-2]:
        for heading in [c for c in sheet[header_row(sheet)] if "date" in str(c.value).lower()]:
            below = sheet.iter_rows(header_row(sheet) + 1, None, heading.column, heading.column)
            assert {row[0].value for row in below} == {None}, (sheet.title, heading.value)


def test_only_open_action_points_are_carried_and_what_is_left_to_say_is_noted(
    work: CycleWork,
) -> None:
    stored = CycleWork(work.workspace, BEFORE).read(store.record_value, organisation_id=TRUST)
    actions = stored[stored["sheet_id"] == "action_points"]
    states = actions[actions["column_id"] == "state"].set_index("record")["text"]
    open_ones = set(states[states.isin(["planned", "under_way"])].index)
    assert open_ones
    assert open_ones != set(states.index), "some are done"
    sheet = template(work)["Action points"]
    assert {str(sheet.cell(row, 1).value) for row in rows_of(sheet)} == open_ones
    for row in rows_of(sheet):
        for heading in ("Due date", "Where it stands"):
            cell = sheet.cell(row, column_of(sheet, heading))
            assert cell.value is None
            assert cell.comment is not None
            assert cell.comment.text.startswith("2024/25: ")


def test_a_workbook_with_last_year_in_it_is_not_accepted_before_it_is_answered(
    work: CycleWork, sandbox: Sandbox
) -> None:
    content = partner_template(work, TRUST, "assessment")
    verdict = verdict_on(work, content, sandbox)
    rules = {problem.rule for problem in verdict.problems}
    assert verdict.outcome == "needs_changes"
    assert {"nothing_answered", "several_required_missing"} <= rules


def test_the_first_sheet_says_what_was_taken_over_and_from_when(work: CycleWork) -> None:
    start = start_of(template(work))
    assert "which arrived on 14 November 2024" in start["2024/25"]
    assert "No date was taken over" in start["Filled in already"]


def test_the_same_store_gives_the_same_bytes(work: CycleWork) -> None:
    one, other = (partner_template(work, TRUST, "assessment") for _ in range(2))
    assert one == other


@pytest.mark.parametrize(("organisation_id", "earlier"), [(NEWCOMER, True), (TRUST, False)])
def test_without_a_last_year_it_is_the_template_as_it_was(
    work: CycleWork, organisation_id: str, earlier: bool
) -> None:
    book = template(work, organisation_id, earlier)
    assert "Since last year" not in start_of(book)
    assert asked(book["Leadership"], "L1") == "Governing-body ownership (core)"
    assert not rows_of(book["Action points"])


def test_what_was_reworded_is_new_or_is_gone_is_marked(reworded: CycleWork) -> None:
    book = template(reworded)
    sheet = book["Leadership"]
    assert "\n2024/25: stage" in asked(sheet, "L1")
    assert "\nReworded this year, please read it again. 2024/25: stage" in asked(sheet, "L2")
    assert asked(sheet, "L7").endswith("\nNew this year.")
    start = start_of(book)
    assert (start["Reworded"], start["New this year"]) == ("L2", "L7")
    assert start["No longer asked"] == "L6 Racism concerns put right"


def test_without_a_crosswalk_no_answer_is_said_to_be_one_to_another_row(tmp_path: Path) -> None:
    made = workspace(tmp_path, reworded_config(tmp_path, with_crosswalk=False))
    returned(made, BEFORE, TRUST)
    book = template(CycleWork(made, NOW))
    assert "2024/25" not in asked(book["Leadership"], "L1")
    assert "Nobody has said yet" in start_of(book)["What changed"]


def test_a_department_is_shown_what_its_organisation_answered(work: CycleWork) -> None:
    sheet = template(work, DEPARTMENT)["Leadership"]
    text = asked(sheet, "L1")
    assert "\n2024/25: stage" in text
    assert "\nFernlowe Mental Health Trust, 2024/25: stage" in text
    assert "Evidence: " in text
    whole = template(work, PARENT)["Leadership"]
    assert "Fernlowe" not in asked(whole, "L1")


@pytest.mark.parametrize("kind", [ValueType.DATE, ValueType.ANSWER])
def test_a_day_or_an_answer_cannot_be_set_to_be_filled_in(kind: ValueType) -> None:
    with pytest.raises(ValueError, match="cannot be filled in"):
        Column(id="one", heading="One", type=kind, carried="filled")


def test_last_years_template_comes_back_as_this_years_with_what_it_held(
    work: CycleWork, sandbox: Sandbox
) -> None:
    content = file_of(work.workspace, NEWCOMER, NOW, template_of=BEFORE)
    assert [p.rule for p in verdict_on(work, content, sandbox).problems] == ["last_years_template"]
    upgrade = upgraded_workbook(work, content, NEWCOMER, sandbox)
    assert upgrade is not None
    before, after = opened(content)["Leadership"], opened(upgrade.content)["Leadership"]
    places = [column_of(before, f"Stage {n} ", ": your answer") for n in range(1, 7)]
    for ref in ("L1", "L4", "L6"):
        old = [before.cell(row_of(before, ref), column).value for column in places]
        assert [after.cell(row_of(after, ref), column).value for column in places] == old
        assert "met" in old
    assert "made for 2024/25" in upgrade.why[0]
    assert f"{upgrade.carried} cells" in upgrade.why[0]
    left = {(stray.sheet, stray.cell) for stray in upgrade.not_carried}
    assert left == {("Your organisation", f"C{row}") for row in (11, 12, 14)}


def test_an_upgraded_workbook_is_not_accepted_before_it_is_signed_off_anew(
    work: CycleWork, sandbox: Sandbox
) -> None:
    content = file_of(work.workspace, NEWCOMER, NOW, template_of=BEFORE)
    upgrade = upgraded_workbook(work, content, NEWCOMER, sandbox)
    assert upgrade is not None
    verdict = verdict_on(work, upgrade.content, sandbox)
    wanted = [p for p in verdict.problems if p.severity == "must_fix"]
    assert [(p.rule, p.sheet) for p in wanted] == [
        ("several_required_missing", "Your organisation")
    ]
    assert verdict.problems == tuple(one.problem for one in upgrade.handed_back.listed)


def test_answers_to_what_was_reworded_are_listed_and_not_moved(
    reworded: CycleWork, sandbox: Sandbox
) -> None:
    content = file_of(reworded.workspace, TRUST, BEFORE)
    upgrade = upgraded_workbook(reworded, content, TRUST, sandbox)
    assert upgrade is not None
    sheet = opened(upgrade.content)["Leadership"]
    first = column_of(sheet, "Stage 1 ", ": your answer")
    answered = {ref: sheet.cell(row_of(sheet, ref), first).value for ref in ("L1", "L2", "L7")}
    assert [ref for ref, answer in answered.items() if answer is not None] == ["L1"]
    old = opened(content)["Leadership"]
    left = {(stray.sheet, stray.cell) for stray in upgrade.not_carried}
    for ref in ("L2", "L6"):
        assert ("Leadership", old.cell(row_of(old, ref), first).coordinate) in left
    assert "Answers to reworded rows were not moved: L2." in upgrade.why


def test_a_damaged_workbook_without_its_identity_is_upgraded_as_far_as_it_can_be_read(
    work: CycleWork, sandbox: Sandbox
) -> None:
    book = opened(file_of(work.workspace, NEWCOMER, NOW))
    del book["_meta"]
    book["Start"]["B9"].value = None
    book["Workforce"].title = "Our people"
    leadership = book["Leadership"]
    heading = leadership.cell(
        header_row(leadership), column_of(leadership, "Stage 2 ", ": your answer")
    )
    heading.value = "What we think"
    del book["Anchor"]
    saved = BytesIO()
    book.save(saved)
    upgrade = upgraded_workbook(work, saved.getvalue(), NEWCOMER, sandbox)
    assert upgrade is not None
    made = opened(upgrade.content)
    first = column_of(made["Workforce"], "Stage 1 ", ": your answer")
    assert made["Workforce"].cell(row_of(made["Workforce"], "W1"), first).value is not None
    assert {row[0].value for row in made["Anchor"].iter_rows(min_row=1, max_row=3)} != {None}
    guessed = made["Leadership"].cell(row_of(made["Leadership"], "L1"), heading.column)
    assert guessed.value is None, "what stands under no heading of ours is not guessed"
    assert any(stray.text == "What we think" for stray in upgrade.not_carried)
    assert "was damaged" in upgrade.why[0]


def test_nothing_that_was_carried_is_a_formula(work: CycleWork, sandbox: Sandbox) -> None:
    content = file_of(work.workspace, NEWCOMER, NOW, template_of=BEFORE)
    upgrade = upgraded_workbook(work, content, NEWCOMER, sandbox)
    assert upgrade is not None
    for made in (upgrade.content, partner_template(work, TRUST, "assessment")):
        kinds = {c.data_type for page in opened(made) for row in page.iter_rows() for c in row}
        assert "f" not in kinds


def test_a_row_that_a_department_takes_over_is_scored_on_its_organisations_answers(
    tmp_path: Path,
) -> None:
    made = workspace(tmp_path)
    book = opened(file_of(made, DEPARTMENT, NOW))
    sheet = book["Leadership"]
    row = row_of(sheet, "L1")
    taken = sheet.cell(row, column_of(sheet, "Taken from your organisation as a whole"))
    assert taken.value == "yes"
    for stage in range(1, 7):
        sheet.cell(row, column_of(sheet, f"Stage {stage} ", ": your answer")).value = None
    put_in = workbook_bytes(book)
    arrived = datetime(2025, 11, 14, tzinfo=UTC)
    receive(made.engine, made.objects, NOW, "unit.xlsx", put_in, "inbox", arrived)
    work = returned(made, NOW, PARENT)
    score(work)
    stages = work.read(store.indicator_stage).set_index(["organisation_id", "indicator_id"])
    own, whole = stages.loc[(DEPARTMENT, "L1")], stages.loc[(PARENT, "L1")]
    assert own["stage"] == whole["stage"] > 0
    assert (bool(own["inherited"]), bool(whole["inherited"])) == (True, False)
    read = counting(work, store.answer)
    rows = read[(read["organisation_id"] == DEPARTMENT) & (read["indicator_id"] == "L1")]
    assert set(rows["sheet"]) == {f"Leadership (workbook of {PARENT})"}
