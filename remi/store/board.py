"""How the round stands: every expected organisation with its latest return, counted in the
database, so that the page is as quick for a hundred thousand organisations as for forty."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Engine,
    Row,
    Select,
    String,
    Subquery,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
)

from schemas.people import person, role, sign_off
from schemas.store import ANYONE, organisation, submission, verdict

NOT_RECEIVED = "not_received"
NOT_CHECKED = "not_checked"
NEEDS_CHANGES = "needs_changes"
READY = "ready"
COUNTS = "counts"

STANDINGS = {
    NOT_RECEIVED: "Not received",
    NOT_CHECKED: "Received, not checked yet",
    NEEDS_CHANGES: "Needs changes",
    READY: "Ready, not signed off",
    COUNTS: "Signed off",
}
"""Every standing and what it is called, from nothing to done."""


BY_CODE = (NOT_CHECKED, NEEDS_CHANGES, READY)
CODES = 4
"""How a file stands is kept in two bits, by its place in `BY_CODE`."""


@dataclass(frozen=True)
class Round:
    """Which round is looked at.

    Organisations are those of the register on the day `register`. A return is late that takes
    effect (is signed off, or arrives where no sign-off is needed) at or after `due` (UTC).
    """

    cycle: str
    register: date
    due: datetime
    sign_off_needed: bool


@dataclass(frozen=True)
class Wanted:
    """Which organisations to list; an empty text leaves the choice open."""

    sector: str = ""
    system: str = ""
    standing: str = ""
    late: bool = False


@dataclass(frozen=True)
class Count:
    """How many organisations, or departments, of one sector and lead system have one standing."""

    sector: str
    system: str
    standing: str
    late: bool
    number: int
    departments: bool = False


@dataclass(frozen=True)
class Returned:
    """One organisation or department with its latest assessment, if it has sent one.

    `late` is said only of a return that counts: nothing of the organisation's was there in time.
    """

    organisation_id: str
    name: str
    sector: str
    lead_system: str
    standing: str
    late: bool
    is_department: bool
    submission_id: str | None
    received_at: datetime | None
    door: str | None
    n_must_fix: int | None
    n_check: int | None


@dataclass(frozen=True)
class Contact:
    """An organisation whose return does not count yet, with one of its people, if any."""

    organisation_id: str
    name: str
    sector: str
    lead_system: str
    standing: str
    person_id: str | None
    person_name: str | None
    email: str | None
    role: str | None


@dataclass(frozen=True)
class Stray:
    """A file that is no expected organisation's: it could not be read, or names somebody else."""

    submission_id: str
    organisation_id: str | None
    received_at: datetime
    door: str
    outcome: str


def counted(engine: Engine, of: Round) -> list[Count]:
    """How many organisations there are of every kind that is there; by sector and system."""
    board = _board(of)
    kinds = (
        *(board.c.sector, board.c.lead_system, board.c.standing, board.c.late),
        board.c.is_department,
    )
    query = select(*kinds, func.count()).group_by(*kinds).order_by(*kinds)
    with engine.connect() as connection:
        rows = connection.execute(query).all()
    return [
        Count(row[0], row[1], row[2], bool(row[3]), row[5], departments=bool(row[4]))
        for row in rows
    ]


def listed(engine: Engine, of: Round, wanted: Wanted, start: int, most: int) -> list[Returned]:
    """At most so many of the organisations that are wanted, from place `start`; by name."""
    board = _board(of)
    order = ("name", "organisation_id")
    some = (
        select(board)
        .where(*_conditions(board, wanted))
        .order_by(*(board.c[name] for name in order))
        .offset(start)
        .limit(most)
        .subquery("some")
    )
    latest = and_(submission.c.cycle == of.cycle, submission.c.place == some.c.last // CODES)
    query = (
        select(
            *(column for column in some.c if column.name != "last"),
            submission.c.submission_id,
            submission.c.came_last_at.label("received_at"),
            submission.c.door,
            verdict.c.n_must_fix,
            verdict.c.n_check,
        )
        .outerjoin(submission, latest)
        .outerjoin(verdict, verdict.c.submission_id == submission.c.submission_id)
        .order_by(*(some.c[name] for name in order))
    )
    with engine.connect() as connection:
        return [_returned(row) for row in connection.execute(query)]


def not_returned(engine: Engine, of: Round) -> list[Contact]:
    """Whoever's return does not count yet, with each of their people; by name."""
    board = _board(of)
    theirs = (
        select(
            role.c.organisation_id,
            role.c.role,
            person.c.person_id,
            person.c.name.label("person_name"),
            person.c.email,
        )
        .join(person, person.c.person_id == role.c.person_id)
        .where(role.c.ended_at.is_(None), person.c.ended_at.is_(None))
        .where(role.c.role.in_(("lead", "partner")))
        .subquery()
    )
    query = (
        select(
            board.c.organisation_id,
            board.c.name,
            board.c.sector,
            board.c.lead_system,
            board.c.standing,
            theirs.c.person_id,
            theirs.c.person_name,
            theirs.c.email,
            theirs.c.role,
        )
        .outerjoin(theirs, theirs.c.organisation_id == board.c.organisation_id)
        .where(board.c.standing != COUNTS)
        .order_by(board.c.name, board.c.organisation_id, theirs.c.role, theirs.c.email)
    )
    with engine.connect() as connection:
        return [Contact(**row._mapping) for row in connection.execute(query)]


def strays(engine: Engine, of: Round, most: int) -> list[Stray]:
    """Files that were checked and are no expected organisation's, the latest first."""
    expected = select(organisation.c.organisation_id).where(*_in_register(of.register))
    query = (
        select(
            submission.c.submission_id,
            verdict.c.organisation_id,
            submission.c.came_last_at.label("received_at"),
            submission.c.door,
            verdict.c.outcome,
        )
        .join(verdict, verdict.c.submission_id == submission.c.submission_id)
        .where(submission.c.cycle == of.cycle, submission.c.sent_for == ANYONE)
        .where(or_(verdict.c.organisation_id.is_(None), verdict.c.organisation_id.not_in(expected)))
        .order_by(submission.c.place.desc())
        .limit(most)
    )
    with engine.connect() as connection:
        return [Stray(**row._mapping) for row in connection.execute(query)]


def _returned(row: Row[*tuple[Any, ...]]) -> Returned:
    values = dict(row._mapping)
    said = {name: bool(values[name]) for name in ("late", "is_department")}
    return Returned(**{**values, **said})


def _conditions(board: Subquery, wanted: Wanted) -> list[ColumnElement[bool]]:
    given = {
        "sector": wanted.sector,
        "lead_system": wanted.system,
        "standing": wanted.standing,
    }
    chosen = [board.c[name] == value for name, value in given.items() if value]
    return [*chosen, board.c.late == 1] if wanted.late else chosen


def _in_register(day: date) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return (
        organisation.c.valid_from <= day,
        or_(organisation.c.valid_to.is_(None), organisation.c.valid_to >= day),
    )


def _board(of: Round) -> Subquery:
    """One row for each organisation that is expected, as it stands in the register.

    `last` is as of `_arrived`.
    """
    arrived = _arrived(of).subquery("arrived")
    standing = case(
        (arrived.c.counting == 1, literal(COUNTS)),
        (arrived.c.last.is_(None), literal(NOT_RECEIVED)),
        *((arrived.c.last % CODES == code, literal(name)) for code, name in enumerate(BY_CODE)),
    )
    late = and_(arrived.c.counting == 1, arrived.c.first >= of.due)
    return (
        select(
            organisation.c.organisation_id,
            organisation.c.name,
            organisation.c.sector,
            organisation.c.lead_system,
            standing.label("standing"),
            case((late, 1), else_=0).label("late"),
            case((organisation.c.unit_type == "department", 1), else_=0).label("is_department"),
            arrived.c.last,
        )
        .outerjoin(arrived, arrived.c.organisation_id == organisation.c.organisation_id)
        .where(*_in_register(of.register))
        .subquery("board")
    )


def _arrived(of: Round) -> Select[*tuple[Any, ...]]:
    """Of each organisation that sent an assessment, or a file of which it is not known what it is:
    its latest one, whether one of them counts, and when one of them first took effect.

    `last` is the latest one's place and, as the remainder, how it stands, in one number, so that
    the largest can be found without sorting.
    """
    # SQLite makes an index for the join with the register only where it knows that this is text.
    whose = cast(
        case(
            (submission.c.sent_for != ANYONE, submission.c.sent_for),
            else_=verdict.c.organisation_id,
        ),
        String,
    )
    good = verdict.c.outcome == "accepted"
    code = case(
        (verdict.c.outcome.is_(None), BY_CODE.index(NOT_CHECKED)),
        (good, BY_CODE.index(READY)),
        else_=BY_CODE.index(NEEDS_CHANGES),
    )
    may_count = or_(submission.c.sent_for == ANYONE, sign_off.c.signed_at.is_not(None))
    took_effect = func.coalesce(sign_off.c.signed_at, submission.c.received_at)
    return (
        select(
            whose.label("organisation_id"),
            func.max(submission.c.place * CODES + code).label("last"),
            func.max(case((verdict.c.counts, 1), else_=0)).label("counting"),
            func.min(
                case((and_(good, may_count) if of.sign_off_needed else good, took_effect))
            ).label("first"),
        )
        .outerjoin(verdict, verdict.c.submission_id == submission.c.submission_id)
        .outerjoin(sign_off, sign_off.c.submission_id == submission.c.submission_id)
        .where(submission.c.cycle == of.cycle)
        .where(or_(verdict.c.kind.is_(None), verdict.c.kind.in_(("assessment", "unknown"))))
        .group_by(whose)
    )
