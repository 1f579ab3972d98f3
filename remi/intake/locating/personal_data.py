"""Find what identifies a person in free text: e-mail addresses, telephone and NHS numbers.

Only the kinds that were found are said, never any of the text: whoever can be reached by one of
these is often named beside it. Only the standard library is used here, because the sandboxed
worker loads this module.
"""

from __future__ import annotations

import re

from remi.intake.locating.typed import without_raised_digits, without_unseen

E_MAIL_ADDRESS = "e_mail_address"
TELEPHONE_NUMBER = "telephone_number"
NHS_NUMBER = "nhs_number"
"""Kinds of personal details, as the phrases of the messages are named."""

# Looked for where a word begins, so that a long text is gone through once.
_EMAIL = re.compile(r"(?<![\w.+'-])[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")
# Numbers that were copied from a web page often have spaces of another kind in them.
_SPACE = re.compile(r"[^\S\r\n]")
# A web address may hold long numbers that are nobody's.
_WEB_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_TELEPHONE = re.compile(
    r"(?<![\w.+/-])(?:(?:\+|00)44[ .-]?(?:\(0\))?|\(?0)(?:[ ().-]{0,2}\d){9,10}(?![\w/])"
)
_TEN_DIGITS = re.compile(r"(?<![\w./-])\d{3}([ -]?)\d{3}\1\d{4}(?![\w/-])")


def personal_details(text: str) -> tuple[str, ...]:
    """The kinds of personal details in the text, each once; none where there are none in it."""
    if "@" not in text and (len(text) < 10 or sum(map(str.isdecimal, text)) < 10):
        return ()
    if not text.isascii():
        text = without_raised_digits(without_unseen(text))
    text, n_addresses = _EMAIL.subn(" … ", _SPACE.sub(" ", text))
    kinds = [E_MAIL_ADDRESS] if n_addresses else []
    parts = _WEB_ADDRESS.split(text)
    if any(_TELEPHONE.search(part) for part in parts):
        kinds.append(TELEPHONE_NUMBER)
    rest = (_TELEPHONE.sub(" … ", part) for part in parts)
    if any(_is_nhs_number(found[0]) for part in rest for found in _TEN_DIGITS.finditer(part)):
        kinds.append(NHS_NUMBER)
    return tuple(kinds)


def _is_nhs_number(text: str) -> bool:
    """Whether the tenth digit is the check digit of the nine before it (modulus 11)."""
    digits = [int(c) for c in text if c.isdecimal()]
    check = (
        11 - sum(d * weight for d, weight in zip(digits[:9], range(10, 1, -1), strict=True)) % 11
    )
    return check % 11 == digits[9] and check != 10
