"""Workbooks read and judged in a second, beside the obvious way: openpyxl and Pandera a file.

Run `python -m benchmarks.reading`; `FULL=1` takes 1,000 workbooks instead of 200. The workbooks
are whole assessments with random answers, made once and kept in the folder for temporary files.
The obvious way is measured on a sample of the same files, in one process and in two.
"""

from __future__ import annotations

import os
import random
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pandas as pd
import pandera.pandas as pa
from openpyxl import Workbook, load_workbook

from benchmarks.measures import line
from remi.configuration import load
from remi.intake.identity import TemplateIdentity
from remi.intake.judging.context import JudgingContext, judging_context
from remi.intake.layout import assessment_layout
from remi.intake.reading.sandbox import Sandbox
from remi.intake.template.write import Round, compose_template, workbook_bytes
from remi.intake.verdict import TOGETHER, judge
from schemas.intake import Received
from schemas.store import organisation as organisation_table

CONFIGURATION = load(Path(__file__).parents[1] / "config")
CYCLE = CONFIGURATION.cycles.get("2025-26")
FRAMEWORK = CONFIGURATION.framework(CYCLE)
KEY = b"a key for measuring"
WORKERS = 2
SAMPLE = 40


def main() -> None:
    """Print one line a measure: its name, ours, the obvious way's, and how many times faster."""
    count = 1000 if os.environ.get("FULL") else 200
    register = _register(count)
    context = judging_context(CONFIGURATION, CYCLE, register, KEY, date(2025, 11, 20))
    files = _files(count, register)
    obvious = _per_second(obvious_way, files[:SAMPLE])
    with ProcessPoolExecutor(WORKERS) as pool:
        list(pool.map(obvious_way, files[:WORKERS]))
        started = time.perf_counter()
        list(pool.map(obvious_way, files[:SAMPLE]))
        obvious_twice = SAMPLE / (time.perf_counter() - started)
    alone, together = (_judging(files, context, workers) for workers in (1, WORKERS))
    name = f"judging {count:,} workbooks, {{}} reading: workbooks a second"
    one, two = name.format("1 process"), name.format(f"{WORKERS} processes")
    line(two, together, obvious, "openpyxl and Pandera in a loop", together / obvious)
    both = f"openpyxl and Pandera in {WORKERS} processes"
    line(two, together, obvious_twice, both, together / obvious_twice)
    line(one, alone, obvious, "openpyxl and Pandera in a loop", alone / obvious)
    verdict = _one_at_a_time(files[:SAMPLE], context)
    name = "one workbook to its verdict: seconds"
    line(name, verdict, 1 / obvious, "openpyxl and Pandera", verdict * obvious)


def _judging(files: list[bytes], context: JudgingContext, workers: int) -> float:
    batch = [_received(content) for content in files]
    with Sandbox(workers, files_per_process=TOGETHER) as sandbox:
        judge(batch[:workers], context, sandbox)
        started = time.perf_counter()
        result = judge(batch, context, sandbox)
        seconds = time.perf_counter() - started
    assert (result.verdicts["outcome"] == "accepted").all()
    return len(files) / seconds


def _one_at_a_time(files: list[bytes], context: JudgingContext) -> float:
    with Sandbox(1) as sandbox:
        judge([_received(files[0])], context, sandbox)
        started = time.perf_counter()
        for content in files:
            judge([_received(content)], context, sandbox)
        return (time.perf_counter() - started) / len(files)


def _per_second(read: object, files: list[bytes]) -> float:
    assert callable(read)
    started = time.perf_counter()
    for content in files:
        read(content)
    return len(files) / (time.perf_counter() - started)


_WORDS = [word for a in FRAMEWORK.answers for word in (a.label, *a.also_accepted)]

_ANSWERS = pa.DataFrameSchema(
    {
        "ref": pa.Column(str, pa.Check.isin([i.id for _, i in FRAMEWORK.indicators()])),
        "answer": pa.Column(str, pa.Check.isin(_WORDS)),
    }
)


def obvious_way(content: bytes) -> int:
    """Rows of every commitment sheet by openpyxl, and their answers judged by Pandera."""
    book = load_workbook(BytesIO(content), read_only=True, data_only=True)
    refs, answers = [], []
    for commitment in FRAMEWORK.commitments:
        headings: list[int] = []
        for row in book[commitment.short_name].iter_rows(values_only=True):
            if row[0] == "Ref":
                headings = [n for n, h in enumerate(row) if str(h).endswith(": your answer")]
            elif headings and row[0]:
                given = [row[n] for n in headings if row[n] is not None]
                refs += [row[0]] * len(given)
                answers += given
    _ANSWERS.validate(pd.DataFrame({"ref": refs, "answer": answers}), lazy=True)
    return len(answers)


def _register(count: int) -> pd.DataFrame:
    blank = dict.fromkeys(column.name for column in organisation_table.columns)
    rows = [
        blank
        | {
            "organisation_id": f"T{number:05}",
            "valid_from": date(2020, 1, 1),
            "name": f"Invented Trust {number}",
            "sector": "nhs_trust",
            "unit_type": "organisation",
        }
        for number in range(count)
    ]
    return pd.DataFrame(rows)


def _files(count: int, register: pd.DataFrame) -> list[bytes]:
    """The filled workbooks, from the folder of temporary files if they were made before."""
    folder = Path(tempfile.gettempdir()) / f"remi-benchmark-{FRAMEWORK.version}-{CYCLE.id}"
    folder.mkdir(exist_ok=True)
    made = []
    layout = assessment_layout(
        FRAMEWORK,
        CONFIGURATION.assessment,
        CONFIGURATION.places(CYCLE),
        register,
        CYCLE,
        "nhs_trust",
        False,
    )
    facts = Round(
        FRAMEWORK,
        CONFIGURATION.places(CYCLE),
        register,
        CYCLE,
        CONFIGURATION.assessment.start,
        "The collaboration",
    )
    for code, name in zip(register["organisation_id"], register["name"], strict=True):
        path = folder / f"{code}.xlsx"
        if not path.exists():
            identity = TemplateIdentity("assessment", FRAMEWORK.version, CYCLE.id, code)
            known = {"organisation_code": code, "organisation_name": name}
            book = compose_template(layout, identity, facts, KEY, known)
            _fill(book, random.Random(code))
            path.write_bytes(workbook_bytes(book))
        made.append(path.read_bytes())
    assert len(made) == count
    return made


def _fill(book: Workbook, rng: random.Random) -> None:
    """Answers up to a random stage of every row, with evidence, and one action point."""
    for sheet in book.worksheets:
        header = next(
            (row[0].row for row in sheet.iter_rows(max_row=30, max_col=1) if row[0].value == "Ref"),
            None,
        )
        if header is None:
            continue
        column = {str(cell.value): cell.column for cell in sheet[header]}
        answers = [n for heading, n in column.items() if heading.endswith(": your answer")]
        for row in range(header + 1, sheet.max_row + 1):
            ref = sheet.cell(row, 1).value
            if answers and ref:
                met = rng.randint(0, len(answers) - 1)
                for place in answers[:met]:
                    sheet.cell(row, place, "met")
                sheet.cell(row, answers[met], rng.choice(["part", "not met"]))
                sheet.cell(row, column["Evidence title"], f"Board paper {rng.randint(1, 10**6)}")
                sheet.cell(row, column["Evidence date"], date(2025, 6, rng.randint(1, 28)))
            elif ref in ("O4", "O5", "O7"):
                value = {"O4": "Head of Equality", "O5": date(2025, 11, 10), "O7": "yes"}[ref]
                sheet.cell(row, column["Your answer"], value)
        if sheet.title == "Action points":
            point = {
                "Ref": "1",
                "Commitment": FRAMEWORK.commitments[0].short_name,
                "What will be done": f"Publish plan {rng.randint(1, 10**6)}",
                "Owner (role)": "Director of People",
                "Due date": date(2026, 6, 30),
                "Where it stands": "planned",
            }
            for heading, value in point.items():
                sheet.cell(header + 1, column[heading], value)


def _received(content: bytes) -> Received:
    digest = sha256(content).hexdigest()
    return Received(f"{CYCLE.id}-{digest[:12]}", CYCLE.id, digest, "ours.xlsx", content)


if __name__ == "__main__":
    main()
