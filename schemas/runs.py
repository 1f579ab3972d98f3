"""What the store remembers of runs: which run made each step of a cycle, and from what.

Publication asks these tables whether what is stored came from one run of today's inputs.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, DateTime, Integer, String, Table, Text

from schemas.store import metadata

run_step = Table(
    "run_step",
    metadata,
    Column("cycle", String(7), primary_key=True),
    Column("step", String(48), primary_key=True),
    # Empty where the step was made outside a run, from which nothing is published.
    Column("run_id", String(64), nullable=False),
    Column("inputs", Text, nullable=False),  # JSON: each kind of input and the hash of it
    Column("content_hash", String(64), nullable=False),  # of what later cycles read of it
    Column("last_place", Integer, nullable=False),  # of the last file that it read
    Column("n_files", Integer, nullable=False),  # what had come in before it began
    Column("n_sign_offs", Integer, nullable=False),
    Column("n_decisions", Integer, nullable=False),
    Column("made_at", DateTime(timezone=False), nullable=False),  # UTC
)

run_check = Table(
    "run_check",
    metadata,
    Column("cycle", String(7), primary_key=True),
    Column("name", String(64), primary_key=True),
    Column("step", String(48), nullable=False),
    Column("run_id", String(64), nullable=False),
    Column("passed", Boolean, nullable=False),
    Column("asked_at", DateTime(timezone=False), nullable=False),  # UTC
)

passed_run = Table(
    "passed_run",
    metadata,
    Column("cycle", String(7), primary_key=True),
    Column("run_id", String(64), primary_key=True),
    Column("passed_at", DateTime(timezone=False), nullable=False),  # UTC
    Column("input_hash", String(64), nullable=False),
    Column("checks", Text, nullable=False),  # the blocking checks that it passed
    Column("n_files", Integer, nullable=False),  # what had come in when it judged
    Column("n_sign_offs", Integer, nullable=False),
    Column("n_decisions", Integer, nullable=False),
)
