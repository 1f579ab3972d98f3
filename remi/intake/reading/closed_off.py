"""The process in which a partner's bytes are read: first closed off, then given a file.

It has one descriptor, 0, through which files come and answers go, and can get no other. It cannot
be opened again and cannot load anything: all it needs was loaded before it was forked.
"""

from __future__ import annotations

import json
import os
import traceback
from collections.abc import Callable
from typing import Any, NamedTuple, NoReturn

from remi.intake.reading.passing import ANSWER, FAULT, HEADER, PIECE, REFUSAL
from remi.intake.reading.preflight import Refused

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

SYSTEM_CALLS = "system calls"
"""Name of the limit that is the filter of `remi.intake.reading.system_calls`."""
OUT_OF_MEMORY = 86
_MOST_DESCRIPTORS = 64


class Limits(NamedTuple):
    """What a process may use: `seconds` of wall clock for each of its `files`, and one more of
    processor time; memory in all; output for each file."""

    memory_bytes: int
    seconds: float
    output_bytes: int
    files: int


def close_off(limits: Limits, set_filter: Callable[[], bool]) -> list[str]:
    """Take away what reading needs none of; names of the limits this system could not set."""
    wanted = {
        "memory": ("RLIMIT_AS", limits.memory_bytes),
        "processor time": ("RLIMIT_CPU", (int(limits.seconds) + 1) * limits.files),
        "written file size": ("RLIMIT_FSIZE", 0),
        "core dump": ("RLIMIT_CORE", 0),
        # The one descriptor there is, so that no file, folder or connection can be opened.
        "open files": ("RLIMIT_NOFILE", 1),
        "new processes": ("RLIMIT_NPROC", 0),
    }
    missing = []
    for what, (name, most) in wanted.items():
        try:
            # Processor time is warned of before it is enforced; the others just fail.
            resource.setrlimit(getattr(resource, name), (most, most + (name == "RLIMIT_CPU")))
        except (AttributeError, ValueError, OSError):
            missing.append(what)
    if not set_filter():
        missing.append(SYSTEM_CALLS)
    return missing


def read_files(
    connection: int,
    close: Callable[[], list[str]],
    answer: Callable[[bytes, list[str]], Any],
) -> NoReturn:
    """In a forked process: close it off, then answer files until it is ended.

    `connection` becomes its descriptor 0. `answer` is called with a file and the names of the
    limits that could not be set.
    """
    status = 1
    try:
        os.dup2(connection, 0)
        os.closerange(1, _MOST_DESCRIPTORS)
        missing = close()
        while True:
            _, length = HEADER.unpack(_receive(HEADER.size))
            kind, body = _answered(lambda content: answer(content, missing), _receive(length))
            _send(HEADER.pack(kind, len(body)) + body)
    except MemoryError:
        status = OUT_OF_MEMORY
    finally:
        os._exit(status)


def _answered(answer: Callable[[bytes], Any], content: bytes) -> tuple[bytes, bytes]:
    try:
        return ANSWER, _as_json(answer(content))
    except Refused as refused:
        return REFUSAL, _as_json([refused.refusal.rule, refused.refusal.details])
    except MemoryError:
        raise
    except Exception as error:
        return FAULT, _as_json(where(error))


def where(error: BaseException) -> str:
    """Kind and place of an error, without its text: that may quote the partner."""
    frames = [*traceback.walk_tb(error.__traceback__)][-3:]
    places = " < ".join(f"{frame.f_code.co_filename}:{line}" for frame, line in reversed(frames))
    return f"{type(error).__name__} at {places}"


def _as_json(data: object) -> bytes:
    return json.dumps(data, separators=(",", ":")).encode()


def _receive(count: int) -> bytes:
    pieces = []
    while count:
        piece = os.read(0, min(count, PIECE))
        if not piece:
            os._exit(0)
        pieces.append(piece)
        count -= len(piece)
    return b"".join(pieces)


def _send(message: bytes) -> None:
    left = memoryview(message)
    while left:
        left = left[os.write(0, left) :]
