"""The same bytes sent again: what was sent, and signed off, last is what counts."""

from __future__ import annotations

import httpx
from portal_samples import CYCLE, OTHER_TRUST, TRUST, Running, api
from portal_samples import send as send_by_program
from test_partner_pages import HOME, LEAD, counting, heading, post, send, spoiled

from remi.cycle.arrivals import receive
from remi.cycle.judging import judge_cycle
from remi.store.frames import read_cycle
from schemas.people import delivery
from schemas.store import submission


def changed(running: Running) -> bytes:
    return spoiled(running.workbook(), ("Your organisation", "C13", 99))


def signed(running: Running, browser: httpx.Client, content: bytes) -> str:
    """Send and sign off; the id of the file."""
    page = send(browser, content)
    assert heading(page) == "Nothing to fix"
    assert post(browser, page, "/sign-off", agree="yes").status_code == 303
    running.clock.forward(minutes=5)
    return page.url.path.rpartition("/")[2]


def test_the_first_file_sent_again_counts_once_it_is_signed_off_again(running: Running) -> None:
    with running.signed_in(LEAD) as browser:
        first = signed(running, browser, running.workbook())
        second = signed(running, browser, changed(running))
        assert counting(running) == [second]
        again = send(browser, running.workbook())
        assert heading(again) == "Nothing to fix"
        assert "It counts once it is signed off" in again.text
        assert "not taken in" not in again.text
        assert "Since your last file" in again.text
        assert counting(running) == [second], "nothing counts before it is signed off"
        home = browser.get(HOME).text
        assert "The newer one counts only when it is signed off" in home
        post(browser, again, "/sign-off", agree="yes")
        assert counting(running) == [first]
        assert heading(browser.get(again.url.path)) == "Signed off"
        assert "and again on" in browser.get(f"{again.url.path}/receipt").text
    judge_cycle(running.portal.work(CYCLE))
    assert counting(running) == [first], "the pipeline says the same"
    engine = running.portal.workspace.engine
    assert len(read_cycle(engine, submission, CYCLE)) == 2
    assert len(read_cycle(engine, delivery, CYCLE)) == 3


def test_a_file_that_counts_still_counts_when_it_is_sent_again(running: Running) -> None:
    with running.signed_in(LEAD) as browser:
        first = signed(running, browser, running.workbook())
        again = send(browser, running.workbook())
        assert heading(again) == "Signed off"
        assert "It counts already" in again.text
    assert counting(running) == [first]


def test_a_refused_file_in_between_changes_nothing_of_that(running: Running) -> None:
    refused = spoiled(running.workbook(), ("Leadership", "D11", "Mostly"))
    with running.signed_in(LEAD) as browser:
        first = signed(running, browser, running.workbook())
        send(browser, refused)
        signed(running, browser, changed(running))
        send(browser, refused)
        again = send(browser, running.workbook())
        assert heading(again) == "Nothing to fix"
        assert heading(browser.get(HOME)) != ""
        post(browser, again, "/sign-off", agree="yes")
    assert counting(running) == [first]


def test_a_clock_that_is_set_back_does_not_bring_an_old_return_back(running: Running) -> None:
    with running.signed_in(LEAD) as browser:
        signed(running, browser, running.workbook())
        running.clock.forward(hours=-2)
    with running.signed_in(LEAD) as browser:
        second = signed(running, browser, changed(running))
    assert counting(running) == [second]
    judge_cycle(running.portal.work(CYCLE))
    assert counting(running) == [second]


def test_it_holds_across_doors(running: Running) -> None:
    work = running.portal.work(CYCLE)
    inbox = work.workspace.settings.inbox / CYCLE
    inbox.mkdir(parents=True)
    corrected = changed(running)
    with running.signed_in(LEAD) as browser, running.program("send") as program:
        mine = signed(running, browser, running.workbook())
        (inbox / "ours.xlsx").write_bytes(corrected)
        receive(work)
        judge_cycle(work)
        (theirs,) = counting(running)
        assert theirs != mine
        answer = send_by_program(program, running.workbook(), api(TRUST))
        assert answer.status_code == 200, "the same file as the lead sent"
        assert counting(running) == [theirs]
        page = browser.get(f"{HOME}/submissions/{mine}")
        assert heading(page) == "Nothing to fix"
        post(browser, page, "/sign-off", agree="yes")
        assert counting(running) == [mine]
        (inbox / "ours again.xlsx").write_bytes(corrected)
        receive(work)
        judge_cycle(work)
    assert counting(running) == [theirs]


def test_where_no_sign_off_is_needed_what_was_sent_last_counts(running: Running) -> None:
    policy = running.portal.policy.model_copy(update={"sign_off_needed": False})
    configuration = running.portal.workspace.configuration
    object.__setattr__(configuration, "portal", policy)  # this portal's own
    with running.program("send", OTHER_TRUST) as program:
        ids = []
        for content in (
            running.workbook(OTHER_TRUST),
            running.workbook(OTHER_TRUST, revised=True),
            running.workbook(OTHER_TRUST),
        ):
            told = send_by_program(program, content, api(OTHER_TRUST)).json()
            ids.append(told["submission_id"])
            assert counting(running) == [ids[-1]]
    assert ids[0] == ids[2] != ids[1]
