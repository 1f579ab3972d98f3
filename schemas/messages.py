"""The words that a partner can be shown: one file a language, one entry a rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from string import Formatter
from typing import Literal

from pydantic import Field, field_validator, model_validator

from schemas.framework import Model
from schemas.loading import Fault, FaultsError, Steps

SOURCE_LANGUAGE = "en-GB"
"""The language that every other one is a translation of."""


class MessageGroup(Model):
    """Messages that are shown under one heading."""

    id: str = Field(pattern=r"^[a-z_]+$")
    title: str


class Message(Model):
    """The words for one rule: what is wrong and how to fix it, and an example of either side.

    `{...}` are filled in: `detail` of the same name says with what. What a partner would write
    stands in the examples in quotation marks, and is what the tests write into a workbook.
    """

    rule: str = Field(pattern=r"^[a-z_]+$")
    group: str
    severity: Literal["must_fix", "check", "note"]
    wrong: str
    fix: str
    failing: str
    passing: str

    @field_validator("wrong", "fix")
    @classmethod
    def _plain_names(cls, text: str) -> str:
        placeholders(text)
        return text

    def names(self) -> set[str]:
        """What is filled in."""
        return placeholders(self.wrong) | placeholders(self.fix)


class Messages(Model):
    """Every message of one language. Groups are in the order in which to show them."""

    groups: tuple[MessageGroup, ...]
    details: dict[str, str]
    """What a placeholder stands for, in words; empty where it may be left out."""
    phrases: dict[str, str]
    """Parts of sentences that are filled into messages."""
    months: tuple[str, ...] = Field(min_length=12, max_length=12)
    messages: tuple[Message, ...]

    @field_validator("phrases")
    @classmethod
    def _plain_names(cls, phrases: dict[str, str]) -> dict[str, str]:
        for text in phrases.values():
            placeholders(text)
        return phrases

    @model_validator(mode="after")
    def _fit_together(self) -> Messages:
        if faults := list(self._faults()):
            raise FaultsError(faults)
        return self

    def _faults(self) -> Iterator[Fault]:
        groups = [group.id for group in self.groups]
        yield from _repeated("groups", groups)
        yield from _repeated("messages", [message.rule for message in self.messages])
        for place, message in enumerate(self.messages):
            at: Steps = ("messages", place)
            if message.group not in groups:
                yield Fault((*at, "group"), f"{message.group}: there is no such group")
            for field in ("wrong", "fix"):
                for name in sorted(placeholders(getattr(message, field)) - self.details.keys()):
                    yield Fault((*at, field), f"{{{name}}}: details do not say what this is")
        used = set().union(*(message.names() for message in self.messages))
        for name in sorted(self.details.keys() - used):
            yield Fault(("details", name), "no message has this")

    def get(self, rule: str) -> Message:
        """The words of this rule; KeyError where it has none."""
        for message in self.messages:
            if message.rule == rule:
                return message
        raise KeyError(rule)

    def in_group(self, group_id: str) -> tuple[Message, ...]:
        """The messages of a group, as they are listed."""
        return tuple(message for message in self.messages if message.group == group_id)

    def title_of(self, rule: str) -> str:
        """The heading that this rule's message is shown under; KeyError where it has none."""
        group_id = self.get(rule).group
        return next(group.title for group in self.groups if group.id == group_id)


def placeholders(text: str) -> set[str]:
    """Names in braces. Raises ValueError for anything but a plain name in a pair of them."""
    try:
        parts = list(Formatter().parse(text))
    except ValueError as error:
        raise ValueError(f"“{text}”: a brace is not closed, or stands alone") from error
    names = [name for _, name, _, _ in parts if name is not None]
    plain = all(name.isidentifier() and name.islower() for name in names)
    if not plain or any(form or conversion for _, _, form, conversion in parts):
        raise ValueError(f"“{text}”: only plain names may stand in braces")
    return set(names)


def differences(translation: Messages, source: Messages) -> Iterator[Fault]:
    """Where a translation is not one of its source: rules, order, severity, what is filled in."""
    yield from _unlike("groups", [g.id for g in translation.groups], [g.id for g in source.groups])
    yield from _unlike("details", sorted(translation.details), sorted(source.details))
    yield from _unlike("phrases", sorted(translation.phrases), sorted(source.phrases))
    for name in source.phrases.keys() & translation.phrases.keys():
        there = placeholders(translation.phrases[name])
        if there != placeholders(source.phrases[name]):
            yield Fault(("phrases", name), _filled_in(source.phrases[name]))
    rules = [message.rule for message in translation.messages]
    yield from _unlike("messages", rules, [message.rule for message in source.messages])
    known = {message.rule: message for message in source.messages}
    for place, message in enumerate(translation.messages):
        original = known.get(message.rule)
        if original is None:
            continue
        at: Steps = ("messages", place)
        for field in ("group", "severity"):
            if getattr(message, field) != getattr(original, field):
                yield Fault((*at, field), f"must be {getattr(original, field)}")
        if message.names() != original.names():
            yield Fault(at, f"{message.rule}: {_filled_in(original.wrong, original.fix)}")


def _filled_in(*texts: str) -> str:
    names = sorted(set().union(*map(placeholders, texts)))
    wanted = ", ".join(f"{{{name}}}" for name in names) or "nothing"
    return f"must have {wanted} filled in, as in {SOURCE_LANGUAGE}"


def _unlike(field: str, there: list[str], wanted: list[str]) -> Iterator[Fault]:
    missing, more = set(wanted) - set(there), set(there) - set(wanted)
    if missing:
        yield Fault((field,), f"these are missing: {', '.join(sorted(missing))}")
    if more:
        yield Fault((field,), f"{SOURCE_LANGUAGE} does not have {', '.join(sorted(more))}")
    if not missing and not more and there != wanted:
        yield Fault((field,), f"must be in the same order as in {SOURCE_LANGUAGE}")


def _repeated(field: str, ids: Iterable[str]) -> Iterator[Fault]:
    twice = [name for name, n in Counter(ids).items() if n > 1]
    if twice:
        yield Fault((field,), f"each must be there once, but {', '.join(twice)} is repeated")


class PlainEnglish(Model):
    """How texts are kept plain: words that must not be there, and how long a sentence may be."""

    longest_sentence: int = Field(ge=10)
    instead: dict[str, str]
