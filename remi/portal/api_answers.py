"""What programs are answered with. The API's document is made from these and from the verdict."""

from __future__ import annotations

from datetime import UTC, date, datetime

from pydantic import BaseModel, Field

from remi.portal.receipt import receipt_number
from remi.portal.standing import WORDS, Sent


class Refusal(BaseModel):
    """Why something was not done (RFC 9457). The detail is a sentence that people can be shown."""

    title: str
    status: int
    detail: str


class Kept(BaseModel):
    """The file is safe with us and could not be checked yet. Ask for its verdict later."""

    submission_id: str
    detail: str


class SentFileFacts(BaseModel):
    """One file that was sent for the organisation. Times are UTC."""

    submission_id: str
    file_name: str
    sha256: str
    size: int = Field(description="In bytes.")
    received_at: datetime
    receipt: str
    standing: str = Field(json_schema_extra={"enum": list(WORDS)})
    standing_in_words: str
    must_fix: int = Field(description="How many problems must be fixed.")
    check: int = Field(description="How many things somebody should look at, or explain.")
    signed_off_at: datetime | None


class SentFiles(BaseModel):
    """Everything that was sent for the organisation in the round, the latest first."""

    submissions: list[SentFileFacts]


class Standing(BaseModel):
    """Where the organisation stands in the round."""

    cycle: str
    organisation_id: str
    organisation: str
    opens: date
    closes: date
    last_day: date = Field(description="The last day on which late returns are taken.")
    takes_returns: bool
    standing: str = Field(json_schema_extra={"enum": list(WORDS)})
    standing_in_words: str
    latest: str | None = Field(description="The id of the assessment that was sent last.")
    signed_off: str | None = Field(
        description="The id of the assessment that the organisation stands by."
    )


def facts_of(sent: Sent, key: bytes) -> SentFileFacts:
    """What is told of one file; `key` is that of receipts."""
    submission = sent.submission
    return SentFileFacts(
        submission_id=submission.submission_id,
        file_name=submission.file_name,
        sha256=submission.sha256,
        size=submission.size,
        received_at=submission.received_at.replace(tzinfo=UTC),
        receipt=receipt_number(key, submission),
        standing=sent.standing,
        standing_in_words=sent.words,
        must_fix=sent.count("must_fix"),
        check=sent.count("check"),
        signed_off_at=sent.signed.signed_at.replace(tzinfo=UTC) if sent.signed else None,
    )
