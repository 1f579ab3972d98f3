"""Where things lie: the folders, database and file storage that one installation uses."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]

DEMONSTRATION = "DEMONSTRATION"
"""Name of the file that marks a home whose partners and figures are invented."""

FEWEST_KEY_CHARACTERS = 32


@dataclass(frozen=True)
class Settings:
    """Absolute paths and addresses. Nothing is created by making one."""

    home: Path
    config: Path
    database_url: str
    objects_url: str
    inbox: Path
    """One folder for each cycle; partners' files lie in them and are never moved."""
    releases: Path
    register: Path
    """The partner register that the collaboration keeps."""
    dagster_home: Path

    @property
    def demonstration(self) -> bool:
        """Whether all of it is invented: the demo marks its home, and every output says so."""
        return (self.home / DEMONSTRATION).exists()

    @classmethod
    def from_environment(cls) -> Settings:
        """Read REMI_HOME, REMI_CONFIG, REMI_DATABASE and REMI_OBJECTS; blank means default."""
        home = Path(os.environ.get("REMI_HOME") or CHECKOUT / "var").expanduser().absolute()
        config = Path(os.environ.get("REMI_CONFIG") or CHECKOUT / "config").expanduser().absolute()
        return cls(
            home=home,
            config=config,
            database_url=os.environ.get("REMI_DATABASE") or f"sqlite:///{home / 'remi.db'}",
            objects_url=os.environ.get("REMI_OBJECTS") or f"file://{home / 'objects'}",
            inbox=home / "inbox",
            releases=home / "releases",
            register=home / "register.csv",
            dagster_home=home / "dagster",
        )


def run_seconds() -> int:
    """How long one run of one cycle may take: REMI_RUN_SECONDS, an hour where it is left out.

    Raises ValueError for anything but a whole number above 0.
    """
    written = os.environ.get("REMI_RUN_SECONDS") or "3600"
    if not written.isdecimal() or int(written) == 0:
        raise ValueError(f"REMI_RUN_SECONDS is {written!r}; write a whole number of seconds")
    return int(written)


def sandbox_required() -> bool:
    """Whether partners' files may be read only where every limit holds: REMI_SANDBOX=required.

    Raises ValueError for any other word, so that a slip of the pen does not take protection away.
    """
    written = os.environ.get("REMI_SANDBOX") or ""
    if written not in ("", "required"):
        raise ValueError(f"REMI_SANDBOX is {written!r}; leave it out or write required")
    return written == "required"


@dataclass(frozen=True)
class VirusScanner:
    """Where clamd listens (a socket's path, or host:port), and whether a file is accepted when it
    cannot be asked."""

    address: str
    accept_unscanned: bool


def virus_scanner() -> VirusScanner | None:
    """From REMI_CLAMD, and REMI_CLAMD_POLICY (refuse, the default, or accept); None without one.

    Raises ValueError for another policy.
    """
    policy = os.environ.get("REMI_CLAMD_POLICY") or "refuse"
    if policy not in ("refuse", "accept"):
        raise ValueError(f"REMI_CLAMD_POLICY is {policy!r}; write refuse or accept")
    address = os.environ.get("REMI_CLAMD")
    return VirusScanner(address, policy == "accept") if address else None


def signing_key(settings: Settings) -> bytes:
    """The key that templates are signed with, the same for every process of an installation.

    Taken from REMI_SIGNING_KEY; without it from `signing.key` in the home folder, which is made
    the first time and can be read by its owner only. Raises ValueError where it is too short.
    """
    written = os.environ.get("REMI_SIGNING_KEY") or _key_file(settings.home / "signing.key")
    if len(written) < FEWEST_KEY_CHARACTERS:
        raise ValueError(
            f"the signing key has {len(written)} characters; "
            f"use at least {FEWEST_KEY_CHARACTERS} that cannot be guessed"
        )
    return written.encode()


def _key_file(path: Path) -> str:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
        try:
            # A link appears whole or not at all, and never replaces a key made a moment before.
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()
