"""Partners' files, kept under the SHA-256 of their bytes in any place that fsspec can reach."""

from __future__ import annotations

import hashlib
import json
import secrets
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import fsspec


class DamagedObjectError(RuntimeError):
    """What is stored is not what was put there."""


@dataclass(frozen=True)
class Objects:
    """File storage at `url`, such as `file:///srv/remi/objects` or `s3://bucket/objects`."""

    url: str

    @cached_property
    def _place(self) -> tuple[Any, str]:
        return fsspec.url_to_fs(self.url)  # type: ignore[no-any-return]

    def _path(self, sha256: str) -> str:
        return f"{self._place[1].rstrip('/')}/{sha256[:2]}/{sha256}"

    def put(self, content: bytes) -> str:
        """Keep these bytes and give their SHA-256 (64 hex digits).

        Written under another name and then moved, so that a name never holds half a file. Bytes
        that are there already are left alone.
        """
        files, _ = self._place
        sha256 = hashlib.sha256(content).hexdigest()
        path = self._path(sha256)
        if files.exists(path) and files.size(path) == len(content):
            return sha256
        files.makedirs(path.rpartition("/")[0], exist_ok=True)
        draft = f"{path}.{secrets.token_hex(8)}.draft"
        files.pipe_file(draft, content)
        files.mv(draft, path)
        return sha256

    def get(self, sha256: str) -> bytes:
        """The bytes kept under this hash.

        Raises FileNotFoundError where there are none and DamagedObjectError where they changed.
        """
        files, _ = self._place
        content: bytes = files.cat_file(self._path(sha256))
        if hashlib.sha256(content).hexdigest() != sha256:
            raise DamagedObjectError(f"the stored file {sha256} is damaged: restore it from backup")
        return content

    def has(self, sha256: str) -> bool:
        """Whether bytes are kept under this hash."""
        return bool(self._place[0].exists(self._path(sha256)))

    def announce(self, name: str, said: dict[str, Any]) -> None:
        """Note, beside the bytes, what is about to be recorded about them in the database."""
        files, _ = self._place
        path = self._announcement(name)
        files.makedirs(path.rpartition("/")[0], exist_ok=True)
        draft = f"{path}.draft"
        files.pipe_file(draft, json.dumps(said).encode())
        files.mv(draft, path)

    def announced(self) -> dict[str, dict[str, Any]]:
        """What was noted and never withdrawn, by name: something was killed half way."""
        files, _ = self._place
        folder = self._announcement("").rstrip("/")
        if not files.exists(folder):
            return {}
        names = sorted(str(path).rpartition("/")[2] for path in files.ls(folder, detail=False))
        left = {}
        for name in names:
            if not name.endswith(".draft"):
                with suppress(FileNotFoundError):  # withdrawn a moment ago
                    left[name] = json.loads(files.cat_file(self._announcement(name)))
        return left

    def withdraw(self, name: str) -> None:
        """The note has done its work."""
        with suppress(FileNotFoundError):
            self._place[0].rm_file(self._announcement(name))

    def _announcement(self, name: str) -> str:
        return f"{self._place[1].rstrip('/')}/announced/{name}"
