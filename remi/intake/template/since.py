"""What the first sheet says about the year before: what was taken over, and what changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from remi.dates import day_in_words
from remi.intake.template.earlier import Return
from schemas.crosswalk import Relation
from schemas.framework import Framework

Pairs = tuple[tuple[str, str], ...]


def since_last_year(
    last: Return,
    now: Framework,
    relations: Mapping[str, Relation] | None,
    gone: Mapping[str, str],
    asked: Sequence[str],
    anything_filled: bool,
) -> Pairs:
    """Names and texts, in order.

    `relations`: how this year's indicators relate to last year's, of those that do; None where
    nobody has said. `gone`: titles of those that are no longer asked. `asked`: this year's that
    the organisation is asked.
    """
    arrived = last.received
    when = f", which arrived on {day_in_words(arrived)}," if arrived else ""
    shown = (
        f"Your answers from your return for {last.label}{when} stand in words under the name of "
        "each row and under “Help”. The cells for your answers are empty: please answer for this "
        "year."
    )
    pairs = [(last.label, shown)] if relations is not None else []
    if anything_filled:
        filled = (
            f"Evidence, records and other text from {last.label} are filled in where they are "
            "likely to be of use again. Check each, fill in its date and what else is empty, or "
            "clear it. It counts only once that is done. No date was taken over."
        )
        pairs.append(("Filled in already", filled))
    if last.framework.name_and_version != now.name_and_version:
        pairs += _changes(last.framework, now, relations, gone, asked)
    return tuple(pairs)


def _changes(
    old: Framework,
    new: Framework,
    relations: Mapping[str, Relation] | None,
    gone: Mapping[str, str],
    asked: Sequence[str],
) -> list[tuple[str, str]]:
    versions = (
        f"{old.title}, version {old.version}, was followed by {new.title}, version {new.version}."
    )
    if relations is None:
        nobody = "Nobody has said yet which rows ask the same, so your answers are not shown."
        return [("What changed", f"{versions} {nobody}")]
    reworded = [ref for ref in asked if relations.get(ref) is Relation.REWORDED]
    new_ones = [ref for ref in asked if ref not in relations]
    lists = (
        ("Reworded", reworded),
        ("New this year", new_ones),
        ("No longer asked", [f"{ref} {title}" for ref, title in gone.items()]),
    )
    return [("What changed", versions), *((name, "; ".join(refs)) for name, refs in lists if refs)]
