"""What a release says of organisations together: whose results stand behind each of its cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Base:
    """The organisations behind one published statement: a group of columns of one table's rows.

    `kind` is the group of columns (`TableColumn.group`), `where` the key columns that find the
    rows, beside the commitment. `years` are the cycles whose results are in it: two for a change.
    """

    table_id: str
    kind: tuple[str, ...]
    where: tuple[tuple[str, str], ...]
    commitment_id: str
    commitment: str
    years: tuple[str, ...]
    members: frozenset[str]


@dataclass(frozen=True)
class Disclosure:
    """One version of one cycle's release as somebody who knows every partner could read it.

    `named` agreed that their positions are published by name. `stages` are the final ones, by
    commitment id and organisation id. Private: it is never part of a release.
    """

    cycle: str
    version: int
    named: frozenset[str]
    stages: Mapping[str, Mapping[str, int]]
    bases: tuple[Base, ...]
