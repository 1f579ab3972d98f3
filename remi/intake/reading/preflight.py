"""Is this file safe to read as a workbook at all? Asked before any XML is touched.

Each refusal carries a rule id, whose words are in `config/messages`:

- `file_empty`: no bytes. `file_too_large`: over a limit (`limit` says which).
- `file_did_not_arrive_whole`: cut off on the way.
- `file_is_damaged`: it arrived, but contradicts itself; repaired by opening and saving again.
- `file_is_password_protected`, `file_is_protected_by_label`: encrypted.
- `file_is_old_excel`, `file_is_binary_excel`, `file_is_opendocument`, `file_is_numbers`,
  `file_is_csv`, `file_is_html`, `file_is_pdf`, `file_is_word`, `file_is_powerpoint`,
  `file_is_picture`, `file_is_text`, `file_is_zip`: another kind of file, whatever it is called.
- `file_is_not_a_workbook`: none of these.
- `file_unsafe`: built as no spreadsheet program builds one (`reason` says how).
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from remi.intake.reading.file_kind import kind_of, only_workbook, other_package

MAXIMUM_BYTES = 20 * 1024 * 1024
MAXIMUM_INFLATED = 200 * 1024 * 1024
MAXIMUM_PARTS = 2_000
MAXIMUM_DIRECTORY = 1024 * 1024
HIGHEST_RATIO = 400
RATIO_IGNORED_BELOW = 20 * 1024 * 1024
MAXIMUM_TAGS = 3_000_000
"""Beyond the first RATIO_IGNORED_BELOW bytes: a million filled cells, a few to a row, have room."""
CHUNK = 1024 * 1024


@dataclass(frozen=True)
class Refusal:
    """Why a file is not read: a rule of the message catalogue and the details it names."""

    rule: str
    details: dict[str, str | int] = field(default_factory=dict)


class Refused(Exception):  # noqa: N818 - the outcome of a check, not a fault of the program
    """Carries a refusal out of reading."""

    def __init__(self, rule: str, **details: str | int) -> None:
        super().__init__(rule)
        self.refusal = Refusal(rule, details)


@dataclass
class Package:
    """An opened workbook file; part names are lower case with forward slashes.

    `parts` gives each part's entry in the zip directory and where its data begins.
    """

    content: bytes
    parts: dict[str, tuple[zipfile.ZipInfo, int]]
    inflated: int = 0
    tags: int = 0

    def read(self, name: str) -> Iterator[bytes]:
        """The part's bytes in pieces, held to the declared size, for which there are limits.

        Raises Refused when it is missing, broken or inflates beyond the limit for the whole file.
        """
        if name not in self.parts:
            raise Refused("file_is_damaged", part=name)
        info, begins = self.parts[name]
        packed = self.content[begins : begins + info.compress_size]
        checksum = inflated = 0
        for piece in _inflated(packed, info.compress_type, name):
            inflated += len(piece)
            self.inflated += len(piece)
            if self.inflated > MAXIMUM_INFLATED:
                raise Refused("file_too_large", limit="size when unpacked")
            if inflated > info.file_size:
                raise Refused("file_unsafe", reason="unpacks to more than it says")
            if self.inflated > RATIO_IGNORED_BELOW:
                self.tags += piece.count(b"<")
                if self.tags > MAXIMUM_TAGS:
                    raise Refused("file_too_large", limit="number of elements")
            checksum = zlib.crc32(piece, checksum)
            yield piece
        if checksum != info.CRC:
            raise Refused("file_is_damaged", part=name)


def _inflated(packed: bytes, method: int, name: str) -> Iterator[bytes]:
    # zlib itself rather than ZipFile.open: half the time for a workbook's many small parts.
    if method == zipfile.ZIP_STORED:
        yield packed
        return
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        while not inflater.eof:
            piece = inflater.decompress(packed, CHUNK)
            packed = inflater.unconsumed_tail
            if not piece and not inflater.eof and not packed:
                raise Refused("file_is_damaged", part=name)
            yield piece
    except zlib.error as error:
        raise Refused("file_is_damaged", part=name) from error


def inspect(content: bytes) -> Refusal | None:
    """Why these bytes cannot be read as a workbook; None when reading may begin."""
    try:
        open_package(content)
    except Refused as refused:
        return refused.refusal
    return None


def open_package(content: bytes, inside_zip: bool = False) -> Package:
    """Open the file after checking what it really is and that its zip container is honest.

    A zip folder with one workbook and nothing else is opened as that workbook, but for one that is
    itself `inside_zip`.
    Raises Refused. Reads no part and allocates nothing on the word of a declared size.
    """
    if not content:
        raise Refused("file_empty")
    if len(content) > MAXIMUM_BYTES:
        raise Refused("file_too_large", limit="bytes", bytes=len(content))
    if not content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        raise Refused(kind_of(content))
    end = content.rfind(b"PK\x05\x06")
    if end < 0 or end + 22 > len(content):
        raise Refused("file_did_not_arrive_whole")
    entries, directory_bytes = struct.unpack_from("<HI", content, end + 10)
    # zipfile builds an entry for every record in the directory, whatever count is declared, and
    # a second (zip64) end of the directory can declare another.
    records = content.count(b"PK\x01\x02")
    if max(entries, records) > MAXIMUM_PARTS or directory_bytes > MAXIMUM_DIRECTORY:
        raise Refused("file_too_large", limit="number of parts")
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, struct.error, ValueError, NotImplementedError) as error:
        raise Refused("file_is_damaged") from error
    infos = archive.infolist()
    if len(infos) > MAXIMUM_PARTS:
        raise Refused("file_too_large", limit="number of parts")
    parts = _named_parts(infos)
    other = other_package(parts)
    wrapped = only_workbook(parts) if other == "file_is_zip" and not inside_zip else None
    if other and wrapped is None:
        raise Refused(other)
    _check_sizes(infos)
    begins = _data_offsets(content, infos, archive.start_dir)
    package = Package(
        content, {name: (info, begins[info.header_offset]) for name, info in parts.items()}
    )
    return package if wrapped is None else open_package(_unwrapped(package, wrapped), True)


def _unwrapped(package: Package, name: str) -> bytes:
    pieces = []
    for piece in package.read(name):
        if package.inflated > MAXIMUM_BYTES:
            raise Refused("file_too_large", limit="bytes", bytes=package.inflated)
        pieces.append(piece)
    return b"".join(pieces)


def _named_parts(infos: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    parts: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        if info.flag_bits & 0x1:
            raise Refused("file_is_password_protected")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Refused("file_unsafe", reason="unusual compression")
        # Some programs write Windows separators; zipfile has already dropped what follows a NUL.
        name = info.filename.replace("\\", "/").lower()
        if name.startswith("/") or ":" in name or ".." in name.split("/"):
            raise Refused("file_unsafe", reason="a part points outside the file")
        if name in parts:
            raise Refused("file_unsafe", reason="two parts have one name")
        parts[name] = info
    return parts


def _check_sizes(infos: list[zipfile.ZipInfo]) -> None:
    if sum(info.file_size for info in infos) > MAXIMUM_INFLATED:
        raise Refused("file_too_large", limit="size when unpacked")
    for info in infos:
        if (
            info.file_size > RATIO_IGNORED_BELOW
            and info.file_size > HIGHEST_RATIO * info.compress_size
        ):
            raise Refused("file_unsafe", reason="unpacks to far more than it holds")


def _data_offsets(content: bytes, infos: list[zipfile.ZipInfo], directory: int) -> dict[int, int]:
    """Where each part's data begins, by the offset of its header.

    Parts that share bytes would inflate the same data again and again; a header that names
    another part than the directory does would let two readers see two different files.
    """
    begins: dict[int, int] = {}
    ordered = sorted(infos, key=lambda info: info.header_offset)
    limits = [*(info.header_offset for info in ordered[1:]), directory]
    for info, limit in zip(ordered, limits, strict=True):
        offset = info.header_offset
        if not 0 <= offset <= directory - 30:
            raise Refused("file_is_damaged", part=info.filename)
        name_bytes, extra_bytes = struct.unpack_from("<HH", content, offset + 26)
        name = content[offset + 30 : offset + 30 + name_bytes]
        begins[offset] = offset + 30 + name_bytes + extra_bytes
        if begins[offset] + info.compress_size > limit:
            raise Refused("file_unsafe", reason="parts overlap")
        if name != info.orig_filename.encode("utf-8" if info.flag_bits & 0x800 else "cp437"):
            raise Refused("file_is_damaged", part=info.filename)
    return begins
