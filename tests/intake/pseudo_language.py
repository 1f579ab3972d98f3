"""A language that nobody speaks: British English in wide letters, so that a word left out shows."""

from __future__ import annotations

import shutil
from pathlib import Path
from string import Formatter, ascii_letters
from typing import Any

import yaml

from remi.messages import messages_file

LANGUAGE = "qps"

_WIDE = str.maketrans({letter: chr(ord(letter) + 0xFEE0) for letter in ascii_letters})


def wide(text: str) -> str:
    """The text in wide letters, but for the names in braces."""
    return "".join(
        before.translate(_WIDE) + (f"{{{name}}}" if name else "")
        for before, name, _, _ in Formatter().parse(text)
    )


def source(config: Path) -> dict[str, Any]:
    """The British English file as plain data."""
    content: dict[str, Any] = yaml.safe_load(messages_file(config).read_text(encoding="utf-8"))
    return content


def translated(content: dict[str, Any]) -> dict[str, Any]:
    """The same catalogue in wide letters."""
    return {
        "groups": [{**group, "title": wide(group["title"])} for group in content["groups"]],
        "details": {name: wide(text) for name, text in content["details"].items()},
        "phrases": {name: wide(text) for name, text in content["phrases"].items()},
        "months": [wide(month) for month in content["months"]],
        "messages": [
            message
            | {field: wide(message[field]) for field in ("wrong", "fix", "failing", "passing")}
            for message in content["messages"]
        ],
    }


def write_language(config: Path, folder: Path, content: dict[str, Any]) -> Path:
    """A copy of the configuration with the language beside British English."""
    copied = Path(shutil.copytree(config, folder / "config"))
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
    messages_file(copied, LANGUAGE).write_text(text, encoding="utf-8")
    return copied
