"""One installation, opened: its settings, its configuration and its store."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine

from remi import configuration
from remi.configuration import Configuration
from remi.settings import Settings
from remi.store.database import migrate, open_engine
from remi.store.objects import Objects


@dataclass(frozen=True)
class Workspace:
    """What every door (Dagster, command line, later the portal) works on."""

    settings: Settings
    configuration: Configuration
    engine: Engine
    objects: Objects


def open_workspace(settings: Settings | None = None) -> Workspace:
    """Open the installation of this environment, making its folders and tables where missing.

    Raises ConfigurationError where a file in `config/` cannot be used.
    """
    settings = settings or Settings.from_environment()
    settings.home.mkdir(parents=True, exist_ok=True)
    engine = open_engine(settings.database_url)
    migrate(engine)
    return Workspace(
        settings, configuration.load(settings.config), engine, Objects(settings.objects_url)
    )
