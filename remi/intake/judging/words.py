"""What was found, kept as parts of a sentence until it is told in a language of the catalogue.

No word of a message stands in the program: a fact is what a partner wrote, a label of the
configuration, a number, a day, a phrase of the catalogue, or several of these in a row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from remi.near_words import near
from schemas.messages import Messages

LISTED = 14
"""Longest list of choices that is written out in a message."""


class WordsError(RuntimeError):
    """Words of the catalogue and the facts for them do not fit together: our own fault."""


@dataclass(frozen=True)
class Phrase:
    """A part of a sentence, by its name in the catalogue, and what is filled in."""

    name: str
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True)
class Listed:
    """Several facts in a row: a, b and c."""

    each: tuple[Fact, ...]
    last: Literal["and", "or"]


Fact = str | int | date | Phrase | Listed


def filled(text: str, facts: Mapping[str, Fact], messages: Messages) -> str:
    """The text with its facts in words. A fact that is empty goes with the space before it.

    Raises WordsError where a fact or a phrase is missing.
    """
    told = {name: _told(fact, messages) for name, fact in facts.items()}
    for name, words in told.items():
        if not words:
            text = text.replace(f" {{{name}}}", "")
    try:
        return text.format_map(told)
    except (KeyError, IndexError, ValueError) as error:
        raise WordsError(f"“{text}” needs {error}") from error


def _told(fact: Fact, messages: Messages) -> str:
    match fact:
        case Phrase(name, facts):
            return filled(_phrase(name, messages), facts, messages)
        case Listed(each, last):
            *first, end = (_told(one, messages) for one in each)
            if not first:
                return end
            joined = _phrase("between", messages).join(first)
            return filled(_phrase(last, messages), {"first": joined, "last": end}, messages)
        case date():
            month = messages.months[fact.month - 1]
            parts: dict[str, Fact] = {"day": fact.day, "month": month, "year": fact.year}
            return filled(_phrase("day", messages), parts, messages)
        case _:
            return str(fact)


def _phrase(name: str, messages: Messages) -> str:
    if name not in messages.phrases:
        raise WordsError(f"there is no phrase {name}")
    return messages.phrases[name]


def listed(facts: Iterable[Fact], last: Literal["and", "or"] = "and") -> Listed:
    """Facts in a row; there must be at least one."""
    return Listed(tuple(facts), last)


def rows_in_a_row(rows: Iterable[int]) -> Listed:
    """Rows in a row: 4, 7 to 9 and 12."""
    runs: list[list[int]] = []
    for row in rows:
        if runs and row == runs[-1][-1] + 1:
            runs[-1].append(row)
        else:
            runs.append([row])
    return listed(
        run[0] if len(run) == 1 else Phrase("from_to", {"first": run[0], "last": run[-1]})
        for run in runs
    )


def unfinished_rows(rows: Sequence[int], messages: Messages) -> tuple[str, str]:
    """What is wrong with rows in each of which something is empty, and how to put it right."""
    wrong = Phrase("rows_not_finished", {"count": len(rows), "rows": rows_in_a_row(rows)})
    return _told(wrong, messages), _told(Phrase("finish_or_clear_rows"), messages)


def quoted(text: str) -> Phrase:
    """A name or label in quotation marks."""
    return Phrase("quoted", {"text": text})


def allowed(labels: Iterable[str]) -> Fact:
    """The choices in quotation marks, or where to find a list that is too long to repeat."""
    each = list(labels)
    if not each or len(each) > LISTED:
        return Phrase("choices_on_the_lists_sheet")
    return listed(map(quoted, each), "or")


def kinds_in_words(kinds: str) -> Fact:
    """The kinds of personal details that the worker found, with spaces between, in words."""
    return listed(Phrase(kind) for kind in kinds.split())


def suggestion(seen: str, labels: Iterable[str]) -> Fact:
    """“Did you mean ...?” where one choice means what was written, else nothing."""
    meant = near(seen, labels)
    return Phrase("did_you_mean", {"meant": quoted(meant)}) if meant else ""
