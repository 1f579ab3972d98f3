"""Which template a workbook came from: a visible code, and a signed copy on a hidden sheet.

The signature shows that we wrote a template; it gives nobody permission to answer for anyone.
Only the standard library is used here, because the sandboxed worker loads this module.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from dataclasses import asdict, dataclass
from typing import Literal, cast

META_SHEET = "_meta"
"""Hidden sheet: A1 holds the identity as JSON, A2 its signature."""

LISTS_SHEET = "Lists"
"""Every choice in words, to look up while filling in the other sheets."""

TO_FIX_SHEET = "To fix"
"""First sheet of a workbook that is handed back: what is wrong in it. Never read."""

NOT_READ_SHEET = "Not read"
"""In a workbook that is handed back: what stood where nothing is asked. Never judged."""

PUT_BACK = "We put this sheet back. Fill it in, then clear this cell."
"""On an empty sheet that we put in place of one that could not be read, above its headings."""

CODE_PROPERTY = "Template code"
"""Name of the custom document property that holds the visible code."""

LONGEST_CODE = 96
"""No template code has more characters than this."""

Kind = Literal["assessment", "engagement", "model"]

_KINDS: dict[str, Kind] = {"A": "assessment", "E": "engagement", "M": "model"}
_LETTERS = {kind: letter for letter, kind in _KINDS.items()}
_CODE = re.compile(
    r"REMI-(?P<kind>A|E|M\.(?P<model>[A-Z][A-Z0-9-]{0,39}))-(?P<cycle>[0-9]{4}-[0-9]{2})"
    r"(?:-(?P<organisation>[A-Z0-9-]{1,16}))?"
    r"-(?P<version>[0-9]+\.[0-9]+)-(?P<check>[0-9A-Z]{2})"
)
_SYMBOLS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-."
# Without I, L, O and U, which are misread; 1021 is the largest prime below 32 times 32.
_CHECK_SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PRIME = 1021
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))


@dataclass(frozen=True)
class TemplateIdentity:
    """What a template was made for.

    `framework_version` is the framework's version alone, such as “1.0”: the cycle says which
    framework it is. `organisation_id` is None in a template that any organisation may fill in.
    A workbook of a maturity model names the model in `model_id`, and its version instead.
    """

    kind: Kind
    framework_version: str
    cycle: str
    organisation_id: str | None = None
    model_id: str | None = None


def template_code(identity: TemplateIdentity) -> str:
    """The code as it is printed, such as `REMI-A-2025-26-NLT014-1.0-7K`.

    That of a maturity model names it: `REMI-M.EDS-2022-2025-26-NLT014-1.0-7K`. Raises ValueError
    when the code could not be read back as this identity.
    """
    kind = _LETTERS[identity.kind]
    if identity.model_id is not None:
        kind = f"{kind}.{identity.model_id.upper()}"
    parts = ["REMI", kind, identity.cycle]
    if identity.organisation_id is not None:
        parts.append(identity.organisation_id)
    body = "-".join([*parts, identity.framework_version])
    whole = _CODE.fullmatch(f"{body}-00")
    if whole is None or _identity(whole) != identity or len(whole[0]) > LONGEST_CODE:
        raise ValueError(f"no template code can be made for {identity}")
    return f"{body}-{_check_characters(body)}"


def read_template_code(text: str) -> TemplateIdentity | None:
    """The identity in a code as somebody typed or copied it; None unless every character is right.

    Small letters, spaces and long dashes are accepted.
    """
    code = "".join(text.split()).upper().translate(_DASHES)
    found = _CODE.fullmatch(code)
    if found is None or _check_characters(code[:-3]) != found["check"]:
        return None
    return _identity(found)


def signed_identity(identity: TemplateIdentity, key: bytes) -> tuple[str, str]:
    """The identity as canonical JSON, and its HMAC-SHA256 as hexadecimal text."""
    parts = {name: part for name, part in asdict(identity).items() if name != "model_id" or part}
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return text, _signature(text, key)


def read_signed_identity(text: str, signature: str, key: bytes) -> TemplateIdentity | None:
    """The identity that we signed; None for anything that was not signed with `key`."""
    if not hmac.compare_digest(_signature(text, key).encode(), signature.strip().encode()):
        return None
    return TemplateIdentity(**json.loads(text))


def _signature(text: str, key: bytes) -> str:
    return hmac.new(key, text.encode("utf-8"), hashlib.sha256).hexdigest()


def _identity(found: re.Match[str]) -> TemplateIdentity:
    model: str | None = found["model"]
    return TemplateIdentity(
        kind=_KINDS[found["kind"][0]],
        framework_version=found["version"],
        cycle=found["cycle"],
        organisation_id=cast("str | None", found["organisation"]),
        model_id=model.lower() if model else None,
    )


def _check_characters(body: str) -> str:
    """Two characters that change with any one character, and with any two that change places.

    Each character is weighed by its place and summed modulo a prime that is larger than every
    weight and every character, so neither kind of slip can cancel out.
    """
    total = sum(n * _SYMBOLS.index(c) for n, c in enumerate(body, start=1)) % _PRIME
    return _CHECK_SYMBOLS[total // 32] + _CHECK_SYMBOLS[total % 32]
