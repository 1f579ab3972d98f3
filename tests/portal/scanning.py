"""A virus scanner as clamd speaks, which says what a test wants."""

from __future__ import annotations

import socket
import struct
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

COMMAND = b"zINSTREAM\0"


@contextmanager
def scanner(says: Callable[[bytes], bytes]) -> Iterator[str]:
    """The path of a socket at which a scanner answers `says(content)` until the end."""
    # A socket's path must be short, which pytest's own folders are not.
    with tempfile.TemporaryDirectory(prefix="scan") as folder:
        address = str(Path(folder) / "socket")
        listening = socket.socket(socket.AF_UNIX)
        listening.bind(address)
        listening.listen()
        thread = threading.Thread(target=_listen, args=(listening, says), daemon=True)
        thread.start()
        try:
            yield address
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            listening.close()
            thread.join(5)


def _listen(listening: socket.socket, says: Callable[[bytes], bytes]) -> None:
    with suppress(OSError):
        while True:
            connection, _ = listening.accept()
            with connection, connection.makefile("rb") as stream:
                assert stream.read(len(COMMAND)) == COMMAND
                content = b""
                while size := struct.unpack(">I", stream.read(4))[0]:
                    content += stream.read(size)
                connection.sendall(says(content) + b"\0")
