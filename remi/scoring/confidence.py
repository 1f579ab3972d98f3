"""How confident one can be in an answer and in what is made of it, in words that are data.

Evidence (adequate, limited, none) and agreement (high, low) give one of some words. Words are never
averaged: a node has the weights of its questions by word, and the least word among its gates. None
of this changes a score. After the confidence grades of Australia's State of the Environment.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

import numpy as np
import numpy.typing as npt
import pandas as pd

from remi.scoring.model.plan import Plan
from remi.scoring.model.readings import reading
from remi.scoring.model.states import OUT_OF_SCOPE, LeafStates

EVIDENCE = ("none", "limited", "adequate")
AGREEMENT = ("low", "high")
"""Both the least first."""


@dataclass(frozen=True)
class ConfidenceWords:
    """The words that readers see, the least confident first, and which pair each stands for."""

    words: tuple[str, ...]
    word_of: Mapping[tuple[str, str], str]
    """(evidence, agreement) -> word, for every pair."""

    def __post_init__(self) -> None:
        for pair in product(EVIDENCE, AGREEMENT):
            if self.word_of.get(pair) not in self.words:
                raise ValueError(f"{pair[0]} evidence with {pair[1]} agreement has no word")
        for (evidence, agreed), (more, more_agreed) in product(self.word_of, repeat=2):
            rises = EVIDENCE.index(evidence) <= EVIDENCE.index(more)
            rises &= AGREEMENT.index(agreed) <= AGREEMENT.index(more_agreed)
            if rises and self.place(evidence, agreed) > self.place(more, more_agreed):
                raise ValueError(
                    f"the word for {more} evidence with {more_agreed} agreement is below that for "
                    f"{evidence} evidence with {agreed} agreement"
                )

    def place(self, evidence: str, agreement: str) -> int:
        """The place of the word among `words`. Raises KeyError for an unknown pair."""
        return self.words.index(self.word_of[evidence, agreement])


def node_confidence(
    judged: pd.DataFrame, given: LeafStates, plan: Plan, words: ConfidenceWords
) -> pd.DataFrame:
    """One row for each organisation, node with an answer below it, and word.

    `judged` has `organisation_id`, `node_id` (a question), `evidence` and `agreement`, one row for
    each answered question. Gives `organisation_id`, `node_id`, `word`, `weight` (of the answered
    questions with that word, in whole numbers of the node's unit; divide by their sum only for
    show) and `worst_gate` (the least word below the items of its gates; missing where it has none
    that is answered). In the order of organisations, nodes and words. Raises ValueError for an
    answer that is not judged, is judged twice, or is judged in unknown words.
    """
    rows = zip(judged["evidence"], judged["agreement"], strict=True)
    codes = []
    for pair in rows:
        if pair not in words.word_of:
            raise ValueError(f"“{pair[0]}” and “{pair[1]}” are not evidence and agreement")
        codes.append(words.place(*pair))
    found = _by_answer(judged, codes, given, plan)
    made = []
    for row, organisation in enumerate(given.organisation_ids):
        for node in plan.nodes:
            here = found[row, node.columns]
            if not (here >= 0).any():
                continue
            gates = [found[row, plan.nodes[place].columns] for place in node.gates]
            of_gates = [int(code) for codes in gates for code in codes if code >= 0]
            worst = words.words[min(of_gates)] if of_gates else None
            for code, word in enumerate(words.words):
                there = zip(node.unit_weights, here, strict=True)
                weight = sum(unit for unit, found_code in there if found_code == code)
                made.append((organisation, node.id, word, weight, worst))
    columns = ["organisation_id", "node_id", "word", "weight", "worst_gate"]
    texts = dict.fromkeys(("organisation_id", "node_id", "word", "worst_gate"), "str")
    return pd.DataFrame(made, columns=columns).astype(texts)


def unverified_shares(judged: pd.DataFrame, given: LeafStates, plan: Plan) -> pd.DataFrame:
    """How much of what is claimed nobody has verified, for each organisation and node.

    `judged` has `organisation_id`, `node_id` (a question) and `verified` (true or false), one row
    for each answered question. Claimed is weight times value. Gives `organisation_id`, `node_id`,
    `share` (0 to 1, missing where nothing is claimed) and `reason`. Raises ValueError as above.
    """
    verified = _by_answer(judged, judged["verified"].astype(bool).astype(int), given, plan)
    exact = reading(plan, "given").exact_score
    worth = exact[np.arange(given.states.shape[1]), given.states.astype(np.intp) - OUT_OF_SCOPE]
    made = []
    for row, organisation in enumerate(given.organisation_ids):
        for node in plan.nodes:
            here = verified[row, node.columns]
            if not (here >= 0).any():
                continue
            claims = [
                (code, weight * value)
                for code, weight, value in zip(
                    here, node.unit_weights, worth[row, node.columns], strict=True
                )
                if code >= 0
            ]
            whole = sum((claim for _, claim in claims), Fraction(0))
            part = sum((claim for code, claim in claims if not code), Fraction(0))
            share = float(part / whole) if whole else None
            reason = "" if whole else "No answer claims anything, so there is nothing to verify."
            made.append((organisation, node.id, share, reason))
    frame = pd.DataFrame(made, columns=["organisation_id", "node_id", "share", "reason"])
    texts = dict.fromkeys(("organisation_id", "node_id", "reason"), "str")
    return frame.astype({**texts, "share": "Float64"})


def _by_answer(
    judged: pd.DataFrame, codes: Sequence[int] | pd.Series[int], given: LeafStates, plan: Plan
) -> npt.NDArray[np.int64]:
    """[organisation, leaf]: the code of every answer; below 0 where there is none."""
    if judged.duplicated(["organisation_id", "node_id"]).any():
        raise ValueError("an answer is judged twice")
    row = pd.Index(given.organisation_ids).get_indexer(pd.Index(judged["organisation_id"]))
    column = pd.Index(plan.leaf_ids).get_indexer(pd.Index(judged["node_id"]))
    if (row < 0).any() or (column < 0).any():
        raise ValueError("judged are an organisation or a question that are not there")
    found = np.full(given.states.shape, -1, dtype=np.int64)
    found[row, column] = np.asarray(codes, dtype=np.int64)
    answered = given.states >= 0
    wrongs = {
        "is answered but not judged": answered & (found < 0),
        "is judged but not answered": ~answered & (found >= 0),
    }
    for what, wrong in wrongs.items():
        if wrong.any():
            at, which = np.argwhere(wrong)[0]
            raise ValueError(f"{plan.leaf_ids[which]} of {given.organisation_ids[at]} {what}")
    return found
