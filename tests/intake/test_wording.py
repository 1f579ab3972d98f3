"""The text beside a reference is what was issued, or it is said where it is not."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from handback_samples import handed_back, verdict_on
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from template_samples import opened
from verdict_samples import assessment, column_of, context, problems, put, row_of, rows_of

from remi.intake.identity import NOT_READ_SHEET
from remi.intake.locating.wording import meaning
from remi.intake.reading.sandbox import Sandbox
from remi.intake.template.write import workbook_bytes


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(1) as pool:
        yield pool


def change_every_text(book: Workbook, change: Callable[[str], str]) -> None:
    for name in ("Leadership", "Communities"):
        sheet = book[name]
        for row in rows_of(sheet):
            for column in wording_columns(sheet):
                cell = sheet.cell(row, column)
                cell.value = change(str(cell.value))


def wording_columns(sheet: Worksheet) -> list[int]:
    stages = [column_of(sheet, f"Stage {n} ", ": what it takes") for n in range(1, 7)]
    return [column_of(sheet, "What is asked"), *stages]


def references_upside_down(sheet: Worksheet) -> dict[int, str]:
    """Only the references; what stood in each row before."""
    rows = rows_of(sheet)
    was = {row: str(sheet.cell(row, 1).value) for row in rows}
    for row, ref in zip(rows, sorted(was.values(), reverse=True), strict=True):
        sheet.cell(row, 1).value = ref
    return was


def test_references_that_were_sorted_alone_are_each_named_with_the_right_one(
    sandbox: Sandbox,
) -> None:
    book = assessment()
    sheet = book["Leadership"]
    was = references_upside_down(sheet)
    found = {p.cell: p for p in problems(book, sandbox) if p.severity == "must_fix"}
    moved = {f"A{row}" for row, ref in was.items() if sheet.cell(row, 1).value != ref}
    assert found.keys() == moved
    assert {p.rule for p in found.values()} == {"reference_beside_other_text"}
    for row, ref in was.items():
        if f"A{row}" in moved:
            assert f"write {ref} here" in found[f"A{row}"].fix


def test_texts_that_were_sorted_without_their_references_are_seen_too(sandbox: Sandbox) -> None:
    book = assessment()
    sheet = book["Leadership"]
    first, second = rows_of(sheet)[:2]
    for column in wording_columns(sheet):
        one, other = sheet.cell(first, column), sheet.cell(second, column)
        one.value, other.value = other.value, one.value
    found = [p for p in problems(book, sandbox) if p.severity == "must_fix"]
    assert [(p.rule, p.cell) for p in found] == [
        ("reference_beside_other_text", f"A{row}") for row in (first, second)
    ]


def test_answers_stay_beside_the_text_they_were_given_to(sandbox: Sandbox) -> None:
    book = assessment()
    sheet = book["Leadership"]
    answers = [column_of(sheet, f"Stage {n} ", ": your answer") for n in range(1, 7)]
    given = {
        str(sheet.cell(row, 1).value): [sheet.cell(row, c).value for c in answers]
        for row in rows_of(sheet)
    }
    references_upside_down(sheet)
    made = handed_back(workbook_bytes(book), context(), sandbox)
    back = opened(made.content)["Leadership"]
    by_text = {ref: row for row, ref in zip(rows_of(back), sorted(given), strict=True)}
    for ref, row in by_text.items():
        assert [back.cell(row, c).value for c in answers] == given[ref]
        back.cell(row, 1).value = ref
    untouched = verdict_on(made.content, context(), sandbox)
    assert {p.rule for p in untouched.problems} == {"reference_beside_other_text"}
    right = opened(made.content)
    for ref, row in by_text.items():
        right["Leadership"].cell(row, 1).value = ref
    assert verdict_on(workbook_bytes(right), context(), sandbox).problems == ()


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(" is ", " is not ", 1) if " is " in text else f"Never {text}",
        lambda text: f"{text} Or not.",
        lambda text: text[: len(text) // 2],
        lambda text: text.replace("e", "a"),
    ],
    ids=["a word more", "a sentence more", "half of it", "other letters"],
)
def test_a_criterion_that_was_rewritten_is_named_at_its_cell(
    sandbox: Sandbox, change: Callable[[str], str]
) -> None:
    book = assessment()
    sheet = book["Leadership"]
    row, column = row_of(sheet, "L3"), column_of(sheet, "Stage 2 ", ": what it takes")
    sheet.cell(row, column).value = change(str(sheet.cell(row, column).value))
    (found,) = (p for p in problems(book, sandbox) if p.severity == "must_fix")
    assert (found.rule, found.ref, found.cell) == (
        "wording_differs",
        "L3",
        sheet.cell(row, column).coordinate,
    )


def test_an_answer_to_another_text_is_not_put_beside_the_right_one(sandbox: Sandbox) -> None:
    book = assessment()
    sheet = book["Leadership"]
    row = row_of(sheet, "L3")
    put(sheet, row, "Stage 2 ", ": what it takes", value="We have a plan to begin.")
    answer = column_of(sheet, "Stage 2 ", ": your answer")
    given = sheet.cell(row, answer).value
    made = handed_back(workbook_bytes(book), context(), sandbox)
    back = opened(made.content)
    there = row_of(back["Leadership"], "L3")
    assert back["Leadership"].cell(there, answer).value is None
    listed = {(s.cell, s.text) for s in made.not_read}
    assert (sheet.cell(row, answer).coordinate, given) in listed
    assert NOT_READ_SHEET in back.sheetnames
    assert "wording_differs" in {one.problem.rule for one in made.listed}


@pytest.mark.parametrize(
    "change",
    [
        lambda text: f"  {text.replace(' ', chr(160), 2)}\n ",
        lambda text: text.replace("'", "’").replace("-", "–").replace('"', "“"),
        lambda text: text.replace(". ", ".\n").replace(", ", " ,"),
        str.upper,
        lambda text: text.replace(" ", " \u200b"),
        lambda text: "",
    ],
    ids=["spaces", "quotation marks", "line breaks", "capitals", "unseen marks", "gone"],
)
def test_what_programs_change_by_themselves_is_no_fault(
    sandbox: Sandbox, change: Callable[[str], str]
) -> None:
    book = assessment()
    change_every_text(book, change)
    assert [p.rule for p in problems(book, sandbox) if p.severity == "must_fix"] == []


def test_whole_rows_may_be_sorted_and_columns_of_text_taken_out(sandbox: Sandbox) -> None:
    book = assessment()
    sheet = book["Leadership"]
    rows = rows_of(sheet)
    whole = [[c.value for c in sheet[row]] for row in rows]
    for row, values in zip(rows, reversed(whole), strict=True):
        for column, value in enumerate(values, start=1):
            sheet.cell(row, column).value = value
    other = book["Communities"]
    for column in reversed(wording_columns(other)):
        other.delete_cols(column)
    assert [p.rule for p in problems(book, sandbox) if p.severity == "must_fix"] == []


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_what_libreoffice_saves_again_is_no_fault(
    sandbox: Sandbox, tmp_path: Path, kind: str
) -> None:
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.skip("LibreOffice (soffice) is not installed here")
    source, out = tmp_path / "ours.xlsx", tmp_path / "out"
    source.write_bytes(workbook_bytes(assessment()))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [soffice, profile, "--headless", "--convert-to", kind, "--outdir", str(out)]
    subprocess.run([*command, str(source)], check=True, capture_output=True, timeout=120)
    saved = (out / f"ours.{kind}").read_bytes()
    assert [p.rule for p in problems(saved, sandbox) if p.severity == "must_fix"] == []


def test_numbers_and_signs_are_part_of_what_a_text_means() -> None:
    assert meaning("At least 50% of 1,000") != meaning("At least 50 of 1,000")
    assert meaning("1.5 hours") != meaning("15 hours")
    assert meaning("10–20") == meaning("10 - 20") != meaning("1020")
    assert meaning("more than > 5") != meaning("more than < 5")
    assert meaning("The board’s “plan”…") == meaning('the  board\'s\n"plan"...')


def test_a_question_of_a_form_is_compared_as_well(sandbox: Sandbox) -> None:
    book = assessment()
    sheet = book["Your organisation"]
    row = row_of(sheet, "O7")
    cell = put(sheet, row, "Question", value="May we be left out of the report?")
    (found,) = (p for p in problems(book, sandbox) if p.severity == "must_fix")
    assert (found.rule, found.cell) == ("wording_differs", cell)
