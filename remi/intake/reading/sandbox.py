"""Read partner files in worker processes, so that no file can take the run down.

Each worker is a fresh Python (never a fork of the host, which may hold threads) with a bare
environment, so no password or address of the host reaches it. It answers one file after another
under limits on memory, processor time, wall-clock time and output. A worker that dies, hangs or
exceeds a limit costs its own file a refusal and is replaced; every other file is unaffected.

Where a limit does not exist the worker goes on without it and a warning names it, once a worker:

- Linux: all limits, and the worker can gain no privileges. The network is not cut off here; run
  the container without one.
- macOS: the system does not hold a process to its memory limit and has no ban on new privileges.
  Memory is then bounded by the reader's own limits and the wall clock only.
- Without the `resource` module: only the wall clock, the output limit and the reader's own limits.
- Windows: not supported, as it cannot give a process a socket to read from.
"""

from __future__ import annotations

import json
import logging
import os
import queue
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Self

from remi.intake.reading.preflight import MAXIMUM_BYTES, Refusal
from remi.intake.reading.worker import (
    ANSWER,
    FAULT,
    FILE,
    HEADER,
    OUT_OF_MEMORY,
    READY,
    REFUSAL,
    SETUP,
    TOO_MUCH_OUTPUT,
)

MEMORY_BYTES = 1024**3
MOST_OUTPUT = 64 * 1024**2
SECONDS_TO_START = 60.0
AHEAD = 4
"""Files in hand for each worker: enough to keep it busy while the caller uses an answer."""

_log = logging.getLogger(__name__)


class SandboxError(RuntimeError):
    """The sandbox itself cannot work: a fault of this installation, never of a file."""


class _Ended(Exception):  # noqa: N818 - raised and caught here
    """The worker did not answer: it died, hung, or broke the protocol."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class _Worker:
    """One worker process and the connection to it."""

    def __init__(self, arguments: list[str]) -> None:
        ours, theirs = socket.socketpair()
        paths = [os.path.abspath(path) for path in sys.path]
        self.prepared_for: object = None
        self.connection = ours
        with theirs:
            self.process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-P", "-s", "-B", "-m", "remi.intake.reading.worker", *arguments],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                env={"PYTHONPATH": os.pathsep.join(paths), "PYTHONHASHSEED": "0"},
                start_new_session=True,
            )
        try:
            _, missing = self._receive(time.monotonic() + SECONDS_TO_START)
        except _Ended as ended:
            self.end()
            raise SandboxError(f"a reading process did not start: {ended.why}") from ended
        if missing:
            _log.warning("reading files without these limits: %s", ", ".join(missing))

    def ask(self, kind: bytes, body: bytes, seconds: float) -> tuple[bytes, Any]:
        """Send one message and wait for its answer. Raises _Ended."""
        until = time.monotonic() + seconds
        try:
            self.connection.settimeout(seconds)
            self.connection.sendall(HEADER.pack(kind, len(body)) + body)
        except TimeoutError as error:
            raise _Ended("time") from error
        except OSError as error:
            raise _Ended(self._how_it_ended()) from error
        return self._receive(until)

    def end(self) -> None:
        """Stop the process, whatever it is doing."""
        self.connection.close()
        self.process.kill()
        self.process.wait()

    def _receive(self, until: float) -> tuple[bytes, Any]:
        kind, length = HEADER.unpack(self._receive_bytes(HEADER.size, until))
        if length > MOST_OUTPUT:
            raise _Ended("output")
        try:
            return kind, json.loads(self._receive_bytes(length, until))
        except ValueError as error:
            raise _Ended("protocol") from error

    def _receive_bytes(self, count: int, until: float) -> bytes:
        pieces = []
        while count:
            try:
                self.connection.settimeout(max(until - time.monotonic(), 0.001))
                piece = self.connection.recv(min(count, 1 << 20))
            except TimeoutError as error:
                raise _Ended("time") from error
            except OSError as error:
                raise _Ended(self._how_it_ended()) from error
            if not piece:
                raise _Ended(self._how_it_ended())
            pieces.append(piece)
            count -= len(piece)
        return b"".join(pieces)

    def _how_it_ended(self) -> str:
        try:
            status = self.process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            return "protocol"
        known = {
            OUT_OF_MEMORY: "memory",
            TOO_MUCH_OUTPUT: "output",
            -signal.SIGXCPU: "time",
        }
        return known.get(status, f"status {status}")


class Sandbox:
    """A pool of worker processes; use it as a context manager.

    `workers`: how many (default: one a processor). `seconds_per_file`: wall clock from sending a
    file to its whole answer; processor time is held to the same. `memory_bytes`: of each worker.
    """

    def __init__(
        self,
        workers: int | None = None,
        seconds_per_file: float = 20.0,
        memory_bytes: int = MEMORY_BYTES,
    ) -> None:
        self._count = workers or os.cpu_count() or 1
        self._seconds = seconds_per_file
        self._arguments = [str(memory_bytes), str(int(seconds_per_file) + 1), str(MOST_OUTPUT)]
        self._idle: queue.SimpleQueue[_Worker | None] = queue.SimpleQueue()
        for _ in range(self._count):
            self._idle.put(None)  # a process is started when it is first needed
        self._threads = ThreadPoolExecutor(self._count, thread_name_prefix="reading")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._threads.shutdown(wait=True, cancel_futures=True)
        while not self._idle.empty():
            if worker := self._idle.get():
                worker.end()

    def map(
        self,
        function: str | None,
        files: Iterable[bytes],
        setup: dict[str, Any] | None = None,
        unread: Iterable[str] = (),
    ) -> Iterator[dict[str, Any] | Refusal]:
        """Each file's answer, in the order of `files`, as soon as it and all before it are there.

        `function`: "package.module:name", called in the worker as name(workbook_cells, setup) and
        returning JSON-able data; None returns the cells (`remi.intake.reading.cells.as_data`).
        `setup`: JSON-able, sent once to each worker. `unread`: names of sheets that the function
        does not need. Files are drawn a few ahead of the answers.

        A file that cannot be read gives its Refusal; besides those of the preflight these are
        `file_could_not_be_read` (the worker died), `file_too_large` (over the limit of time,
        memory or output) and `file_not_checked` (the function failed: our fault, logged).
        Raises SandboxError when no worker can start or the function cannot be found.
        """
        preparation = json.dumps(
            {"function": function, "setup": setup, "unread": list(unread)}
        ).encode()
        waiting: deque[Future[dict[str, Any] | Refusal]] = deque()
        try:
            for content in files:
                waiting.append(self._threads.submit(self._read, content, preparation))
                if len(waiting) > AHEAD * self._count:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()

    def _read(self, content: bytes, preparation: bytes) -> dict[str, Any] | Refusal:
        if len(content) > MAXIMUM_BYTES:
            return Refusal("file_too_large", {"limit": "bytes", "bytes": len(content)})
        worker = self._idle.get()
        try:
            worker = worker or _Worker(self._arguments)
            self._prepare(worker, preparation)
            kind, data = worker.ask(FILE, content, self._seconds)
        except _Ended as ended:
            _log.warning("a file ended its reading process: %s", ended.why)
            if worker:
                worker.end()
            worker = None
            if ended.why in ("time", "memory", "output"):
                return Refusal("file_too_large", {"limit": ended.why})
            return Refusal("file_could_not_be_read")
        except BaseException:
            if worker:
                worker.end()
            worker = None
            raise
        finally:
            self._idle.put(worker)
        if kind == ANSWER:
            answer: dict[str, Any] = data
            return answer
        if kind == REFUSAL:
            return Refusal(*data)
        if kind == FAULT:
            _log.error("a check failed: %s", data)
        return Refusal("file_not_checked")

    def _prepare(self, worker: _Worker, preparation: bytes) -> None:
        # Compared by identity: every call of `map` makes its own.
        if worker.prepared_for is preparation:
            return
        try:
            kind, data = worker.ask(SETUP, preparation, SECONDS_TO_START)
        except _Ended as ended:
            raise SandboxError(f"a reading process ended while preparing: {ended.why}") from ended
        if kind != READY:
            raise SandboxError(f"a reading process could not prepare: {data}")
        worker.prepared_for = preparation
