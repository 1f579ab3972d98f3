"""What an explanation of something odd is known by, so that it need be given only once."""

from __future__ import annotations

import hashlib
import json

LENGTH = 32


def fingerprint(rule: str, organisation_id: str, ref: str | None, seen: str | None) -> str:
    """The same for the same oddity in a later file, and another once what was seen has changed.

    32 hexadecimal digits of a SHA-256. Cell and sheet are left out, since rows may be moved and
    sheets renamed; what is missing (None) is not the same as an empty text.
    """
    # A list in JSON keeps its parts apart, whatever stands in them.
    parts = json.dumps([rule, organisation_id, ref, seen], separators=(",", ":"))
    return hashlib.sha256(parts.encode("ascii")).hexdigest()[:LENGTH]
