"""One invented edition, its content and its files, made once for all tests of this room."""

from __future__ import annotations

from pathlib import Path

import pytest
from invented_edition import CYCLE, edition_of, invented_rows

from remi.release.build import build_release
from remi.release.compose import make_content
from remi.release.content import Content, Edition
from remi.release.stylesheet import installed_stylesheet
from schemas.framework import Framework
from schemas.loading import load_yaml

CONFIG = Path(__file__).parents[2] / "config"


@pytest.fixture(scope="session")
def framework() -> Framework:
    return load_yaml(CONFIG / "frameworks" / f"{CYCLE.framework}.yaml", Framework)


@pytest.fixture(scope="session")
def edition(framework: Framework) -> Edition:
    return edition_of(framework, invented_rows(framework))


@pytest.fixture(scope="session")
def content(edition: Edition) -> Content:
    return make_content(edition)


@pytest.fixture(scope="session")
def files(content: Content) -> dict[str, bytes]:
    return build_release(content, installed_stylesheet())
