"""A workbook of an earlier round that is somebody else's: nothing of it is moved or counted."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from openpyxl import Workbook, load_workbook
from portal_samples import OTHER_TRUST, TRUST, Running, api
from portal_samples import send as send_by_program
from test_partner_pages import heading, send

from remi.cli.main import main
from remi.cycle.arrivals import arrivals_of, received
from remi.cycle.judging import judging
from remi.partner.annotated import annotated_workbook
from remi.store.verdicts import stored_verdict

OTHER_LEAD = "lead@other.example"
OTHER_HOME = f"/organisations/{OTHER_TRUST}"
FORM = "Your organisation"


def changed(content: bytes, change: Callable[[Workbook], None]) -> bytes:
    book = load_workbook(BytesIO(content))
    change(book)
    saved = BytesIO()
    book.save(saved)
    return saved.getvalue()


def without_our_sheet(book: Workbook) -> None:
    del book["_meta"]


def without_any_code(book: Workbook) -> None:
    del book["_meta"]
    book["Start"]["B9"].value = None


def with_renamed_sheets(book: Workbook) -> None:
    for number, sheet in enumerate(book.worksheets):
        if sheet.title != "_meta":
            sheet.title = f"Sheet {number}"


def with_our_code_and_name_written_over(book: Workbook) -> None:
    book[FORM]["C8"].value = OTHER_TRUST
    book[FORM]["C9"].value = None


def zipped(content: bytes) -> bytes:
    whole = BytesIO()
    with zipfile.ZipFile(whole, "w") as folder:
        folder.writestr("returns/REMI return.xlsx", content)
    return whole.getvalue()


OLD_FILES: dict[str, Callable[[bytes], bytes]] = {
    "as it is": lambda content: content,
    "without our hidden sheet": lambda content: changed(content, without_our_sheet),
    "without any code": lambda content: changed(content, without_any_code),
    "with renamed sheets": lambda content: changed(content, with_renamed_sheets),
    "their template with our code written over": lambda content: changed(
        content, with_our_code_and_name_written_over
    ),
    "in a zip folder": zipped,
}


@pytest.mark.parametrize("how", OLD_FILES)
def test_anothers_old_file_is_refused_as_their_present_one_is(running: Running, how: str) -> None:
    theirs = OLD_FILES[how](running.workbook(TRUST, cycle="2025-26"))
    with running.signed_in(OTHER_LEAD) as browser:
        page = send(browser, theirs, home=OTHER_HOME)
        assert heading(page) == "1 thing to fix"
        assert "names another organisation" in page.text
        assert "moved" not in page.text
        assert browser.get(f"{page.url.path}/annotated").status_code == 409
    submission_id = page.url.path.rpartition("/")[2]
    verdict = stored_verdict(running.portal.workspace.engine, submission_id)
    assert verdict is not None
    assert verdict.organisation_id is None, "nobody is said to have returned"
    work = running.portal.work("2026-27")
    (file,) = received(work, arrivals_of(work, [submission_id]))
    assert annotated_workbook(work, file, judging(work), running.portal.sandbox) is None


def test_programs_are_told_the_same_and_handed_nothing(running: Running) -> None:
    theirs = running.workbook(TRUST, cycle="2025-26")
    with running.program(organisation_id=OTHER_TRUST) as program:
        told = send_by_program(program, theirs, api(OTHER_TRUST)).json()
        assert [problem["rule"] for problem in told["problems"]] == ["not_your_organisation"]
        at = f"{api(OTHER_TRUST)}/submissions/{told['submission_id']}/annotated"
        assert program.get(at).status_code == 409


def test_a_code_of_ours_over_anothers_old_answers_is_seen(running: Running) -> None:
    def with_their_organisation(book: Workbook) -> None:
        book[FORM]["C8"].value = TRUST

    ours = changed(running.workbook(OTHER_TRUST, cycle="2025-26"), with_their_organisation)
    with running.signed_in(OTHER_LEAD) as browser:
        page = send(browser, ours, home=OTHER_HOME)
        assert "names another organisation" in page.text
        assert "C8" in page.text
        assert browser.get(f"{page.url.path}/annotated").status_code == 409


def test_our_own_old_file_still_comes_back_as_this_rounds(running: Running) -> None:
    ours = changed(running.workbook(OTHER_TRUST, cycle="2025-26"), with_renamed_sheets)
    with running.signed_in(OTHER_LEAD) as browser:
        page = send(browser, ours, home=OTHER_HOME)
        handed = browser.get(f"{page.url.path}/annotated")
    assert handed.status_code == 200
    assert load_workbook(BytesIO(handed.content))["Leadership"].max_row > 10


def test_the_command_writes_nothing_of_anothers_old_file(
    running: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REMI_HOME", str(running.portal.workspace.settings.home))
    file, out = tmp_path / "theirs.xlsx", tmp_path / "out.xlsx"
    file.write_bytes(running.workbook(TRUST, cycle="2025-26"))
    asked = ["check", str(file), "--cycle", "2026-27", "--annotated", str(out)]
    done = CliRunner().invoke(main, [*asked, "--sent-for", OTHER_TRUST])
    assert done.exit_code == 1
    assert "signed in for" in done.output
    assert not out.exists()
    own = CliRunner().invoke(main, asked)
    assert out.exists(), own.output
