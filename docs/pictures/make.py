"""Make the pictures of the README and the guides from the demonstration, as a user sees it.

Run `python docs/pictures/make.py` in the project, with REMI_HOME set to the home that `remi demo`
made. It needs Chromium, LibreOffice and pdftoppm, and draws the newest published cycle:

- report.png, positions.png: the annual report in a browser;
- start.png, workbook.png: sheets of a partner's workbook as they print;
- check.png: what `remi check` says of a return that has faults;
- portal-*.png: the portal's pages, and the list of a workbook that is handed back with its marks;
- graph.png: the asset graph on Dagster's pages, from a webserver that is started and ended here.
"""

# ruff: noqa: S310, S603, S607 - it runs programs of this machine on what it wrote itself

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.request import urlopen

import click
from lxml import html
from openpyxl import load_workbook
from portal_pages import portal_pictures
from rich.console import Console
from rich.text import Text

from pipelines.home import prepare
from remi.release.published import latest_release
from remi.settings import CHECKOUT, Settings

PICTURES = Path(__file__).parent
PARTNER, RETURN = "DEMO-T01", "REMI return Quillmere.xlsx"
COLUMNS = 86

TERMINAL = """<!DOCTYPE html><meta charset="utf-8"><style>
body {{ margin: 0; padding: 18px 22px; background: #fff; width: max-content }}
pre {{ margin: 0; font: 15px/1.45 "DejaVu Sans Mono", monospace; color: #212b32 }}
</style><pre>{code}</pre>"""


@click.command()
@click.argument("names", nargs=-1)
def main(names: tuple[str, ...]) -> None:
    """Make the pictures NAMES (such as report), or all of them."""
    settings = Settings.from_environment()
    release = latest_release(settings.releases)
    if release is None or not settings.demonstration:
        raise click.ClickException("set REMI_HOME to a home that “remi demo” made")
    with tempfile.TemporaryDirectory() as folder:
        for name in names or DRAWN:
            began = time.time()
            DRAWN[name](settings, release, Path(folder))
            for made in sorted(PICTURES.glob(f"{name}*.png")):
                if made.stat().st_mtime >= began:
                    click.echo(f"{made.name}  {made.stat().st_size / 1000:.0f} kB")


def report(_: Settings, release: Path, folder: Path) -> None:
    """The top of the page."""
    _screenshot("report", (release / "index.html").as_uri(), folder, 1180, 1250)


def positions(_: Settings, release: Path, folder: Path) -> None:
    """The section on where partners stand, by itself under the notice."""
    page = html.document_fromstring((release / "index.html").read_text(encoding="utf-8"))
    wanted = page.get_element_by_id("commitments")
    body = page.find("body")
    for child in list(body):
        if child.get("class") != "notice":
            body.remove(child)
    for illustration in wanted.xpath("./div[@class='illustration'][position() > 1]"):
        wanted.remove(illustration)
    wanted.set("style", "padding: 28px; margin: 0; background: #fff")
    for numbers in wanted.xpath(".//details"):
        numbers.drop_tree()
    body.set("style", "margin: 0; background: #fff")
    page.set("style", "background: #fff")
    body.append(wanted)
    file = folder / "positions.html"
    file.write_bytes(html.tostring(page, encoding="utf-8", doctype="<!DOCTYPE html>"))
    _screenshot("positions", file.as_uri(), folder, 800, 840)


def start(_: Settings, release: Path, folder: Path) -> None:
    """The first sheet of a new workbook."""
    file = folder / "start.xlsx"
    _remi("template", PARTNER, "--cycle", release.parent.name, "-o", str(file))
    _sheet("start", file, page=1, dots=105, left=18, top=18, width=832, height=1080, folder=folder)


def workbook(settings: Settings, release: Path, folder: Path) -> None:
    """The left part of a commitment's sheet that a partner has answered."""
    file = settings.inbox / release.parent.name / RETURN
    _sheet(
        "workbook", file, page=4, dots=215, left=62, top=66, width=1308, height=690, folder=folder
    )


def check(settings: Settings, release: Path, folder: Path) -> None:
    """A return with an answer that is not on the list, and a date that does not exist."""
    cycle = release.parent.name
    book = load_workbook(settings.inbox / cycle / RETURN)
    book["Leadership"]["D11"].value = "mostly"
    book["Your organisation"]["C12"].value = "31/02/2025"
    file = folder / "Quillmere return FINAL v2.xlsx"
    book.save(file)
    said = _remi("check", str(file), "--cycle", cycle, fails=True)
    console = Console(record=True, width=COLUMNS, file=open(os.devnull, "w"))  # noqa: SIM115
    console.print(Text(f'$ remi check "{file.name}" --cycle {cycle}\n', style="dim"))
    console.print(Text.from_ansi(said))
    page = folder / "check.html"
    page.write_text(console.export_html(code_format=TERMINAL, inline_styles=True), "utf-8")
    _screenshot("check", page.as_uri(), folder, 840, 770)


def portal(settings: Settings, _: Path, folder: Path) -> None:
    """What partners, the data team and reviewers see, and the first sheet that is handed back."""
    file = portal_pictures(settings, folder, PICTURES)
    _sheet(
        "portal-to-fix", file, page=1, dots=120, left=40, top=40, width=1320, height=580,
        folder=folder,
    )  # fmt: skip


def graph(settings: Settings, _: Path, folder: Path) -> None:
    """Dagster's page of all assets, by group."""
    prepare(settings)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    server = subprocess.Popen(
        [
            *(sys.executable, "-W", "ignore", "-m", "dagster_webserver", "-w", "workspace.yaml"),
            *("--host", "127.0.0.1", "--port", str(port)),
        ],
        cwd=CHECKOUT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(f"{address}/server_info")
        _screenshot("graph", f"{address}/asset-groups", folder, 1400, 620, patience=60_000)
    finally:
        server.terminate()
        server.wait()


def _wait_for(address: str) -> None:
    until = time.monotonic() + 90
    while time.monotonic() < until:
        try:
            with urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.5)
    raise click.ClickException(f"nothing answers at {address}")


def _screenshot(
    name: str, address: str, folder: Path, width: int, height: int, patience: int = 3_000
) -> None:
    subprocess.run(
        [
            *("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"),
            *("--disable-background-networking", f"--user-data-dir={folder / 'browser'}"),
            *(f"--window-size={width},{height}", f"--virtual-time-budget={patience}"),
            *(f"--screenshot={PICTURES / f'{name}.png'}", address),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )


def _sheet(
    name: str,
    file: Path,
    *,
    page: int,
    dots: int,
    left: int,
    top: int,
    width: int,
    height: int,
    folder: Path,
) -> None:
    """A part of a printed page of the workbook, in pixels at so many dots an inch."""
    profile = f"-env:UserInstallation={(folder / 'office').as_uri()}"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", folder, file],
        check=True,
        capture_output=True,
        timeout=180,
    )
    subprocess.run(
        [
            *("pdftoppm", "-png", "-singlefile", "-f", str(page), "-l", str(page)),
            *("-r", str(dots), "-x", str(left), "-y", str(top)),
            *("-W", str(width), "-H", str(height)),
            *(folder / f"{file.stem}.pdf", PICTURES / name),
        ],
        check=True,
    )


def _remi(*arguments: str, fails: bool = False) -> str:
    """What the command prints, in colour."""
    colours = {"FORCE_COLOR": "1", "TERM": "xterm-256color", "COLUMNS": str(COLUMNS)}
    done = subprocess.run(
        [sys.executable, "-m", "remi.cli.main", *arguments],
        cwd=CHECKOUT,
        env={**os.environ, **colours},
        capture_output=True,
        text=True,
        check=not fails,
    )
    return done.stdout


DRAWN = {made.__name__: made for made in (report, positions, start, workbook, check, portal, graph)}


if __name__ == "__main__":
    main()
