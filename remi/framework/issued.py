"""What a framework asks and how it scores, as text that can be kept and compared later."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from schemas.framework import Framework

_MAY_CHANGE = frozenset({"title", "statement", "official", "valid_to"})
"""What says nothing of a question, an answer or a rule."""

_WORDS = {
    "stages": "the stages",
    "answers": "the answers",
    "organisation_groups": "who is asked what",
    "evidence_types": "the types of evidence",
    "evidence_minimums": "the least evidence",
    "national_returns": "the national returns",
    "challenges": "the challenges",
    "scoring": "the scoring rule",
}

_AT_MOST = 5
"""Differences named one by one; more are counted."""


def issued_text(framework: Framework) -> str:
    """What partners were asked and are scored by. Layout and comments of the file are not in it.

    Other spellings of an answer may be added at any time: they only let more cells be read.
    """
    content = framework.model_dump(mode="json", exclude=set(_MAY_CHANGE), fallback=str)
    for answer in content["answers"]:
        answer.pop("also_accepted")
    return json.dumps(content, ensure_ascii=False, sort_keys=True)


def differences(issued: str, framework: Framework) -> str:
    """Where the framework differs from the text it once had, in words; empty where nowhere."""
    now = issued_text(framework)
    if issued == now:
        return ""
    found = list(dict.fromkeys(_differences(json.loads(issued), json.loads(now))))
    named = found if len(found) <= _AT_MOST else found[: _AT_MOST - 1]
    left = len(found) - len(named)
    return ", ".join([*named, *([f"and {left} more"] if left else [])])


def _differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    old, new = (dict(_indicators(one)) for one in (before, now))
    for indicator in [*old, *(added for added in new if added not in old)]:
        if indicator not in new:
            yield f"{indicator} is gone"
        elif indicator not in old:
            yield f"{indicator} is new"
        elif old[indicator] != new[indicator]:
            yield from _of_indicator(indicator, old[indicator], new[indicator])
    if [i for i in old if i in new] != [i for i in new if i in old]:
        yield "the order of the indicators"
    for commitment, other in zip(before["commitments"], now["commitments"], strict=False):
        if _without_indicators(commitment) != _without_indicators(other):
            yield f"the commitment {commitment['short_name']}"
    if len(before["commitments"]) != len(now["commitments"]):
        yield "the number of commitments"
    for field in sorted({*before, *now} - {"commitments"}):
        if before.get(field) != now.get(field):
            yield _WORDS.get(field, f"the field {field}")


def _of_indicator(name: str, before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    old, new = before["criteria"], now["criteria"]
    for stage in range(max(len(old), len(new))):
        if old[stage : stage + 1] != new[stage : stage + 1]:
            yield f"{name} stage {stage + 1}"
    if {**before, "criteria": 0} != {**now, "criteria": 0}:
        yield name


def _indicators(content: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for commitment in content["commitments"]:
        for indicator in commitment["indicators"]:
            yield indicator["id"], {**indicator, "commitment": commitment["id"]}


def _without_indicators(commitment: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in commitment.items() if name != "indicators"}
