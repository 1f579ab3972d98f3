"""The register of organisations as judging needs it: by code, by name, in force or ended."""

from __future__ import annotations

import re
from dataclasses import dataclass
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
        """Each organisation as it stands while the round takes returns, or stood last before."""
        opens, closes = pd.Timestamp(cycle.opens), pd.Timestamp(cycle.closes)
        rows = organisations.assign(
            valid_from=pd.to_datetime(organisations["valid_from"]),
            valid_to=pd.to_datetime(organisations["valid_to"]),
        )
        rows = rows[rows["valid_from"] <= closes].sort_values(["organisation_id", "valid_from"])
        rows = rows.drop_duplicates("organisation_id", keep="last")
        ended = (rows["valid_to"] < opens).tolist()
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
        """The organisation whose code looks most like this one."""
        found = get_close_matches("".join(code.split()).upper(), self.by_id, n=1, cutoff=0.7)
        return self.by_id[found[0]] if found else None


def plain_name(name: str) -> str:
    """A name as it is compared: without its legal form, its punctuation and its case."""
    words = re.sub(r"[^\w ]", " ", plain(name).replace("&", " and ").replace("'", ""))
    return " ".join(_LEGAL_WORDS.sub(" ", " ".join(words.split())).split())


def _text(value: Any) -> str | None:
    return None if pd.isna(value) else str(value)
