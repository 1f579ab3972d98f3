"""Ask an installation's virus scanner about a file before it is read: clamd's INSTREAM.

Optional: it finds known malware for the sake of the people who keep the file. Reading does not
rely on it. The protocol is in clamd(8).
"""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass

_PIECE = 1 << 16
_LONGEST_REPLY = 4096


@dataclass(frozen=True)
class Clean:
    """The scanner knows nothing against the file."""


@dataclass(frozen=True)
class Found:
    """The scanner knows the file as `name`."""

    name: str


@dataclass(frozen=True)
class Unreachable:
    """No verdict: the scanner is not there, too slow, or would not scan; `why` is for the log."""

    why: str


def scan(content: bytes, address: str, seconds: float = 30.0) -> Clean | Found | Unreachable:
    """What the scanner at `address` says: a path of a Unix socket, or host:port.

    `seconds` is for each step of the conversation.
    """
    try:
        with _connected(address, seconds) as connection:
            connection.sendall(b"zINSTREAM\0")
            for start in range(0, len(content), _PIECE):
                piece = content[start : start + _PIECE]
                connection.sendall(struct.pack(">I", len(piece)) + piece)
            connection.sendall(struct.pack(">I", 0))
            reply = _reply(connection)
    except (OSError, ValueError) as error:
        return Unreachable(str(error) or type(error).__name__)
    if reply == "stream: OK":
        return Clean()
    if reply.startswith("stream: ") and reply.endswith(" FOUND"):
        return Found(reply.removeprefix("stream: ").removesuffix(" FOUND"))
    return Unreachable(reply or "it said nothing")


def _connected(address: str, seconds: float) -> socket.socket:
    """A connection. Raises OSError, and ValueError for an address that is none."""
    if address.startswith("/"):
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(seconds)
        try:
            connection.connect(address)
        except OSError:
            connection.close()
            raise
        return connection
    host, _, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=seconds)


def _reply(connection: socket.socket) -> str:
    reply = b""
    while not reply.endswith(b"\0") and len(reply) < _LONGEST_REPLY:
        piece = connection.recv(_LONGEST_REPLY)
        if not piece:
            break
        reply += piece
    return reply.rstrip(b"\0").decode("utf-8", "replace").strip()
