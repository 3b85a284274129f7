"""What database locks promise on every database (A-38, A-39)."""

import pytest

from schemabot.domain.errors import DatabaseLocked, LockNotFound, LockNotOwned
from schemabot.domain.lock import NewLock
from schemabot.storage.storage import Storage
from tern.values.target import DatabaseType

MYSQL = DatabaseType.MYSQL
ADA = NewLock(database="orders", database_type=MYSQL, owner="cli:ada", reason="backfill")


class LockContract:
    """Idempotent for its owner, closed to others, independent of applies."""

    def test_a_lock_is_held_until_it_is_released(self, storage: Storage) -> None:
        held = storage.locks.acquire(ADA)
        assert (held.owner, held.reason) == ("cli:ada", "backfill")
        assert storage.locks.get("orders", MYSQL) == held
        assert storage.locks.release("orders", MYSQL, owner="cli:ada") == held
        with pytest.raises(LockNotFound):
            storage.locks.get("orders", MYSQL)

    def test_its_owner_may_ask_again(self, storage: Storage) -> None:
        assert storage.locks.acquire(ADA) == storage.locks.acquire(ADA)

    def test_another_is_told_who_holds_it(self, storage: Storage) -> None:
        storage.locks.acquire(ADA)
        bob = NewLock(database="orders", database_type=MYSQL, owner="cli:bob")
        with pytest.raises(DatabaseLocked, match="cli:ada"):
            storage.locks.acquire(bob)
        with pytest.raises(LockNotOwned, match="cli:ada"):
            storage.locks.release("orders", MYSQL, owner="cli:bob")
        assert [lock.owner for lock in storage.locks.list()] == ["cli:ada"]

    def test_force_releases_whoever_holds_it(self, storage: Storage) -> None:
        storage.locks.acquire(ADA)
        released = storage.locks.release("orders", MYSQL, owner="cli:bob", force=True)
        assert released.owner == "cli:ada"

    def test_what_nobody_holds_can_not_be_released(self, storage: Storage) -> None:
        with pytest.raises(LockNotFound):
            storage.locks.release("orders", MYSQL, owner="cli:ada")

    def test_locks_are_told_apart_by_type_and_listed_in_order(self, storage: Storage) -> None:
        for database, kind in (
            ("users", MYSQL),
            ("orders", DatabaseType.VITESS),
            ("orders", MYSQL),
        ):
            storage.locks.acquire(NewLock(database=database, database_type=kind, owner="cli:ada"))
        assert [(lock.database, lock.database_type) for lock in storage.locks.list()] == [
            ("orders", MYSQL),
            ("orders", DatabaseType.VITESS),
            ("users", MYSQL),
        ]
