"""The process that opens partner files: reads one, answers, waits for the next.

Started by `remi.intake.reading.sandbox` and by nothing else. It imports the standard library, the
reader and one named function; it holds no credentials, and its limits are set before the first
file.
Messages are a kind (one byte), a length (four bytes) and a body, on file descriptor 0.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import json
import os
import struct
import sys
import traceback
from collections.abc import Callable
from typing import Any

from remi.intake.reading.cells import WorkbookCells, as_data
from remi.intake.reading.preflight import Refused
from remi.intake.reading.reader import read_workbook

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

HEADER = struct.Struct(">cI")
READY, SETUP, FILE, ANSWER, REFUSAL, FAULT = b"Y", b"S", b"F", b"A", b"R", b"X"
OUT_OF_MEMORY = 86
TOO_MUCH_OUTPUT = 87
OPEN_FILES = 32
_NO_NEW_PRIVILEGES = 38

Judge = Callable[[WorkbookCells, Any], Any]


def _set_limits(memory_bytes: int) -> list[str]:
    """Take away what reading needs none of; names of the limits this system could not set."""
    wanted = {
        "memory": ("RLIMIT_AS", memory_bytes),
        "written file size": ("RLIMIT_FSIZE", 0),
        "core dump": ("RLIMIT_CORE", 0),
        "open files": ("RLIMIT_NOFILE", OPEN_FILES),
        "new processes": ("RLIMIT_NPROC", 0),
    }
    missing = []
    for what, (name, most) in wanted.items():
        try:
            resource.setrlimit(getattr(resource, name), (most, most))
        except (AttributeError, ValueError, OSError):
            missing.append(what)
    if not hasattr(resource, "RLIMIT_CPU"):
        missing.append("processor time")
    if sys.platform != "linux" or ctypes.CDLL(None).prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        missing.append("new privileges")
    return missing


def _allow_processor_time(seconds: int) -> None:
    """From now; the system ends the process when it is used up."""
    if hasattr(resource, "RLIMIT_CPU"):
        used = resource.getrusage(resource.RUSAGE_SELF)
        until = int(used.ru_utime + used.ru_stime) + 1 + seconds
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (until, hard))


def _receive(count: int) -> bytes:
    pieces = []
    while count:
        piece = os.read(0, min(count, 1 << 20))
        if not piece:
            os._exit(0)  # the host has gone
        pieces.append(piece)
        count -= len(piece)
    return b"".join(pieces)


def _send(kind: bytes, data: object, most: int) -> None:
    body = json.dumps(data, separators=(",", ":")).encode()
    if len(body) > most:
        os._exit(TOO_MUCH_OUTPUT)
    message = memoryview(HEADER.pack(kind, len(body)) + body)
    while message:
        message = message[os.write(0, message) :]


def _where(error: BaseException) -> str:
    """Kind and place of an error, without its text: that may quote the partner."""
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    places = " < ".join(f"{frame.filename}:{frame.lineno}" for frame in reversed(frames))
    return f"{type(error).__name__} at {places}"


def _find(function: str) -> Judge:
    module, _, name = function.partition(":")
    found: Judge = getattr(importlib.import_module(module), name)
    return found


def _cells_only(workbook: WorkbookCells, _: object) -> dict[str, Any]:
    return as_data(workbook)


def main(memory_bytes: int, processor_seconds: int, most_output: int) -> None:
    """Serve until the host closes the connection."""
    missing = _set_limits(memory_bytes)
    _send(READY, missing, most_output)
    judge: Judge = _cells_only
    setup: Any = None
    unread: list[str] = []
    while True:
        kind, length = HEADER.unpack(_receive(HEADER.size))
        body = _receive(length)
        _allow_processor_time(processor_seconds)
        try:
            if kind == SETUP:
                wanted = json.loads(body)
                setup, unread = wanted["setup"], wanted["unread"]
                judge = _find(wanted["function"]) if wanted["function"] else _cells_only
                gc.collect()
                gc.freeze()  # what every file shares need not be looked through for each
                _send(READY, None, most_output)
            else:
                _send(ANSWER, judge(read_workbook(body, unread), setup), most_output)
        except Refused as refused:
            refusal = refused.refusal
            _send(REFUSAL, [refusal.rule, refusal.details], most_output)
        except MemoryError:
            os._exit(OUT_OF_MEMORY)
        except Exception as error:
            _send(FAULT, _where(error), most_output)


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
