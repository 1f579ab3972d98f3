"""The first tables: submissions, register, verdicts, answers, records and results."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "figure",
        sa.Column("cycle", sa.String(length=7), nullable=False),
        sa.Column("version", sa.String(length=12), nullable=False),
        sa.Column("table_id", sa.String(length=8), nullable=False),
        sa.Column("row_number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("column_id", sa.String(length=48), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("number", sa.Float(), nullable=True),
        sa.Column("status", sa.String(length=1), nullable=True),
        sa.PrimaryKeyConstraint(
            "cycle", "version", "table_id", "row_number", "column_id", name=op.f("pk_figure")
        ),
    )
    op.create_table(
        "maturity_change",
        sa.Column("cycle", sa.String(length=7), nullable=False),
        sa.Column("organisation_id", sa.String(length=16), nullable=False),
        sa.Column("previous_cycle", sa.String(length=7), nullable=False),
        sa.Column("level", sa.String(length=12), nullable=False),
        sa.Column("commitment_id", sa.String(length=32), nullable=False),
        sa.Column("indicator_id", sa.String(length=8), nullable=True),
        sa.Column("stage_before", sa.Integer(), nullable=False),
        sa.Column("stage_now", sa.Integer(), nullable=False),
        sa.Column("change", sa.Integer(), nullable=False),
        sa.Column("direction", sa.String(length=8), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("break_in_series", sa.Boolean(), nullable=False),
    )
    op.create_index(op.f("ix_maturity_change_cycle"), "maturity_change", ["cycle"], unique=False)
    op.create_table(
        "organisation",
        sa.Column("organisation_id", sa.String(length=16), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sector", sa.String(length=32), nullable=False),
        sa.Column("lead_system", sa.String(length=16), nullable=False),
        sa.Column("systems", sa.Text(), nullable=False),
        sa.Column("borough", sa.String(length=16), nullable=True),
        sa.Column("unit_type", sa.String(length=16), nullable=False),
        sa.Column("parent_id", sa.String(length=16), nullable=True),
        sa.Column("joint_group", sa.String(length=32), nullable=True),
        sa.Column("agreed_to_be_named", sa.Boolean(), nullable=False),
        sa.Column("successor_id", sa.String(length=16), nullable=True),
        sa.PrimaryKeyConstraint("organisation_id", "valid_from", name=op.f("pk_organisation")),
    )
    op.create_table(
        "stage_sensitivity",
        sa.Column("cycle", sa.String(length=7), nullable=False),
        sa.Column("organisation_id", sa.String(length=16), nullable=False),
        sa.Column("commitment_id", sa.String(length=32), nullable=False),
        sa.Column("alternative", sa.String(length=48), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=True),
        sa.Column("stage_alternative", sa.Integer(), nullable=True),
        sa.Column("changes", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint(
            "cycle",
            "organisation_id",
            "commitment_id",
            "alternative",
            name=op.f("pk_stage_sensitivity"),
        ),
    )
    op.create_table(
        "submission",
        sa.Column("submission_id", sa.String(length=24), nullable=False),
        sa.Column("cycle", sa.String(length=7), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("door", sa.String(length=16), nullable=False),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_submission")),
        sa.UniqueConstraint("cycle", "place", name=op.f("uq_submission_cycle_place")),
        sa.UniqueConstraint("cycle", "sha256", name=op.f("uq_submission_cycle_sha256")),
    )
    op.create_index(op.f("ix_submission_cycle"), "submission", ["cycle"], unique=False)
    op.create_table(
        "answer",
        sa.Column("cycle", sa.String(length=7), nullable=False),
        sa.Column("organisation_id", sa.String(length=16), nullable=False),
        sa.Column("submission_id", sa.String(length=24), nullable=False),
        sa.Column("commitment_id", sa.String(length=32), nullable=False),
        sa.Column("indicator_id", sa.String(length=8), nullable=False),
        sa.Column("stage", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("answer", sa.String(length=16), nullable=False),
        sa.Column("inherited", sa.Boolean(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=True),
        sa.Column("cell", sa.Text(), nullable=True),
        sa.Column("seen", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.submission_id"],
            name=op.f("fk_answer_submission_id_submission"),
        ),
        sa.PrimaryKeyConstraint(
            "cycle",
            "organisation_id",
            "submission_id",
            "indicator_id",
            "stage",
            name=op.f("pk_answer"),
        ),
    )
    op.create_table(
        "commitment_stage",
        sa.Column("cycle", sa.String(length=7), nullable=False),
        sa.Column("organisation_id", sa.String(length=16), nullable=False),
        sa.Column("submission_id", sa.String(length=24), nullable=False),
        sa.Column("commitment_id", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=True),
        sa.Column("met_next", sa.Integer(), nullable=True),
        sa.Column("total_next", sa.Integer(), nullable=True),
        sa.Column("floor_stage", sa.Integer(), nullable=True),
        sa.Column("floor_met_next", sa.Integer(), nullable=True),
        sa.Column("floor_total_next", sa.Integer(), nullable=True),
        sa.Column("claims_ahead", sa.Integer(), nullable=False),
        sa.Column("n_applicable", sa.Integer(), nullable=False),
        sa.Column("n_answered", sa.Integer(), nullable=False),
        sa.Column("n_applicable_next", sa.Integer(), nullable=False),
        sa.Column("n_answered_next", sa.Integer(), nullable=False),
        sa.Column("n_not_applicable", sa.Integer(), nullable=False),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("score_low", sa.Float(), nullable=True),
        sa.Column("score_high", sa.Float(), nullable=True),
        sa.Column("framework_version", sa.String(length=48), nullable=False),
        sa.Column("engine_version", sa.String(length=16), nullable=False),
        sa.Column("input_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.submission_id"],
            name=op.f("fk_commitment_stage_submission_id_submission"),
        ),
        sa.PrimaryKeyConstraint(
            "cycle", "organisation_id", "commitment_id", name=op.f("pk_commitment_stage")
        ),
    )
    op.create_table(
        "inbox_file",
        sa.Column("cycle", sa.String(length=7), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("modified_ns", sa.BigInteger(), nullable=False),
        sa.Column("submission_id", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.submission_id"],
            name=op.f("fk_inbox_file_submission_id_submission"),
        ),
        sa.PrimaryKeyConstraint("cycle", "path", name=op.f("pk_inbox_file")),
    )
    op.create_table(
        "indicator_stage",
        sa.Column("cycle", sa.String(length=7), nullable=False),
        sa.Column("organisation_id", sa.String(length=16), nullable=False),
        sa.Column("submission_id", sa.String(length=24), nullable=False),
        sa.Column("commitment_id", sa.String(length=32), nullable=False),
        sa.Column("indicator_id", sa.String(length=8), nullable=False),
        sa.Column("core", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=True),
        sa.Column("floor_stage", sa.Integer(), nullable=True),
        sa.Column("claims_ahead", sa.Integer(), nullable=False),
        sa.Column("n_applicable", sa.Integer(), nullable=False),
        sa.Column("n_answered", sa.Integer(), nullable=False),
        sa.Column("inherited", sa.Boolean(), nullable=False),
        sa.Column("framework_version", sa.String(length=48), nullable=False),
        sa.Column("engine_version", sa.String(length=16), nullable=False),
        sa.Column("input_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.submission_id"],
            name=op.f("fk_indicator_stage_submission_id_submission"),
        ),
        sa.PrimaryKeyConstraint(
            "cycle", "organisation_id", "indicator_id", name=op.f("pk_indicator_stage")
        ),
    )
    op.create_table(
        "organisation_profile",
        sa.Column("cycle", sa.String(length=7), nullable=False),
        sa.Column("organisation_id", sa.String(length=16), nullable=False),
        sa.Column("submission_id", sa.String(length=24), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("lowest_stage", sa.Integer(), nullable=True),
        sa.Column("n_commitments", sa.Integer(), nullable=False),
        sa.Column("n_assessed", sa.Integer(), nullable=False),
        sa.Column("n_applicable", sa.Integer(), nullable=False),
        sa.Column("n_answered", sa.Integer(), nullable=False),
        sa.Column("claims_ahead", sa.Integer(), nullable=False),
        sa.Column("framework_version", sa.String(length=48), nullable=False),
        sa.Column("engine_version", sa.String(length=16), nullable=False),
        sa.Column("input_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.submission_id"],
            name=op.f("fk_organisation_profile_submission_id_submission"),
        ),
        sa.PrimaryKeyConstraint("cycle", "organisation_id", name=op.f("pk_organisation_profile")),
    )
    op.create_table(
        "problem",
        sa.Column("cycle", sa.String(length=7), nullable=False),
        sa.Column("submission_id", sa.String(length=24), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rule", sa.String(length=48), nullable=False),
        sa.Column("severity", sa.String(length=8), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=True),
        sa.Column("cell", sa.Text(), nullable=True),
        sa.Column("seen", sa.Text(), nullable=True),
        sa.Column("ref", sa.Text(), nullable=True),
        sa.Column("wrong", sa.Text(), nullable=False),
        sa.Column("fix", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.submission_id"],
            name=op.f("fk_problem_submission_id_submission"),
        ),
        sa.PrimaryKeyConstraint("submission_id", "number", name=op.f("pk_problem")),
    )
    op.create_index(op.f("ix_problem_cycle"), "problem", ["cycle"], unique=False)
    op.create_table(
        "record_value",
        sa.Column("cycle", sa.String(length=7), nullable=False),
        sa.Column("organisation_id", sa.String(length=16), nullable=False),
        sa.Column("submission_id", sa.String(length=24), nullable=False),
        sa.Column("sheet_id", sa.String(length=32), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("column_id", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("number", sa.Float(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("qualifier", sa.String(length=16), nullable=True),
        sa.Column("sheet", sa.Text(), nullable=True),
        sa.Column("cell", sa.Text(), nullable=True),
        sa.Column("seen", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.submission_id"],
            name=op.f("fk_record_value_submission_id_submission"),
        ),
    )
    op.create_index(op.f("ix_record_value_cycle"), "record_value", ["cycle"], unique=False)
    op.create_table(
        "verdict",
        sa.Column("cycle", sa.String(length=7), nullable=False),
        sa.Column("submission_id", sa.String(length=24), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("organisation_id", sa.String(length=16), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.Column("superseded_by", sa.String(length=24), nullable=True),
        sa.Column("framework_version", sa.String(length=48), nullable=True),
        sa.Column("cells_read", sa.Integer(), nullable=False),
        sa.Column("n_must_fix", sa.Integer(), nullable=False),
        sa.Column("n_check", sa.Integer(), nullable=False),
        sa.Column("n_note", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.submission_id"],
            name=op.f("fk_verdict_submission_id_submission"),
        ),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_verdict")),
    )
    op.create_index(op.f("ix_verdict_cycle"), "verdict", ["cycle"], unique=False)
