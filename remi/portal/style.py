"""The installed NHS.UK stylesheet and script, made fit for pages that ask for nothing outside."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from remi.portal.visit import STATIC
from remi.release.stylesheet import STYLE_FOLDER, installed_stylesheet, without_outside

SCRIPT = Path("node_modules/nhsuk-frontend/dist/nhsuk/nhsuk-frontend.min.js")

MEDIA = {
    "portal.css": "text/css",
    "portal.mjs": "text/javascript",
    "nhsuk.css": "text/css",
    "nhsuk.mjs": "text/javascript",
}


@lru_cache
def style_file(name: str) -> bytes:
    """The bytes of one of the names in `MEDIA`. Raises StylesheetMissingError, KeyError."""
    if name == "nhsuk.css":
        return without_outside(installed_stylesheet()).encode()
    if name == "nhsuk.mjs":
        return (STYLE_FOLDER / SCRIPT).read_bytes()
    if name not in MEDIA:
        raise KeyError(name)
    return (STATIC / name).read_bytes()
