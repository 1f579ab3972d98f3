"""One bad file costs its own answer and nothing else."""

import logging
import os
import sys
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hostile_workbooks import READ_ANYWAY, REFUSED, REFUSED_WHEN_READ
from made_workbooks import GOOD, workbook_of

from remi.intake.reading.preflight import Refusal
from remi.intake.reading.sandbox import Sandbox, SandboxError

DO_AS_TOLD = "functions_in_the_sandbox:do_as_told"


def telling(value: str) -> bytes:
    return workbook_of(f'<row r="1"><c r="A1" t="str"><v>{value}</v></c></row>')


def read_all(answers: Iterable[dict[str, Any] | Refusal]) -> list[dict[str, Any]]:
    found = []
    for answer in answers:
        assert isinstance(answer, dict)
        found.append(answer)
    return found


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(workers=2) as opened:
        yield opened


def test_without_a_function_the_cells_themselves_come_back(sandbox: Sandbox) -> None:
    (answer,) = sandbox.map(None, [GOOD])
    assert isinstance(answer, dict)
    assert answer["sheets"][0]["name"] == "Answers"
    assert answer["sheets"][0]["cells"] == [[1, 1, "text", "Met", None, "", False]]


def test_answers_come_in_the_order_of_the_files_with_the_setup(sandbox: Sandbox) -> None:
    files = [telling(str(number)) for number in range(60)]
    answers = read_all(sandbox.map(DO_AS_TOLD, iter(files), {"cycle": "2026"}))
    assert [answer["value"] for answer in answers] == [str(n) for n in range(60)]
    assert {answer["setup"]["cycle"] for answer in answers} == {"2026"}
    assert len({answer["process"] for answer in answers}) == 2
    assert os.getpid() not in {answer["process"] for answer in answers}


def test_a_new_setup_replaces_the_one_before(sandbox: Sandbox) -> None:
    for cycle in ("2026", "2027"):
        answers = read_all(sandbox.map(DO_AS_TOLD, [GOOD] * 4, {"cycle": cycle}))
        assert [answer["setup"] for answer in answers] == [{"cycle": cycle}] * 4


@pytest.mark.parametrize(
    ("told", "refusal"),
    [
        ("allocate", Refusal("file_too_large", {"limit": "memory"})),
        ("sleep", Refusal("file_too_large", {"limit": "time"})),
        ("spin", Refusal("file_too_large", {"limit": "time"})),
        ("talk", Refusal("file_too_large", {"limit": "output"})),
        ("claim", Refusal("file_too_large", {"limit": "output"})),
        ("exit", Refusal("file_could_not_be_read")),
        ("fail", Refusal("file_not_checked")),
    ],
)
def test_a_worker_that_goes_wrong_costs_only_its_own_file(told: str, refusal: Refusal) -> None:
    if told == "allocate" and sys.platform != "linux":
        pytest.skip("this system does not hold a process to its memory limit")
    # Only those that would never end need to wait for the limit; the others must not meet it.
    seconds = 1 if told in ("sleep", "spin") else 60
    with Sandbox(workers=2, seconds_per_file=seconds) as small:
        files = [telling(word) for word in ("Met", told, "Part met", told, "Not met", "Met")]
        answers = list(small.map(DO_AS_TOLD, files))
    assert answers[1] == answers[3] == refusal
    good = [answers[place] for place in (0, 2, 4, 5)]
    values = [answer["value"] for answer in good if isinstance(answer, dict)]
    assert values == ["Met", "Part met", "Not met", "Met"]


def test_a_failing_check_is_logged_without_what_the_partner_wrote(
    sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        list(sandbox.map(DO_AS_TOLD, [telling("fail")]))
    assert "ValueError at " in caplog.text
    assert "functions_in_the_sandbox.py" in caplog.text
    assert "quoting the partner" not in caplog.text


def test_every_hostile_file_is_answered_and_a_good_one_is_read_after_it(
    sandbox: Sandbox,
) -> None:
    for name, (content, rule) in {**REFUSED, **REFUSED_WHEN_READ}.items():
        refused, good = sandbox.map(None, [content, GOOD])
        assert isinstance(refused, Refusal), name
        assert refused.rule == rule, name
        assert isinstance(good, dict), name


def test_hostile_and_good_files_together_keep_their_order(sandbox: Sandbox) -> None:
    hostile = [content for content, _ in REFUSED_WHEN_READ.values()] + [*READ_ANYWAY.values()]
    files = [file for pair in zip(hostile, [GOOD] * len(hostile), strict=True) for file in pair]
    answers = list(sandbox.map(None, files))
    kinds = [type(answer) for answer in answers]
    refused, read = len(REFUSED_WHEN_READ), len(READ_ANYWAY)
    assert kinds == [Refusal, dict] * refused + [dict, dict] * read


def test_a_file_that_fills_the_memory_while_it_is_read_is_too_large() -> None:
    if sys.platform != "linux":
        pytest.skip("this system does not hold a process to its memory limit")
    cells = "".join(f'<c r="A{row}"><v>1</v></c>' for row in range(1, 400_001))
    with Sandbox(workers=1, memory_bytes=120 * 1024**2) as small:
        answers = list(small.map(None, [workbook_of(f"<row>{cells}</row>"), GOOD]))
    assert answers[0] == Refusal("file_too_large", {"limit": "memory"})
    assert isinstance(answers[1], dict)


def test_a_worker_writes_no_file_opens_little_and_knows_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REMI_DATABASE_PASSWORD", "kept from the worker")
    path = tmp_path / "written"
    with Sandbox(workers=1) as opened:
        (answer,) = opened.map(
            "functions_in_the_sandbox:what_it_may_do", [GOOD], {"path": str(path)}
        )
    assert isinstance(answer, dict)
    assert answer["prevented"] == ["write", "open many"]
    assert "REMI_DATABASE_PASSWORD" not in answer["environment"]


def test_a_worker_loads_neither_pandas_nor_openpyxl(sandbox: Sandbox) -> None:
    (answer,) = sandbox.map("functions_in_the_sandbox:loaded_modules", [GOOD])
    assert isinstance(answer, dict)
    assert "remi.intake.reading.reader" in answer["modules"]
    assert not {"pandas", "openpyxl", "pandera", "lxml", "sqlalchemy"} & set(answer["modules"])


def test_a_function_that_does_not_exist_is_our_fault_and_not_the_files(sandbox: Sandbox) -> None:
    for function in ("functions_in_the_sandbox:missing", "no_such_module:missing"):
        with pytest.raises(SandboxError):
            list(sandbox.map(function, [GOOD]))
    assert isinstance(next(sandbox.map(None, [GOOD])), dict)


def test_files_are_drawn_only_a_few_ahead(sandbox: Sandbox) -> None:
    drawn: list[int] = []

    def files() -> Iterator[bytes]:
        for number in range(1000):
            drawn.append(number)
            yield GOOD

    answers = sandbox.map(None, files())
    next(answers)
    answers.close()  # type: ignore[attr-defined]
    assert len(drawn) < 20


def test_two_callers_on_two_threads_each_get_their_own_answers(sandbox: Sandbox) -> None:
    found: dict[str, list[str]] = {}

    def call(word: str) -> None:
        answers = read_all(sandbox.map(DO_AS_TOLD, [telling(word)] * 20, {"caller": word}))
        found[word] = [f"{a['value']} {a['setup']['caller']}" for a in answers]

    threads = [threading.Thread(target=call, args=(word,)) for word in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert found == {"one": ["one one"] * 20, "two": ["two two"] * 20}


def test_leaving_the_sandbox_ends_its_processes() -> None:
    with Sandbox(workers=1) as opened:
        (answer,) = opened.map(DO_AS_TOLD, [GOOD])
        assert isinstance(answer, dict)
        os.kill(answer["process"], 0)
    with pytest.raises(ProcessLookupError):
        os.kill(answer["process"], 0)
