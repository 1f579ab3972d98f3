"""The API: what partners' pages do, for programs that come with a token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from pydantic import BaseModel
from starlette.responses import Response

from remi.intake.verdict_json import verdict_json
from remi.portal.access import READING_TOKEN, SENDING_TOKEN
from remi.portal.answers import WORKBOOK, Refused
from remi.portal.api_answers import Kept, SentFiles, Standing, facts_of
from remi.portal.partner_home import counting_of, due, organisation_of, own_workbook
from remi.portal.rounds import work_of
from remi.portal.routing import Page
from remi.portal.standing import WORDS, everything_sent
from remi.portal.uploading import take_and_judge
from remi.portal.verdict_page import annotated, looked_up
from remi.portal.visit import SentFile, Visit
from remi.store.deliveries import Sender
from remi.store.tokens import Token
from remi.store.verdicts import stored_verdict
from schemas.intake import Verdict

JSON = "application/json"
TAKEN = (
    WORKBOOK,
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/octet-stream",
)
"""The kinds of body that may be sent. What the file really is, is found out by reading it."""

NO_NAME = "workbook"
LONGEST_NAME = 1_000


@dataclass(frozen=True)
class Operation:
    """One page of the API with what its document says that the code does not.

    `answers` holds what is answered by status: a model, the dataclass `Verdict`, or the media type
    of a file. `refusals` are the statuses with which this page, besides the token's check, says no.
    """

    page: Page
    summary: str
    answers: dict[int, Any]
    refusals: tuple[int, ...] = ()
    body: tuple[str, ...] = ()


def _send(visit: Visit) -> Response:
    kind = visit.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in TAKEN:
        raise Refused(
            f"Say what you send by a Content-Type that is one of: {', '.join(TAKEN)}", 415
        )
    file = visit.files.get("body")
    if file is None:
        raise Refused("Nothing was sent. The body of the request is the workbook itself.", 400)
    token, name = _token(visit), _file_name(visit.headers.get("x-file-name"))
    sender = Sender(token.organisation_id, "api", token_id=token.token_id)
    delivered = take_and_judge(visit, sender, SentFile(name, file.content))
    submission_id = delivered.submission.submission_id
    address = f"{visit.path}/{submission_id}"
    verdict = stored_verdict(visit.portal.workspace.engine, submission_id)
    if verdict is None:
        detail = "We have your file and could not check it yet. Ask for its verdict a little later."
        return _answer(Kept(submission_id=submission_id, detail=detail), 202, address)
    status = 200 if delivered.again else 201
    return _json(verdict_json(verdict), status, address)


def _verdict(visit: Visit) -> Response:
    _, sent = looked_up(visit)
    if sent.verdict is None:
        raise Refused("This file is not checked yet. Ask again a little later.")
    return _json(verdict_json(sent.verdict))


def _list(visit: Visit) -> Response:
    work, organisation_id = work_of(visit), visit.place["organisation_id"]
    organisation_of(work, organisation_id)
    sent = everything_sent(visit.portal, work, organisation_id)
    return _answer(SentFiles(submissions=[facts_of(one, visit.portal.key) for one in sent]))


def _status(visit: Visit) -> Response:
    work, organisation_id = work_of(visit), visit.place["organisation_id"]
    organisation = organisation_of(work, organisation_id)
    sent = everything_sent(visit.portal, work, organisation_id)
    assessments = [one for one in sent if not one.verdict or one.verdict.kind != "engagement"]
    counting = counting_of(sent)
    latest = assessments[0] if assessments else None
    shown = counting or latest
    standing = shown.standing if shown else "not_started"
    return _answer(
        Standing(
            cycle=work.cycle_id,
            organisation_id=organisation_id,
            organisation=str(organisation["name"]),
            opens=work.cycle.opens,
            closes=work.cycle.closes,
            last_day=work.cycle.last_day,
            takes_returns=due(visit, work.cycle).takes_returns,
            standing=standing,
            standing_in_words=WORDS[standing][0],
            latest=latest.submission.submission_id if latest else None,
            signed_off=counting.submission.submission_id if counting else None,
        )
    )


def _token(visit: Visit) -> Token:
    if visit.program is None:
        raise PermissionError("no token came with this request")
    return visit.program


def _file_name(written: str | None) -> str:
    if written is None:
        return NO_NAME
    if len(written) > LONGEST_NAME:
        raise Refused(f"X-File-Name may have at most {LONGEST_NAME:,} characters.", 400)
    name = unquote(written).replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in name if letter.isprintable()).strip() or NO_NAME


def _answer(said: BaseModel, status: int = 200, location: str | None = None) -> Response:
    return _json(said.model_dump_json(indent=2) + "\n", status, location)


def _json(text: str, status: int = 200, location: str | None = None) -> Response:
    headers = {"location": location} if location else {}
    return Response(text, status_code=status, media_type=JSON, headers=headers)


RETURN = "/api/v1/{cycle}/organisations/{organisation_id}"
SENT = f"{RETURN}/submissions"
FILE = f"{SENT}/{{submission_id}}"


def _reading(path: str, handler: Any) -> Page:
    return Page("GET", path, READING_TOKEN, handler, by_program=True)


OPERATIONS = (
    Operation(
        Page("POST", SENT, SENDING_TOKEN, _send, upload=True, by_program=True),
        "Send a workbook, and be told at once what must be fixed in it",
        {200: Verdict, 201: Verdict, 202: Kept},
        (400, 409, 415, 422, 503),
        TAKEN,
    ),
    Operation(_reading(SENT, _list), "What was sent in this round", {200: SentFiles}),
    Operation(_reading(FILE, _verdict), "The verdict on one file", {200: Verdict}, (409,)),
    Operation(
        _reading(f"{FILE}/annotated", annotated),
        "The workbook with what is wrong marked in it",
        {200: WORKBOOK},
        (409,),
    ),
    Operation(
        _reading(f"{RETURN}/workbooks/{{kind}}", own_workbook),
        "Your organisation's workbook to fill in",
        {200: WORKBOOK},
    ),
    Operation(_reading(f"{RETURN}/status", _status), "Where the return stands", {200: Standing}),
)

PAGES = tuple(operation.page for operation in OPERATIONS)
