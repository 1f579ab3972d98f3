"""What the demonstration's tests share: a key, and where a demonstration is written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from remi.demo.collaboration import DemoSummary
from remi.settings import CHECKOUT, Settings

KEY = "a signing key that is only used by these tests"


@dataclass(frozen=True)
class WrittenDemo:
    settings: Settings
    summary: DemoSummary
    progress: list[tuple[int, int]]


def settings_in(home: Path) -> Settings:
    return Settings(
        home=home,
        config=CHECKOUT / "config",
        database_url=f"sqlite:///{home / 'remi.db'}",
        objects_url=f"file://{home / 'objects'}",
        inbox=home / "inbox",
        releases=home / "releases",
        register=home / "register.csv",
        dagster_home=home / "dagster",
    )
