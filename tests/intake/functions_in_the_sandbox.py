"""What a worker may be asked to do to a workbook in `test_sandbox.py`, good and bad."""

import os
import socket
import sys
import time
from typing import Any

from remi.intake.reading.cells import WorkbookCells


def first_value(workbook: WorkbookCells, setup: Any) -> dict[str, Any]:
    (cell,) = workbook.sheets[0].cells.values()
    return {"value": cell.value, "setup": setup, "process": os.getpid()}


def do_as_told(workbook: WorkbookCells, setup: Any) -> dict[str, Any]:
    answer = first_value(workbook, setup)
    match answer["value"]:
        case "allocate":
            bytearray(2 * 1024**3)
        case "sleep":
            time.sleep(60)
        case "spin":
            while True:
                pass
        case "exit":
            os._exit(3)
        case "talk":
            return {"much": "x" * (65 * 1024**2)}
        case "fail":
            raise ValueError("quoting the partner: Met")
        case "claim":
            os.write(0, b"A\xff\xff\xff\xff")
            time.sleep(60)
    return answer


def what_it_may_do(_: WorkbookCells, setup: Any) -> dict[str, Any]:
    """Which of the things that reading needs none of went wrong, as they must."""
    prevented = []
    try:
        with open(setup["path"], "w") as file:
            file.write("x" * 100)
    except OSError:
        prevented.append("write")
    opened = []
    try:
        opened = [socket.socket() for _ in range(100)]
    except OSError:
        prevented.append("open many")
    for one in opened:
        one.close()
    return {"prevented": prevented, "environment": sorted(os.environ)}


def loaded_modules(_: WorkbookCells, __: Any) -> dict[str, Any]:
    return {"modules": sorted(sys.modules)}
