"""What is new in a round, who was reminded, and the log: on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from board_samples import BEFORE, CYCLE, EARLY, LATE, Sent, add_files, add_person_row
from sqlalchemy import Engine, insert

from remi.store.events import log
from remi.store.logbook import log_length, logged
from remi.store.reminders import Reminder, claim, reminded, sent_before, withdraw
from remi.store.watermark import watermarks
from schemas.people import delivery

WANTED = Reminder(CYCLE, "ONE", "one_week", "lead")


@pytest.fixture
def known(engine: Engine) -> Engine:
    with engine.begin() as connection:
        add_person_row(connection, "lead", "lead@example.org")
        add_person_row(connection, "other", "other@example.org")
    return engine


def test_a_watermark_is_another_one_as_soon_as_anything_is_sent_or_signed_off(
    engine: Engine,
) -> None:
    assert watermarks(engine) == {}
    (submission_id,) = add_files(engine, Sent("ONE"))
    assert watermarks(engine) == {}
    seen = [watermarks(engine)]
    for number in range(2):
        with engine.begin() as connection:
            connection.execute(
                insert(delivery).values(
                    delivery_id=f"{number}",
                    submission_id=submission_id,
                    cycle=CYCLE,
                    organisation_id="ONE",
                    door="portal",
                    person_id="signer",
                    token_id=None,
                    file_name="return.xlsx",
                    delivered_at=EARLY,
                    place=2 + number,
                )
            )
        seen.append(watermarks(engine))
    assert seen[-1].keys() == {CYCLE}
    assert len({str(one) for one in seen}) == 3


def test_a_sign_off_is_news_of_its_own_round_only(engine: Engine) -> None:
    add_files(engine, Sent("ONE", signed_at=EARLY, cycle=BEFORE))
    assert watermarks(engine).keys() == {BEFORE}


def test_of_many_who_send_the_same_reminder_at_once_one_does(known: Engine) -> None:
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: claim(known, WANTED, EARLY), range(8)))
    assert sorted(taken) == [False] * 7 + [True]
    assert reminded(known, CYCLE, "one_week") == {("ONE", "lead")}


def test_what_was_not_sent_after_all_can_be_sent_again(known: Engine) -> None:
    other = Reminder(CYCLE, "ONE", "one_week", "other")
    assert claim(known, WANTED, EARLY)
    assert claim(known, other, EARLY)
    withdraw(known, WANTED)
    assert reminded(known, CYCLE, "one_week") == {("ONE", "other")}
    assert claim(known, WANTED, LATE)
    (sent,) = sent_before(known, CYCLE)
    assert (sent.kind, sent.number, sent.last) == ("one_week", 2, LATE)


def test_each_kind_and_each_round_is_a_reminder_of_its_own(known: Engine) -> None:
    assert claim(known, WANTED, EARLY)
    assert claim(known, Reminder(CYCLE, "ONE", "last_day", "lead"), LATE)
    assert claim(known, Reminder(BEFORE, "ONE", "one_week", "lead"), EARLY)
    assert [one.kind for one in sent_before(known, CYCLE)] == ["last_day", "one_week"]


def test_the_log_is_read_from_its_end_a_page_at_a_time_for_one_organisation(known: Engine) -> None:
    for number in range(6):
        whose = "ONE" if number % 2 else "TWO"
        at = EARLY + timedelta(hours=number)
        log(
            known, at, "file_received", person_id="lead", organisation_id=whose, subject=f"{number}"
        )
    log(known, LATE, "reminders_sent")
    assert log_length(known, "") == 7
    assert log_length(known, "ONE") == 3
    first, second = logged(known, "", 0, 4), logged(known, "", 4, 4)
    assert [one.subject for one in [*first, *second]] == [None, "5", "4", "3", "2", "1", "0"]
    assert [one.subject for one in logged(known, "ONE", 1, 4)] == ["3", "1"]
    assert {one.who for one in logged(known, "ONE", 0, 4)} == {"lead@example.org"}
    assert first[0].who is None
