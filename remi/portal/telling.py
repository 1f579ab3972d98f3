"""E-mails that pages send: whether one went out, and where it did not, a line in the log.

The line says what kind of e-mail it was and never to whom: the data team sees on its board that the
mail server refuses, and nobody learns which addresses are known.
"""

from __future__ import annotations

import logging

from remi.portal.mail import MailError
from remi.portal.visit import Portal
from remi.store.events import log
from remi.store.logbook import EMAIL_NOT_SENT

_log = logging.getLogger(__name__)


def tell(portal: Portal, to: str, subject: str, text: str, kind: str) -> bool:
    """Send one e-mail; whether the mail server took it. `kind` names it in the log."""
    try:
        portal.mailer.send(to, subject, text, portal.now())
    except MailError:
        note_not_sent(portal, kind)
        return False
    return True


def note_not_sent(portal: Portal, kind: str) -> None:
    """Say in both logs that an e-mail of this kind did not go out."""
    _log.error("%s was not sent; is the mail server there?", kind)
    log(portal.workspace.engine, portal.moment(), EMAIL_NOT_SENT, subject=kind)
