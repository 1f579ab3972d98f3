"""Run the migrations on the connection, and in the transaction, that `migrate` hands over."""

from alembic import context

from schemas import reviews, runs  # noqa: F401 - their tables belong to the metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=reviews.review_decision.metadata,
    # Dagster keeps an `alembic_version` of its own, perhaps in the same database.
    version_table="remi_version",
    # SQLite cannot alter a table; Alembic then copies it.
    render_as_batch=True,
)
context.run_migrations()
