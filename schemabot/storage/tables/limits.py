"""`lease_limits`: a row per limited environment or database, for its lock alone (Q-20)."""

from sqlmodel import Field

from schemabot.storage.columns import TABLE_OPTIONS, Key
from schemabot.storage.tables.row import Row


class LimitRow(Row, table=True):
    __tablename__ = "lease_limits"
    __table_args__ = (TABLE_OPTIONS,)

    scope: str = Field(sa_type=Key, primary_key=True)
