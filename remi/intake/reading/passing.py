"""Messages between the host, its workers and the processes that read: kind, length and body."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Sequence

HEADER = struct.Struct(">cI")
"""Kind (one byte) and length of the body."""
READY, SETUP, FILE, ANSWER, REFUSAL, FAULT, ENDED = b"Y", b"S", b"F", b"A", b"R", b"X", b"E"
PIECE = 1 << 20


class Lost(Exception):  # noqa: N818 - raised and caught in the sandbox
    """The other side did not answer: `time`, `closed`, or what else is wrong with it."""


def receive(connection: socket.socket, count: int, until: float | None = None) -> list[bytes]:
    """So many bytes, in pieces, by a time of the monotonic clock. Raises Lost."""
    pieces = []
    while count:
        try:
            connection.settimeout(_seconds(until))
            piece = connection.recv(min(count, PIECE))
        except OSError as error:
            raise _lost(error) from error
        if not piece:
            raise Lost("closed")
        pieces.append(piece)
        count -= len(piece)
    return pieces


def receive_header(connection: socket.socket, until: float | None = None) -> tuple[bytes, int]:
    """Kind and length of the next message. Raises Lost."""
    kind, length = HEADER.unpack(b"".join(receive(connection, HEADER.size, until)))
    return kind, length


def send(
    connection: socket.socket, kind: bytes, body: Sequence[bytes], until: float | None = None
) -> None:
    """Send one message, its body given in pieces. Raises Lost."""
    try:
        for piece in (HEADER.pack(kind, sum(map(len, body))), *body):
            connection.settimeout(_seconds(until))
            connection.sendall(piece)
    except OSError as error:
        raise _lost(error) from error


def _seconds(until: float | None) -> float | None:
    return None if until is None else max(until - time.monotonic(), 0.001)


def _lost(error: OSError) -> Lost:
    return Lost("time" if isinstance(error, TimeoutError) else "closed")
