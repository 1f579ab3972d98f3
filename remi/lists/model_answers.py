"""Answers to a maturity model in lists: read with every fault, as the words that workbooks take."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from remi.intake.locating.typed import plain
from remi.intake.model_layout import answers_of, spellings_of
from remi.lists.faults import ListError, ListFault, did_you_mean, in_a_row, joined, not_one_of
from remi.lists.reader import (
    ListColumns,
    ListFile,
    ListRow,
    blank_faults,
    read_list,
    spelling_faults,
)
from remi.lists.words import number_written, words
from schemas.maturity import MaturityModel, Node
from schemas.model_answers import NOT_APPLICABLE
from schemas.programme import Sector

KEPT = ["organisation_id", "node_id", "answer", "sector", "sheet", "cell"]
"""Columns of answers from lists and workbooks together."""

UNKNOWN_SECTOR = ""

COLUMNS = ListColumns(("organisation_id", "node_id", "answer"), ("sector",), others_allowed=True)


class Place(NamedTuple):
    """Where an answer stands."""

    file: str
    unit: str
    line: int


def read_model_answers(
    paths: Sequence[Path], model: MaturityModel, sectors: Sequence[Sector]
) -> pd.DataFrame:
    """The answers and declared totals in some lists: columns `KEPT`.

    `sectors` is the reference list. Answers are labels of the model's scales or “not_applicable”;
    totals are as they were written. Raises ListError, whose text names every fault of every file.
    """
    files: list[ListFile] = []
    errors: list[ListError] = []
    reader = _Answers(model, sectors)
    rows: list[tuple[str, ...]] = []
    for path in paths:
        try:
            file = read_list(path, COLUMNS)
            files.append(file)
            rows += reader.rows(file)
        except ListError as error:
            errors.append(error)
    if not errors:
        errors += _spelt_across(files)
    if errors:
        raise ListsError(errors)
    return pd.DataFrame(rows, columns=KEPT).astype("str")


class ListsError(ListError):
    """Several lists that cannot be used."""

    def __init__(self, errors: Sequence[ListError]) -> None:
        super().__init__("", [fault for error in errors for fault in error.faults])
        self.args = ("\n".join(map(str, errors)),)


@dataclass
class _Answers:
    """What answers to a model may be, and what was answered so far."""

    model: MaturityModel
    sectors: Sequence[Sector]

    def __post_init__(self) -> None:
        self.nodes = {node.id: node for node in self.model.nodes()}
        self.by_plain = words((node.id, node.id) for node in self.model.nodes())
        self.by_sector = words(
            (word, sector.id) for sector in self.sectors for word in (sector.id, sector.name)
        ) | words((one, one) for group in self.model.organisation_groups for one in group.sectors)
        self.asked_of: dict[str, frozenset[str]] = {}
        self.seen: dict[tuple[str, str], Place] = {}
        self.sector_of: dict[str, tuple[str, Place]] = {}

    @cached_property
    def asks_by_sector(self) -> bool:
        return any(node.applies_to != "all" for node in self.model.nodes())

    @property
    def _why_sectors(self) -> str:
        return f"{self.model.name} asks different questions of different sectors"

    def rows(self, file: ListFile) -> list[tuple[str, ...]]:
        """One row for each answer. Raises ListError with every fault."""
        faults = blank_faults(file, ["organisation_id", "node_id"])
        faults += spelling_faults(file, "organisation_id")
        if self.asks_by_sector and "sector" not in file.columns:
            why = f"the column sector is missing; {self._why_sectors}"
            raise file.error([ListFault(None, None, why), *faults])
        found = []
        for row in file.rows:
            try:
                found.append(self._row(file, row))
            except _Wrong as wrong:
                faults += [ListFault(row.line, column, why) for column, why in wrong.each]
        if faults:
            raise file.error(faults)
        return [one for one in found if one is not None]

    def _row(self, file: ListFile, row: ListRow) -> tuple[str, ...] | None:
        wrong: list[tuple[str, str]] = []

        def tried(column: str, read: Callable[[], str | None]) -> str | None:
            try:
                return read()
            except ValueError as error:
                wrong.append((column, str(error)))
                return None

        texts = row.texts
        organisation, place = texts["organisation_id"], Place(file.name, file.unit, row.line)
        sector = tried("sector", lambda: self._sector(organisation, texts["sector"], place))
        node_id = tried("node_id", lambda: self._node(texts["node_id"], sector))
        answer = None
        if node_id is not None:
            node = self.nodes[node_id]
            answer = tried("answer", lambda: self._answer(node, texts["answer"]))
            if organisation and not wrong:
                before = self.seen.setdefault((organisation, node_id), place)
                if before != place:
                    where = f"{before.unit} {before.line}"
                    where += f" of {before.file}" if before.file != file.name else ""
                    wrong.append(("node_id", f"{node_id} is answered a second time; see {where}"))
        if wrong:
            raise _Wrong(wrong)
        if node_id is None or answer is None:
            return None
        cell = f"{file.unit} {row.line}"
        return organisation, node_id, answer, sector or UNKNOWN_SECTOR, file.name, cell

    def _sector(self, organisation: str, seen: str, place: Place) -> str | None:
        if not self.asks_by_sector:
            return UNKNOWN_SECTOR
        choices = sorted(set(self.by_sector.values()))
        if not seen:
            raise ValueError(f"this is blank; write the sector, because {self._why_sectors}")
        sector = self.by_sector.get(plain(seen))
        if sector is None:
            near = did_you_mean(seen, choices)
            raise ValueError(f"“{seen}” is not one of the sectors {joined(choices, 'and')}{near}")
        before, where = self.sector_of.setdefault(organisation, (sector, place))
        if before != sector:
            raise ValueError(
                f"{organisation} is in the sector {before} on {where.unit} {where.line}, and can "
                "only be in one"
            )
        return sector

    def _node(self, seen: str, sector: str | None) -> str | None:
        if not seen:
            return None  # said already
        node_id = seen if seen in self.nodes else self.by_plain.get(plain(seen))
        if node_id is None:
            raise ValueError(not_one_of(seen, list(self.nodes), f"parts of {self.model.name}"))
        if sector is not None and node_id not in self._asked(sector):
            raise ValueError(f"{node_id} is not asked of the sector {sector}")
        return node_id

    def _asked(self, sector: str) -> frozenset[str]:
        if sector not in self.asked_of:
            self.asked_of[sector] = self.model.asked(self.model.groups_of(sector))
        return self.asked_of[sector]

    def _answer(self, node: Node, seen: str) -> str | None:
        if node.children:
            if not seen:
                return None  # nothing is declared
            if number_written(seen) is None:
                raise ValueError(
                    f"“{seen}” is no number, and {node.id} is a group of questions: write the "
                    "total that is declared, or leave the line out"
                )
            return seen
        if not seen:
            return ""
        scale = self.model.scale_of(node)
        labels = [choice.label for choice in answers_of(scale)]
        answer = self.answers[scale.id].get(plain(seen))
        if answer is None:
            raise ValueError(not_one_of(seen, labels, "answers"))
        return answer

    @cached_property
    def answers(self) -> Mapping[str, Mapping[str, str]]:
        """By scale, what each word stands for."""
        found = {}
        for scale in self.model.scales:
            labels = [(choice.label, choice.id) for choice in answers_of(scale)]
            own = [("not_applicable", NOT_APPLICABLE)] if scale.allows_not_applicable else []
            found[scale.id] = words([*labels, *spellings_of(scale).items(), *own])
        return found


class _Wrong(Exception):  # noqa: N818 - the outcome of reading one row
    def __init__(self, each: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self.each = tuple(each)


def _spelt_across(files: Sequence[ListFile]) -> Iterator[ListError]:
    """Organisations that one file spells in another way than another does."""
    where: dict[str, dict[str, dict[str, list[int]]]] = {}
    for file in files:
        for row in file.rows:
            written = row.texts["organisation_id"]
            of_file = where.setdefault(plain(written), {}).setdefault(written, {})
            of_file.setdefault(file.name, []).append(row.line)
    for spellings in where.values():
        if len(spellings) > 1:
            each = [
                f"“{written}” ({name}, {in_a_row(lines)})"
                for written, places in spellings.items()
                for name, lines in places.items()
            ]
            why = f"{joined(each, 'and')} may be one or several; write one in one way"
            yield ListError(files[0].name, [ListFault(None, "organisation_id", why)])
