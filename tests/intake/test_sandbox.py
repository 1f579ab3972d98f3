"""One bad file costs its own answer and nothing else."""

import json
import logging
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hostile_workbooks import READ_ANYWAY, REFUSED, REFUSED_WHEN_READ
from made_workbooks import GOOD, workbook_of

from remi.intake.reading.closed_off import SYSTEM_CALLS
from remi.intake.reading.preflight import Refusal
from remi.intake.reading.sandbox import LARGE_BYTES, Sandbox, SandboxError

DO_AS_TOLD = "functions_in_the_sandbox:do_as_told"
REMEMBER = "functions_in_the_sandbox:remember"
NOISE = random.Random(1).randbytes(300_000).hex()
CLOSE_OFF = """
import json, os
from remi.intake.reading.closed_off import Limits, close_off
from remi.intake.reading.system_calls import prepared_filter
missing = close_off(Limits(1024**3, 20, 1, 1), prepared_filter())
os.write(1, json.dumps(missing).encode())
os._exit(0)
"""


@cache
def missing_limits() -> list[str]:
    """Which limits this system does not have."""
    said = subprocess.run([sys.executable, "-c", CLOSE_OFF], capture_output=True, check=True)
    missing: list[str] = json.loads(said.stdout)
    return missing


def without_filter(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let workers believe that they are on a machine whose system calls are not known."""
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "sitecustomize.py").write_text(
        "import os\nhere = os.uname()\n"
        "os.uname = lambda: os.uname_result((*tuple(here)[:4], 'another'))\n"
    )
    monkeypatch.syspath_prepend(str(elsewhere))


def ended(process: int) -> bool:
    """Whether it is gone within five seconds, or only waits for its parent to notice."""
    until = time.monotonic() + 5
    with suppress(ProcessLookupError, FileNotFoundError):
        while time.monotonic() < until:
            os.kill(process, 0)
            if Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
            time.sleep(0.01)
        return False
    return True


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
    assert len({answer["process"] for answer in answers}) == 60
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
        ("command", Refusal("file_could_not_be_read")),
        ("exit", Refusal("file_could_not_be_read")),
        ("crash", Refusal("file_could_not_be_read")),
        ("fail", Refusal("file_not_checked")),
    ],
)
@pytest.mark.parametrize("together", [1, 50])
def test_a_process_that_goes_wrong_costs_only_its_own_file(
    told: str, refusal: Refusal, together: int
) -> None:
    if told == "allocate" and sys.platform != "linux":
        pytest.skip("this system does not hold a process to its memory limit")
    # Only those that would never end need to wait for the limit; the others must not meet it.
    seconds = 1 if told in ("sleep", "spin") else 60
    with Sandbox(workers=2, seconds_per_file=seconds, files_per_process=together) as small:
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


def test_nothing_is_left_in_a_process_from_one_partner_to_the_next(sandbox: Sandbox) -> None:
    files = [telling(word) for word in ("one", "two", "three", "four")]
    answers = read_all(sandbox.map(REMEMBER, files))
    assert [answer["met"] for answer in answers] == [["one"], ["two"], ["three"], ["four"]]


def test_what_a_process_says_beyond_its_answer_reaches_no_other_file(sandbox: Sandbox) -> None:
    words = ("garble", "Met", "nest", "Part met", "refuse")
    answers = list(sandbox.map(DO_AS_TOLD, [telling(word) for word in words]))
    assert answers[::2] == [Refusal("file_could_not_be_read")] * 3
    values = [answer["value"] for answer in answers if isinstance(answer, dict)]
    assert values == ["Met", "Part met"]


def test_a_batch_may_share_a_process_until_a_file_is_not_an_ordinary_workbook() -> None:
    large = workbook_of(
        '<row r="1"><c r="A1" t="str"><v>large</v></c></row>', after=f"<!--{NOISE}-->"
    )
    files = [telling("one"), telling("two"), b"%PDF-", telling("three"), large, telling("four")]
    files += [telling(str(number)) for number in range(4)]
    with Sandbox(workers=1, files_per_process=3) as opened:
        answers = list(opened.map(REMEMBER, files))
    met = [answer["met"] if isinstance(answer, dict) else answer.rule for answer in answers]
    assert met == [
        *(["one"], ["one", "two"], "file_is_pdf"),
        *(["three"], ["three", "large"]),
        *(["four"], ["four", "0"], ["four", "0", "1"], ["2"], ["2", "3"]),
    ]


def test_a_reading_process_can_do_nothing_but_read_and_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if SYSTEM_CALLS in missing_limits():
        pytest.skip("NO SYSTEM-CALL FILTER HERE: partners' files are read without it")
    monkeypatch.setenv("REMI_DATABASE_PASSWORD", "kept from the worker")
    path = tmp_path / "kept"
    path.write_text("kept")
    for together in (1, 50):
        with Sandbox(workers=1, files_per_process=together) as opened:
            (answer,) = opened.map(
                "functions_in_the_sandbox:what_it_may_do", [GOOD], {"path": str(path)}
            )
        assert isinstance(answer, dict)
        refused = dict.fromkeys(answer["said"], "Operation not permitted")
        assert answer["said"] == refused | {"start a thread": "can't start new thread"}
        assert len(answer["said"]) == 18
        assert "REMI_DATABASE_PASSWORD" not in answer["environment"]
    assert [file.name for file in tmp_path.iterdir()] == ["kept"]


def test_a_missing_limit_is_named_and_is_not_borne_where_all_are_required(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    without_filter(tmp_path, monkeypatch)
    with Sandbox(workers=1) as opened, caplog.at_level(logging.WARNING):
        assert isinstance(next(opened.map(None, [GOOD])), dict)
    assert "without these limits: " in caplog.text
    assert SYSTEM_CALLS in caplog.text
    monkeypatch.setenv("REMI_SANDBOX", "required")
    with (
        Sandbox(workers=1) as opened,
        pytest.raises(SandboxError, match=rf"REMI_SANDBOX=required.*{SYSTEM_CALLS}"),
    ):
        list(opened.map(None, [GOOD]))


def test_even_without_the_filter_no_file_and_no_connection_can_be_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_filter(tmp_path, monkeypatch)
    path = tmp_path / "kept"
    path.write_text("kept")
    with Sandbox(workers=1) as opened:
        (answer,) = opened.map(
            "functions_in_the_sandbox:what_it_may_open", [GOOD], {"path": str(path)}
        )
    assert isinstance(answer, dict)
    assert set(answer["said"].values()) == {"Too many open files"}


def test_where_all_limits_hold_requiring_them_changes_nothing() -> None:
    if missing_limits():
        pytest.skip("NOT ALL LIMITS HOLD HERE: " + ", ".join(missing_limits()))
    with Sandbox(workers=1, required=True) as opened:
        assert isinstance(next(opened.map(None, [GOOD])), dict)


def test_another_word_than_required_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REMI_SANDBOX", "require")
    with pytest.raises(ValueError, match="REMI_SANDBOX"):
        Sandbox()


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


def test_small_files_are_answered_while_as_many_large_ones_as_there_are_workers_are_read() -> None:
    slow = workbook_of(
        '<row r="1"><c r="A1" t="str"><v>spin</v></c></row>', after=f"<!--{NOISE * 5}-->"
    )
    assert len(slow) > LARGE_BYTES
    with Sandbox(workers=2, seconds_per_file=4) as opened:
        read_all(opened.map(DO_AS_TOLD, [GOOD]))
        large = threading.Thread(target=lambda: list(opened.map(DO_AS_TOLD, [slow] * 2)))
        large.start()
        began = time.perf_counter()
        read_all(opened.map(DO_AS_TOLD, [GOOD] * 3))
        assert time.perf_counter() - began < 3
        assert large.is_alive()
        large.join()


@pytest.mark.parametrize("function", ["functions_in_the_sandbox:parent", None])
def test_a_worker_that_is_killed_while_it_waits_costs_no_file(
    function: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    with Sandbox(workers=1) as opened:
        (answer,) = opened.map("functions_in_the_sandbox:parent", [GOOD])
        assert isinstance(answer, dict)
        os.kill(answer["parent"], signal.SIGKILL)
        assert len(read_all(opened.map(function, [GOOD, GOOD]))) == 2
    assert "a reading process was lost" in caplog.text


def test_leaving_the_sandbox_ends_its_processes() -> None:
    with Sandbox(workers=1, files_per_process=2) as opened:
        (answer,) = opened.map("functions_in_the_sandbox:parent", [GOOD])
        assert isinstance(answer, dict)
        for process in (answer["parent"], answer["process"]):
            os.kill(process, 0)
    with pytest.raises(ProcessLookupError):
        os.kill(answer["parent"], 0)
    assert ended(answer["process"])
