"""Deciding in a workbook: it says what the page says, and comes back whole or with its cells."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from io import BytesIO

import httpx
import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from portal_samples import CYCLE, OTHER_TRUST, TRUST, Running, form_token
from reviewing_samples import PAGE, REVIEWER, SECOND, accept, changed, kept, put, returned, shown

from remi.review.deciding import CHANGED, NO_CLAIM, NO_GRADE, NO_REASON
from remi.review.reading import ANOTHER, NO_HEADINGS, NOT_OURS, NOTHING, TWICE, TWO_SHEETS
from remi.scoring.reviewed import Reviewed

COLUMNS = {
    "decision": "Your decision",
    "grade": "How far you looked into it",
    "reason": "Reason",
}
Change = Callable[[Workbook], None]


def downloaded(browser: httpx.Client, path: str = PAGE) -> bytes:
    answer = browser.get(f"{path}/workbook")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith("attachment")
    return answer.content


def send(browser: httpx.Client, content: bytes, path: str = PAGE) -> httpx.Response:
    token = form_token(browser.get(path))
    return browser.post(
        f"{path}/upload",
        data={"form_token": token},
        files={"workbook": ("review.xlsx", content)},
    )


def at(page: Worksheet, ref: str, field: str) -> str:
    """The cell of one field in a claim's row."""
    header = next(r for r in range(1, 30) if page.cell(r, 1).value == "Ref")
    letters = {str(c.value): c.coordinate.rstrip("0123456789") for c in page[header] if c.value}
    row = next(r for r in range(header, page.max_row + 1) if page.cell(r, 1).value == ref)
    return f"{letters[COLUMNS[field]]}{row}"


def decided(*rows: tuple[str, Mapping[str, str]]) -> Change:
    def change(book: Workbook) -> None:
        page: Worksheet = book["Review"]
        for ref, fields in rows:
            for field, value in fields.items():
                page[at(page, ref, field)] = value

    return change


ACCEPT = {"decision": "Accept", "grade": "Saw the evidence itself"}


def refs(running: Running) -> list[str]:
    return [ref for ref, one in shown(running).items() if one.claim.items]


def test_the_workbook_has_a_row_for_each_claim_with_its_evidence_and_lists_to_choose_from(
    running: Running,
) -> None:
    returned(running)
    browser = running.signed_in(REVIEWER)
    content = downloaded(browser)
    assert downloaded(browser) == content, "the same claims give the same bytes"
    book = load_workbook(BytesIO(content))
    page: Worksheet = book["Review"]
    claims = shown(running)
    rows = {str(r[0].value): [str(c.value or "") for c in r] for r in page.iter_rows()}
    assert set(claims) == {ref for ref in rows if ref in claims}
    one = claims[refs(running)[0]]
    (title,) = {item.title for item in one.claim.items[:1]}
    assert any(str(title) in text for text in rows[refs(running)[0]])
    order = [ref for ref in rows if ref.startswith("L1-")]
    assert order == sorted(order, reverse=True)
    lists = {str(v.formula1) for v in page.data_validations.dataValidation}
    assert {"list_review_decision", "list_review_grade"} <= {text.lstrip("=") for text in lists}
    assert not any(str(c.value).startswith("=") for r in page.iter_rows() for c in r)


def test_decisions_written_offline_are_kept_with_the_reviewer_who_sends_them(
    running: Running,
) -> None:
    returned(running)
    browser = running.signed_in(REVIEWER)
    first, second = refs(running)[:2]
    refusal = {"decision": "more evidence needed", "reason": "Please name this year's figures."}
    content = changed(downloaded(browser), decided((first, ACCEPT), (second, refusal)))
    answer = send(browser, content)
    assert answer.status_code == 303
    assert "2 decisions were kept" in browser.get(answer.headers["location"]).text
    made = {f"{m.indicator_id}-{m.stage}": m for m in kept(running)}
    assert set(made) == {first, second}
    assert (made[first].decision, made[first].grade) == ("accepted", "documented")
    assert made[second].reason == "Please name this year's figures."
    assert {m.person_id for m in made.values()} == {running.people[REVIEWER]}


def test_sorted_rows_a_renamed_sheet_and_columns_put_in_change_nothing(running: Running) -> None:
    returned(running)
    browser = running.signed_in(REVIEWER)
    first = refs(running)[0]

    def change(book: Workbook) -> None:
        decided((first, ACCEPT))(book)
        page: Worksheet = book["Review"]
        page.title = "My decisions"
        page.insert_cols(3)
        page.insert_rows(2)

    assert send(browser, changed(downloaded(browser), change)).status_code == 303
    assert [f"{m.indicator_id}-{m.stage}" for m in kept(running)] == [first]


@pytest.mark.parametrize(
    ("fields", "field", "text"),
    [
        ({"decision": "Accept"}, "grade", NO_GRADE),
        ({"decision": "Do not accept"}, "reason", NO_REASON),
        ({"decision": "Agreed"}, "decision", "is not one of"),
        ({"decision": "Do not accept", "reason": "x" * 1_001}, "reason", "at most 1,000"),
        ({"decision": "=1+1"}, "decision", "formula"),
        ({"decision": "Do not accept", "reason": "Ask anne@example.org"}, "reason", "e-mail"),
    ],
)
def test_what_lacks_something_is_told_by_its_cell_and_nothing_is_kept(
    running: Running, fields: dict[str, str], field: str, text: str
) -> None:
    returned(running)
    browser = running.signed_in(REVIEWER)
    good, bad = refs(running)[:2]
    content = changed(downloaded(browser), decided((good, ACCEPT), (bad, fields)))
    answer = send(browser, content)
    assert (answer.status_code, kept(running)) == (422, [])
    cell = at(load_workbook(BytesIO(content))["Review"], bad, field)
    row = answer.text.split(f"<td>{cell}</td>")[1].split("</tr>")[0]
    assert text.split(" ", maxsplit=1)[0] in row
    assert "anne@example.org" not in answer.text


def test_everything_that_a_row_lacks_is_told_at_once(running: Running) -> None:
    returned(running)
    browser = running.signed_in(REVIEWER)
    first, second, third = refs(running)[:3]
    rows = (
        (first, {"decision": "Agreed"}),
        (second, {"decision": "Do not accept"}),
        (third, {"decision": "Accept", "grade": "Had a look"}),
    )
    content = changed(downloaded(browser), decided(*rows))
    answer = send(browser, content)
    assert (answer.status_code, kept(running)) == (422, [])
    page = load_workbook(BytesIO(content))["Review"]
    cells = ((first, "decision"), (second, "reason"), (third, "grade"))
    assert [answer.text.count(f"<td>{at(page, *cell)}</td>") for cell in cells] == [1, 1, 1]


def test_a_claim_that_changed_since_the_download_is_refused_with_its_cell(
    running: Running,
) -> None:
    returned(running)
    browser = running.signed_in(REVIEWER)
    first = refs(running)[0]
    content = changed(downloaded(browser), decided((first, ACCEPT)))
    indicator = first.partition("-")[0]
    other = changed(running.workbook(), put(indicator, "Evidence title", "Another paper"))
    returned(running, content=other)
    answer = send(browser, content)
    assert (answer.status_code, kept(running)) == (422, [])
    cell = at(load_workbook(BytesIO(content))["Review"], first, "decision")
    assert CHANGED in answer.text.split(f"<td>{cell}</td>")[1].split("</tr>")[0]


def test_what_another_reviewer_decided_since_the_download_is_never_overwritten_in_silence(
    running: Running,
) -> None:
    returned(running)
    browser = running.signed_in(REVIEWER)
    ref = refs(running)[0]
    refusal = {"decision": "Do not accept", "reason": "It is not shown."}
    content = changed(downloaded(browser), decided((ref, refusal)))
    assert accept(running.signed_in(SECOND), shown(running)[ref]).status_code == 303
    answer = send(browser, content)
    assert answer.status_code == 422
    assert CHANGED in answer.text
    assert [str(m.decision) for m in kept(running)] == ["accepted"]


def test_what_is_claimed_no_more_is_said_only_where_it_was_decided(running: Running) -> None:
    returned(running)
    browser = running.signed_in(REVIEWER)
    highest: dict[str, Reviewed] = {}
    for one in shown(running).values():
        best = highest.get(one.claim.indicator_id)
        if best is None or one.claim.stage > best.claim.stage:
            highest[one.claim.indicator_id] = one
    gone = next(o for o in highest.values() if o.claim.stage in (2, 3) and o.claim.items)
    ref = f"{gone.claim.indicator_id}-{gone.claim.stage}"
    other = next(r for r in refs(running) if not r.startswith(gone.claim.indicator_id + "-"))
    names = ("", "Awareness", "Commitment", "Implementation")
    heading = f"Stage {gone.claim.stage} {names[gone.claim.stage]}: your answer"
    blank = downloaded(browser)
    newer = changed(running.workbook(), put(gone.claim.indicator_id, heading, "not met"))
    returned(running, content=newer)
    assert ref not in shown(running)
    answer = send(browser, changed(blank, decided((ref, ACCEPT))))
    assert answer.status_code == 422
    assert NO_CLAIM in answer.text
    assert send(browser, changed(blank, decided((other, ACCEPT)))).status_code == 303


def wrong(change: Change) -> Change:
    """A decision, and something that makes the workbook another."""

    def both(book: Workbook) -> None:
        page: Worksheet = book["Review"]
        header = next(r for r in range(1, 30) if page.cell(r, 1).value == "Ref")
        first = str(page.cell(header + 1, 1).value)
        decided((first, {"decision": "Do not accept", "reason": "Not shown."}))(book)
        change(book)

    return both


def repeat(book: Workbook) -> None:
    page: Worksheet = book["Review"]
    header = next(r for r in range(1, 30) if page.cell(r, 1).value == "Ref")
    page.cell(header + 2, 1).value = page.cell(header + 1, 1).value


def stranger(book: Workbook) -> None:
    page: Worksheet = book["Review"]
    header = next(r for r in range(1, 30) if page.cell(r, 1).value == "Ref")
    page.cell(header + 2, 1).value = "X9-9"


def without_headings(book: Workbook) -> None:
    page: Worksheet = book["Review"]
    header = next(r for r in range(1, 30) if page.cell(r, 1).value == "Ref")
    for cell in page[header]:
        cell.value = "Something"


def copied(book: Workbook) -> None:
    book.copy_worksheet(book["Review"])


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (wrong(repeat), TWICE),
        (wrong(stranger), NOT_OURS),
        (wrong(without_headings), NO_HEADINGS),
        (wrong(copied), TWO_SHEETS),
        (lambda _: None, NOTHING),
    ],
)
def test_a_workbook_that_is_not_clear_is_not_guessed_at(
    running: Running, change: Change, text: str
) -> None:
    returned(running)
    browser = running.signed_in(REVIEWER)
    answer = send(browser, changed(downloaded(browser), change))
    assert (answer.status_code, kept(running)) == (422, [])
    assert text.replace("'", "&#39;") in answer.text


def test_the_workbook_of_another_organisation_decides_nothing(running: Running) -> None:
    returned(running)
    returned(running, OTHER_TRUST)
    browser = running.signed_in(REVIEWER)
    theirs = f"/reviews/{CYCLE}/{OTHER_TRUST}"
    content = changed(downloaded(browser, theirs), wrong(lambda _: None))
    answer = send(browser, content)
    assert (answer.status_code, kept(running)) == (422, [])
    assert ANOTHER in answer.text


@pytest.mark.parametrize(
    ("content", "status", "text"),
    [(b"", 400, "Choose the review workbook"), (b"%PDF-1.4 letter", 422, "PDF")],
)
def test_a_file_that_is_no_workbook_is_refused_in_plain_words(
    running: Running, content: bytes, status: int, text: str
) -> None:
    returned(running)
    answer = send(running.signed_in(REVIEWER), content)
    assert (answer.status_code, kept(running)) == (status, [])
    assert text in answer.text


def test_a_partners_own_workbook_is_no_review_and_a_review_is_no_return(running: Running) -> None:
    returned(running)
    browser = running.signed_in(REVIEWER)
    answer = send(browser, running.workbook())
    assert (answer.status_code, kept(running)) == (422, [])
    lead = running.signed_in("lead@trust.example")
    home = f"/organisations/{TRUST}"
    sent = lead.post(
        f"{home}/{CYCLE}/upload",
        data={"form_token": form_token(lead.get(home))},
        files={"workbook": ("review.xlsx", downloaded(browser))},
    )
    assert sent.status_code == 303
    assert "could not open" in lead.get(sent.headers["location"]).text


def test_only_reviewers_download_and_send(running: Running) -> None:
    returned(running)
    content = downloaded(running.signed_in(REVIEWER))
    for email in ("lead@trust.example", "data@collaboration.example"):
        browser = running.signed_in(email)
        assert browser.get(f"{PAGE}/workbook").status_code == 404
        token = form_token(browser.get("/"))
        sent = browser.post(
            f"{PAGE}/upload", data={"form_token": token}, files={"workbook": ("r.xlsx", content)}
        )
        assert sent.status_code == 404
    assert running.browser().get(f"{PAGE}/workbook").status_code == 303
