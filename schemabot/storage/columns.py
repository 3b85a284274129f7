"""Column types that mean the same on SQLite, MariaDB and MySQL."""

from datetime import UTC, datetime

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, String, Text
from sqlalchemy.dialects.mysql import DATETIME, LONGTEXT
from sqlalchemy.types import TypeDecorator

TABLE_OPTIONS = {
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
}
"""Names compare byte for byte, on every server alike."""


class UtcMicros(TypeDecorator[datetime]):
    """An aware UTC instant to the microsecond; a naive one is refused.

    Whole seconds would make a second beat within one second look like no beat (T2).
    """

    impl = DateTime().with_variant(DATETIME(fsp=6), "mysql")
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """The same instant without its zone, in UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored time needs a time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """The stored instant, aware."""
        return None if value is None else value.replace(tzinfo=UTC)


class BigId(TypeDecorator[int]):
    """A row number. SQLite numbers rows only in a column that is exactly INTEGER."""

    impl = BigInteger().with_variant(Integer, "sqlite")
    cache_ok = True


class Word(TypeDecorator[str]):
    """An id, a name, a state: at most 191 characters."""

    impl = String(191)
    cache_ok = True


class Key(TypeDecorator[str]):
    """A longer text that is still looked up by an index: at most 255 characters."""

    impl = String(255)
    cache_ok = True


class LongText(TypeDecorator[str]):
    """A text of any length: messages, statements, JSON."""

    impl = Text().with_variant(LONGTEXT(), "mysql")
    cache_ok = True
