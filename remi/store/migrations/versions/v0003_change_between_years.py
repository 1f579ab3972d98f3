"""What the change of every score is made of; stages of two years under what links them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the two tables."""
    op.create_table(
        "linked_change",
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
    op.create_index(op.f("ix_linked_change_cycle"), "linked_change", ["cycle"], unique=False)
    op.create_table(
        "score_change",
        sa.Column("cycle", sa.String(length=7), nullable=False),
        sa.Column("organisation_id", sa.String(length=16), nullable=False),
        sa.Column("previous_cycle", sa.String(length=7), nullable=False),
        sa.Column("commitment_id", sa.String(length=32), nullable=False),
        sa.Column("effect", sa.String(length=16), nullable=False),
        sa.Column("amount", sa.Float(), nullable=False),
        sa.Column("amount_numerator", sa.BigInteger(), nullable=False),
        sa.Column("amount_denominator", sa.BigInteger(), nullable=False),
        sa.Column("score_before", sa.Float(), nullable=False),
        sa.Column("score_now", sa.Float(), nullable=False),
        sa.Column("break_in_series", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint(
            "cycle", "organisation_id", "commitment_id", "effect", name=op.f("pk_score_change")
        ),
    )
