"""The scanner's answer is passed on as it is, and no answer is never taken for a good one."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from remi.intake.reading.virus_scan import Clean, Found, Unreachable, scan
from remi.settings import VirusScanner, virus_scanner

# The test file of the European Institute for Computer Antivirus Research, in two halves so that no
# scanner takes this file for it.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"

Reply = Callable[[bytes], bytes]


def as_clamd(content: bytes) -> bytes:
    if len(content) > 1_000_000:
        return b"INSTREAM size limit exceeded. ERROR\0"
    return b"stream: Eicar-Test-Signature FOUND\0" if EICAR in content else b"stream: OK\0"


def serve(listening: socket.socket, reply: Reply) -> None:
    """Answer one conversation in clamd's protocol after another until the socket is closed."""
    while True:
        try:
            connection, _ = listening.accept()
        except OSError:
            return
        with connection, connection.makefile("rb") as stream:
            if stream.read(10) != b"zINSTREAM\0":
                connection.sendall(b"UNKNOWN COMMAND\0")
                continue
            content = b""
            while size := struct.unpack(">I", stream.read(4))[0]:
                content += stream.read(size)
            connection.sendall(reply(content))


@pytest.fixture(params=["unix", "tcp"])
def listening(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[socket.socket]:
    family = socket.AF_UNIX if request.param == "unix" else socket.AF_INET
    with socket.socket(family) as opened:
        opened.bind(str(tmp_path / "clamd") if request.param == "unix" else ("127.0.0.1", 0))
        opened.listen()
        yield opened
        opened.shutdown(socket.SHUT_RDWR)


def address_of(listening: socket.socket, reply: Reply = as_clamd) -> str:
    """Where a scanner that replies so can be asked."""
    threading.Thread(target=serve, args=(listening, reply), daemon=True).start()
    name = listening.getsockname()
    return name if isinstance(name, str) else f"{name[0]}:{name[1]}"


def test_a_file_is_clean_or_found_with_the_name_of_what_it_is(listening: socket.socket) -> None:
    address = address_of(listening)
    assert scan(b"", address) == Clean()
    assert scan(b"an ordinary file" * 20_000, address) == Clean()
    assert scan(b"x" * 100_000 + EICAR, address) == Found("Eicar-Test-Signature")


def test_a_scanner_that_does_not_answer_plainly_has_not_scanned(listening: socket.socket) -> None:
    replies = iter([b"", b"stream: OKAY\0", b"\xff\xff", b"stream: OK, not FOUND yet\0"])
    address = address_of(listening, lambda _: next(replies))
    for why in ("it said nothing", "stream: OKAY", "\ufffd\ufffd", "stream: OK, not FOUND yet"):
        assert scan(b"", address) == Unreachable(why)


def test_a_file_that_the_scanner_will_not_take_is_not_scanned(listening: socket.socket) -> None:
    said = scan(b"x" * 1_000_001, address_of(listening))
    assert said == Unreachable("INSTREAM size limit exceeded. ERROR")


def test_a_scanner_that_is_not_there_or_too_slow_is_unreachable(
    listening: socket.socket, tmp_path: Path
) -> None:
    name = listening.getsockname()
    silent = name if isinstance(name, str) else f"{name[0]}:{name[1]}"
    for address in (silent, str(tmp_path / "nothing"), "127.0.0.1:1", "no port", "host:port"):
        assert isinstance(scan(b"x", address, seconds=0.2), Unreachable)


def test_a_scanner_is_asked_only_where_one_is_set_and_refuses_unless_told_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("REMI_CLAMD", raising=False)
    monkeypatch.delenv("REMI_CLAMD_POLICY", raising=False)
    assert virus_scanner() is None
    monkeypatch.setenv("REMI_CLAMD", "clamd:3310")
    assert virus_scanner() == VirusScanner("clamd:3310", accept_unscanned=False)
    monkeypatch.setenv("REMI_CLAMD_POLICY", "accept")
    assert virus_scanner() == VirusScanner("clamd:3310", accept_unscanned=True)
    monkeypatch.setenv("REMI_CLAMD_POLICY", "acept")
    with pytest.raises(ValueError, match="REMI_CLAMD_POLICY"):
        virus_scanner()
