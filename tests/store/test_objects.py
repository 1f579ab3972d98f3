from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from remi.store.objects import DamagedObjectError, Objects

CONTENT = b"a workbook"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(params=["file", "memory"])
def objects(request: pytest.FixtureRequest, tmp_path: Path) -> Objects:
    return Objects(f"{request.param}://{tmp_path}/objects")


def test_bytes_are_given_back_by_their_hash(objects: Objects) -> None:
    assert objects.put(CONTENT) == SHA256
    assert objects.put(b"") == hashlib.sha256(b"").hexdigest()
    assert objects.get(SHA256) == CONTENT
    assert objects.get(hashlib.sha256(b"").hexdigest()) == b""


def test_bytes_that_were_never_put_are_not_there(objects: Objects) -> None:
    with pytest.raises(FileNotFoundError):
        objects.get(SHA256)


def test_putting_twice_writes_once_and_leaves_no_draft(tmp_path: Path) -> None:
    objects = Objects(f"file://{tmp_path}")
    objects.put(CONTENT)
    file = tmp_path / SHA256[:2] / SHA256
    written = file.stat()
    objects.put(CONTENT)
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == (written.st_ino, written.st_mtime_ns)
    assert [f for f in tmp_path.rglob("*") if f.is_file()] == [file]


def test_a_file_that_was_cut_short_is_never_given_out_and_is_put_right(tmp_path: Path) -> None:
    objects = Objects(f"file://{tmp_path}")
    objects.put(CONTENT)
    (tmp_path / SHA256[:2] / SHA256).write_bytes(CONTENT[:3])
    with pytest.raises(DamagedObjectError):
        objects.get(SHA256)
    objects.put(CONTENT)
    assert objects.get(SHA256) == CONTENT
