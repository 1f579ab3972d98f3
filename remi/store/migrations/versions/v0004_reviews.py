"""What reviewers decide, what is assured by it, and how far they agree with partners."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the three tables."""
    op.create_table(
        "review_decision",
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("cycle", sa.String(length=7), nullable=False),
        sa.Column("organisation_id", sa.String(length=16), nullable=False),
        sa.Column("submission_id", sa.String(length=24), nullable=False),
        sa.Column("indicator_id", sa.String(length=8), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("claim", sa.String(length=16), nullable=False),
        sa.Column("basis", sa.String(length=64), nullable=False),
        sa.Column("decision", sa.String(length=16), nullable=False),
        sa.Column("grade", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("person_id", sa.String(length=16), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.person_id"], name=op.f("fk_review_decision_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.submission_id"],
            name=op.f("fk_review_decision_submission_id_submission"),
        ),
        sa.PrimaryKeyConstraint("decision_id", name=op.f("pk_review_decision")),
    )
    op.create_index(
        "ix_review_decision_organisation",
        "review_decision",
        ["cycle", "organisation_id"],
        unique=False,
    )
    op.create_table(
        "assured_stage",
        sa.Column("cycle", sa.String(length=7), nullable=False),
        sa.Column("organisation_id", sa.String(length=16), nullable=False),
        sa.Column("submission_id", sa.String(length=24), nullable=False),
        sa.Column("level", sa.String(length=12), nullable=False),
        sa.Column("commitment_id", sa.String(length=32), nullable=False),
        sa.Column("indicator_id", sa.String(length=8), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("declared_stage", sa.Integer(), nullable=True),
        sa.Column("assured_stage", sa.Integer(), nullable=True),
        sa.Column("overclaim_gap", sa.Integer(), nullable=True),
        sa.Column("n_claims", sa.Integer(), nullable=False),
        sa.Column("n_decided", sa.Integer(), nullable=False),
        sa.Column("n_accepted", sa.Integer(), nullable=False),
        sa.Column("n_met", sa.Integer(), nullable=False),
        sa.Column("n_met_accepted", sa.Integer(), nullable=False),
        sa.Column("n_met_verified", sa.Integer(), nullable=False),
        sa.Column("n_reviewers", sa.Integer(), nullable=False),
        sa.Column("framework_version", sa.String(length=48), nullable=False),
        sa.Column("engine_version", sa.String(length=16), nullable=False),
        sa.Column("input_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.submission_id"],
            name=op.f("fk_assured_stage_submission_id_submission"),
        ),
    )
    op.create_index(op.f("ix_assured_stage_cycle"), "assured_stage", ["cycle"], unique=False)
    op.create_table(
        "assurance_agreement",
        sa.Column("cycle", sa.String(length=7), nullable=False),
        sa.Column("commitment_id", sa.String(length=32), nullable=False),
        sa.Column("statistic", sa.String(length=24), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("low", sa.Float(), nullable=True),
        sa.Column("high", sa.Float(), nullable=True),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(
            "cycle", "commitment_id", "statistic", name=op.f("pk_assurance_agreement")
        ),
    )
