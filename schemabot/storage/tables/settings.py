"""`settings`: texts by key."""

from datetime import datetime

from sqlmodel import Field

from schemabot.storage.columns import TABLE_OPTIONS, Key, LongText, UtcMicros
from schemabot.storage.tables.row import Row


class SettingRow(Row, table=True):
    __tablename__ = "settings"
    __table_args__ = (TABLE_OPTIONS,)

    setting_key: str = Field(sa_type=Key, primary_key=True)
    value: str = Field(sa_type=LongText)
    updated_at: datetime = Field(sa_type=UtcMicros)
