"""What a file really is, from its first bytes, whatever it is called.

Answers are rule ids of `remi.intake.reading.preflight`.
"""

from __future__ import annotations

from collections.abc import Collection


def other_package(parts: Collection[str]) -> str | None:
    """Many formats are zip files: which one this is, by its part names, when none that we read."""
    if "[content_types].xml" in parts:
        marks = {
            "xl/workbook.bin": "file_is_binary_excel",
            "word/document.xml": "file_is_word",
            "ppt/presentation.xml": "file_is_powerpoint",
        }
    elif is_open_document_package(parts):
        return None  # its content says whether it is a spreadsheet
    else:
        marks = {
            "mimetype": "file_is_opendocument",
            "index.zip": "file_is_numbers",
            "index/document.iwa": "file_is_numbers",
        }
    for name, rule in marks.items():
        if name in parts:
            return rule
    if "_rels/.rels" not in parts and "xl/workbook.xml" not in parts:
        return "file_is_zip"
    return None


def is_open_document_package(parts: Collection[str]) -> bool:
    """Whether the parts are those of an OpenDocument file, also where the entry that names its
    kind got lost, as when a file was unpacked and packed again."""
    if "[content_types].xml" in parts:
        return False
    if "mimetype" in parts:
        return "content.xml" in parts or "encrypted-package" in parts
    return "content.xml" in parts and "meta-inf/manifest.xml" in parts


_LEFT_BY_THE_SYSTEM = (".ds_store", "desktop.ini", "thumbs.db")


def only_workbook(parts: Collection[str]) -> str | None:
    """The one file in a zip folder when it is called like a workbook, whatever folder it is in."""
    files = [
        name
        for name in parts
        if not name.endswith("/")
        and not name.startswith("__macosx/")
        and name.rpartition("/")[2] not in _LEFT_BY_THE_SYSTEM
    ]
    if len(files) == 1 and files[0].endswith((".xlsx", ".xlsm", ".ods")):
        return files[0]
    return None


def _names_stream(content: bytes, name: bytes) -> bool:
    """Whether a compound file has a stream or folder whose name begins so: its directory has
    entries of 128 bytes, and what is written elsewhere in the file is no name."""
    at = content.find(name)
    while at >= 0:
        if at % 128 in (0, 2):  # some names begin with a control character
            return True
        at = content.find(name, at + 1)
    return False


def _mentions(content: bytes, name: bytes) -> bool:
    """Whether it stands anywhere in a compound file whose directory is not as it should be."""
    return name in content


def _utf16(text: str) -> bytes:
    return text.encode("utf-16-le")


def kind_of(content: bytes) -> str:
    """The rule for a file that is not a zip container, from its first bytes."""
    if not content.strip(b"\0"):
        return "file_did_not_arrive_whole"
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        names = content.lower()  # the names of streams are the same in any case
        if _mentions(names, _utf16("drmencrypted")):  # such a file is an encrypted one besides
            return "file_is_protected_by_label"
        marks = (
            ("encryptedpackage", "file_is_password_protected"),
            ("workbook", "file_is_old_excel"),
            ("worddocument", "file_is_word"),
            ("powerpoint document", "file_is_powerpoint"),
            ("book", "file_is_old_excel"),
        )
        for is_named in (_names_stream, _mentions):
            for mark, rule in marks:
                if is_named(names, _utf16(mark)):
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
