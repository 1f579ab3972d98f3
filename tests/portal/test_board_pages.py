"""The data team's side: how the round stands, whom to ask, each file to read but not to touch."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from datetime import UTC, datetime

import httpx
import pandas as pd
import pytest
from click.testing import CliRunner
from openpyxl import load_workbook
from portal_samples import CYCLE, OTHER_TRUST, PEOPLE, TRUST, Running, form_token
from sqlalchemy import update

from remi.cli.main import main
from remi.cycle.judging import judge_cycle
from remi.portal.contacts import contacts_csv, contacts_workbook
from remi.portal.paging import paging
from remi.store.board import NOT_RECEIVED, Contact
from remi.store.events import log
from remi.store.objects import Objects
from remi.store.people import add_person, grant
from remi.store.submissions import receive
from schemas.people import sign_off
from schemas.store import organisation

DATA = "data@collaboration.example"
LEAD = "lead@trust.example"
HOME = f"/organisations/{TRUST}"
BOARD = f"/board/{CYCLE}"


def upload(browser: httpx.Client, content: bytes, name: str = "ours.xlsx") -> str:
    """Send a file as a partner does; its id."""
    token = form_token(browser.get(HOME))
    answer = browser.post(
        f"{HOME}/{CYCLE}/upload", data={"form_token": token}, files={"workbook": (name, content)}
    )
    assert answer.status_code == 303
    return answer.headers["location"].rpartition("/")[2]


def sign(browser: httpx.Client, submission_id: str) -> None:
    path = f"{HOME}/submissions/{submission_id}"
    token = form_token(browser.get(path))
    answer = browser.post(f"{path}/sign-off", data={"form_token": token, "agree": "yes"})
    assert answer.status_code == 303


def row(page: httpx.Response, name: str) -> list[str]:
    """The cells of the row that begins with this text, without their marks."""
    # Each cell repeats its heading for narrow screens.
    plain = re.sub(r'<span class="nhsuk-table__heading".*?</span>', "", page.text)
    for found in re.findall(r"<tr[^>]*>(.*?)</tr>", plain, re.DOTALL):
        cells = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", found, re.DOTALL)
        texts = [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in cells]
        if texts and texts[0].startswith(name):
            return texts
    raise AssertionError(f"no row {name}")


def test_the_board_follows_a_return_from_nothing_to_signed_off(running: Running) -> None:
    expected = len(organisations(running))
    with running.signed_in(LEAD) as lead, running.signed_in(DATA) as staff:
        before = staff.get("/board")
        assert row(before, "All")[1:] == [str(expected), str(expected), "0", "0", "0", "0", "0"]
        assert row(before, running_name(running))[1:] == ["Not received", *["–"] * 5]
        draft = upload(lead, b"no workbook at all")
        assert row(staff.get(BOARD), "All")[4] == "1", "needs changes"
        good = upload(lead, running.workbook())
        assert row(staff.get(BOARD), "All")[5] == "1", "ready"
        sign(lead, good)
        page = staff.get(BOARD)
    assert row(page, "All")[1:] == [str(expected), str(expected - 1), "0", "0", "0", "1", "0"]
    assert f"1 of {expected} organisations signed off" in page.text
    (line,) = [
        one for one in re.findall(r"<tr[^>]*>(.*?)</tr>", page.text, re.DOTALL) if TRUST in one
    ]
    assert f"{BOARD}/submissions/{good}" in line
    assert draft not in page.text
    assert "Portal" in line


def test_a_return_that_waits_for_its_lead_needs_no_changes(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REMI_HOME", str(running.portal.workspace.settings.home))

    def counted() -> tuple[int, int, int]:
        done = CliRunner().invoke(main, ["status", "--json"])
        (found,) = (one for one in json.loads(done.output) if one["cycle"] == CYCLE)
        return found["need_changes"], found["not_signed_off"], found["accepted"]

    with running.signed_in(LEAD) as lead:
        good = upload(lead, running.workbook())
        assert counted() == (0, 1, 0)
        sign(lead, good)
        assert counted() == (0, 0, 1)


def organisations(running: Running) -> pd.DataFrame:
    """A department has a line of its own and is no further organisation."""
    partners = running.portal.work(CYCLE).partners
    return partners[partners["unit_type"] == "organisation"]


def test_totals_by_sector_and_system_each_add_up_to_everybody(running: Running) -> None:
    with running.signed_in(DATA) as staff:
        page = staff.get(BOARD)
    work = running.portal.work(CYCLE)
    for column, names in (
        ("sector", {sector.id: sector.name for sector in work.places.sectors}),
        ("lead_system", {system.id: system.name for system in work.places.systems}),
    ):
        for value, number in organisations(running)[column].value_counts().items():
            assert row(page, names[str(value)])[1] == str(number)


def test_the_list_is_chosen_by_plain_links_and_forms(running: Running) -> None:
    partners = running.portal.work(CYCLE).partners
    faith = partners[partners["sector"] == "faith"]
    with running.signed_in(DATA) as staff:
        page = staff.get(BOARD, params={"sector": "faith", "system": "", "standing": ""})
        listed = page.text.partition('id="organisations"')[2]
        for organisation_id, sector in zip(
            partners["organisation_id"], partners["sector"], strict=True
        ):
            assert (f">{organisation_id}, " in listed) is (sector == "faith")
        assert '<option value="faith" selected>' in page.text
        whole = len(organisations(running))
        assert row(page, "All")[1] == str(whole), "totals are of everybody"
        none = staff.get(BOARD, params={"standing": "counts"})
        assert "0 organisations" in none.text
        odd = staff.get(BOARD, params={"sector": "<script>", "page": "-1", "standing": "x"})
        assert f"{whole} organisations and 1 department, which has a line of its own" in odd.text
        assert len(partners) == whole + 1
        assert "<script>" not in odd.text.replace('<script type="module"', "")
    assert len(faith)


def test_before_the_round_in_it_late_and_over_the_board_says_what_its_days_mean(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    cycle = running.portal.configuration.cycles.get(CYCLE)
    # As in config/cycles.yaml with `late_until`. The model is frozen, and shared by all tests.
    late_until = datetime(2026, 12, 11, tzinfo=UTC).date()
    monkeypatch.setitem(vars(cycle), "late_until", late_until)
    says = {
        "2026-11-10": "20 days from now.",
        "2026-11-30": "today.",
        "2026-12-01": "Late returns are taken until 11 December 2026.",
        "2026-12-12": "late returns were taken until 11 December 2026.",
    }
    for day, words in says.items():
        running.clock.now = datetime.fromisoformat(f"{day}T09:00").replace(tzinfo=UTC)
        with running.signed_in(DATA) as staff:
            page = staff.get(BOARD)
        assert words in page.text, day
        assert ("Overdue" in page.text) is (day > "2026-11-30")


def test_a_return_that_was_signed_off_after_the_closing_day_is_late(running: Running) -> None:
    with running.signed_in(LEAD) as lead:
        sign(lead, upload(lead, running.workbook()))
    with running.portal.workspace.engine.begin() as connection:
        moment = datetime.fromisoformat("2026-12-01T00:00")
        connection.execute(update(sign_off).values(signed_at=moment))
    with running.signed_in(DATA) as staff:
        assert row(staff.get(BOARD), "All")[-2:] == ["1", "1"]
        page = staff.get(BOARD, params={"standing": "late"})
        assert "<p>1 organisation." in page.text
        assert "Late" in row(page, running_name(running))[1]


def running_name(running: Running) -> str:
    partners = running.portal.work(CYCLE).partners
    return str(partners.set_index("organisation_id")["name"][TRUST])


def test_a_file_of_nobody_we_expect_can_be_found(running: Running) -> None:
    workspace = running.portal.workspace
    receive(
        workspace.engine,
        Objects(workspace.settings.objects_url),
        CYCLE,
        "scan.xlsx",
        b"not a workbook",
        "inbox",
        running.clock.now,
    )
    judge_cycle(running.portal.work(CYCLE))
    with running.signed_in(DATA) as staff:
        page = staff.get(BOARD)
        assert "Files of nobody we expect" in page.text
        (path,) = re.findall(rf'href="({BOARD}/submissions/[^"]+)"', page.text)
        assert "Nobody we know" in staff.get(path).text


def test_the_data_team_reads_a_file_with_what_is_wrong_and_cannot_act_for_the_partner(
    running: Running,
) -> None:
    with running.signed_in(LEAD) as lead:
        submission_id = upload(lead, b"no workbook", '"><b>ours.xlsx')
    with running.signed_in(DATA) as staff:
        page = staff.get(f"{BOARD}/submissions/{submission_id}")
        assert page.status_code == 200
        assert LEAD in page.text
        assert "<b>ours" not in page.text
        assert "Must be fixed" in page.text
        forms = re.findall(r'<form[^>]*action="([^"]*)"', page.text)
        assert forms == ["/sign-out"]
        token = form_token(page)
        for path in (
            f"{HOME}/submissions/{submission_id}/sign-off",
            f"{HOME}/submissions/{submission_id}/explanations",
            f"{HOME}/{CYCLE}/upload",
        ):
            answer = staff.post(path, data={"form_token": token, "agree": "yes"})
            assert answer.status_code == 404, path


def test_a_file_is_given_back_byte_for_byte_under_a_name_of_ours(running: Running) -> None:
    content = running.workbook()
    with running.signed_in(LEAD) as lead:
        good = upload(lead, content, "../..\\évil\r\nname.xlsx")
        macro = upload(lead, b"PK\x03\x04 not one", "ours.xlsm")
    with running.signed_in(DATA) as staff:
        answer = staff.get(f"{BOARD}/submissions/{good}/original")
        assert hashlib.sha256(answer.content).digest() == hashlib.sha256(content).digest()
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["x-content-type-options"] == "nosniff"
        name = answer.headers["content-disposition"]
        assert name == f"attachment; filename*=UTF-8''{good}.xlsx"
        other = staff.get(f"{BOARD}/submissions/{macro}/original").headers["content-disposition"]
        assert other.endswith(".bin")
        assert staff.get(f"/board/2025-26/submissions/{good}/original").status_code == 404
        assert staff.get(f"{BOARD}/submissions/2026-27-000000000000/original").status_code == 404
        assert "Downloaded a file as it was sent" in staff.get("/log").text


@pytest.mark.parametrize("email", [one for one in PEOPLE if one != DATA])
def test_nobody_but_the_data_team_sees_any_of_it(running: Running, email: str) -> None:
    with running.signed_in(LEAD) as lead:
        submission_id = upload(lead, b"no workbook")
    with running.signed_in(email) as browser:
        for path in (
            "/board",
            BOARD,
            f"{BOARD}/not-returned",
            f"{BOARD}/not-returned?as=csv",
            f"{BOARD}/reminders",
            f"{BOARD}/submissions/{submission_id}",
            f"{BOARD}/submissions/{submission_id}/original",
            "/log",
        ):
            assert browser.get(path).status_code == 404, path


def test_a_round_that_there_is_not_has_no_board(running: Running) -> None:
    with running.signed_in(DATA) as staff:
        for path in ("/board/2031-32", "/board/2031-32/not-returned", "/board/x/reminders"):
            assert staff.get(path).status_code == 404
        assert staff.get(f"{BOARD}/not-returned?as=exe").status_code == 404


def not_returned(running: Running) -> list[list[str]]:
    with running.signed_in(DATA) as staff:
        text = staff.get(f"{BOARD}/not-returned?as=csv").content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))[1:]


def test_who_has_not_returned_is_listed_with_whom_to_ask(running: Running) -> None:
    lines = not_returned(running)
    theirs = [line[4:] for line in lines if line[1] == TRUST]
    assert theirs == [
        ["Not received", "Lead", "Lead", LEAD],
        ["Not received", "Partner", "Colleague", "partner@trust.example"],
    ]
    nobody = {line[1] for line in lines if line[7] == "Nobody invited yet"}
    everybody = set(running.portal.work(CYCLE).partners["organisation_id"])
    assert nobody == everybody - {TRUST, OTHER_TRUST}
    with running.signed_in(LEAD) as lead:
        sign(lead, upload(lead, running.workbook()))
    assert TRUST not in {line[1] for line in not_returned(running)}


def test_nothing_in_a_list_of_contacts_runs_in_a_spreadsheet(running: Running) -> None:
    starts = ("=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", '=HYPERLINK("http://x")')
    engine = running.portal.workspace.engine
    with engine.begin() as connection:
        connection.execute(
            update(organisation)
            .where(organisation.c.organisation_id == TRUST)
            .values(name="=cmd|' /C calc'!A0")
        )
    now = running.portal.moment()
    for number, start in enumerate(starts):
        person_id = add_person(engine, f"p{number}@trust.example", start, now)
        grant(engine, person_id, "partner", TRUST, now)
    for line in not_returned(running):
        for cell in line:
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r")), cell
    with running.signed_in(DATA) as staff:
        content = staff.get(f"{BOARD}/not-returned").content
    book = load_workbook(io.BytesIO(content))
    cells = [cell for cells in book.worksheets[0] for cell in cells if cell.value is not None]
    assert any(cell.value == "=cmd|' /C calc'!A0" for cell in cells)
    assert {cell.data_type for cell in cells} == {"s"}
    assert b"<f>" not in content


def test_the_same_contacts_give_the_same_bytes(running: Running) -> None:
    work = running.portal.work(CYCLE)
    people = [
        Contact(TRUST, "Name", "nhs_trust", "QMF", NOT_RECEIVED, "p", None, "a@b.example", "lead")
    ]
    for contacts in ([], people):
        first, again = (contacts_workbook(contacts, work.places, work.cycle) for _ in range(2))
        assert first == again
        assert contacts_csv(contacts, work.places) == contacts_csv(contacts, work.places)


def test_the_log_says_who_did_what_and_can_be_read_for_one_organisation(running: Running) -> None:
    engine, now = running.portal.workspace.engine, running.portal.moment()
    for number in range(101):
        log(engine, now, "signed_in", person_id=running.people[DATA], subject=f"number {number}")
    with running.signed_in(LEAD) as lead:
        submission_id = upload(lead, b"no workbook", "secret-name.xlsx")
    with running.signed_in(DATA) as staff:
        page = staff.get("/log")
        assert "Sent a file" in page.text
        assert f"{BOARD}/submissions/{submission_id}" in page.text
        assert "secret-name" not in page.text
        assert "Page 1 of 2" in page.text
        older = staff.get("/log?page=2")
        assert "number 0<" in older.text
        theirs = staff.get(f"/log?organisation={TRUST.lower()}")
        assert "Sent a file" in theirs.text
        assert "Signed in<" not in theirs.text


@pytest.mark.parametrize(
    ("asked", "number"),
    [("", 1), ("2", 2), ("3", 3), ("4", 3), ("0", 1), ("-1", 1), ("x", 1), ("²", 1), ("9" * 99, 3)],
)
def test_a_page_that_there_is_not_is_the_nearest_one(asked: str, number: int) -> None:
    pages = paging("/log", {"page": asked, "organisation": "A&B"}, 201, 100)
    assert (pages.number, pages.last, pages.start) == (number, 3, 100 * (number - 1))
    assert (pages.before is None) is (number == 1)
    assert (pages.after is None) is (number == 3)
    assert "organisation=A%26B" in (pages.before or pages.after or "")
