"""Answers to a maturity model as an array: one row an organisation, one column a leaf.

A cell holds the code of the answer (its place on the leaf's scale, from 0) or one of the negative
states below. There is no state for an answer that is not known: it is refused with its cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from schemas.maturity import MaturityModel, Scale

States = npt.NDArray[np.signedinteger]
"""[organisation, leaf], leaves in the order of `MaturityModel.leaves()`; see `state_type`."""

UNANSWERED = -1
NOT_APPLICABLE = -2
OUT_OF_SCOPE = -3
"""The organisation was never asked."""


@dataclass(frozen=True)
class LeafStates:
    """The answers of some organisations, in order of their ids."""

    organisation_ids: tuple[str, ...]
    states: States


def scope(model: MaturityModel, sectors: list[str]) -> npt.NDArray[np.bool_]:
    """Which leaves each organisation is asked, by its sector: [organisation, leaf]."""
    kinds, which = np.unique(np.array(sectors, dtype=object), return_inverse=True)
    asked = [model.asked(model.groups_of(str(kind))) for kind in kinds]
    leaves = [leaf.id for leaf in model.leaves()]
    by_kind = [[leaf in ids for leaf in leaves] for ids in asked]
    return np.array(by_kind, dtype=bool).reshape(len(kinds), len(leaves))[which]


def state_type(scales: Iterable[Scale]) -> type[np.int8] | type[np.int16]:
    """The smallest type that holds every code and the difference of any two states."""
    widest = max(scale.top for scale in scales) - UNANSWERED
    return np.int8 if widest <= np.iinfo(np.int8).max else np.int16


def to_states(
    answers: pd.DataFrame, organisations: pd.DataFrame, model: MaturityModel
) -> LeafStates:
    """Answers as states; a leaf that is asked and has no row, or a blank answer, is unanswered.

    `answers` has `organisation_id`, `node_id` (a leaf), `answer` (a label of its scale in any of
    its accepted spellings; missing or blank is unanswered; `not_applicable` is a word of its own),
    `sheet` and `cell`. `organisations` has one row each with `organisation_id` and `sector`, and
    every one of them has a row in the result.

    Raises ValueError, naming organisation and cell, for an answer that is unknown, doubled,
    outside the model or outside what the organisation is asked: none of them is a zero.
    """
    if not organisations["organisation_id"].is_unique:
        raise ValueError("give each organisation and its sector once")
    ordered = organisations.sort_values("organisation_id", kind="stable")
    ids = tuple(ordered["organisation_id"])
    leaves = model.leaves()
    row = pd.Index(ids).get_indexer(pd.Index(answers["organisation_id"]))
    _refuse(answers, row < 0, "of unknown organisations")
    column = pd.Index([leaf.id for leaf in leaves]).get_indexer(pd.Index(answers["node_id"]))
    _refuse(answers, column < 0, "to questions that are not in the model")
    _refuse(answers, answers.duplicated(["organisation_id", "node_id"]), "given a second time")
    asked = scope(model, list(ordered["sector"]))
    _refuse(answers, ~asked[row, column], "to questions that the organisation is not asked")

    accepted = [codes_of(model.scale_of(leaf)) for leaf in leaves]
    written = answers["answer"].fillna("").str.strip().str.casefold()
    found = [accepted[place].get(word) for place, word in zip(column, written, strict=True)]
    _refuse(answers, [code is None for code in found], "that are not known")
    kind = state_type(model.scale_of(leaf) for leaf in leaves)
    states: States = np.where(asked, UNANSWERED, OUT_OF_SCOPE).astype(kind)
    states[row, column] = np.array(found, dtype=kind)
    return LeafStates(ids, states)


def codes_of(scale: Scale) -> dict[str, int]:
    """What each spelling that a scale accepts stands for: a code or a negative state."""
    codes = {"": UNANSWERED}
    if scale.allows_not_applicable:
        codes["not_applicable"] = NOT_APPLICABLE
    for code, label in enumerate(scale.labels):
        for spelling in (label.label, *label.also_accepted):
            codes[spelling.strip().casefold()] = code
    return codes


def check_states(
    states: States,
    tops: npt.NDArray[np.signedinteger],
    may_not_apply: npt.NDArray[np.bool_],
    leaf_ids: Sequence[str],
) -> None:
    """Raise ValueError, naming row and leaf, for a state that no answer of its leaf stands for."""
    if states.ndim != 2 or states.shape[1] != len(leaf_ids):
        raise ValueError(f"{len(leaf_ids)} questions, but states are {states.shape}")
    highest, lowest = (f(states, axis=0, initial=OUT_OF_SCOPE) for f in (np.max, np.min))
    no_answer = states[:, ~may_not_apply] == NOT_APPLICABLE
    if (highest <= tops).all() and (lowest == OUT_OF_SCOPE).all() and not no_answer.any():
        return
    bad = (states > tops) | (states < OUT_OF_SCOPE)
    bad |= (states == NOT_APPLICABLE) & ~may_not_apply
    if bad.any():
        row, column = np.argwhere(bad)[0]
        raise ValueError(
            f"row {row} has {states[row, column]} at {leaf_ids[column]}, which has no such answer"
        )


def _refuse(answers: pd.DataFrame, bad: npt.ArrayLike, what: str) -> None:
    """Raise ValueError if any answer is bad, naming the first one as a partner would find it."""
    wrong = answers.loc[np.asarray(bad, dtype=bool)]
    if wrong.empty:
        return
    first = wrong.iloc[0]
    raise ValueError(
        f"{len(wrong)} answers {what}; the first is “{first['answer']}” by organisation "
        f"{first['organisation_id']}, question {first['node_id']} "
        f"(sheet {first['sheet']}, cell {first['cell']})"
    )
