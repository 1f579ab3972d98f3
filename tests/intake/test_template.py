"""A template asks everything the framework asks, and anyone can fill it in."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from datetime import datetime
from io import BytesIO
from zipfile import ZipFile

import pytest
from model_samples import PAGES as MODEL_PAGES
from small_framework import framework_content, indicator
from template_samples import (
    ASSESSMENT,
    ENGAGEMENT,
    KEY,
    SHIPPED,
    SMALL,
    assessment,
    choices_at,
    engagement,
    header_row,
    opened,
    written,
)

from remi.intake.identity import (
    CODE_PROPERTY,
    META_SHEET,
    TemplateIdentity,
    read_signed_identity,
    read_template_code,
)
from schemas.framework import Framework
from schemas.workbook import ValueType

ASSESSMENT_FILE = written(assessment(SHIPPED, department=True), SHIPPED)
ENGAGEMENT_FILE = written(engagement(SHIPPED), SHIPPED)
BOTH = pytest.mark.parametrize(
    "content", [ASSESSMENT_FILE, ENGAGEMENT_FILE], ids=["assessment", "engagement"]
)


def grid_rows(workbook, framework):
    """Every row of the commitments' sheets: its sheet, number and reference."""
    for commitment in framework.commitments:
        sheet = workbook[commitment.short_name]
        for row in range(header_row(sheet) + 1, sheet.max_row + 1):
            yield sheet, row, sheet.cell(row, 1).value


def words_of(workbook):
    return {
        cell.value
        for sheet in workbook
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, str)
    }


@pytest.mark.parametrize("sector", ["nhs_trust", "vcse", "other"])
def test_every_applicable_indicator_is_one_row_and_no_other(sector):
    workbook = opened(written(assessment(SHIPPED, sector), SHIPPED))
    refs = [ref for _, _, ref in grid_rows(workbook, SHIPPED)]
    assert refs == [i.id for _, i in SHIPPED.indicators() if SHIPPED.applies(i, sector)]


def test_each_criterion_stands_beside_a_dropdown_of_exactly_the_frameworks_answers():
    workbook = opened(ASSESSMENT_FILE)
    labels = [answer.label for answer in SHIPPED.answers]
    criteria = {i.id: i.criteria for _, i in SHIPPED.indicators()}
    seen = 0
    for sheet, row, ref in grid_rows(workbook, SHIPPED):
        cells = {cell.value: cell for cell in sheet[row] if cell.value}
        for criterion in criteria[ref]:
            answer = cells[criterion].offset(column=1)
            assert choices_at(workbook, sheet, answer.coordinate) == labels
            assert answer.value is None
            assert not answer.protection.locked
            seen += 1
    assert seen == sum(len(c) for c in criteria.values())


def test_one_more_indicator_in_the_framework_is_one_more_row_by_that_edit_alone():
    content = SHIPPED.model_dump()
    stages = len(SHIPPED.stages)
    added = indicator("L7", core=False, criteria=[f"Criterion {n}." for n in range(stages)])
    content["commitments"][0]["indicators"] += (added,)
    framework = Framework.model_validate(content)
    workbook = opened(written(assessment(framework), framework))
    before = [i.id for _, i in SHIPPED.indicators()]
    refs = [ref for _, _, ref in grid_rows(workbook, framework)]
    assert len(refs) == len(before) + 1
    assert set(refs) - set(before) == {"L7"}
    assert {"What L7 is about", "Criterion 0.", f"Criterion {stages - 1}."} <= words_of(workbook)


@pytest.mark.parametrize("stages", [2, 3])
def test_another_number_of_stages_gives_that_many_answer_columns(stages):
    content = framework_content()
    content["stages"] = content["stages"][:stages]
    content["evidence_minimums"] = []
    for commitment in content["commitments"]:
        for entry in commitment["indicators"]:
            entry["criteria"] = entry["criteria"][:stages]
    framework = Framework.model_validate(content)
    sheet = opened(written(assessment(framework), framework))["Leadership"]
    headings = [str(cell.value) for cell in sheet[header_row(sheet)]]
    assert sum(heading.endswith(": your answer") for heading in headings) == stages


def test_every_answer_and_stage_is_explained_in_words():
    workbook = opened(ASSESSMENT_FILE)
    start = {cell.value for row in workbook["Start"].iter_rows() for cell in row}
    for answer in SHIPPED.answers:
        assert {answer.label, answer.explanation} <= start
    for stage in SHIPPED.stages:
        assert {f"{stage.number} {stage.name}", stage.meaning} <= start
    for commitment in SHIPPED.commitments:
        lines = " ".join(str(row[0].value) for row in workbook[commitment.short_name].iter_rows())
        assert all(f"{a.label}: {a.explanation}" in lines for a in SHIPPED.answers)


def test_the_start_sheet_shows_what_it_is_whose_it_is_and_when_it_is_due():
    shown = {cell.value for row in opened(ASSESSMENT_FILE)["Start"].iter_rows() for cell in row}
    assert {SHIPPED.statement, "North Lane NHS Trust", "30 November 2025"} <= shown
    codes = [text for text in shown if isinstance(text, str) and text.startswith("REMI-")]
    expected = TemplateIdentity("assessment", "1.0", "2025-26", "NLT014")
    assert [read_template_code(code) for code in codes] == [expected]


@BOTH
def test_every_choice_of_every_dropdown_is_in_words_on_the_lists_sheet(content):
    workbook = opened(content)
    listed = {row[1].value for row in workbook["Lists"].iter_rows()}
    offered = 0
    for sheet in workbook:
        for validation in sheet.data_validations.dataValidation:
            if validation.type == "list":
                first = str(validation.sqref).split(":")[0]
                assert set(choices_at(workbook, sheet, first)) <= listed
                offered += 1
    assert offered > 5


def test_attendance_categories_are_listed_by_name():
    listed = {row[1].value for row in opened(ENGAGEMENT_FILE)["Lists"].iter_rows()}
    assert {"NHS trust", "North Central London", "Camden", "Roma", "NLT014"} <= listed


def test_each_engagement_sheet_has_the_configured_headings():
    workbook = opened(ENGAGEMENT_FILE)
    for definition in ENGAGEMENT.records:
        sheet = workbook[definition.name]
        headings = [cell.value for cell in sheet[header_row(sheet)]]
        assert headings == [column.heading for column in definition.columns]


@BOTH
def test_there_is_no_formula_macro_or_outside_link_in_the_file(content):
    with ZipFile(BytesIO(content)) as parts:
        names = parts.namelist()
        sheets = [parts.read(n) for n in names if n.startswith("xl/worksheets/sheet")]
    assert sheets
    assert not any(b"<f>" in sheet or b"<f " in sheet for sheet in sheets)
    assert not any("vba" in name or "externalLink" in name for name in names)


def test_a_name_that_looks_like_a_formula_stays_text():
    cells = [cell for row in opened(ENGAGEMENT_FILE)["Lists"].iter_rows() for cell in row]
    (name,) = [cell for cell in cells if cell.value == "=SUM(A1) Community Group"]
    assert name.data_type == "s"


@BOTH
def test_a_screen_reader_is_told_the_title_language_and_headings(content):
    workbook = opened(content)
    assert workbook.properties.title.endswith("2025/26: North Lane NHS Trust")
    assert workbook.properties.language == "en-GB"
    assert workbook.properties.creator == "The collaboration"
    for sheet in workbook.worksheets[1:-1]:
        (table,) = sheet.tables.values()
        top, *rest = sheet[table.ref]
        assert [column.name for column in table.tableColumns] == [cell.value for cell in top]
        assert rest
        assert table.autoFilter is None


@BOTH
def test_no_cells_are_merged_and_no_row_or_column_is_hidden(content):
    for sheet in opened(content).worksheets[:-1]:
        assert not sheet.merged_cells.ranges
        assert not any(d.hidden for d in sheet.row_dimensions.values())
        assert not any(d.hidden for d in sheet.column_dimensions.values())


@pytest.mark.parametrize("start", [ASSESSMENT.start, MODEL_PAGES.start, ENGAGEMENT.start])
def test_what_protected_sheets_allow_is_said_for_each_program(start):
    """Excel sorts no locked cells; LibreOffice and .ods keep none of Excel's permissions."""
    (line,) = [line for line in start if "sort" in line]
    assert "first take the protection off (Review, Unprotect Sheet; there is no password)" in line
    assert "In LibreOffice take it off first for any of these (Tools, Protect Sheet)" in line
    assert "once the workbook was saved as .ods" in line


@BOTH
def test_only_cells_to_fill_in_are_unlocked_and_layout_stays_free(content):
    for sheet in opened(content).worksheets[:-1]:
        assert sheet.protection.sheet
        assert not sheet.protection.password
        assert not sheet.protection.sort
        assert not sheet.protection.formatRows
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.value is None or cell.protection.locked
                assert cell.protection.locked or cell.border.left.style == "thin"


@BOTH
def test_typing_begins_in_the_first_cell_to_fill_in(content):
    workbook = opened(content)
    assert workbook.active.title == "Start"
    for sheet in workbook.worksheets[1:-2]:
        cell = sheet[sheet.sheet_view.selection[-1].activeCell]
        assert not cell.protection.locked
        before = [c for row in sheet.iter_rows(max_row=cell.row) for c in row if c != cell]
        assert all(
            c.protection.locked for c in before if (c.row, c.column) < (cell.row, cell.column)
        )


@BOTH
def test_prompts_and_refusals_are_whole_sentences_within_what_programs_show(content):
    for sheet in opened(content):
        for validation in sheet.data_validations.dataValidation:
            assert validation.allow_blank
            assert len(validation.promptTitle or "") <= 32
            assert len(validation.prompt or "") <= 255
            assert len(validation.error or "") <= 225
            assert (validation.prompt or ".")[-1] in ".?…"
            if validation.showErrorMessage:
                assert validation.error


@BOTH
def test_every_sheet_prints_on_a4_at_most_two_pages_wide_under_its_headings(content):
    for sheet in opened(content).worksheets[:-1]:
        assert sheet.page_setup.paperSize == 9
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToWidth in (1, 2)
        assert sheet.page_setup.fitToHeight == 0
        if sheet.tables:
            row = header_row(sheet)
            assert sheet.print_title_rows == f"${row}:${row}"


def test_the_same_template_is_the_same_bytes():
    assert written(assessment(SHIPPED, department=True), SHIPPED) == ASSESSMENT_FILE
    assert written(engagement(SHIPPED), SHIPPED) == ENGAGEMENT_FILE


@BOTH
def test_the_file_does_not_say_when_it_was_made(content):
    with ZipFile(BytesIO(content)) as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    properties = opened(content).properties
    opens = datetime(2025, 10, 1)  # noqa: DTZ001  # the file format keeps no time zone
    assert properties.created == opens
    assert properties.modified == opens


@BOTH
def test_the_identity_is_hidden_signed_and_repeated_in_the_properties(content):
    workbook = opened(content)
    meta = workbook[META_SHEET]
    assert meta.sheet_state == "veryHidden"
    identity = read_signed_identity(meta["A1"].value, meta["A2"].value, KEY)
    assert identity is not None
    assert (identity.organisation_id, identity.cycle) == ("NLT014", "2025-26")
    assert read_template_code(workbook.custom_doc_props[CODE_PROPERTY].value) == identity


def test_a_template_for_any_organisation_leaves_its_name_to_be_filled_in():
    workbook = opened(written(assessment(SMALL, sector=None), SMALL, filled_in=False))
    form = workbook["Your organisation"]
    first = header_row(form) + 1
    assert form.cell(first, 3).value is None
    assert not form.cell(first, 3).protection.locked
    filled = opened(ASSESSMENT_FILE)["Your organisation"]
    assert filled.cell(header_row(filled) + 1, 3).value == "NLT014"


def test_dates_and_codes_are_typed_as_they_are_meant():
    sheet = opened(ASSESSMENT_FILE)["Action points"]
    first = header_row(sheet) + 1
    by_heading = {cell.value: cell.column for cell in sheet[header_row(sheet)]}
    assert sheet.cell(first, by_heading["Due date"]).number_format == "dd/mm/yyyy"
    assert sheet.cell(first, by_heading["Ref"]).number_format == "@"


def test_a_full_size_workbook_takes_less_than_300_milliseconds():
    layout = assessment(SHIPPED, department=True)
    assert sum(c.type is ValueType.ANSWER for s in layout.sheets for c in s.columns) == 30
    times = []
    for _ in range(3):
        began = time.process_time()
        written(layout, SHIPPED)
        times.append(time.process_time() - began)
    assert min(times) < 0.3


@BOTH
def test_it_opens_in_libreoffice_unchanged(content, tmp_path):
    office = shutil.which("soffice")
    if office is None:
        assert os.environ.get("CI") != "true", "LibreOffice must be there where tests are decisive"
        pytest.skip("LibreOffice is not installed")
    (tmp_path / "template.xlsx").write_bytes(content)
    subprocess.run(
        [
            office,
            f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            "xlsx",
            "--outdir",
            str(tmp_path / "again"),
            str(tmp_path / "template.xlsx"),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    before = opened(content)
    after = opened((tmp_path / "again" / "template.xlsx").read_bytes())
    assert after.sheetnames == before.sheetnames
    assert set(after.defined_names) == set(before.defined_names)
    assert after.properties.title == before.properties.title
    assert after.custom_doc_props[CODE_PROPERTY].value == (
        before.custom_doc_props[CODE_PROPERTY].value
    )
    for sheet in before:
        again = after[sheet.title]
        assert again.protection.sheet == sheet.protection.sheet
        assert set(again.tables) == set(sheet.tables)
        for row in sheet.iter_rows():
            for cell in row:
                other = again[cell.coordinate]
                assert other.value == cell.value
                assert other.protection.locked == cell.protection.locked
        for validation in sheet.data_validations.dataValidation:
            first = str(validation.sqref).split(":")[0]
            assert choices_at(after, again, first) == choices_at(before, sheet, first)
