"""A real browser, what it must not do on our pages, and what every page must be.

It is the Chromium of this machine, driven through Playwright, which downloads nothing here.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, Request, sync_playwright

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
GUIDELINES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
EXCUSED = ("label-content-name-mismatch", "nhsuk-file-upload__drop-button")
"""NHS.UK frontend's button for files is named by its label and its own words, with a comma between
them that only a screen reader hears. The rule takes the comma for a different word."""

HEIGHT = 900
MOST_STOPS = 400
"""More presses of the Tab key than any page of ours needs."""

# How a thing looks, by which it can be seen whether it has the focus. A tick box or radio button is
# drawn by the label beside it.
LOOK = """
    const shown = one => {
      const own = getComputedStyle(one);
      const drawn = one.labels?.[0] ? getComputedStyle(one.labels[0], "::before") : own;
      return [own, drawn].map(style => [
        style.outlineStyle, style.outlineWidth, style.outlineColor, style.boxShadow,
        style.backgroundColor, style.borderColor, style.borderWidth,
      ].join(" ")).join(" | ");
    };
"""

# Everything that can be reached. Of radio buttons with one name the keyboard reaches one.
REACHABLE = (
    "() => {"
    + LOOK
    + """
    const radios = new Set();
    const first = one => {
      if (one.type !== "radio") return true;
      if (radios.has(one.name)) return false;
      radios.add(one.name);
      return true;
    };
    document.body.tabIndex = -1;  // so that the next press of Tab begins at the top
    document.body.focus();
    document.body.removeAttribute("tabindex");
    window.reachable = [...document.querySelectorAll(
      "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]"
    )].filter(one => one.tabIndex >= 0 && !one.disabled && one.checkVisibility() && first(one));
    window.unfocused = window.reachable.map(shown);
    window.stops = [];
    document.addEventListener("focusin", event => {
      const place = window.reachable.indexOf(event.target);
      window.stops.push([place, place < 0 || shown(event.target) !== window.unfocused[place]]);
    });
    return window.reachable.map(one =>
      `${one.tagName.toLowerCase()} “${(one.innerText || one.name || "").trim().slice(0, 40)}”`);
}"""
)

SIDEWAYS = "document.scrollingElement.scrollWidth - document.documentElement.clientWidth"


@dataclass
class Watched:
    """A page, and what it did that no page of ours may do."""

    page: Page
    home: str
    scripts: bool = True
    errors: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    documents: set[str] = field(default_factory=set)

    def asked(self, request: Request) -> None:
        """Remember a request that leaves the site, and which ones were for pages."""
        parts = urlsplit(request.url)
        if f"{parts.scheme}://{parts.netloc}" != self.home and parts.scheme != "data":
            self.elsewhere.append(request.url)
        if request.is_navigation_request():
            self.documents.add(request.url)

    def said(self, kind: str, text: str, where: str) -> None:
        """Remember what the browser complains of; that a page is an answer to a fault is none."""
        answered = text.startswith("Failed to load resource") and where in self.documents
        if kind in ("error", "warning") and not answered:
            self.errors.append(f"{where}: {text}")


def chromium_path() -> str:
    """Where Chromium is; without it the test is skipped, which fails in CI."""
    return _needed(shutil.which("chromium") or shutil.which("chromium-browser"), "chromium")


def axe_source() -> str:
    """The program that checks a page against the guidelines."""
    there = str(AXE) if AXE.exists() else None
    return Path(_needed(there, "axe-core (which make test installs)")).read_text(encoding="utf-8")


def _needed(found: str | None, name: str) -> str:
    if found:
        return found
    if os.environ.get("CI") == "true":
        pytest.fail(f"{name} is needed to try the portal and is not installed")
    pytest.skip(f"{name} is not installed")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser, started once for a module."""
    path = chromium_path()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def window(
    browser: Browser,
    home: str,
    width: int,
    *,
    scripts: bool = True,
    cookies: dict[str, str] | None = None,
) -> Iterator[Watched]:
    """A window of this width on the site at `home`, in which nothing is remembered."""
    context = browser.new_context(
        base_url=home,
        viewport={"width": width, "height": HEIGHT},
        java_script_enabled=scripts,
        locale="en-GB",
    )
    context.set_default_timeout(20_000)
    context.add_cookies([{"name": n, "value": v, "url": home} for n, v in (cookies or {}).items()])
    watched = Watched(context.new_page(), home, scripts)
    context.on("request", watched.asked)
    context.on("console", lambda said: watched.said(said.type, said.text, said.location["url"]))
    watched.page.on("pageerror", lambda error: watched.errors.append(str(error)))
    try:
        yield watched
    finally:
        context.close()


def sideways(page: Page) -> list[str]:
    """That the page must be moved sideways to be read, where that is so."""
    beyond = page.evaluate(SIDEWAYS)
    return [f"runs {beyond} pixels off the side"] if beyond > 0 else []


def breaches(page: Page, axe: str) -> list[str]:
    """What axe finds against the guidelines, and where."""
    page.evaluate(axe)
    found: list[dict[str, Any]] = page.evaluate(
        "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})"
        ".then(found => found.violations)",
        GUIDELINES,
    )
    return [
        f"{one['id']}: {one['help']}: {node['html'][:160]}"
        for one in found
        for node in one["nodes"]
        if not (one["id"] == EXCUSED[0] and EXCUSED[1] in node["html"])
    ]


def keyboard_faults(page: Page) -> list[str]:
    """What the Tab key does not reach, reaches out of order, or reaches without showing it.

    It listens to what the page does, so it needs a page that may run scripts.
    """
    names: list[str] = page.evaluate(REACHABLE)
    for _ in names:
        page.keyboard.press("Tab")
    stops: list[tuple[int, bool]] = page.evaluate("window.stops")
    faults = [
        f"nothing shows that it has the focus: {names[place]}" for place, seen in stops if not seen
    ]
    order = [place for place, _ in stops]
    missed = [name for place, name in enumerate(names) if place not in order]
    faults += [f"the keyboard does not reach it: {name}" for name in missed]
    return faults if order == sorted(order) else [*faults, f"the keyboard jumps about: {order}"]


def tab_to(page: Page, target: Locator) -> Locator:
    """Press Tab until the target has the focus, as somebody without a mouse does."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if target.evaluate("one => one === document.activeElement"):
            return target
    raise AssertionError(f"the keyboard does not reach {target}")
