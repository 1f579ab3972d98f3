"""What everybody may read about the portal: how it works, every message, privacy, accessibility."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response

from remi.messages import SEVERITIES, in_general
from remi.portal.access import EVERYONE
from remi.portal.answers import page
from remi.portal.routing import Page
from remi.portal.visit import Visit
from remi.store.attempts import KEPT as ATTEMPTS_KEPT
from remi.store.sessions import KEPT_DAYS
from schemas.messages import Message, Messages

Parts = tuple[str, ...]
"""A sentence cut where its details begin and end: every second part differs from file to file."""


@dataclass(frozen=True)
class MessageShown:
    """One message as it is when nothing has happened yet."""

    message: Message
    wrong: Parts
    fix: Parts


@dataclass(frozen=True)
class GroupShown:
    """The messages under one heading."""

    id: str
    title: str
    messages: tuple[MessageShown, ...]


def shown(messages: Messages) -> tuple[GroupShown, ...]:
    """Every message, by its heading."""
    return tuple(
        GroupShown(
            group.id,
            group.title,
            tuple(
                MessageShown(one, _parts(one.wrong, messages), _parts(one.fix, messages))
                for one in messages.in_group(group.id)
            ),
        )
        for group in messages.groups
    )


def _parts(text: str, messages: Messages) -> Parts:
    return tuple(in_general(text, messages, "\0{}\0".format).split("\0"))


def _help(visit: Visit) -> Response:
    return page(visit, "help.jinja")


def _messages(visit: Visit) -> Response:
    groups = shown(visit.portal.configuration.messages)
    return page(visit, "help_messages.jinja", groups=groups, severities=SEVERITIES)


def _accessibility(visit: Visit) -> Response:
    return page(visit, "help_accessibility.jinja")


def _privacy(visit: Visit) -> Response:
    hours = int(ATTEMPTS_KEPT.total_seconds() // 3600)
    return page(visit, "help_privacy.jinja", session_days=KEPT_DAYS, attempt_hours=hours)


PAGES = (
    Page("GET", "/help", EVERYONE, _help),
    Page("GET", "/help/messages", EVERYONE, _messages),
    Page("GET", "/help/accessibility", EVERYONE, _accessibility),
    Page("GET", "/help/privacy", EVERYONE, _privacy),
)
