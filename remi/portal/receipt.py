"""A receipt's number: it says which file was received, and nobody but us can make one up."""

from __future__ import annotations

import base64
import hashlib
import hmac

from remi.store.submissions import Submission

LETTERS = 10


def receipt_number(key: bytes, submission: Submission) -> str:
    """The submission's id with letters that depend on its bytes, sender and time of arrival."""
    said = "|".join(
        (
            "receipt",
            submission.submission_id,
            submission.sha256,
            submission.sent_for,
            submission.received_at.isoformat(),
        )
    )
    digest = hmac.new(key, said.encode(), hashlib.sha256).digest()
    letters = base64.b32encode(digest).decode()[:LETTERS]
    return f"{submission.submission_id}-{letters[:5]}-{letters[5:]}"
