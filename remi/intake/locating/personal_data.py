"""Find what identifies a person in free text: e-mail addresses, telephone and NHS numbers.

Only the standard library is used here, because the sandboxed worker loads this module.
"""

from __future__ import annotations

import re

_EMAIL = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")
# A web address may hold long numbers that are nobody's.
_WEB_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_TELEPHONE = re.compile(
    r"(?<![\w.+/-])(?:(?:\+|00)44[ .-]?(?:\(0\))?|\(?0)(?:[ ().-]{0,2}\d){9,10}(?![\w/])"
)
_TEN_DIGITS = re.compile(r"(?<![\w./-])\d{3}([ -]?)\d{3}\1\d{4}(?![\w/-])")


def masked(text: str) -> str | None:
    """The text with every personal detail made unreadable; None where there is none in it."""
    if "@" not in text and sum(map(str.isdigit, text)) < 10:
        return None
    hidden = _EMAIL.sub(lambda found: f"{found[0][0]}…@…", text)
    kept = _WEB_ADDRESS.split(hidden)
    for part in kept:
        safe = _TELEPHONE.sub(lambda found: f"{found[0][:3]}…", part)
        safe = _TEN_DIGITS.sub(lambda m: f"{m[0][:3]}…" if _is_nhs_number(m[0]) else m[0], safe)
        if safe != part:
            hidden = hidden.replace(part, safe)
    return hidden if hidden != text else None


def _is_nhs_number(text: str) -> bool:
    """Whether the tenth digit is the check digit of the nine before it (modulus 11)."""
    digits = [int(c) for c in text if c.isdigit()]
    check = (
        11 - sum(d * weight for d, weight in zip(digits[:9], range(10, 1, -1), strict=True)) % 11
    )
    return check % 11 == digits[9] and check != 10
