"""Is this file safe to read as a workbook at all? Asked before any XML is touched.

Each refusal carries a rule id, whose words are in `config/messages.yaml`:

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

MAXIMUM_BYTES = 20 * 1024 * 1024
MAXIMUM_INFLATED = 200 * 1024 * 1024
MAXIMUM_PARTS = 2_000
MAXIMUM_DIRECTORY = 1024 * 1024
HIGHEST_RATIO = 400
RATIO_IGNORED_BELOW = 20 * 1024 * 1024
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
    """An opened workbook file; part names are lower case with forward slashes."""

    archive: zipfile.ZipFile
    parts: dict[str, zipfile.ZipInfo]
    inflated: int = 0

    def read(self, name: str) -> Iterator[bytes]:
        """The part's bytes in pieces, counted as they inflate because declared sizes lie."""
        try:
            with self.archive.open(self.parts[name]) as part:
                while piece := part.read(CHUNK):
                    self.inflated += len(piece)
                    if self.inflated > MAXIMUM_INFLATED:
                        raise Refused("file_too_large", limit="size when unpacked")
                    yield piece
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, KeyError) as error:
            raise Refused("file_is_damaged", part=name) from error


def inspect(content: bytes) -> Refusal | None:
    """Why these bytes cannot be read as a workbook; None when reading may begin."""
    try:
        open_package(content)
    except Refused as refused:
        return refused.refusal
    return None


def open_package(content: bytes) -> Package:
    """Open the file after checking what it really is and that its zip container is honest.

    Raises Refused. Reads no part and allocates nothing on the word of a declared size.
    """
    if not content:
        raise Refused("file_empty")
    if len(content) > MAXIMUM_BYTES:
        raise Refused("file_too_large", limit="bytes", bytes=len(content))
    if not content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        raise Refused(_other_kind(content))
    end = content.rfind(b"PK\x05\x06")
    if end < 0 or end + 22 > len(content):
        raise Refused("file_did_not_arrive_whole")
    entries, directory_bytes = struct.unpack_from("<HI", content, end + 10)
    # zipfile builds an entry for every record in the directory, whatever count is declared.
    if entries > MAXIMUM_PARTS or directory_bytes > MAXIMUM_DIRECTORY:
        raise Refused("file_too_large", limit="number of parts")
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, struct.error, ValueError, NotImplementedError) as error:
        raise Refused("file_is_damaged") from error
    infos = archive.infolist()
    if len(infos) > MAXIMUM_PARTS:
        raise Refused("file_too_large", limit="number of parts")
    parts = _named_parts(infos)
    _refuse_other_packages(parts)
    _check_sizes(infos)
    _check_overlaps(content, infos, archive.start_dir)
    return Package(archive, parts)


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


def _refuse_other_packages(parts: dict[str, zipfile.ZipInfo]) -> None:
    """Many formats are zip files: say which one this is when it is not a workbook."""
    if "[content_types].xml" in parts:
        marks = {
            "xl/workbook.bin": "file_is_binary_excel",
            "word/document.xml": "file_is_word",
            "ppt/presentation.xml": "file_is_powerpoint",
        }
    else:
        marks = {
            "mimetype": "file_is_opendocument",
            "index.zip": "file_is_numbers",
            "index/document.iwa": "file_is_numbers",
        }
    for name, rule in marks.items():
        if name in parts:
            raise Refused(rule)
    if "_rels/.rels" not in parts and "xl/workbook.xml" not in parts:
        raise Refused("file_is_zip")


def _check_sizes(infos: list[zipfile.ZipInfo]) -> None:
    if sum(info.file_size for info in infos) > MAXIMUM_INFLATED:
        raise Refused("file_too_large", limit="size when unpacked")
    for info in infos:
        if (
            info.file_size > RATIO_IGNORED_BELOW
            and info.file_size > HIGHEST_RATIO * info.compress_size
        ):
            raise Refused("file_unsafe", reason="unpacks to far more than it holds")


def _check_overlaps(content: bytes, infos: list[zipfile.ZipInfo], directory: int) -> None:
    """Two parts that share bytes inflate the same data again and again."""
    ordered = sorted(infos, key=lambda info: info.header_offset)
    starts = [info.header_offset for info in ordered]
    for info, following in zip(ordered, [*starts[1:], directory], strict=True):
        if not 0 <= info.header_offset <= directory - 30:
            raise Refused("file_is_damaged", part=info.filename)
        name, extra = struct.unpack_from("<HH", content, info.header_offset + 26)
        if info.header_offset + 30 + name + extra + info.compress_size > following:
            raise Refused("file_unsafe", reason="parts overlap")


def _utf16(text: str) -> bytes:
    return text.encode("utf-16-le")


def _other_kind(content: bytes) -> str:
    """The rule for a file that is not a zip container, from its first bytes."""
    if not content.strip(b"\0"):
        return "file_did_not_arrive_whole"
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        for mark, rule in (
            ("DRMEncrypted", "file_is_protected_by_label"),
            ("EncryptedPackage", "file_is_password_protected"),
            ("Workbook", "file_is_old_excel"),
            ("WordDocument", "file_is_word"),
            ("PowerPoint Document", "file_is_powerpoint"),
            ("Book", "file_is_old_excel"),
        ):
            if _utf16(mark) in content:
                return rule
        return "file_is_not_a_workbook"
    if content[:2] in (b"\x09\x00", b"\x09\x02", b"\x09\x04", b"\x09\x08"):
        return "file_is_old_excel"
    if b"%PDF-" in content[:1024]:
        return "file_is_pdf"
    if content.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*")):
        return "file_is_picture"
    if content.startswith(b"{\\rtf"):
        return "file_is_word"
    return _kind_of_text(content[:65536])


def _kind_of_text(beginning: bytes) -> str:
    if beginning.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = beginning.decode("utf-16", "replace")
    else:
        # Latin-1 gives every byte a character, enough to tell text from binary.
        text = beginning.decode("latin-1").removeprefix("\xef\xbb\xbf")
    if any(c < " " and c not in "\t\r\n\f" for c in text):
        return "file_is_not_a_workbook"
    text = text.lstrip()
    lower = text.lower()
    if lower.startswith("<"):
        if "urn:schemas-microsoft-com:office:spreadsheet" in lower:
            return "file_is_old_excel"
        if "opendocument:xmlns:office" in lower:
            return "file_is_opendocument"
        is_page = any(mark in lower for mark in ("<html", "<!doctype html", "<table", "<body"))
        return "file_is_html" if is_page else "file_is_not_a_workbook"
    if lower.startswith("mime-version:"):
        return "file_is_html"
    first_line = text.split("\n", 1)[0]
    if not lower.startswith(("{", "[")) and any(c in first_line for c in ",;\t|"):
        return "file_is_csv"
    return "file_is_text"
