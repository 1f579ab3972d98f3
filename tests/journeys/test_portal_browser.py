"""A partner's whole way through the portal in a real browser, with the keyboard alone.

On a telephone and on a desk, with and without JavaScript: from an e-mail to an action plan.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from browsing import Watched, keyboard_faults, sideways, tab_to, window
from openpyxl import Workbook, load_workbook
from playwright.sync_api import Browser, Locator, Page, expect
from portal_samples import CYCLE, TRUST, Running, serving
from test_signing_in import link_and_code, mails

pytestmark = pytest.mark.xdist_group("portal_browser")

LEAD = "lead@trust.example"

Cell = tuple[str, str]

FAULTS: dict[Cell, tuple[Cell, object]] = {
    ("Your organisation", "C11"): (("Your organisation", "C11"), "Ann Other, ann@trust.example"),
    ("Your organisation", "C12"): (("Your organisation", "C12"), "31/02/2026"),
    ("Your organisation", "C13"): (("Your organisation", "C13"), "about forty"),
    ("Leadership", "D11"): (("Leadership", "D11"), "Mostly"),
    # What is wrong is not the answer but that the cell for its reason is empty.
    ("Communities", "V12"): (("Communities", "D12"), "not applicable"),
    ("More evidence", "B7"): (("More evidence", "B7"), "L99"),
    ("Action points", "G8"): (("Action points", "G8"), None),
}
"""The cell that we must name, and what is written where. Each is a fault of another kind."""

REASON = "We have no services of this kind; the borough runs them."

ODD: Cell = ("Communities", "N11")
"""Already in the invented answers: a stage that is met above one that is not."""


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    with serving(tmp_path / "home") as made:
        yield made


def filled(blank: bytes, like: bytes) -> Workbook:
    """The downloaded workbook with the answers of another one typed into its empty cells."""
    book, answers = load_workbook(BytesIO(blank)), load_workbook(BytesIO(like))
    for sheet in answers:
        for row in sheet.iter_rows():
            for cell in row:
                there = book[sheet.title][cell.coordinate]
                if cell.value is not None and there.value is None:
                    there.value = cell.value
    return book


def saved(book: Workbook, folder: Path, name: str) -> Path:
    book.save(folder / name)
    return folder / name


def sound(watched: Watched) -> None:
    """Nothing is wrong with the page that is open."""
    page = watched.page
    found = sideways(page) + (keyboard_faults(page) if watched.scripts else [])
    assert found == [], page.url
    assert (watched.errors, watched.elsewhere) == ([], [])


def heading(page: Page) -> str:
    return page.get_by_role("heading", level=1).inner_text()


def choose(page: Page, target: Locator) -> None:
    tab_to(page, target)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def download(page: Page, target: Locator) -> bytes:
    tab_to(page, target)
    with page.expect_download() as coming:
        page.keyboard.press("Enter")
    return coming.value.path().read_bytes()


def send(page: Page, file: Path | None) -> None:
    if file is not None:
        with page.expect_file_chooser() as asking:
            tab_to(page, page.get_by_label("Your workbook"))
            page.keyboard.press("Enter")
        asking.value.set_files(file)
    choose(page, page.get_by_role("button", name="Check and send"))


def sign_in(watched: Watched, running: Running, by_link: bool) -> None:
    page = watched.page
    page.goto("/")
    sound(watched)
    choose(page, page.get_by_role("button", name="Sign in"))
    sound(watched)
    tab_to(page, page.get_by_label("Your e-mail address at work"))
    page.keyboard.type(LEAD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert heading(page) == "Look in your e-mail"
    sound(watched)
    link, code = link_and_code(mails(running, 1)[0])
    if by_link:
        page.goto(link)
        sound(watched)
        choose(page, page.get_by_role("button", name="Continue"))
    else:
        tab_to(page, page.get_by_label("Six-digit code"))
        page.keyboard.type(code)
        with page.expect_navigation():
            page.keyboard.press("Enter")
    assert page.url.endswith(f"/organisations/{TRUST}")


def told_of(page: Page) -> list[Cell]:
    """The sheet and cell of every line of every table of problems."""
    lines = page.locator(".portal-problems tbody tr").all()
    places = [line.locator("td > div").first.inner_text() for line in lines]
    found = [re.match(r"(.+), ([A-Z]+[0-9]+)", place) for place in places]
    return [(one[1], one[2]) if one else ("", "") for one in found]


def to_fix(book: Workbook) -> list[Cell]:
    """Where the links of the list lead: every one to a cell that is there and has a note."""
    places = []
    links = [c.hyperlink for row in book["To fix"].iter_rows() for c in row if c.hyperlink]
    for link in links:
        found = re.fullmatch(r"'(.+)'!([A-Z]+[0-9]+)", link.location)
        assert found, link.location
        assert book[found[1]][found[2]].comment is not None
        places.append((found[1], found[2]))
    return places


def wrong_and_led_to(page: Page, scripts: bool, field: Locator) -> None:
    """The summary of what is wrong has the focus, and its link leads to the field."""
    assert page.title().startswith("Error: ")
    summary = page.locator(".nhsuk-error-summary")
    if scripts:
        expect(summary).to_be_focused()
    tab_to(page, summary.get_by_role("link"))
    page.keyboard.press("Enter")
    expect(field).to_be_focused()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
@pytest.mark.parametrize("width", [320, 1280])
def test_a_return_goes_from_an_email_to_an_action_plan_by_the_keyboard_alone(
    chromium: Browser, running: Running, tmp_path: Path, width: int, scripts: bool
) -> None:
    right = load_workbook(BytesIO(running.workbook()))
    with window(chromium, running.address, width, scripts=scripts) as watched:
        page = watched.page
        sign_in(watched, running, by_link=width == 320)
        sound(watched)
        send(page, None)
        wrong_and_led_to(page, scripts, page.get_by_label("Your workbook"))

        blank = download(page, page.get_by_role("link", name="Download the assessment workbook"))
        book = filled(blank, running.workbook())
        for (sheet, cell), written in FAULTS.values():
            book[sheet][cell].value = written
        send(page, saved(book, tmp_path, "Our return.xlsx"))
        assert heading(page) == "7 things to fix"
        assert sorted(told_of(page)) == sorted([*FAULTS, ODD])
        sound(watched)

        marked = download(page, page.get_by_role("button", name="Download your workbook with"))
        book = load_workbook(BytesIO(marked))
        assert sorted(to_fix(book)) == sorted([*FAULTS, ODD])
        for sheet, cell in to_fix(book):
            answer = right[sheet][cell].value
            book[sheet][cell].value = REASON if cell == "V12" else answer
        choose(page, page.get_by_role("link", name="Back to your return"))
        sound(watched)
        send(page, saved(book, tmp_path, "Our return, put right.xlsx"))
        assert heading(page) == "Nothing to fix"
        assert told_of(page) == [ODD]
        assert "7 things were put right" in page.locator("main").inner_text()
        sound(watched)

        tab_to(page, page.get_by_label("If it is right, say why"))
        page.keyboard.type("A resident-led team began here first.")
        choose(page, page.get_by_role("button", name="Save what you explained"))
        assert page.get_by_text("A resident-led team began here first.").is_visible()

        choose(page, page.get_by_role("button", name="Sign off"))
        box = page.get_by_label("Our organisation stands by these answers.")
        wrong_and_led_to(page, scripts, box)
        sound(watched)
        tab_to(page, box)
        page.keyboard.press("Space")
        choose(page, page.get_by_role("button", name="Sign off"))
        assert heading(page) == "Signed off"
        assert re.search(rf"Receipt {CYCLE}-[0-9a-f]+(-[A-Z2-7]{{5}}){{2}}", page.content())
        sound(watched)

        choose(page, page.get_by_role("link", name="result", exact=True))
        assert heading(page) == "Your result"
        sound(watched)
        plan = download(page, page.get_by_role("button", name="Download an action plan"))
        assert load_workbook(BytesIO(plan)).sheetnames

        choose(page, page.get_by_role("button", name="Sign out"))
        page.goto(f"/organisations/{TRUST}/{CYCLE}/result")
        assert heading(page) == "Sign in"
        assert (watched.errors, watched.elsewhere) == ([], [])
