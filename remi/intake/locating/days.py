"""Days as partners write them: day first, year first or with the month in words; never month first.

Only the standard library is used here, because the sandboxed worker loads this module.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from remi.intake.locating.typed import Plan, Value, bad, plain
from remi.intake.reading.cells import Cell

_ORDINAL = re.compile(r"(?<=\d) ?(?:st|nd|rd|th)\b")
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAY_OF = {
    **{name[:length]: name for name in _WEEKDAYS for length in (3, len(name))},
    "tues": "tuesday",
    "weds": "wednesday",
    "thur": "thursday",
    "thurs": "thursday",
}
_NAMED = "|".join(sorted(_WEEKDAY_OF, key=len, reverse=True))
_WEEKDAY = re.compile(rf"^({_NAMED})\b\.?,? ?(?:the )?|,? ?\(?\b({_NAMED})\b\.?\)?$")
_TIME = re.compile(
    r"(?<=\d)(?: ?t ?|,? at |,? | - )(\d\d?)"
    r"(?::([0-5]\d)(?::[0-5]\d(?:[.,]\d{1,9})?)?(?: ?[ap]\.?m\.?)?|(?:\.[0-5]\d)? ?[ap]\.?m\.?)"
    r"( ?(?:z|utc|gmt|bst|\+0[01]:?00))?$"
)
_UNIVERSAL = ("z", "utc", "+00:00", "+0000")
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})")
_DAY_FIRST = re.compile(r"(\d{1,2})(?: ?([-/.]) ?(\d{1,2})(?: ?\2 ?(\d{4}|\d{2}))?)")
_DAY_AND_MONTH = re.compile(
    r"(\d{1,2}) ?[-/.,]? ?(?:of )?([a-z]{3,9})\.?,? ?[-/]? ?(\d{4}|'?\d{2})"
)
_MONTH_AND_DAY = re.compile(r"([a-z]{3,9})\.? ?(?:the )?(\d{1,2})(?:, ?| )(\d{4})")
_YEAR_AND_MONTH = re.compile(r"(\d{4})[- /]([a-z]{3,9})\.?[- /](\d{1,2})")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july", "august"),
    *("september", "october", "november", "december"),
)
_EARLIEST, _LATEST = 1990, 2100


def _month(name: str) -> int:
    """1 to 12, or 0 for what is no month's name."""
    found = [n for n, month in enumerate(_MONTHS, 1) if month.startswith(name)]
    return found[0] if len(found) == 1 else 0


def read_day(cell: Cell, _: Plan, seen: str) -> Value:
    """A day: a date kept as one by Excel, d/m/y, year first, or with the month in words."""
    if cell.kind == "date":
        if ":" in cell.value[:5]:
            return bad(seen, "date_not_understood")
        return _day(seen, *(int(part) for part in cell.value[:10].split("-")))
    if cell.kind == "number" and not cell.shown_as:
        shown_as_number = cell.number is not None and 32_874 <= cell.number < 73_415
        return bad(seen, "date_shown_as_number" if shown_as_number else "date_not_understood")
    text, weekdays = plain(cell.value), set[str]()
    while named := _WEEKDAY.search(text):
        weekdays.add(_WEEKDAY_OF[named[1] or named[2]])
        text = (text[: named.start()] + text[named.end() :]).strip()
    text = _ORDINAL.sub("", text)
    if time := _TIME.search(text):
        text = text[: time.start()]
    value = _read_text(text, seen)
    if value.day is None:
        return value
    if time and not _is_same_day_in_london(value.day, int(time[1]), (time[3] or "").strip()):
        return bad(seen, "date_not_understood")
    falls_on = _WEEKDAYS[date.fromisoformat(value.day).weekday()]
    if wrong := weekdays - {falls_on}:
        return bad(
            seen, "date_weekday_differs", day=value.day, named_weekday=min(wrong), falls_on=falls_on
        )
    return value


def _is_same_day_in_london(day: str, hour: int, zone: str) -> bool:
    if hour > 23:
        return False
    # An hour before midnight in universal time is the next day in a London summer: programs that
    # write a day so mean the other one than stands there.
    year = int(day[:4])
    begins, ends = (_last_sunday(year, month) for month in (3, 10))
    return not (zone in _UNIVERSAL and hour == 23 and begins <= date.fromisoformat(day) < ends)


def _last_sunday(year: int, month: int) -> date:
    last = date(year, month, 31)
    return last - timedelta(days=(last.weekday() + 1) % 7)


def _read_text(text: str, seen: str) -> Value:
    if found := _YEAR_FIRST.fullmatch(text):
        return _day(seen, int(found[1]), int(found[3]), int(found[4]))
    if found := _DAY_FIRST.fullmatch(text):
        day, mark, month, year = int(found[1]), found[2], int(found[3]), found[4]
        if year is None or (len(year) == 2 and mark == "-"):
            possible = month in range(1, 13) and day in range(1, _days_in(month) + 1)
            return bad(seen, "date_not_understood" if possible else "date_not_a_date")
        return _day(seen, _year(year), month, day)
    if found := _DAY_AND_MONTH.fullmatch(text):
        day, month, year = int(found[1]), _month(found[2]), found[3]
    elif found := _MONTH_AND_DAY.fullmatch(text):
        day, month, year = int(found[2]), _month(found[1]), found[3]
    elif found := _YEAR_AND_MONTH.fullmatch(text):
        day, month, year = int(found[3]), _month(found[2]), found[1]
    else:
        return bad(seen, "date_not_understood")
    return _day(seen, _year(year), month, day) if month else bad(seen, "date_not_understood")


def _year(digits: str) -> int:
    digits = digits.removeprefix("'")
    return int(digits) + (2000 if len(digits) == 2 else 0)


def _days_in(month: int) -> int:
    """Days of the month in a leap year."""
    return (date(2000 + month // 12, month % 12 + 1, 1) - date(2000, month, 1)).days


def _day(seen: str, year: int, month: int, day: int) -> Value:
    try:
        iso = date(year, month, day).isoformat()
    except ValueError:
        if 12 < month <= 31 and 1 <= day <= 12:
            return bad(seen, "date_month_first", month=month)
        return bad(seen, "date_not_a_date")
    if not _EARLIEST <= year <= _LATEST:
        return bad(seen, "date_unlikely", year=year)
    return Value("value", seen, day=iso)
