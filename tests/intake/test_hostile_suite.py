"""Files made to do harm, through the sandbox: each gets its own answer in time, others theirs."""

import resource
import struct
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import pytest
from hostile_workbooks import NUMBER, READ_ANYWAY, REFUSED, REFUSED_WHEN_READ, TWO
from made_workbooks import (
    GOOD,
    MAIN,
    PACKAGE,
    Parts,
    as_strict,
    parts_of,
    replaced,
    unzipped,
    workbook_of,
    zipped,
)

from remi.intake.reading.preflight import Refusal
from remi.intake.reading.sandbox import Sandbox

SHEET = "xl/worksheets/sheet1.xml"
MILLION = 1_000_000


def _in_part(name: str, before: str, repeated: str, times: int, after: str) -> bytes:
    """A workbook with one part of `repeated`, in which # is the number of the repetition."""
    pieces = (repeated.replace("#", str(n)) for n in range(1, times + 1))
    return zipped({**parts_of(NUMBER), name: before + "".join(pieces) + after})


def _in_sheet(repeated: str, times: int) -> bytes:
    before = f'<worksheet xmlns="{MAIN}"><sheetData>'
    return _in_part(SHEET, before, repeated, times, "</sheetData></worksheet>")


def _in_styles(element: str, repeated: str, times: int) -> bytes:
    before, after = f'<styleSheet xmlns="{MAIN}"><{element}>', f"</{element}></styleSheet>"
    return _in_part("xl/styles.xml", before, repeated, times, after)


def _defined_names() -> bytes:
    workbook = str(parts_of("")["xl/workbook.xml"])
    before, after = workbook.split("</sheets>")
    return _in_part(
        "xl/workbook.xml",
        before + "</sheets><definedNames>",
        '<definedName name="n#">Answers!A#</definedName>',
        MILLION,
        "</definedNames>" + after,
    )


@cache
def _many_parts() -> bytes:
    return zipped({str(n): b"" for n in range(70_000)}, zipfile.ZIP_STORED)


def _many_parts_behind_a_lying_end() -> bytes:
    """The end of the directory that all programs read admits one part; a second one, 70,000."""
    content = bytearray(_many_parts())
    end = content.rfind(b"PK\x05\x06")
    content[end + 8 : end + 16] = struct.pack("<HHI", 1, 1, 50)
    return bytes(content)


def _zips_in_zips() -> bytes:
    """Five deep and ten wide, in a part that no reader needs: a terabyte, were it unpacked."""
    inner = zipped({"zeros": b"\0" * 10 * MILLION})
    for _ in range(5):
        inner = zipped({f"{n}.zip": inner for n in range(10)})
    return zipped({**parts_of(NUMBER), "xl/media/picture.png": inner})


def _with_backslashes() -> bytes:
    content = zipped({name.replace("/", "\\"): part for name, part in unzipped(GOOD).items()})
    return content.replace(b"_rels/.rels", b"_rels\\.rels")


def _in_utf_16() -> bytes:
    parts: Parts = dict(unzipped(GOOD))
    text = unzipped(GOOD)[SHEET].decode()
    parts[SHEET] = ('<?xml version="1.0" encoding="UTF-16"?>' + text).encode("utf-16")
    return zipped(parts)


def _with_macros() -> bytes:
    return zipped({**unzipped(GOOD), "xl/vbaProject.bin": b"\xd0\xcf\x11\xe0" + b"\0" * 5000})


def _garbled_sheet() -> bytes:
    content = bytearray(GOOD)
    begin = content.find(SHEET.encode()) + len(SHEET) + 20
    content[begin : begin + 4] = bytes(255 - byte for byte in content[begin : begin + 4])
    return bytes(content)


def _lying_dimension() -> bytes:
    return replaced(GOOD, ("<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>'))


def _without_addresses() -> bytes:
    return replaced(workbook_of(TWO), (r' r="[A-Z]*[0-9]+"', ""))


# What is answered: a rule, or how many cells.
MADE: dict[str, tuple[Callable[[], bytes], str | int]] = {
    "70,000 parts": (_many_parts, "file_too_large"),
    "70,000 parts and a lying end": (_many_parts_behind_a_lying_end, "file_too_large"),
    "zips in zips": (_zips_in_zips, 1),
    "spaces": (lambda: _in_sheet(" " * 1024, 190 * 1024), "file_unsafe"),
    "empty cells": (lambda: _in_sheet("<c/>", 20 * MILLION), "file_unsafe"),
    "empty cells that differ": (lambda: _in_sheet('<c r="A#"/>', 8 * MILLION), "file_too_large"),
    "deep nesting that does not end": (lambda: _in_sheet("<a>", 2 * MILLION), "file_is_damaged"),
    "a million attributes": (
        lambda: _in_part(SHEET, "<worksheet", ' a#=""', MILLION, f' xmlns="{MAIN}"/>'),
        0,
    ),
    "a million names": (_defined_names, 1),
    "a million number formats": (
        lambda: _in_styles("numFmts", '<numFmt numFmtId="#" formatCode="#"/>', MILLION),
        1,
    ),
    "a million styles": (lambda: _in_styles("cellXfs", "<xf/>", MILLION), "file_too_large"),
    "millions of unused styles": (lambda: _in_styles("cellStyleXfs", "<xf/>", 2 * MILLION), 1),
    "200,000 merged ranges": (
        lambda: _in_part(
            SHEET,
            f'<worksheet xmlns="{MAIN}"><sheetData>{TWO}</sheetData><mergeCells>',
            '<mergeCell ref="A#:B#"/>',
            200_000,
            "</mergeCells></worksheet>",
        ),
        2,
    ),
    "a million relationships": (
        lambda: _in_part(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{PACKAGE}/relationships">',
            '<Relationship Id="r#" Type="a/b" Target="#.xml"/>',
            MILLION,
            "</Relationships>",
        ),
        "file_too_large",
    ),
    "millions of texts": (
        lambda: _in_part(
            "xl/sharedStrings.xml",
            f'<sst xmlns="{MAIN}">',
            "<si><t>#</t></si>",
            3 * MILLION,
            "</sst>",
        ),
        "file_too_large",
    ),
    "garbled sheet": (_garbled_sheet, "file_is_damaged"),
    "lying dimension": (_lying_dimension, 1),
    "without addresses": (_without_addresses, 2),
    "backslashes": (_with_backslashes, 1),
    "UTF-16": (_in_utf_16, 1),
    "macros": (_with_macros, 1),
    "Strict": (lambda: as_strict(GOOD), 1),
}
QUICK: dict[str, tuple[bytes, str | int]] = {
    **REFUSED,
    **REFUSED_WHEN_READ,
    **{name: (content, 2) for name, content in READ_ANYWAY.items()},
}


def said(answer: dict[str, Any] | Refusal) -> str | int:
    if isinstance(answer, Refusal):
        return answer.rule
    return sum(len(sheet["cells"]) for sheet in answer["sheets"])


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(workers=8) as opened:
        yield opened.start()


@pytest.mark.parametrize("name", QUICK)
def test_a_small_hostile_file_has_its_answer_within_two_seconds(
    name: str, sandbox: Sandbox
) -> None:
    content, expected = QUICK[name]
    began = time.perf_counter()
    assert said(next(sandbox.map(None, [content]))) == expected
    assert time.perf_counter() - began < 2


@pytest.mark.parametrize("name", MADE)
def test_a_large_hostile_file_has_its_answer_after_two_seconds_of_work(name: str) -> None:
    make, expected = MADE[name]
    content = make()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with Sandbox(workers=1) as opened:
        assert said(next(opened.map(None, [content]))) == expected
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    worked = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert worked < 4  # a processor that others use does half the work in its time


def test_good_files_among_as_many_hostile_ones_all_get_their_cells(sandbox: Sandbox) -> None:
    hostile = [QUICK[name] for name in [*QUICK][:50]]
    assert len({rule for _, rule in hostile}) > 10
    good = [(workbook_of(NUMBER.replace("<v>1", f"<v>{n}")), n) for n in range(50)]
    files = [file for pair in zip(hostile, good, strict=True) for file in pair]

    def judged(content: bytes) -> tuple[dict[str, Any] | Refusal, float]:
        began = time.perf_counter()
        answer = next(sandbox.map(None, [content]))
        return answer, time.perf_counter() - began

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(judged, [content for content, _ in files]))
    for (answer, seconds), (_, expected) in zip(answers[::2], hostile, strict=True):
        assert said(answer) == expected
        assert seconds < 2
    cells = [answer["sheets"][0]["cells"] for answer, _ in answers[1::2]]  # type: ignore[index]
    assert cells == [[[1, 1, "number", str(n), float(n), "", False]] for n in range(50)]
