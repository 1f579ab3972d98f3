"""What the collaboration decides about its portal: how long, how often, and who must agree."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator, model_validator

from schemas.framework import Model
from schemas.messages import placeholders

Role = Literal["partner", "lead", "reviewer", "data_team", "leader"]

FILLED_IN = frozenset(
    {"organisation", "cycle", "closes", "last_day", "days", "standing", "address", "helpdesk"}
)
"""What a reminder may have in braces."""


class RateLimit(Model):
    """At most `most` attempts in any stretch of `minutes`."""

    most: int = Field(ge=1)
    minutes: int = Field(ge=1)


class RateLimits(Model):
    """What is counted, by the address, person, organisation or network address that tries."""

    sign_in_per_address: RateLimit
    sign_in_per_network: RateLimit
    code_per_network: RateLimit
    upload_per_organisation: RateLimit
    upload_per_network: RateLimit
    invitation_per_person: RateLimit
    api_per_token: RateLimit


class ReminderRule(Model):
    """A reminder to those who have not returned, so many days before the closing day."""

    id: str = Field(pattern=r"^[a-z_]+$", max_length=24)
    days_before_closing: int = Field(description="Below zero: after the closing day.")
    subject: str
    text: str

    @field_validator("subject", "text")
    @classmethod
    def _filled_in(cls, text: str) -> str:
        if unknown := sorted(placeholders(text) - FILLED_IN):
            raise ValueError(f"{{{unknown[0]}}}: only {', '.join(sorted(FILLED_IN))} are filled in")
        return text


class Contact(Model):
    """Whom partners ask: in the footer of every page, and at the end of every e-mail."""

    name: str = Field(min_length=1, max_length=120)
    email: str = Field(pattern=r"^[\w.+-]+@[\w-]+(\.[\w-]+)+$", max_length=254)
    telephone: str | None = Field(
        default=None, pattern=r"^\+?[0-9(][0-9() ]{8,20}$", description="As people write it."
    )

    @property
    def in_words(self) -> str:
        """One line for a sentence: `the data team, data@example.org, 020 7946 0000`."""
        return ", ".join(filter(None, (self.name, self.email, self.telephone)))


class PortalPolicy(Model):
    """`config/portal.yaml`."""

    service_name: str
    contact: Contact
    link_minutes: int = Field(ge=1)
    codes_tried: int = Field(ge=1, description="Wrong codes after which a sign-in is over.")
    session_hours: int = Field(ge=1)
    idle_minutes: int = Field(ge=1)
    token_days: int = Field(ge=1)
    largest_upload_megabytes: int = Field(ge=1)
    sign_off_needed: bool = Field(
        description="Whether a return sent through the portal counts only after its sign-off."
    )
    two_person_review: bool = Field(
        description="Whether a claim is assured only when two reviewers accepted it."
    )
    smallest_comparison_group: int = Field(ge=5)
    limits: RateLimits
    reminders: tuple[ReminderRule, ...]

    @property
    def helpdesk(self) -> str:
        """Whom to ask, within a sentence of a page or an e-mail."""
        return self.contact.in_words

    @model_validator(mode="after")
    def _one_reminder_a_day(self) -> PortalPolicy:
        for name in ("id", "days_before_closing"):
            given = [getattr(rule, name) for rule in self.reminders]
            if len(set(given)) < len(given):
                raise ValueError(f"each reminder must have a {name} of its own")
        return self
