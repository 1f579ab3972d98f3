"""What is sent and signed off in the portal while a run judges is neither lost nor overlooked."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from portal_samples import CYCLE, TRUST, Running, form_token
from test_at_the_same_time import LEAD, counting, upload

import remi.cycle.judging
from remi.cycle.checks import every_signed_off_return_counts, every_submission_has_a_verdict
from remi.cycle.judging import judge_cycle
from remi.cycle.scoring import counting as counting_rows
from remi.cycle.work import CycleWork
from schemas import store


@contextmanager
def a_run_that_has_read(running: Running, monkeypatch: pytest.MonkeyPatch) -> Iterator[CycleWork]:
    """A run in a thread of its own: it has read and judged all that was there, and stores what it
    found once the block is left."""
    has_read, may_store = threading.Event(), threading.Event()
    judge = remi.cycle.judging.judge

    def slowly(*given: object) -> object:
        judged = judge(*given)  # type: ignore[arg-type]
        has_read.set()
        assert may_store.wait(120)
        return judged

    monkeypatch.setattr(remi.cycle.judging, "judge", slowly)
    work = running.portal.work(CYCLE)
    run = threading.Thread(target=judge_cycle, args=(work,))
    run.start()
    try:
        assert has_read.wait(120)
        yield work
    finally:
        may_store.set()
        run.join(120)
    assert not run.is_alive()


def sign_off(browser: object, uploaded: object) -> None:
    address = uploaded.headers["location"].partition("?")[0]  # type: ignore[attr-defined]
    token = form_token(browser.get(address))  # type: ignore[attr-defined]
    answer = browser.post(  # type: ignore[attr-defined]
        f"{address}/sign-off", data={"form_token": token, "agree": "yes"}
    )
    assert answer.status_code in (200, 303), answer.text


def assert_in_order(work: CycleWork) -> None:
    for check in (every_signed_off_return_counts, every_submission_has_a_verdict):
        answer = check.ask(work)
        assert answer.passed, (check.name, answer.facts)


def test_a_return_that_is_sent_and_signed_off_while_a_run_judges_counts(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running.signed_in(LEAD) as browser:
        with a_run_that_has_read(running, monkeypatch) as work:
            sign_off(browser, upload(browser, running.workbook()))
            before = counting(running)
            assert [counts for _, counts, _ in before] == [True]
        assert counting(running) == before
    assert set(counting_rows(work, store.answer)["organisation_id"]) == {TRUST}
    assert len(work.read(store.record_value)) > 0
    assert_in_order(work)


def test_a_return_that_is_signed_off_while_a_run_judges_it_counts(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running.signed_in(LEAD) as browser:
        sent = upload(browser, running.workbook())
        with a_run_that_has_read(running, monkeypatch) as work:
            sign_off(browser, sent)
        assert [counts for _, counts, _ in counting(running)] == [True]
    assert_in_order(work)


def test_a_newer_return_that_is_signed_off_while_a_run_judges_takes_the_place_of_the_one_before(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running.signed_in(LEAD) as browser:
        sign_off(browser, upload(browser, running.workbook()))
        running.clock.forward(minutes=1)
        with a_run_that_has_read(running, monkeypatch) as work:
            sign_off(browser, upload(browser, running.workbook() + b"\0"))
        found = counting(running)
    assert sorted(counts for _, counts, _ in found) == [False, True]
    newer = next(key for key, counts, _ in found if counts)
    assert [by for _, counts, by in found if not counts] == [newer]
    assert_in_order(work)


def test_a_signed_off_return_that_does_not_count_stops_the_run(running: Running) -> None:
    with running.signed_in(LEAD) as browser:
        sign_off(browser, upload(browser, running.workbook()))
    work = running.portal.work(CYCLE)
    judge_cycle(work)
    assert_in_order(work)
    work.replace(store.verdict, work.read(store.verdict).assign(counts=False))
    answer = every_signed_off_return_counts.ask(work)
    assert (answer.passed, answer.facts["do_not_count"]) == (False, 1)
