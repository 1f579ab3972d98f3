"""Nothing to fix is said as 0, not as an empty place: the NHS components leave a number 0 out."""

from __future__ import annotations

import re

from portal_samples import TRUST, Running
from test_partner_pages import COLLEAGUE, HOME, send


def cells(page: str, name: str) -> list[str]:
    """What each cell under a heading of a table of cards says, without its marks."""
    found = re.findall(
        rf'aria-hidden="true">{name}</span><div class="portal-cell">(.*?)</div></td>', page, re.S
    )
    return [re.sub(r"<[^>]+>", "", text).strip() for text in found]


def value(page: str, key: str) -> str:
    """The value beside a key of a summary list."""
    found = re.search(rf">\s*{key}\s*</dt>\s*<dd[^>]*>(.*?)</dd>", page, re.S)
    assert found, f"no “{key}” in the list"
    return found[1].strip()


def test_a_partner_with_nothing_to_fix_is_told_0(running: Running) -> None:
    with running.signed_in(COLLEAGUE) as browser:
        sent = send(browser, running.workbook())
        receipt = browser.get(f"{sent.url.path}/receipt")
        home = browser.get(HOME)
    assert TRUST in value(receipt.text, "Organisation")
    assert re.fullmatch(r"0, \d+", value(receipt.text, "To fix, to check"))
    assert cells(home.text, "To fix") == ["0"]
    assert all(said.isdigit() for said in cells(home.text, "To check"))
