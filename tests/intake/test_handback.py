"""A workbook that is handed back says what is wrong in it, where, and can be put right in place."""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from io import BytesIO
from zipfile import ZipFile

import pytest
from handback_samples import handed_back, kept, put_right, verdict_on, work
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from test_verdict import (
    ASSESSMENT_FAULTS,
    ENGAGEMENT_FAULTS,
    Spoil,
    a_day_that_does_not_exist,
    a_deleted_sheet,
    a_reference_that_is_not_ours,
    an_answer_that_is_not_on_the_list,
    an_e_mail_address,
    cases,
    clean,
    clean_engagement,
    opened,
)
from verdict_samples import KEY, context, header_row, put, received, row_of

from remi.intake.handback.annotate import HandedBack
from remi.intake.identity import (
    META_SHEET,
    NOT_READ_SHEET,
    TO_FIX_SHEET,
    TemplateIdentity,
    read_signed_identity,
)
from remi.intake.reading.sandbox import Sandbox
from remi.intake.template.write import workbook_bytes
from remi.partner.annotated import annotated_workbook


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(1) as pool:
        yield pool


@pytest.fixture(scope="module")
def marked(sandbox: Sandbox) -> HandedBack:
    """An assessment with a fault of each sort, rows put in, and things written elsewhere."""
    return handed_back(workbook_bytes(spoilt()), context(), sandbox)


@pytest.fixture(scope="module")
def clean_back(sandbox: Sandbox) -> bytes:
    """A clean assessment as it is handed back."""
    return handed_back(clean(), context(), sandbox).content


@pytest.fixture(scope="module")
def clean_engagement_back(sandbox: Sandbox) -> bytes:
    """Clean engagement records as they are handed back."""
    return handed_back(clean_engagement(), context(), sandbox).content


def spoilt() -> Workbook:
    book = opened(clean())
    for spoil in (
        *(an_answer_that_is_not_on_the_list, a_day_that_does_not_exist),
        *(a_reference_that_is_not_ours, an_e_mail_address),
    ):
        spoil(book)
    sheet = book["Communities"]
    put(sheet, row_of(sheet, "C2"), "Stage 1 ", ": your answer", value=None)
    book["Leadership"].insert_rows(9, 3)
    book["Workforce"]["AD60"] = "a remark far away"
    book.create_sheet("My notes")["B7"] = 42
    return book


def assert_told_the_same(content: bytes, clean_one: bytes, sandbox: Sandbox) -> None:
    """Sent again untouched it is told the same as before; with the listed cells put right, nothing.

    What it is told is what its first sheet lists, word for word.
    """
    before = verdict_on(content, context(), sandbox)
    made = handed_back(content, context(), sandbox)
    again = verdict_on(made.content, context(), sandbox)
    assert kept(again.problems) == kept(before.problems)
    about_file = [one for one in made.listed if one.problem not in again.problems]
    assert all(one.problem.severity == "note" for one in about_file)
    assert len(made.listed) == len(again.problems) + len(about_file)
    right = put_right(made.content, made.listed, clean_one)
    assert verdict_on(right, context(), sandbox).problems == ()


@pytest.mark.parametrize(("rule_id", "spoil"), cases(ASSESSMENT_FAULTS))
def test_an_assessment_is_told_the_same_until_the_listed_cells_are_put_right(
    rule_id: str, spoil: Spoil, sandbox: Sandbox, clean_back: bytes
) -> None:
    book = opened(clean())
    spoil(book)
    assert_told_the_same(workbook_bytes(book), clean_back, sandbox)


@pytest.mark.parametrize(("rule_id", "spoil"), cases(ENGAGEMENT_FAULTS))
def test_engagement_records_are_told_the_same_until_the_listed_cells_are_put_right(
    rule_id: str, spoil: Spoil, sandbox: Sandbox, clean_engagement_back: bytes
) -> None:
    book = opened(clean_engagement())
    spoil(book)
    assert_told_the_same(workbook_bytes(book), clean_engagement_back, sandbox)


def a_percentage_in_hours(book: Workbook) -> None:
    sheet = book["Your organisation"]
    cell = sheet[put(sheet, row_of(sheet, "O6"), "Your answer", value=0.7512)]
    cell.number_format = "0%"


def a_long_answer(book: Workbook) -> None:
    sheet = book["Leadership"]
    put(sheet, row_of(sheet, "L3"), "Stage 1 ", ": your answer", value="mett " + "really " * 60)


def the_columns_heading_wiped(book: Workbook) -> None:
    sheet = book["Anchor"]
    sheet.cell(header_row(sheet), 8).value = None


def two_rows_deleted(book: Workbook) -> None:
    sheet = book["Workforce"]
    sheet.delete_rows(row_of(sheet, "W2"), 2)


def a_number_for_an_answer(book: Workbook) -> None:
    sheet = book["Health equity"]
    put(sheet, row_of(sheet, "H1"), "Stage 1 ", ": your answer", value=1)


APART: dict[str, list[Callable[[Workbook], object]]] = {
    "Your organisation": [a_percentage_in_hours],
    "Leadership": [an_answer_that_is_not_on_the_list, a_long_answer],
    "Anchor": [the_columns_heading_wiped],
    "Communities": [a_reference_that_is_not_ours],
    "Workforce": [two_rows_deleted, a_deleted_sheet],
    "Health equity": [a_number_for_an_answer],
    "Action points": [an_e_mail_address],
}
"""Faults of which one a sheet can be put in without touching the others."""


@settings(max_examples=12)
@given(st.data())
def test_any_faults_together_are_told_again_and_can_all_be_put_right(
    sandbox: Sandbox, clean_back: bytes, data: st.DataObject
) -> None:
    book = opened(clean())
    for sheet, faults in APART.items():
        put_in = data.draw(st.sampled_from([None, *faults]), label=sheet)
        if put_in is not None:
            put_in(book)
    rng = random.Random(data.draw(st.integers(0, 1000), label="rows and columns put in"))
    for name in set(book.sheetnames) & {"Leadership", "Health equity"}:
        page = book[name]
        page.insert_rows(header_row(page) + rng.randint(0, 3), rng.randint(0, 2))
    assert_told_the_same(workbook_bytes(book), clean_back, sandbox)


def test_the_first_sheet_lists_each_problem_with_a_link_to_its_cell(marked: HandedBack) -> None:
    book = opened(marked.content)
    sheet = book.worksheets[0]
    assert (sheet.title, book.active.title) == (TO_FIX_SHEET, TO_FIX_SHEET)
    first = next(row for row in range(1, 20) if sheet.cell(row, 1).value == "Number")
    for row, one in enumerate(marked.listed, start=first + 1):
        problem = one.problem
        shown = [cell.value for cell in sheet[row]]
        words = {"must_fix": "Must fix", "check": "Please check", "note": "For information"}
        assert shown[1:3] == [words[problem.severity], problem.sheet]
        assert shown[4:6] == [problem.wrong, problem.fix]
        assert sheet.cell(row, 4).hyperlink.location == f"'{problem.sheet}'!{problem.cell}"


def test_each_listed_cell_has_a_note_and_a_border_and_can_be_typed_in(marked: HandedBack) -> None:
    book = opened(marked.content)
    borders = {"must_fix": "thick", "check": "mediumDashed"}
    for one in marked.listed:
        cell = book[one.problem.sheet][one.problem.cell]
        assert one.problem.wrong in cell.comment.text
        assert one.problem.fix in cell.comment.text
        assert cell.border.left.style == borders[one.problem.severity]
        assert not cell.protection.locked
    assert {one.problem.severity for one in marked.listed} == set(borders)


def test_sheets_with_something_to_fix_are_named_and_have_a_red_tab(marked: HandedBack) -> None:
    book = opened(marked.content)
    names = {one.problem.sheet for one in marked.listed if one.problem.severity == "must_fix"}
    red = {page.title for page in book if page.sheet_properties.tabColor is not None}
    assert red == names == {"Your organisation", "Leadership", "Communities", "Action points"}
    said = " ".join(str(row[0].value) for row in book[TO_FIX_SHEET].iter_rows(max_row=10))
    assert all(name in said for name in names)


def test_the_cell_in_the_partners_file_is_given_where_it_was_another(marked: HandedBack) -> None:
    was_at = {one.problem.rule: (one.problem.cell, one.was_at) for one in marked.listed}
    assert was_at["answer_not_on_list"] == ("D12", "D15")
    assert was_at["date_not_a_date"] == ("C12", None)


def test_what_stood_where_nothing_is_asked_is_listed_and_stays_listed(
    marked: HandedBack, sandbox: Sandbox
) -> None:
    lines = [("My notes", "B7", "42"), ("Workforce", "AD60", "a remark far away")]
    assert sorted(marked.not_read) == lines
    rows = opened(marked.content)[NOT_READ_SHEET].iter_rows(values_only=True)
    assert set(lines) <= {row[:3] for row in rows}
    assert sorted(handed_back(marked.content, context(), sandbox).not_read) == lines


def test_the_identity_of_what_is_handed_back_is_valid(marked: HandedBack) -> None:
    meta = opened(marked.content)[META_SHEET]
    signed = read_signed_identity(str(meta["A1"].value), str(meta["A2"].value), KEY)
    assert signed == TemplateIdentity("assessment", "1.0", "2025-26", "NLT014")


def test_the_same_file_is_handed_back_as_the_same_bytes(
    marked: HandedBack, sandbox: Sandbox
) -> None:
    again = handed_back(workbook_bytes(spoilt()), context(), sandbox)
    assert again.content == marked.content


def test_a_workbook_without_its_identity_is_handed_back_with_it(sandbox: Sandbox) -> None:
    book = opened(clean())
    del book[META_SHEET]
    book["Start"]["B9"].value = None
    made = opened(handed_back(workbook_bytes(book), context(), sandbox).content)
    meta = made[META_SHEET]
    signed = read_signed_identity(str(meta["A1"].value), str(meta["A2"].value), KEY)
    assert signed is not None
    assert signed.organisation_id == "NLT014"


HOSTILE = ["=1+1", "+44", "-1", "@SUM(A1)", "\tTAB", "a\rb", "=cmd|' /C calc'!A1", "_x0041_ \x01"]


def test_nothing_that_a_partner_wrote_becomes_a_formula(sandbox: Sandbox) -> None:
    book = opened(clean())
    sheet = book["Action points"]
    for n, text in enumerate(HOSTILE):
        for column in (1, 4, 5, 12):
            cell = sheet.cell(header_row(sheet) + 2 + n, column)
            cell.value = (
                text.replace("\r", "_x000D_")
                .replace("_x0041_", "_x005F_x0041_")
                .replace("\x01", "_x0001_")
            )
            cell.data_type = "s"
    book.create_sheet("=HYPERLINK(1)")["A1"] = "x"
    form = book["Your organisation"]
    put(form, row_of(form, "O4"), "Your answer", value="=A1&B1")  # a formula, never worked out
    content = workbook_bytes(book)
    made = handed_back(content, context(), sandbox)
    with ZipFile(BytesIO(made.content)) as parts:
        for name in parts.namelist():
            if name.startswith("xl/worksheets/sheet"):
                assert not re.search(rb"<f[ >/]", parts.read(name)), name
    before = verdict_on(content, context(), sandbox)
    again = verdict_on(made.content, context(), sandbox)
    assert "formula_without_value" in {p.rule for p in before.problems}
    assert kept(again.problems) == kept(before.problems)
    texts = {c.value for row in opened(made.content)["Action points"].iter_rows() for c in row}
    assert {"=1+1", "+44", "-1", "@SUM(A1)", "=cmd|' /C calc'!A1"} <= texts


def test_numbers_days_and_truths_come_back_as_what_they_were(sandbox: Sandbox) -> None:
    written = {
        "O4": "Head of Equality",
        "O5": date(2025, 11, 10),
        "O6": 12.75,
        "O7": True,
        "O9": datetime(2025, 3, 4, 10, 30),  # noqa: DTZ001 (cells keep no zone)
    }
    book = opened(clean())
    form = book["Your organisation"]
    for ref, value in written.items():
        put(form, row_of(form, ref), "Your answer", value=value)
    action = book["Action points"]
    put(action, header_row(action) + 1, "Ref", value=7)
    put(action, header_row(action) + 1, "Date done", value=time(10, 30))
    page = opened(handed_back(workbook_bytes(book), context(), sandbox).content)
    found = {
        ref: page["Your organisation"].cell(row_of(page["Your organisation"], ref), 3).value
        for ref in written
    }
    assert found == {**written, "O5": datetime(2025, 11, 10)}  # noqa: DTZ001
    row = header_row(page["Action points"]) + 1
    assert page["Action points"].cell(row, 1).value == 7
    assert page["Action points"].cell(row, 8).value == time(10, 30)


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", clean()[:2000]])
def test_a_file_that_cannot_be_used_is_not_handed_back(content: bytes, sandbox: Sandbox) -> None:
    assert annotated_workbook(work(), received(content), context(), sandbox) is None


@pytest.fixture(scope="module")
def saved_again(marked: HandedBack, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """What is handed back, opened and saved by LibreOffice."""
    soffice = shutil.which("soffice")
    if soffice is None:
        if os.environ.get("CI") == "true":
            pytest.fail("LibreOffice is needed to save workbooks as partners do")
        pytest.skip("LibreOffice (soffice) is not installed here")
    folder = tmp_path_factory.mktemp("saved")
    file = folder / "marked.xlsx"
    file.write_bytes(marked.content)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [soffice, profile, "--headless", "--convert-to", "xlsx"]
    subprocess.run(
        [*command, "--outdir", folder / "saved", file], check=True, capture_output=True, timeout=120
    )
    return (folder / "saved" / "marked.xlsx").read_bytes()


def test_libreoffice_keeps_the_links_and_the_notes(marked: HandedBack, saved_again: bytes) -> None:
    book = opened(saved_again)
    links = [
        c.hyperlink.location for row in book[TO_FIX_SHEET].iter_rows() for c in row if c.hyperlink
    ]
    places = [re.sub(r"[$']", "", link).split("!") for link in links]
    for one in marked.listed:
        assert [one.problem.sheet, one.problem.cell] in places
        assert one.problem.wrong in book[one.problem.sheet][one.problem.cell].comment.text


def test_what_libreoffice_saved_is_told_the_same(saved_again: bytes, sandbox: Sandbox) -> None:
    before = verdict_on(workbook_bytes(spoilt()), context(), sandbox)
    assert kept(verdict_on(saved_again, context(), sandbox).problems) == kept(before.problems)


def test_only_a_department_takes_a_row_over(sandbox: Sandbox) -> None:
    book = opened(clean())
    sheet = book["Leadership"]
    row = row_of(sheet, "L1")
    put(sheet, row, "Stage 1 ", ": your answer", value=None)
    place = sheet.max_column + 1
    sheet.cell(header_row(sheet), place).value = "Taken from your organisation as a whole"
    sheet.cell(row, place).value = "yes"
    problems = verdict_on(workbook_bytes(book), context(), sandbox).problems
    assert [(p.rule, p.ref) for p in problems] == [("unanswered", "L1")]
