"""E-mails: by SMTP in production; into a folder, and printed, in a demonstration."""

from __future__ import annotations

import logging
import secrets
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from schemas.portal import Contact

SECONDS_TO_WAIT = 20

_log = logging.getLogger(__name__)


class MailError(RuntimeError):
    """The e-mail could not be handed over; trying again later may help."""


@dataclass(frozen=True)
class Mailer:
    """Sends plain text to one person at a time.

    `smtp` is an address such as smtp://user:password@host:587 (encrypted by STARTTLS),
    smtps://host:465, or smtp+plain://localhost:25 for a server on the same machine. Without it
    the e-mail becomes a file in `outbox`, and `show` is told of it. Each ends with `contact`: whom
    to ask.
    """

    sender: str
    outbox: Path
    contact: Contact
    smtp: str | None = None
    show: Callable[[str], None] | None = None

    def send(self, to: str, subject: str, text: str, now: datetime) -> None:
        """Send one e-mail. Raises MailError where `to` is not one address or the server fails."""
        try:
            recipient = Address(addr_spec=to.strip())
        except (MessageError, ValueError):
            raise MailError("that is not one e-mail address") from None
        message = EmailMessage(policy=SMTP)
        # A line break in a heading would let its writer add headings of their own.
        message["From"] = _one_line(self.sender)
        message["To"] = recipient
        message["Subject"] = _one_line(subject)
        message["Date"] = format_datetime(now)
        message["Message-ID"] = f"<{secrets.token_hex(16)}@{self.sender.partition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        text = text.rstrip("\n") + f"\n\nQuestions? Ask {self.contact.in_words}\n"
        message.set_content(text)
        if self.smtp:
            self._hand_over(message, recipient.addr_spec)
        else:
            self._put_out(message, now)
        if self.show:
            self.show(f"To {to}: {subject}\n\n{text}")

    def _hand_over(self, message: EmailMessage, to: str) -> None:
        parts = urlsplit(self.smtp or "")
        host, port = parts.hostname or "localhost", parts.port or 0
        # Without it Python encrypts for whoever answers: links that sign people in go this way.
        known = ssl.create_default_context()
        try:
            if parts.scheme == "smtps":
                server: smtplib.SMTP = smtplib.SMTP_SSL(
                    host, port, timeout=SECONDS_TO_WAIT, context=known
                )
            else:
                server = smtplib.SMTP(host, port, timeout=SECONDS_TO_WAIT)
            with server:
                if parts.scheme == "smtp":
                    server.starttls(context=known)
                if parts.username:
                    server.login(unquote(parts.username), unquote(parts.password or ""))
                server.send_message(message, to_addrs=[to])
        except (OSError, smtplib.SMTPException) as error:
            _log.error("an e-mail was not sent: %s", type(error).__name__)
            raise MailError("the e-mail could not be sent") from error

    def _put_out(self, message: EmailMessage, now: datetime) -> None:
        self.outbox.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = f"{now:%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}.eml"
        draft = self.outbox / f"{name}.part"
        draft.write_bytes(message.as_bytes())
        draft.replace(self.outbox / name)


def _one_line(text: str) -> str:
    return " ".join(text.split())
