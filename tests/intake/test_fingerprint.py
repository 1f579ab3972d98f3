"""An explanation is carried forward by what it explains, and only while that is unchanged."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import pytest
from example_workbooks import clean, clean_engagement
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from verdict_samples import header_row, judged, problems, put, row_of

from remi.intake.judging.fingerprint import fingerprint
from remi.intake.reading.sandbox import Sandbox
from schemas.intake import Problem

TEXT = st.text(max_size=20)
PARTS = st.tuples(TEXT, TEXT, st.none() | TEXT, st.none() | TEXT)


@given(PARTS, PARTS)
def test_two_fingerprints_are_alike_only_where_all_parts_are(
    one: tuple[str, str, str | None, str | None], other: tuple[str, str, str | None, str | None]
) -> None:
    assert (fingerprint(*one) == fingerprint(*other)) == (one == other)


def test_a_fingerprint_is_32_digits_that_stay_the_same_from_year_to_year() -> None:
    found = fingerprint("date_outside_period", "NLT014", "E2", "01/03/2023")
    assert found == "0e9d3e50b72ebec2663d2a4dc8dae182"


def test_parts_that_run_together_and_what_is_missing_are_told_apart() -> None:
    apart = [
        fingerprint("claims_ahead", "NLT", "014L1", None),
        fingerprint("claims_ahead", "NLT014", "L1", None),
        fingerprint("claims_ahead", "NLT014", "L1", ""),
        fingerprint("claims_ahead", "NLT014", None, "L1"),
        fingerprint("claims_ahead", "NLT014", '","L1', None),
        fingerprint("claims_ahead", "NLT014", "L1", "met"),
        fingerprint("claims_ahead", "NLT014", "L1", "met "),
    ]
    assert len(set(apart)) == len(apart)


# ---- what judging gives to it


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(1) as pool:
        yield pool


def of(problem: Problem) -> str:
    return fingerprint(problem.rule, "NLT014", problem.ref, problem.seen)


def with_answers(*given_answers: str | None) -> Workbook:
    book = opened(clean())
    sheet = book["Leadership"]
    for stage, value in enumerate(given_answers, start=1):
        put(sheet, row_of(sheet, "L1"), f"Stage {stage} ", ": your answer", value=value)
    return book


def opened(content: bytes) -> Workbook:
    return load_workbook(BytesIO(content))


@pytest.mark.parametrize(
    ("once", "later"),
    [
        (("part", "met", None, None, None, None), ("part", "met", "met", None, None, None)),
        (("met", None, "met", None, None, None), ("met", None, None, "met", None, None)),
    ],
)
def test_a_row_of_answers_is_asked_about_again_only_when_it_is_changed(
    once: tuple[str | None, ...], later: tuple[str | None, ...], sandbox: Sandbox
) -> None:
    (first,) = problems(with_answers(*once), sandbox)
    moved = with_answers(*once)
    moved["Leadership"].insert_rows(header_row(moved["Leadership"]) + 1, 2)
    (same,) = problems(moved, sandbox)
    (changed,) = problems(with_answers(*later), sandbox)
    assert first.severity == "check"
    assert same.cell != first.cell
    assert of(same) == of(first)
    assert of(changed) != of(first)


def test_numbers_that_do_not_add_up_are_asked_about_again_when_either_is_changed(
    sandbox: Sandbox,
) -> None:
    def told(people: int, came: int) -> str:
        book = opened(clean_engagement())
        put(book["Attendance"], header_row(book["Attendance"]) + 1, "People", value=people)
        put(book["Events"], row_of(book["Events"], "E1"), "People who came", value=came)
        (problem,) = problems(book, sandbox)
        return of(problem)

    assert told(40, 73) == told(40, 73)
    assert len({told(40, 73), told(39, 73), told(40, 74)}) == 3


def test_sheets_that_are_alike_are_asked_about_again_when_there_are_more(sandbox: Sandbox) -> None:
    def told(*names: str) -> str:
        one, other = opened(clean()), opened(clean("ELT002"))
        for name in names:
            for line in one[name].iter_rows():
                for cell in line:
                    other[name][cell.coordinate].value = cell.value
        rows = judged([one, other], sandbox).problems.to_dict("records")
        assert [row["rule"] for row in rows] == ["sheets_alike"] * 2
        return fingerprint(rows[0]["rule"], "NLT014", None, rows[0]["seen"])

    assert told("Workforce") != told("Workforce", "Leadership")
