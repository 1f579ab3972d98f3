"""Several files of one organisation: which one counts, and which are compared with which."""

from __future__ import annotations

import re

import httpx
import pytest
from portal_samples import CYCLE, OTHER_TRUST, TRUST, Running
from test_partner_pages import COLLEAGUE, HOME, LEAD, heading, post, send, spoiled

from remi.cycle.arrivals import receive
from remi.cycle.judging import judge_cycle

REPLACED = "Signed off, replaced by a newer one"
DATA = "data@collaboration.example"


def signed_twice(running: Running, browser: httpx.Client) -> tuple[str, str]:
    """The pages of two files, both signed off."""
    first = send(browser, running.workbook())
    post(browser, first, "/sign-off", agree="yes")
    running.clock.forward(minutes=5)
    second = send(browser, spoiled(running.workbook(), ("Your organisation", "C13", 99)))
    post(browser, second, "/sign-off", agree="yes")
    return first.url.path, second.url.path


def test_a_signed_file_whose_place_was_taken_is_not_said_to_count(running: Running) -> None:
    with running.signed_in(LEAD) as browser:
        first, second = signed_twice(running, browser)
        old, new = browser.get(f"{first}/receipt").text, browser.get(f"{second}/receipt").text
        assert heading(browser.get(first)) == REPLACED
        assert heading(browser.get(second)) == "Signed off"
        home = browser.get(HOME).text
    assert REPLACED in old
    assert "Your answers are counted" not in old
    assert "does not count any more" in old
    assert REPLACED not in new
    assert "Your answers are counted" in new
    assert home.count(REPLACED) == 1
    tags = re.findall(r">\s*(Signed off[^<]*?)\s*</strong>", home.partition("What was sent")[2])
    assert tags == ["Signed off", REPLACED]


def test_the_data_team_and_programs_are_told_the_same(running: Running) -> None:
    with running.signed_in(LEAD) as browser, running.program("read") as program:
        first, _ = signed_twice(running, browser)
        listed = program.get(f"/api/v1/{CYCLE}/organisations/{TRUST}/submissions").json()
    assert [one["standing"] for one in listed["submissions"]] == ["signed_off", "replaced"]
    with running.signed_in(DATA) as staff:
        page = staff.get(f"/board/{CYCLE}/submissions/{first.rpartition('/')[2]}")
    assert REPLACED in page.text


def test_a_signed_file_gives_way_to_what_the_data_team_received_later(running: Running) -> None:
    work = running.portal.work(CYCLE)
    with running.signed_in(LEAD) as browser:
        post(browser, send(browser, running.workbook()), "/sign-off", agree="yes")
        inbox = work.workspace.settings.inbox / CYCLE
        inbox.mkdir(parents=True)
        newer = spoiled(running.workbook(), ("Your organisation", "C13", 99))
        (inbox / "theirs.xlsx").write_bytes(newer)
        receive(work)
        judge_cycle(work)
        home = browser.get(HOME).text
    assert "Received by the data team" in home.partition("<h2>")[0]
    assert "Not needed: the data team received your return" in home
    assert REPLACED in home


@pytest.mark.parametrize(
    "unchecked",
    ["last year's", "another organisation's", "no workbook", "without a code"],
)
def test_a_file_is_not_compared_with_one_in_which_nothing_was_checked(
    running: Running, unchecked: str
) -> None:
    content = {
        "last year's": running.workbook(cycle="2025-26"),
        "another organisation's": running.workbook(OTHER_TRUST),
        "no workbook": b"this is no workbook",
        "without a code": spoiled(running.workbook(), ("Your organisation", "C8", None)),
    }[unchecked]
    with running.signed_in(COLLEAGUE) as browser:
        send(browser, content)
        assert "Since your last file" not in send(browser, running.workbook()).text
        again = send(browser, content + b"\0" if unchecked == "no workbook" else content)
        assert "Since your last file" not in again.text


def test_the_last_file_that_was_checked_is_the_one_to_compare_with(running: Running) -> None:
    with running.signed_in(COLLEAGUE) as browser:
        send(browser, spoiled(running.workbook(), ("Leadership", "D11", "Mostly")))
        send(browser, running.workbook(cycle="2025-26"))
        page = send(browser, running.workbook())
    assert "1 thing was put right" in page.text


def test_engagement_records_are_no_newer_assessment(running: Running) -> None:
    with running.signed_in(LEAD) as browser:
        page = send(browser, running.workbook())
        post(browser, page, "/sign-off", agree="yes")
        records = send(browser, browser.get(f"{HOME}/{CYCLE}/workbooks/engagement").content)
        assert "newer file" not in browser.get(page.url.path).text
        send(browser, spoiled(running.workbook(), ("Your organisation", "C13", 99)))
        assert "newer file" in browser.get(page.url.path).text
        assert "newer file" not in browser.get(records.url.path).text


def test_nothing_is_offered_that_cannot_be_done_with_another_organisations_workbook(
    running: Running,
) -> None:
    with running.signed_in(LEAD) as browser:
        page = send(browser, running.workbook(OTHER_TRUST))
        assert "with these marked" not in page.text
        assert "in place" not in page.text
        assert f'href="{HOME}/{CYCLE}/workbooks/assessment"' in page.text
        assert browser.get(f"{page.url.path}/annotated").status_code == 409


def test_another_organisations_template_opens_nothing_that_it_told_us(running: Running) -> None:
    code = ("Your organisation", "C8", "NOBODY")
    with running.signed_in(LEAD) as browser:
        page = send(browser, spoiled(running.workbook(OTHER_TRUST), code))
        assert browser.get(f"{page.url.path}/annotated").status_code == 409


def test_a_receipt_names_the_framework_by_its_title(running: Running) -> None:
    framework = running.portal.work(CYCLE).framework
    with running.signed_in(COLLEAGUE) as browser:
        page = send(browser, running.workbook())
        receipt = browser.get(f"{page.url.path}/receipt").text
    assert f"{framework.title}, version {framework.version}" in receipt
    assert framework.name_and_version not in receipt
