"""What somebody names on the command line: found however it is capitalised, or the nearest said."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

import pandas as pd

from remi.cycle.work import CycleWork
from remi.dates import day_in_words
from remi.store.frames import read_all
from schemas import store


class NotNamedError(ValueError):
    """Nothing, or more than one thing, has this name; in a sentence."""


def partner_named(work: CycleWork, wanted: str) -> Mapping[str, str]:
    """The one organisation of this code or name, as it stands in the register.

    Raises NotNamedError where there is none, or more than one.
    """
    rows = work.partners.to_dict("records")
    found = [r for r in rows if fold(wanted) in (fold(r["organisation_id"]), fold(r["name"]))]
    if len(found) == 1:
        return {str(key): str(value) for key, value in found[0].items()}
    if found:
        codes = ", ".join(r["organisation_id"] for r in found)
        raise NotNamedError(f"Several partners are called “{wanted}”. Give a code: {codes}.")
    told = _what_became_of(work, wanted)
    if told:
        raise NotNamedError(told)
    names = {fold(r[key]): f"{r['name']} ({r['organisation_id']})" for r in rows
             for key in ("organisation_id", "name")}  # fmt: skip
    raise NotNamedError(f"There is no partner “{wanted}”. {nearest(wanted, names)}")


def _what_became_of(work: CycleWork, wanted: str) -> str:
    """What is said of an organisation that had ended by the closing day; nothing of any other."""
    everyone = read_all(work.workspace.engine, store.organisation).sort_values("valid_from")
    last = {str(row["organisation_id"]): row for row in everyone.to_dict("records")}
    ended = {
        code: row
        for code, row in last.items()
        if not pd.isna(row["valid_to"]) and row["valid_to"] < work.cycle.closes
    }
    for code, row in ended.items():
        if fold(wanted) not in (fold(code), fold(row["name"])):
            continue
        said = f"{row['name']} ({code}) ended on {day_in_words(row['valid_to'])}"
        passed, after = {code}, row["successor_id"]
        while after in ended and after not in passed:
            passed.add(after)
            after = ended[after]["successor_id"]
        if after not in last or after in passed:
            return f"{said}."
        return f"{said} and is now part of {last[after]['name']} ({after})."
    return ""


def fold(name: object) -> str:
    """As names are compared."""
    return str(name).casefold()


def nearest(wanted: str, names: Mapping[str, str]) -> str:
    """The most alike, and those that contain what was written; `names` by what they fold to."""
    within = [name for name in names if fold(wanted) in name]
    alike = get_close_matches(fold(wanted), names, n=5, cutoff=0.5)
    found = list(dict.fromkeys(names[name] for name in [*within, *alike]))[:5]
    return f"Nearest: {'; '.join(found)}." if found else "No name is like it."
