"""One cycle of the demonstration, written once for all tests of this room."""

from __future__ import annotations

import pytest
from demo_samples import KEY, WrittenDemo, settings_in

from remi.configuration import Configuration, load
from remi.demo.collaboration import write_demo
from remi.settings import CHECKOUT


@pytest.fixture(scope="session")
def configuration() -> Configuration:
    return load(CHECKOUT / "config")


@pytest.fixture(scope="session")
def third_year(
    configuration: Configuration, tmp_path_factory: pytest.TempPathFactory
) -> WrittenDemo:
    settings = settings_in(tmp_path_factory.mktemp("demo"))
    progress: list[tuple[int, int]] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REMI_SIGNING_KEY", KEY)
        summary = write_demo(
            settings, configuration, ["2025-26"], lambda done, of: progress.append((done, of))
        )
    return WrittenDemo(settings, summary, progress)
