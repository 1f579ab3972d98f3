from __future__ import annotations

import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from remi.settings import CHECKOUT, Settings, signing_key

KEY = """
import sys, time
from remi.settings import Settings, signing_key
while time.time() < float(sys.argv[1]):
    pass
print(signing_key(Settings.from_environment()).decode())
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("CONFIG", "DATABASE", "OBJECTS", "SIGNING_KEY"):
        monkeypatch.delenv(f"REMI_{name}", raising=False)
    monkeypatch.setenv("REMI_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_everything_lies_in_the_home_folder_unless_said_otherwise(home: Path) -> None:
    settings = Settings.from_environment()
    assert settings.database_url == f"sqlite:///{home}/remi.db"
    assert settings.objects_url == f"file://{home}/objects"
    assert settings.inbox == home / "inbox"
    assert settings.register == home / "register.csv"
    assert settings.config == CHECKOUT / "config"
    assert not home.exists()


def test_a_home_folder_given_from_here_is_made_absolute(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(home.parent)
    monkeypatch.setenv("REMI_HOME", "home")
    assert Settings.from_environment().home == home
    monkeypatch.delenv("REMI_HOME")
    assert Settings.from_environment().home == CHECKOUT / "var"


def test_processes_that_start_together_sign_with_one_key(home: Path) -> None:
    command = [sys.executable, "-c", KEY, str(time.time() + 2)]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(6)]
    keys = {process.communicate(timeout=60)[0].strip() for process in started}
    assert len(keys) == 1
    assert keys == {signing_key(Settings.from_environment()).decode()}
    assert [f.name for f in home.iterdir()] == ["signing.key"]
    assert stat.S_IMODE((home / "signing.key").stat().st_mode) == 0o600


def test_a_key_in_the_environment_is_used_and_a_short_one_refused(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REMI_SIGNING_KEY", "k" * 40)
    assert signing_key(Settings.from_environment()) == b"k" * 40
    assert not home.exists()
    monkeypatch.setenv("REMI_SIGNING_KEY", "secret")
    with pytest.raises(ValueError, match="has 6 characters"):
        signing_key(Settings.from_environment())
