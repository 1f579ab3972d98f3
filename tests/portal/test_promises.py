"""What a page promises is true of the state that it speaks of."""

from __future__ import annotations

from portal_samples import Running, api
from test_partner_pages import HOME, LEAD, heading, post, send


def test_last_year_is_promised_only_where_the_workbook_shows_it(running: Running) -> None:
    with running.signed_in(LEAD) as browser:
        assert "to look back on" not in browser.get(HOME).text


def test_nothing_is_ready_to_be_signed_off_once_the_round_has_closed(running: Running) -> None:
    with running.signed_in(LEAD) as browser:
        page = send(browser, running.workbook())
        assert heading(page) == "Nothing to fix"
        assert 'id="sign-off"' in page.text
    running.clock.forward(days=150)
    with running.signed_in(LEAD) as browser:
        seen = browser.get(page.url.path)
        home = browser.get(f"{HOME}/2026-27").text
        receipt = browser.get(f"{page.url.path}/receipt").text
        assert post(browser, page, "/sign-off", agree="yes").status_code in (403, 409)
    with running.program("read") as program:
        standing = program.get(f"{api()}/status").json()
    assert (standing["standing"], standing["standing_in_words"], standing["takes_returns"]) == (
        "too_late", "Not signed off in time", False
    )  # fmt: skip
    assert "can no longer be signed off" in seen.text
    assert "sign it off below" not in seen.text
    assert "Not signed off in time" in home
    assert "Look at it once more and sign it off" not in home
    assert "closed before it was signed off" in receipt
