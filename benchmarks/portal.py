"""From a sent workbook to its whole verdict page, over HTTP, on a server in its own process.

Run `python -m benchmarks.portal`; `FULL=1` sends more files, and an engagement workbook of 100,000
rows. Every file is another one, from another organisation in turn, so that each is kept and judged.
The peer is the obvious way in one process: openpyxl, and one call of Pandera a file.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from threading import local
from zipfile import ZipFile

import httpx

from benchmarks.engagement import CYCLE, assessments, engagement, obvious_rows
from benchmarks.measures import line
from benchmarks.memory import megabytes_of, peak_of, processor_seconds
from benchmarks.reading import obvious_way
from remi.demo.partners import HOST

ROOT = Path(__file__).resolve().parents[1]
CONCURRENCY = (1, 2, 8)
SECONDS_ALLOWED = 0.3
LARGE = {5_000: (1.5, 300), 100_000: (10.0, 300)}
"""Rows of an engagement workbook -> seconds and megabytes that it may take."""

_thread = local()


class Server:
    """A portal that is running, and the people who may sign in."""

    def __init__(self, process: int, address: str, cookie: str, leads: dict[str, str]) -> None:
        self.process, self.address, self.cookie, self.leads = process, address, cookie, leads

    def lead(self, organisation_id: str) -> httpx.Client:
        """A browser of this thread's in which the organisation's lead is signed in."""
        if getattr(_thread, "address", None) != self.address:
            _thread.address, _thread.browsers = self.address, {}
        browsers: dict[str, httpx.Client] = _thread.browsers
        if organisation_id not in browsers:
            # The address is plain http: to load certificates would only take the server's time.
            made = httpx.Client(
                base_url=self.address, headers={"origin": self.address}, timeout=300, verify=False
            )
            made.cookies.set(self.cookie, self.leads[organisation_id])
            browsers[organisation_id] = made
        return browsers[organisation_id]


@contextmanager
def running() -> Iterator[Server]:
    """The portal with an empty store, ended afterwards."""
    home = Path(tempfile.mkdtemp(prefix="remi-benchmark-"))
    command = [sys.executable, "-m", "benchmarks.portal_server", str(home)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield Server(process.pid, **json.loads(process.stdout.readline()))
        finally:
            process.terminate()
            process.wait()
            shutil.rmtree(home)


def main() -> None:
    """Print every measure."""
    full = os.environ.get("FULL") == "1"
    files = assessments()
    obvious = _seconds(lambda: obvious_way(files["DEMO-T01"]), 10)
    with running() as server:
        name = "assessment, sent to page read, {} at once: seconds, {}"
        _send_many(server, files, 40, 2, "first")
        for at_once in CONCURRENCY:
            before, count = processor_seconds(server.process), 200 if full else 60
            times = sorted(_send_many(server, files, count, at_once, f"{at_once}"))
            work = (processor_seconds(server.process) - before) / count
            median, high = times[count // 2], times[count * 95 // 100]
            line(
                name.format(at_once, "median"),
                median,
                obvious,
                "openpyxl and Pandera",
                median / obvious,
            )
            line(
                name.format(at_once, "p95"), high, SECONDS_ALLOWED, "limit", high / SECONDS_ALLOWED
            )
            line(
                name.format(at_once, "of a processor"),
                work,
                obvious,
                "openpyxl and Pandera",
                work / obvious,
            )
        _downloads(server, 40 if full else 10)
    for rows, (seconds, megabytes) in LARGE.items():
        if full or rows == min(LARGE):
            _large(rows, seconds, megabytes)


def _send_many(
    server: Server, files: dict[str, bytes], count: int, at_once: int, mark: str
) -> list[float]:
    """Seconds of each, with so many people sending at the same time."""
    codes = sorted(files)
    batch = [
        (codes[n % len(codes)], another(files[codes[n % len(codes)]], f"{mark} {n}"))
        for n in range(count)
    ]
    with ThreadPoolExecutor(at_once) as people:
        return list(people.map(lambda one: send(server, *one), batch))


def another(content: bytes, mark: str) -> bytes:
    """The same workbook as other bytes."""
    changed = BytesIO(content)
    with ZipFile(changed, "a") as file:
        file.writestr("docProps/mark.xml", f"<mark>{mark}</mark>")
    return changed.getvalue()


def send(server: Server, organisation_id: str, content: bytes) -> float:
    """Seconds from the form's being sent to the last byte of the verdict's page."""
    browser, home = server.lead(organisation_id), f"/organisations/{organisation_id}"
    token = re.search(r'name="form_token" value="([^"]*)"', browser.get(home).text)
    assert token
    started = time.perf_counter()
    answer = browser.post(
        f"{home}/{CYCLE}/upload",
        data={"form_token": token[1]},
        files={"workbook": ("ours.xlsx", content)},
    )
    assert answer.status_code == 303, answer.status_code
    page = browser.get(answer.headers["location"])
    taken = time.perf_counter() - started
    assert page.status_code == 200
    assert "we could not" not in page.text.casefold(), page.text
    return taken


def _downloads(server: Server, times: int) -> None:
    """What the portal makes: a template, and a workbook with what is wrong in it."""
    browser = server.lead("DEMO-T01")
    home = "/organisations/DEMO-T01"
    found = re.search(rf"{home}/submissions/[\w-]+", browser.get(home).text)
    assert found
    for name, path in (
        ("template, asked to received", f"{home}/{CYCLE}/workbooks/assessment"),
        ("workbook handed back with marks, asked to received", f"{found[0]}/annotated"),
        ("a verdict's page alone", found[0]),
        ("an organisation's own page", home),
    ):
        taken = 1000 * _seconds(lambda path=path: browser.get(path).raise_for_status(), times)  # type: ignore[misc]
        line(f"{name}: milliseconds", taken, 1000 * SECONDS_ALLOWED, "limit", taken / 300)


def _large(rows: int, seconds: float, megabytes: float) -> None:
    content = engagement(rows)
    obvious = _seconds(lambda: obvious_rows(content), 1)
    with running() as server:
        send(server, HOST, assessments()[HOST])
        idle = megabytes_of(server.process)
        with peak_of(server.process) as peak:
            taken = send(server, HOST, content)
    name = f"engagement of {rows:,} rows, sent to page read"
    line(f"{name}: seconds", taken, obvious, "openpyxl and Pandera", taken / obvious)
    line(f"{name}: seconds", taken, seconds, "limit", taken / seconds)
    used = peak.megabytes
    line(f"{name}: peak MB of all processes", used, megabytes, "limit", used / megabytes)
    line("before it, idle: MB of all processes", idle, used, "that peak", idle / used)


def _seconds(work: Callable[[], object], times: int) -> float:
    """The median of some runs."""
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return sorted(taken)[times // 2]


if __name__ == "__main__":
    main()
