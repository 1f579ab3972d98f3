"""An organisation's own result: where it stands, and what is said to have moved."""

from __future__ import annotations

from datetime import date

from openpyxl import Workbook
from portal_samples import CYCLE, OTHER_TRUST, TRUST, Running
from reviewing_samples import LEAD, changed, returned

from remi.cycle.arrivals import receive
from remi.cycle.judging import judge_cycle
from remi.cycle.scoring import score
from remi.demo.fill import filled_assessment, setting_of
from remi.settings import signing_key

LAST = "2025-26"


def since_last_year(running: Running) -> str:
    """The cell of the first commitment under “Since last year”."""
    with running.signed_in(LEAD) as browser:
        text = browser.get(f"/organisations/{TRUST}/{CYCLE}/result").text
    row = text.partition('<a href="#leadership">')[2].partition("</tr>")[0]
    return row.rpartition('<div class="portal-cell">')[2].partition("</div>")[0].strip()


def last_year(running: Running, organisation_id: str = TRUST) -> None:
    work = running.portal.work(LAST)
    inbox = work.workspace.settings.home / "inbox" / LAST
    inbox.mkdir(parents=True)
    configuration, key = running.portal.configuration, signing_key(work.workspace.settings)
    setting = setting_of(configuration, LAST, key)
    sent = filled_assessment(setting, organisation_id, date(2025, 11, 3), False)
    (inbox / "theirs.xlsx").write_bytes(sent)
    receive(work)
    judge_cycle(work)
    score(work)


def test_in_the_first_round_nothing_is_said_of_last_year(running: Running) -> None:
    returned(running)
    with running.signed_in(LEAD) as browser:
        text = browser.get(f"/organisations/{TRUST}/{CYCLE}/result").text
    assert '<a href="#leadership">' in text
    assert "last year" not in text
    assert "year to year" not in text


def test_whoever_was_not_there_last_year_is_told_so(running: Running) -> None:
    last_year(running, OTHER_TRUST)
    returned(running)
    assert since_last_year(running) == "No stage last year"


def test_a_stage_is_compared_with_the_one_of_last_year(running: Running) -> None:
    last_year(running)
    returned(running)
    assert since_last_year(running).startswith(("As last year: Stage", "Up from Stage"))


def test_a_stage_that_rests_on_blanks_is_not_said_to_have_fallen(running: Running) -> None:
    last_year(running)

    def half(book: Workbook) -> None:
        sheet = book["Leadership"]
        answers = [c.column_letter for c in sheet[10] if str(c.value).endswith("your answer")]
        assert answers
        for row in range(12, 17):
            for column in answers:
                sheet[f"{column}{row}"].value = None

    returned(running, content=changed(running.workbook(), half))
    assert since_last_year(running).startswith("Was Stage")
