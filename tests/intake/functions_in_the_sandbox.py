"""What a reading process may be asked to do to a workbook in `test_sandbox.py`, good and bad."""

import ctypes
import mmap
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

from remi.intake.reading.cells import WorkbookCells

_SYSTEM = ctypes.CDLL(None, use_errno=True)
_REMEMBERED: list[str] = []
_WORKER = os.getpid()  # the worker loads this module before it forks


def first_value(workbook: WorkbookCells, setup: Any) -> dict[str, Any]:
    (cell,) = workbook.sheets[0].cells.values()
    return {"value": cell.value, "setup": setup, "process": os.getpid()}


def do_as_told(workbook: WorkbookCells, setup: Any) -> dict[str, Any]:
    answer = first_value(workbook, setup)
    match answer["value"]:
        case "allocate":
            bytearray(2 * 1024**3)
        case "sleep":
            lock = threading.Lock()
            lock.acquire()
            lock.acquire()
        case "spin":
            while True:
                pass
        case "exit":
            os._exit(3)
        case "crash":
            ctypes.string_at(0)
        case "talk":
            return {"much": "x" * (65 * 1024**2)}
        case "fail":
            raise ValueError("quoting the partner: Met")
        case "claim":
            os.write(0, b"A\xff\xff\xff\xff")
        case "command":
            os.write(0, b"S\0\0\0\2{}")
        case "nest":
            os.write(0, b"A\0\0\xff\xff" + b"[" * 0xFFFF)
        case "refuse":
            os.write(0, b"R\0\0\0\3[1]")
        case "garble":
            os.write(0, b"A\0\0\0\1{")
    return answer


def remember(workbook: WorkbookCells, setup: Any) -> dict[str, Any]:
    """Which values this process has met, this one last."""
    _REMEMBERED.append(first_value(workbook, setup)["value"])
    return {"met": list(_REMEMBERED), "process": os.getpid()}


def parent(_: WorkbookCells, __: Any) -> dict[str, Any]:
    return {"parent": _WORKER, "process": os.getpid()}


def _call(name: str, *arguments: Any) -> None:
    if getattr(_SYSTEM, name)(*arguments) == -1:
        raise OSError(ctypes.get_errno(), name)


def _opening(path: str) -> dict[str, Callable[[], object]]:
    return {
        "open a socket": socket.socket,
        "open a pair of sockets": socket.socketpair,
        "write a file": lambda: open(path + ".new", "w"),
        "read a file": lambda: open(path),
        "list a folder": lambda: os.listdir("/"),
    }


def what_it_may_open(_: WorkbookCells, setup: Any) -> dict[str, Any]:
    return {"said": _said(_opening(setup["path"]))}


def what_it_may_do(_: WorkbookCells, setup: Any) -> dict[str, Any]:
    """How each thing that reading needs none of went: what the system said, or that it was done."""
    path = setup["path"]
    attempts: dict[str, Callable[[], object]] = {
        **_opening(path),
        "send a message with a descriptor": lambda: _call("sendmsg", 0, None, 0),
        "remove a file": lambda: os.unlink(path),
        "rename a file": lambda: os.rename(path, path + ".moved"),
        "make a folder": lambda: os.mkdir(path + ".folder"),
        "change a mode": lambda: os.chmod(path, 0o777),
        "run a program": lambda: os.execv(sys.executable, [sys.executable, "-c", "0"]),
        "start a program": lambda: subprocess.run(["true"]),
        "fork": os.fork,
        "start a thread": threading.Thread(target=os.getpid).start,
        "trace": lambda: _call("ptrace", 0, 0, 0, 0),
        "end the worker": lambda: os.kill(_WORKER, 9),
        "executable memory": lambda: mmap.mmap(
            -1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC
        ),
        "more memory": lambda: _call("setrlimit", 9, (ctypes.c_ulong * 2)(2**40, 2**40)),
    }
    return {"said": _said(attempts), "environment": sorted(os.environ)}


def _said(attempts: dict[str, Callable[[], object]]) -> dict[str, str]:
    said = {}
    for name, attempt in attempts.items():
        try:
            attempt()
            said[name] = "done"
        except OSError as error:
            said[name] = os.strerror(error.errno or 0)
        except RuntimeError as error:
            said[name] = str(error)
    return said


def loaded_modules(_: WorkbookCells, __: Any) -> dict[str, Any]:
    return {"modules": sorted(sys.modules)}
