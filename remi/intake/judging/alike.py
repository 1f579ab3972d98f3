"""Whole sheets that two organisations sent word for word alike."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from remi.intake.judging.opened import Reading
from remi.intake.judging.words import listed, quoted
from schemas.workbook import ValueType

_Print = tuple[str, frozenset[tuple[Any, ...]]]


def find_alike(readings: Iterable[Reading]) -> None:
    """Name, in each file, its commitment sheets that are another organisation's as well.

    Answers alone may well agree by chance, so only sheets that also hold text of the partner's
    own are compared. The other organisation is not named: its return is not theirs to see.
    """
    by_print: dict[_Print, list[Reading]] = {}
    for reading in readings:
        if reading.kind == "assessment" and reading.organisation:
            for one in _prints(reading):
                by_print.setdefault(one, []).append(reading)
    shared: dict[int, tuple[Reading, list[str], bool]] = {}
    for (sheet_id, _), alike in by_print.items():
        organisations = {r.organisation.id: r.organisation for r in alike if r.organisation}
        if len(organisations) < 2:
            continue
        groups = {o.joint_group for o in organisations.values()}
        jointly = len(groups) == 1 and None not in groups
        for reading in alike:
            _, sheets, so_far = shared.get(id(reading), (reading, [], True))
            shared[id(reading)] = (reading, [*sheets, sheet_id], so_far and jointly)
    for reading, sheets, jointly in shared.values():
        rule = "sheets_alike_in_joint_group" if jointly else "sheets_alike"
        names = [reading.name(sheet_id) for sheet_id in dict.fromkeys(sheets)]
        seen = ", ".join(names)
        reading.find(rule, sheets[0], None, None, seen, names=listed(map(quoted, names)))


def _prints(reading: Reading) -> Iterable[_Print]:
    contents: dict[str, list[tuple[Any, ...]]] = {}
    has_words: set[str] = set()
    for sheet_id, ref, _, letters, _ in reading.located["answers"]:
        contents.setdefault(sheet_id, []).append((ref, letters))
    for value in reading.values.in_columns(lambda sheet_id, _: sheet_id in contents):
        said = value.said._replace(seen=None)
        contents[value.sheet_id].append((value.record, value.column_id, said))
        if reading.column(value.sheet_id, value.column_id).type is ValueType.TEXT and said.text:
            has_words.add(value.sheet_id)
    return [
        (sheet_id, frozenset(contents[sheet_id])) for sheet_id in contents if sheet_id in has_words
    ]
