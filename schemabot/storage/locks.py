"""Database locks: an agreement among people, independent of the queue's own rules (A-38, A-39)."""

from contextlib import suppress

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.exc import IntegrityError

from schemabot.domain.errors import DatabaseLocked, LockNotFound, LockNotOwned
from schemabot.domain.lock import DatabaseLock, NewLock
from schemabot.storage.database import Database
from schemabot.storage.lock_rows import lock_of
from schemabot.storage.tables.schema import database_locks
from tern.values.target import DatabaseType


class LockStore:
    """Acquire, release, look."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def acquire(self, new: NewLock) -> DatabaseLock:
        """The lock; asking again as its owner gives the lock as it stands.

        Raises:
            DatabaseLocked: somebody else holds it.
        """
        lock = self._database.write(lambda tx: self._acquire(tx, new))
        if lock.owner != new.owner:
            raise DatabaseLocked(lock=lock.shown())
        return lock

    def release(
        self, database: str, database_type: DatabaseType, *, owner: str, force: bool = False
    ) -> DatabaseLock:
        """The lock that was removed.

        Args:
            database: Its name.
            database_type: Its type.
            owner: Who asks.
            force: Whoever owns it; the caller has checked that this is an admin.

        Raises:
            LockNotFound: nobody holds it.
            LockNotOwned: somebody else holds it.
        """
        return self._database.write(
            lambda tx: _release(tx, database, database_type, owner=None if force else owner)
        )

    def get(self, database: str, database_type: DatabaseType) -> DatabaseLock:
        """The lock. Raises LockNotFound."""
        lock = self._database.read(lambda tx: _read(tx, database, database_type))
        if lock is None:
            raise LockNotFound(database=database, database_type=database_type)
        return lock

    def list(self) -> tuple[DatabaseLock, ...]:
        """All held locks by database and type."""
        query = select(database_locks).order_by(
            database_locks.c.database_name, database_locks.c.database_type
        )
        rows = self._database.read(lambda tx: tx.execute(query).mappings().all())
        return tuple(lock_of(row) for row in rows)

    def _acquire(self, tx: Connection, new: NewLock) -> DatabaseLock:
        """The lock as it stands afterwards, whoever owns it."""
        standing = _read(tx, new.database, new.database_type)
        if standing is not None:
            return standing
        values = {
            "database_name": new.database,
            "database_type": new.database_type.value,
            "owner": new.owner,
            "repository": new.repository,
            "pull_request": new.pull_request,
            "reason": new.reason,
            "created_at": self._database.clock.now(),
        }
        with suppress(IntegrityError):  # a rival was faster: its lock is the answer
            tx.execute(insert(database_locks).values(**values))
        rival_or_ours = _read(tx, new.database, new.database_type)
        if rival_or_ours is None:
            raise LockNotFound(database=new.database, database_type=new.database_type)
        return rival_or_ours


def _read(tx: Connection, database: str, database_type: DatabaseType) -> DatabaseLock | None:
    query = select(database_locks).where(
        database_locks.c.database_name == database,
        database_locks.c.database_type == database_type.value,
    )
    row = tx.execute(query).mappings().first()
    return None if row is None else lock_of(row)


def _release(
    tx: Connection, database: str, database_type: DatabaseType, *, owner: str | None
) -> DatabaseLock:
    query = select(database_locks).where(
        database_locks.c.database_name == database,
        database_locks.c.database_type == database_type.value,
    )
    row = tx.execute(query.with_for_update()).mappings().first()
    if row is None:
        raise LockNotFound(database=database, database_type=database_type)
    lock = lock_of(row)
    if owner is not None and lock.owner != owner:
        raise LockNotOwned(lock=lock.shown())
    tx.execute(delete(database_locks).where(database_locks.c.id == row["id"]))
    return lock
