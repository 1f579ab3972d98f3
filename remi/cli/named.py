"""What somebody names on the command line: found however it is capitalised, or the nearest said."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from remi.cycle.work import CycleWork


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
    names = {fold(r[key]): f"{r['name']} ({r['organisation_id']})" for r in rows
             for key in ("organisation_id", "name")}  # fmt: skip
    raise NotNamedError(f"There is no partner “{wanted}”. {nearest(wanted, names)}")


def fold(name: object) -> str:
    """As names are compared."""
    return str(name).casefold()


def nearest(wanted: str, names: Mapping[str, str]) -> str:
    """The most alike, and those that contain what was written; `names` by what they fold to."""
    within = [name for name in names if fold(wanted) in name]
    alike = get_close_matches(fold(wanted), names, n=5, cutoff=0.5)
    found = list(dict.fromkeys(names[name] for name in [*within, *alike]))[:5]
    return f"Nearest: {'; '.join(found)}." if found else "No name is like it."
