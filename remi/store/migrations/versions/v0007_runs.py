"""Which run made each step of a cycle, what it was made from, and which checks it passed."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the three tables."""
    op.create_table(
        "run_step",
        sa.Column("cycle", sa.String(length=7), nullable=False),
        sa.Column("step", sa.String(length=48), nullable=False),
        sa.Column("run_id", sa.String(length=64), nullable=False),
        sa.Column("inputs", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("last_place", sa.Integer(), nullable=False),
        sa.Column("n_files", sa.Integer(), nullable=False),
        sa.Column("n_sign_offs", sa.Integer(), nullable=False),
        sa.Column("n_decisions", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("cycle", "step", name=op.f("pk_run_step")),
    )
    op.create_table(
        "run_check",
        sa.Column("cycle", sa.String(length=7), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("step", sa.String(length=48), nullable=False),
        sa.Column("run_id", sa.String(length=64), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("cycle", "name", name=op.f("pk_run_check")),
    )
    op.create_table(
        "passed_run",
        sa.Column("cycle", sa.String(length=7), nullable=False),
        sa.Column("run_id", sa.String(length=64), nullable=False),
        sa.Column("passed_at", sa.DateTime(), nullable=False),
        sa.Column("input_hash", sa.String(length=64), nullable=False),
        sa.Column("checks", sa.Text(), nullable=False),
        sa.Column("n_files", sa.Integer(), nullable=False),
        sa.Column("n_sign_offs", sa.Integer(), nullable=False),
        sa.Column("n_decisions", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("cycle", "run_id", name=op.f("pk_passed_run")),
    )
    _take_results_as_passed()


def _take_results_as_passed() -> None:
    """What was scored before this was remembered is no news that waits for a run.

    Its steps are not known, so it must be run again before it is published again.
    """
    op.execute(
        """
        INSERT INTO passed_run
        SELECT scored.cycle, 'before 0007', CURRENT_TIMESTAMP, '', '',
            (SELECT COUNT(*) FROM delivery WHERE delivery.cycle = scored.cycle),
            (SELECT COUNT(*) FROM sign_off WHERE sign_off.cycle = scored.cycle),
            (SELECT COUNT(*) FROM review_decision WHERE review_decision.cycle = scored.cycle)
        FROM (SELECT DISTINCT cycle FROM organisation_profile) AS scored
        """
    )
