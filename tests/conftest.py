"""In CI everything that a test needs is installed, so a skipped test is a failure there.

Property tests have no deadline: speed is shown by a benchmark, and machines are shared. They draw
from a fixed seed, so that a run says of the code what any other run of it says. The slow suite
searches freely, and `--hypothesis-profile search` makes any test do so; what a search finds is kept
as an example beside its test.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import settings
from postgresql_server import postgresql_folder

__all__ = ["postgresql_folder"]

settings.register_profile("project", deadline=None, derandomize=True)
settings.register_profile("search", deadline=None, print_blob=True)
settings.load_profile("project")


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or os.environ.get("CI") != "true" or exitstatus != 0:
        return
    if reporter.stats.get("skipped"):
        reporter.write_line("Skipped tests are failures in CI.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
