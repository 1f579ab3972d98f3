"""The tables of people and what they do at the portal, beside those of `schemas.store`.

Nothing that opens a door (link, code, session, token) is kept: only its SHA-256. Rows are added
and ended, never deleted, but for attempts, sessions and sign-ins that are long over, and reminders
that could not be sent. Times are UTC.
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from schemas.store import metadata

WHOLE_COLLABORATION = "all"
"""In place of an organisation's id, for a role or token that is not tied to one."""


def _moment(name: str, *, missing: bool = False) -> Column[object]:
    return Column(name, DateTime(timezone=False), nullable=missing)


def _person(*, key: bool = False, missing: bool = False) -> Column[str]:
    return Column(
        "person_id",
        String(16),
        ForeignKey("person.person_id"),
        primary_key=key,
        nullable=missing,
    )


person = Table(
    "person",
    metadata,
    Column("person_id", String(16), primary_key=True),
    Column("email", Text, nullable=False, unique=True),  # in small letters, as it is compared
    Column("name", Text, nullable=True),
    _moment("added_at"),
    _moment("ended_at", missing=True),  # after this the person cannot sign in
)

role = Table(
    "role",
    metadata,
    _person(key=True),
    Column("role", String(16), primary_key=True),  # partner lead reviewer data_team leader
    Column("organisation_id", String(16), primary_key=True),  # WHOLE_COLLABORATION where not tied
    Column("granted_at", DateTime(timezone=False), primary_key=True, nullable=False),
    Column("granted_by", String(16), nullable=True),  # person; missing for the installation itself
    _moment("ended_at", missing=True),
)

sign_in = Table(
    "sign_in",
    metadata,
    Column("sign_in_id", String(32), primary_key=True),
    _person(),
    Column("link_hash", String(64), nullable=False, unique=True),
    Column("code_hash", String(64), nullable=False),
    _moment("asked_at"),
    _moment("expires_at"),
    _moment("used_at", missing=True),
    Column("wrong_codes", Integer, nullable=False),
)

session = Table(
    "session",
    metadata,
    Column("session_hash", String(64), primary_key=True),
    _person(),
    Column("door", String(16), nullable=False),  # email | staff (OpenID Connect)
    _moment("began_at"),
    _moment("last_seen_at"),
    _moment("expires_at"),
    _moment("ended_at", missing=True),
)

attempt = Table(
    "attempt",
    metadata,
    Column("attempt_id", Integer, primary_key=True),
    Column("kind", String(24), nullable=False),
    Column("key_hash", String(64), nullable=False),  # of the address, person or organisation
    _moment("at"),
    Index("ix_attempt_kind_key_at", "kind", "key_hash", "at"),
)

api_token = Table(
    "api_token",
    metadata,
    Column("token_id", String(16), primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("organisation_id", String(16), nullable=False),  # WHOLE_COLLABORATION: the data team's
    Column("cycle", String(7), nullable=False),
    Column("scope", String(8), nullable=False),  # send | read
    Column("made_by", String(16), ForeignKey("person.person_id"), nullable=False),
    _moment("made_at"),
    _moment("expires_at"),
    _moment("ended_at", missing=True),
    _moment("last_used_at", missing=True),
)

delivery = Table(
    "delivery",
    metadata,
    Column("delivery_id", String(32), primary_key=True),
    Column("submission_id", String(24), ForeignKey("submission.submission_id"), nullable=False),
    Column("cycle", String(7), nullable=False),
    Column("organisation_id", String(16), nullable=False),  # `ANYONE` where nobody signed in
    Column("door", String(16), nullable=False),  # portal | api | inbox
    _person(missing=True),
    Column("token_id", String(16), ForeignKey("api_token.token_id"), nullable=True),
    Column("file_name", Text, nullable=False),  # as sent; only ever shown escaped
    _moment("delivered_at"),
    Column("place", Integer, nullable=False),  # in the order of the cycle: no clock is asked
    Index("ix_delivery_organisation", "cycle", "organisation_id", "delivered_at"),
)

sign_off = Table(
    "sign_off",
    metadata,
    Column("submission_id", String(24), ForeignKey("submission.submission_id"), primary_key=True),
    # A return that came again is signed off again. In one order with what is delivered.
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("cycle", String(7), nullable=False, index=True),
    Column("organisation_id", String(16), nullable=False),
    _person(),
    _moment("signed_at"),
)

explanation = Table(
    "explanation",
    metadata,
    Column("cycle", String(7), primary_key=True),
    Column("organisation_id", String(16), primary_key=True),
    Column("fingerprint", String(32), primary_key=True),  # of rule, organisation, ref and value
    Column("written_at", DateTime(timezone=False), primary_key=True, nullable=False),
    Column("submission_id", String(24), ForeignKey("submission.submission_id"), nullable=False),
    _person(missing=True),
    Column("text", Text, nullable=False),
)

reminder = Table(
    "reminder",
    metadata,
    Column("cycle", String(7), primary_key=True),
    Column("organisation_id", String(16), primary_key=True),
    Column("kind", String(24), primary_key=True),
    _person(key=True),  # to whom
    _moment("sent_at"),
)

event = Table(
    "event",
    metadata,
    Column("event_id", Integer, primary_key=True),
    _moment("at"),
    Column("what", String(32), nullable=False),
    Column("person_id", String(16), nullable=True),
    Column("organisation_id", String(16), nullable=True),
    Column("cycle", String(7), nullable=True),
    Column("subject", Text, nullable=True),  # ids only, never what anybody wrote
    Index("ix_event_at", "at"),
    Index("ix_event_organisation", "organisation_id", "event_id"),
)
