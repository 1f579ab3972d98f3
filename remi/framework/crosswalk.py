"""Carry answers of one framework version over to another: propose, read and use a crosswalk.

The linked series scores both years under the new version, on comparable indicators only. It stands
beside the series as published, which never changes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pandas as pd

from schemas.crosswalk import (
    Comparability,
    Crosswalk,
    CrosswalkRow,
    Relation,
    framework_faults,
    incomparable,
)
from schemas.framework import Framework, Indicator
from schemas.loading import Fault, load_yaml

SHORTEST_WORD = 4
"""Letters of the shortest word that says something about what an indicator asks."""


def compare(old: Framework, new: Framework) -> tuple[CrosswalkRow, ...]:
    """Proposed rows, old indicators in order and then new ones, for the owners to look over.

    Only identical wording, asked of the same sectors, is proposed as comparable. An indicator that
    kept its id is proposed as reworded; one that left its id shares most of its words with what it
    is proposed to have become.
    """
    before = {i.id: i for _, i in old.indicators()}
    after = {i.id: i for _, i in new.indicators()}
    same = _alike(before, after)
    unlike = _left(after, same, 1)
    pairs = same + [(i, i) for i in _left(before, same, 0) if i in unlike]
    gone, came = _left(before, pairs, 0), _left(after, pairs, 1)
    pairs += [
        (a, b)
        for a in _left(before, same, 0)
        for b in _left(after, same, 1)
        if (a in gone or b in came) and _near(before[a], after[b])
    ]
    times = (Counter(a for a, _ in pairs), Counter(b for _, b in pairs))
    rows = []
    for old_id in before:
        became = [pair for pair in pairs if pair[0] == old_id]
        rows += [_row(pair, times, before, after, old, new) for pair in became]
        if not became:
            rows.append(_alone(Relation.RETIRED, old=old_id))
    rows += [_alone(Relation.NEW, new=new_id) for new_id in _left(after, pairs, 1)]
    return tuple(rows)


def load_crosswalk(path: Path, old: Framework, new: Framework) -> Crosswalk:
    """Read a crosswalk from `old` to `new`.

    Raises ConfigurationError with one line for each fault: `file:line: field: reason`. Refused
    are unknown and forgotten indicators, other versions, and rows called comparable that cannot be.
    """

    def check(crosswalk: Crosswalk) -> Iterator[Fault]:
        return framework_faults(crosswalk, old, new)

    return load_yaml(path, Crosswalk, check)


def linked(answers: pd.DataFrame, crosswalk: Crosswalk, new: Framework) -> pd.DataFrame:
    """Old answers to the indicators of `linked_framework` under the new ids, in their order.

    `answers` has the columns of `schemas.store.answer`. All other answers are left out, so score
    the result under `linked_framework` and never under `new` itself, in which what is left out
    would be a blank. Empty where the series breaks.
    """
    scored = linked_framework(crosswalk, new)
    commitment_of = {i.id: c.id for c, i in scored.indicators()} if scored else {}
    new_id = {a: b for a, b in crosswalk.comparable().items() if b in commitment_of}
    kept = answers[answers["indicator_id"].isin(list(new_id))].reset_index(drop=True)
    indicators = kept["indicator_id"].map(new_id).astype("str")
    return kept.assign(
        indicator_id=indicators, commitment_id=indicators.map(commitment_of).astype("str")
    )


def linked_framework(crosswalk: Crosswalk, new: Framework) -> Framework | None:
    """The new version with comparable indicators only; None where the series breaks.

    A commitment is in it only where a core indicator is comparable. Its id says that it is linked
    and from which version, so every row that is scored with it says so too.
    """
    comparable = set(crosswalk.comparable().values())
    commitments = []
    for commitment in new.commitments:
        kept = tuple(i for i in commitment.indicators if i.id in comparable)
        if any(i.core for i in kept):
            commitments.append(commitment.model_copy(update={"indicators": kept}))
    if not commitments:
        return None
    source = crosswalk.from_framework
    linked_id = f"{new.id}-linked-from-{source.id}-{source.version.replace('.', '-')}"
    fields = {name: getattr(new, name) for name in Framework.model_fields}
    return Framework(**{**fields, "id": linked_id, "commitments": tuple(commitments)})


def _alike(before: dict[str, Indicator], after: dict[str, Indicator]) -> list[tuple[str, str]]:
    """Old and new ids of the same wording, the same id first where wordings are repeated."""
    pairs = [(i, i) for i in before if i in after and _words(before[i]) == _words(after[i])]
    for a in _left(before, pairs, 0):
        same = [b for b in _left(after, pairs, 1) if _words(before[a]) == _words(after[b])]
        pairs += [(a, b) for b in same[:1]]
    return pairs


def _left(ids: Iterable[str], pairs: list[tuple[str, str]], side: int) -> list[str]:
    taken = {pair[side] for pair in pairs}
    return [i for i in ids if i not in taken]


def _words(indicator: Indicator) -> tuple[str, ...]:
    """The criteria without regard to capitals and spaces."""
    return tuple(" ".join(criterion.split()).casefold() for criterion in indicator.criteria)


def _near(a: Indicator, b: Indicator) -> bool:
    """Whether at least half of the words of the smaller one are also in the other."""
    few, many = sorted((_telling(a), _telling(b)), key=len)
    return bool(few) and 2 * len(few & many) >= len(few)


def _telling(indicator: Indicator) -> set[str]:
    text = " ".join((indicator.title, *indicator.criteria)).casefold()
    words = "".join(c if c.isalnum() else " " for c in text).split()
    return {word for word in words if len(word) >= SHORTEST_WORD}


def _row(
    pair: tuple[str, str],
    times: tuple[Counter[str], Counter[str]],
    before: dict[str, Indicator],
    after: dict[str, Indicator],
    old: Framework,
    new: Framework,
) -> CrosswalkRow:
    a, b = before[pair[0]], after[pair[1]]
    shared = sum(was == now for was, now in zip(_words(a), _words(b), strict=False))
    hindrance = incomparable(a.id, b.id, old, new)
    if _words(a) == _words(b):
        relation, note = Relation.SAME, hindrance or "the wording is identical"
    else:
        relation = Relation.REWORDED
        if times[0][a.id] > 1:
            relation = Relation.SPLIT
        elif times[1][b.id] > 1:
            relation = Relation.MERGED
        note = f"{shared} of {len(a.criteria)} criteria have the same wording at the same stage"
    if relation == Relation.SAME and hindrance is None:
        comparability = Comparability.COMPARABLE
    else:
        comparability = Comparability.PARTLY if shared else Comparability.NOT
    return CrosswalkRow(
        old=a.id, new=b.id, relation=relation, comparability=comparability, note=note
    )


def _alone(relation: Relation, old: str | None = None, new: str | None = None) -> CrosswalkRow:
    return CrosswalkRow(old=old, new=new, relation=relation, comparability=Comparability.NOT)
