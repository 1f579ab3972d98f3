"""Deliveries of every door, and sign-offs, in one order; a return can be signed off again."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

SUBMISSION = sa.table(
    "submission",
    *(sa.column(name) for name in ("submission_id", "cycle", "door", "file_name", "sent_for")),
    sa.column("received_at", sa.DateTime()),
    sa.column("came_last_at", sa.DateTime()),
    sa.column("place", sa.Integer()),
)
DELIVERY = sa.table(
    "delivery",
    *(
        sa.column(name)
        for name in ("delivery_id", "submission_id", "cycle", "organisation_id", "door")
    ),
    *(sa.column(name) for name in ("person_id", "token_id", "file_name")),
    sa.column("delivered_at", sa.DateTime()),
    sa.column("place", sa.Integer()),
)
SIGN_OFF = sa.table(
    "sign_off",
    *(sa.column(name) for name in ("submission_id", "cycle", "organisation_id", "person_id")),
    sa.column("signed_at", sa.DateTime()),
    sa.column("place", sa.Integer()),
)


def upgrade() -> None:
    """Number what happened by its times, once; from now on no clock is asked."""
    connection = op.get_bind()
    signed = [
        dict(row._mapping)
        for row in connection.execute(
            sa.select(*(column for column in SIGN_OFF.c if column.name != "place"))
        )
    ]
    _make_sign_off_anew()
    with op.batch_alter_table("delivery") as batch:
        batch.add_column(sa.Column("place", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("submission") as batch:
        batch.add_column(sa.Column("came_last_at", sa.DateTime(), nullable=True))
    _number(connection, signed)
    with op.batch_alter_table("delivery") as batch:
        batch.alter_column("place", server_default=None)
    with op.batch_alter_table("submission") as batch:
        batch.alter_column("came_last_at", nullable=False)


def _make_sign_off_anew() -> None:
    op.drop_table("sign_off")
    op.create_table(
        "sign_off",
        sa.Column("submission_id", sa.String(length=24), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("cycle", sa.String(length=7), nullable=False),
        sa.Column("organisation_id", sa.String(length=16), nullable=False),
        sa.Column("person_id", sa.String(length=16), nullable=False),
        sa.Column("signed_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.person_id"], name=op.f("fk_sign_off_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.submission_id"],
            name=op.f("fk_sign_off_submission_id_submission"),
        ),
        sa.PrimaryKeyConstraint("submission_id", "place", name=op.f("pk_sign_off")),
    )
    op.create_index(op.f("ix_sign_off_cycle"), "sign_off", ["cycle"], unique=False)


def _number(connection: sa.Connection, signed: list[dict[str, Any]]) -> None:
    """Give every delivery and sign-off its place in the cycle, and each file that of its last."""
    files = connection.execute(sa.select(SUBMISSION).order_by(SUBMISSION.c.place)).all()
    known = connection.execute(sa.select(DELIVERY)).all()
    sent = {row.submission_id for row in known}
    happened: list[tuple[datetime, int, int, str, str]] = []
    first = {row.submission_id: row.place for row in files}
    for row in known:
        order = first.get(row.submission_id, 0)
        happened.append((row.delivered_at, 0, order, row.cycle, row.delivery_id))
    last_at = {row.submission_id: row.received_at for row in files}
    added = []
    for row in files:
        if row.submission_id not in sent:
            number = secrets.token_hex(16)
            added.append(
                {
                    "delivery_id": number,
                    "submission_id": row.submission_id,
                    "cycle": row.cycle,
                    "organisation_id": row.sent_for,
                    "door": row.door,
                    "file_name": row.file_name,
                    "delivered_at": row.received_at,
                    "place": 0,
                }
            )
            happened.append((row.received_at, 0, row.place, row.cycle, number))
    if added:
        connection.execute(sa.insert(DELIVERY), added)
    for turn, said in enumerate(signed):
        happened.append((said["signed_at"], 1, turn, said["cycle"], str(turn)))
    whose = {row.delivery_id: row.submission_id for row in known}
    whose |= {str(row["delivery_id"]): str(row["submission_id"]) for row in added}
    places: dict[str, int] = {}
    last: dict[str, int] = {}
    for at, kind, order, cycle, name in sorted(happened):
        places[cycle] = places.get(cycle, 0) + 1
        if kind == 1:
            signed[order]["place"] = places[cycle]
            continue
        connection.execute(
            sa.update(DELIVERY).where(DELIVERY.c.delivery_id == name).values(place=places[cycle])
        )
        last[whose[name]], last_at[whose[name]] = places[cycle], at
    # Twice, since no two files may have the same place at any time.
    connection.execute(sa.update(SUBMISSION).values(place=-SUBMISSION.c.place))
    for submission_id, place in last.items():
        connection.execute(
            sa.update(SUBMISSION)
            .where(SUBMISSION.c.submission_id == submission_id)
            .values(place=place, came_last_at=last_at[submission_id])
        )
    if signed:
        connection.execute(sa.insert(SIGN_OFF), signed)
