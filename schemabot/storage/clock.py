"""The database's clock as expressions, for use in the statement that compares or stores a time.

On MariaDB and MySQL it stands still within a statement and counts microseconds; on SQLite it
counts milliseconds, written with six digits so that texts compare as instants do.
"""

from datetime import datetime, timedelta
from functools import lru_cache

from sqlalchemy import ColumnElement, func, literal, literal_column, type_coerce

from schemabot.storage.columns import UtcMicros

Instant = ColumnElement[datetime]


_DELAYS = 64

_SERVER_NOW: Instant = literal_column("UTC_TIMESTAMP(6)", UtcMicros())
_SQLITE_NOW: Instant = literal_column(
    "(strftime('%Y-%m-%d %H:%M:%f', 'now') || '000')", UtcMicros()
)


class Clock:
    """DB now, and sums with it, on MariaDB and MySQL.

    The same instant is the same object each time, so that a statement's shape is known again.
    """

    def __init__(self) -> None:
        self._after = lru_cache(maxsize=_DELAYS)(lambda delay: self.shifted(self.now(), delay))

    def now(self) -> Instant:
        """The instant at which the statement that holds this began."""
        return _SERVER_NOW

    def after(self, delay: timedelta) -> Instant:
        """DB now + delay; a negative delay lies in the past."""
        return self._after(delay)

    def shifted(self, instant: Instant, delay: timedelta) -> Instant:
        """The instant + delay."""
        unit: ColumnElement[str] = literal_column("MICROSECOND")
        micros = literal(delay // timedelta(microseconds=1))
        return func.timestampadd(unit, micros, instant, type_=UtcMicros())

    def later_of(self, one: Instant, other: Instant) -> Instant:
        """The later of two instants."""
        return func.greatest(one, other, type_=UtcMicros())


class SqliteClock(Clock):
    """The same on SQLite."""

    def now(self) -> Instant:
        """The instant at which the statement that holds this began."""
        return _SQLITE_NOW

    def shifted(self, instant: Instant, delay: timedelta) -> Instant:
        """The instant + delay."""
        modifier = f"{delay.total_seconds():+.3f} seconds"
        text = func.strftime("%Y-%m-%d %H:%M:%f", instant, modifier)
        return type_coerce(text.op("||")("000"), UtcMicros())

    def later_of(self, one: Instant, other: Instant) -> Instant:
        """The later of two instants."""
        return func.max(one, other, type_=UtcMicros())
