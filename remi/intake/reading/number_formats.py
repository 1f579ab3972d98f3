"""What a number format says about the number behind it: a day, a percentage or neither."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from functools import lru_cache

from remi.intake.reading.cells import ShownAs

# Built-in formats have no code in the file (ECMA-376 part 1, 18.8.30).
_BUILT_IN: dict[int, ShownAs] = {
    9: "percentage",
    10: "percentage",
    **dict.fromkeys((*range(14, 23), 45, 47), "date"),
    46: "duration",
}
_DURATION = re.compile(r"\[(?:h+|m+|s+)\]")
_NOT_PLACEHOLDERS = re.compile(r'"[^"]*"?|\\.|[_*].|\[[^\]]*\]?', re.DOTALL)
_LAST_DAY = 2_958_465  # 31 December 9999


def shown_as(format_id: int, code: str | None) -> ShownAs:
    """How a number with this format is seen; a code, where there is one, overrides its id."""
    if code is None:
        return _BUILT_IN.get(format_id, "")
    first = _NOT_PLACEHOLDERS.sub(
        lambda found: "[h]" if _DURATION.fullmatch(found[0].lower()) else "", code
    )
    first = first.split(";", 1)[0].lower()
    if "[h]" in first:
        return "duration"
    if first.strip() == "general":
        return ""
    if any(letter in first for letter in "dmyhs"):
        return "date"
    return "percentage" if "%" in first else ""


@lru_cache(maxsize=4096)
def iso_date(days: float, counted_from_1904: bool) -> str | None:
    """Excel's day count in ISO form; None where it is no day (negative, or beyond year 9999).

    Less than one day is a time of day. Excel's 29 February 1900 (day 60) never was, so the days
    before it count from one day later.
    """
    if not 0 <= days < _LAST_DAY + 1 or (not counted_from_1904 and 60 <= days < 61):
        return None
    if counted_from_1904:
        start = datetime(1904, 1, 1)  # noqa: DTZ001 - Excel's days have no time zone
    else:
        start = datetime(1899, 12, 31 if days < 60 else 30)  # noqa: DTZ001
    day, part = divmod(days, 1)
    try:
        moment = start + timedelta(days=day, milliseconds=round(part * 86_400 * 1000))
    except OverflowError:
        return None
    if days < 1:
        return moment.time().isoformat()
    if not any((moment.hour, moment.minute, moment.second, moment.microsecond)):
        return moment.date().isoformat()
    return moment.isoformat()


def iso_from_text(text: str) -> str | None:
    """A date written in the file as ISO text (Strict workbooks), without a midnight that only
    pads; None where it is no date."""
    text = text.strip()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        try:
            return time.fromisoformat(text).replace(tzinfo=None).isoformat()
        except ValueError:
            return None
    if any((moment.hour, moment.minute, moment.second, moment.microsecond)):
        return moment.replace(tzinfo=None).isoformat()
    return moment.date().isoformat()
