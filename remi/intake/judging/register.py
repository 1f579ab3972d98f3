"""The register of organisations as judging needs it: by code, by name, in force or ended."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Any, NamedTuple

import pandas as pd

from remi.intake.locating.typed import plain
from schemas.programme import Cycle

_LEGAL_WORDS = re.compile(r"\b(?:nhs foundation trust|nhs ft|nhs trust|the|ltd|limited|cio|cic)\b")


class Organisation(NamedTuple):
    """One line of the register."""

    id: str
    name: str
    sector: str
    is_department: bool
    joint_group: str | None
    ended: bool
    successor_id: str | None


@dataclass(frozen=True)
class Register:
    """Organisations by code. A code may be known although the organisation has ended."""

    by_id: dict[str, Organisation]

    @classmethod
    def of(cls, organisations: pd.DataFrame, cycle: Cycle) -> Register:
        """Each organisation as it stands on the round's closing day, or stood last before.

        `organisations` are all that ever were on the register, with their days of validity.
        """
        closes = pd.Timestamp(cycle.closes)
        rows = organisations.assign(
            valid_from=pd.to_datetime(organisations["valid_from"]),
            valid_to=pd.to_datetime(organisations["valid_to"]),
        )
        rows = rows[rows["valid_from"] <= closes].sort_values(["organisation_id", "valid_from"])
        rows = rows.drop_duplicates("organisation_id", keep="last")
        ended = (rows["valid_to"] < closes).tolist()
        return cls(
            {
                row["organisation_id"]: Organisation(
                    id=row["organisation_id"],
                    name=row["name"],
                    sector=row["sector"],
                    is_department=row["unit_type"] == "department",
                    joint_group=_text(row["joint_group"]),
                    ended=has_ended,
                    successor_id=_text(row["successor_id"]),
                )
                for row, has_ended in zip(rows.to_dict("records"), ended, strict=True)
            }
        )

    def find(self, code: str) -> Organisation | None:
        """The organisation with this code, however it is spaced or capitalised."""
        return self.by_id.get("".join(code.split()).upper())

    def named(self, name: str) -> Organisation | None:
        """The one organisation with this name; None if there is none, or more than one."""
        wanted = plain_name(name)
        found = [o for o in self.by_id.values() if plain_name(o.name) == wanted and not o.ended]
        return found[0] if len(found) == 1 else None

    def closest(self, code: str) -> Organisation | None:
        """The organisation whose code looks most like this one, of those that take part."""
        there = [o.id for o in self.by_id.values() if not o.ended]
        found = get_close_matches("".join(code.split()).upper(), there, n=1, cutoff=0.7)
        return self.by_id[found[0]] if found else None

    def answering(self, organisation: Organisation | None) -> Organisation | None:
        """Who answers for this organisation now: itself, or the last of its successors; None
        where that is nobody."""
        passed: set[str] = set()
        while organisation is not None and organisation.ended and organisation.id not in passed:
            passed.add(organisation.id)
            organisation = self.by_id.get(organisation.successor_id or "")
        return None if organisation is None or organisation.ended else organisation


def standing(organisations: pd.DataFrame, first: date, last: date) -> pd.DataFrame:
    """The lines of the register that were valid on any day from `first` to `last`."""
    begun = pd.to_datetime(organisations["valid_from"]) <= pd.Timestamp(last)
    ends = pd.to_datetime(organisations["valid_to"])
    return organisations[begun & (ends.isna() | (ends >= pd.Timestamp(first)))]


def plain_name(name: str) -> str:
    """A name as it is compared: without its legal form, its punctuation and its case."""
    words = re.sub(r"[^\w ]", " ", plain(name).replace("&", " and ").replace("'", ""))
    return " ".join(_LEGAL_WORDS.sub(" ", " ".join(words.split())).split())


def _text(value: Any) -> str | None:
    return None if pd.isna(value) else str(value)
