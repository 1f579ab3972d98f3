"""Returns that wait for reviewers, and what reviewers do on their pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO

import httpx
from openpyxl import Workbook, load_workbook
from portal_samples import CYCLE, TRUST, Running

from remi.cycle.one_file import judge_submission, sign_off, take_in
from remi.review.assuring import reviewed
from remi.scoring.reviewed import Reviewed
from remi.store.deliveries import Sender, SignOff
from remi.store.people import add_person, grant
from remi.store.reviews import decisions_of
from schemas.portal import Role
from schemas.reviews import DecisionMade

REVIEWER, SECOND = "reviewer@collaboration.example", "second-reviewer@collaboration.example"
LEAD = "lead@trust.example"
PAGE = f"/reviews/{CYCLE}/{TRUST}"


def changed(content: bytes, change: Callable[[Workbook], None]) -> bytes:
    book = load_workbook(BytesIO(content))
    change(book)
    saved = BytesIO()
    book.save(saved)
    return saved.getvalue()


def cell_of(book: Workbook, indicator: str, heading: str) -> tuple[str, str]:
    """Sheet and address of the cell in an indicator's row, by the beginning of its heading."""
    for sheet in book.worksheets:
        headings: dict[str, str] = {}
        for row in sheet.iter_rows():
            texts = [str(cell.value) for cell in row]
            if "Ref" in texts:
                headings = {str(c.value): c.column_letter for c in row if c.value}
            if texts[0] == indicator and headings:
                letter = next(v for k, v in headings.items() if k.startswith(heading))
                return sheet.title, f"{letter}{row[0].row}"
    raise AssertionError(f"no row {indicator}")


def answer_cell(book: Workbook, indicator: str, stage: int) -> tuple[str, str]:
    name = ("Awareness", "Commitment", "Implementation", "Embedding", "Creating", "Championing")
    return cell_of(book, indicator, f"Stage {stage} {name[stage - 1]}: your answer")


def put(indicator: str, heading: str, value: str) -> Callable[[Workbook], None]:
    def change(book: Workbook) -> None:
        sheet, address = cell_of(book, indicator, heading)
        book[sheet][address] = value

    return change


def returned(
    running: Running,
    organisation_id: str = TRUST,
    content: bytes | None = None,
    signed: bool = True,
) -> str:
    """A return that was sent, judged and signed off."""
    work = running.portal.work(CYCLE)
    running.clock.forward(minutes=1)
    sender = Sender(organisation_id, "portal", running.people[LEAD])
    content = content or running.workbook(organisation_id)
    sent = take_in(work, sender, "return.xlsx", content, running.portal.moment())
    submission_id = sent.submission.submission_id
    verdict = judge_submission(work, submission_id, running.portal.sandbox).verdict_of(
        submission_id
    )
    assert verdict.outcome == "accepted", verdict.problems
    if signed:
        moment = running.portal.moment()
        said = SignOff(submission_id, CYCLE, organisation_id, running.people[LEAD], moment)
        sign_off(work, said)
    return submission_id


def shown(running: Running, organisation_id: str = TRUST) -> dict[str, Reviewed]:
    """Every claim by the name of its fields."""
    found = reviewed(running.portal.work(CYCLE), organisation_id)
    return {f"{one.claim.indicator_id}-{one.claim.stage}": one for one in found}


def kept(running: Running) -> list[DecisionMade]:
    return decisions_of(running.portal.workspace.engine, CYCLE)


def opened(browser: httpx.Client, claim: str | Reviewed, path: str = PAGE) -> httpx.Response:
    """The page at the commitment of a claim."""
    commitment = claim if isinstance(claim, str) else claim.claim.commitment_id
    page = browser.get(f"{path}?commitment={commitment}")
    assert page.status_code == 200
    return page


def hidden(page: httpx.Response) -> dict[str, str]:
    """What the form carries without anybody choosing anything."""
    pairs = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text)
    return dict(pairs)


def send(browser: httpx.Client, page: httpx.Response, **fields: str) -> httpx.Response:
    path = f"{page.url.path}/decisions".replace("/decisions/decisions", "/decisions")
    named = {name.replace("__", "-"): value for name, value in fields.items()}
    return browser.post(path, data={**hidden(page), **named})


def accept(browser: httpx.Client, claim: Reviewed, path: str = PAGE) -> httpx.Response:
    page = opened(browser, claim, path)
    name = f"{claim.claim.indicator_id}__{claim.claim.stage}"
    return send(browser, page, **{f"decision__{name}": "accepted", f"grade__{name}": "documented"})


def person(running: Running, email: str, *roles: tuple[Role, str]) -> httpx.Client:
    engine, now = running.portal.workspace.engine, running.portal.moment()
    running.people[email] = add_person(engine, email, None, now)
    for role, organisation_id in roles:
        grant(engine, running.people[email], role, organisation_id, now)
    return running.signed_in(email)
