"""Workbooks with faults that are known: exactly these are reported, each with its sheet and cell.

An ordinary run takes a sample; `pytest -m slow` takes all thousand. The same again as the workbooks
look after other programs saved them. What a program's saving rightly changes is said where the
fault is made (`seeded_cells.SAVED_ANEW`).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from pathlib import Path

import pytest
from clean_books import CYCLE, context
from re_saved import SOFFICE, saved_by_libreoffice, stripped
from seeded_drafts import Place
from seeded_faults import Seeded, every_fault, seeded

from remi.intake.verdict import judge
from schemas.intake import Received

ALL, SAMPLE, SAMPLE_FOR_LIBREOFFICE = 1_000, 60, 12
whole = pytest.param(ALL, marks=pytest.mark.slow)


@cache
def workbooks(count: int) -> list[Seeded]:
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        return list(pool.map(seeded, range(count), chunksize=5))


def received(number: int, content: bytes) -> Received:
    return Received(f"{CYCLE}-{number:06}", CYCLE, f"{number:064}", "ours.xlsx", content)


def assert_exactly_these(
    made: Sequence[Seeded], contents: Sequence[bytes], saved_as: str = "sent"
) -> None:
    """Every message has the sheet, cell and rule of a seeded fault, and every fault its message."""
    files = [received(one.number, content) for one, content in zip(made, contents, strict=True)]
    found = judge(files, context()).by_submission
    wrong: dict[int, tuple[tuple[str, ...], list[Place], list[Place]]] = {}
    for one, file in zip(made, files, strict=True):
        problems = found[file.submission_id].problems
        said = sorted(((p.sheet or "", p.cell, p.rule) for p in problems), key=repr)
        if said != one.expected[saved_as]:
            wrong[one.number] = (one.faults, said, one.expected[saved_as])
    assert not wrong, "number: (faults, said, expected)"


@pytest.mark.parametrize("count", [SAMPLE, whole])
def test_exactly_the_faults_that_were_put_in_are_reported(count: int) -> None:
    made = workbooks(count)
    assert_exactly_these(made, [one.content for one in made])


@pytest.mark.parametrize("count", [SAMPLE, whole])
def test_the_same_is_reported_without_what_other_programs_do_not_keep(count: int) -> None:
    made = workbooks(count)
    assert_exactly_these(made, [stripped(one.content) for one in made], "stripped")


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("ending", ["xlsx", "ods"])
@pytest.mark.parametrize("count", [SAMPLE_FOR_LIBREOFFICE, whole])
def test_the_same_is_reported_after_libreoffice_saved_it(
    ending: str, count: int, tmp_path: Path
) -> None:
    made = workbooks(max(count, SAMPLE))[:count]
    contents = saved_by_libreoffice([one.content for one in made], ending, tmp_path)
    assert_exactly_these(made, contents, ending)


@pytest.mark.slow
def test_every_kind_of_fault_is_among_the_thousand() -> None:
    made = workbooks(ALL)
    assert {name for one in made for name in one.faults} == every_fault()
    assert {len(one.faults) for one in made} >= set(range(6))
