"""The log can be read for one organisation without reading all of it."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the index."""
    op.create_index("ix_event_organisation", "event", ["organisation_id", "event_id"])
