"""Whether a text is plain English, by the words and limits of `config/plain_english.yaml`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from remi.messages import in_general
from schemas.loading import load_yaml
from schemas.messages import Messages, PlainEnglish

_QUOTED = re.compile("“[^”]*”")
_QUOTED_ROW = re.compile("“”(?:(?:,| and| or)? “”)*")
_CELL = re.compile(r" \([A-Z]{1,3}[0-9]+\)")
_NEXT_SENTENCE = re.compile(r"(?<=[.?!])\s+")
_FIRST = re.compile("[A-Z0-9“*]")
_LAST = re.compile(r"[.?][”)]?$")
_NOT_PLAIN = {
    "two spaces, or a space at an end": re.compile(r"\s\s|^\s|\s$"),
    "punctuation that is doubled or stands alone": re.compile(
        r"[.,;:?!]{2,}|\s[,;:?!)]|\s\.(?!\w)|\(\s"
    ),
    "something of the program's own": re.compile(r"[{}\[\]<|\\=`]|\w_\w|\w\(\w+="),
    "a column by its number": re.compile(r"\bcolumns? [0-9]", re.IGNORECASE),
    "a row that is counted from 0": re.compile(r"\brows? 0\b", re.IGNORECASE),
    "a number of faults instead of the faults": re.compile(
        r"\b[0-9]+ (?:problem|error|fault|warning|issue|cell|row)s?\b", re.IGNORECASE
    ),
}


def load_plain_english(config_folder: Path) -> PlainEnglish:
    """The words and limits. Raises ConfigurationError naming file, line and field."""
    return load_yaml(config_folder / "plain_english.yaml", PlainEnglish)


def word_faults(text: str, rules: PlainEnglish) -> Iterator[str]:
    """Why these words are not plain, one reason a fault.

    What stands in quotation marks is a partner's own, or a label, and is not judged.
    """
    own = _QUOTED.sub("“”", text)
    for word, instead in rules.instead.items():
        any_case = re.IGNORECASE if word.islower() else 0
        if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", own, any_case):
            yield f"says “{word}”: write {instead}"
    for what, found in _NOT_PLAIN.items():
        if found.search(own):
            yield f"has {what}"


def text_faults(text: str, rules: PlainEnglish) -> Iterator[str]:
    """Why a text of whole sentences is not plain English, one reason a fault."""
    yield from word_faults(text, rules)
    if not _LAST.search(text):
        yield "does not end in a full stop"
    own = _QUOTED_ROW.sub("“”", _QUOTED.sub("“”", _CELL.sub("", text)))
    for sentence in _NEXT_SENTENCE.split(own):
        if not _FIRST.match(sentence):
            yield f"begins with a small letter: “{sentence}”"
        length = len([word for word in sentence.split() if re.search(r"[\w“]", word)])
        if length > rules.longest_sentence:
            yield f"has a sentence of {length} words: “{sentence}”"


def catalogue_faults(messages: Messages, rules: PlainEnglish) -> Iterator[str]:
    """Everything in a catalogue of messages that is not plain English, with its place."""
    for message in messages.messages:
        for field in ("wrong", "fix", "failing", "passing"):
            text = getattr(message, field)
            if field in ("wrong", "fix"):
                text = in_general(text, messages)
            for fault in text_faults(text, rules):
                yield f"{message.rule}: {field}: {fault}"
    titles = {f"groups: {group.id}": group.title for group in messages.groups}
    details = {f"details: {name}": text for name, text in messages.details.items()}
    for place, text in (titles | details).items():
        for fault in word_faults(text, rules):
            yield f"{place}: {fault}"
