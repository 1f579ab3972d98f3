"""The framework that a cycle's answers were given to, so that a change of its words is noticed.

Nothing is known of what was asked before this was kept: the next file that is judged keeps it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "framework_in_use",
        sa.Column("cycle", sa.String(length=7), nullable=False),
        sa.Column("framework", sa.String(length=48), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("issued", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("cycle", "framework", name=op.f("pk_framework_in_use")),
    )
