"""The messages of one language: loaded, checked against their source, and listed for reading.

A test keeps `docs/messages.md` equal to what `messages_page` writes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from string import Formatter

from schemas.loading import load_yaml
from schemas.messages import SOURCE_LANGUAGE, Message, Messages, differences

SEVERITIES = {
    "must_fix": "To fix: the return is not accepted until it is done.",
    "check": "Please check: the return is accepted, but please look.",
    "note": "For your information.",
}


def messages_file(config_folder: Path, language: str = SOURCE_LANGUAGE) -> Path:
    """Where the words of a language are."""
    return config_folder / "messages" / f"{language}.yaml"


def load_messages(config_folder: Path, language: str = SOURCE_LANGUAGE) -> Messages:
    """The messages of a language; a translation must say the same as its source.

    Raises ConfigurationError naming file, line and field.
    """
    source = load_yaml(messages_file(config_folder), Messages)
    if language == SOURCE_LANGUAGE:
        return source
    path = messages_file(config_folder, language)
    return load_yaml(path, Messages, lambda translation: differences(translation, source))


def in_general(
    text: str, messages: Messages, mark: Callable[[str], str] = lambda detail: detail
) -> str:
    """A message as it is when nothing has happened yet: its details in words, each `mark`ed."""
    parts: list[str] = []
    for before, name, _, _ in Formatter().parse(text):
        detail = messages.details[name] if name else ""
        parts.append(before if detail or not name else before.removesuffix(" "))
        parts.append(mark(detail) if detail else "")
    return "".join(parts)


def messages_page(messages: Messages) -> str:
    """Every message by its group, with its examples, as Markdown."""
    lines = [
        "# Every message you can get, and what to do",
        "",
        "What differs from file to file is in *italics*. Every message about a cell also names the "
        "sheet and the cell. This page is made from `config/messages` by `remi messages --write`.",
        "",
        *(f"- [{g.title}](#{_anchor(g.title)})" for g in messages.groups),
        "",
    ]
    for group in messages.groups:
        lines += [f"## {group.title}", ""]
        for message in messages.in_group(group.id):
            lines += _entry(message, messages)
    return "\n".join(lines).rstrip() + "\n"


def _entry(message: Message, messages: Messages) -> Iterator[str]:
    wrong, fix = (
        in_general(text, messages, lambda detail: f"*{detail}*")
        for text in (message.wrong, message.fix)
    )
    yield from (f"**{wrong}**", "", fix, "")
    yield f"- {SEVERITIES[message.severity]}"
    yield f"- Brings it: {message.failing}"
    yield from (f"- Does not: {message.passing}", "")


def _anchor(title: str) -> str:
    kept = "".join(c for c in title.lower() if c.isalnum() or c in " -")
    return kept.replace(" ", "-")
