"""Read partner files in processes of their own, so that no file can take the run down.

Each worker is a fresh Python (never a fork of the host, which may hold threads) with a bare
environment, so no password or address of the host reaches it. For each file it forks a process
that is closed off, answers and ends (`remi.intake.reading.worker`), under limits on memory,
processor time, wall-clock time and output. A file that dies, hangs or exceeds a limit is refused;
the worker stays, and every other file is unaffected.

Where a limit does not exist the worker goes on without it and a warning names it, once a worker;
with REMI_SANDBOX=required it does not start.

- Linux on x86_64 and aarch64: all limits. A filter on system calls leaves a process no file, no
  network, no other process and no executable memory.
- Elsewhere on Linux, or where a container forbids the filter: the process still has no descriptor
  to open a file or a connection with, but could remove files or run a program.
- macOS: as before, and the system does not hold a process to its memory limit. Memory is then
  bounded by the reader's own limits and the wall clock only.
- Windows: not supported, as it has no fork.
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
from contextlib import suppress
from typing import Any, Self

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
from remi.intake.reading.preflight import MAXIMUM_BYTES, Refusal
from remi.settings import sandbox_required

MEMORY_BYTES = 1024**3
MOST_OUTPUT = 64 * 1024**2
LARGE_BYTES = 1024**2
"""A file of so many bytes may take seconds; a workbook of answers has a twentieth of them."""
SECONDS_TO_START = 60.0
SECONDS_OF_GRACE = 10.0
AHEAD = 4
"""Files in hand for each worker: enough to keep it busy while the caller uses an answer."""

_log = logging.getLogger(__name__)


class SandboxError(RuntimeError):
    """The sandbox itself cannot work: a fault of this installation, never of a file."""


class _Worker:
    """One worker process and the connection to it."""

    def __init__(self, arguments: list[str], required: bool) -> None:
        ours, theirs = socket.socketpair()
        paths = [os.path.abspath(path) for path in sys.path]
        self.prepared_for = b""
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
            kind, data = self._receive(time.monotonic() + SECONDS_TO_START)
        except Lost as lost:
            self.end()
            raise SandboxError(f"a reading process did not start: {lost}") from lost
        if kind != ANSWER:
            self.end()
            raise SandboxError(f"a reading process cannot read under its limits: {data}")
        if data and required:
            self.end()
            raise SandboxError(f"REMI_SANDBOX=required, and these limits lack: {', '.join(data)}")
        if data:
            _log.warning("reading files without these limits: %s", ", ".join(data))

    def ask(self, kind: bytes, body: bytes, seconds: float) -> tuple[bytes, Any]:
        """Send one message and wait for its answer. Raises Lost."""
        until = time.monotonic() + seconds
        send(self.connection, kind, [body], until)
        return self._receive(until)

    def prepare(self, preparation: bytes) -> None:
        """Tell it what to do with files, unless it knows. Raises Lost and SandboxError."""
        if self.prepared_for != preparation:
            kind, data = self.ask(SETUP, preparation, SECONDS_TO_START)
            if kind != READY:
                raise SandboxError(f"a reading process could not prepare: {data}")
            self.prepared_for = preparation

    def end(self) -> None:
        """Stop the process and the one that it forked, whatever they are doing."""
        self.connection.close()
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def _receive(self, until: float) -> tuple[bytes, Any]:
        kind, length = receive_header(self.connection, until)
        body = b"".join(receive(self.connection, length, until))
        # The worker passes answers on unread, so what is wrong with one came of a file.
        try:
            data = json.loads(body)
        except (ValueError, RecursionError):
            return ENDED, "protocol"
        return (kind, data) if kind != REFUSAL or _is_refusal(data) else (ENDED, "protocol")


def _is_refusal(data: Any) -> bool:
    return isinstance(data, list) and [type(part) for part in data] == [str, dict]


class Sandbox:
    """A pool of workers for any number of threads; use it as a context manager.

    `workers`: how many files are read at once (default: one a processor). A door at which people
    wait has more of them than processors. Where there are two or more, one is kept for files
    smaller than LARGE_BYTES. `seconds_per_file`: wall clock from a file's being begun to its whole
    answer; processor time is held to the same. `memory_bytes`: of each file's process.
    `required`: do not start without all limits; None asks the setting.
    """

    def __init__(
        self,
        workers: int | None = None,
        seconds_per_file: float = 20.0,
        memory_bytes: int = MEMORY_BYTES,
        files_per_process: int = 1,
        required: bool | None = None,
    ) -> None:
        self._count = workers or os.cpu_count() or 1
        self._seconds = seconds_per_file
        self._required = sandbox_required() if required is None else required
        limits = (memory_bytes, seconds_per_file, MOST_OUTPUT, files_per_process)
        self._arguments = [str(limit) for limit in limits]
        self._idle: queue.LifoQueue[_Worker | None] = queue.LifoQueue()
        for _ in range(self._count):
            self._idle.put(None)  # a process is started when it is first needed
        self._threads = ThreadPoolExecutor(self._count, "reading")
        self._threads_for_large = ThreadPoolExecutor(max(self._count - 1, 1), "reading-large")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for threads in (self._threads, self._threads_for_large):
            threads.shutdown(wait=True, cancel_futures=True)
        while not self._idle.empty():
            if worker := self._idle.get():
                worker.end()

    def start(self) -> Self:
        """Start all workers now, so that nobody waits for one later. Raises SandboxError."""
        workers = [self._idle.get() for _ in range(self._count)]
        try:
            for place, worker in enumerate(workers):
                workers[place] = worker or _Worker(self._arguments, self._required)
        finally:
            for worker in workers:
                self._idle.put(worker)
        return self

    def map(
        self,
        function: str | None,
        files: Iterable[bytes],
        setup: dict[str, Any] | None = None,
        unread: Iterable[str] = (),
    ) -> Iterator[dict[str, Any] | Refusal]:
        """Each file's answer, in the order of `files`, as soon as it and all before it are there.

        `function`: "package.module:name", called in a file's process as name(workbook_cells,
        setup) and returning JSON-able data; None returns the cells
        (`remi.intake.reading.cells.as_data`). All it needs must be imported with its module.
        `setup`: JSON-able, sent to each worker when it is another than before. `unread`: names of
        sheets that the function does not need. Files are drawn a few ahead of the answers.

        A file that cannot be read gives its Refusal; besides those of the preflight these are
        `file_could_not_be_read` (its process died), `file_too_large` (over the limit of time,
        memory or output) and `file_not_checked` (the function or the worker failed: our fault,
        logged). Raises SandboxError when no worker can start or the function cannot be found.
        """
        preparation = json.dumps(
            {"function": function, "setup": setup, "unread": list(unread)}
        ).encode()
        waiting: deque[Future[dict[str, Any] | Refusal]] = deque()
        try:
            for content in files:
                large = len(content) >= LARGE_BYTES
                threads = self._threads_for_large if large else self._threads
                waiting.append(threads.submit(self._read, content, preparation))
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
        kind, data = self._asked(content, preparation)
        if kind == ANSWER:
            answer: dict[str, Any] = data
            return answer
        if kind == REFUSAL:
            return Refusal(*data)
        if kind == ENDED:
            _log.warning("a file ended its reading process: %s", data)
            if data in ("time", "memory", "output"):
                return Refusal("file_too_large", {"limit": data})
            return Refusal("file_could_not_be_read")
        _log.error("a check failed: %s", ascii(data)[:1000])
        return Refusal("file_not_checked")

    def _asked(self, content: bytes, preparation: bytes) -> tuple[bytes, Any]:
        """What a worker answers. One that was kept and is lost is replaced once: it never opens a
        file, so that is no file's doing."""
        worker = self._idle.get()
        kept = worker is not None
        try:
            while True:
                worker = worker or _Worker(self._arguments, self._required)
                try:
                    worker.prepare(preparation)
                    return worker.ask(FILE, content, self._seconds + SECONDS_OF_GRACE)
                except Lost as lost:
                    _log.warning("a reading process was lost: %s", lost)
                    if not kept and worker.prepared_for != preparation:
                        raise SandboxError("a reading process was lost while preparing") from lost
                    worker.end()
                    worker = None
                    if not kept:
                        return FAULT, "a reading process was lost"
                    kept = False
        except BaseException:
            if worker:
                worker.end()
            worker = None
            raise
        finally:
            self._idle.put(worker)
