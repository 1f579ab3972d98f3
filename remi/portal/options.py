"""How one installation of the portal is reached, and by what it sends e-mails."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from remi.settings import Settings


@dataclass(frozen=True)
class StaffSignIn:
    """An OpenID Connect provider at which staff sign in. `issuer` is its address."""

    issuer: str
    client_id: str
    client_secret: str


@dataclass(frozen=True)
class PortalOptions:
    """What differs between installations and is no decision of the collaboration's.

    `address` is the portal's own, without a slash at the end. Without `smtp` e-mails are written
    into the folder `outbox` and printed, which only a demonstration may do.
    """

    address: str
    outbox: Path
    smtp: str | None = None
    mail_from: str = "no-reply@localhost"
    staff: StaffSignIn | None = None
    trusted_proxies: int = 0

    @property
    def secure(self) -> bool:
        """Whether browsers reach it by https, so that cookies may never travel without."""
        return self.address.startswith("https://")

    @property
    def origin(self) -> str:
        """What a browser names as the origin of a form that was sent from one of our pages."""
        parts = urlsplit(self.address)
        return f"{parts.scheme}://{parts.netloc}"

    @classmethod
    def from_environment(cls, settings: Settings, address: str) -> PortalOptions:
        """Read REMI_ADDRESS, REMI_SMTP, REMI_MAIL_FROM, REMI_OIDC_* and REMI_TRUSTED_PROXIES."""
        issuer = os.environ.get("REMI_OIDC_ISSUER")
        return cls(
            address=(os.environ.get("REMI_ADDRESS") or address).rstrip("/"),
            outbox=settings.home / "outbox",
            smtp=os.environ.get("REMI_SMTP") or None,
            mail_from=os.environ.get("REMI_MAIL_FROM") or "no-reply@localhost",
            staff=StaffSignIn(
                issuer.rstrip("/"),
                os.environ["REMI_OIDC_CLIENT_ID"],
                os.environ["REMI_OIDC_CLIENT_SECRET"],
            )
            if issuer
            else None,
            trusted_proxies=int(os.environ.get("REMI_TRUSTED_PROXIES") or 0),
        )
