"""What a page is given: the portal, who asks, and what was sent. Pages read nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from remi.configuration import Configuration
from remi.cycle.work import CycleWork
from remi.intake.judging.context import JudgingContext
from remi.intake.reading.sandbox import Sandbox
from remi.portal.mail import Mailer
from remi.portal.options import PortalOptions
from remi.store.people import Person
from remi.store.tokens import Token
from remi.workspace import Workspace
from schemas.portal import PortalPolicy


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class KeptContext:
    """What judging a round depends on, when it was last compared with the register, and that."""

    minute: int
    register: str
    context: JudgingContext


@dataclass(frozen=True)
class Portal:
    """One running portal. `now` gives the time, with its zone; tests give one of their own."""

    workspace: Workspace
    options: PortalOptions
    mailer: Mailer
    sandbox: Sandbox
    key: bytes
    now: Callable[[], datetime] = field(default=_now)
    contexts: dict[str, KeptContext] = field(default_factory=dict)

    @property
    def configuration(self) -> Configuration:
        """The collaboration's choices."""
        return self.workspace.configuration

    @property
    def policy(self) -> PortalPolicy:
        """The collaboration's choices about the portal."""
        return self.workspace.configuration.portal

    def moment(self) -> datetime:
        """Now as it is stored: UTC without its zone."""
        return self.now().astimezone(UTC).replace(tzinfo=None)

    def work(self, cycle_id: str) -> CycleWork:
        """The work on one cycle. Raises KeyError for a cycle that there is not."""
        self.configuration.cycles.get(cycle_id)
        return CycleWork(self.workspace, cycle_id)


@dataclass(frozen=True)
class SentFile:
    """A file as a form or program sent it, already within the allowed size."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Visit:
    """One request. `person` is missing for pages that everyone may see.

    `place` holds the names in the address (`organisation_id`, `cycle`, ...), `query` what stands
    after its question mark, `form` and `files` what was sent; `token` is the hidden field that
    every form must carry; `network` is where the request came from, for counting attempts only.
    `program` is the token of a program that asks.
    """

    portal: Portal
    person: Person | None
    path: str
    place: Mapping[str, str]
    query: Mapping[str, str]
    form: Mapping[str, str]
    files: Mapping[str, SentFile]
    headers: Mapping[str, str]
    cookies: Mapping[str, str]
    token: str
    network: str
    program: Token | None = None

    @property
    def who(self) -> Person:
        """The person who is signed in; a page that needs one is never called without."""
        if self.person is None:
            raise PermissionError("nobody is signed in")
        return self.person


STATIC = Path(__file__).parent / "static"
