"""What a table's file is called: safe on every file system, one name per table (P-52)."""

import hashlib
from collections.abc import Iterable, Mapping

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.")
_LONGEST = 200  # file systems take 255 bytes, and something is written aside under a longer name
_DIGEST_LETTERS = 8
_SUFFIX = ".sql"


def file_names(tables: Iterable[str]) -> Mapping[str, str]:
    """Table -> its file; the second of two names that differ only by case ends in `~2`."""
    taken: set[str] = set()
    names: dict[str, str] = {}
    for table in sorted(tables):
        stem = _stem(table)
        names[table] = free_name(stem, taken)
        taken.add(names[table].lower())
    return names


def free_name(stem: str, taken: Iterable[str]) -> str:
    """`<stem>.sql`, or `<stem>~2.sql` and so on; `taken` holds names in lower case."""
    used, number = frozenset(taken), 1
    name = f"{stem}{_SUFFIX}"
    while name.lower() in used:
        number += 1
        name = f"{stem}~{number}{_SUFFIX}"
    return name


def _stem(table: str) -> str:
    """The name with everything else as percent and two digits for each byte of UTF-8."""
    stem = "".join(
        letter if letter in _PLAIN else "".join(f"%{byte:02X}" for byte in letter.encode())
        for letter in table
    )
    if stem.startswith("."):
        stem = f"%2E{stem[1:]}"
    if len(stem) <= _LONGEST:
        return stem
    digest = hashlib.sha256(table.encode()).hexdigest()[:_DIGEST_LETTERS]
    return f"{stem[: _LONGEST - _DIGEST_LETTERS - 1]}~{digest}"
