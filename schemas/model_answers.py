"""What answers to a maturity model must keep to, as Pandera schemas built from the model.

A check is named by the id of its rule, whose words are in `config/messages`. Cells that
could not be read are problems already, and stand here as missing.
"""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa

from schemas.checks import rule
from schemas.maturity import MaturityModel, Node

NOT_APPLICABLE = "not_applicable"
"""The answer that a question does not apply; a model whose scales have such a label is refused."""

NOT_APPLICABLE_LABEL = "not applicable"

NOT_APPLICABLE_WORDS = ("n/a", "na", "n.a.", "does not apply")
"""What else stands for it, in workbooks and in lists, where a scale has no such answer."""

ANSWER_COLUMNS = (
    "cycle",
    "organisation_id",
    "sector",
    "submission_id",
    "model_version",
    "node_id",
    "answer",
    "sheet",
    "cell",
    "seen",
)


def answers(model: MaturityModel) -> pa.DataFrameSchema:
    """One row for each question that an organisation was asked. A failure is a fault of ours.

    `answer` is a label of the question's own scale, `NOT_APPLICABLE` where the scale allows it, or
    missing where nothing usable was written.
    """
    allowed = pd.MultiIndex.from_tuples(
        (leaf.id, label) for leaf in model.leaves() for label in allowed_answers(model, leaf)
    )

    texts = {name: pa.Column(str) for name in ANSWER_COLUMNS}
    optional = {name: pa.Column(str, nullable=True) for name in ("answer", "sheet", "cell", "seen")}
    named = {
        "node_id": pa.Column(str, pa.Check.isin([leaf.id for leaf in model.leaves()])),
        "model_version": pa.Column(str, pa.Check.eq(model.name_and_version)),
    }
    return pa.DataFrameSchema(
        texts | optional | named,
        checks=rule(
            "answer_of_its_scale",
            lambda rows: (
                rows["answer"].isna()
                | pd.MultiIndex.from_frame(rows[["node_id", "answer"]]).isin(allowed)
            ),
        ),
        strict=True,
        unique=["submission_id", "node_id"],
    )


def allowed_answers(model: MaturityModel, leaf: Node) -> tuple[str, ...]:
    """What may be answered to a question, the least first, and not applicable last."""
    scale = model.scale_of(leaf)
    labels = tuple(label.label for label in scale.labels)
    return (*labels, NOT_APPLICABLE) if scale.allows_not_applicable else labels


def question_rows() -> tuple[pa.DataFrameSchema, ...]:
    """One row a question of one workbook: `not_applicable`, `reason_given`, `unanswered`."""
    return (
        pa.DataFrameSchema(
            {
                "not_applicable": pa.Column(bool),
                "reason_given": pa.Column(bool),
                "unanswered": pa.Column(bool),
            },
            checks=[
                rule("reason_missing", lambda q: ~q["not_applicable"] | q["reason_given"]),
                rule("question_unanswered", lambda q: ~q["unanswered"]),
            ],
        ),
    )
