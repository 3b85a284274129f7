"""Opaque cursors of lists that are read by row number, newest first (A-6)."""

import base64
import binascii
import re
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import Column, Connection, Select

from schemabot.domain.errors import InvalidField
from schemabot.domain.page import Page
from schemabot.storage.rows import Columns

Item = TypeVar("Item")


def read_page(
    tx: Connection,
    query: Select[Any],
    *,
    key: Column[Any],
    limit: int,
    cursor: str | None,
) -> tuple[Sequence[Columns], str | None]:
    """Rows of one page, newest first, and the cursor of the next page, if there is one.

    Raises:
        InvalidField: the cursor is not one of this table's lists.
    """
    if cursor is not None:
        query = query.where(key < _place(cursor, key))
    rows = tx.execute(query.order_by(key.desc()).limit(limit + 1)).mappings().all()
    if len(rows) <= limit:
        return rows, None
    shown = rows[:limit]
    return shown, _cursor(shown[-1][key.name], key)


def page_of(
    rows: Sequence[Columns], cursor: str | None, convert: Callable[[Columns], Item]
) -> Page[Item]:
    """The page with its rows as values."""
    return Page(items=tuple(convert(row) for row in rows), next_cursor=cursor)


def _cursor(place: int, key: Column[Any]) -> str:
    return base64.urlsafe_b64encode(f"{key.table.name}:{place}".encode()).decode().rstrip("=")


def _place(cursor: str, key: Column[Any]) -> int:
    padded = cursor + "=" * (-len(cursor) % 4)
    try:
        text = base64.urlsafe_b64decode(padded.encode()).decode()
    except (binascii.Error, UnicodeError):
        text = ""
    match = re.fullmatch(r"([a-z_]+):([0-9]{1,18})", text)
    if match is None or match[1] != key.table.name:
        raise InvalidField(fields=[("cursor", "is not a cursor of this list")])
    return int(match[2])
