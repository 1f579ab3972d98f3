"""The same workbooks as other programs leave them: LibreOffice, and what Google and Numbers drop.

Google Sheets and Numbers themselves cannot be run here. They are simulated: without our hidden
sheet, document properties, data validation, protection, notes, names, conditional formats, looks of
cells and dimensions. How dates and numbers are shown stays, since both programs write that.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
AT_ONCE = 25
SECONDS = 900

_DROPPED_PARTS = ("docProps/", "xl/comments", "xl/drawings/", "xl/worksheets/_rels/", "xl/theme/")
_DROPPED_ELEMENTS = (
    "dataValidations",
    "conditionalFormatting",
    "sheetProtection",
    "legacyDrawing",
    "drawing",
    "dimension",
    "pageSetup",
    "headerFooter",
    "sheetPr",
)
_LOOKS = ("fonts", "fills", "borders", "cellStyleXfs", "cellStyles", "dxfs", "tableStyles")


def saved_by_libreoffice(contents: Sequence[bytes], ending: str, folder: Path) -> list[bytes]:
    """The workbooks opened and saved by LibreOffice, as `xlsx` or `ods`."""
    sent = folder / "sent"
    sent.mkdir(parents=True, exist_ok=True)
    paths = [sent / f"{number}.xlsx" for number in range(len(contents))]
    for path, content in zip(paths, contents, strict=True):
        path.write_bytes(content)
    batches = [paths[begin : begin + AT_ONCE] for begin in range(0, len(paths), AT_ONCE)]
    with ThreadPoolExecutor(os.cpu_count()) as programs:
        list(programs.map(partial(_save, ending, folder), enumerate(batches)))
    return [(folder / f"saved-{ending}" / f"{path.stem}.{ending}").read_bytes() for path in paths]


def _save(ending: str, folder: Path, batch: tuple[int, list[Path]]) -> None:
    """One start of the program, which does not share its settings with any other."""
    number, paths = batch
    profile = (folder / f"profile-{number}").as_uri()
    command = [str(SOFFICE), f"-env:UserInstallation={profile}", "--headless"]
    command += ["--convert-to", ending, "--outdir", str(folder / f"saved-{ending}")]
    subprocess.run([*command, *map(str, paths)], check=True, capture_output=True, timeout=SECONDS)


def stripped(content: bytes) -> bytes:
    """The workbook as Google Sheets or Numbers might give it back."""
    with ZipFile(BytesIO(content)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    kept = {n: part.decode() for n, part in parts.items() if not n.startswith(_DROPPED_PARTS)}
    kept = _without_hidden_sheet(kept)
    for name, text in kept.items():
        if name.startswith("xl/worksheets/"):
            kept[name] = _without(text, *_DROPPED_ELEMENTS)
        elif name == "xl/styles.xml":
            kept[name] = _only_number_formats(text)
        elif name == "xl/workbook.xml":
            kept[name] = _without(text, "definedNames", "workbookProtection", "bookViews")
        elif name.endswith(".rels") or name == "[Content_Types].xml":
            kept[name] = re.sub(
                r"<(?:Relationship|Override) [^>]*(?:/docProps/|docProps/|/theme|comments)[^>]*/>",
                "",
                text,
            )
    made = BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as package:
        for name, text in kept.items():
            package.writestr(name, text)
    return made.getvalue()


def _without(text: str, *elements: str) -> str:
    for name in elements:
        text = re.sub(rf"<{name}\b[^>]*?/>|<{name}\b[^>]*?>.*?</{name}>", "", text, flags=re.S)
    return text


def _without_hidden_sheet(parts: dict[str, str]) -> dict[str, str]:
    """Without the sheet that holds our signature, and all that refers to it."""
    workbook, links = parts["xl/workbook.xml"], parts["xl/_rels/workbook.xml.rels"]
    sheet = re.search(r'<sheet [^>]*name="_meta"[^>]*/>', workbook)
    assert sheet
    link = re.search(r'r?:?id="(rId\d+)"', sheet[0])
    assert link
    element = next(e for e in re.findall(r"<Relationship [^>]*/>", links) if f'"{link[1]}"' in e)
    target = re.search(r'Target="/?(?:xl/)?([^"]+)"', element)
    assert target
    part = f"xl/{target[1]}"
    types = parts["[Content_Types].xml"]
    return {
        **{name: text for name, text in parts.items() if name != part},
        "xl/workbook.xml": workbook.replace(sheet[0], ""),
        "xl/_rels/workbook.xml.rels": links.replace(element, ""),
        "[Content_Types].xml": re.sub(rf'<Override [^>]*"/{part}"[^>]*/>', "", types),
    }


def _only_number_formats(styles: str) -> str:
    styles = _without(styles, *_LOOKS)
    return re.sub(
        r"<xf\b[^>]*?numFmtId=\"(\d+)\"[^>]*?(?:/>|>.*?</xf>)",
        r'<xf numFmtId="\1" applyNumberFormat="1"/>',
        styles,
        flags=re.S,
    )
