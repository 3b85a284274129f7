"""Stored settings: texts by key; what keys and values mean is the service's business (A-40)."""

from collections.abc import Mapping

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from schemabot.storage.database import Database
from schemabot.storage.tables.schema import settings


class SettingStore:
    """Read, write, remove."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, key: str) -> str | None:
        """The stored text; None when nothing is stored."""
        query = select(settings.c.value).where(settings.c.setting_key == key)
        return self._database.read(lambda tx: tx.execute(query).scalar())

    def all(self) -> Mapping[str, str]:
        """Every stored setting by key."""
        query = select(settings.c.setting_key, settings.c.value).order_by(settings.c.setting_key)
        rows = self._database.read(lambda tx: tx.execute(query).all())
        return {key: value for key, value in rows}  # noqa: C416 - rows aren't pairs

    def put(self, key: str, value: str) -> None:
        """Store a text under the key, whatever was there."""
        self._database.write(lambda tx: self._put(tx, key, value))

    def remove(self, key: str) -> bool:
        """Whether something was stored, which is gone now."""
        removal = delete(settings).where(settings.c.setting_key == key)
        return bool(self._database.write(lambda tx: tx.execute(removal).rowcount))

    def _put(self, tx: Connection, key: str, value: str) -> None:
        values = {"value": value, "updated_at": self._database.clock.now()}
        change = update(settings).where(settings.c.setting_key == key).values(**values)
        if tx.execute(change).rowcount:
            return
        try:
            tx.execute(insert(settings).values(setting_key=key, **values))
        except IntegrityError:
            tx.execute(change)
