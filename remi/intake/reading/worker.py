"""The process that partner files go to: it opens none itself, but forks processes that do.

Started by `remi.intake.reading.sandbox` and by nothing else, as a fresh Python with the standard
library, the reader and one named function. It holds no credentials and stays small, so that
forking is cheap. A file is passed on unread to a process that is closed off already, and that
process's answer is passed back unread.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from remi.intake.reading.cells import WorkbookCells, as_data
from remi.intake.reading.closed_off import OUT_OF_MEMORY, Limits, close_off, read_files, where
from remi.intake.reading.passing import (
    ANSWER,
    ENDED,
    FAULT,
    FILE,
    READY,
    REFUSAL,
    SETUP,
    Lost,
    receive,
    receive_header,
    send,
)
from remi.intake.reading.reader import read_workbook
from remi.intake.reading.rehearsal import own_workbook, rehearse
from remi.intake.reading.system_calls import prepared_filter

SMALL_BYTES = 256 * 1024
SECONDS_TO_TRY = 30.0

Judge = Callable[[WorkbookCells, Any], Any]
Message = tuple[bytes, Sequence[bytes]]


@dataclass
class _Reading:
    """A forked process that reads files."""

    process: int
    connection: socket.socket
    files: int = 0
    ended: str | None = None

    def ask(self, body: Sequence[bytes], limits: Limits) -> Message:
        """What it answers to a file, checked for kind and length only. Raises Lost."""
        self.files += 1
        until = time.monotonic() + limits.seconds
        send(self.connection, FILE, body, until)
        kind, length = receive_header(self.connection, until)
        if kind not in (ANSWER, REFUSAL, FAULT):
            raise Lost("protocol")
        if length > limits.output_bytes:
            raise Lost("output")
        return kind, receive(self.connection, length, until)

    def end(self) -> str:
        """Stop it. How it ended, where it did so by itself."""
        if self.ended is None:
            self.connection.close()
            os.kill(self.process, signal.SIGKILL)  # of no effect on one that is ending already
            _, status = os.waitpid(self.process, 0)
            code = os.waitstatus_to_exitcode(status)
            known = {OUT_OF_MEMORY: "memory", -signal.SIGXCPU: "time"}
            self.ended = known.get(code, f"status {code}")
        return self.ended


def _fork(limits: Limits, answer: Callable[[bytes, list[str]], Any]) -> _Reading:
    ours, theirs = socket.socketpair()
    process = os.fork()
    if process == 0:
        # It ends after a few files. To look for what can be thrown away took a fifth of its time.
        gc.disable()
        read_files(theirs.fileno(), lambda: close_off(limits, _set_filter), answer)
    theirs.close()
    return _Reading(process, ours)


_set_filter = prepared_filter()


def _answer_of(reading: _Reading, body: Sequence[bytes], limits: Limits) -> tuple[Message, bool]:
    """The message for the host, and whether the process may go on to another file.

    Only after a small workbook that was read to the end: a process that met anything else, or
    took much memory, must not answer for the next partner.
    """
    try:
        message = reading.ask(body, limits)
    except Lost as lost:
        why = reading.end() if str(lost) == "closed" else str(lost)
        return (ENDED, [json.dumps(why).encode()]), False
    small = sum(map(len, body)) <= SMALL_BYTES
    return message, message[0] == ANSWER and small and reading.files < limits.files


def _try_out(limits: Limits) -> Message:
    """Which limits are missing, from a process that has read a workbook of our own under them."""

    def read_ours(content: bytes, missing: list[str]) -> list[str]:
        read_workbook(content)
        return missing

    limits = limits._replace(seconds=SECONDS_TO_TRY, files=1)
    reading = _fork(limits, read_ours)
    message, _ = _answer_of(reading, [own_workbook()], limits)
    reading.end()
    return message


def _prepared(body: bytes) -> Callable[[bytes, list[str]], Any]:
    """How the host wants each file answered."""
    wanted = json.loads(body)
    setup, unread, judge = wanted["setup"], wanted["unread"], _cells_only
    if wanted["function"]:
        module, _, name = wanted["function"].partition(":")
        judge = getattr(importlib.import_module(module), name)
    return lambda content, _: judge(read_workbook(content, unread), setup)


def _cells_only(workbook: WorkbookCells, _: object) -> dict[str, Any]:
    return as_data(workbook)


def _serve(host: socket.socket, limits: Limits) -> None:
    rehearse()
    send(host, *_try_out(limits))
    answer: Callable[[bytes, list[str]], Any]
    reading: _Reading | None = None
    while True:
        kind, length = receive_header(host)
        if kind == SETUP:
            if reading:
                reading.end()
                reading = None
            try:
                answer = _prepared(b"".join(receive(host, length)))
            except Exception as error:
                send(host, FAULT, [json.dumps(where(error)).encode()])
                continue
            gc.collect()
            gc.freeze()  # what all files share is neither looked through nor copied for each
            send(host, READY, [b"null"])
        else:
            reading = reading or _fork(limits, answer)
            message, goes_on = _answer_of(reading, receive(host, length), limits)
            send(host, *message)
            if not goes_on:
                reading.end()
                reading = None


def main(memory_bytes: int, seconds: float, output_bytes: int, files: int) -> None:
    """Serve until the host closes the connection, which is descriptor 0."""
    with suppress(Lost):
        _serve(socket.socket(fileno=0), Limits(memory_bytes, seconds, output_bytes, files))


if __name__ == "__main__":
    memory, wall, output, each = sys.argv[1:]
    main(int(memory), float(wall), int(output), int(each))
