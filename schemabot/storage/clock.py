"""The database's clock as expressions, for use in the statement that compares or stores a time.

On MariaDB and MySQL it stands still within a statement and counts microseconds; on SQLite it
counts milliseconds, written with six digits so that texts compare as instants do.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, literal, literal_column, type_coerce

from schemabot.storage.columns import UtcMicros

Instant = ColumnElement[datetime]


class Clock:
    """DB now, and sums with it, on MariaDB and MySQL."""

    def now(self) -> Instant:
        """The instant at which the statement that holds this began."""
        return literal_column("UTC_TIMESTAMP(6)", UtcMicros())

    def after(self, delay: timedelta) -> Instant:
        """DB now + delay; a negative delay lies in the past."""
        return self.shifted(self.now(), delay)

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
        return literal_column("(strftime('%Y-%m-%d %H:%M:%f', 'now') || '000')", UtcMicros())

    def shifted(self, instant: Instant, delay: timedelta) -> Instant:
        """The instant + delay."""
        modifier = f"{delay.total_seconds():+.3f} seconds"
        text = func.strftime("%Y-%m-%d %H:%M:%f", instant, modifier)
        return type_coerce(text.op("||")("000"), UtcMicros())

    def later_of(self, one: Instant, other: Instant) -> Instant:
        """The later of two instants."""
        return func.max(one, other, type_=UtcMicros())
