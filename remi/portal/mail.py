"""E-mails: by SMTP in production; into a folder, and printed, in a demonstration."""

from __future__ import annotations

import logging
import secrets
import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

SECONDS_TO_WAIT = 20

_log = logging.getLogger(__name__)


class MailError(RuntimeError):
    """The e-mail could not be handed over; trying again later may help."""


@dataclass(frozen=True)
class Mailer:
    """Sends plain text to one person at a time.

    `smtp` is an address such as smtp://user:password@host:587 (encrypted by STARTTLS),
    smtps://host:465, or smtp+plain://localhost:25 for a server on the same machine. Without it
    the e-mail becomes a file in `outbox`, and `show` is told of it.
    """

    sender: str
    outbox: Path
    smtp: str | None = None
    show: Callable[[str], None] | None = None

    def send(self, to: str, subject: str, text: str, now: datetime) -> None:
        """Send one e-mail. Raises MailError where the server does not take it."""
        message = EmailMessage(policy=SMTP)
        # A line break in a heading would let its writer add headings of their own.
        message["From"] = _one_line(self.sender)
        message["To"] = _one_line(to)
        message["Subject"] = _one_line(subject)
        message["Date"] = format_datetime(now)
        message["Message-ID"] = f"<{secrets.token_hex(16)}@{self.sender.partition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text)
        if self.smtp:
            self._hand_over(message)
        else:
            self._put_out(message, now)
        if self.show:
            self.show(f"To {to}: {subject}\n\n{text}")

    def _hand_over(self, message: EmailMessage) -> None:
        parts = urlsplit(self.smtp or "")
        host, port = parts.hostname or "localhost", parts.port or 0
        try:
            if parts.scheme == "smtps":
                server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=SECONDS_TO_WAIT)
            else:
                server = smtplib.SMTP(host, port, timeout=SECONDS_TO_WAIT)
            with server:
                if parts.scheme == "smtp":
                    server.starttls()
                if parts.username:
                    server.login(unquote(parts.username), unquote(parts.password or ""))
                server.send_message(message)
        except (OSError, smtplib.SMTPException) as error:
            _log.error("an e-mail was not sent: %s", type(error).__name__)
            raise MailError("the e-mail could not be sent") from error

    def _put_out(self, message: EmailMessage, now: datetime) -> None:
        self.outbox.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = f"{now:%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}.eml"
        draft = self.outbox / f".{name}"
        draft.write_bytes(message.as_bytes())
        draft.replace(self.outbox / name)


def _one_line(text: str) -> str:
    return " ".join(text.split())
