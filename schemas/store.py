"""The tables of the store. Frames between rooms have the columns of the table they are kept in.

Submissions are only ever added, and told when they came again; everything else is recomputed for a
whole cycle and replaced in one transaction. Only types that every database has are used.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _cycle(key: bool = False) -> Column[str]:
    return Column("cycle", String(7), primary_key=key, nullable=False, index=not key)


def _organisation(key: bool = False) -> Column[str]:
    return Column("organisation_id", String(16), primary_key=key, nullable=False)


def _submission(key: bool = False) -> Column[str]:
    return Column(
        "submission_id",
        String(24),
        ForeignKey("submission.submission_id"),
        primary_key=key,
        nullable=False,
    )


def _source_cell() -> list[Column[str]]:
    """Where a value was written: sheet, cell, and the text as it was seen.

    Whatever a partner's file can say is `Text`: a length would be kept to by one database only.
    """
    return [
        Column("sheet", Text, nullable=True),
        Column("cell", Text, nullable=True),
        Column("seen", Text, nullable=True),
    ]


def _made_by() -> list[Column[str]]:
    """What a result was made with: framework, engine, and a hash of everything that went in."""
    return [
        Column("framework_version", String(48), nullable=False),
        Column("engine_version", String(16), nullable=False),
        Column("input_hash", String(64), nullable=False),
    ]


ANYONE = "anyone"
"""For whom a file was sent where nobody was signed in, as in the inbox."""

submission = Table(
    "submission",
    metadata,
    Column("submission_id", String(24), primary_key=True),  # cycle + first 12 of the hash
    _cycle(),
    Column("sha256", String(64), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("file_name", Text, nullable=False),  # as sent; only ever shown escaped
    Column("door", String(16), nullable=False),
    Column("received_at", DateTime(timezone=False), nullable=False),  # UTC, the first time
    # When the same bytes came last, and its place in the order of all that happens in the cycle.
    Column("came_last_at", DateTime(timezone=False), nullable=False),
    Column("place", Integer, nullable=False),
    # The organisation that was signed in: its file can only ever speak for itself.
    Column("sent_for", String(16), nullable=False, server_default=ANYONE),
    UniqueConstraint("cycle", "sha256", "sent_for"),
    UniqueConstraint("cycle", "place"),
)

inbox_file = Table(
    "inbox_file",
    metadata,
    Column("cycle", String(7), primary_key=True),
    Column("path", Text, primary_key=True),  # inside the cycle's folder of the inbox
    Column("size", BigInteger, nullable=False),
    Column("modified_ns", BigInteger, nullable=False),  # a file is read again when either changes
    _submission(),
)

organisation = Table(
    "organisation",
    metadata,
    Column("organisation_id", String(16), primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("valid_to", Date, nullable=True),
    Column("name", Text, nullable=False),
    Column("sector", String(32), nullable=False),
    Column("lead_system", String(16), nullable=False),
    Column("systems", Text, nullable=False),  # semicolons between ids, the lead first
    Column("borough", String(16), nullable=True),
    Column("unit_type", String(16), nullable=False),  # organisation | department
    Column("parent_id", String(16), nullable=True),
    Column("joint_group", String(32), nullable=True),
    Column("agreed_to_be_named", Boolean, nullable=False),
    Column("successor_id", String(16), nullable=True),
)

verdict = Table(
    "verdict",
    metadata,
    _cycle(),
    _submission(key=True),
    Column("kind", String(12), nullable=False),
    Column("organisation_id", String(16), nullable=True),
    Column("outcome", String(16), nullable=False),
    Column("counts", Boolean, nullable=False),  # the last good one of its organisation and kind
    Column("superseded_by", String(24), nullable=True),
    Column("framework_version", String(48), nullable=True),
    Column("cells_read", Integer, nullable=False),
    Column("n_must_fix", Integer, nullable=False),
    Column("n_check", Integer, nullable=False),
    Column("n_note", Integer, nullable=False),
)

problem = Table(
    "problem",
    metadata,
    _cycle(),
    _submission(key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("rule", String(48), nullable=False),
    Column("severity", String(8), nullable=False),
    *_source_cell(),
    Column("ref", Text, nullable=True),
    Column("wrong", Text, nullable=False),
    Column("fix", Text, nullable=False),
)

framework_in_use = Table(
    "framework_in_use",
    metadata,
    _cycle(key=True),
    Column("framework", String(48), primary_key=True),  # its id and version
    Column("since", DateTime(timezone=False), nullable=False),  # UTC: the first answers to it
    Column("issued", Text, nullable=False),  # what it asked and how it scored then
)

answer = Table(
    "answer",
    metadata,
    _cycle(key=True),
    _organisation(key=True),
    _submission(key=True),
    Column("commitment_id", String(32), nullable=False),
    Column("indicator_id", String(8), primary_key=True),
    Column("stage", Integer, primary_key=True, autoincrement=False),
    Column("answer", String(16), nullable=False),
    Column("inherited", Boolean, nullable=False),
    *_source_cell(),
)

record_value = Table(
    "record_value",
    metadata,
    _cycle(),
    _organisation(),
    _submission(),
    Column("sheet_id", String(32), nullable=False),
    # Its reference; “row N” where it has none or the sheet repeats them, as attendance does.
    Column("record", Text, nullable=False),
    Column("column_id", String(32), nullable=False),  # on a form, of the question's own column
    Column("state", String(16), nullable=False),
    Column("text", Text, nullable=True),  # text, code, choice; choices with “;”; “yes” or “no”
    Column("number", Float, nullable=True),  # count, number
    Column("day", Date, nullable=True),  # date
    Column("qualifier", String(16), nullable=True),
    *_source_cell(),
)

indicator_stage = Table(
    "indicator_stage",
    metadata,
    _cycle(key=True),
    _organisation(key=True),
    _submission(),
    Column("commitment_id", String(32), nullable=False),
    Column("indicator_id", String(8), primary_key=True),
    Column("core", Boolean, nullable=False),
    Column("status", String(16), nullable=False),
    Column("stage", Integer, nullable=True),
    Column("floor_stage", Integer, nullable=True),
    Column("claims_ahead", Integer, nullable=False),
    Column("n_applicable", Integer, nullable=False),
    Column("n_answered", Integer, nullable=False),
    Column("inherited", Boolean, nullable=False),
    *_made_by(),
)

commitment_stage = Table(
    "commitment_stage",
    metadata,
    _cycle(key=True),
    _organisation(key=True),
    _submission(),
    Column("commitment_id", String(32), primary_key=True),
    Column("status", String(16), nullable=False),
    Column("stage", Integer, nullable=True),
    Column("met_next", Integer, nullable=True),
    Column("total_next", Integer, nullable=True),
    Column("floor_stage", Integer, nullable=True),
    Column("floor_met_next", Integer, nullable=True),
    Column("floor_total_next", Integer, nullable=True),
    Column("claims_ahead", Integer, nullable=False),
    Column("n_applicable", Integer, nullable=False),
    Column("n_answered", Integer, nullable=False),
    Column("n_applicable_next", Integer, nullable=False),
    Column("n_answered_next", Integer, nullable=False),
    Column("n_not_applicable", Integer, nullable=False),
    Column("score", Float, nullable=True),
    Column("score_low", Float, nullable=True),
    Column("score_high", Float, nullable=True),
    *_made_by(),
)

organisation_profile = Table(
    "organisation_profile",
    metadata,
    _cycle(key=True),
    _organisation(key=True),
    _submission(),
    Column("status", String(16), nullable=False),
    Column("lowest_stage", Integer, nullable=True),
    Column("n_commitments", Integer, nullable=False),
    Column("n_assessed", Integer, nullable=False),
    Column("n_applicable", Integer, nullable=False),
    Column("n_answered", Integer, nullable=False),
    Column("claims_ahead", Integer, nullable=False),
    *_made_by(),
)

maturity_change = Table(
    "maturity_change",
    metadata,
    _cycle(),
    _organisation(),
    Column("previous_cycle", String(7), nullable=False),
    Column("level", String(12), nullable=False),  # commitment | indicator
    Column("commitment_id", String(32), nullable=False),
    Column("indicator_id", String(8), nullable=True),
    Column("stage_before", Integer, nullable=False),
    Column("stage_now", Integer, nullable=False),
    Column("change", Integer, nullable=False),
    Column("direction", String(8), nullable=False),  # up | same | down
    Column("confirmed", Boolean, nullable=False),
    Column("break_in_series", Boolean, nullable=False),
)

linked_change = Table(
    "linked_change",
    metadata,
    _cycle(),
    _organisation(),
    Column("previous_cycle", String(7), nullable=False),
    Column("level", String(12), nullable=False),  # commitment | indicator
    Column("commitment_id", String(32), nullable=False),
    Column("indicator_id", String(8), nullable=True),  # of this cycle's framework
    Column("stage_before", Integer, nullable=False),  # both years under the linked framework
    Column("stage_now", Integer, nullable=False),
    Column("change", Integer, nullable=False),
    Column("direction", String(8), nullable=False),  # up | same | down
    Column("confirmed", Boolean, nullable=False),
    Column("break_in_series", Boolean, nullable=False),
)

score_change = Table(
    "score_change",
    metadata,
    _cycle(key=True),
    _organisation(key=True),
    Column("previous_cycle", String(7), nullable=False),
    Column("commitment_id", String(32), primary_key=True),
    Column("effect", String(16), primary_key=True),
    Column("amount", Float, nullable=False),  # points of 100
    Column("amount_numerator", BigInteger, nullable=False),  # the same without rounding
    Column("amount_denominator", BigInteger, nullable=False),
    Column("score_before", Float, nullable=False),  # both as published
    Column("score_now", Float, nullable=False),
    Column("break_in_series", Boolean, nullable=False),
)

stage_sensitivity = Table(
    "stage_sensitivity",
    metadata,
    _cycle(key=True),
    _organisation(key=True),
    Column("commitment_id", String(32), primary_key=True),
    Column("alternative", String(48), primary_key=True),  # id, “:L1” after it where L1 is left out
    Column("status", String(16), nullable=False),  # under the policy, as is `stage`
    Column("stage", Integer, nullable=True),
    Column("stage_alternative", Integer, nullable=True),
    Column("changes", Boolean, nullable=False),
)

figure = Table(
    "figure",
    metadata,
    _cycle(key=True),
    Column("version", String(12), primary_key=True),  # computed | published
    Column("table_id", String(8), primary_key=True),
    Column("row_number", Integer, primary_key=True, autoincrement=False),
    Column("column_id", String(48), primary_key=True),
    Column("text", Text, nullable=True),
    Column("number", Float, nullable=True),
    Column("status", String(1), nullable=True),  # c k x z e, or nothing where there is a value
)
