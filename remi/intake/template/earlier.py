"""A return that counts, as it is stored, told in words: its answers, values and open records."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd

from remi.dates import day_in_words
from remi.intake.template.entries import Entry, text_entry
from remi.intake.template.lists import choices_of
from schemas.framework import Framework
from schemas.intake import AnswerState, ValueState
from schemas.workbook import Column, ValueType

_ROW = re.compile(r"[0-9]+")


@dataclass(frozen=True)
class Return:
    """One organisation's return for the cycle called `label`.

    `answers`: state by stage, by indicator. `values`: the rows of `schemas.store.record_value`
    that hold a value, by sheet, record and column; an indicator's by “” and its reference.
    """

    label: str
    framework: Framework
    answers: Mapping[str, Mapping[int, str]]
    values: Mapping[tuple[str, str, str], Mapping[str, Any]]
    received: date | None = None
    records: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Names of the records of each sheet, in the order of their rows."""


def stored_return(
    label: str,
    framework: Framework,
    answers: pd.DataFrame,
    values: pd.DataFrame,
    received: date | None,
) -> Return:
    """A return from its rows of the tables `answer` and `record_value`."""
    by_indicator: dict[str, dict[int, str]] = {}
    for ref, stage, state in zip(
        answers["indicator_id"], answers["stage"], answers["answer"], strict=True
    ):
        by_indicator.setdefault(str(ref), {})[int(stage)] = str(state)
    commitments = {commitment.id for commitment in framework.commitments}
    by_place: dict[tuple[str, str, str], Mapping[str, Any]] = {}
    rows: dict[str, dict[str, int]] = {}
    for value in values.to_dict("records"):
        if value["state"] != ValueState.VALUE.value:
            continue
        sheet, record = str(value["sheet_id"]), str(value["record"])
        place = "" if sheet in commitments else sheet
        by_place[place, record, str(value["column_id"])] = {str(k): v for k, v in value.items()}
        row = _ROW.search(str(value["cell"]))
        rows.setdefault(sheet, {}).setdefault(record, int(row[0]) if row else 0)
    records = {sheet: tuple(sorted(of, key=lambda name: of[name])) for sheet, of in rows.items()}
    return Return(label, framework, by_indicator, by_place, received, records)


def answers_in_words(of: Return, indicator_id: str) -> str:
    """The answers to an indicator, such as “stages 1 to 3 met, stage 4 part”; nothing where it was
    not asked."""
    labels = {answer.meaning.value: answer.label for answer in of.framework.answers}
    runs: list[tuple[str, int, int]] = []
    for stage, state in sorted(of.answers.get(indicator_id, {}).items()):
        if state == AnswerState.NOT_NEEDED.value:
            continue
        label = labels.get(state, "not answered")
        if runs and runs[-1][0] == label:
            runs[-1] = (label, runs[-1][1], stage)
        else:
            runs.append((label, stage, stage))
    return ", ".join(
        f"stage {first} {label}" if first == last else f"stages {first} to {last} {label}"
        for label, first, last in runs
    )


def value_in_words(of: Return, sheet: str, record: str, column: Column) -> str:
    """A value as a person reads it; nothing where there was none."""
    value = of.values.get((sheet, record, column.id))
    if value is None:
        return ""
    if column.type is ValueType.DATE:
        day: date = value["day"]
        return day_in_words(day)
    if column.type in (ValueType.COUNT, ValueType.NUMBER):
        return f"{value['number']:g}"
    labels = {choice.id: choice.label for choice in choices_of(column)}
    return "; ".join(labels.get(part, part) for part in _parts(column, str(value["text"])))


def filled_in(
    of: Return,
    sheet: str,
    record: str,
    columns: Iterable[Column],
    indicators: Mapping[str, str],
) -> dict[str, Entry | None]:
    """Entries of a record's columns that are filled in from one year to the next.

    `indicators`: this year's by last year's. What is no longer among the choices is left out.
    """
    found: dict[str, Entry | None] = {}
    for column in columns:
        value = of.values.get((sheet, record, column.id))
        if column.carried != "filled" or value is None or not isinstance(value["text"], str):
            continue
        text = value["text"]
        if column.codelist == "indicators":
            text = indicators.get(text, "")
        labels = {choice.id: choice.label for choice in choices_of(column)}
        words = [labels.get(p, "") if labels else p for p in _parts(column, text)]
        if all(words):
            found[column.id] = text_entry("; ".join(words))
    return found


def _parts(column: Column, text: str) -> list[str]:
    return text.split(";") if column.type is ValueType.CHOICES else [text]
