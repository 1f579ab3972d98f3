import hashlib
import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from dataclasses import replace
from pathlib import Path

import pytest
from invented_edition import SOURCE

from remi.release.build import build_release, write_release
from remi.release.content import Content
from remi.release.published import LATEST, MANIFEST
from remi.release.stylesheet import installed_stylesheet


def version_of(text: str) -> dict[str, bytes]:
    return {"data/a.csv": text.encode(), MANIFEST: f'{{"said": "{text}"}}'.encode()}


def latest(home: Path) -> str:
    return str(json.loads((home / LATEST).read_text(encoding="utf-8"))["folder"])


def test_two_builds_give_the_same_bytes(content: Content, files: dict[str, bytes]) -> None:
    again = build_release(content, installed_stylesheet())
    assert [name for name in files if files[name] != again[name]] == []
    assert list(again) == list(files)


def test_the_manifest_has_the_checksum_of_every_other_file(files: dict[str, bytes]) -> None:
    manifest = json.loads(files[MANIFEST])
    assert {one["name"]: one["sha256"] for one in manifest["files"]} == {
        name: hashlib.sha256(data).hexdigest() for name, data in files.items() if name != MANIFEST
    }
    assert manifest["source_run_id"] == SOURCE
    assert manifest["framework_version"] == "race-equality-maturity 1.0"
    assert manifest["period"] == {"type": "programme", "start": "2024-10-01", "end": "2025-09-30"}


def test_another_source_makes_another_manifest(content: Content, files: dict[str, bytes]) -> None:
    few = replace(content, tables=content.tables[-2:], sections=())
    css = installed_stylesheet()
    other = build_release(replace(few, source_run_id="changed"), css)
    assert build_release(few, css)[MANIFEST] != other[MANIFEST]


def test_an_unchanged_build_makes_no_new_version(tmp_path: Path) -> None:
    first = write_release(version_of("one"), tmp_path, "2025-26")
    again = write_release(version_of("one"), tmp_path, "2025-26")
    assert (first.version, first.changed) == (1, True)
    assert (again.version, again.changed) == (1, False)
    assert again.content_sha256 == first.content_sha256
    assert sorted(path.name for path in (tmp_path / "2025-26").iterdir()) == [LATEST, "v1"]


def test_a_changed_build_is_a_new_version_beside_the_old_one(tmp_path: Path) -> None:
    write_release(version_of("one"), tmp_path, "2025-26")
    second = write_release(version_of("two"), tmp_path, "2025-26")
    home = tmp_path / "2025-26"
    assert second.folder == home / "v2"
    assert (home / "v1" / "data" / "a.csv").read_bytes() == b"one"
    assert (home / "v2" / "data" / "a.csv").read_bytes() == b"two"
    assert latest(home) == "v2"


def test_the_tenth_version_follows_the_ninth(tmp_path: Path) -> None:
    for number in range(1, 12):
        assert write_release(version_of(str(number)), tmp_path, "2025-26").version == number


def test_a_failed_write_leaves_the_old_version_and_nothing_else(tmp_path: Path) -> None:
    write_release(version_of("one"), tmp_path, "2025-26")
    impossible = version_of("two") | {"data/a.csv/inside": b"a file cannot hold a file"}
    with pytest.raises(OSError, match="data"):
        write_release(impossible, tmp_path, "2025-26")
    home = tmp_path / "2025-26"
    assert sorted(path.name for path in home.iterdir()) == [LATEST, "v1"]
    assert latest(home) == "v1"


def test_a_build_killed_half_way_leaves_no_version(tmp_path: Path) -> None:
    script = textwrap.dedent(
        """
        import sys
        from pathlib import Path
        from remi.release.build import write_release
        from remi.release.published import MANIFEST
        files = {f"data/{n}.csv": b"x" * 1000 for n in range(20000)}
        write_release({**files, MANIFEST: b"{}"}, Path(sys.argv[1]), "2025-26")
        """
    )
    home = tmp_path / "2025-26"
    build = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)])
    for _ in range(3000):
        if list(home.glob(".unfinished-*/data/*.csv")):
            break
        time.sleep(0.01)
    build.send_signal(signal.SIGKILL)
    assert build.wait() == -signal.SIGKILL
    assert not list(home.glob("v*"))
    assert not (home / LATEST).exists()
    assert write_release(version_of("one"), tmp_path, "2025-26").version == 1


def test_a_pointer_that_was_not_moved_is_moved_by_the_next_build(tmp_path: Path) -> None:
    write_release(version_of("one"), tmp_path, "2025-26")
    home = tmp_path / "2025-26"
    pointer = (home / LATEST).read_bytes()
    write_release(version_of("two"), tmp_path, "2025-26")
    (home / LATEST).write_bytes(pointer)
    assert not write_release(version_of("two"), tmp_path, "2025-26").changed
    assert latest(home) == "v2"


def test_everybody_who_serves_the_folder_may_read_it(tmp_path: Path) -> None:
    made = write_release(version_of("one"), tmp_path, "2025-26")
    assert made.folder.stat().st_mode & 0o055 == 0o055
    assert (made.folder.parent / LATEST).stat().st_mode & 0o044 == 0o044
    assert os.access(made.folder / MANIFEST, os.R_OK)
