"""Text that every database can hold."""

from __future__ import annotations


def storable(text: str) -> str:
    """`text` with what is not Unicode written out, such as \\udcff, and NUL as \\x00.

    A file's name or a cell may hold either; PostgreSQL refuses both, SQLite only the first.
    """
    if text.isascii() and "\x00" not in text:
        return str(text)
    written = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return written.replace("\x00", "\\x00")
